package irtest

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/compiler/ir"
	"adder/core"
)

// Network draws a network that fits a chip: its neuron models, row formats and weight widths.
// widths are the chip's registers, as the compiler reads them from its profile.
func Network(t *rapid.T, on *profile.Profile, widths core.Widths) *ir.Network {
	return draw(t, on, widths, false)
}

// LearningNetwork is Network for a chip with plastic synapses and dense rows: its first
// projection learns.
func LearningNetwork(t *rapid.T, on *profile.Profile, widths core.Widths) *ir.Network {
	return draw(t, on, widths, true)
}

func draw(t *rapid.T, on *profile.Profile, widths core.Widths, learns bool) *ir.Network {
	d := drawing{T: t, on: on, learns: learns, net: &ir.Network{Name: "random", Widths: widths}}
	inputs := d.number("inputs", 1, 6)
	d.net.Input = ir.Input{Name: "in", Shape: []int{inputs}, Size: inputs}
	d.escape()
	for p := range d.number("populations", 1, 4) {
		d.net.Populations = append(d.net.Populations, d.population(p))
	}
	for k := range d.number("projections", 1, 6) {
		d.net.Projections = append(d.net.Projections, d.projection(k))
	}
	d.output()
	return d.net
}

// drawing is a network that is being drawn.
type drawing struct {
	*rapid.T
	on  *profile.Profile
	net *ir.Network
	// few are the values that weights to each neuron of a population have, where a
	// chip stores so many alone.
	few map[int][][]int16
	// learns has the first projection learn.
	learns bool
}

func (d *drawing) number(label string, low, high int) int {
	return rapid.IntRange(low, high).Draw(d.T, label)
}

func (d *drawing) yes(label string) bool { return rapid.Bool().Draw(d.T, label) }

// seldom is true in one of so many draws.
func (d *drawing) seldom(label string, of int) bool { return d.number(label, 1, of) == of }

// numbers draws a list.
func (d *drawing) numbers(label string, count int, low, high int32) []int32 {
	return rapid.SliceOfN(rapid.Int32Range(low, high), count, count).Draw(d.T, label)
}

// top is the largest constant that neurons get: of ten bits, or as many as the
// registers have.
func (d *drawing) top() int32 {
	return int32(1)<<(min(d.net.Widths.Potential, d.net.Widths.Current, 10)-1) - 1
}

// escape draws the tables of escape noise.
func (d *drawing) escape() {
	chance := rapid.OneOf(rapid.SampledFrom([]uint32{0, 1 << 31, math.MaxUint32}), rapid.Uint32())
	for i := range d.number("escape tables", 0, 2) {
		d.net.Escape = append(d.net.Escape, core.EscapeTable{
			Shift:       uint8(d.number("escape shift", 0, 7)),
			Probability: rapid.SliceOfN(chance, 1, 6).Draw(d.T, fmt.Sprint("escape table ", i)),
		})
	}
}

// output draws what is read and, of spikes, how.
func (d *drawing) output() {
	d.net.Output = d.number("output", -1, len(d.net.Populations)-1)
	if d.net.Output < 0 || d.net.Populations[d.net.Output].Groups[0].Integrator ||
		d.yes("a class per neuron") {
		return
	}
	size := d.net.Populations[d.net.Output].Size
	l := &ir.Labels{Classes: d.number("classes", 1, 4)}
	l.Class = d.numbers("labels", size, -1, int32(l.Classes)-1)
	if d.yes("proportions") {
		l.Proportions = rapid.SliceOfN(rapid.Uint16(), size, size).Draw(d.T, "proportion")
	}
	d.net.Labels = l
}

// Host gives a network a first layer that the host multiplies, unless all of its layers
// have a code or are of model shift.
func Host(t *rapid.T, net *ir.Network) {
	var targets []int
	for p := range net.Populations {
		if pop := &net.Populations[p]; pop.Groups[0].Code.Kind == core.CodeNone && !shifts(pop) {
			targets = append(targets, p)
		}
	}
	if len(targets) == 0 {
		return
	}
	h := &ir.Host{
		Target: rapid.SampledFrom(targets).Draw(t, "host target"),
		WeightExp: rapid.OneOf(rapid.IntRange(-8, 8), rapid.IntRange(-31, 31)).Draw(t,
			"host exponent"),
	}
	size := net.Populations[h.Target].Size * net.Input.Size
	weight := rapid.OneOf(rapid.Int16Range(-255, 255), rapid.Int16())
	h.Weights = rapid.SliceOfN(weight, size, size).Draw(t, "host weights")
	net.Host = h
}

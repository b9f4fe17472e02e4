// Package winner makes integer networks of neurons that compete: inputs that reach all neurons of
// one population, which inhibit each other and may learn. It is the front end of networks that
// learned, or are to learn, on a chip: they are integers, and only inhibition is rounded.
package winner

import (
	"errors"
	"fmt"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/core"
)

// Net is a winner-take-all network in the chip's integers.
type Net struct {
	Name string
	// Shape is that of a sample; its elements are the presynaptic sources.
	Shape []int
	// Neurons is the size of the population.
	Neurons int
	// Group holds the constants of the neurons; First, Count, Population and
	// Escape are filled in.
	Group core.Group
	// Threshold, Reset, Theta and Target have one entry per neuron; Theta
	// and Target may be empty.
	Threshold, Reset, Theta, Target []int32
	// V0 is the potential before a sample, empty for 0.
	V0 []int32
	// Escape is the table of escape noise, nil for none.
	Escape *core.EscapeTable
	// Weights are the stored weights, [sources][neurons], row-major. With a
	// Learning they are plastic, else the 8 bits that reach the adder.
	Weights []uint16
	// Learning is the learning rule of the weights, nil for a network that does not; its group and
	// rows are filled in.
	Learning *core.Plasticity
	// Inhibition is the amount that a winner subtracts from the potential of all others in the next
	// tick; it is rounded to 8 bits and a shift.
	Inhibition int32
	// InputDelay is the axonal delay of the inputs, in ticks.
	InputDelay uint8
	// Relay inhibits by way of a second population with a neuron for each of
	// the first, a tick later: the form with excitatory and inhibitory
	// neurons (Diehl and Cook, Frontiers in Computational Neuroscience 9:99,
	// 2015). Otherwise a winner reaches the others itself.
	Relay bool
	// Labels are the classes of the neurons, nil where each is its own.
	Labels *ir.Labels
}

// The names of the input and of the populations.
const (
	inputName  = "input"
	winners    = "winners"
	inhibitors = "inhibitors"
)

const (
	// frozenBits is the width of a weight of 8 bits without sign among weights
	// with sign.
	frozenBits = 9
	// relayBits is the width of the weight 1.
	relayBits = 2
	// plasticBits is the width of a weight that learns, and adderShift drops
	// those that do not reach the adder.
	plasticBits = 16
	adderShift  = plasticBits - core.AdderBits
)

// Network makes the integer network for a chip. The error is a *fit.Error where the
// chip's registers take other units than the network's.
func (w *Net) Network(chip *profile.Profile) (*ir.Network, error) {
	if err := w.check(); err != nil {
		return nil, fmt.Errorf("network %s: %w", w.Name, err)
	}
	net := &ir.Network{
		Name: w.Name, Input: ir.Input{Name: inputName, Shape: w.Shape, Size: w.sources()},
		Widths: fit.Widths(chip), Labels: w.Labels,
		Populations: []ir.Population{w.population()},
		Projections: []ir.Projection{w.inputs()},
	}
	if w.Escape != nil {
		net.Escape = []core.EscapeTable{*w.Escape}
	}
	from := 0
	if w.Relay && w.Inhibition != 0 {
		from = 1
		net.Populations = append(net.Populations, w.relays())
		net.Projections = append(net.Projections, w.relay())
	}
	if w.Inhibition != 0 {
		net.Projections = append(net.Projections, w.inhibition(from))
	}
	if err := checkUnits(net, chip); err != nil {
		return nil, err
	}
	return net, nil
}

// checkUnits refuses a chip that shifts inputs, and says what else it lacks.
func checkUnits(net *ir.Network, chip *profile.Profile) error {
	if chip.Widths.Align == 0 {
		return nil
	}
	misfit := &fit.Error{Network: net.Name, Chip: chip.Name, Limits: []fit.Excess{{
		Layer: winners, Limit: "bits of alignment of summed weights", Need: 0,
		Have: int64(chip.Widths.Align),
		Help: "thresholds are in units of a weight, which this chip shifts: take a chip that " +
			"does not",
	}}}
	if more := new(fit.Error); errors.As(fit.Check(net, chip), &more) {
		misfit.Limits = append(misfit.Limits, more.Limits...)
	}
	return misfit
}

func (w *Net) sources() int {
	n := 1
	for _, side := range w.Shape {
		n *= side
	}
	return n
}

// check refuses lengths that do not agree. Their contents are checked with the integer network.
func (w *Net) check() error {
	for _, part := range []struct {
		name       string
		have, want int
		optional   bool
	}{
		{"thresholds", len(w.Threshold), w.Neurons, false},
		{"resets", len(w.Reset), w.Neurons, false},
		{"adaptive thresholds", len(w.Theta), w.Neurons, true},
		{"targets", len(w.Target), w.Neurons, true},
		{"initial potentials", len(w.V0), w.Neurons, true},
		{"weights", len(w.Weights), w.sources() * w.Neurons, false},
	} {
		if part.have != part.want && !(part.optional && part.have == 0) {
			return fmt.Errorf("%d %s for %d neurons and %d inputs: want %d", part.have, part.name,
				w.Neurons, w.sources(), part.want)
		}
	}
	if w.Neurons < 1 || w.Inhibition < 0 {
		return fmt.Errorf("%d neurons with inhibition %d: there is one at least, and inhibition "+
			"is not negative", w.Neurons, w.Inhibition)
	}
	return nil
}

func (w *Net) population() ir.Population {
	g := w.Group
	g.First, g.Count, g.Population, g.Escape = 0, int32(w.Neurons), 0, 0
	if w.Escape != nil {
		g.Escape = 1
	}
	p := ir.Population{
		Name: winners, Shape: []int{w.Neurons}, Size: w.Neurons, Depth: int(g.Depth),
		Groups:    []core.Group{g},
		Threshold: w.Threshold, Reset: w.Reset, Bias: make([]int32, w.Neurons), V0: w.V0,
		Theta: w.Theta, Target: w.Target,
	}
	if len(w.V0) == 0 {
		p.V0 = make([]int32, w.Neurons)
	}
	return p
}

// inputs are the rows that reach all neurons, kept whole: a network that has
// learned reads and adds what it did while it learned.
func (w *Net) inputs() ir.Projection {
	p := ir.Projection{
		Name: inputName + "-" + winners, Source: ir.SourceInput, Delay: int(w.InputDelay),
		WeightBits: frozenBits, Verbatim: true,
		Weights: ir.Weights{Sources: w.sources(), Targets: w.Neurons},
	}
	if w.Learning != nil {
		learning := *w.Learning
		learning.Group, learning.FirstRow, learning.Rows = 0, 0, int32(w.sources())
		p.WeightBits, p.Learning = plasticBits, &learning
		p.Weights.Count, p.Weights.Plastic = w.Neurons, w.Weights
		return p
	}
	p.Weights.Dense16 = make([]int16, len(w.Weights))
	for i, weight := range w.Weights {
		p.Weights.Dense16[i] = int16(weight >> adderShift)
	}
	return p
}

// relays are the neurons that relay inhibition: they fire a tick after their source and have no
// memory.
func (w *Net) relays() ir.Population {
	none := func() []int32 { return make([]int32, w.Neurons) }
	return ir.Population{
		Name: inhibitors, Shape: []int{w.Neurons}, Size: w.Neurons,
		Groups:    []core.Group{{Count: int32(w.Neurons), Population: 1}},
		Threshold: none(), Reset: none(), Bias: none(), V0: none(),
	}
}

// relay is the input of each relay from its winner.
func (w *Net) relay() ir.Projection {
	p := ir.Projection{
		Name: winners + "-" + inhibitors, Source: 0, Target: 1, WeightBits: relayBits,
		Verbatim: true,
		Weights:  ir.Weights{Sources: w.Neurons, Targets: w.Neurons, Start: []int64{0}},
	}
	for n := range w.Neurons {
		p.Weights.Target, p.Weights.Value = append(p.Weights.Target,
			int32(n)), append(p.Weights.Value, 1)
		p.Weights.Start = append(p.Weights.Start, int64(n+1))
	}
	return p
}

// inhibition is how a winner, or its relay, reaches all others.
func (w *Net) inhibition(from int) ir.Projection {
	p := ir.Projection{
		Name: winners + "-" + winners, Source: from, Target: 0, WeightBits: frozenBits,
		Weights: ir.Weights{Sources: w.Neurons, Targets: w.Neurons, Count: w.Neurons},
	}
	if from == 1 {
		p.Name = inhibitors + "-" + winners
	}
	amount, shift := ir.ShiftedByte(w.Inhibition)
	for n := range w.Neurons {
		p.Weights.Others = append(p.Weights.Others, ir.Others{Weight: int16(-amount), Shift: shift,
			Exclude: int32(n)})
	}
	return p
}

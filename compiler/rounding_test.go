package compiler

import (
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler/flat"
	"adder/compiler/ir"
	"adder/compiler/lower"
	"adder/compiler/nir"
	"adder/compiler/place"
	"adder/internal/npz"
	"adder/internal/outside"
	"adder/layout"
	"adder/snn"
	"adder/spike"
)

// These tests hold a chip to the float64 reference exactly, where exactness
// can be asked for: with 16-bit weights on a permissive chip, a neuron must
// decide as the reference does unless its potential is nearer to the
// threshold than the rounding of its constants can have moved it. How far
// that is follows from the recurrence of the membrane, tick by tick.

// errorBound follows, beside the reference's potentials, how far a chip's
// may be from them. Both are in least significant bits.
type errorBound struct {
	flat *flat.Network
	net  *ir.Network
	// projections[i] is the integer form of flat.projections[i].
	projections []*ir.Projection
	layers      []layerBound
	history     [][][]uint8 // per population and tick: the reference's spikes
	tainted     [][]bool    // per population and neuron
	tally
}

// tally counts decisions outside and within the bound, and those of neurons
// that differ since, or hear one that does.
type tally struct{ decided, close, excused int }

func (t *tally) add(u tally) {
	t.decided, t.close, t.excused = t.decided+u.decided, t.close+u.close, t.excused+u.excused
}

// check requires that the bound is tight enough to mean something.
func (t *tally) check(test *testing.T) {
	test.Logf("%d decisions, %d more were too close to tell, %d came after such", t.decided,
		t.close, t.excused)
	require.Greater(test, t.decided, 50*t.close)
	require.Greater(test, t.decided, 5*t.excused)
}

// layerBound is the state of a population.
type layerBound struct {
	constants        []flat.Constants
	u, v, errU, errV []float64
	// exact threshold, and what its integer and that of the reset are off by
	threshold, inexact []float64
}

func newErrorBound(f *flat.Network, net *ir.Network) *errorBound {
	b := &errorBound{flat: f, net: net, projections: make([]*ir.Projection, len(f.Projections)),
		history: make([][][]uint8, len(f.Populations))}
	next := 0
	for p := range f.Populations {
		for i := range f.Projections {
			if f.Projections[i].Target == p {
				b.projections[i] = &net.Projections[next]
				next++
			}
		}
		b.addLayer(p)
	}
	return b
}

func (b *errorBound) addLayer(p int) {
	size := b.net.Populations[p].Size
	l := layerBound{
		constants: make([]flat.Constants, size), u: make([]float64, size), v: make([]float64, size),
		errU: make([]float64, size), errV: make([]float64, size), threshold: make([]float64, size),
		inexact: make([]float64, size),
	}
	pop := &b.net.Populations[p]
	for n := range size {
		c := flat.Fold(b.flat.Populations[p].Neuron, n, b.flat.DT)
		l.constants[n] = c
		l.v[n] = c.V0 * pop.Unit[n]
		l.errV[n] = math.Abs(float64(pop.V0[n]) - l.v[n])
		l.threshold[n] = c.Threshold * pop.Unit[n]
		// The integer test is "more than", so a whole bit is in doubt.
		l.inexact[n] = math.Abs(float64(pop.Threshold[n])-l.threshold[n]) + 1
	}
	b.layers = append(b.layers, l)
	b.tainted = append(b.tainted, make([]bool, size))
}

// input sums what reaches population p in tick t: exactly, and how far the
// chip's integers are from it. A neuron that hears a tainted one becomes so.
func (b *errorBound) input(p, t int, in *spike.Train) (exact, off []float64) {
	pop := &b.net.Populations[p]
	exact, off = make([]float64, pop.Size), make([]float64, pop.Size)
	whole := make([]float64, pop.Size)
	exponent := int(pop.Groups[0].WeightExp)
	for i := range b.flat.Projections {
		q := &b.flat.Projections[i]
		if q.Target != p {
			continue
		}
		active, doubtful := b.active(q, t, in)
		q.Weights.EachEntry(func(s, n int, w float64) {
			if active[s] {
				exact[n] += w * b.layers[p].constants[n].Gain * pop.Unit[n]
			}
			if doubtful != nil && doubtful[s] && w != 0 {
				b.tainted[p][n] = true
			}
		})
		for s, on := range active {
			if on {
				b.projections[i].Weights.Each(s, func(n, w int32) {
					whole[n] += math.Ldexp(float64(w), exponent)
				})
			}
		}
	}
	for n := range whole {
		bias := snn.At(b.flat.Populations[p].Bias, n,
			0) * b.layers[p].constants[n].Gain * pop.Unit[n]
		exact[n] += bias
		off[n] = math.Abs(whole[n] + float64(pop.Bias[n]) - exact[n])
	}
	return exact, off
}

// active are the sources of a projection whose spikes reach the target in
// tick t, by the reference, and those that are tainted.
func (b *errorBound) active(q *flat.Projection, t int, in *spike.Train) (active, doubtful []bool) {
	active = make([]bool, q.Weights.Sources)
	from := t - q.Wait - q.Lag
	if q.Source == flat.FromInput {
		if from >= 0 {
			in.Each(from, func(s int) { active[s] = true })
		}
		return active, nil
	}
	if from >= 0 {
		for s, z := range b.history[q.Source][from] {
			active[s] = z != 0
		}
	}
	return active, b.tainted[q.Source]
}

// advance moves population p through tick t, in which the reference spiked
// as told, and reports which neurons were too close to their threshold.
func (b *errorBound) advance(p, t int, in *spike.Train, spikes []uint8) []bool {
	l, pop := &b.layers[p], &b.net.Populations[p]
	model := b.flat.Populations[p].Neuron
	exact, off := b.input(p, t, in)
	close := make([]bool, pop.Size)
	for _, g := range pop.Groups {
		for n := int(g.First); n < int(g.First+g.Count); n++ {
			c := &l.constants[n]
			x, e := exact[n], off[n]
			if g.HasCurrent {
				l.errU[n] = afterDecay(l.errU[n], l.u[n], c.KeepU, g.DecayU) + e
				l.u[n] = c.KeepU*l.u[n] + x
				x, e = l.u[n], l.errU[n]
			}
			l.errV[n] = afterDecay(l.errV[n], l.v[n], c.KeepV, g.DecayV) + e
			l.v[n] = c.KeepV*l.v[n] + x
			if g.Integrator {
				continue
			}
			slack := 1e-9 * (math.Abs(l.v[n]) + math.Abs(l.threshold[n]))
			close[n] = math.Abs(l.v[n]-l.threshold[n]) <= l.errV[n]+l.inexact[n]+slack
			if spikes[n] == 0 {
				continue
			}
			reset := c.Reset * pop.Unit[n]
			offReset := math.Abs(float64(pop.Reset[n]) - reset)
			if model.Reset.Subtracts() && model.Model != snn.ModelThreshold {
				l.v[n], l.errV[n] = l.v[n]-reset, l.errV[n]+offReset
			} else {
				l.v[n], l.errV[n] = reset, offReset
			}
		}
	}
	return close
}

// afterDecay bounds the error of a decayed state: that of the state, that
// of the factor, and the truncation.
func afterDecay(err, state, keep float64, f uint16) float64 {
	applied := float64(f) / 4096
	out := applied*err + math.Abs(applied-keep)*math.Abs(state)
	if f != 0 && f != 4096 {
		out++
	}
	return out
}

// compareExactly runs samples on the chip and on the reference. A neuron
// may differ from the reference in the ticks in which it is too close to
// tell, and may then differ in all later ones, and with it who hears it.
func compareExactly(t require.TestingT, net *snn.Network, samples []*spike.Train) (sum tally) {
	wide, err := profile.Load("wide")
	require.NoError(t, err)
	ticks := samples[0].Ticks()
	result, err := Compile(context.Background(), net,
		Options{Chip: wide, WeightBits: 16, Encoder: layout.Encoder{Kind: layout.EncoderSpikes,
			Ticks: int32(ticks)}, Placement: place.Options{Moves: -1}})
	require.NoError(t, err)
	f, err := lower.Network(net)
	require.NoError(t, err)
	reference, err := snn.NewReference(net, snn.ReferenceOptions{})
	require.NoError(t, err)
	loaded, err := chip.Load(result.Image)
	require.NoError(t, err)
	options, probes := probeAll(f, ticks)
	engine := loaded.NewFast(options)
	for k, in := range samples {
		o, err := engine.Run(context.Background(), &chip.Sample{Number: uint64(k), Spikes: in})
		require.NoError(t, err)
		if o.Counts.Core.Saturations > 0 {
			continue // inhibited so far that the registers end
		}
		want, err := reference.RunSpikes(rows(in), probes)
		require.NoError(t, err)
		b := newErrorBound(f, result.Network)
		b.compare(t, k, in, o, want)
		sum.add(b.tally)
	}
	return sum
}

// probeAll records every population on both sides.
func probeAll(f *flat.Network, ticks int) (chip.Options, snn.Probes) {
	options, probes := chip.Options{Ticks: ticks}, snn.Probes{}
	for p := range f.Populations {
		options.Spikes, options.Potentials = append(options.Spikes, p), append(options.Potentials,
			p)
		probes.Potentials = append(probes.Potentials, f.Populations[p].Name)
		if f.Populations[p].Neuron.Model.Spikes() {
			probes.Spikes = append(probes.Spikes, f.Populations[p].Name)
		}
	}
	return options, probes
}

func rows(in *spike.Train) [][]uint8 {
	bytes := in.AppendBytes(nil)
	out := make([][]uint8, in.Ticks())
	for t := range out {
		out[t] = bytes[t*in.Sources() : (t+1)*in.Sources()]
	}
	return out
}

func (b *errorBound) compare(t require.TestingT, sample int, in *spike.Train, o *chip.Outcome,
	want *snn.Record) {
	for tick := range in.Ticks() {
		for _, p := range byDepth(b.net) {
			name, size := b.flat.Populations[p].Name, b.net.Populations[p].Size
			spikes := make([]uint8, size)
			if b.flat.Populations[p].Neuron.Model.Spikes() {
				spikes = want.Spikes[name][tick]
			}
			b.history[p] = append(b.history[p], spikes)
			close := b.advance(p, tick, in, spikes)
			for n := range size {
				if b.tainted[p][n] {
					b.excused++
					continue
				}
				got := uint8(0)
				if o.Spikes[p].Get(tick, n) {
					got = 1
				}
				if close[n] {
					b.close++
					b.tainted[p][n] = got != spikes[n]
				} else {
					b.decided++
					require.Equal(t, spikes[n], got, "sample %d, tick %d, layer %s, neuron %d: "+
						"potential %g of the threshold %g, at most %g off",
						sample, tick, name, n, b.layers[p].v[n], b.layers[p].threshold[n],
						b.layers[p].errV[n])
				}
				if !b.tainted[p][n] {
					b.comparePotential(t, p, n, o.Potentials[p][tick*size+n],
						want.Potentials[name][tick][n])
				}
			}
		}
	}
}

// comparePotential holds the chip's potential to the bound, and the bound's
// own potential to the reference's.
func (b *errorBound) comparePotential(t require.TestingT, p, n int, got int32, want float64) {
	if b.flat.Populations[p].Neuron.Model == snn.ModelThreshold {
		return // the reference shows the input, a chip what is left after the reset
	}
	l, unit := &b.layers[p], b.net.Populations[p].Unit[n]
	exact := (want - l.constants[n].Rest) * unit
	require.InDelta(t, exact, l.v[n], 1e-6*(math.Abs(exact)+math.Abs(l.threshold[n])+1),
		"the potential that the bound follows")
	require.InDelta(t, exact, float64(got), l.errV[n]+1e-9*math.Abs(exact)+1e-6)
}

// byDepth orders populations so that each follows the ones it hears within
// a tick.
func byDepth(net *ir.Network) []int {
	var out []int
	for depth := 0; len(out) < len(net.Populations); depth++ {
		for p := range net.Populations {
			if net.Populations[p].Depth == depth {
				out = append(out, p)
			}
		}
	}
	return out
}

// TestChipDecidesAsTheReference is the property on drawn networks.
func TestChipDecidesAsTheReference(t *testing.T) {
	var sum tally
	rapid.Check(t, func(t *rapid.T) {
		net := drawNetwork(t)
		size := net.Nodes[net.Inputs()[0]].Out.Size()
		var samples []*spike.Train
		for range rapid.IntRange(1, 3).Draw(t, "samples") {
			samples = append(samples, drawTrain(t, size, 40))
		}
		sum.add(compareExactly(t, net, samples))
	})
	sum.check(t)
}

// TestChipDecidesAsTheReferenceOnFiles is the property on the small graphs
// of the outside test data, one feature of NIR each.
func TestChipDecidesAsTheReferenceOnFiles(t *testing.T) {
	models, err := filepath.Glob(filepath.Join(outside.Folder(t, "nir"), "synth", "*.nir"))
	require.NoError(t, err)
	require.NotEmpty(t, models)
	for _, model := range models {
		name := strings.TrimSuffix(filepath.Base(model), ".nir")
		t.Run(name, func(t *testing.T) {
			net, err := nir.Read(model, nir.Options{})
			require.NoError(t, err)
			sum := compareExactly(t, net, readPacked(t, strings.TrimSuffix(model, ".nir")+".npz"))
			sum.check(t)
		})
	}
}

// readPacked reads the inputs of a recording: input_bits packs the ticks of
// each sample, the first element in the highest bit.
func readPacked(t *testing.T, path string) []*spike.Train {
	f, err := npz.Open(path)
	require.NoError(t, err)
	defer f.Close()
	read := func(name string) *npz.Array {
		a, err := f.Array(name)
		require.NoError(t, err)
		return a
	}
	shape, err := read("input_shape").Int64s()
	require.NoError(t, err)
	size := 1
	for _, d := range shape[2:] {
		size *= int(d)
	}
	array := read("input_bits")
	bits, err := array.Uint8s()
	require.NoError(t, err)
	var out []*spike.Train
	for s := range int(shape[0]) {
		train := spike.NewTrain(size, int(shape[1]))
		for i := range int(shape[1]) * size {
			if bits[s*array.Shape[1]+i/8]>>(7-i%8)&1 == 1 {
				train.Set(i/size, i%size)
			}
		}
		out = append(out, train)
	}
	return out
}

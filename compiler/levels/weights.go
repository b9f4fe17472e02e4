package levels

import (
	"math"

	"adder/compiler/flat"
	"adder/quantised"
	"adder/snn"
)

// channels says which neurons share a unit: those of a channel, each of a layer without
// channels, or all where their sums are compared with each other.
type channels struct{ neurons, each int }

func channelsOf(shape snn.Shape, output bool) channels {
	size := shape.Size()
	switch {
	case output:
		return channels{size, size}
	case len(shape) > 1:
		return channels{size, size / shape[0]}
	}
	return channels{size, 1}
}

func (c channels) count() int        { return c.neurons / c.each }
func (c channels) of(neuron int) int { return neuron / c.each }

// ownLayer makes a layer with its own boundaries: T_j = j theta - (theta >> 1).
func (b *builder) ownLayer(p int, role *role, in []branch) error {
	pop := b.population(p, role)
	f := &b.m.flat.Populations[p]
	output := role.kind == roleOutput
	c := channelsOf(f.Shape, output)
	l := Layer{}
	step := 1.0
	if !output {
		pop.Bits = b.bitsOf(f.Name)
		levels := int(1)<<pop.Bits - 1
		seen := b.m.ranges[role.node]
		l.Range = seen.reach(levels, b.m.Prepared.Nodes[role.node].Op.(*snn.Relu).Ceil)
		l.Max, l.Clipped = seen.high, seen.clipped(l.Range)
		step = l.Range / float64(levels)
	}
	g := newGrid(b.opts, c, in)
	g.flat = output
	g.fit(step)
	pop.Unit = spread(g.unit, c)
	if output {
		pop.Unit = g.unit
	} else {
		pop.Theta, pop.Scale = make([]int64, pop.Neurons), make([]float64, pop.Neurons)
		for n := range pop.Theta {
			pop.Theta[n] = int64(max(math.Round(step/pop.Unit[n]), 1))
			pop.Scale[n] = float64(pop.Theta[n]) * pop.Unit[n]
		}
		l.ThetaLeast, l.ThetaMost = extent(pop.Theta)
	}
	lost := make([]float64, pop.Neurons)
	var projections []quantised.Projection
	for k := range in {
		projections = append(projections, g.round(&in[k], k, b.means.of(in[k].source), lost))
		l.Exponent = max(l.Exponent, g.exponent[k])
	}
	l.WeightError = g.relativeError()
	for n := range pop.Bias {
		unit := snn.At(pop.Unit, n, 1)
		pop.Bias[n] = int64(math.Round((snn.At(f.Bias, n, 0) + lost[n]) / unit))
	}
	b.add(pop, projections, l)
	return nil
}

// bitsOf is the width of a layer's activations.
func (b *builder) bitsOf(layer string) int {
	if bits, ok := b.opts.LayerBits[layer]; ok {
		return bits
	}
	return b.opts.ActivationBits
}

func spread(values []float64, c channels) []float64 {
	out := make([]float64, c.neurons)
	for n := range out {
		out[n] = values[c.of(n)]
	}
	return out
}

func extent(x []int64) (least, most int64) {
	least, most = x[0], x[0]
	for _, v := range x {
		least, most = min(least, v), max(most, v)
	}
	return least, most
}

// grid is the grid of the weights into a layer: weight (unit 2^exponent), with a unit per channel
// and an exponent per branch.
type grid struct {
	channels channels
	in       []branch
	// flat says that the neurons of a channel have weights of their own.
	flat     bool
	bits     int
	top      float64 // the largest integer
	maxExp   int
	unit     []float64
	exponent []int
	// peak is the largest magnitude of each branch, [branches][channels].
	peak [][]float64
	// fanIn counts the weights into each neuron.
	fanIn []int32
	// missed and whole are the squared error of all weights and their squares.
	missed, whole float64
}

func newGrid(o Options, c channels, in []branch) *grid {
	g := &grid{
		channels: c, in: in, bits: o.WeightBits, top: float64(int64(1)<<(o.WeightBits-1) - 1),
		maxExp: o.MaxExponent,
		unit:   make([]float64, c.count()), exponent: make([]int, len(in)),
		peak:  make([][]float64, len(in)),
		fanIn: make([]int32, c.neurons),
	}
	for k := range in {
		g.peak[k] = make([]float64, c.count())
		in[k].each(func(_, target int, v float64) {
			at := c.of(target)
			g.fanIn[target]++
			g.peak[k][at] = max(g.peak[k][at], math.Abs(v))
		})
	}
	return g
}

// each visits every weight, times what a level of its source does.
func (br *branch) each(visit func(source, target int, v float64)) {
	br.weights.EachEntry(func(s, t int, v float64) {
		if v != 0 {
			visit(s, t, float64(v*snn.At(br.scale, s, 1)))
		}
	})
}

// fit chooses exponents and units. A channel without weights gets a unit that resolves a
// step well.
func (g *grid) fit(step float64) {
	g.fitExponents()
	const resolved = 256
	for c := range g.unit {
		for k := range g.in {
			g.unit[c] = max(g.unit[c], math.Ldexp(g.peak[k][c]/g.top, -g.exponent[k]))
		}
		if g.unit[c] == 0 {
			g.unit[c] = step / resolved
		}
	}
	g.fitUnits()
}

// fitExponents gives the branches with larger weights a power of two, so that those with
// the smallest keep their bits.
func (g *grid) fitExponents() {
	if len(g.in) < 2 {
		return
	}
	size := make([]float64, len(g.in))
	least := math.Inf(1)
	for k := range g.in {
		for _, v := range g.peak[k] {
			size[k] += v
		}
		if size[k] > 0 {
			least = min(least, size[k])
		}
	}
	for k, v := range size {
		if v > 0 {
			g.exponent[k] = min(max(int(math.Floor(math.Log2(v/least))), 0), g.maxExp)
		}
	}
}

// Shares of the unit that holds the largest weight, of which that with the least squared
// error is taken: a smaller unit cuts the largest weights and resolves the others.
var unitShares = []float64{1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5}

// fitUnits looks for the unit of each channel with the least squared error of its
// weights. A channel is judged by one of its neurons, the first that nothing cuts weights
// off.
func (g *grid) fitUnits() {
	errors := make([][]float64, g.channels.count())
	for c := range errors {
		errors[c] = make([]float64, len(unitShares))
	}
	judges := g.judges()
	for k := range g.in {
		g.in[k].each(func(_, target int, v float64) {
			c := g.channels.of(target)
			if !judges[target] {
				return
			}
			for i, share := range unitShares {
				unit := math.Ldexp(g.unit[c]*share, g.exponent[k])
				d := v - float64(unit*g.nearest(v, unit))
				errors[c][i] += float64(d * d)
			}
		})
	}
	for c := range errors {
		best := 0
		for i := range unitShares {
			if errors[c][i] < errors[c][best] {
				best = i
			}
		}
		g.unit[c] *= unitShares[best]
	}
}

// judges marks the neurons by which channels are judged: all of a layer without channels.
func (g *grid) judges() []bool {
	out := make([]bool, g.channels.neurons)
	for c := range g.channels.count() {
		first := c * g.channels.each
		best := first
		for n := first; n < first+g.channels.each; n++ {
			if out[n] = g.flat; g.fanIn[n] > g.fanIn[best] {
				best = n
			}
		}
		out[best] = true
	}
	return out
}

// nearest is the nearest integer to a weight.
func (g *grid) nearest(v, unit float64) float64 {
	return min(max(math.Round(v/unit), -g.top), g.top)
}

// round makes a projection of branch k. lost gains what rounding takes from the sum of
// each neuron at the mean activations of the source, in the model's units.
func (g *grid) round(br *branch, k int, means []float64, lost []float64) quantised.Projection {
	b := newWeights(br.weights, g.bits)
	br.each(func(s, t int, v float64) {
		unit := math.Ldexp(g.unit[g.channels.of(t)], g.exponent[k])
		w := g.nearest(v, unit)
		d := v - float64(w*unit)
		g.missed += float64(d * d)
		g.whole += float64(v * v)
		if means != nil {
			lost[t] += float64(d * means[s])
		}
		b.set(s, t, int32(w))
	})
	return quantised.Projection{Name: br.name, Source: br.source, Exponent: g.exponent[k],
		WeightBits: g.bits, Weights: b.weights()}
}

func (g *grid) relativeError() float64 {
	if g.whole == 0 {
		return 0
	}
	return math.Sqrt(g.missed / g.whole)
}

// weightsBuilder collects integer weights: a matrix where the real ones are one, else a
// list, whose entries come source by source.
type weightsBuilder struct {
	w    quantised.Weights
	wide bool
}

func newWeights(of *flat.Weights, bits int) *weightsBuilder {
	b := &weightsBuilder{w: quantised.Weights{Sources: of.Sources, Targets: of.Targets},
		wide: bits > 8}
	switch {
	case of.Matrix == nil:
		b.w.Start = make([]int64, 1, of.Sources+1)
		b.w.Target = make([]int32, 0, len(of.Target))
		b.w.Value = make([]int16, 0, len(of.Target))
	case b.wide:
		b.w.Dense16 = make([]int16, of.Sources*of.Targets)
	default:
		b.w.Dense = make([]int8, of.Sources*of.Targets)
	}
	return b
}

func (b *weightsBuilder) set(source, target int, v int32) {
	switch {
	case b.w.Dense != nil:
		b.w.Dense[source*b.w.Targets+target] = int8(v)
	case b.w.Dense16 != nil:
		b.w.Dense16[source*b.w.Targets+target] = int16(v)
	default:
		b.endSources(source)
		if v != 0 {
			b.w.Target = append(b.w.Target, int32(target))
			b.w.Value = append(b.w.Value, int16(v))
		}
	}
}

// endSources closes the lists of the sources before one.
func (b *weightsBuilder) endSources(source int) {
	for len(b.w.Start) <= source {
		b.w.Start = append(b.w.Start, int64(len(b.w.Target)))
	}
}

func (b *weightsBuilder) weights() quantised.Weights {
	if b.w.Start != nil {
		b.endSources(b.w.Sources)
	}
	return b.w
}

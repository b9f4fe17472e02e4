package quantised

import (
	"fmt"
	"sort"

	"adder/spike/encode"
)

// Evaluator computes a network on the host, one sample at a time, with ordinary
// products. It reuses its buffers, so an instance serves one goroutine; Clone makes more
// of them.
type Evaluator struct {
	net *Network
	// into lists the projections of each population.
	into [][]*Projection
	// input and levels are activations, sums those of every neuron.
	input  []int32
	levels [][]int32
	sums   [][]int64
}

// NewEvaluator prepares a network. An invalid network is an error.
func NewEvaluator(n *Network) (*Evaluator, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	into := make([][]*Projection, len(n.Populations))
	for i := range n.Projections {
		p := &n.Projections[i]
		into[p.Target] = append(into[p.Target], p)
	}
	return newEvaluator(n, into), nil
}

func newEvaluator(n *Network, into [][]*Projection) *Evaluator {
	e := &Evaluator{net: n, into: into, input: make([]int32, n.Input.Size)}
	for i := range n.Populations {
		p := &n.Populations[i]
		e.sums = append(e.sums, make([]int64, p.Neurons))
		var levels []int32
		if i != n.Output {
			levels = make([]int32, p.Size())
		}
		e.levels = append(e.levels, levels)
	}
	return e
}

// Clone gives an evaluator of the same network with its own buffers.
func (e *Evaluator) Clone() *Evaluator { return newEvaluator(e.net, e.into) }

// Network is the network that is evaluated.
func (e *Evaluator) Network() *Network { return e.net }

// Run evaluates a sample, [Input.Size], and returns the sums of the output population, which are
// valid until the next run.
func (e *Evaluator) Run(x []float64) ([]int64, error) {
	if len(x) != len(e.input) {
		return nil, fmt.Errorf("quantised network %s: the sample has %d elements, the input "+
			"takes %d", e.net.Name, len(x), len(e.input))
	}
	e.net.Input.Levels(x, e.input)
	return e.run(), nil
}

// RunLevels is Run for the levels of a sample, [Input.Size], each from 0 to the input's top.
func (e *Evaluator) RunLevels(levels []int32) ([]int64, error) {
	if len(levels) != len(e.input) {
		return nil, fmt.Errorf("quantised network %s: the sample has %d levels, the input takes %d",
			e.net.Name, len(levels), len(e.input))
	}
	copy(e.input, levels)
	return e.run(), nil
}

func (e *Evaluator) run() []int64 {
	for p := range e.net.Populations {
		e.layer(p)
	}
	return e.sums[e.net.Output]
}

// Levels returns the activations of a population in the last run, or of the input if source is
// FromInput; the output has none. They are valid until the next run.
func (e *Evaluator) Levels(source int) []int32 {
	if source == FromInput {
		return e.input
	}
	return e.levels[source]
}

// Sums returns the sums of a population's neurons in the last run. They are valid until the next
// run.
func (e *Evaluator) Sums(p int) []int64 { return e.sums[p] }

// Levels writes the activations of a sample to out, both [Size].
func (in *Input) Levels(x []float64, out []int32) {
	q := encode.Quantiser{Scale: in.Scale, Zero: int(in.Zero), Bits: in.Bits}
	for i, v := range x {
		out[i] = q.Level(v)
	}
}

// Sum writes the sums of population p to sums, [Neurons], from the activations that levels returns
// for each source. To run all of a network, an Evaluator is faster.
func (n *Network) Sum(p int, levels func(source int) []int32, sums []int64) {
	copy(sums, n.Populations[p].Bias)
	for i := range n.Projections {
		if r := &n.Projections[i]; r.Target == p {
			r.add(levels(r.Source), n.Zero(r.Source), sums)
		}
	}
}

// layer computes population p from the activations of its sources.
func (e *Evaluator) layer(p int) {
	pop, sums := &e.net.Populations[p], e.sums[p]
	copy(sums, pop.Bias)
	for _, r := range e.into[p] {
		r.add(e.Levels(r.Source), e.net.Zero(r.Source), sums)
	}
	if p != e.net.Output {
		pop.Activations(sums, e.levels[p])
	}
}

// add adds the contribution of a projection from activations.
func (p *Projection) add(levels []int32, zero int32, sums []int64) {
	w := &p.Weights
	for s, a := range levels {
		if a == zero {
			continue
		}
		v := int64(a-zero) << p.Exponent
		switch {
		case w.Dense != nil:
			addRow(sums, w.Dense[s*w.Targets:(s+1)*w.Targets], v)
		case w.Dense16 != nil:
			addRow(sums, w.Dense16[s*w.Targets:(s+1)*w.Targets], v)
		default:
			addList(sums, w.Target[w.Start[s]:w.Start[s+1]], w.Value[w.Start[s]:w.Start[s+1]], v)
		}
	}
}

func addRow[W int8 | int16](sums []int64, row []W, v int64) {
	sums = sums[:len(row)]
	for i, w := range row {
		sums[i] += v * int64(w)
	}
}

func addList(sums []int64, targets []int32, values []int16, v int64) {
	values = values[:len(targets)]
	for k, t := range targets {
		sums[t] += v * int64(values[k])
	}
}

// Activations writes the outputs of the population for sums: sums is [Neurons], out is [Size].
func (p *Population) Activations(sums []int64, out []int32) {
	if p.Windows == nil {
		p.eachGroup(func(first, last int, level func(n int, sum int64) int32) {
			for n := first; n < last; n++ {
				out[n] = level(n, sums[n])
			}
		})
		return
	}
	w := p.Windows
	for o := range out {
		members := w.Member[w.Start[o]:w.Start[o+1]]
		largest := members[0]
		for _, m := range members[1:] {
			if sums[m] > sums[largest] {
				largest = m
			}
		}
		out[o] = p.Level(int(largest), sums[largest])
	}
}

// eachGroup visits runs of neurons with how the level of one of them is found.
func (p *Population) eachGroup(visit func(first, last int, level func(n int, sum int64) int32)) {
	if p.Theta != nil {
		visit(0, p.Neurons, p.thetaLevel)
		return
	}
	for i := range p.Groups {
		g := &p.Groups[i]
		visit(g.First, g.First+g.Count, func(_ int, sum int64) int32 { return g.level(sum) })
	}
}

// Level is the activation of neuron n at a sum.
func (p *Population) Level(n int, sum int64) int32 {
	if p.Theta != nil {
		return p.thetaLevel(n, sum)
	}
	i := sort.Search(len(p.Groups), func(i int) bool { return p.Groups[i].First > n }) - 1
	return p.Groups[i].level(sum)
}

// thetaLevel counts the boundaries j theta - (theta >> 1) up to the sum.
func (p *Population) thetaLevel(n int, sum int64) int32 {
	theta := p.Theta[n]
	if sum += theta >> 1; sum < 0 {
		return 0
	}
	return int32(min(sum/theta, int64(1)<<p.Bits-1))
}

// level counts the boundaries up to the sum. One of Never is above every sum.
func (g *Group) level(sum int64) int32 {
	return int32(sort.Search(len(g.Boundaries), func(j int) bool { return g.Boundaries[j] > sum }))
}

package split

import (
	"fmt"
	"math/bits"

	"adder/chip/profile"
	"adder/core"
	"adder/quantised"
)

// Layer is a layer that was split.
type Layer struct {
	// Layer is its name, and Sums the number of partial sums of each of its neurons.
	Layer string `json:"layer"`
	// FanIn is the number of axons that its neurons need, Have that of a core.
	FanIn int `json:"fan_in"`
	Have  int `json:"have"`
	Sums  int `json:"sums"`
	// WordBits is the width of a sum's code word, which is also the ticks by which the targets of
	// the layer are delayed.
	WordBits int `json:"word_bits"`
}

// Network splits the layers of a network that need it on a chip, and returns which these are. A
// network without any is returned unchanged, and so is one on a chip without radix neurons. The
// partial sums of the i-th part of the sources of layer L are the population L.sum<i>, from 1 on,
// with the layer's neurons in order. A sum that no word holds is an error.
func Network(q *quantised.Network, chip *profile.Profile) (*quantised.Network, []Layer, error) {
	if !chip.HasModel(core.ModelRadix) {
		return q, nil, nil
	}
	s := &splitting{from: q, chip: chip, moved: make([]int, len(q.Populations))}
	s.into = make([][]int, len(q.Populations))
	for i := range q.Projections {
		to := q.Projections[i].Target
		s.into[to] = append(s.into[to], i)
	}
	for p := range q.Populations {
		if err := s.layer(p); err != nil {
			return nil, nil, fmt.Errorf("split network %s: layer %s: %w", q.Name,
				q.Populations[p].Name, err)
		}
	}
	if len(s.done) == 0 {
		return q, nil, nil
	}
	out := *q
	out.Populations, out.Projections, out.Output = s.populations, s.projections, s.moved[q.Output]
	return &out, s.done, nil
}

// splitting is the state of the pass.
type splitting struct {
	from *quantised.Network
	chip *profile.Profile
	// into lists the projections of each population, moved has the new number of each.
	into  [][]int
	moved []int

	populations []quantised.Population
	projections []quantised.Projection
	done        []Layer
}

// layer takes population p over, split where it has to be.
func (s *splitting) layer(p int) error {
	pop := s.from.Populations[p]
	fan := newFanIn(s.from, p, s.into[p])
	parts := fan.parts(s.chip)
	if parts < 2 {
		s.add(p, pop)
		for _, k := range s.into[p] {
			s.connect(s.from.Projections[k], s.moved[p])
		}
		return nil
	}
	report := Layer{
		Layer: pop.Name, FanIn: fan.most, Have: s.chip.Core.InputAxons, Sums: parts,
	}
	pop.Bias = append([]int64(nil), pop.Bias...)
	sums := make([]quantised.Projection, parts)
	for i := range parts {
		word, exponent, err := s.sum(&pop, p, i, fan.between(i, parts), report.FanIn)
		if err != nil {
			return err
		}
		report.WordBits = max(report.WordBits, word)
		source := len(s.populations) - 1
		sums[i] = quantised.Projection{
			Name: s.populations[source].Name + ".to." + pop.Name, Source: source,
			Exponent: exponent, WeightBits: 2, Weights: identity(pop.Neurons),
		}
	}
	s.add(p, pop)
	for i := range sums {
		sums[i].Target = s.moved[p]
		s.projections = append(s.projections, sums[i])
	}
	s.done = append(s.done, report)
	return nil
}

// add adds a population that replaces population p.
func (s *splitting) add(p int, pop quantised.Population) {
	s.moved[p] = len(s.populations)
	s.populations = append(s.populations, pop)
}

// connect adds a projection of the network that is split to a target of the new one.
func (s *splitting) connect(r quantised.Projection, target int) {
	if r.Target = target; r.Source != quantised.FromInput {
		r.Source = s.moved[r.Source]
	}
	s.projections = append(s.projections, r)
}

// sum makes the i-th population of sums of population p, over a part of its sources, and takes from
// the bias of pop what its words are raised by. It returns the width of a word, and the power of
// two that its least significant bit is worth.
func (s *splitting) sum(
	pop *quantised.Population, p, i int, part []slice, fanIn int,
) (word, exponent int, err error) {
	exponent = s.from.Projections[part[0].projection].Exponent
	for _, c := range part {
		exponent = min(exponent, s.from.Projections[c.projection].Exponent)
	}
	at := len(s.populations)
	out := quantised.Population{
		Name: fmt.Sprintf("%s.sum%d", pop.Name, i+1), Shape: pop.Shape, Neurons: pop.Neurons,
		Theta: make([]int64, pop.Neurons), Bias: make([]int64, pop.Neurons),
		Unit: raised(pop.Unit, exponent),
	}
	if pop.Windows != nil {
		out.Shape = []int{pop.Neurons}
	}
	out.Scale = out.Unit
	s.populations = append(s.populations, out)
	first := len(s.projections)
	for _, c := range part {
		r := s.from.Projections[c.projection]
		r.Exponent -= exponent
		r.Weights = only(&r.Weights, c.first, c.last)
		s.connect(r, at)
	}
	scope := quantised.Network{
		Input: s.from.Input, Populations: s.populations, Projections: s.projections[first:],
	}
	low, high := scope.Bounds(at)
	for n := range low {
		word = max(word, bits.Len64(uint64(high[n]-low[n])), 1)
		out.Theta[n], out.Bias[n] = 1, -low[n]
		pop.Bias[n] += low[n] << exponent
	}
	if word > core.MaxCodeBits {
		return 0, 0, fmt.Errorf(
			"%d sources of a neuron are more than a core's %d axons, and their "+
				"sums need words of %d bits: the most is %d; take fewer bits of weights or of "+
				"activations",
			fanIn, s.chip.Core.InputAxons, word, core.MaxCodeBits)
	}
	s.populations[at].Bits = word
	return word, exponent, nil
}

// raised are units times a power of two.
func raised(units []float64, exponent int) []float64 {
	out := make([]float64, len(units))
	for i, u := range units {
		out[i] = float64(u * float64(int64(1)<<exponent))
	}
	return out
}

// identity connects each of n neurons to the one with its number.
func identity(n int) quantised.Weights {
	w := quantised.Weights{
		Sources: n, Targets: n,
		Start: make([]int64, n+1), Target: make([]int32, n), Value: make([]int16, n),
	}
	for i := range n {
		w.Start[i+1], w.Target[i], w.Value[i] = int64(i)+1, int32(i), 1
	}
	return w
}

// only are the weights of the sources from first up to last, in the form that they have.
func only(w *quantised.Weights, first, last int) quantised.Weights {
	out := quantised.Weights{Sources: w.Sources, Targets: w.Targets}
	switch {
	case w.Dense != nil:
		out.Dense = within(w.Dense, first*w.Targets, last*w.Targets)
	case w.Dense16 != nil:
		out.Dense16 = within(w.Dense16, first*w.Targets, last*w.Targets)
	default:
		low, high := w.Start[first], w.Start[last]
		out.Target, out.Value = w.Target[low:high], w.Value[low:high]
		for _, at := range w.Start {
			out.Start = append(out.Start, min(max(at, low), high)-low)
		}
	}
	return out
}

// within is a copy with zeros outside of a range.
func within[W int8 | int16](from []W, first, last int) []W {
	out := make([]W, len(from))
	copy(out[first:last], from[first:last])
	return out
}

package levels

import (
	"errors"
	"math"
	"math/bits"

	"adder/quantised"
	"adder/snn"
)

// evenly reports whether each neuron has a single source, without zero point, with the same
// positive weight, and no bias: it then counts, without rounding.
func evenly(in []branch, bias []float64) bool {
	for _, v := range bias {
		if v != 0 {
			return false
		}
	}
	if len(in) != 1 {
		return false
	}
	weight := make([]float64, in[0].weights.Targets)
	even := true
	in[0].each(func(_, t int, v float64) {
		if weight[t] == 0 {
			weight[t] = v
		}
		even = even && v > 0 && math.Abs(v-weight[t]) <= 1e-9*v
	})
	for _, w := range weight {
		even = even && w > 0
	}
	return even
}

// pool makes a layer that counts the levels in its windows, exactly: k bits and the
// logarithm of the window's size.
func (b *builder) pool(p int, role *role, in []branch) error {
	if b.net.Zero(in[0].source) != 0 {
		return b.ownLayer(p, role, in)
	}
	pop := b.population(p, role)
	pop.Unit = make([]float64, pop.Neurons)
	fanIn := make([]int64, pop.Neurons)
	weights := ones(&in[0], func(t int, v float64) {
		pop.Unit[t] = v
		fanIn[t]++
	})
	most := int64(0)
	for _, n := range fanIn {
		most = max(most, n)
	}
	most *= int64(b.net.Top(in[0].source))
	pop.Bits = bits.Len64(uint64(most))
	if pop.Bits > MaxBits {
		return errors.New("its windows count further than activations reach: fold the pool " +
			"(--pool fold)")
	}
	b.whole(pop, in[0], weights, Layer{Range: float64(most) * pop.Unit[0]})
	return nil
}

// maximum makes a layer that copies the levels of which windows take the largest.
func (b *builder) maximum(p int, role *role, in []branch) error {
	if !evenly(in, b.m.flat.Populations[p].Bias) {
		return errors.New("it takes the largest of sums of signals: put the maximum behind an " +
			"activation")
	}
	pop := b.population(p, role)
	pop.Bits, pop.Zero = b.net.Bits(in[0].source), b.net.Zero(in[0].source)
	pop.Unit = make([]float64, pop.Neurons)
	weights := ones(&in[0], func(t int, v float64) { pop.Unit[t] = v })
	w := role.windows
	for o := range len(w.Start) - 1 {
		for _, m := range w.Member[w.Start[o]:w.Start[o+1]] {
			if pop.Unit[m] != pop.Unit[w.Member[w.Start[o]]] {
				return errors.New("a window has activations of several scales")
			}
		}
	}
	b.whole(pop, in[0], weights, Layer{Range: float64(b.net.Top(in[0].source)) * pop.Unit[0]})
	return nil
}

// whole adds a layer whose levels are its sums.
func (b *builder) whole(pop quantised.Population, in branch, weights quantised.Weights, l Layer) {
	pop.Scale = pop.Unit
	if pop.Zero == 0 {
		pop.Theta = make([]int64, pop.Neurons)
		for n := range pop.Theta {
			pop.Theta[n] = 1
		}
		l.ThetaLeast, l.ThetaMost = 1, 1
	} else {
		boundaries := make([]int64, b.net.Top(in.source))
		for j := range boundaries {
			boundaries[j] = int64(j) + 1 - int64(pop.Zero)
		}
		pop.Groups = []quantised.Group{{Count: pop.Neurons, Boundaries: boundaries}}
	}
	b.add(pop,
		[]quantised.Projection{{Name: in.name, Source: in.source, WeightBits: 2, Weights: weights}},
		l)
}

// ones replaces every weight by 1, and reports whether it could.
func ones(in *branch, seen func(target int, v float64)) quantised.Weights {
	list := in.weights.List()
	out := newWeights(&list, 2)
	list.EachEntry(func(s, t int, v float64) {
		seen(t, float64(v*snn.At(in.scale, s, 1)))
		out.set(s, t, 1)
	})
	return out.weights()
}

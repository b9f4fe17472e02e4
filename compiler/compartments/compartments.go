// Package compartments is the pass that gives neurons a second compartment, for chips that
// reset to a value alone: a neuron that resets by subtraction becomes a dendrite, which
// integrates, and a soma, which fires by the dendrite's potential and inhibits it by the amount
// (docs/neurocore.md, section 14).
package compartments

import (
	"slices"

	"adder/chip/profile"
	"adder/compiler/ir"
	"adder/core"
	"adder/fixedpoint"
)

// Added is the number of compartments added to a population.
type Added struct {
	// Layer is the population, Neurons the number of dendrites added to it, and Synapses the number
	// of synapses to them.
	Layer             string
	Neurons, Synapses int
}

// Network returns the network with a second compartment for each neuron that resets by subtraction,
// and how many were added, for a chip that has compartments and no reset by subtraction. Otherwise
// it returns the network itself. Neurons that leak, are read or combine another model, or whose
// amount is not a weight of the chip, are left to other passes, which refuse them.
func Network(net *ir.Network, chip *profile.Profile) (*ir.Network, []Added) {
	if chip.HasReset(profile.ResetSubtract) || !chip.HasModel(core.ModelPairs) {
		return net, nil
	}
	g := giving{from: net, chip: chip, pairs: make([]bool, len(net.Populations))}
	var added []Added
	for p := range net.Populations {
		if g.pairs[p] = g.needs(p); g.pairs[p] {
			added = append(added, Added{Layer: net.Populations[p].Name,
				Neurons: net.Populations[p].Size, Synapses: g.synapses(p)})
		}
	}
	if added == nil {
		return net, nil
	}
	return g.network(), added
}

// giving is a network that is being changed.
type giving struct {
	from *ir.Network
	chip *profile.Profile
	// pairs lists the populations that get second compartments.
	pairs []bool
}

// MostSynapses is the largest number of synapses from a soma to its dendrite.
const MostSynapses = 4

// steps is an amount in steps of a weight, given the weight exponent and the chip's
// alignment; false where weights of MostSynapses do not take it exactly.
func steps(amount int32, exponent int8, chip *profile.Profile) (int, bool) {
	up := int(exponent) + chip.Widths.Align
	if up < 0 || up > 30 {
		return 0, false
	}
	n := amount >> up
	return int(n), n<<up == amount && n >= 0 && int(n) <= MostSynapses*chip.WeightLimit()
}

// synapses is the number of synapses to the dendrites of population p.
func (g *giving) synapses(p int) (n int) {
	pop, most := &g.from.Populations[p], g.chip.WeightLimit()
	for _, group := range pop.Groups {
		for _, amount := range pop.Reset[group.First:][:group.Count] {
			left, _ := steps(amount, group.WeightExp, g.chip)
			n += (left + most - 1) / most
		}
	}
	return n
}

// needs reports whether population p can be, and needs to be, one of two compartments.
func (g *giving) needs(p int) bool {
	pop := &g.from.Populations[p]
	if p == g.from.Output || len(pop.Theta) > 0 || len(pop.Target) > 0 {
		return false
	}
	for _, group := range pop.Groups {
		bare := group
		bare.ResetMode = core.ResetToValue
		if group.ResetMode != core.ResetSubtract || group.DecayV != fixedpoint.DecayOne ||
			group.HasCurrent || group.Pairs || !core.Pairable(&bare) {
			return false
		}
		for _, amount := range pop.Reset[group.First:][:group.Count] {
			if _, ok := steps(amount, group.WeightExp, g.chip); !ok {
				return false
			}
		}
	}
	return !slices.ContainsFunc(g.from.Projections, func(k ir.Projection) bool {
		into := k.Target == p && (k.Learning != nil || k.Verbatim)
		return into || (k.Target == p || k.Source == p) && k.KeepsRows()
	})
}

func (g *giving) network() *ir.Network {
	out := *g.from
	out.Populations, out.Projections = slices.Clone(g.from.Populations), nil
	for p := range out.Populations {
		if g.pairs[p] {
			out.Populations[p] = pairsOf(&g.from.Populations[p])
		}
	}
	for _, k := range g.from.Projections {
		if from := k.Source >= 0 && g.pairs[k.Source]; from || g.pairs[k.Target] {
			k.Weights = spread(&k.Weights, from, g.pairs[k.Target])
		}
		out.Projections = append(out.Projections, k)
	}
	for p := range out.Populations {
		for k := range MostSynapses {
			if back := g.feedback(p, k); g.pairs[p] && len(back.Weights.Value) > 0 {
				out.Projections = append(out.Projections, back)
			}
		}
	}
	return &out
}

// pairsOf is a population with a dendrite and a soma for each neuron.
func pairsOf(from *ir.Population) ir.Population {
	pop := *from
	pop.Size, pop.Shape = 2*from.Size, append(slices.Clone(from.Shape), 2)
	pop.Groups = slices.Clone(from.Groups)
	for i := range pop.Groups {
		group := &pop.Groups[i]
		group.First, group.Count = 2*group.First, 2*group.Count
		group.ResetMode, group.Pairs = core.ResetToValue, true
	}
	zeros := make([]int32, from.Size)
	pop.Threshold = interleave(from.Threshold, from.Threshold)
	pop.Bias, pop.V0 = interleave(from.Bias, zeros), interleave(from.V0, zeros)
	pop.Reset = interleave(zeros, zeros)
	pop.Unit, pop.Rest = interleave(from.Unit, from.Unit), interleave(from.Rest, from.Rest)
	return pop
}

// interleave lists the first of both, the second of both and so on.
func interleave[T any](dendrites, somas []T) []T {
	var out []T
	for i := range dendrites {
		out = append(out, dendrites[i], somas[i])
	}
	return out
}

// spread moves the ends of weights to somas, to dendrites, or both.
func spread(w *ir.Weights, from, to bool) ir.Weights {
	out := ir.Weights{Sources: w.Sources, Targets: w.Targets, Start: []int64{0}}
	end := func() { out.Start = append(out.Start, int64(len(out.Value))) }
	if from {
		out.Sources *= 2
	}
	step := int32(1)
	if to {
		out.Targets, step = 2*w.Targets, 2
	}
	for s := range w.Sources {
		if from {
			end() // the dendrite's, which never fires
		}
		w.Each(s, func(target, weight int32) {
			out.Target = append(out.Target, step*target)
			out.Value = append(out.Value, int16(weight))
		})
		end()
	}
	return out
}

// feedback is the k-th synapse from each soma of population p to its dendrite, of those that
// have so many.
func (g *giving) feedback(p, k int) ir.Projection {
	pop := &g.from.Populations[p]
	w := ir.Weights{Sources: 2 * pop.Size, Targets: 2 * pop.Size, Start: []int64{0}}
	for i := range pop.Groups {
		group := &pop.Groups[i]
		for n := group.First; n < group.First+group.Count; n++ {
			w.Start = append(w.Start, int64(len(w.Value)))
			left, _ := steps(pop.Reset[n], group.WeightExp, g.chip)
			if left -= k * g.chip.WeightLimit(); left > 0 {
				w.Target = append(w.Target, 2*n)
				w.Value = append(w.Value, int16(-min(left, g.chip.WeightLimit())))
			}
			w.Start = append(w.Start, int64(len(w.Value)))
		}
	}
	return ir.Projection{Name: pop.Name + " resets", Source: p, Target: p,
		WeightBits: g.chip.Weights.MaxBits, Weights: w}
}

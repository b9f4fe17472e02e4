package ir

import (
	"cmp"
	"slices"

	"adder/core"
)

// FirstSources numbers the sources of a network, the host's inputs first
// and then the populations in order: the number of each population's first
// neuron, and of all sources.
func FirstSources(net *Network) (first []int, total int) {
	total = net.Input.Size
	for p := range net.Populations {
		first = append(first, total)
		total += net.Populations[p].Size
	}
	return first, total
}

// GroupOf is the index of the group that holds neuron n of a population.
func GroupOf(groups []core.Group, n int32) int {
	i, found := slices.BinarySearchFunc(groups, n, func(g core.Group, n int32) int {
		return cmp.Compare(g.First, n)
	})
	if !found {
		i--
	}
	return i
}

// Together reports whether the neurons of a group share state of a core: an arbiter, the draw by
// which their thresholds fall, or the pool of a scaling. Such a group must be in one core.
func (n *Network) Together(population, group int) bool {
	g := &n.Populations[population].Groups[group]
	if g.Winner.Arbiter != core.ArbiterNone ||
		g.Theta.Adaptive && !g.Theta.Always && g.Theta.Fall > 0 {
		return true
	}
	return slices.ContainsFunc(n.Projections, func(p Projection) bool {
		l := p.Learning
		return l != nil && p.Target == population && int(l.Group) == group &&
			l.Norm.Kind != core.NormNone && l.Norm.Every > 0
	})
}

package split

import (
	"slices"

	"adder/chip/profile"
	"adder/quantised"
)

// fanIn is the sources of the neurons of a population, over all its projections. The neurons of a
// max-pooling window are in one core and have the same sources.
type fanIn struct {
	net *quantised.Network
	// into are the projections, and rows the number of connected sources before each of them:
	// sources are counted in the order of the projections.
	into []int
	used [][]int32
	// unit is the window of each neuron, or its own number, units how many there are.
	units   [][]int32
	windows int
	// most is the largest number of sources of a unit.
	most int
	bits int
}

// slice are the sources of a projection from first up to last.
type slice struct{ projection, first, last int }

func newFanIn(q *quantised.Network, p int, into []int) *fanIn {
	h := &fanIn{net: q, into: into}
	h.units, h.windows = unitsOf(&q.Populations[p])
	for _, k := range into {
		r := &q.Projections[k]
		var used []int32
		for s := range r.Weights.Sources {
			leads := false
			r.Weights.Each(s, func(_, _ int32) { leads = true })
			if leads {
				used = append(used, int32(s))
			}
		}
		h.used = append(h.used, used)
		h.bits = max(h.bits, r.WeightBits)
	}
	h.most = h.fullest(h.between(0, 1))
	return h
}

// unitsOf lists the windows of each neuron, or none where each neuron is its own unit.
func unitsOf(p *quantised.Population) (units [][]int32, windows int) {
	if p.Windows == nil {
		return nil, p.Neurons
	}
	units = make([][]int32, p.Neurons)
	w := p.Windows
	for o := range p.Size() {
		for _, m := range w.Member[w.Start[o]:w.Start[o+1]] {
			units[m] = append(units[m], int32(o))
		}
	}
	return units, p.Size()
}

// parts is the number of parts of its sources that the population needs on a chip, 1 where it fits
// unchanged.
func (h *fanIn) parts(chip *profile.Profile) int {
	most := chip.Core.InputAxons
	if !chip.Weights.SharedRows { // equal weights of one neuron share a row else
		most = min(most, int(chip.Core.SynapseMemory/int64(max(h.bits, 1))))
	}
	most = max(most, 1)
	if h.most <= most {
		return 1
	}
	sources := 0
	for _, used := range h.used {
		sources += len(used)
	}
	for parts := (h.most + most - 1) / most; parts < sources; parts++ {
		if h.fits(parts, most) {
			return parts
		}
	}
	return sources
}

// fits reports whether every unit has at most so many sources in each of so many parts.
func (h *fanIn) fits(parts, most int) bool {
	for i := range parts {
		if h.fullest(h.between(i, parts)) > most {
			return false
		}
	}
	return true
}

// between are the sources of the i-th of so many parts, as many in each.
func (h *fanIn) between(i, parts int) (out []slice) {
	sources := 0
	for _, used := range h.used {
		sources += len(used)
	}
	first, last := i*sources/parts, (i+1)*sources/parts
	for k, used := range h.used {
		low, high := max(first, 0), min(last, len(used))
		if low < high {
			out = append(out, slice{h.into[k], int(used[low]), int(used[high-1]) + 1})
		}
		first, last = first-len(used), last-len(used)
	}
	return out
}

// fullest is the largest number of sources of a unit within some.
func (h *fanIn) fullest(part []slice) int {
	count, seen := make([]int, h.windows), make([]int32, h.windows) // 1 + last source
	for _, c := range part {
		clear(seen)
		w := &h.net.Projections[c.projection].Weights
		for s := c.first; s < c.last; s++ {
			w.Each(s, func(t, _ int32) {
				if h.units == nil {
					count[t]++
					return
				}
				for _, u := range h.units[t] {
					if seen[u] != int32(s)+1 {
						seen[u] = int32(s) + 1
						count[u]++
					}
				}
			})
		}
	}
	return slices.Max(append(count, 0))
}

package core

import (
	"cmp"
	"math/big"
	"slices"
)

// oracleArrival is a weight on its way into a current.
type oracleArrival struct {
	axon, neuron int32
	weight       int64
	second       bool
}

// group is the group of a neuron.
func (o *oracle) group(n int32) *Group {
	return &o.cfg.Groups[slices.IndexFunc(o.cfg.Groups,
		func(g Group) bool { return n < g.First+g.Count })]
}

// twos brings x into a register in two's complement and counts a change.
func (o *oracle) twos(n int32, x int64, bits uint8) int64 {
	most := int64(1) << (bits - 1)
	if kept := min(max(x, -most), most-1); kept != x {
		o.of(n).Saturations++
		return kept
	}
	return x
}

// arrive has weights enter currents, by ascending axons (section 12.1).
func (o *oracle) arrive(t, inputTicks int32) map[int32]bool {
	touched := map[int32]bool{}
	slices.SortStableFunc(o.late, func(a, b oracleArrival) int {
		return cmp.Compare(a.axon, b.axon)
	})
	for _, a := range o.late {
		g := o.group(a.neuron)
		if t < g.Depth || t-g.Depth >= inputTicks {
			continue
		}
		if a.second && g.Shift.Second {
			before := o.w[a.neuron]
			o.w[a.neuron] = o.twos(a.neuron, before+a.weight, o.cfg.Widths.Current)
			touched[a.neuron] = touched[a.neuron] || before != o.w[a.neuron]
			continue
		}
		before := o.u[a.neuron].Int64()
		after := o.twos(a.neuron, before+a.weight, o.cfg.Widths.Current)
		o.u[a.neuron] = big.NewInt(after)
		touched[a.neuron] = touched[a.neuron] || before != after
	}
	o.late = nil
	return touched
}

// leaks is what a leak by a shift leaves of x.
func leaks(x int64, shift uint8) int64 {
	part := new(big.Int).Div(big.NewInt(x), big.NewInt(1<<shift)).Int64() // Euclidean: floor
	if part == 0 {
		part = int64(cmp.Compare(x, 0))
	}
	return x - part
}

// updateShift is section 12.2 and 12.3.
func (o *oracle) updateShift(g *Group, touched map[int32]bool) (left []int32) {
	for n := g.First; n < g.First+g.Count; n++ {
		count := o.of(n)
		count.NeuronUpdates++
		words, adds := int64(2), int64(4)
		u, w, v := o.u[n].Int64(), o.w[n], o.v[n].Int64()
		newU := leaks(u, g.Shift.U)
		newW, input := w, newU
		if g.Shift.Second {
			words, adds = 3, 6
			newW = leaks(w, g.Shift.W)
			input += newW
		}
		count.StateReads += words
		count.StateWrites += words
		drive := int64(o.cfg.Bias[n])
		for _, x := range []int32{o.cfg.Bias[n], o.host[n]} {
			if x != 0 {
				adds++
			}
		}
		drive += int64(o.host[n])
		bits := o.cfg.Widths.Potential
		change := o.twos(n, input+leaks(v, g.Shift.V)-v, bits)
		change = o.twos(n, change+drive, bits)
		newV := o.twos(n, v+change, bits)
		spikes := int64(0)
		for newV >= int64(o.cfg.Threshold[n]) && spikes < int64(g.Shift.Most) {
			newV -= int64(o.cfg.Threshold[n])
			spikes++
		}
		count.MembraneAdds += adds + spikes
		count.Comparisons += 1 + spikes
		if newU != u || newW != w || newV != v || spikes > 0 || touched[n] {
			count.ActiveUpdates++
		} else {
			count.IdleUpdates++
		}
		o.u[n], o.w[n], o.v[n] = big.NewInt(newU), newW, big.NewInt(newV)
		if spikes > 0 {
			left = append(left, n)
			count.Spikes++
		}
	}
	return left
}

package core

import (
	"math/big"
)

// updateCode takes a group with a code through a tick of its span, as section 11 says,
// and returns the neurons whose spikes leave.
func (o *oracle) updateCode(g *Group, since int32) (left []int32) {
	k, active := &g.Code, map[int32]bool{}
	before := append([]*big.Int(nil), o.v...)
	var updated []int32
	for n := g.First; n < g.First+g.Count; n++ {
		if since < k.Window || k.Run == 0 || (n-g.First)%k.Run == k.Run-1 {
			updated = append(updated, n)
		}
	}
	for _, n := range updated {
		if since < k.Window {
			o.integrateCode(g, n, since == k.Window-1)
		}
	}
	if since == k.Window-1 && k.Run > 0 {
		for last := g.First + k.Run - 1; last < g.First+g.Count; last += k.Run {
			for n := last - k.Run + 1; n < last; n++ {
				o.of(n).Comparisons++
				if o.v[n].Cmp(o.v[last]) > 0 {
					o.v[last] = o.v[n]
				}
			}
		}
	}
	for _, n := range updated {
		o.of(n).NeuronUpdates++
		o.of(n).StateReads++
		o.of(n).StateWrites++
		active[n] = o.v[n].Cmp(before[n]) != 0
		sends := k.Run == 0 || (n-g.First)%k.Run == k.Run-1
		if i := since - k.Window + 1; i >= 0 && sends && !g.Integrator && o.fireCode(g, n, i) {
			left = append(left, n)
			active[n] = true
			o.of(n).Spikes++
		}
		if active[n] {
			o.of(n).ActiveUpdates++
		} else {
			o.of(n).IdleUpdates++
		}
	}
	return left
}

func (o *oracle) integrateCode(g *Group, n int32, closes bool) {
	s := new(big.Int).Add(o.v[n], o.input(g, o.a[n]))
	o.of(n).MembraneAdds++
	if g.Code.Kind == CodeRadix {
		s.Add(s, o.v[n])
		o.of(n).MembraneAdds++
	}
	if bias := o.cfg.Bias[n]; closes && bias != 0 {
		s.Add(s, big.NewInt(int64(bias)))
		o.of(n).MembraneAdds++
	}
	o.v[n] = o.limV(n, s)
}

// fireCode tests neuron n in the i-th tick in which its group fires.
func (o *oracle) fireCode(g *Group, n, i int32) bool {
	count, k := o.of(n), &g.Code
	count.Comparisons++
	place := int64(1)
	if k.Kind == CodeRadix {
		place <<= int32(k.Bits) - 1 - i
	}
	if k.Table > 0 {
		count.BoundaryReads++
		count.StateReads++
		count.StateWrites++
		if o.v[n].Cmp(big.NewInt(int64(o.cfg.Boundaries[k.Table-1][o.q[n]+place-1]))) < 0 {
			return false
		}
		o.q[n] += place
		return true
	}
	x := big.NewInt(int64(o.cfg.Threshold[n]) * place)
	if o.v[n].Cmp(x) < 0 {
		return false
	}
	count.MembraneAdds++
	o.v[n] = new(big.Int).Sub(o.v[n], x)
	return true
}

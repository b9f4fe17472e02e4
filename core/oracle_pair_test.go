package core

import "math/big"

// updatePairs takes a group of pairs of compartments through a tick (section 14).
func (o *oracle) updatePairs(g *Group) (left []int32) {
	for n := g.First; n < g.First+g.Count; n += 2 {
		u, v := [2]*big.Int{o.u[n], o.u[n+1]}, o.v[n]
		o.integrate(g, n)
		o.integrate(g, n+1)
		sum := o.limV(n+1, new(big.Int).Add(o.v[n+1], o.v[n]))
		o.v[n+1] = big.NewInt(0)
		fires := sum.Cmp(big.NewInt(int64(o.cfg.Threshold[n+1]))) > 0
		count := o.of(n)
		count.Comparisons += 2
		count.MembraneAdds++
		if fires {
			count.Spikes++
			left = append(left, n+1)
		}
		for k, active := range []bool{
			u[0].Cmp(o.u[n]) != 0 || v.Cmp(o.v[n]) != 0, u[1].Cmp(o.u[n+1]) != 0 || fires,
		} {
			if active {
				o.of(n+int32(k)).ActiveUpdates++
			} else {
				o.of(n+int32(k)).IdleUpdates++
			}
		}
	}
	return left
}

// fitPairs makes the last group of a core one of pairs of compartments.
func fitPairs(cfg *Config, drawn Group) Group {
	drawn.Pairs = true
	if drawn.Count%2 > 0 {
		drawn.Count++
		cfg.Threshold, cfg.Bias = append(cfg.Threshold, 1), append(cfg.Bias, 0)
		cfg.Reset, cfg.V0 = append(cfg.Reset, 0), append(cfg.V0, 0)
	}
	clear(cfg.Reset[drawn.First:])
	for n := drawn.First + 1; n < drawn.First+drawn.Count; n += 2 {
		cfg.V0[n] = 0
	}
	return drawn
}

package core

import "adder/fixedpoint"

// endSample is section 6's end of a sample in learning mode.
func (o *oracle) endSample() {
	l := &o.learns
	if !l.on {
		return
	}
	for i := range o.cfg.Plasticity {
		p, b := &o.cfg.Plasticity[i], &l.blocks[i]
		g := &o.cfg.Groups[p.Group]
		for j, won := range b.won {
			n := g.First + int32(j)
			if won {
				l.barred[n] = l.bar
			} else if l.barred[n] > 0 {
				l.barred[n]--
			}
		}
		if p.Norm.Kind != NormNone {
			o.normalise(p, b, g)
		}
	}
	for _, g := range o.cfg.Groups {
		if g.Theta.Adaptive && !g.Theta.Always && g.Theta.Fall > 0 {
			o.fall(&g)
		}
	}
}

func (o *oracle) fall(g *Group) {
	o.of(g.First).Draws++
	draw := o.learns.source.Draw(o.learns.sample, uint64(o.cfg.ID[g.First]), 1<<32-1,
		fixedpoint.PurposeTheta)
	amount := stochastic(int64(g.Theta.Fall), 16, draw)
	for n := g.First; n < g.First+g.Count; n++ {
		o.of(n).MembraneAdds++
		o.of(n).StateReads++
		o.of(n).StateWrites++
		if next := o.theta[n] - amount; next >= int64(g.Theta.Min) {
			o.setTheta(n, next)
		} else if o.theta[n] > int64(g.Theta.Min) {
			o.setTheta(n, int64(g.Theta.Min))
		}
	}
}

func (o *oracle) normalise(p *Plasticity, b *oracleBlock, g *Group) {
	scaling := p.Norm.Every > 0
	for j, won := range b.won {
		if !won {
			continue
		}
		if target := &o.learns.target[g.First+int32(j)]; scaling {
			*target = max(*target-int64(p.Norm.Step), 1)
			b.pool++
		}
		o.passes(p, g, j, 0, -1)
	}
	if !scaling {
		return
	}
	if b.samples++; b.samples < int(p.Norm.Every) {
		return
	}
	b.samples = 0
	rise := int64(b.pool/int(g.Count)) * int64(p.Norm.Step)
	b.pool %= int(g.Count)
	for j := range b.won {
		target := &o.learns.target[g.First+int32(j)]
		*target = min(*target+rise, 1<<31-1)
		o.passes(p, g, j, 64, -1)
		o.passes(p, g, j, 128, 1)
	}
}

// passes shrinks (-1) or grows (1) the weights into a neuron; first numbers the
// passes.
func (o *oracle) passes(p *Plasticity, g *Group, j, first int, sign int64) {
	n := g.First + int32(j)
	target := o.learns.target[n]
	enough := target - target>>(p.Norm.Shift-1)
	for pass := range 65 {
		sum := int64(0)
		o.column(p, j, func(_ int, w *int64) {
			if p.Norm.Kind == NormL2 {
				sum += (*w / 256) * (*w / 256)
			} else {
				sum += *w
			}
		})
		o.of(n).Comparisons++
		if pass == 64 || sign < 0 && sum <= target || sign > 0 && sum >= enough {
			return
		}
		r := o.rounder(int32(first+pass), fixedpoint.PurposeRoundNorm)
		o.column(p, j, func(i int, w *int64) {
			now := *w + sign*r.round(*w, p.Norm.Shift, n, i)
			*w = min(max(now, int64(p.Min)), int64(p.Max))
			o.of(n).LearningUpdates++
		})
	}
}

func (o *oracle) column(p *Plasticity, j int, visit func(i int, w *int64)) {
	for i := range int(p.Rows) {
		visit(i, &o.learns.weights[o.cfg.Rows[p.FirstRow+int32(i)].Offset+int64(j)])
	}
}

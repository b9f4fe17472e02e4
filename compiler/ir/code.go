package ir

import "adder/core"

// advanceCode takes a group with a code through a tick of its span, the since-th from 0 on
// (section 11).
func (r *Interpreter) advanceCode(p, since int, g *core.Group) {
	pop, k := &r.populations[p], &g.Code
	closed := since - int(k.Window) + 1 // ticks since the window was closed
	if closed <= 0 {
		for n := int(g.First); n < int(g.First+g.Count); n++ {
			pop.gather(&r.net.Widths, g, n, closed == 0)
			r.fail(p, n)
		}
	}
	if closed < 0 || k.Bits == 0 {
		return
	}
	run := max(int(k.Run), 1)
	for last := int(g.First) + run - 1; last < int(g.First+g.Count); last += run {
		if closed == 0 {
			for n := last - run + 1; n < last; n++ {
				pop.v[last] = max(pop.v[last], pop.v[n])
			}
			r.fail(p, last)
			pop.activation[last] = r.activation(pop, g, last)
			switch {
			case r.opts.Faults.dead(p, last):
				pop.activation[last] = 0
			case r.opts.Faults.firing(p, last):
				pop.activation[last] = 1<<k.Bits - 1
			}
		}
		pop.fired[last] = pop.send(&r.net.Widths, k, last, closed)
	}
}

// gather is 11.1 for neuron n.
func (p *population) gather(w *core.Widths, g *core.Group, n int, closes bool) {
	s := p.v[n]
	if g.Code.Kind == core.CodeRadix {
		s *= 2
	}
	s += scale(p.sum[n], int(g.WeightExp)) << w.Align
	if closes {
		s += int64(p.Bias[n])
	}
	p.v[n] = limit(s, w.Potential, w.WrapPotential)
}

// activation is how many boundaries the potential of a neuron reaches: of a table all are
// tried, of multiples of a threshold it is the quotient.
func (r *Interpreter) activation(pop *population, g *core.Group, n int) int64 {
	if g.Code.Table == 0 {
		most := int64(1)<<g.Code.Bits - 1
		return min(max(pop.v[n], 0)/int64(pop.Threshold[n]), most)
	}
	count := int64(0)
	for _, boundary := range r.net.Boundaries[g.Code.Table-1] {
		if int64(boundary) <= pop.v[n] {
			count++
		}
	}
	return count
}

// send reports whether neuron n fires so many ticks after its window closed, and takes from
// its potential what it sends, where its boundaries are multiples of a threshold.
func (p *population) send(w *core.Widths, k *core.Code, n, closed int) bool {
	place, fires := int64(1), int64(closed) < p.activation[n]
	if k.Kind == core.CodeRadix {
		place = int64(1) << (int(k.Bits) - 1 - closed)
		fires = p.activation[n]/place%2 == 1
	}
	if fires && k.Table == 0 {
		p.v[n] = limit(p.v[n]-place*int64(p.Threshold[n]), w.Potential, w.WrapPotential)
	}
	return fires
}

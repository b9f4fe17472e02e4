package ir

import (
	"cmp"
	"slices"

	"adder/core"
)

// draw makes a draw for neuron n of population p.
func (r *Interpreter) draw(p, n, t int, of purpose) uint64 {
	return draw(r.opts.Seed, r.sample, uint64(r.first[p]+n), uint64(t), of)
}

// above is how far neuron n is above threshold and theta.
func (p *population) above(n int) int64 { return p.v[n] - int64(p.Threshold[n]) - p.theta[n] }

// fires is the test of 3.3, of a neuron that is not barred.
func (r *Interpreter) fires(p, t int, g *core.Group, n int) bool {
	pop := &r.populations[p]
	if g.Integrator || r.opts.Learn && pop.barred[n] > 0 {
		return false
	}
	if r.opts.Faults.dead(p, n) || r.opts.Faults.firing(p, n) {
		return r.opts.Faults.firing(p, n)
	}
	if below := -pop.v[n] - int64(pop.Threshold[n]); g.Graded > 0 && below > 0 {
		return true
	}
	if g.Escape == 0 {
		return pop.above(n) > 0
	}
	table := &r.net.Escape[g.Escape-1]
	step := min(max(pop.above(n)>>table.Shift, 0), int64(len(table.Probability)-1))
	return uint32(r.draw(p, n, t, forEscape)) < table.Probability[step]
}

// arbitrate is 3.4: of the candidates, those whose spikes leave and those that go
// through a reset.
func (r *Interpreter) arbitrate(p, t int, g *core.Group, candidates []int) (leave, resets []int) {
	if g.Winner.Arbiter == core.ArbiterNone || len(candidates) == 0 {
		return candidates, candidates
	}
	pop := &r.populations[p]
	winner := slices.MinFunc(candidates, func(a, b int) int { // of equals the first
		if g.Winner.Arbiter == core.ArbiterFair {
			return cmp.Compare(r.draw(p, a, t, forArbiter), r.draw(p, b, t, forArbiter))
		}
		return cmp.Compare(pop.above(b), pop.above(a))
	})
	resets = candidates
	if g.Winner.Alone {
		resets = []int{winner}
	}
	for n := int(g.First); g.Winner.LateralReset && n < int(g.First+g.Count); n++ {
		if !slices.Contains(resets, n) {
			pop.v[n] = 0
		}
	}
	return []int{winner}, resets
}

// loadTheta gives a group the thetas that the network starts with.
func (p *population) loadTheta(g *core.Group) {
	for n := int(g.First); n < int(g.First+g.Count); n++ {
		p.theta[n] = 0
		if g.Theta.Adaptive && len(p.Theta) > 0 {
			p.theta[n] = int64(p.Theta[n])
		}
	}
}

// moveTheta raises theta of neurons that fired, then lets that of all decay (3.5).
func (r *Interpreter) moveTheta(p, t int, g *core.Group, fired []int) {
	pop, bits := &r.populations[p], r.net.Widths.Potential
	for _, n := range fired {
		pop.theta[n] = limit(pop.theta[n]+int64(g.Theta.Plus), bits, false)
	}
	for n := int(g.First); g.Theta.Decay > 0 && n < int(g.First+g.Count); n++ {
		pop.theta[n] -= stoch(pop.theta[n], uint(g.Theta.Decay), r.draw(p, n, t, forTheta))
	}
}

// fallTick keys the draw of a fall, which comes after all ticks.
const fallTick = 1<<32 - 1

// fall lowers theta of a group after a sample (section 6).
func (r *Interpreter) fall(p int, g *core.Group) {
	if !g.Theta.Adaptive || g.Theta.Always || g.Theta.Fall == 0 {
		return
	}
	pop := &r.populations[p]
	f := stoch(int64(g.Theta.Fall), 16, r.draw(p, int(g.First), fallTick, forTheta))
	for n := int(g.First); n < int(g.First+g.Count); n++ {
		pop.theta[n] = max(pop.theta[n]-f, min(pop.theta[n], int64(g.Theta.Min)))
	}
}

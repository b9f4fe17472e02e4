package ir

import (
	"cmp"

	"adder/core"
)

// knownOfGroup are the fields of a group that are executed, here and in compete.go.
var knownOfGroup = []string{
	"First", "Count", "Population", "Depth", "HasCurrent", "DecayU", "DecayV", "BiasToCurrent",
	"Leak", "WeightExp", "Integrator", "ResetMode", "Refractory", "HasFloor", "Floor", "Escape",
	"Theta", "Winner", "Code",
	"Graded", "Shift", "Pairs",
}

// advanceGroup takes a group through the phases of tick t, each of which finds
// what the one before left (sections 3.2 to 3.5).
func (r *Interpreter) advanceGroup(p, t int, g *core.Group, host []int64) {
	pop := &r.populations[p]
	for n := int(g.First); n < int(g.First+g.Count); n++ {
		current := int64(0)
		if host != nil {
			current = host[n]
		}
		pop.integrate(&r.net.Widths, g, n, current)
		r.fail(p, n)
	}
	var candidates []int
	for n := int(g.First); n < int(g.First+g.Count); n++ {
		if r.fires(p, t, g, n) {
			candidates = append(candidates, n)
		}
	}
	for _, n := range candidates {
		if g.Graded > 0 {
			pop.value[n] = limit(pop.v[n], g.Graded, false)
		}
	}
	leave, resets := r.arbitrate(p, t, g, candidates)
	for _, n := range resets {
		pop.reset(&r.net.Widths, g, n)
	}
	if g.Theta.Adaptive && (r.opts.Learn || g.Theta.Always) {
		r.moveTheta(p, t, g, resets)
	}
	for _, n := range leave {
		pop.fired[n] = true
	}
}

// integrate is 3.2 for neuron n.
func (p *population) integrate(w *core.Widths, g *core.Group, n int, host int64) {
	input := scale(p.sum[n], int(g.WeightExp)) << w.Align
	biasU, biasV := int64(0), int64(p.Bias[n])
	if g.BiasToCurrent {
		biasU, biasV = biasV, 0
	}
	if g.HasCurrent {
		p.u[n] = limit(decay(p.u[n], g.DecayU)+input+biasU, w.Current, w.WrapCurrent)
		input = p.u[n]
	}
	v := decay(p.v[n], g.DecayV)
	if p.r[n] == 0 {
		v += input + biasV + host
	} else {
		p.r[n]--
	}
	v += int64(g.Leak) * int64(cmp.Compare(v, 0))
	p.v[n] = limit(v, w.Potential, w.WrapPotential)
	if g.HasFloor {
		p.v[n] = max(p.v[n], int64(g.Floor))
	}
}

// reset is 3.5 for a neuron that fired.
func (p *population) reset(w *core.Widths, g *core.Group, n int) {
	p.r[n] = int64(g.Refractory)
	if g.ResetMode == core.ResetSubtract {
		p.v[n] = limit(p.v[n]-int64(p.Reset[n]), w.Potential, w.WrapPotential)
		return
	}
	p.v[n] = int64(p.Reset[n])
}

// decay is a product truncated toward zero (section 1).
func decay(x int64, f uint16) int64 { return x * int64(f) / 4096 }

// applied is the factor that is left of f where a chip uses its digits most
// significant digits, or f where digits is 0. A factor is written in the digits
// -1, 0 and 1 with no two neighbours that are both not 0.
func applied(f uint16, digits int) uint16 {
	if digits <= 0 {
		return f
	}
	var terms []int // by ascending place
	for rest, place := int(f), 1; rest != 0; rest, place = rest/2, place*2 {
		if rest%2 != 0 {
			digit := 2 - rest%4 // 1 before a 0, -1 before a 1
			terms = append(terms, digit*place)
			rest -= digit
		}
	}
	sum := 0
	for _, term := range terms[max(len(terms)-digits, 0):] {
		sum += term
	}
	return uint16(sum)
}

// scale is x * 2^e, to minus infinity.
func scale(x int64, e int) int64 {
	if e < 0 {
		return x >> -e
	}
	return x << e
}

// limit limits x to a register, which saturates or wraps.
func limit(x int64, bits uint8, wrap bool) int64 {
	if wrap {
		return x << (64 - bits) >> (64 - bits)
	}
	top := int64(1)<<(bits-1) - 1
	return min(max(x, -top), top)
}

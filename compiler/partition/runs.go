package partition

import (
	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/ir"
)

// cutRuns cuts population p into runs of about equal length, as few as fit. It serves layers where
// each source reaches every neuron: any set of neurons then has the same sources.
func (c *cutter) cutRuns(p int) (cut, error) {
	size := c.net.Populations[p].Size
	full := ""
	for parts := c.fewestParts(p); ; parts += 1 + parts/16 {
		made, fits := c.tryRuns(p, min(parts, size))
		if fits {
			out := cut{parts: made}
			c.explain(&out, full)
			return out, nil
		}
		last := &made[len(made)-1]
		full = last.Load.exceeds(&c.chip.Core)
		if err := c.cannotBeCut(p, last.Pieces[0].Neurons, full); err != nil {
			return cut{}, err
		}
	}
}

// cannotBeCut explains why a run that exceeds a limit cannot be smaller, or is nil.
func (c *cutter) cannotBeCut(p int, neurons []int32, full string) error {
	unit := 1
	for unit < len(neurons) && c.unitOf(p, neurons[unit]) == neurons[0] {
		unit++
	}
	if full != fit.LimitAxons && unit < len(neurons) {
		return nil
	}
	// All neurons have about the same sources: check whether the first fits.
	l := c.weigh(p, neurons[:unit])
	switch {
	case l.exceeds(&c.chip.Core) == "":
		return nil
	case unit > 1:
		return c.tooLargeTogether(p, neurons[:unit])
	}
	return c.tooLarge(p, l)
}

// tryRuns cuts population p into a number of runs, or fewer where neurons are not cut. If
// one does not fit, it is the last of the list.
func (c *cutter) tryRuns(p, parts int) (made []Part, fits bool) {
	size := c.net.Populations[p].Size
	first := 0
	for i := range parts {
		last := size
		if i+1 < parts {
			last = int(c.unitOf(p, int32((i+1)*size/parts)))
		}
		if last == first {
			continue
		}
		neurons := run(first, last-first)
		l := c.weigh(p, neurons)
		made = append(made, Part{Pieces: []Piece{{p, neurons}}, Load: l})
		if l.exceeds(&c.chip.Core) != "" {
			return made, false
		}
		first = last
	}
	return made, true
}

// unitOf is the first of the neurons from which neuron n of population p is not cut.
func (c *cutter) unitOf(p int, n int32) int32 {
	if c.units[p] == nil {
		return n
	}
	return c.units[p][n]
}

// unitsOf lists the units of population p, nil where each neuron is one.
func unitsOf(net *ir.Network, p int) []int32 {
	var units []int32
	for i, g := range net.Populations[p].Groups {
		together := net.Together(p, i)
		whole := g.Together()
		if !together && whole == 0 {
			continue
		}
		if units == nil {
			units = run(0, net.Populations[p].Size)
		}
		for n := g.First; n < g.First+g.Count; n++ {
			if units[n] = g.First; !together {
				units[n] += (n - g.First) / whole * whole
			}
		}
	}
	return units
}

// fewestParts is a number of parts that population p needs at least.
func (c *cutter) fewestParts(p int) int {
	limits := &c.chip.Core
	routes := int64(0)
	for _, r := range c.routes[p] {
		routes += int64(r)
	}
	need := max(ceil(int64(c.net.Populations[p].Size), int64(limits.Neurons)),
		ceil(routes, int64(limits.OutputRoutes)), 1)
	if !c.chip.Weights.SharedRows {
		need = max(need, ceil(c.leastBits(p), limits.SynapseMemory))
	}
	return int(need)
}

// leastBits is a lower bound of the synapse memory of population p where every axon has its own
// row: no format takes less than a weight per synapse, or a bit where weights are stored by types
// of axons.
func (c *cutter) leastBits(p int) (bits int64) {
	for i := range c.fanIn[p] {
		f := &c.fanIn[p][i]
		each := int64(f.WeightBits)
		if c.chip.HasFormat(profile.Typed) {
			each = 1
		}
		switch {
		case f.whole:
			bits += int64(f.Weights.Sources) * f.wholeRow(f.inRun(0, f.Weights.Targets), c.chip)
		case f.dense:
			bits += f.Weights.NonZero() * each
		default:
			bits += int64(len(f.source)) * each
		}
	}
	return bits
}

func ceil(a, b int64) int64 { return (a + b - 1) / b }

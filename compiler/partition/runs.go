package partition

import "adder/compiler/fit"

// cutRuns cuts population p into runs of about equal length, as few as
// fit. It serves layers where each source reaches every neuron: any set of
// neurons then hears the same sources.
func (c *cutter) cutRuns(p int) (cut, error) {
	size := c.net.Populations[p].Size
	limits := &c.chip.Core
	full := ""
	for parts := c.fewestParts(p); ; parts += 1 + parts/16 {
		parts = min(parts, size)
		made, failed := c.tryRuns(p, parts)
		if failed.Neurons == 0 {
			out := cut{parts: made}
			c.explain(&out, full)
			return out, nil
		}
		full = failed.exceeds(limits)
		if failed.Neurons > 1 && full == fit.LimitAxons {
			// All neurons hear about the same sources: see whether one fits.
			failed = c.weigh(p, made[len(made)-1].Pieces[0].Neurons[:1])
		}
		if failed.Neurons == 1 && failed.exceeds(limits) != "" {
			return cut{}, c.tooLarge(p, failed)
		}
	}
}

// tryRuns cuts population p into a number of runs. If one does not fit, it
// is the last of the list and its load is returned.
func (c *cutter) tryRuns(p, parts int) (made []Part, failed Load) {
	size := c.net.Populations[p].Size
	for i := range parts {
		first, last := i*size/parts, (i+1)*size/parts
		neurons := run(first, last-first)
		l := c.weigh(p, neurons)
		made = append(made, Part{Pieces: []Piece{{p, neurons}}, Load: l})
		if l.exceeds(&c.chip.Core) != "" {
			return made, l
		}
	}
	return made, Load{}
}

// fewestParts is a number of parts that population p needs at least.
func (c *cutter) fewestParts(p int) int {
	limits := &c.chip.Core
	routes := int64(0)
	for _, r := range c.routes[p] {
		routes += int64(r)
	}
	need := max(ceil(int64(c.net.Populations[p].Size), int64(limits.Neurons)), ceil(routes, int64(limits.OutputRoutes)), 1)
	if !c.chip.Weights.SharedRows {
		need = max(need, ceil(c.leastBits(p), limits.SynapseMemory))
	}
	return int(need)
}

// leastBits is a bound from below on the synapse memory of population p
// where every axon has a row of its own: no format takes less than a
// weight per synapse.
func (c *cutter) leastBits(p int) (bits int64) {
	for i := range c.fanIn[p] {
		f := &c.fanIn[p][i]
		n := int64(len(f.source))
		if f.dense {
			n = f.Weights.NonZero()
		}
		bits += n * int64(f.WeightBits)
	}
	return bits
}

func ceil(a, b int64) int64 { return (a + b - 1) / b }

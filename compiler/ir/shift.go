package ir

import (
	"fmt"

	"adder/core"
)

// shifts reports whether the neurons of a population are of model shift.
func (p *Population) shifts() bool { return p.Groups[0].Shift.Most > 0 }

// Value is the width of the values that the spikes of a population carry, 0 for none.
func (p *Population) Value() int {
	most := 0
	for i := range p.Groups {
		g := &p.Groups[i]
		most = max(most, int(g.Graded))
		for bits := 2; g.Shift.Most > 1 && bits <= 6; bits++ {
			if 1<<(bits-1) > int(g.Shift.Most) {
				most = max(most, bits)
				break
			}
		}
	}
	return most
}

// clamp limits a sum to a register in two's complement.
func clamp(x int64, bits uint8) int64 {
	most := int64(1) << (bits - 1)
	return min(max(x, -most), most-1)
}

// arrive adds the row of a spike to currents, as often as it says, each time within the
// register (section 12.1).
func (p *population) arrive(w *core.Widths, by *Projection, a arrival) {
	by.Weights.Each(a.source, func(target, weight int32) {
		current := &p.u[target]
		if by.Second && p.groups[GroupOf(p.groups, target)].Shift.Second {
			current = &p.second[target]
		}
		for range a.value {
			*current = clamp(*current+int64(weight)*(int64(1)<<by.Exponent), w.Current)
		}
	})
}

// leakOf is the amount of a leak by a shift.
func leakOf(x int64, shift uint8) int64 {
	step := int64(1) << shift
	part := x / step
	if x < 0 && x%step != 0 {
		part-- // floor
	}
	switch {
	case part != 0 || x == 0:
		return part
	case x > 0:
		return 1
	}
	return -1
}

// advanceShift is 12.2 and 12.3.
func (p *population) advanceShift(w *core.Widths, g *core.Group) {
	for n := int(g.First); n < int(g.First+g.Count); n++ {
		p.u[n] -= leakOf(p.u[n], g.Shift.U)
		input := p.u[n]
		if g.Shift.Second {
			p.second[n] -= leakOf(p.second[n], g.Shift.W)
			input += p.second[n]
		}
		change := clamp(input-leakOf(p.v[n], g.Shift.V), w.Potential)
		change = clamp(change+int64(p.Bias[n]), w.Potential)
		p.v[n] = clamp(p.v[n]+change, w.Potential)
		spikes := int64(0)
		for p.v[n] >= int64(p.Threshold[n]) && spikes < int64(g.Shift.Most) {
			p.v[n] -= int64(p.Threshold[n])
			spikes++
		}
		p.fired[n], p.value[n] = spikes > 0, spikes
	}
}

// validateShift checks a group of model shift, and one whose spikes carry values.
func (n *Network) validateShift(pop *Population, g *core.Group) error {
	s := g.Shift
	if (s.Most > 0) != pop.shifts() {
		return fmt.Errorf("neurons of model shift beside others: a layer is of one kind")
	}
	if s == (core.Shift{}) {
		return n.validateGraded(g)
	}
	same := core.Group{
		First: g.First, Count: g.Count, Population: g.Population, Depth: g.Depth,
		ResetMode: core.ResetSubtract, Shift: s,
	}
	if *g != same {
		return fmt.Errorf(
			"neurons of model shift with fields of other models: they have none, and " +
				"reset by subtraction")
	}
	for i := g.First; i < g.First+g.Count; i++ {
		if pop.Threshold[i] < 0 {
			return fmt.Errorf("neuron %d: threshold %d of model shift: it is 0 or more", i,
				pop.Threshold[i])
		}
	}
	return firstError(
		between("spikes a tick", int64(s.Most), 1, 31),
		between("leak of the potential", int64(s.V), 0,
			15),
		between("leak of the current", int64(s.U), 0, 15), between("leak of the second current",
			int64(s.W), 0, 15),
	)
}

func (n *Network) validateGraded(g *core.Group) error {
	if g.Graded == 0 {
		return nil
	}
	if !core.Gradable(g) {
		return fmt.Errorf("graded neurons that fire by chance, adapt, compete, have a code or " +
			"never fire")
	}
	return between("bits of a value", int64(g.Graded), 2, 24)
}

// validateValues checks a projection that carries values, or reaches neurons of model shift.
func (n *Network) validateValues(p *Projection) error {
	value, into := 0, n.Populations[p.Target].shifts()
	if p.Source >= 0 {
		value = n.Populations[p.Source].Value()
	}
	switch lists := p.Weights.IsDense() || p.Weights.Start != nil; {
	case !into && (p.Exponent != 0 || p.Second):
		return fmt.Errorf(
			"an exponent of its own, or a second current, into neurons that have none")
	case into && value > 0 && !n.Populations[p.Source].shifts():
		return fmt.Errorf("graded spikes into neurons of model shift, which hear how often " +
			"others fired")
	case (into || value > 0) && !lists:
		return fmt.Errorf(
			"weights into neurons of model shift, and of spikes that carry values, are a " +
				"matrix or a list")
	}
	return between("exponent", int64(p.Exponent), 0, 15)
}

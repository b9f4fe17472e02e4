package code

import (
	"fmt"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/core"
	"adder/quantised"
	"adder/spike/encode"
)

// Network makes the integer network that computes a quantised one exactly, by a code of package
// encode, radix or level, on a chip. After its window, the potential of an output neuron is its
// sum, shifted left by the chip's alignment. A sum or boundary that no neuron of the chip can hold
// is a *fit.Error that names the layer and the bits that would fit.
func Network(q *quantised.Network, kind string, chip *profile.Profile) (*ir.Network, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	of := core.CodeRadix
	switch kind {
	case encode.KindRadix:
	case encode.KindLevel:
		of = core.CodeLevel
	default:
		return nil, fmt.Errorf("network %s: %q is no code: it is %s or %s",
			q.Name, kind, encode.KindRadix, encode.KindLevel)
	}
	l := &lowering{
		q: q, kind: of, chip: chip, times: newTimes(q, of), tables: map[string]int32{},
		net: &ir.Network{
			Name: q.Name, Output: q.Output, Widths: fit.Widths(chip),
			Input: ir.Input{Name: q.Input.Name, Shape: q.Input.Shape, Size: q.Input.Size},
		},
	}
	for p := range q.Populations {
		l.population(p)
	}
	for k := range q.Projections {
		l.projection(&q.Projections[k])
	}
	if len(l.misfit) > 0 {
		return nil, &fit.Error{Network: q.Name, Chip: chip.Name, Limits: l.misfit}
	}
	return l.net, nil
}

// lowering is the state of the pass.
type lowering struct {
	q      *quantised.Network
	kind   core.CodeKind
	chip   *profile.Profile
	times  *times
	net    *ir.Network
	places []places
	// tables are 1 + the index of each table of boundaries, by its words.
	tables map[string]int32
	misfit []fit.Excess
}

// population makes population p.
func (l *lowering) population(p int) {
	from := &l.q.Populations[p]
	at, run := newPlaces(from)
	l.places = append(l.places, at)
	pop := ir.Population{
		Name: from.Name, Shape: from.Shape, Size: at.size, Depth: l.times.opening[p],
		Threshold: make([]int32, at.size), Bias: make([]int32, at.size),
		Reset: make([]int32, at.size), V0: make([]int32, at.size), Unit: make([]float64, at.size),
	}
	m := layer{
		lowering: l, from: from, at: &l.places[p], pop: &pop, bounds: boundsOf(l.q, p), run: run,
		group: core.Group{Population: int32(p), Depth: int32(pop.Depth),
			Integrator: p == l.q.Output},
	}
	window := l.times.closing[p] - pop.Depth + 1
	m.group.Code = core.Code{Kind: l.kind, Window: int32(window), Bits: uint8(from.Bits)}
	if run > 1 {
		pop.Shape = append(append([]int(nil), from.Shape...), run)
		m.group.Code.Run = int32(run)
	}
	m.groups()
	m.check()
	l.net.Populations = append(l.net.Populations, pop)
}

// projection maps a projection to the new indices of its neurons.
func (l *lowering) projection(r *quantised.Projection) {
	from, shift := &places{size: r.Weights.Sources}, r.Exponent-l.times.exponent(r)
	if r.Source != quantised.FromInput {
		from = &l.places[r.Source]
	}
	bits, delay := r.WeightBits, l.times.delay(r)
	if shift > 0 {
		bits = max(bits, widest(&r.Weights, shift))
	}
	if lacking := l.lacking(r, shift, bits, delay); lacking != nil {
		l.misfit = append(l.misfit, *lacking)
		return
	}
	l.net.Projections = append(l.net.Projections, ir.Projection{
		Name: r.Name, Source: r.Source, Target: r.Target, Delay: delay,
		WeightBits: max(bits, l.chip.Weights.MinBits),
		Weights:    placed(&r.Weights, from, &l.places[r.Target], shift),
	})
}

// lacking returns the excess of a projection over the chip, nil if it fits. The formats of weights
// are checked elsewhere.
func (l *lowering) lacking(r *quantised.Projection, shift, bits, delay int) *fit.Excess {
	layer := l.q.Populations[r.Target].Name
	if most := l.chip.Weights.MaxBits; shift > 0 && bits > most {
		return &fit.Excess{
			Layer: layer, Limit: "bits per weight", Need: int64(bits), Have: int64(most),
			Help: fmt.Sprintf("level has no other place for the factor 2^%d of its branch: "+
				"take narrower weights, or radix", shift),
		}
	}
	return fit.LongDelay(l.chip, layer, delay, "its branches differ too much in length: "+
		"take fewer bits, level, or a chip with longer delays")
}

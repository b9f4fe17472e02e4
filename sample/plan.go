package sample

import (
	"fmt"
	"math"

	"adder/layout"
)

// Plan says how a set's samples become the input of a network on a chip: the host computes u, from
// 0 or from -1 to 1, of each element, and the first layer computes on x = Factor * u + Shift, the
// value in the training pipeline.
type Plan struct {
	// Preparation is the host's preprocessing, nil for unchanged bytes.
	Preparation *layout.Preparation
	// Factor and Shift have one entry for all elements of the network's input or one
	// per element; Shift may be nil for 0.
	Factor, Shift []float64
	// Signed is set where u may be negative.
	Signed bool
	// Range is the value of u = 1 if it was measured, else 0.
	Range float64
}

// Plain reports whether samples x reach the first layer unchanged, without scale, shift or sign.
func (p *Plan) Plain() bool {
	return !p.Signed && p.Shift == nil && len(p.Factor) == 1 && p.Factor[0] == 1
}

// Describe describes the coding of the input in a few words, by spikes or, if direct, levels.
func (p *Plan) Describe(direct bool) string {
	how := "pixels stay spikes"
	if direct {
		how = "pixels are levels"
	}
	switch {
	case p.Signed && direct:
		return fmt.Sprintf("signed levels, 1 stands for %.4g", p.Range)
	case p.Signed:
		return fmt.Sprintf("two lines of spikes, plus and minus, a spike per tick stands for %.4g",
			p.Range)
	case p.Plain():
		return "as it is"
	case p.Range != 0:
		return fmt.Sprintf("numbers from 0, 1 stands for %.4g, normalisation folded into the "+
			"first layer",
			p.Range)
	}
	return how + ", normalisation folded into the first layer"
}

// newPlan makes a plan for samples like the first n of v. Bytes are fed unchanged, and the pipeline
// is folded into the first layer. So it is for nonnegative real numbers, divided by the largest one
// found. If some are negative, zero gives no spikes, and the sign selects one of two lines or the
// sign of levels.
func newPlan(v *Values, n int) (*Plan, error) {
	p := &v.pipeline
	if v.Set.IsBytes() {
		plan := &Plan{}
		plan.fold(v, 1)
		if v.axes.from != nil {
			plan.Preparation = &layout.Preparation{}
		}
		plan.note(p)
		return plan, nil
	}
	least, greatest, span, err := v.span(n)
	if err != nil {
		return nil, err
	}
	if least >= 0 {
		plan := &Plan{}
		top := max(greatest, 1)
		plan.fold(v, top/p.scale())
		if plan.Range = top; top == 1 {
			plan.Range = 0
		}
		plan.Preparation = &layout.Preparation{Gain: layout.NewReals(v.unit() * p.scale() / top)}
		plan.note(p)
		return plan, nil
	}
	plan := &Plan{Signed: true, Range: span, Factor: []float64{span}}
	plan.Preparation = &layout.Preparation{Signed: true}
	for c := range p.channels() {
		factor, shift := p.affine(c)
		plan.Preparation.Gain = append(plan.Preparation.Gain, layout.NewReal(v.unit()*factor/span))
		plan.Preparation.Offset = append(plan.Preparation.Offset, layout.NewReal(shift/span))
	}
	plan.note(p)
	return plan, nil
}

// note keeps the order of the axes with the preparation.
func (p *Plan) note(pipeline *Pipeline) {
	if p.Preparation != nil {
		p.Preparation.Layout = pipeline.Layout
	}
}

// fold sets Factor and Shift for v = unit * u.
func (p *Plan) fold(v *Values, unit float64) {
	if v.pipeline.channels() == 1 {
		factor, shift := v.pipeline.affine(0)
		p.Factor = []float64{factor * unit}
		if shift != 0 {
			p.Shift = []float64{shift}
		}
		return
	}
	for k := range v.Set.Size() {
		factor, shift := v.pipeline.affine(v.axes.channelOf(k, v.pipeline.channels()))
		p.Factor, p.Shift = append(p.Factor, factor*unit), append(p.Shift, shift)
	}
}

// span measures the first n samples: the least and the greatest v * Scale, and the
// greatest distance from 0 of what the pipeline made.
func (v *Values) span(n int) (least, greatest, span float64, err error) {
	if v.Len() == 0 {
		return 0, 0, 0, errNoSamples
	}
	channels, scale, unit := v.pipeline.channels(), v.pipeline.scale(), v.unit()
	var x []float64
	for i := range min(n, v.Len()) {
		x = v.raw(i, x)
		for k, number := range x {
			number *= unit
			least, greatest = min(least, number*scale), max(greatest, number*scale)
			span = max(span, math.Abs(v.pipeline.number(number, v.axes.channelOf(k, channels))))
		}
	}
	if span == 0 {
		span = 1
	}
	return least, greatest, span, nil
}

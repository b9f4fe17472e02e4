package irtest

import (
	"fmt"

	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/compiler/ir"
)

func (d *drawing) projection(k int) ir.Projection {
	last := len(d.net.Populations) - 1
	p := ir.Projection{
		Name:   fmt.Sprint("projection ", k),
		Source: d.number("source", -1, last), Target: d.number("target", 0, last),
		Delay: d.number("delay", 0, min(5, d.on.Core.MaxDelay)),
	}
	if k == 0 {
		p.Source = ir.SourceInput
	}
	if d.learns && k == 0 {
		p.Target = 0
	}
	p.Weights.Sources, p.Weights.Targets = d.net.Input.Size, d.net.Populations[p.Target].Size
	if p.Source >= 0 {
		p.Weights.Sources = d.net.Populations[p.Source].Size
	}
	p.WeightBits = d.number("bits", max(2, d.on.Weights.MinBits), min(9, d.on.Weights.MaxBits))
	valued := d.valued(&p)
	switch {
	case d.learns && k == 0:
		d.learning(&p)
	case valued && d.on.HasFormat(profile.Typed):
		d.typed(&p)
	case valued:
		d.weights(&p)
	case d.on.Weights.PlasticBits > 0 && d.on.HasFormat(profile.Dense) && d.seldom("plastic", 3):
		d.plastic(&p)
	case d.on.HasFormat(profile.Others) && d.seldom("others", 4):
		d.others(&p)
	case d.on.HasFormat(profile.Typed):
		d.typed(&p)
	default:
		d.weights(&p)
		p.Verbatim = d.seldom("verbatim", 4)
	}
	return p
}

// weights draws a matrix or a list.
func (d *drawing) weights(p *ir.Projection) {
	w := &p.Weights
	half, cells := int16(1)<<(p.WeightBits-1), w.Sources*w.Targets
	weight := rapid.OneOf(rapid.Just(int16(0)), rapid.Int16Range(-half, half-1))
	weights := rapid.SliceOfN(weight, cells, cells).Draw(d.T, "weights")
	switch {
	case d.yes("list"):
		zeros := d.yes("zeros listed")
		w.Start = []int64{0}
		for i, v := range weights {
			if v != 0 || zeros {
				w.Target, w.Value = append(w.Target, int32(i%w.Targets)), append(w.Value, v)
			}
			if i%w.Targets == w.Targets-1 {
				w.Start = append(w.Start, int64(len(w.Value)))
			}
		}
	case p.WeightBits <= 8:
		for _, v := range weights {
			w.Dense = append(w.Dense, int8(v))
		}
	default:
		w.Dense16 = weights
	}
}

// run draws the run of targets that a projection reaches.
func (d *drawing) run(w *ir.Weights) {
	w.First = d.number("first", 0, w.Targets-1)
	w.Count = d.number("run", 1, w.Targets-w.First)
}

func (d *drawing) others(p *ir.Projection) {
	w := &p.Weights
	d.run(w)
	half := 1 << (p.WeightBits - 1)
	own := p.Source == p.Target && d.yes("all but itself")
	for s := range w.Sources {
		o := ir.Others{Weight: int16(d.number("weight", -half, half-1)),
			Shift: uint8(d.number("shift", 0, 10)), Exclude: int32(s)}
		if !own {
			o.Exclude = int32(d.number("exclude", -1, w.Targets-1))
		}
		w.Others = append(w.Others, o)
	}
}

package irtest

import (
	"math"

	"pgregory.net/rapid"

	"adder/compiler/ir"
	"adder/core"
)

// plastic draws weights of 16 bits and, in most cases, how they learn.
func (d *drawing) plastic(p *ir.Projection) {
	if coded := d.net.Populations[p.Target].Groups[0].Code.Kind != core.CodeNone; coded ||
		d.seldom("plastic and does not learn", 5) {
		d.run(&p.Weights)
		d.plasticWeights(p)
		return
	}
	d.learning(p)
}

func (d *drawing) plasticWeights(p *ir.Projection) {
	w := &p.Weights
	p.WeightBits = 16
	weight := rapid.OneOf(rapid.Uint16(), rapid.Uint16Range(0, 1<<12))
	w.Plastic = rapid.SliceOfN(weight, w.Sources*w.Count, w.Sources*w.Count).Draw(d.T,
		"plastic weights")
}

// learning draws weights that learn, into a group.
func (d *drawing) learning(p *ir.Projection) {
	w, pop := &p.Weights, &d.net.Populations[p.Target]
	l := d.rule()
	l.Rows, l.Group = int32(w.Sources), int32(d.number("group that learns", 0, len(pop.Groups)-1))
	pop.Groups[l.Group].Pairs = false // which do not learn
	w.First, w.Count = int(pop.Groups[l.Group].First), int(pop.Groups[l.Group].Count)
	d.plasticWeights(p)
	p.Learning = l
	if l.Norm.Kind != core.NormNone && pop.Target == nil {
		most := int32(w.Sources) << 15
		pop.Target = d.numbers("targets", pop.Size, most/16, most)
	}
}

func (d *drawing) rule() *core.Plasticity {
	rate := rapid.OneOf(rapid.Uint8Range(1, 8), rapid.SampledFrom([]uint8{1, 16, core.RateOff}))
	l := &core.Plasticity{
		Rule: rapid.SampledFrom([]core.Rule{core.RulePostPre, core.RuleHebbian,
			core.RuleWeightDependent}).Draw(d.T, "rule"),
		LTP: rate.Draw(d.T, "ltp"), LTD: rate.Draw(d.T, "ltd"), Pre: d.trace("pre"),
		Post: d.trace("post"), Max: math.MaxUint16,
	}
	if d.seldom("offset", 3) {
		l.Offset = rapid.Uint8().Draw(d.T, "offset by")
	}
	if d.seldom("bounds", 3) {
		l.Max = rapid.Uint16().Draw(d.T, "max")
		l.Min = rapid.Uint16Range(0, l.Max).Draw(d.T, "min")
	}
	if d.seldom("norm", 2) {
		l.Norm = core.Norm{
			Kind: rapid.SampledFrom([]core.NormKind{core.NormL1, core.NormL2}).Draw(d.T,
				"norm of"),
			Shift: uint8(d.number("norm shift", 1, 8)),
		}
		if d.yes("scaling") {
			l.Norm.Step, l.Norm.Every = int32(d.number("scaling step", 0, 20_000)), uint16(
				d.number("scaling every", 1, 3))
		}
	}
	return l
}

func (d *drawing) trace(label string) core.Trace {
	if d.yes(label + " box") {
		return core.Trace{Kind: core.TraceBox, Length: uint16(d.number(label+" length", 1, 6))}
	}
	return core.Trace{Length: uint16(d.number(label+" shift", 1, 8))}
}

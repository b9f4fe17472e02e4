package irtest

import (
	"slices"

	"adder/compiler/ir"
	"adder/core"
)

// shift makes the neurons of a population those of model shift.
func (d *drawing) shift(pop *ir.Population) {
	for i := range pop.Groups {
		for _, row := range core.Models() {
			second := row.Model == core.ModelSecond && d.on.HasModel(row.Model) &&
				d.yes("a second current")
			if row.Model == core.ModelShift || second {
				row.Draw(&pop.Groups[i], d.pick)
			}
		}
	}
	for n := range pop.Threshold {
		pop.Threshold[n] = max(pop.Threshold[n], -pop.Threshold[n])
	}
	clear(pop.Reset)
}

// shifts reports whether neurons are of model shift.
func shifts(pop *ir.Population) bool { return pop.Groups[0].Shift.Most > 0 }

// valued draws weights of spikes that carry values, or into neurons of model shift, and
// reports whether a projection is one of those. Graded spikes do not reach such neurons:
// then the host's do.
func (d *drawing) valued(p *ir.Projection) bool {
	into := shifts(&d.net.Populations[p.Target])
	if p.Source >= 0 && into {
		from := &d.net.Populations[p.Source]
		if slices.ContainsFunc(from.Groups, func(g core.Group) bool { return g.Graded > 0 }) {
			p.Source, p.Weights.Sources = ir.SourceInput, d.net.Input.Size
		}
	}
	if into {
		p.Exponent, p.Second = d.number("exponent of a projection", 0, 4),
			d.yes("into the second current")
	}
	return into || p.Source >= 0 && d.net.Populations[p.Source].Value() > 0
}

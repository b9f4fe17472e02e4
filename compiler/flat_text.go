package compiler

import (
	"fmt"
	"strings"
)

// String lists populations and projections.
func (f *flat) String() string {
	var b strings.Builder
	for i := range f.populations {
		p := &f.populations[i]
		fmt.Fprintf(&b, "population %s %s %s depth %d", p.name, p.neuron.Model, p.shape, p.depth)
		if p.bias != nil {
			b.WriteString(" bias")
		}
		if p.shared {
			b.WriteString(" shared")
		}
		b.WriteByte('\n')
	}
	for i := range f.projections {
		p := &f.projections[i]
		source := f.inputName
		if p.source != fromInput {
			source = f.populations[p.source].name
		}
		form := "matrix"
		if p.weights.matrix == nil {
			form = fmt.Sprintf("list of %d", len(p.weights.target))
		}
		fmt.Fprintf(&b, "projection %s -> %s %dx%d %s wait %d lag %d delay %d\n", source, f.populations[p.target].name,
			p.weights.sources, p.weights.targets, form, p.wait, p.lag, p.delay)
	}
	return b.String()
}

package flat

import (
	"fmt"
	"strings"
)

// String lists populations and projections.
func (f *Network) String() string {
	var b strings.Builder
	for i := range f.Populations {
		p := &f.Populations[i]
		fmt.Fprintf(&b, "population %s %s %s depth %d", p.Name, p.Neuron.Model, p.Shape, p.Depth)
		if p.Bias != nil {
			b.WriteString(" bias")
		}
		if p.Shared {
			b.WriteString(" shared")
		}
		b.WriteByte('\n')
	}
	for i := range f.Projections {
		p := &f.Projections[i]
		source := f.InputName
		if p.Source != FromInput {
			source = f.Populations[p.Source].Name
		}
		form := "matrix"
		if p.Weights.Matrix == nil {
			form = fmt.Sprintf("list of %d", len(p.Weights.Target))
		}
		fmt.Fprintf(&b, "projection %s -> %s %dx%d %s wait %d lag %d delay %d\n", source,
			f.Populations[p.Target].Name,
			p.Weights.Sources, p.Weights.Targets, form, p.Wait, p.Lag, p.Delay)
	}
	return b.String()
}

package compiler

import (
	"fmt"
	"strings"
)

// text is the most lowered form that the passes have reached.
func (s *state) text() string {
	switch {
	case s.image != nil:
		return fmt.Sprintf("image: %d cores, %d synapses", len(s.image.Cores), s.image.Synapses)
	case s.mapping != nil:
		return s.mapping.String()
	case s.net != nil:
		return s.net.String()
	case s.flat != nil:
		return s.flat.String()
	default:
		var b strings.Builder
		for i := range s.spiking.Nodes {
			n := &s.spiking.Nodes[i]
			fmt.Fprintf(&b, "%s %s %s -> %s\n", n.Op.Kind(), n.Name, n.In, n.Out)
		}
		return b.String()
	}
}

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

// String lists the parts and their tiles.
func (m *mapping) String() string {
	var b strings.Builder
	for i := range m.parts {
		p := &m.parts[i]
		fmt.Fprintf(&b, "part %d", i)
		if m.tiles != nil {
			fmt.Fprintf(&b, " tile %d", m.tiles[i])
		}
		l := &p.load
		fmt.Fprintf(&b, " depth %d neurons %d axons %d bits %d routes %d", p.depth, l.neurons, l.axons, l.bits, l.routes)
		for _, q := range p.pieces {
			fmt.Fprintf(&b, " %s%s", m.net.Populations[q.population].Name, q)
		}
		if p.full != "" {
			fmt.Fprintf(&b, " full of %s", p.full)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// maxRuns is how many runs of a piece are written out.
const maxRuns = 4

// String lists the runs of consecutive neurons, [first:last+1].
func (q piece) String() string {
	var b strings.Builder
	runs := 0
	for i := 0; i < len(q.neurons); {
		k := i + 1
		for k < len(q.neurons) && q.neurons[k] == q.neurons[k-1]+1 {
			k++
		}
		if runs++; runs <= maxRuns {
			fmt.Fprintf(&b, "[%d:%d]", q.neurons[i], q.neurons[k-1]+1)
		}
		i = k
	}
	if runs > maxRuns {
		fmt.Fprintf(&b, " and %d more runs", runs-maxRuns)
	}
	return b.String()
}

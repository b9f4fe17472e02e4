package compiler

import (
	"fmt"
	"strings"
)

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

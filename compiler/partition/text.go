package partition

import (
	"fmt"
	"strings"
)

// String lists the parts and their tiles.
func (m *Mapping) String() string {
	var b strings.Builder
	for i := range m.Parts {
		p := &m.Parts[i]
		fmt.Fprintf(&b, "part %d", i)
		if m.Tiles != nil {
			fmt.Fprintf(&b, " tile %d", m.Tiles[i])
		}
		l := &p.Load
		fmt.Fprintf(&b, " depth %d neurons %d axons %d bits %d routes %d", p.Depth, l.Neurons,
			l.Axons, l.Bits, l.Routes)
		for _, q := range p.Pieces {
			fmt.Fprintf(&b, " %s%s", m.Net.Populations[q.Population].Name, q)
		}
		if p.Full != "" {
			fmt.Fprintf(&b, " full of %s", p.Full)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// maxRuns is how many runs of a piece are written out.
const maxRuns = 4

// String lists the runs of consecutive neurons, [first:last+1].
func (q Piece) String() string {
	var b strings.Builder
	runs := 0
	for i := 0; i < len(q.Neurons); {
		k := i + 1
		for k < len(q.Neurons) && q.Neurons[k] == q.Neurons[k-1]+1 {
			k++
		}
		if runs++; runs <= maxRuns {
			fmt.Fprintf(&b, "[%d:%d]", q.Neurons[i], q.Neurons[k-1]+1)
		}
		i = k
	}
	if runs > maxRuns {
		fmt.Fprintf(&b, " and %d more runs", runs-maxRuns)
	}
	return b.String()
}

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
	case s.carried != nil:
		return s.carried.String()
	case s.quantised != nil:
		return s.quantised.String()
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

package nir

import (
	"fmt"
	"strings"

	"adder/snn"
)

// remarkGraph adds warnings about the shape of the whole network.
func remarkGraph(n *snn.Network) {
	in, out := make([]int, len(n.Nodes)), make([]int, len(n.Nodes))
	for _, e := range n.Edges {
		in[e.To]++
		out[e.From]++
	}
	for i := range n.Nodes {
		v := &n.Nodes[i]
		if v.Op.Kind() != "input" && in[i] == 0 {
			n.Warnings = append(n.Warnings,
				fmt.Sprintf("node %q: no edge leads to it, so its input is always 0", v.Name))
		}
		if v.Op.Kind() != "output" && out[i] == 0 {
			n.Warnings = append(n.Warnings, fmt.Sprintf("node %q: no edge leads on from it",
				v.Name))
		}
	}
	for _, loop := range n.Loops() {
		var neurons []string
		inside := map[int]bool{}
		for _, i := range loop {
			inside[i] = true
			if n.Nodes[i].Op.Kind() == "neuron" {
				neurons = append(neurons, n.Nodes[i].Name)
			}
		}
		if len(neurons) < 2 {
			continue
		}
		var delayed []string
		for _, e := range n.Edges {
			if e.Delayed && inside[e.From] && inside[e.To] {
				delayed = append(delayed, fmt.Sprintf("(%s, %s)", n.Nodes[e.From].Name,
					n.Nodes[e.To].Name))
			}
		}
		n.Warnings = append(n.Warnings,
			fmt.Sprintf("a loop leads through several populations (%s), and tools differ in how "+
				"long it takes; here the edges %s take one tick, the others none",
				strings.Join(neurons, ", "), strings.Join(delayed, ", ")))
	}
}

package convert

import (
	"fmt"

	"adder/snn"
)

// dropGrids puts activations of real numbers in the place of those that the model's file
// quantises: a rate has no grid. Their ceiling is the end of the grid. A signal that goes
// below 0 has no rate.
func (g *graph) dropGrids() error {
	for i := range g.net.Nodes {
		op, ok := g.net.Nodes[i].Op.(*snn.Quantise)
		if !ok {
			continue
		}
		from := g.rectifier(i)
		relu, rectified := g.net.Nodes[from].Op.(*snn.Relu)
		switch {
		case g.net.Nodes[from].Op.Kind() == "input":
			g.net.Nodes[i].Op = &snn.Reshape{}
		case rectified && (relu.Ceil == 0 || relu.Ceil > op.Value(op.High)) && g.reader(from) >= 0:
			g.net.Nodes[from].Op = &snn.Relu{Ceil: op.Value(op.High)}
			g.net.Nodes[i].Op = &snn.Reshape{}
		case rectified || op.Low >= op.Zero:
			g.net.Nodes[i].Op = &snn.Relu{Ceil: op.Value(op.High)}
		default:
			return fmt.Errorf("node %s quantises a signal that goes below 0, which a rate cannot "+
				"say: compile with --code radix or --code level", g.net.Nodes[i].Name)
		}
	}
	return nil
}

// rectifier returns the activation whose output node i passes on, through nodes that only rename
// axes or scale; i itself if there is none.
func (g *graph) rectifier(i int) int {
	for at := i; ; {
		from := g.source(at)
		if from < 0 {
			return i
		}
		switch op := g.net.Nodes[from].Op.(type) {
		case *snn.Reshape:
		case *snn.Scale:
			if len(op.Factor) != 1 || op.Shift != nil || g.source(from) < 0 ||
				g.net.Nodes[g.source(from)].Op.Kind() != "input" {
				return from
			}
		default:
			return from
		}
		at = from
	}
}

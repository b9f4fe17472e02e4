package survey

import (
	"slices"

	"adder/chip/profile"
	"adder/compiler/ir"
	"adder/core"
	"adder/snn"
)

// layersOf lists the layers of a network that is integers from the start.
func layersOf(net *ir.Network) *Network {
	n := &Network{Name: net.Name, Input: snn.Shape(net.Input.Shape)}
	for p := range net.Populations {
		pop := &net.Populations[p]
		l := Layer{Name: pop.Name, Shape: snn.Shape{pop.Size}, Neurons: pop.Size, Thresholds: 1,
			Output: p == net.Output, node: p}
		for _, m := range core.ModelNames() {
			if slices.ContainsFunc(pop.Groups, func(g core.Group) bool {
				return slices.Contains(g.Models(),
					m)
			}) {
				l.Models = append(l.Models, m)
			}
		}
		l.Reset = profile.ResetValue
		n.Layers = append(n.Layers, l)
	}
	for k := range net.Projections {
		q := &net.Projections[k]
		n.WeightBits = max(n.WeightBits, q.WeightBits)
		w := &q.Weights
		fanIn := make([]int, w.Targets)
		for s := range w.Sources {
			q.EachStored(s, func(t, _ int32) { fanIn[t]++ })
		}
		l := &n.Layers[q.Target]
		l.Inputs = append(l.Inputs, Projection{
			Source: q.Source, FanIn: slices.Max(fanIn), geometry: geometry{Elements: w.Sources},
		})
	}
	return n
}

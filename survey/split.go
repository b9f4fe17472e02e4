package survey

import (
	"slices"

	"adder/spike/encode"
)

// splitFanIn splits neurons whose fan-in exceeds the axons of a core into partial sums: each part
// has as many sources as one core can, and a neuron adds up their sums (docs/mapping.md). The radix
// code alone carries such sums.
func (n *Network) splitFanIn(axons int) {
	if n.code != encode.KindRadix || axons == 0 {
		return
	}
	n.Layers = slices.Clone(n.Layers)
	for i := range len(n.Layers) {
		l := &n.Layers[i]
		if l.FanIn() <= axons {
			continue
		}
		parts := ceilDiv(l.FanIn(), axons)
		sums := *l
		sums.Name, sums.Output, sums.Read = l.Name+".parts", false, false
		sums.Models = l.Models[:1]
		sums.Inputs = nil
		sums.Shape = []int{l.Neurons * parts}
		sums.Neurons = l.Neurons * parts
		for _, p := range l.Inputs {
			p.FanIn = ceilDiv(p.FanIn, parts)
			p.geometry = geometry{Elements: p.Elements, Apart: true}
			sums.Inputs = append(sums.Inputs, p)
		}
		at := len(n.Layers)
		l.Inputs = []Projection{{Source: at, FanIn: parts,
			geometry: geometry{Elements: sums.Neurons, Apart: true}}}
		l.Shape = []int{l.Shape.Size()}
		n.Layers = append(n.Layers, sums)
	}
}

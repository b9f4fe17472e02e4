package convert

import (
	"fmt"

	"adder/snn"
)

// Layer is the size and fan-in of a layer of neurons, as known before calibration.
type Layer struct {
	Name    string
	Neurons int
	// Sources is a lower bound of the largest fan-in of its neurons, with weights rounded to a
	// number of bits.
	Sources int
	// Pooled says that a pool that could have neurons folds into it.
	Pooled bool
}

// Layers lists the layers that conversion makes of a prepared network. With host, the host applies
// the input's weights, and no neuron has the input as a source.
func Layers(net *snn.Network, c Options, weightBits int, host bool) ([]Layer, error) {
	g := newGraph(net)
	if err := g.survey(); err != nil {
		return nil, fmt.Errorf("convert %s: %w", net.Name, err)
	}
	for i := range g.net.Nodes {
		if g.net.Nodes[i].Op.Kind() == "relu" {
			g.kept[i] = true // what Prepare left does something
		}
	}
	share := 1 / float64(int64(2)<<(weightBits-1)-2)
	if c.PerChannel {
		share /= leastChannel // channels of a layer differ by that much
	}
	var out []Layer
	for i := range g.net.Nodes {
		node := &g.net.Nodes[i]
		n := neuronsOf(node, c.MaxPool)
		if n == 0 {
			continue
		}
		l := Layer{Name: node.Name, Neurons: n}
		if g.listens(i) {
			l.Sources, l.Pooled = g.sourcesAtLeast(i, share, host), g.nearestPool(i) >= 0
		}
		out = append(out, l)
	}
	return out, nil
}

// sourcesAtLeast is the largest fan-in among a few neurons, a lower bound for the layer. A weight
// rounds to none where it is below a share of the largest of its neuron; which of several layers
// has the largest is not known yet, so that with the fewest counts.
func (g *graph) sourcesAtLeast(i int, share float64, host bool) int {
	most := 0
	for _, element := range places(g.net.Nodes[i].In) {
		least := -1
		for at, weights := range g.sourceWeights(i, element) {
			n := above(weights, share)
			if host && g.net.Nodes[at].Op.Kind() == "input" {
				n = 0
			}
			if n > 0 && (least < 0 || n < least) {
				least = n
			}
		}
		most = max(most, least)
	}
	return most
}

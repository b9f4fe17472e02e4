package convert

import (
	"math"

	"adder/snn"
)

// listens reports whether node i becomes neurons: an activation or the
// output.
func (g *graph) listens(i int) bool {
	switch g.net.Nodes[i].Op.(type) {
	case *snn.Relu, *snn.Quantise, *snn.Output:
		return true
	}
	return false
}

// ends reports whether node i is a source of spikes, where a chain of
// linear nodes ends.
func (g *graph) ends(i int) bool {
	switch g.net.Nodes[i].Op.(type) {
	case *snn.Input, *snn.MaxPool, *snn.Quantise:
		return true
	case *snn.Relu:
		return g.kept[i] || !g.idle(i)
	}
	return false
}

// largestFanIn is the largest fan-in among a few neurons of node i: those at the corners and in the
// middle of its shape, of which one has a full window.
func (g *graph) largestFanIn(i int) int {
	most := 0
	for _, element := range places(g.net.Nodes[i].In) {
		total := 0
		for _, weights := range g.sourceWeights(i, element) {
			total += above(weights, 0)
		}
		most = max(most, total)
	}
	return most
}

// places lists the first, middle and last element of a signal, and the
// middle of its first plane.
func places(s snn.Shape) []int {
	size := s.Size()
	out := []int{0, size / 2, size - 1}
	if len(s) == 3 {
		out = append(out, s[1]/2*s[2]+s[2]/2)
	}
	return out
}

// sourceWeights returns the weights from the sources of node i to one element of its input, by
// source.
func (g *graph) sourceWeights(i, element int) map[int][]float64 {
	reached := map[int][]float64{}
	// sources are the weights of the nodes that feed a node.
	sources := func(node int) [][]float64 {
		var out [][]float64
		for _, e := range g.net.Incoming(node) {
			if reached[e.From] == nil {
				reached[e.From] = make([]float64, g.net.Nodes[e.From].Out.Size())
			}
			out = append(out, reached[e.From])
		}
		return out
	}
	for _, weights := range sources(i) {
		weights[element]++
	}
	bySource := map[int][]float64{}
	for k := len(g.order) - 1; k >= 0; k-- {
		at := g.order[k]
		weights := reached[at]
		if weights == nil {
			continue
		}
		if g.ends(at) {
			bySource[at] = weights
			continue
		}
		in := sources(at)
		for element, weight := range weights {
			if weight == 0 {
				continue
			}
			snn.Fanin(&g.net.Nodes[at], element, func(from int, w float64) {
				for _, to := range in {
					to[from] += float64(w * weight)
				}
			})
		}
	}
	return bySource
}

// above counts the weights whose magnitude exceeds a share of the largest.
func above(weights []float64, share float64) int {
	largest, n := 0.0, 0
	for _, w := range weights {
		largest = max(largest, math.Abs(w))
	}
	for _, w := range weights {
		if math.Abs(w) > share*largest {
			n++
		}
	}
	return n
}

// nearestPool is a pool between node i and its sources that may have
// neurons, the one with the fewest nodes to go; -1 where there is none.
func (g *graph) nearestPool(i int) int {
	seen := map[int]bool{i: true}
	level := []int{i}
	for len(level) > 0 {
		var next []int
		for _, at := range level {
			for _, e := range g.net.Incoming(at) {
				if seen[e.From] || g.ends(e.From) {
					continue
				}
				if g.keepable(e.From) {
					return e.From
				}
				seen[e.From] = true
				next = append(next, e.From)
			}
		}
		level = next
	}
	return -1
}

package convert

import (
	"slices"

	"adder/snn"
)

// commuteMaxima moves max-pooling layers after activations, where the spiking forms of pools get
// spikes. A maximum commutes with what keeps the order of the elements of its windows: an
// activation, and a Scale whose factors are the same over each window and not negative.
func (g *graph) commuteMaxima() {
	for i := 0; i < len(g.net.Nodes); i++ {
		if g.net.Nodes[i].Op.Kind() != "maxpool" {
			continue
		}
		g.passScales(i)
		if !g.activated(i) {
			g.pullActivation(i)
		}
	}
}

// activated reports whether the signal of the only source of node i is one
// of activations, pooled or moved or not.
func (g *graph) activated(i int) bool {
	for _, e := range g.net.Incoming(i) {
		switch g.net.Nodes[e.From].Op.(type) {
		case *snn.Relu, *snn.Quantise, *snn.Input:
		case *snn.MaxPool, *snn.Reshape, *snn.Gather:
			if !g.activated(e.From) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// passScales moves maximum i before the Scales between it and an activation. Other readers of a
// Scale keep it.
func (g *graph) passScales(i int) {
	at, scales := g.source(i), []int(nil)
	for at >= 0 {
		op, ok := g.net.Nodes[at].Op.(*snn.Scale)
		if !ok || !ordered(op, g.net.Nodes[at].Out) {
			break
		}
		scales = append(scales, at)
		at = g.source(at)
	}
	if len(scales) == 0 || at < 0 || !g.spikes(at) {
		return
	}
	for k := range g.net.Edges {
		if g.net.Edges[k].To == i {
			g.net.Edges[k].From = at
		}
	}
	behind := i
	for k := len(scales) - 1; k >= 0; k-- {
		behind = g.insert(behind, g.net.Nodes[scales[k]].Name+".max", g.net.Nodes[scales[k]].Op)
	}
	for _, s := range scales {
		g.cutIfUnread(s)
	}
}

// spikes reports whether node i gives activations, pooled or moved or not.
func (g *graph) spikes(i int) bool {
	switch g.net.Nodes[i].Op.(type) {
	case *snn.Relu, *snn.Quantise, *snn.Input:
		return true
	case *snn.MaxPool, *snn.Reshape, *snn.Gather:
		return g.activated(i)
	}
	return false
}

// ordered reports whether a Scale keeps the order of the elements of a
// channel of a signal of a shape.
func ordered(op *snn.Scale, shape snn.Shape) bool {
	return !negative(op.Factor) && byChannel(op.Factor, shape) &&
		(op.Shift == nil || byChannel(op.Shift, shape))
}

// byChannel reports whether a parameter is one value for each channel.
func byChannel(values []float64, shape snn.Shape) bool {
	return len(values) == 1 || len(values) == shape[0]
}

// pullActivation finds the activation after maximum i, through nodes that it commutes with, and
// moves it and the Scales on the way before the maximum.
func (g *graph) pullActivation(i int) {
	chain := []int{i}
	for {
		last := chain[len(chain)-1]
		next := g.reader(last)
		if next < 0 || g.source(next) != last {
			return
		}
		chain = append(chain, next)
		switch g.net.Nodes[next].Op.(type) {
		case *snn.Relu:
			g.pull(chain)
			return
		case *snn.MaxPool, *snn.Reshape, *snn.Gather, *snn.Scale:
		default:
			return
		}
	}
}

// pull moves the activation at the end of a chain, and the Scales in it, to the front, in their
// order, if all may move.
func (g *graph) pull(chain []int) {
	if !g.passable(chain) {
		return
	}
	front := 0
	for k := 1; k < len(chain); k++ {
		switch g.net.Nodes[chain[k]].Op.(type) {
		case *snn.Relu, *snn.Scale:
			for j := k; j > front; j-- {
				g.swap(chain[j-1], chain[j])
			}
			front++
		}
	}
}

// passable reports whether every Scale of a chain may be moved before its predecessor: a maximum
// requires nonnegative factors by channel, a move one factor, and no shift if zeros are padded.
func (g *graph) passable(chain []int) bool {
	moved, padded := false, false
	for _, i := range chain {
		node := &g.net.Nodes[i]
		switch op := node.Op.(type) {
		case *snn.Reshape:
			moved = true
		case *snn.Gather:
			moved = true
			padded = padded || slices.Contains(op.From, -1)
		case *snn.Scale:
			if !ordered(op, node.In) || moved && (len(op.Factor) > 1 || len(op.Shift) > 1) ||
				padded && op.Shift != nil {
				return false
			}
		}
	}
	return true
}

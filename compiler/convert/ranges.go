package convert

import (
	"slices"

	"adder/snn"
)

// extent is the range of a signal's elements: low says that none is below 0, high is an upper
// bound, 0 if it is not known.
type extent struct {
	low  bool
	high float64
}

// extents are those of every node's signal.
type extents []extent

// rangesOf finds what is known of every signal.
func rangesOf(net *snn.Network, order []int) extents {
	known := make(extents, len(net.Nodes))
	for _, i := range order {
		known[i] = known.of(net, i)
	}
	return known
}

// arriving is the extent of the sum that reaches node i.
func (k extents) arriving(net *snn.Network, i int) extent {
	in := net.Incoming(i)
	if len(in) == 0 {
		return extent{}
	}
	out := k[in[0].From]
	for _, e := range in[1:] {
		out.low = out.low && k[e.From].low
		out.high = 0
	}
	return out
}

func (k extents) of(net *snn.Network, i int) extent {
	in := k.arriving(net, i)
	switch op := net.Nodes[i].Op.(type) {
	case *snn.Relu:
		if in.low && in.high > 0 && (op.Ceil == 0 || in.high < op.Ceil) {
			return in
		}
		return extent{low: true, high: op.Ceil}
	case *snn.Quantise:
		if !in.low && op.Low < op.Zero {
			return extent{}
		}
		return extent{low: true, high: op.Value(op.High)}
	case *snn.Reshape, *snn.Output:
		return in
	case *snn.MaxPool:
		if !in.low {
			return extent{} // a window without elements gives 0
		}
		return in
	case *snn.Gather:
		if !in.low {
			return extent{}
		}
		return in
	case *snn.Pool:
		if !op.Average || !in.low {
			in.high = 0
		}
		return in
	case *snn.Scale:
		return extent{low: in.low && !negative(op.Factor) && !negative(op.Shift)}
	}
	return extent{}
}

func negative(values []float64) bool {
	return slices.ContainsFunc(values, func(v float64) bool { return v < 0 })
}

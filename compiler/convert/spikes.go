package convert

import (
	"fmt"
	"slices"

	"adder/snn"
)

// spikeScale is the value of one spike of the signal of node i: one for all, one per channel or one
// per element; 0 for an element that never spikes. It is nil where the signal is a sum of spikes.
func (b *converter) spikeScale(i int) []float64 {
	switch op := b.from.Nodes[i].Op.(type) {
	case *snn.Input:
		return []float64{1 / b.peak}
	case *snn.Relu:
		s := b.scales[i]
		return s.Lambdas()
	case *snn.MaxPool:
		return b.pooled[i]
	case *snn.Reshape:
		return b.meetingScale(i)
	case *snn.Gather:
		in := b.from.Incoming(i)
		if len(in) != 1 {
			return nil
		}
		scale := b.spikeScale(in[0].From)
		if scale == nil {
			return nil
		}
		scale = byElement(scale, b.from.Nodes[i].In)
		out := make([]float64, len(op.From))
		for k, from := range op.From {
			if from >= 0 {
				out[k] = scale[from]
			}
		}
		return out
	}
	return nil
}

// meetingScale is spikeScale of a node in which signals meet: they must be
// side by side, each element from one of them.
func (b *converter) meetingScale(i int) []float64 {
	node := &b.from.Nodes[i]
	in := b.from.Incoming(i)
	var out []float64
	for k, e := range in {
		scale := b.spikeScale(e.From)
		if scale == nil {
			return nil
		}
		if len(in) == 1 && len(scale) == 1 {
			return scale
		}
		scale = byElement(scale, b.from.Nodes[e.From].Out)
		if k == 0 {
			out = slices.Clone(scale)
			continue
		}
		for j, s := range scale {
			if s != 0 && out[j] != 0 {
				return nil
			}
			out[j] += s
		}
	}
	if len(out) != node.Out.Size() {
		return nil
	}
	return out
}

// byElement spreads one value, or one per channel, over a signal.
func byElement(values []float64, shape snn.Shape) []float64 {
	size := shape.Size()
	if len(values) == size {
		return values
	}
	out := make([]float64, size)
	for i := range out {
		out[i] = values[i/(size/len(values))]
	}
	return out
}

// pooledScale is the value of a spike of each window, whose elements must agree.
func pooledScale(node *snn.Node, w snn.Window, scale []float64) ([]float64, error) {
	if len(scale) == 1 || len(scale) == node.In[0] && len(scale) != node.In.Size() {
		return scale, nil
	}
	out := make([]float64, node.Out.Size())
	plane := len(out) / node.Out[0]
	for i := range out {
		mixed := false
		w.EachTap(node, i%plane, i/plane, func(from, _ int) {
			s := scale[from]
			mixed = mixed || s != 0 && out[i] != 0 && s != out[i]
			out[i] = max(out[i], s)
		})
		if mixed {
			return nil, fmt.Errorf("node %s pools windows of activations of several scales; "+
				"leave out --per-channel", node.Name)
		}
	}
	return out, nil
}

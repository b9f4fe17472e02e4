package convert

import (
	"context"
	"fmt"
	"slices"

	"adder/snn"
)

// maxKept bounds the activations kept per layer; a layer with more keeps
// every k-th, which moves a 99.9th percentile by far less than one bin of
// an 8-bit weight.
const maxKept = 1 << 23

func calibrate(ctx context.Context, net *snn.Network, c Options) (map[int]LayerScale, error) {
	if len(c.Calibration) == 0 {
		return nil, ErrCalibration
	}
	percentile := c.Percentile
	if percentile == 0 {
		percentile = 99.9
	}
	if !(percentile > 0 && percentile <= 100) { // NaN is neither
		return nil, fmt.Errorf("percentile %g is outside (0, 100]", percentile)
	}
	eval, err := snn.NewAnalog(net)
	if err != nil {
		return nil, err
	}
	kept := map[int]*layerSampler{}
	for i := range net.Nodes {
		if net.Nodes[i].Op.Kind() == "relu" {
			kept[i] = newLayerSampler(net.Nodes[i].Out, len(c.Calibration), c.PerChannel)
		}
	}
	for s, x := range c.Calibration {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("calibration sample %d: %w", s, err)
		}
		if _, err := eval.Run(x); err != nil {
			return nil, fmt.Errorf("calibration sample %d: %w", s, err)
		}
		for i, k := range kept {
			k.add(eval.Activation(i))
		}
		if c.Progress != nil {
			c.Progress(s+1, len(c.Calibration))
		}
	}
	scales := map[int]LayerScale{}
	for i := range net.Nodes {
		k, ok := kept[i]
		if !ok {
			continue
		}
		scale := k.scale(&net.Nodes[i], percentile)
		scales[i] = scale
		for _, lambda := range scale.Lambdas() {
			if !(lambda <= maxScale && lambda >= 1/maxScale) {
				return nil, fmt.Errorf("layer %s: its activations reach %g, which no scale can "+
					"hold: the model is damaged, or its samples are of another scale than those "+
					"it was trained on", net.Nodes[i].Name, lambda)
			}
		}
	}
	return scales, nil
}

// maxScale is the largest activation that has a scale, far above those of
// any network that learned; the inverse is the smallest.
const maxScale = 0x1p100

// leastChannel bounds the scale of a channel from below, as a share of its
// layer's: a channel that hardly activates shall not spike at every trace
// of an activation.
const leastChannel = 1.0 / 16

// layerSampler keeps the activations of a layer and, where they are asked
// for, of each of its channels.
type layerSampler struct {
	whole    *sampler
	channels []*sampler
}

func newLayerSampler(shape snn.Shape, samples int, perChannel bool) *layerSampler {
	total := samples * shape.Size()
	s := &layerSampler{whole: newSampler(total)}
	if perChannel && len(shape) == 3 {
		for range shape[0] {
			s.channels = append(s.channels, newSampler(total/shape[0]))
		}
	}
	return s
}

func (s *layerSampler) add(activations []float64) {
	s.whole.add(activations)
	for c, k := range s.channels {
		size := len(activations) / len(s.channels)
		k.add(activations[c*size : (c+1)*size])
	}
}

func (s *layerSampler) scale(node *snn.Node, percentile float64) LayerScale {
	out := s.whole.scale(node, percentile)
	if s.channels == nil {
		return out
	}
	layer, above := out.Lambda, 0.0
	out.Lambda = 0
	for _, k := range s.channels {
		lambda := layer // of a channel that never activates
		if len(k.values) > 0 {
			c := k.scale(node, percentile)
			lambda = max(c.Lambda, layer*leastChannel)
			above += c.Clipped * float64(len(k.values))
		}
		out.Channels = append(out.Channels, lambda)
		out.Lambda = max(out.Lambda, lambda)
	}
	if n := len(s.whole.values); n > 0 {
		out.Clipped = min(above/float64(n), 1)
	}
	return out
}

// sampler keeps the positive activations of a layer.
type sampler struct {
	values []float32
	stride int
	seen   int
}

func newSampler(total int) *sampler {
	return &sampler{stride: (total + maxKept - 1) / maxKept}
}

func (s *sampler) add(activations []float64) {
	for _, a := range activations {
		if a <= 0 {
			continue
		}
		if s.seen%s.stride == 0 {
			s.values = append(s.values, float32(a))
		}
		s.seen++
	}
}

// scale takes the percentile by linear interpolation between ranks. A
// layer that never activates gets 1.
func (s *sampler) scale(node *snn.Node, percentile float64) LayerScale {
	out := LayerScale{Layer: node.Name, Lambda: 1}
	if len(s.values) == 0 {
		return out
	}
	slices.Sort(s.values)
	last := len(s.values) - 1
	out.Max = float64(s.values[last])
	rank := percentile / 100 * float64(last)
	low := int(rank)
	high := min(low+1, last)
	frac := rank - float64(low)
	out.Lambda = float64(float64(s.values[low])*(1-frac)) + float64(float64(s.values[high])*frac)
	if ceil := node.Op.(*snn.Relu).Ceil; ceil > 0 {
		out.Lambda = min(out.Lambda, ceil)
	}
	notAbove, _ := slices.BinarySearchFunc(s.values, out.Lambda,
		func(v float32, lambda float64) int {
			if float64(v) <= lambda {
				return -1
			}
			return 1
		})
	out.Clipped = float64(len(s.values)-notAbove) / float64(len(s.values))
	return out
}

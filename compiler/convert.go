package compiler

import (
	"errors"
	"fmt"
	"slices"

	"adder/snn"
)

// Conversion says how an ANN becomes a spiking network.
type Conversion struct {
	// Calibration are samples, each the size of the network's input, on
	// which activations are measured. Training data, never test data.
	Calibration [][]float64
	// Percentile of the positive activations that becomes a rate of one
	// spike per tick; 0 means 99.9 (Rueckauer et al., Front. Neurosci. 11,
	// 2017).
	Percentile float64
	// InputPeak is the expected number of spikes per tick of an input of 1;
	// 0 means 1.
	InputPeak float64
}

// ErrCalibration says that an ANN cannot be converted without data.
var ErrCalibration = errors.New("converting an ANN needs samples to measure its activations on: give a folder of training data to calibrate with")

// LayerScale reports what one activation became.
type LayerScale struct {
	Layer string
	// Lambda is the activation that maps to one spike per tick, Max the
	// largest seen.
	Lambda, Max float64
	// Clipped is the share of positive activations above Lambda.
	Clipped float64
}

// Convert turns an ANN into a network of integrate-and-fire neurons: each
// ReLU becomes a population that fires at "at least 1", resets by
// subtraction and starts at one half (Bu et al., ICLR 2022), between a
// Scale by 1/lambda and a Scale by lambda; an output that has no neuron
// becomes an integrator whose potential is read. Weights are left as they
// were: the scales fold into them when the network is lowered.
//
// A network without ReLU and with neurons is returned unchanged.
func Convert(net *snn.Network, c Conversion) (*snn.Network, []LayerScale, error) {
	if net.Stateful() {
		return net, nil, nil
	}
	if i := slices.IndexFunc(net.Nodes, func(v snn.Node) bool { return v.Op.Kind() == "maxpool" }); i >= 0 {
		return nil, nil, fmt.Errorf("convert %s: node %s is a max-pooling layer, which has no linear spiking form: replace it by average pooling and train again", net.Name, net.Nodes[i].Name)
	}
	scales, err := calibrate(net, c)
	if err != nil {
		return nil, nil, fmt.Errorf("convert %s: %w", net.Name, err)
	}
	peak := c.InputPeak
	if peak == 0 {
		peak = 1
	}
	b := &converter{from: net, to: &snn.Network{Name: net.Name, DT: net.DT, Encoder: net.Encoder, Warnings: net.Warnings}, out: make([]int, len(net.Nodes)), peak: peak, scales: scales}
	if err := b.build(); err != nil {
		return nil, nil, fmt.Errorf("convert %s: %w", net.Name, err)
	}
	report := make([]LayerScale, 0, len(scales))
	for i := range net.Nodes {
		if s, ok := scales[i]; ok {
			report = append(report, s)
		}
	}
	return b.to, report, nil
}

// converter copies a graph node by node, putting neurons in the place of
// activations. out[i] is the node of the new graph whose signal stands for
// the output of node i.
type converter struct {
	from, to *snn.Network
	out      []int
	peak     float64
	scales   map[int]LayerScale
}

func (b *converter) build() error {
	order, err := b.from.Order()
	if err != nil {
		return err
	}
	for _, i := range order {
		b.copyNode(i)
	}
	return nil
}

func (b *converter) copyNode(i int) {
	node := &b.from.Nodes[i]
	switch node.Op.(type) {
	case *snn.Input:
		in := b.to.AddNode(node.Name, node.Op, node.In, node.Out)
		b.out[i] = b.scaled(in, node.Name+".rate", 1/b.peak, node.Out)
	case *snn.Relu:
		lambda := b.scales[i].Lambda
		at := b.scaledInputs(i, node.Name+".down", 1/lambda)
		n := b.to.AddNode(node.Name, integrateAndFire(), node.In, node.Out)
		b.to.Connect(at, n)
		b.out[i] = b.scaled(n, node.Name+".up", lambda, node.Out)
	case *snn.Output:
		at := b.scaledInputs(i, node.Name+".sum", 1)
		n := b.to.AddNode(node.Name, &snn.Neuron{Model: snn.ModelI, R: []float64{1}, UnitStep: true}, node.In, node.Out)
		b.to.Connect(at, n)
		b.out[i] = b.to.AddNode(node.Name+".out", node.Op, node.In, node.Out)
		b.to.Connect(n, b.out[i])
	default:
		b.out[i] = b.to.AddNode(node.Name, node.Op, node.In, node.Out)
		b.connectInputs(i, b.out[i])
	}
}

func (b *converter) connectInputs(i, to int) {
	for _, e := range b.from.Incoming(i) {
		b.to.Connect(b.out[e.From], to)
	}
}

// scaledInputs sums the inputs of node i and multiplies them by factor.
func (b *converter) scaledInputs(i int, name string, factor float64) int {
	node := &b.from.Nodes[i]
	at := b.to.AddNode(name, &snn.Scale{Factor: []float64{factor}}, node.In, node.In)
	b.connectInputs(i, at)
	return at
}

func (b *converter) scaled(from int, name string, factor float64, shape snn.Shape) int {
	at := b.to.AddNode(name, &snn.Scale{Factor: []float64{factor}}, shape, shape)
	b.to.Connect(from, at)
	return at
}

func integrateAndFire() *snn.Neuron {
	return &snn.Neuron{
		Model: snn.ModelIF, R: []float64{1}, UnitStep: true,
		VThreshold: []float64{1}, V0: []float64{0.5},
		Reset: snn.ResetSubtract, AtLeast: true,
	}
}

// maxKept bounds the activations kept per layer; a layer with more keeps
// every k-th, which moves a 99.9th percentile by far less than one bin of
// an 8-bit weight.
const maxKept = 1 << 23

func calibrate(net *snn.Network, c Conversion) (map[int]LayerScale, error) {
	if len(c.Calibration) == 0 {
		return nil, ErrCalibration
	}
	percentile := c.Percentile
	if percentile == 0 {
		percentile = 99.9
	}
	if percentile <= 0 || percentile > 100 {
		return nil, fmt.Errorf("percentile %g is outside (0, 100]", percentile)
	}
	eval, err := snn.NewAnalog(net)
	if err != nil {
		return nil, err
	}
	kept := map[int]*sampler{}
	for i := range net.Nodes {
		if net.Nodes[i].Op.Kind() == "relu" {
			kept[i] = newSampler(len(c.Calibration) * net.Nodes[i].Out.Size())
		}
	}
	for s, x := range c.Calibration {
		if _, err := eval.Run(x); err != nil {
			return nil, fmt.Errorf("calibration sample %d: %w", s, err)
		}
		for i, k := range kept {
			k.add(eval.Activation(i))
		}
	}
	scales := map[int]LayerScale{}
	for i, k := range kept {
		scales[i] = k.scale(&net.Nodes[i], percentile)
	}
	return scales, nil
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
	notAbove, _ := slices.BinarySearchFunc(s.values, out.Lambda, func(v float32, lambda float64) int {
		if float64(v) <= lambda {
			return -1
		}
		return 1
	})
	out.Clipped = float64(len(s.values)-notAbove) / float64(len(s.values))
	return out
}

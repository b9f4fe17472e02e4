// Package convert turns an ANN into a spiking network: each ReLU becomes a layer of
// integrate-and-fire neurons between two scales, which are measured on calibration
// samples.
//
//	convert.go                          Options; the spiking network of an ANN
//	prepare.go, grids.go, commute.go    rewrites of the graph before the conversion
//	calibrate.go, ranges.go, spikes.go  scales of layers from calibration samples
//	pool.go                             average pools
//	maxpool.go                          maxima of spikes, by latches
//	layers.go, count.go, fanin.go       layers with their sources, sizes and fan-in
package convert

import (
	"context"
	"errors"
	"fmt"

	"adder/snn"
)

// Options are the options of conversion.
type Options struct {
	// Calibration are samples, each the size of the network's input, on
	// which activations are measured. Training data, never test data.
	Calibration [][]float64
	// Percentile of the positive activations that becomes a rate of one
	// spike per tick; 0 means 99.9 (Rueckauer et al., Front. Neurosci. 11,
	// 2017).
	Percentile float64
	// PerChannel gives every channel of an activation of shape C x H x W its own scale. Channels
	// that are weaker than others then spike as often as these, which costs spikes and gains
	// resolution at few ticks.
	PerChannel bool
	// MaxPool is the spiking form of max-pooling layers; "" refuses them.
	MaxPool MaxPool
	// Pool is the form of sum and average pools; "" is PoolAuto.
	Pool Pool
	// ResetToZero has neurons reset to 0 and not by subtraction; the potential above the threshold
	// is then lost.
	ResetToZero bool
	// Grids keeps activations that the model's file quantises; without it they are real-valued,
	// limited to the range of their grid.
	Grids bool
	// FanIn is the largest fan-in of a neuron, by which PoolAuto decides; 0 is no limit.
	FanIn int
	// Ticks is the length of a sample for which LayerScale.RateError is computed; 0 leaves it out.
	Ticks int
	// Progress, if not nil, is called with the number of calibration samples done.
	Progress func(done, total int)
	// InputPeak is the expected number of spikes per tick of an input of 1;
	// 0 means 1.
	InputPeak float64
}

// ErrCalibration is the error for converting an ANN without calibration samples.
var ErrCalibration = errors.New("converting an ANN needs samples to measure its activations on: " +
	"give a folder of training data to calibrate with")

// LayerScale is the report on one converted activation.
type LayerScale struct {
	Layer string
	// Lambda is the activation that maps to one spike per tick, Max the largest one measured.
	Lambda, Max float64
	// Channels has a Lambda per channel where Options.PerChannel gave
	// them, else nil; Lambda is the largest of them.
	Channels []float64
	// Clipped is the share of positive activations above Lambda.
	Clipped float64
	// RateError is the quantisation error of rates: the mean difference between an activation and
	// the nearest rate in Options.Ticks ticks, relative to the mean activation.
	RateError float64
}

// Lambdas are the scales by channel, or the one of the layer.
func (s *LayerScale) Lambdas() []float64 {
	if s.Channels != nil {
		return s.Channels
	}
	return []float64{s.Lambda}
}

// Network turns an ANN into a network of integrate-and-fire neurons: each
// ReLU becomes a population that fires at "at least 1", resets by
// subtraction and starts at one half (Bu et al., ICLR 2022), between a
// Scale by 1/lambda and a Scale by lambda; an output that has no neuron
// becomes an integrator whose potential is read. Weights are left as they
// were: the scales fold into them when the network is lowered. The network
// is prepared first (Prepare).
//
// A network with neurons is returned unchanged.
func Network(ctx context.Context, net *snn.Network, c Options) (*snn.Network, []LayerScale, error) {
	if !net.IsANN() {
		return net, nil, nil
	}
	net, err := Prepare(net, c)
	if err != nil {
		return nil, nil, err
	}
	if err := checkMaxPools(net, c.MaxPool); err != nil {
		return nil, nil, fmt.Errorf("convert %s: %w", net.Name, err)
	}
	scales, err := calibrate(ctx, net, c)
	if err != nil {
		return nil, nil, fmt.Errorf("convert %s: %w", net.Name, err)
	}
	peak := c.InputPeak
	if peak == 0 {
		peak = 1
	}
	to := &snn.Network{Name: net.Name, DT: net.DT, Encoder: net.Encoder, Warnings: net.Warnings}
	b := &converter{toZero: c.ResetToZero, from: net, to: to, out: make([]int, len(net.Nodes)),
		peak: peak, scales: scales, maxPool: c.MaxPool, pooled: map[int][]float64{}}
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

// converter copies a graph node by node, putting neurons in the place of activations. out[i] is the
// node of the new graph that replaces node i.
type converter struct {
	from, to *snn.Network
	out      []int
	peak     float64
	scales   map[int]LayerScale
	maxPool  MaxPool
	toZero   bool
	// pooled has the value of a spike of each max-pooling node.
	pooled map[int][]float64
}

func (b *converter) build() error {
	order, err := b.from.Order()
	if err != nil {
		return err
	}
	for _, i := range order {
		if err := b.copyNode(i); err != nil {
			return err
		}
	}
	return nil
}

func (b *converter) copyNode(i int) error {
	node := &b.from.Nodes[i]
	switch node.Op.(type) {
	case *snn.Input:
		in := b.to.AddNode(node.Name, node.Op, node.In, node.Out)
		b.out[i] = b.scaled(in, node.Name+".rate", []float64{1 / b.peak}, node.Out)
	case *snn.Relu:
		scale := b.scales[i]
		lambdas := scale.Lambdas()
		at := b.scaledInputs(i, node.Name+".down", inverse(lambdas))
		n := b.to.AddNode(node.Name, integrateAndFire(b.toZero), node.In, node.Out)
		b.to.Connect(at, n)
		b.out[i] = b.scaled(n, node.Name+".up", lambdas, node.Out)
	case *snn.MaxPool:
		return b.copyMaxPool(i)
	case *snn.Output:
		at := b.scaledInputs(i, node.Name+".sum", []float64{1})
		n := b.to.AddNode(node.Name, &snn.Neuron{Model: snn.ModelI, R: []float64{1},
			UnitStep: true}, node.In, node.Out)
		b.to.Connect(at, n)
		b.out[i] = b.to.AddNode(node.Name+".out", node.Op, node.In, node.Out)
		b.to.Connect(n, b.out[i])
	default:
		b.out[i] = b.to.AddNode(node.Name, node.Op, node.In, node.Out)
		b.connectInputs(i, b.out[i])
	}
	return nil
}

// inverse is 1/x for each x, 1 where nothing spikes.
func inverse(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = 1
		if v != 0 {
			out[i] = 1 / v
		}
	}
	return out
}

func (b *converter) connectInputs(i, to int) {
	for _, e := range b.from.Incoming(i) {
		b.to.Connect(b.out[e.From], to)
	}
}

// scaledInputs sums the inputs of node i and multiplies them by factor.
func (b *converter) scaledInputs(i int, name string, factor []float64) int {
	node := &b.from.Nodes[i]
	at := b.to.AddNode(name, &snn.Scale{Factor: factor}, node.In, node.In)
	b.connectInputs(i, at)
	return at
}

func (b *converter) scaled(from int, name string, factor []float64, shape snn.Shape) int {
	at := b.to.AddNode(name, &snn.Scale{Factor: factor}, shape, shape)
	b.to.Connect(from, at)
	return at
}

func integrateAndFire(toZero bool) *snn.Neuron {
	n := &snn.Neuron{
		Model: snn.ModelIF, R: []float64{1}, UnitStep: true,
		VThreshold: []float64{1}, V0: []float64{0.5},
		Reset: snn.ResetSubtract, AtLeast: true,
	}
	if toZero {
		n.Reset, n.VReset = snn.ResetToValue, []float64{0}
	}
	return n
}

// Package qat trains networks of few bits: quantisation-aware training, in which the forward
// pass computes with the integers that a QuantizeLinear/DequantizeLinear file holds, and
// gradients go straight through their roundings (Bengio et al., arXiv 1308.3432).
//
// Per layer, with q its integer inputs and every rounding to nearest, halves to even:
//
//	sum = w q + b                       w of WeightBits with one scale, b of 32 bits
//	a   = clip(round(sum s_in s_w / s_a), 0, 2^ActivationBits - 1)
//
// The scale s_a of a layer's activations is trained (learned step size, Esser et al., ICLR 2020),
// as a power of two's exponent; s_w follows the weights. Average pools are between the activations
// and the next sum and are not rounded; maxima are those of integers. The last layer is read by its
// sums.
//
//	qat.go        Config and Network
//	learner.go    a batch forward and backward
//	calibrate.go  first scales
//	prune.go      pruning
//	from.go       a network from an ONNX model
//	counts.go     accuracy, spikes and synops
//	onnx.go       the ONNX file
package qat

import (
	"fmt"
	"math"

	"adder/train/descent"
	"adder/train/layer"
	"adder/train/random"
)

// Config is the network to train; descent.Config is the training.
type Config struct {
	// Net holds the words of the hidden layers (layer.Parse).
	Net string
	// InputBits and ActivationBits are the widths of the inputs of layers, 1 to 8, WeightBits that
	// of weights, 2 to 8, sign included.
	InputBits, ActivationBits, WeightBits int
	// Sparsity is the share of the weights that become 0, without those of the last layer, from 0
	// to below 1: the smallest ones, more and more of them over the first half of the training.
	Sparsity float64
	// Seed keys the initial weights.
	Seed uint64
}

// Check returns an error that names the first setting that cannot be used.
func (c Config) Check() error {
	switch {
	case c.InputBits < 1 || c.InputBits > 8:
		return fmt.Errorf("inputs of %d bits: 1 to 8", c.InputBits)
	case c.ActivationBits < 1 || c.ActivationBits > 8:
		return fmt.Errorf("activations of %d bits: 1 to 8", c.ActivationBits)
	case c.WeightBits < 2 || c.WeightBits > 8:
		return fmt.Errorf("weights of %d bits: 2 to 8, sign included", c.WeightBits)
	case !(c.Sparsity >= 0 && c.Sparsity < 1):
		return fmt.Errorf("a sparsity of %v: from 0 to below 1", c.Sparsity)
	}
	return nil
}

// Network is a network of few bits under training. It implements descent.Model.
type Network struct {
	cfg    Config
	input  layer.Shape
	stages []stage
	params [][]float32
	// relaxed leaves weights, biases and activations unrounded, so that gradients are exact: what
	// tests compare with finite differences.
	relaxed bool
}

// stage is a layer with the pools before it.
type stage struct {
	layer.Stage
	// weights, biases and exponent, the logarithm of the activations' scale to base 2, are
	// trained. mask is 0 where a weight is pruned.
	weights, biases, exponent, mask []float32
	integers
}

// integers are the integers of a layer, computed from what is trained.
type integers struct {
	// w holds the weights as integers, backward their values, transposed; b the biases as integers.
	w, backward, b []float32
	// in, step and out are the scales of the input, of weights and of activations.
	in, step, out float32
}

// New returns a network with random weights for samples of a shape.
func New(cfg Config, input layer.Shape, classes int) (*Network, error) {
	stages, err := layer.Parse(cfg.Net, input, classes)
	if err != nil {
		return nil, err
	}
	n, err := newNetwork(cfg, input, stages)
	if err != nil {
		return nil, err
	}
	for i := range n.stages {
		s := &n.stages[i]
		draws, bound := random.New(cfg.Seed, random.Weights,
			i), math.Sqrt(3/float64(s.Linear.FanIn()))
		for k := range s.weights {
			s.weights[k] = draws.Symmetric(bound)
		}
	}
	return n, nil
}

// newNetwork returns a network whose weights are 0.
func newNetwork(cfg Config, input layer.Shape, stages []layer.Stage) (*Network, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	n := &Network{cfg: cfg, input: input}
	for _, s := range stages {
		size, channels := s.Linear.Weights(), s.Linear.Out().Channels
		n.stages = append(n.stages, stage{
			Stage: s, weights: make([]float32, size), biases: make([]float32, channels),
			exponent: make([]float32, 1),
			integers: integers{w: make([]float32, size), backward: make([]float32, size),
				b: make([]float32, channels)},
		})
	}
	for i := range n.stages {
		s := &n.stages[i]
		n.params = append(n.params, s.weights, s.biases, s.exponent)
		if cfg.Sparsity > 0 && !n.last(i) {
			s.mask = ones(len(s.weights))
		}
	}
	for i := range n.stages {
		// Masks are kept with the parameters, with a gradient of 0, so that they are in
		// checkpoints.
		if s := &n.stages[i]; s.mask != nil {
			n.params = append(n.params, s.mask)
		}
	}
	return n, nil
}

func ones(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

// Input is the shape of a sample, channels last.
func (n *Network) Input() layer.Shape { return n.input }

// Outputs is the number of outputs.
func (n *Network) Outputs() int { return n.stages[len(n.stages)-1].Linear.Out().Channels }

// Params implements descent.Model.
func (n *Network) Params() [][]float32 { return n.params }

// Learner implements descent.Model.
func (n *Network) Learner() descent.Learner { return n.learner() }

// last reports whether a stage is the one that is read.
func (n *Network) last(i int) bool { return i == len(n.stages)-1 }

// top is the greatest integer of so many bits without a sign.
func top(bits int) float32 { return float32(int(1)<<bits - 1) }

// Ready implements descent.Model.
func (n *Network) Ready(share float64) {
	n.prune(share)
	in := 1 / top(n.cfg.InputBits)
	for i := range n.stages {
		n.ready(i, in)
		in = n.stages[i].out
	}
}

// ready computes the integers of a layer whose input has a scale.
func (n *Network) ready(i int, in float32) {
	s := &n.stages[i]
	most := top(n.cfg.WeightBits - 1)
	s.in, s.step, s.out = in, weightStep(s.weights,
		most), float32(math.Exp2(float64(s.exponent[0])))
	real := make([]float32, len(s.weights))
	for k, w := range s.weights {
		s.w[k] = min(max(n.round(float64(w)/float64(s.step)), -most), most)
		real[k] = s.w[k] * s.step
	}
	s.Linear.Transpose(real, s.backward)
	for k, b := range s.biases {
		s.b[k] = n.round(float64(b) / s.unit())
	}
}

// unit is the value of 1 in a layer's sums: the scale that a file gives its biases.
func (s *integers) unit() float64 { return float64(s.in * s.step) }

func (n *Network) round(x float64) float32 {
	if n.relaxed {
		return float32(x)
	}
	return round(x)
}

func round(x float64) float32 { return float32(math.RoundToEven(x)) }

// clips are the parts of the greatest weight that are tried as the greatest of a grid.
func clips() []float64 { return []float64{1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4} }

// weightStep is the step of a grid of so many steps to each side: that of the largest weight,
// or where there are few, that of the least squared error among a few.
func weightStep(w []float32, most float32) float32 {
	var largest float32
	for _, x := range w {
		largest = max(largest, x, -x)
	}
	if largest == 0 {
		return 1 / most
	}
	best, least := largest/most, math.Inf(1)
	if most > 31 {
		return best
	}
	for _, clip := range clips() {
		step := float64(largest) * clip / float64(most)
		var sum float64
		for _, x := range w {
			d := float64(x) - step*math.Min(math.Max(math.RoundToEven(float64(x)/step),
				-float64(most)), float64(most))
			sum += float64(d * d)
		}
		if sum < least {
			best, least = float32(step), sum
		}
	}
	return best
}

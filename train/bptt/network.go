package bptt

import (
	"math"

	"adder/spike/encode"
	"adder/train/descent"
	"adder/train/layer"
	"adder/train/random"
)

// Network is a spiking network under training. It implements descent.Model.
type Network struct {
	cfg     Config
	input   layer.Shape
	classes int
	stages  []stage
	encoder encode.Encoder // nil for direct input
	params  [][]float32
}

// stage is a layer of neurons with the pools before it. The last one does not fire.
type stage struct {
	layer.Stage
	weights, biases []float32 // what is trained
	constants
}

// New returns a network with random weights for an input of a shape, channels last.
func New(cfg Config, input layer.Shape, classes int) (*Network, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	stages, err := cfg.stages(input, classes)
	if err != nil {
		return nil, err
	}
	n := &Network{cfg: cfg, input: input, classes: classes}
	if cfg.Encoder != encode.KindDirect {
		n.encoder, err = encode.New(encode.Config{Kind: cfg.Encoder, Ticks: cfg.Ticks,
			Seed: cfg.Seed})
		if err != nil {
			return nil, err
		}
	}
	for i, s := range stages {
		one := stage{Stage: s, weights: make([]float32, s.Linear.Weights()),
			biases: make([]float32, s.Linear.Out().Channels)}
		// Kaiming's bound: a layer's input is mostly zeros, and smaller weights would leave
		// deep layers silent.
		bound := math.Sqrt(6/float64(s.Linear.FanIn())) * cfg.Gain
		draws := random.New(cfg.Seed, random.Weights, i)
		for k := range one.weights {
			one.weights[k] = draws.Symmetric(bound)
		}
		n.stages = append(n.stages, one)
	}
	for i := range n.stages {
		n.params = append(n.params, n.stages[i].weights, n.stages[i].biases)
	}
	n.Ready(0)
	return n, nil
}

// Input is the shape of a sample, channels last.
func (n *Network) Input() layer.Shape { return n.input }

// Params implements descent.Model.
func (n *Network) Params() [][]float32 { return n.params }

// Ready implements descent.Model.
func (n *Network) Ready(float64) {
	for i := range n.stages {
		s := &n.stages[i]
		s.constants = n.constants(i)
	}
}

// Learner implements descent.Model.
func (n *Network) Learner() descent.Learner { return n.learner() }

// last reports whether a stage is the one that is read.
func (n *Network) last(i int) bool { return i == len(n.stages)-1 }

// Package bptt trains spiking networks by backpropagation through time: the gradient of the loss is
// propagated back through every tick, with a smooth surrogate for the derivative of a neuron's step
// function (Wu et al., Frontiers in Neuroscience 12, 2018, whose method Deng et al., Neural
// Networks 121, 2020, use).
//
// A tick of a hidden neuron, with w x its weighted input and b its bias:
//
//	v = keep v + w x + b      fires where v > 1; then v = 0, or v - 1 by subtraction
//
// keep is 1 for integrate-and-fire neurons. The last layer adds up w x + b over the ticks and never
// fires; the class is its greatest potential. Signals pass all layers within a tick. The written
// file has this meaning in every tool of NIR with --dt 1e-4, and on a chip by docs/neurocore.md.
//
// With [Config.Bits] the forward pass has the chip's integers: weights rounded to a grid per
// output channel, thresholds and biases rounded to the least bit of the potential, decays that
// truncate; gradients go straight through these roundings.
//
//	config.go     Config
//	network.go    Network
//	learner.go    a batch forward
//	backward.go   and backward
//	surrogate.go  surrogates of the step function
//	integers.go   the forward pass in the integers of a chip
//	nir.go        the NIR file
package bptt

import (
	"fmt"
	"slices"

	"adder/spike/encode"
	"adder/train/layer"
)

// Config is the network to train; descent.Config is the training.
type Config struct {
	// Net holds the words of the hidden layers (layer.Parse): "32C3-AP2-32C3-AP2-128".
	Net string
	// Neuron is lif or if; Keep is the fraction of its potential that a lif neuron keeps per
	// tick, above 0 and below 1, in 4096ths.
	Neuron string
	Keep   float64
	// Reset is zero or subtract.
	Reset string
	// Ticks is the number of ticks of a sample.
	Ticks int
	// Encoder is how a sample is encoded: direct, the same numbers in every tick, or one that makes
	// spikes.
	Encoder string
	// Surrogate is rectangle or triangle, Width its half-width (triangle) or width
	// (rectangle) in thresholds.
	Surrogate string
	Width     float64
	// Bits is the width of a weight, 2 to 9, sign included, in the forward pass; 0 trains real
	// numbers.
	Bits int
	// Gain multiplies the initial weights. If layers do not spike at the start, no potential is
	// near a threshold and nothing is learned: a larger gain helps.
	Gain float64
	// Seed keys the initial weights and the encoder's draws.
	Seed uint64
}

// DefaultConfig returns the defaults of the command line.
func DefaultConfig() Config {
	return Config{
		Net: "400", Neuron: "lif", Keep: 0.5, Reset: "zero", Ticks: 8, Encoder: encode.KindDirect,
		Surrogate: "rectangle", Width: 1, Gain: 1,
	}
}

// maxTicks bounds the memory of a sample's ticks.
const maxTicks = 4096

// Check returns an error that names the first setting that cannot be used.
func (c Config) Check() error {
	switch {
	case !slices.Contains(Neurons(), c.Neuron):
		return fmt.Errorf("neurons %q: they are one of %v", c.Neuron, Neurons())
	case c.Neuron == "lif" && !(c.Keep > 0 && c.Keep < 1):
		return fmt.Errorf("a leaky neuron keeps %v of its potential: above 0 and below 1", c.Keep)
	case !slices.Contains(Resets(), c.Reset):
		return fmt.Errorf("reset %q: it is one of %v", c.Reset, Resets())
	case c.Ticks < 1 || c.Ticks > maxTicks:
		return fmt.Errorf("%d ticks: 1 to %d", c.Ticks, maxTicks)
	case !slices.Contains(Encoders(), c.Encoder):
		return fmt.Errorf("encoder %q: it is one of %v", c.Encoder, Encoders())
	case !slices.Contains(Surrogates(), c.Surrogate):
		return fmt.Errorf("surrogate %q: it is one of %v", c.Surrogate, Surrogates())
	case !(c.Width > 0 && c.Width <= 100):
		return fmt.Errorf("a surrogate %v thresholds wide: above 0 and at most 100", c.Width)
	case !(c.Gain > 0 && c.Gain <= 100):
		return fmt.Errorf("a gain of %v for the initial weights: above 0 and at most 100", c.Gain)
	case c.Bits != 0 && (c.Bits < 2 || c.Bits > 9):
		return fmt.Errorf("%d-bit weights: 2 to 9, sign included, or 0 for real numbers", c.Bits)
	}
	return nil
}

// Neurons lists the neuron models.
func Neurons() []string { return []string{"lif", "if"} }

// Resets lists the kinds of reset.
func Resets() []string { return []string{"zero", "subtract"} }

// Surrogates lists the surrogate derivatives of the step function.
func Surrogates() []string { return []string{"rectangle", "triangle"} }

// Encoders lists how samples may be encoded.
func Encoders() []string {
	return []string{encode.KindDirect, encode.KindBernoulli, encode.KindRate}
}

// keep is the fraction kept per tick in 4096ths, as a chip has it.
func (c *Config) keep() float64 {
	if c.Neuron == "if" {
		return 1
	}
	return float64(int(c.Keep*decayOne+0.5)) / decayOne
}

// decayOne is the factor of a decay that keeps all.
const decayOne = 4096

// stages are the layers of the network.
func (c *Config) stages(in layer.Shape, classes int) ([]layer.Stage, error) {
	stages, err := layer.Parse(c.Net, in, classes)
	if err != nil {
		return nil, err
	}
	for _, s := range stages {
		for _, p := range s.Pools {
			if p.Max {
				return nil, fmt.Errorf("network %s: layer %s: maxima of spikes are not trained "+
					"here; use AP%d", c.Net, s.Name, p.Kernel)
			}
		}
	}
	if len(stages[0].Pools) > 0 {
		return nil, fmt.Errorf("network %s: it begins with a pool; begin with a layer of neurons",
			c.Net)
	}
	return stages, nil
}

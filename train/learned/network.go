// Package learned owns a spiking network that learned, or is learning, without a teacher: its
// integers, its file, its pictures and its test.
//
//	network.go   Network, and its image
//	file.go      the .snn file
//	export.go    weights and receptive fields as files
//	evaluate.go  the test of a network
//	training.go  Result and Progress of a training
package learned

import (
	"context"
	"fmt"

	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/ir"
	"adder/compiler/place"
	"adder/compiler/quantise"
	"adder/compiler/winner"
	"adder/fixedpoint"
	"adder/layout"
	"adder/snn/stdp"
	"adder/spike/encode"
	"adder/train/setting"
)

// Network is a winner-take-all network that STDP has trained, or is training, in the integers of
// its chip, so that compilation is exact.
type Network struct {
	// Name is the network's, without folder or extension.
	Name   string
	Neuron stdp.Model
	Rule   stdp.Rule
	// Encoder makes the spikes; its seed does not belong to the network.
	Encoder encode.Config
	Setting setting.Setting
	// Constants are the real constants of the setting and their integers.
	Constants []quantise.Constant
	// Shape is the shape of a sample, Neurons the size of the population.
	Shape   []int
	Neurons int
	// Weights are [inputs][neurons], row-major, in units of 1/65280 of the
	// largest; their upper 8 bits reach the adder.
	Weights []uint16
	// Theta is the adaptive part of each threshold, empty where thresholds
	// are fixed.
	Theta []int32
	// Target is each neuron's normalisation target, empty without normalisation.
	Target []int32
	// Classes, Labels and Proportions read a class from spikes (package
	// layout's Readout); empty before labels are assigned.
	Classes     int
	Labels      []int32
	Proportions []uint16
	// Images is the number of images it learned from, Seed the seed of the
	// training, and Data the set's name.
	Images int
	Seed   uint64
	Data   string
}

// New returns a network at the start of training: weights drawn uniformly from 0 to InitialLimit.
func New(cfg *setting.Config, shape []int) (*Network, error) {
	n := &Network{
		Name:   fmt.Sprintf("%s-%s-%s-%d", cfg.Neuron, cfg.Rule, cfg.Encoder.Kind, cfg.Neurons),
		Neuron: cfg.Neuron, Rule: cfg.Rule, Encoder: cfg.Encoder, Setting: cfg.Setting,
		Constants: cfg.Constants,
		Shape:     shape, Neurons: cfg.Neurons, Seed: cfg.Seed,
	}
	n.Encoder.Seed = 0
	inputs := n.inputs()
	limit := InitialLimit(&cfg.Setting, inputs)
	stream := fixedpoint.NewSource(cfg.Seed).Stream(0, 0, fixedpoint.PurposeInit)
	n.Weights = make([]uint16, inputs*n.Neurons)
	for i := range n.Weights {
		n.Weights[i] = uint16(stream.Draw(uint64(i)) >> 32 * limit >> 32)
	}
	if cfg.Setting.Adaptive() {
		n.Theta = make([]int32, n.Neurons)
	}
	if cfg.Setting.Norm != 0 {
		n.Target = make([]int32, n.Neurons)
		for j := range n.Target {
			n.Target[j] = cfg.Setting.Target
		}
	}
	return n, nil
}

func (n *Network) inputs() int {
	size := 1
	for _, side := range n.Shape {
		size *= side
	}
	return size
}

// winner is the network as the compiler takes it: while learning, in a phase of
// it, or trained.
func (n *Network) winner(learn bool, phase int) *winner.Net {
	s := &n.Setting
	table, below := s.EscapeTable()
	w := &winner.Net{
		Name: n.Name, Shape: n.Shape, Neurons: n.Neurons, Group: s.Group(learn),
		Threshold: make([]int32, n.Neurons), Reset: make([]int32, n.Neurons),
		Escape: table, Weights: n.Weights,
		Inhibition: s.TestInhibition, Relay: s.Relay, InputDelay: s.InputDelay,
	}
	if s.Start != 0 {
		w.V0 = make([]int32, n.Neurons)
	}
	for j := range n.Neurons {
		w.Reset[j] = s.Reset
		if s.Start != 0 {
			w.V0[j] = s.Start
		}
		w.Threshold[j] = s.Threshold
		if !learn {
			if len(n.Theta) > 0 {
				w.Threshold[j] += n.Theta[j]
			}
			w.Threshold[j] = s.Cut(w.Threshold[j])
		}
		// A chip fires above a threshold, the network at it.
		w.Threshold[j] -= 1 + below
	}
	if learn {
		w.Inhibition, w.Theta, w.Target = s.Inhibition, n.Theta, n.Target
		w.Learning = s.Plasticity(n.Rule, phase)
		return w
	}
	if len(n.Labels) > 0 {
		w.Labels = &ir.Labels{Classes: n.Classes, Class: n.Labels, Proportions: n.Proportions}
	}
	return w
}

// compile puts the network on a chip, as it learns in a phase or trained.
func (n *Network) compile(p *profile.Profile, learn bool, phase int) (*compiler.Result, error) {
	net, err := n.winner(learn, phase).Network(p)
	if err != nil {
		return nil, err
	}
	// Nothing is searched: it ends before a context could.
	return compiler.CompileIR(context.Background(), net, compiler.Options{
		// nearest to the host's port
		Chip: p, Encoder: compiler.EncoderSettings(n.Encoder), Placement: place.Options{Moves: -1},
	})
}

// Compile compiles the trained network for a chip. If it does not fit, the error is a *fit.Error.
func (n *Network) Compile(p *profile.Profile) (*compiler.Result, error) {
	result, err := n.compile(p, false, 0)
	if err != nil {
		return nil, err
	}
	result.Report.Constants = n.Constants
	return result, nil
}

// Size is the trained network's use of a chip, before placement. If it does not fit, the error is a
// *fit.Error.
func (n *Network) Size(p *profile.Profile) (*compiler.Sizing, error) {
	net, err := n.winner(false, 0).Network(p)
	if err != nil {
		return nil, err
	}
	return compiler.SizeIR(context.Background(), net,
		compiler.Options{Chip: p, Encoder: compiler.EncoderSettings(n.Encoder)})
}

// Integers is the trained network in integers, as on a chip without limits.
func (n *Network) Integers() (*ir.Network, error) {
	wide, err := profile.Load("wide")
	if err != nil {
		return nil, err
	}
	return n.winner(false, 0).Network(wide)
}

// LearningImage returns the network on a chip as it learns in a phase, with plastic rows.
func (n *Network) LearningImage(p *profile.Profile, phase int) (*layout.Image, error) {
	result, err := n.compile(p, true, phase)
	if err != nil {
		return nil, err
	}
	return result.Image, nil
}

// InitialLimit is the largest initial weight: one that makes the mean norm the
// target, or 0.3.
func InitialLimit(s *setting.Setting, inputs int) uint64 {
	limit := uint64(0.3 * setting.StoredUnit)
	switch s.Norm {
	case setting.BySum: // the mean of even draws is half the limit
		limit = 2 * uint64(s.Target) / uint64(inputs)
	case setting.ByLength: // their mean square is a third of its square
		limit = isqrt(3*uint64(s.Target)/uint64(inputs)) << 8
	}
	return min(limit, setting.StoredUnit)
}

// isqrt is the integer part of a root.
func isqrt(x uint64) uint64 {
	root := uint64(0)
	for bit := uint64(1) << 31; bit > 0; bit >>= 1 {
		if next := root | bit; next*next <= x {
			root = next
		}
	}
	return root
}

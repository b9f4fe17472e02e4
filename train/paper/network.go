package paper

import (
	"fmt"
	"strconv"

	"adder/snn/stdp"
	"adder/spike"
	"adder/train/learned"
	"adder/train/lockstep"
	"adder/train/setting"
)

// Arithmetic is the number format of a run of the published experiment.
type Arithmetic string

const (
	// Float is float32, as the experiment's software (package snn/stdp).
	Float Arithmetic = "float"
	// Integer is a chip's integers, in lock-step.
	Integer Arithmetic = "integer"
)

// batchNetwork is a network that learns from batches.
type batchNetwork interface {
	Run(samples []uint64, trains []*spike.Train) ([]int32, error)
	SetLearning(on bool)
	Tally() stdp.Tally
	// Theta returns the adaptive thresholds in millivolts above the fixed one, which
	// are weights of 1.
	Theta() []float32
	// HostOperations returns the multiplications and divisions of the host.
	HostOperations() int64
}

// floatNetwork is the float32 reference. It has no chip, and so no host.
type floatNetwork struct{ *stdp.Network }

func (n floatNetwork) Theta() []float32    { return n.Layer().Theta() }
func (floatNetwork) HostOperations() int64 { return 0 }

// newNetwork returns the network of a run with so many inputs.
func newNetwork(cfg Config, inputs int) (batchNetwork, error) {
	config := cfg.network(inputs)
	if cfg.Arithmetic == Integer {
		if err := config.Neuron.Check(); err != nil {
			return nil, err
		}
		if err := config.Rule.Check(); err != nil {
			return nil, err
		}
		fixed, _ := parameters(config).Quantise()
		return lockstep.New(&setting.Config{
			Neuron: cfg.Neuron, Rule: cfg.Rule, Neurons: cfg.Neurons, Seed: cfg.Seed,
			Preset: setting.Preset{Setting: fixed},
		}, inputs)
	}
	network, err := stdp.New(config)
	if err != nil {
		return nil, err
	}
	return floatNetwork{network}, nil
}

// network is the float network of a run, whose constants the integers come from.
func (c Config) network(inputs int) stdp.Config {
	config := stdp.DefaultConfig(c.Neuron, c.Rule, c.Neurons)
	config.Inputs = inputs
	config.Rule.Norm = float32(normPerInput * float64(inputs))
	if c.ThetaDecay != 0 {
		config.Neuron.ThetaLeak = c.ThetaDecay
	}
	config.Seed = c.Seed
	return config
}

// normPerInput times 784 inputs is the published norm, 78.4.
const normPerInput = 0.1

// parameters are the constants of the published network with a millivolt as a
// weight of 1 and the rest potential as 0.
func parameters(c stdp.Config) *setting.Parameters {
	n := &c.Neuron
	above := func(v float32) float64 { return float64(v) - float64(n.Rest) }
	p := &setting.Parameters{
		Threshold: above(n.Threshold), Reset: above(n.Reset), Refractory: uint16(n.Refractory),
		Arbiter:    setting.ArbiterNone,
		Inhibition: exact(c.Inhibition), TestInhibition: exact(c.Inhibition), InputDelay: 1,
		LTP: []float64{exact(c.Rule.NuPost)}, LTD: exact(c.Rule.NuPre),
		TraceTicks: n.Traces.TimeConstant,
		Norm:       setting.ByHost, NormTo: exact(c.Rule.Norm),
	}
	switch n.Model {
	case stdp.IF:
		p.Start = p.Reset
		return p
	case stdp.SRM0:
		p.Noise = exact(n.EscapeWidth)
	case stdp.DiehlCook:
		p.Arbiter = setting.ArbiterFair
		p.ThetaPlus, p.ThetaTicks = exact(n.ThetaPlus), n.ThetaLeak
	}
	p.LeakTicks = n.Leak
	return p
}

// exact is the decimal number of a float32 constant.
func exact(x float32) float64 {
	out, _ := strconv.ParseFloat(strconv.FormatFloat(float64(x), 'g', -1, 32), 64)
	return out
}

// networkOf returns what a lock-step run has learned as a network that a chip takes.
func (p *experiment) networkOf(n *lockstep.Network) *learned.Network {
	config := p.encoder.Config()
	config.Seed = 0
	out := &learned.Network{
		Name: fmt.Sprintf("paper-%s-%s-%s-%d", p.cfg.Neuron, p.cfg.Rule, config.Kind,
			p.cfg.Neurons),
		Neuron: p.cfg.Neuron, Rule: p.cfg.Rule, Encoder: config, Setting: *n.Setting(),
		Shape: learned.InputShape(p.trainSet, p.encoder), Neurons: p.cfg.Neurons,
		Classes: p.trainSet.Classes,
		Weights: n.Weights(), Images: p.trainSet.Len() * p.cfg.Epochs, Seed: p.cfg.Seed,
		Data: p.trainSet.Name,
	}
	_, out.Constants = parameters(p.cfg.network(n.Inputs())).Quantise()
	if n.Setting().Adaptive() {
		out.Theta = append([]int32(nil), n.State().Theta...)
	}
	for j, class := range p.labels.Assigned() {
		out.Labels = append(out.Labels, int32(class))
		out.Proportions = append(out.Proportions, p.labels.Share(j))
	}
	return out
}

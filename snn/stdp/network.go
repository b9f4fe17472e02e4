package stdp

import (
	"fmt"

	"adder/spike"
)

// Config describes a network.
type Config struct {
	// Inputs and Neurons are the sizes of the two populations.
	Inputs, Neurons int
	// Neuron holds the constants of the neurons.
	Neuron NeuronConfig
	// InputTraces describes the inputs' spike traces.
	InputTraces TraceConfig
	// Rule holds the constants of learning.
	Rule RuleConfig
	// InitialScale bounds the initial weights, uniform in [0, InitialScale).
	InitialScale float32
	// Inhibition is subtracted from every other neuron by a neuron's spike, a tick later.
	Inhibition float32
	// Seed keys the initial weights, escapes and ties.
	Seed uint64
}

// DefaultConfig returns the network of the published experiment: 784 inputs,
// weights from 0.3 down, inhibition 120.
func DefaultConfig(m Model, r Rule, neurons int) Config {
	return Config{
		Inputs: 784, Neurons: neurons, Neuron: DefaultNeuron(m), InputTraces: DefaultTraces(),
		Rule:         DefaultRule(r),
		InitialScale: 0.3, Inhibition: 120,
	}
}

// Tally counts the events of the runs of a network, summed over samples.
type Tally struct {
	// Samples is the number of samples presented.
	Samples int64
	// InputSpikes counts the spikes presented, of which those of the last tick are
	// not delivered; Spikes counts the neurons' own.
	InputSpikes, Spikes int64
	// Synops counts the nonzero weights that delivered spikes hit, inhibition
	// included. In learning mode, where weights change under way, weights of 0 count
	// too.
	Synops int64
	// Silent is the number of samples without a neuron's spike.
	Silent int64
}

// Network is the network of a Config. It is not safe for concurrent use.
type Network struct {
	config   Config
	layer    *Layer
	synapses *Synapses
	input    Activity
	learning bool

	current []float32 // [batch, neurons]
	counts  []int32   // [batch, neurons]
	fanOut  []int64   // [inputs], weights that count as synops
	tally   Tally
}

// New returns a network with random weights, in learning mode. An error names the
// first setting that cannot be used.
func New(c Config) (*Network, error) {
	if !finite(c.Inhibition) || c.Inhibition < 0 {
		return nil, fmt.Errorf("inhibition of %v: must be at least 0 and finite", c.Inhibition)
	}
	if err := c.InputTraces.Check(); err != nil {
		return nil, fmt.Errorf("inputs: %w", err)
	}
	synapses, err := NewSynapses(c.Rule, c.Inputs, c.Neurons)
	if err != nil {
		return nil, err
	}
	layer, err := NewLayer(c.Neuron, c.Neurons, NewKeyed(c.Seed))
	if err != nil {
		return nil, err
	}
	synapses.Randomize(c.Seed, c.InitialScale)
	return &Network{
		config: c, layer: layer, synapses: synapses,
		input:    Activity{Traces: NewTraces(c.InputTraces, c.Inputs)},
		learning: true, fanOut: make([]int64, c.Inputs),
	}, nil
}

// SetLearning switches the rule and the adaptive thresholds on or off. Arbitration and
// normalisation are active in both modes.
func (n *Network) SetLearning(on bool) { n.learning = on }

// Synapses returns the plastic synapses.
func (n *Network) Synapses() *Synapses { return n.synapses }

// Layer returns the neurons.
func (n *Network) Layer() *Layer { return n.layer }

// Tally returns what was counted since the last call, and starts anew.
func (n *Network) Tally() Tally {
	t := n.tally
	n.tally = Tally{}
	return t
}

// Run presents a batch: trains[b] for as many ticks as it has, all alike, with the
// number samples[b] as the key of its random draws. It returns how often each neuron
// spiked, shape [batch, neurons], until the next Run.
func (n *Network) Run(samples []uint64, trains []*spike.Train) ([]int32, error) {
	ticks, err := CheckBatch(samples, trains, n.config.Inputs)
	if err != nil {
		return nil, err
	}
	n.reset(samples)
	for tick := range ticks {
		n.gather()
		for b, train := range trains {
			n.input.Spikes[b] = train.AppendTick(tick, n.input.Spikes[b][:0])
			n.tally.InputSpikes += int64(len(n.input.Spikes[b]))
		}
		n.layer.Step(n.current, n.learning)
		n.count()
		if n.learning {
			n.input.Traces.Step(n.input.Spikes)
			n.layer.Activity().Traces.Step(n.layer.Activity().Spikes)
			n.synapses.Learn(&n.input, n.layer.Activity())
		}
	}
	n.synapses.Normalize()
	n.countSamples()
	return n.counts, nil
}

// CheckBatch returns the number of ticks of a batch for a network of so many inputs, or
// an error where samples and trains do not agree.
func CheckBatch(samples []uint64, trains []*spike.Train, inputs int) (ticks int, err error) {
	if len(samples) != len(trains) || len(trains) == 0 {
		return 0, fmt.Errorf("a batch of %d samples and %d spike trains: must be as many, and "+
			"one at least", len(samples), len(trains))
	}
	ticks = trains[0].Ticks()
	for b, train := range trains {
		if train.Sources() != inputs || train.Ticks() != ticks {
			return 0, fmt.Errorf("spike train %d of the batch has %d sources and %d ticks: the "+
				"network has %d inputs and the batch %d ticks",
				b, train.Sources(), train.Ticks(), inputs, ticks)
		}
	}
	return ticks, nil
}

// reset clears the last batch and allocates for the next.
func (n *Network) reset(samples []uint64) {
	batch := len(samples)
	n.layer.Reset(samples)
	n.input.Spikes = emptied(n.input.Spikes, batch)
	n.input.Traces.Reset(batch)
	n.current = resized(n.current, batch*n.config.Neurons)
	n.counts = resized(n.counts, batch*n.config.Neurons)
	for i := range n.fanOut {
		n.fanOut[i] = int64(n.config.Neurons)
		if !n.learning {
			n.fanOut[i] = nonzero(n.synapses.row(n.synapses.weights, int32(i)))
		}
	}
}

// gather sets the currents that the spikes of the tick before cause.
func (n *Network) gather() {
	clear(n.current)
	for b, spikes := range n.input.Spikes {
		current := n.current[b*n.config.Neurons:][:n.config.Neurons]
		n.synapses.Gather(spikes, current)
		for _, i := range spikes {
			n.tally.Synops += n.fanOut[i]
		}
		n.inhibit(n.layer.Activity().Spikes[b], current)
	}
}

// inhibit takes the inhibition of a sample's spikes from all neurons but their own.
func (n *Network) inhibit(spikes []int32, current []float32) {
	if len(spikes) == 0 || n.config.Inhibition == 0 {
		return
	}
	n.tally.Synops += int64(len(spikes)) * int64(n.config.Neurons-1)
	all := float32(n.config.Inhibition * float32(len(spikes)))
	others := float32(n.config.Inhibition * float32(len(spikes)-1))
	next := 0
	for j := range current {
		if next < len(spikes) && int(spikes[next]) == j {
			current[j] -= others
			next++
			continue
		}
		current[j] -= all
	}
}

// count adds the spikes of a tick to the neurons' counts.
func (n *Network) count() {
	for b, spikes := range n.layer.Activity().Spikes {
		counts := n.counts[b*n.config.Neurons:][:n.config.Neurons]
		for _, j := range spikes {
			counts[j]++
		}
		n.tally.Spikes += int64(len(spikes))
	}
}

// countSamples tallies the batch just presented.
func (n *Network) countSamples() {
	n.tally.Samples += int64(len(n.input.Spikes))
	for b := range n.input.Spikes {
		if nonzero(n.counts[b*n.config.Neurons:][:n.config.Neurons]) == 0 {
			n.tally.Silent++
		}
	}
}

// nonzero is the number of values that are not 0.
func nonzero[T int32 | float32](values []T) int64 {
	count := int64(0)
	for _, v := range values {
		if v != 0 {
			count++
		}
	}
	return count
}

package bench

import (
	"adder/core"
	"adder/layout"
	"adder/snn"
)

// NeuroBench holds the algorithm metrics of that benchmark under its names, by the
// definitions of its public code, per sample. Connections are those of the trained network
// where the comparison has it, else those that the chip stores, whose sparse rows hold no
// weight of 0.
type NeuroBench struct {
	// Footprint is the bytes of parameters and buffers, zeros included.
	Footprint int64 `json:"footprint"`
	// ConnectionSparsity is the share of weights that are 0, ActivationSparsity the share
	// of neurons and ticks without a spike.
	ConnectionSparsity float64            `json:"connection_sparsity"`
	ActivationSparsity float64            `json:"activation_sparsity"`
	SynapticOperations SynapticOperations `json:"synaptic_operations"`
	// NeuronOperations are 4 per update of a neuron without a current, and with one 6
	// where reset subtracts and 8 where it sets a value.
	NeuronOperations float64 `json:"neuron_operations"`
	// MembraneUpdates count every neuron in the first tick, later those that changed.
	MembraneUpdates float64 `json:"membrane_updates"`
}

// SynapticOperations are operations of connections per sample.
type SynapticOperations struct {
	// Dense is the number if all inputs and weights were 1 in every tick. EffectiveMACs are those
	// of inputs that are not spikes, EffectiveACs those of spikes, zeros skipped.
	Dense         float64 `json:"dense"`
	EffectiveMACs float64 `json:"effective_macs"`
	EffectiveACs  float64 `json:"effective_acs"`
}

func neuroBench(c *Comparison) NeuroBench {
	img, e := c.Chip.Image(), c.SNN
	n, ticks := float64(e.Samples), float64(e.Ticks)
	f := layout.Measure(img).Total
	neurons, spiking := neuronsOf(img)
	weights, nonzero, perTick := connections(c)
	out := NeuroBench{
		Footprint:          (f.SynapseBits() + f.ConstantBits + f.StateBits + 7) / 8,
		ConnectionSparsity: ratio(float64(weights-nonzero), float64(weights)),
		SynapticOperations: SynapticOperations{
			Dense: float64(perTick) * ticks, EffectiveACs: float64(e.Counts.Core.Synops) / n,
		},
	}
	if img.Host != nil {
		out.SynapticOperations.EffectiveMACs = float64(e.Counts.HostMACs) / n
	}
	if spiking > 0 {
		out.ActivationSparsity = 1 - float64(e.Counts.Core.Spikes)/(n*ticks*float64(spiking))
	}
	out.NeuronOperations = ticks * operationsPerTick(img)
	out.MembraneUpdates = float64(e.Counts.Core.ActiveUpdates) / n
	if a := e.Attribution; a.ByTick() {
		first := a.OfBin(a.Bin(0))
		out.MembraneUpdates += float64(neurons) - float64(first.Core.ActiveUpdates)/n
	}
	return out
}

// neuronsOf counts the neurons of an image, and those of populations that spike.
func neuronsOf(img *layout.Image) (all, spiking int64) {
	for p := range img.Populations {
		for _, s := range img.Populations[p].Segments {
			all += int64(s.Count)
			if img.Populations[p].Spikes {
				spiking += int64(s.Count)
			}
		}
	}
	return all, spiking
}

// connections counts the weights of a network, those that are not 0, and the operations
// that all of them would take in a tick.
func connections(c *Comparison) (weights, nonzero, perTick int64) {
	if c.ANN != nil {
		for i := range c.ANN.Network.Nodes {
			node := &c.ANN.Network.Nodes[i]
			if _, scale := node.Op.(*snn.Scale); scale || snn.MACs(node) == 0 {
				continue // normalisation is no connection
			}
			n := snn.Weights(node)
			weights, nonzero = weights+n, nonzero+n-snn.ZeroWeights(node)
			perTick += snn.MACs(node)
		}
		return weights, nonzero, perTick
	}
	img := c.Chip.Image()
	for i := range img.Cores {
		cfg := &img.Cores[i].Config
		for _, a := range cfg.Axons {
			weights += int64(cfg.Rows[a.Row].Count)
		}
	}
	nonzero = min(img.Unrolled, weights)
	if img.Host != nil {
		weights += int64(len(img.Host.Weights))
		for _, w := range img.Host.Weights {
			if w != 0 {
				nonzero++
			}
		}
	}
	return weights, nonzero, weights
}

// operationsPerTick sums the operations of one update of every neuron.
func operationsPerTick(img *layout.Image) float64 {
	n := 0.0
	for i := range img.Cores {
		for _, g := range img.Cores[i].Config.Groups {
			each := 4.0
			switch {
			case g.HasCurrent && g.ResetMode == core.ResetSubtract:
				each = 6
			case g.HasCurrent:
				each = 8
			}
			n += each * float64(g.Count)
		}
	}
	return n
}

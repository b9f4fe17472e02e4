package bench

import (
	"math"

	"adder/bench/energy"
	"adder/layout"
)

// ANNReport is the ANN's side.
type ANNReport struct {
	Model string `json:"model"`
	// Accuracy is in float64, Interval its 95 % score interval; both are nil where the
	// samples have no labels.
	Accuracy *float64    `json:"accuracy"`
	Interval *[2]float64 `json:"accuracy_interval"`
	// MACs are all multiply-accumulates, EffectiveMACs those with a nonzero input.
	MACs          int64   `json:"macs"`
	EffectiveMACs float64 `json:"effective_macs"`
	// FootprintBytes is the memory of an ANN of int8 weights and
	// activations and 32-bit biases: all parameters, and inputs and outputs
	// of the largest layer. FootprintBytesFP32 is the same in fp32.
	FootprintBytes     int64 `json:"footprint_bytes"`
	FootprintBytesFP32 int64 `json:"footprint_bytes_fp32"`
	// WeightBytes and ActivationBytes are the compulsory traffic of an int8 ANN, reads
	// and writes; the Skipped ones those of an ANN that skips zeros. Reuse says what they
	// assume.
	WeightBytes        float64 `json:"weight_bytes"`
	ActivationBytes    float64 `json:"activation_bytes"`
	SkippedWeightBytes float64 `json:"zero_skipped_weight_bytes"`
	Reuse              string  `json:"reuse"`
	// FairBits is the activation width of an ANN with as many levels as the SNN's ticks
	// distinguish, ceil(log2(T+1)) (Yan et al., arXiv 2409.08290).
	FairBits int `json:"fair_bits"`
	// Quantised are its accuracies in integers, weights of 8 bits, by the width of
	// activations; empty without training samples.
	Quantised []QuantisedAccuracy `json:"quantised"`
	// Operations are Deng et al.'s rows (Neural Networks 121, 2020).
	Operations Operations `json:"operations"`
	// Layers are the nodes that compute, in order: what its bills follow from.
	Layers []LayerReport `json:"layers"`
}

// LayerReport is a node of an ANN that computes, per inference.
type LayerReport struct {
	Name string `json:"name"`
	MACs int64  `json:"macs"`
	// EffectiveMACs skip zero activations, NonzeroMACs zero weights too.
	EffectiveMACs float64 `json:"effective_macs"`
	NonzeroMACs   float64 `json:"nonzero_macs"`
	Weights       int64   `json:"weights"`
	Biases        int64   `json:"biases"`
	Adds          int64   `json:"adds"`
	Comparisons   int64   `json:"comparisons"`
	Inputs        int64   `json:"inputs"`
	Outputs       int64   `json:"outputs"`
	// Activates is true for an activation, which works on the accumulator.
	Activates bool `json:"activates"`
}

// QuantisedAccuracy is an ANN's accuracy with activations of so many bits.
type QuantisedAccuracy struct {
	Bits     int     `json:"bits"`
	Accuracy float64 `json:"accuracy"`
	// Layers are those of the ANN with the zeros that it has at this width; nil where they
	// were not counted.
	Layers []LayerReport `json:"layers,omitempty"`
}

// Operations are the rows in which Deng et al. (Neural Networks 121, 2020) compare ANNs and SNNs:
// operations by kind, memory by contents, per inference.
type Operations struct {
	Additions       float64 `json:"additions"`
	Multiplications float64 `json:"multiplications"`
	// WeightBytes, PotentialBytes and SpikeBytes are memory: weights and biases; membrane
	// potentials and other state of neurons (an ANN has none); and what passes between
	// layers, a bit per spiking neuron or an activation per neuron.
	WeightBytes    int64 `json:"weight_bytes"`
	PotentialBytes int64 `json:"potential_bytes"`
	SpikeBytes     int64 `json:"spike_bytes"`
}

// SNNReport is the emulated network's side.
type SNNReport struct {
	// Accuracy is nil where the samples have no labels or the image no
	// readout; Interval is its 95 % score interval.
	Accuracy *float64    `json:"accuracy"`
	Interval *[2]float64 `json:"accuracy_interval"`
	Ticks    int         `json:"ticks"`
	Latency  int         `json:"latency"`
	Synops   float64     `json:"synops"`
	// Spikes are those of neurons, InputSpikes those of the host.
	Spikes      float64 `json:"spikes"`
	InputSpikes float64 `json:"input_spikes"`
	// SpikesPerSynapse is Synops over Synapses: how often a nonzero weight
	// is used in an inference.
	SpikesPerSynapse float64 `json:"spikes_per_synapse"`
	// SpikeRate is the mean number of spikes per source and tick, sources
	// being neurons that may spike and inputs.
	SpikeRate float64 `json:"spike_rate"`
	Synapses  int64   `json:"synapses"`
	// FootprintBytes is the chip's memory that the image takes: synapses,
	// axon tables, routes, constants and state.
	FootprintBytes int64 `json:"footprint_bytes"`
	// HostFootprintBytes are the weights of a first layer that the host
	// multiplies, 0 where there is none.
	HostFootprintBytes int64      `json:"host_footprint_bytes"`
	Operations         Operations `json:"operations"`
	// Cycles has the times of the cycle engine, nil from the fast one.
	Cycles *CyclesReport `json:"cycles,omitempty"`
	// Counts has every counter.
	Counts map[string]float64 `json:"counts"`
}

// CyclesReport is the time of an inference on the chip.
type CyclesReport struct {
	// Total and Stalls are means over the samples, in cycles, as are the parts of Total:
	// CoreRow.Last until the last core of a tick is done, LastPacket from there until its last
	// packet has arrived, Barrier all barriers and Settle what is learned at the end. Reset is the
	// part before the first tick.
	Total      float64 `json:"total"`
	Reset      float64 `json:"reset"`
	LastPacket float64 `json:"last_packet"`
	Barrier    float64 `json:"barrier"`
	Settle     float64 `json:"settle"`
	Stalls     float64 `json:"stalls"`
	// MaxQueue and MaxLinkLoad are the largest of any sample, in packets.
	MaxQueue    int64 `json:"max_queue"`
	MaxLinkLoad int64 `json:"max_link_load"`
	// SecondsOnChip is Total at the profile's clock.
	SecondsOnChip float64 `json:"seconds_on_chip"`
	// StaticPJ is the static energy of the whole chip in that time, nil where the profile states no
	// static power. EnergyReport.StaticPJ is the same under a table.
	StaticPJ *float64 `json:"static_pj"`
}

func snnReport(c *Comparison, m *Memories) SNNReport {
	e, img := c.SNN, c.Chip.Image()
	n := float64(e.Samples)
	out := SNNReport{
		Ticks: e.Ticks, Latency: e.Latency, Synapses: img.Unrolled,
		Synops: float64(e.Counts.Core.Synops) / n, Spikes: float64(e.Counts.Core.Spikes) / n,
		InputSpikes: float64(e.Counts.InputSpikes) / n,
		Counts:      map[string]float64{},
	}
	for name, count := range e.Counts.All(c.Chip.Topology().Classes()) {
		out.Counts[name] = float64(count) / n
	}
	if e.Labelled {
		accuracy, interval := e.Accuracy(), e.Interval()
		out.Accuracy, out.Interval = &accuracy, &interval
	}
	out.SpikesPerSynapse = ratio(out.Synops, float64(out.Synapses))
	out.SpikeRate = ratio(out.Spikes+out.InputSpikes, float64(sources(img))*float64(e.Ticks))
	out.Cycles = cyclesReport(c)
	footprint := layout.Measure(img)
	out.FootprintBytes = (footprint.Total.Bits() + 7) / 8
	out.HostFootprintBytes = int64(math.Ceil(m.host.weights))
	out.Operations = snnOperations(c, &footprint.Total)
	return out
}

func snnOperations(c *Comparison, f *layout.CoreFootprint) Operations {
	counts, n := &c.SNN.Counts, float64(c.SNN.Samples)
	adds := counts.Core.SynapticAdds + counts.Core.DecayAdds + counts.Core.MembraneAdds +
		counts.HostMACs
	return Operations{
		Additions: float64(adds) / n, Multiplications: float64(counts.HostMACs) / n,
		WeightBytes:    (f.SynapseBits() + f.ConstantBits + 7) / 8,
		PotentialBytes: (f.StateBits + 7) / 8,
		SpikeBytes:     (sources(c.Chip.Image()) + 7) / 8,
	}
}

func cyclesReport(c *Comparison) *CyclesReport {
	cycles, timing := c.SNN.Cycles, c.Chip.Profile().Timing
	if cycles == nil || timing == nil {
		return nil
	}
	n := float64(c.SNN.Samples)
	out := &CyclesReport{
		Total: float64(cycles.Total) / n, Reset: float64(cycles.Reset) / n,
		LastPacket: float64(cycles.LastPacket) / n,
		Barrier:    float64(cycles.Barrier) / n, Settle: float64(cycles.Settle) / n,
		Stalls: float64(cycles.Stalls) / n, MaxQueue: cycles.MaxQueue,
		MaxLinkLoad: cycles.MaxLinkLoad,
	}
	out.SecondsOnChip = ratio(out.Total, float64(timing.Clock))
	if timing.StaticPower > 0 {
		const picojoulesPerNanojoule = 1e3
		static := float64(timing.StaticPower) * out.SecondsOnChip * picojoulesPerNanojoule
		out.StaticPJ = &static
	}
	return out
}

// sources counts what may spike: inputs, where the host sends spikes, and
// the neurons of populations that do.
func sources(img *layout.Image) int64 {
	n := int64(0)
	if img.Host == nil {
		n = 1
		for _, d := range img.Input.Shape {
			n *= int64(d)
		}
	}
	for p := range img.Populations {
		if img.Populations[p].Spikes {
			for _, s := range img.Populations[p].Segments {
				n += int64(s.Count)
			}
		}
	}
	return n
}

func annReport(c *Comparison) *ANNReport {
	e := c.ANN
	p := energy.Int8()
	dense := annLedger(e, annDesign{precision: p, flow: Compulsory})
	skipped := annLedger(e, annDesign{precision: p, flow: Compulsory, zeros: zerosOfActivations})
	weights := func(l *energy.Ledger) float64 {
		return l.Count("ann_weight_reads")*float64(p.WeightBits)/8 +
			l.Count("ann_bias_reads")*float64(p.BiasBits())/8
	}
	quantised := []QuantisedAccuracy{}
	for _, q := range c.Quantised {
		p := p
		p.ActivationBits = q.ActivationBits
		if accuracy := c.accuracyAt(p); accuracy != nil {
			entry := QuantisedAccuracy{Bits: q.ActivationBits, Accuracy: *accuracy}
			if q.Evaluation != nil {
				entry.Layers = layerReports(q.Evaluation)
			}
			quantised = append(quantised, entry)
		}
	}
	out := &ANNReport{
		Quantised: quantised, Layers: layerReports(e),
		Model: e.Network.Name,
		MACs:  e.MACs, EffectiveMACs: e.Effective(),
		FootprintBytes: annFootprint(e, p),
		FootprintBytesFP32: annFootprint(e, energy.Precision{WeightBits: 32, ActivationBits: 32,
			AccumulatorBits: 32}),
		WeightBytes: weights(dense), SkippedWeightBytes: weights(skipped),
		ActivationBytes: (dense.Count("ann_activation_reads") +
			dense.Count("ann_activation_writes")) * float64(p.ActivationBits) / 8,
		Reuse:      annReuse,
		FairBits:   c.fairBits(),
		Operations: annOperations(e, dense, p),
	}
	if e.Labelled {
		accuracy, interval := e.Accuracy(), intervalOf(e.Correct, e.Samples)
		out.Accuracy, out.Interval = &accuracy, &interval
	}
	return out
}

func layerReports(e *ANNEvaluation) []LayerReport {
	out, n := []LayerReport{}, float64(e.Samples)
	for _, l := range annLayers(e) {
		out = append(out, LayerReport{
			Name: l.name, MACs: l.macs, EffectiveMACs: float64(l.effective) / n,
			NonzeroMACs: float64(l.nonzero) / n,
			Weights:     l.weights, Biases: l.biases, Adds: l.adds, Comparisons: l.comparisons,
			Inputs: l.inputs, Outputs: l.outputs, Activates: l.activates,
		})
	}
	return out
}

func annOperations(e *ANNEvaluation, dense *energy.Ledger, p energy.Precision) Operations {
	out := Operations{
		Additions:       dense.Count("ann_additions") + dense.Count("ann_adds"),
		Multiplications: dense.Count("ann_multiplications") + dense.Count("ann_requantisations"),
	}
	var weights, signals int64
	for _, layer := range annLayers(e) {
		weights += layer.weights*int64(p.WeightBits) + layer.biases*int64(p.BiasBits())
		if layer.activates {
			signals += layer.outputs * int64(p.ActivationBits)
		}
	}
	for _, i := range e.Network.Inputs() {
		signals += int64(e.Network.Nodes[i].Out.Size() * p.ActivationBits)
	}
	out.WeightBytes, out.SpikeBytes = (weights+7)/8, (signals+7)/8
	return out
}

package bench

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"adder/bench/energy"
	"adder/chip"
	"adder/layout"
	"adder/sample"
)

// Report sets an emulated network beside the ANN it stands for. Counts and
// energies are per inference, means over the samples; energies are in
// picojoules. Its JSON form is what `adder bench --json` prints.
type Report struct {
	Model   string `json:"model"`
	Chip    string `json:"chip"`
	Engine  string `json:"engine"`
	Data    string `json:"data"`
	Encoder string `json:"encoder"`
	Samples int    `json:"samples"`
	// Interrupted is set where the run was ended before its last sample; both
	// sides then are those of the samples that were whole.
	Interrupted bool `json:"interrupted,omitempty"`
	// ANN is nil where there is no ANN to compare with.
	ANN *ANNReport `json:"ann"`
	SNN SNNReport  `json:"snn"`
	// Energy has an entry per table.
	Energy    []EnergyReport `json:"energy"`
	BreakEven []BreakEven    `json:"break_even"`
	// Curve has an entry per number of ticks, from 1 on: what one run
	// shows when it is stopped there. It is empty unless the evaluation has
	// counts by tick.
	Curve []CurvePoint `json:"curve"`
	// Breakdown is where the counts and the energies go.
	*Breakdown
	// Cheapest is the first point of the curve that is at most half a point
	// of accuracy below the ANN, nil where there is none.
	Cheapest *CurvePoint `json:"cheapest_within_half_point"`
}

// ANNReport is the ANN's side.
type ANNReport struct {
	Model    string  `json:"model"`
	Accuracy float64 `json:"accuracy"`
	// MACs are multiply-accumulates with zeros, EffectiveMACs those whose
	// input was not 0.
	MACs          int64   `json:"macs"`
	EffectiveMACs float64 `json:"effective_macs"`
	// FootprintBytes is the memory of an ANN of int8 weights and
	// activations and 32-bit biases: all parameters, and inputs and outputs
	// of the largest layer. FootprintBytesFP32 is the same in fp32.
	FootprintBytes     int64 `json:"footprint_bytes"`
	FootprintBytesFP32 int64 `json:"footprint_bytes_fp32"`
	// WeightBytes and ActivationBytes are the traffic of an int8 ANN, reads
	// and writes; the Skipped ones those of an ANN that skips zeros,
	// accumulators aside. Reuse says what they assume.
	WeightBytes        float64 `json:"weight_bytes"`
	ActivationBytes    float64 `json:"activation_bytes"`
	SkippedWeightBytes float64 `json:"zero_skipped_weight_bytes"`
	Reuse              string  `json:"reuse"`
	// FairBits is the activation width of an ANN that tells as many levels
	// apart as the SNN's ticks do, ceil(log2(T+1)) (Yan et al., arXiv
	// 2409.08290).
	FairBits int `json:"fair_bits"`
}

// SNNReport is the emulated network's side.
type SNNReport struct {
	// Accuracy is nil where the samples have no labels or the image no
	// readout.
	Accuracy *float64 `json:"accuracy"`
	Ticks    int      `json:"ticks"`
	Latency  int      `json:"latency"`
	Synops   float64  `json:"synops"`
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
	HostFootprintBytes int64 `json:"host_footprint_bytes"`
	// Cycles is what the cycle engine adds, nil from the fast one.
	Cycles *CyclesReport `json:"cycles,omitempty"`
	// Counts has every counter.
	Counts map[string]float64 `json:"counts"`
}

// CyclesReport is the time an inference takes on the chip.
type CyclesReport struct {
	// Total and Stalls are means over the samples, in cycles.
	Total  float64 `json:"total"`
	Stalls float64 `json:"stalls"`
	// MaxQueue and MaxLinkLoad are the largest of any sample, in packets.
	MaxQueue    int64 `json:"max_queue"`
	MaxLinkLoad int64 `json:"max_link_load"`
	// SecondsOnChip is Total at the profile's clock.
	SecondsOnChip float64 `json:"seconds_on_chip"`
	// StaticPJ is what the whole chip draws in that time whatever it does,
	// nil where the profile states no static power. It lies outside of every
	// energy table's boundary and so of EnergyReport.SNNPJ.
	StaticPJ *float64 `json:"static_pj"`
}

// EnergyReport is what one table says.
type EnergyReport struct {
	Table    string `json:"table"`
	Node     string `json:"node"`
	Voltage  string `json:"voltage"`
	Boundary string `json:"boundary"`
	Caution  string `json:"caution,omitempty"`
	// ANNPJ, SkippedPJ (the ANN that skips zeros) and Ratio, SNNPJ over
	// ANNPJ, are nil where the two sides are not comparable; NotCompared
	// then says why.
	ANNPJ     *float64 `json:"ann_pj"`
	SkippedPJ *float64 `json:"ann_zero_skipped_pj"`
	SNNPJ     float64  `json:"snn_pj"`
	Ratio     *float64 `json:"ratio"`
	// Partial is true where something that happened has no price: on
	// the SNN's side Unpriced, on the ANN's, dense or not, ANNUnpriced.
	Partial     bool     `json:"partial"`
	Unpriced    []string `json:"unpriced"`
	ANNUnpriced []string `json:"ann_unpriced"`
	// Parts are SNNPJ by part, ANNParts ANNPJ.
	Parts       map[energy.Part]float64 `json:"parts"`
	ANNParts    map[energy.Part]float64 `json:"ann_parts"`
	NotCompared string                  `json:"not_compared,omitempty"`
	Verdict     string                  `json:"verdict"`
	// Lines, ANNLines and SkippedLines are the bills.
	Lines        []energy.BillLine `json:"lines"`
	ANNLines     []energy.BillLine `json:"ann_lines"`
	SkippedLines []energy.BillLine `json:"ann_zero_skipped_lines"`

	// outside are the parts of which the table prices nothing.
	outside []energy.Part
}

// Comparison is what NewReport needs.
type Comparison struct {
	Chip   *chip.Chip
	Source sample.Source
	// Encoder and Engine name what made the spikes and what ran.
	Encoder, Engine string
	SNN             *Evaluation
	// ANN may be nil.
	ANN    *ANNEvaluation
	Tables []*energy.Table
}

// NewReport prices an evaluation under every table and compares it with the
// ANN. The evaluation should be by tick (chip.Options.ByTick), else
// the report has no curve.
func NewReport(c Comparison) (*Report, error) {
	if c.SNN.Samples == 0 {
		return nil, errors.New("report: no sample was run, so there is nothing to put a price on")
	}
	if c.SNN.Interrupted && c.ANN != nil && c.SNN.Samples < c.ANN.Samples {
		c.ANN = c.ANN.Head(c.SNN.Samples)
	}
	if c.ANN != nil && c.ANN.Samples != c.SNN.Samples {
		return nil, fmt.Errorf("report: the ANN ran on %d samples and the SNN on %d: compare the same ones", c.ANN.Samples, c.SNN.Samples)
	}
	img := c.Chip.Image()
	memories := NewMemories(img)
	r := &Report{
		Model: img.Model, Chip: img.Chip.Name, Engine: c.Engine, Data: c.Source.Name(), Encoder: c.Encoder,
		Samples: c.SNN.Samples, Interrupted: c.SNN.Interrupted, SNN: snnReport(&c, memories),
	}
	if c.ANN != nil {
		r.ANN = annReport(c.ANN, c.SNN.Ticks)
	}
	r.Curve = curve(&c, memories)
	r.Cheapest = cheapest(r)
	r.BreakEven = publishedBreakEven(r)
	r.Breakdown = NewBreakdown(c.Chip, c.SNN, c.Tables, c.SNN.Samples)
	for _, t := range c.Tables {
		r.Energy = append(r.Energy, energyReport(&c, t, memories, r))
	}
	return r, nil
}

func snnReport(c *Comparison, m *Memories) SNNReport {
	e, img := c.SNN, c.Chip.Image()
	n := float64(e.Samples)
	out := SNNReport{
		Ticks: e.Ticks, Latency: e.Latency, Synapses: img.Unrolled,
		Synops: float64(e.Counts.Core.Synops) / n, Spikes: float64(e.Counts.Core.Spikes) / n, InputSpikes: float64(e.Counts.InputSpikes) / n,
		Counts: map[string]float64{},
	}
	for name, count := range e.Counts.All(c.Chip.Topology().Classes()) {
		out.Counts[name] = float64(count) / n
	}
	if e.Labelled {
		accuracy := e.Accuracy()
		out.Accuracy = &accuracy
	}
	out.SpikesPerSynapse = ratio(out.Synops, float64(out.Synapses))
	out.SpikeRate = ratio(out.Spikes+out.InputSpikes, float64(sources(img))*float64(e.Ticks))
	out.Cycles = cyclesReport(c)
	footprint := layout.Measure(img)
	out.FootprintBytes = (footprint.Total.Bits() + 7) / 8
	out.HostFootprintBytes = int64(math.Ceil(m.host.weights))
	return out
}

func cyclesReport(c *Comparison) *CyclesReport {
	cycles, timing := c.SNN.Cycles, c.Chip.Profile().Timing
	if cycles == nil || timing == nil {
		return nil
	}
	n := float64(c.SNN.Samples)
	out := &CyclesReport{
		Total: float64(cycles.Total) / n, Stalls: float64(cycles.Stalls) / n, MaxQueue: cycles.MaxQueue, MaxLinkLoad: cycles.MaxLinkLoad,
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

func annReport(e *ANNEvaluation, ticks int) *ANNReport {
	p := energy.Int8()
	dense, skipped := annLedger(e, p, 0, false), annLedger(e, p, 0, true)
	weights := func(l *energy.Ledger) float64 {
		return l.Count("ann_weight_reads")*float64(p.WeightBits)/8 + l.Count("ann_bias_reads")*float64(p.BiasBits())/8
	}
	return &ANNReport{
		Model: e.Network.Name, Accuracy: e.Accuracy(), MACs: e.MACs, EffectiveMACs: e.Effective(),
		FootprintBytes:     annFootprint(e, p),
		FootprintBytesFP32: annFootprint(e, energy.Precision{WeightBits: 32, ActivationBits: 32, AccumulatorBits: 32}),
		WeightBytes:        weights(dense), SkippedWeightBytes: weights(skipped),
		ActivationBytes: (dense.Count("ann_activation_reads") + dense.Count("ann_activation_writes")) * float64(p.ActivationBits) / 8,
		Reuse:           annReuse,
		FairBits:        bits.Len(uint(ticks)),
	}
}

// energyReport prices both sides under one table and adds the table's own
// break-even to the report.
func energyReport(c *Comparison, t *energy.Table, m *Memories, r *Report) EnergyReport {
	ledger := NewLedger(m.Count(c.SNN.Attribution, nil), c.SNN.Samples, m)
	bill := t.Bill(ledger)
	e := EnergyReport{
		ANNUnpriced: []string{}, ANNParts: map[energy.Part]float64{}, ANNLines: []energy.BillLine{}, SkippedLines: []energy.BillLine{},
		Table: t.Name, Node: t.Node, Voltage: t.Voltage, Boundary: t.Boundary, Caution: t.Caution,
		outside: t.Outside(),
		SNNPJ:   bill.PJ, Partial: bill.Partial(), Unpriced: bill.Unpriced, Parts: bill.Parts(), Lines: bill.Lines,
	}
	if ok, why := t.Comparable(); !ok {
		e.NotCompared = why
	} else if c.ANN == nil {
		e.NotCompared = "no ANN was given"
	} else {
		e.addANN(c.ANN, t, m)
		r.BreakEven = append(r.BreakEven, ownBreakEven(&e, r))
	}
	e.Verdict = verdict(&e, r)
	return e
}

func (e *EnergyReport) addANN(ann *ANNEvaluation, t *energy.Table, m *Memories) {
	dense := t.Bill(annLedger(ann, *t.ANN, m.largest, false))
	skipped := t.Bill(annLedger(ann, *t.ANN, m.largest, true))
	e.ANNPJ, e.SkippedPJ = &dense.PJ, &skipped.PJ
	e.ANNParts, e.ANNLines, e.SkippedLines = dense.Parts(), dense.Lines, skipped.Lines
	e.ANNUnpriced = dense.Unpriced
	for _, event := range skipped.Unpriced {
		if !slices.Contains(e.ANNUnpriced, event) {
			e.ANNUnpriced = append(e.ANNUnpriced, event)
		}
	}
	e.Partial = e.Partial || len(e.ANNUnpriced) > 0
	if dense.PJ > 0 {
		r := e.SNNPJ / dense.PJ
		e.Ratio = &r
	}
}

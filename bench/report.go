package bench

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"adder/bench/energy"
	"adder/bench/proportion"
	"adder/chip"
	"adder/quantised"
	"adder/sample"
	"adder/spike/encode"
)

// Report compares an emulated network with its ANN. Counts and energies are per inference, means
// over the samples; energies are in picojoules. Its JSON form is what `adder bench --json` prints.
type Report struct {
	Model   string `json:"model"`
	Chip    string `json:"chip"`
	Engine  string `json:"engine"`
	Data    string `json:"data"`
	Encoder string `json:"encoder"`
	Samples int    `json:"samples"`
	// Interrupted is set if the run ended before its last sample; both sides are then those of the
	// samples that were completed.
	Interrupted bool `json:"interrupted,omitempty"`
	// ANN is nil where there is no ANN to compare with.
	ANN *ANNReport `json:"ann"`
	SNN SNNReport  `json:"snn"`
	// Difference is nil without an ANN or labels: there is then no winner.
	Difference *Difference `json:"difference"`
	// Judged is nil without labels.
	Judged *Judged `json:"judged"`
	// Energy has an entry per table.
	Energy    []EnergyReport `json:"energy"`
	BreakEven []BreakEven    `json:"break_even"`
	// Curve has an entry per number of ticks, from 1 on, at which the run is stopped. With a code,
	// which has no result before its end, it has one entry. It is empty unless the evaluation has
	// counts by tick.
	Curve []CurvePoint `json:"curve"`
	// Breakdown is where the counts and the energies go.
	*Breakdown
	// Cheapest is the point of the curve at the tick that was chosen on training samples,
	// nil where none was chosen.
	Cheapest *StoppedPoint `json:"cheapest_within_half_point"`
	// Map has the borders below which the SNN would take less, by ticks and activity.
	Map []BreakEvenLine `json:"map"`
	// Memories are the inputs of memory prices.
	Memories MemoryReport `json:"memories"`
	// NeuroBench has the metrics of that benchmark under its names.
	NeuroBench NeuroBench `json:"neurobench"`

	// Wide lets tables for people be wider than a screen.
	Wide bool `json:"-"`

	margin     float64
	comparison *Comparison
}

// Comparison is the argument of NewReport, with the ANN cut to the completed samples and the margin
// filled in. It must not be changed.
func (r *Report) Comparison() *Comparison { return r.comparison }

// Comparison is the input of NewReport.
type Comparison struct {
	Chip   *chip.Chip
	Source sample.Source
	// Options are those that the samples were run with.
	Options chip.Options
	// Encoder and Engine are the names of the encoder and the engine.
	Encoder, Engine string
	SNN             *Evaluation
	// ANN may be nil.
	ANN *ANNEvaluation
	// Quantised are the same ANN in integers, by the bits of its activations; there may be
	// none.
	Quantised []QuantisedANN
	// Network is the quantised network of an SNN with a code, nil for rates.
	Network *quantised.Network
	// Stop is the tick chosen on training samples, nil where there are none.
	Stop *Stop
	// Margin is in points of accuracy; 0 means DefaultMargin.
	Margin float64
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
		c.Quantised = slices.Clone(c.Quantised)
		for i := range c.Quantised {
			if e := c.Quantised[i].Evaluation; e != nil {
				c.Quantised[i].Evaluation = e.Head(c.SNN.Samples)
			}
		}
	}
	if c.ANN != nil && c.ANN.Samples != c.SNN.Samples {
		return nil, fmt.Errorf("report: the ANN ran on %d samples and the SNN on %d: compare the "+
			"same ones", c.ANN.Samples, c.SNN.Samples)
	}
	if c.Margin == 0 {
		c.Margin = DefaultMargin
	}
	img := c.Chip.Image()
	memories := NewMemories(img).WithTile(c.Chip.Profile().CoreMemory())
	r := &Report{
		Model: img.Model, Chip: img.Chip.Name, Engine: c.Engine, Data: c.Source.Name(),
		Encoder: c.Encoder,
		Samples: c.SNN.Samples, Interrupted: c.SNN.Interrupted, SNN: snnReport(&c, memories),
		NeuroBench: neuroBench(&c), margin: c.Margin,
		Memories: memories.Report(), Map: []BreakEvenLine{},
		Judged: newJudged(&c), comparison: &c,
	}
	if c.ANN != nil {
		r.ANN = annReport(&c)
		r.Difference = c.difference(c.SNN.Classes)
	}
	r.Curve = curve(&c, memories)
	r.Cheapest = stopped(&c, r)
	r.BreakEven = publishedBreakEven(r)
	r.Breakdown = NewBreakdown(c.Chip, c.SNN, c.Tables, c.SNN.Samples)
	for _, t := range c.Tables {
		e, err := energyReport(&c, t, memories, r)
		if err != nil {
			return nil, err
		}
		r.Energy = append(r.Energy, *e)
	}
	return r, nil
}

// difference compares the SNN's classes with the ANN's, nil where the samples have no
// labels.
func (c *Comparison) difference(classes []int) *Difference {
	if !c.SNN.Labelled || c.ANN == nil || !c.ANN.Labelled {
		return nil
	}
	snn := &judgement{name: "SNN", right: right(classes, c.SNN.Labels)}
	ann := &judgement{name: "ANN", right: right(c.ANN.Classes, c.SNN.Labels)}
	return newDifference(snn, ann, mostFrequent(c.SNN.Labels), c.Margin)
}

// right has, for each sample, whether its class is its label.
func right(classes, labels []int) []bool {
	out := make([]bool, len(labels))
	for i, label := range labels {
		out[i] = classes[i] == label
	}
	return out
}

// intervalOf is the 95 % score interval of an accuracy.
func intervalOf(correct, samples int) [2]float64 {
	i := proportion.Of(correct, samples)
	return [2]float64{i.Low, i.High}
}

// fairBits is the activation width of an ANN with as many levels as the SNN distinguishes: that of
// a code, else that of the number of ticks, ceil(log2(T+1)) (Yan et al., arXiv 2409.08290).
func (c *Comparison) fairBits() int {
	if c.Network == nil && c.coded() {
		return int(c.Chip.Image().Encoder.Bits)
	}
	return fairBits(c.Network, c.SNN.Ticks)
}

// coded reports whether the chip's activations are levels that are sent exactly.
func (c *Comparison) coded() bool {
	return c.Chip != nil && encode.IsCode(c.Chip.Image().Encoder.Kind)
}

func fairBits(net *quantised.Network, ticks int) int {
	if net != nil {
		return widest(net)
	}
	return bits.Len(uint(ticks))
}

package bench

import (
	"fmt"
	"slices"

	"adder/bench/energy"
)

// EnergyReport is the energies of both sides under one table.
type EnergyReport struct {
	Table    string `json:"table"`
	Node     string `json:"node"`
	Voltage  string `json:"voltage"`
	Boundary string `json:"boundary"`
	Caution  string `json:"caution,omitempty"`
	// OtherChip, if not empty, says that the table's chip is not the one that ran.
	OtherChip string `json:"other_chip,omitempty"`
	// SNNPJ is the SNN's energy by events, Least and Greatest the ends of its band.
	SNNPJ         float64 `json:"snn_pj"`
	SNNLeastPJ    float64 `json:"snn_least_pj"`
	SNNGreatestPJ float64 `json:"snn_greatest_pj"`
	// ANNPJ, that of the dense 8-bit ANN in the compulsory dataflow, SkippedPJ (the same
	// that skips zeros) and Ratio, SNNPJ over ANNPJ, are nil where the two sides are not
	// comparable; NotCompared then says why.
	ANNPJ         *float64 `json:"ann_pj"`
	SkippedPJ     *float64 `json:"ann_zero_skipped_pj"`
	Ratio         *float64 `json:"ratio"`
	RatioLeast    *float64 `json:"ratio_least"`
	RatioGreatest *float64 `json:"ratio_greatest"`
	// ANN has an entry per dataflow, width and treatment of zeros.
	ANN []ANNEnergy `json:"ann"`
	// Winner is snn, ann, undecided, or nil where there can be no winner; WinnerReason says why.
	Winner       *string `json:"winner"`
	WinnerReason string  `json:"winner_reason"`
	// Partial is true where a counted event has no price: on the SNN's side Unpriced, on the ANN's,
	// dense or not, ANNUnpriced. Outside and ANNOutside are counted events outside of the table's
	// boundary.
	Partial     bool     `json:"partial"`
	Unpriced    []string `json:"unpriced"`
	ANNUnpriced []string `json:"ann_unpriced"`
	Outside     []string `json:"outside"`
	ANNOutside  []string `json:"ann_outside"`
	// Parts are SNNPJ by part, ANNParts ANNPJ.
	Parts       map[energy.Part]float64 `json:"parts"`
	ANNParts    map[energy.Part]float64 `json:"ann_parts"`
	NotCompared string                  `json:"not_compared,omitempty"`
	// StaticPJ is the energy of leakage and clock in the cores in use for Seconds, UnusedStaticPJ
	// in the rest of the chip; nil where the table or the profile has no figure. They are not
	// included in SNNPJ.
	StaticPJ       *float64 `json:"static_pj"`
	UnusedStaticPJ *float64 `json:"unused_static_pj"`
	// Seconds is the time of an inference, a lower bound where SecondsAtLeast is true.
	Seconds        *float64 `json:"seconds"`
	SecondsAtLeast bool     `json:"seconds_at_least"`
	// EDP is the energy, static included, times Seconds, in joule seconds.
	EDP     *float64 `json:"edp"`
	AreaMM2 *float64 `json:"area_mm2"`
	// PadsPJ and ANNPadsPJ are the energies of the pads, a boundary of its own.
	PadsPJ    *float64 `json:"pads_pj"`
	ANNPadsPJ *float64 `json:"ann_pads_pj"`
	// Corners are the same in other memory processes.
	Corners []CornerReport `json:"corners"`
	// Largest names the largest item of the bill and what would halve it.
	Largest string `json:"largest"`
	Verdict string `json:"verdict"`
	// Lines, ANNLines and SkippedLines are the bills.
	Lines        []energy.BillLine `json:"lines"`
	ANNLines     []energy.BillLine `json:"ann_lines"`
	SkippedLines []energy.BillLine `json:"ann_zero_skipped_lines"`

	bill      *energy.Bill
	outside   []energy.Part
	stoppedPJ float64
	stopped   string // the winner when the inference is stopped, as Winner
}

// ANNEnergy is the energy of an ANN on one accelerator.
type ANNEnergy struct {
	Dataflow Dataflow `json:"dataflow"`
	// Bits is the width of activations.
	Bits         int  `json:"bits"`
	ZerosSkipped bool `json:"zeros_skipped"`
	// Accuracy is that of the ANN in these integers, nil where it was not evaluated.
	Accuracy   *float64 `json:"accuracy"`
	PJ         float64  `json:"pj"`
	LeastPJ    float64  `json:"least_pj"`
	GreatestPJ float64  `json:"greatest_pj"`
	// StaticPJ and Seconds are those of as many multipliers as the SNN has adder lanes.
	StaticPJ *float64 `json:"static_pj"`
	Seconds  *float64 `json:"seconds"`
	AreaMM2  *float64 `json:"area_mm2"`
	// Cheaper is snn, ann or undecided, by energy alone.
	Cheaper string `json:"cheaper"`

	bill *energy.Bill
}

// CornerReport has a table's energies with the memory of another process. Energies are nil where
// its accesses have no price.
type CornerReport struct {
	Process     string   `json:"process"`
	SNNPJ       *float64 `json:"snn_pj"`
	ANNPJ       *float64 `json:"ann_pj"`
	Ratio       *float64 `json:"ratio"`
	StaticPJ    *float64 `json:"static_pj"`
	ANNStaticPJ *float64 `json:"ann_static_pj"`
}

// energyReport prices both sides under one table and adds the table's own
// break-even to the report.
func energyReport(c *Comparison, t *energy.Table, m *Memories, r *Report) (*EnergyReport, error) {
	bill := t.Bill(NewLedger(m.Count(c.SNN.Attribution, nil), c.SNN.Samples, m))
	band := t.Band(bill)
	e := &EnergyReport{
		Table: t.Name, Node: t.Node, Voltage: t.Voltage, Boundary: t.Boundary, Caution: t.Caution,
		SNNPJ: bill.PJ, SNNLeastPJ: band.Least, SNNGreatestPJ: band.Greatest,
		Partial: bill.Partial(), Unpriced: bill.Unpriced, Outside: bill.Outside,
		Parts: bill.Parts(), Lines: bill.Lines,
		ANN: []ANNEnergy{}, ANNUnpriced: []string{}, ANNOutside: []string{},
		ANNParts: map[energy.Part]float64{},
		ANNLines: []energy.BillLine{}, SkippedLines: []energy.BillLine{}, Corners: []CornerReport{},
		bill: bill, outside: t.OutsideParts(),
	}
	if t.Chip != "" && t.Chip != r.Chip {
		e.OtherChip = fmt.Sprintf("prices of %s applied to the events of chip %s", t.Chip, r.Chip)
	}
	if _, ok := t.Price("pad_bits"); ok {
		e.PadsPJ = &bill.PadsPJ
	}
	e.addTime(c, t)
	if ok, why := t.Comparable(); !ok {
		e.NotCompared = why
	} else if c.ANN == nil {
		e.NotCompared = "no ANN was given"
	} else {
		e.addANN(c, t, r)
		r.BreakEven = append(r.BreakEven, ownBreakEven(e, r))
	}
	if err := e.addCorners(c, t, m); err != nil {
		return nil, err
	}
	e.decide(r)
	e.judgeStopped(c, t, m, r)
	r.addMap(c, e, func(tick int) (fixed, driven float64) {
		return splitBySpikes(t.Bill(NewLedger(countedUntil(c.SNN.Attribution, m, tick),
			c.SNN.Samples, m)))
	})
	e.Largest = largestItem(e)
	e.Verdict = verdict(e, r)
	return e, nil
}

// addTime adds what follows from the time of an inference.
func (e *EnergyReport) addTime(c *Comparison, t *energy.Table) {
	if t.MM2PerMiB > 0 {
		p := c.Chip.Profile()
		area := t.MM2PerMiB * float64(p.CoreMemory()) / (8 << 20) * float64(
			len(c.Chip.Image().Cores))
		e.AreaMM2 = &area
	}
	at := timeOf(c)
	if at == nil {
		return
	}
	e.Seconds, e.SecondsAtLeast = &at.seconds, at.bound
	total := e.SNNPJ
	if t.HasStatic() {
		used, unused := usageOf(c, at)
		static, rest := t.StaticPJ(used), t.StaticPJ(unused)
		e.StaticPJ, e.UnusedStaticPJ = &static, &rest
		total += static
	}
	const joulesPerPicojoule = 1e-12
	edp := total * joulesPerPicojoule * at.seconds
	e.EDP = &edp
}

// designs lists the accelerators that a table prices an ANN on.
func designs(t *energy.Table, c *Comparison) []annDesign {
	precisions := []energy.Precision{*t.ANN}
	if fair := c.fairBits(); t.ANN.Integer() && fair < t.ANN.ActivationBits {
		p := *t.ANN
		p.ActivationBits = fair
		precisions = append(precisions, p)
	}
	skip := zerosOfActivations
	if c.SNN.Counts.Core.SynapticAdds == c.SNN.Counts.Core.Synops {
		skip = zerosOfBoth // the SNN adds no weight of 0 either
	}
	var out []annDesign
	for _, p := range precisions {
		for _, flow := range dataflows() {
			out = append(out, annDesign{p, flow, zerosKept}, annDesign{p, flow, skip})
		}
	}
	return out
}

func (e *EnergyReport) addANN(c *Comparison, t *energy.Table, r *Report) {
	for _, d := range designs(t, c) {
		entry := newANNEnergy(c, t, d)
		entry.Cheaper = cheaper(t, e.bill, entry.bill, e.StaticPJ, entry.StaticPJ)
		e.ANN = append(e.ANN, entry)
		e.ANNUnpriced = union(e.ANNUnpriced, entry.bill.Unpriced)
		e.ANNOutside = union(e.ANNOutside, entry.bill.Outside)
	}
	dense, skipped := e.ANN[0].bill, e.ANN[1].bill
	e.ANNPJ, e.SkippedPJ = &dense.PJ, &skipped.PJ
	e.ANNParts, e.ANNLines, e.SkippedLines = dense.Parts(), dense.Lines, skipped.Lines
	e.Partial = e.Partial || len(e.ANNUnpriced) > 0
	if _, ok := t.Price("ann_pad_bits"); ok {
		e.ANNPadsPJ = &dense.PadsPJ
	}
	if dense.PJ > 0 {
		ratio := e.SNNPJ / dense.PJ
		e.Ratio = &ratio
	}
	if band, ok := t.Ratio(e.bill, dense); ok {
		e.RatioLeast, e.RatioGreatest = &band.Least, &band.Greatest
	}
}

func newANNEnergy(c *Comparison, t *energy.Table, d annDesign) ANNEnergy {
	ann := c.annAt(d.precision)
	bill := t.Bill(annLedger(ann, d))
	band := t.Band(bill)
	out := ANNEnergy{
		Dataflow: d.flow, Bits: d.precision.ActivationBits, ZerosSkipped: d.zeros != zerosKept,
		PJ: bill.PJ, LeastPJ: band.Least, GreatestPJ: band.Greatest, bill: bill,
		Accuracy: c.accuracyAt(d.precision),
	}
	if timing := c.Chip.Profile().Timing; timing != nil && timing.Clock > 0 {
		use := annUsage(c, ann, d)
		out.Seconds = &use.Seconds
		if t.HasStatic() {
			static := t.StaticPJ(use)
			out.StaticPJ = &static
		}
	}
	if t.MM2PerMiB > 0 {
		area := t.MM2PerMiB * float64(annFootprint(c.ANN, d.precision)) / (1 << 20)
		out.AreaMM2 = &area
	}
	return out
}

// accuracyAt is the ANN's accuracy at a precision, nil where it was not evaluated.
func (c *Comparison) accuracyAt(p energy.Precision) *float64 {
	if !c.SNN.Labelled || !c.ANN.Labelled {
		return nil
	}
	if !p.Integer() {
		accuracy := c.ANN.Accuracy()
		return &accuracy
	}
	q := c.quantisedAt(p)
	if q == nil {
		return nil
	}
	correct := judgement{right: right(q.Classes, c.SNN.Labels)}
	accuracy := float64(correct.count()) / float64(len(c.SNN.Labels))
	return &accuracy
}

// quantisedAt is the ANN in integers of a precision, nil where it was not evaluated.
func (c *Comparison) quantisedAt(p energy.Precision) *QuantisedANN {
	if i := slices.IndexFunc(c.Quantised, func(q QuantisedANN) bool {
		return q.ActivationBits == p.ActivationBits
	}); i >= 0 && p.Integer() {
		return &c.Quantised[i]
	}
	return nil
}

// annAt is the ANN at a precision, with the zeros that it has there where it was evaluated
// in these integers.
func (c *Comparison) annAt(p energy.Precision) *ANNEvaluation {
	if q := c.quantisedAt(p); q != nil && q.Evaluation != nil {
		return q.Evaluation
	}
	return c.ANN
}

// addCorners prices both sides with the memories of other processes.
func (e *EnergyReport) addCorners(c *Comparison, t *energy.Table, m *Memories) error {
	for _, process := range t.Corners {
		corner, err := t.Corner(process.Process)
		if err != nil {
			return err
		}
		out := CornerReport{Process: process.Process}
		if at := timeOf(c); at != nil {
			used, _ := usageOf(c, at)
			static := corner.StaticPJ(used)
			out.StaticPJ = &static
		}
		if process.Accesses() {
			snn := corner.Bill(NewLedger(m.Count(c.SNN.Attribution, nil), c.SNN.Samples, m)).PJ
			out.SNNPJ = &snn
		}
		if e.ANNPJ != nil {
			ann := newANNEnergy(c, corner, annDesign{precision: *t.ANN, flow: Compulsory})
			out.ANNStaticPJ = ann.StaticPJ
			if process.Accesses() && ann.PJ > 0 {
				ratio := *out.SNNPJ / ann.PJ
				out.ANNPJ, out.Ratio = &ann.PJ, &ratio
			}
		}
		e.Corners = append(e.Corners, out)
	}
	return nil
}

// union adds to a what only b has.
func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}

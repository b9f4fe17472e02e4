package bench

import (
	"fmt"
	"math"

	"adder/bench/energy"
)

// Who is cheaper, or wins.
const (
	winnerSNN  = "snn"
	winnerANN  = "ann"
	winnerNone = "undecided"
)

// tied reports whether two energies are closer than any of their prices is known. It is the
// one tie rule of a report.
func tied(a, b float64) bool { return math.Abs(a-b) < 0.01*max(a, b) }

// cheaper says which of two sides takes less under a table: the one whose lead keeps its
// sign over the whole box of prices, by events alone and with static energy, where both
// sides have one. Otherwise it is undecided.
func cheaper(t *energy.Table, snn, ann *energy.Bill, snnStatic, annStatic *float64) string {
	band := t.Difference(snn, ann)
	who := side(band)
	if tied(snn.PJ, ann.PJ) {
		who = winnerNone
	}
	if snnStatic == nil || annStatic == nil {
		return who
	}
	static := *snnStatic - *annStatic
	if with := side(energy.Band{Least: band.Least + static, Greatest: band.Greatest +
		static}); with != who {
		return winnerNone
	}
	return who
}

// side is the cheaper one, given the band of the SNN's energy less the ANN's.
func side(band energy.Band) string {
	switch {
	case band.Greatest < 0:
		return winnerSNN
	case band.Least > 0:
		return winnerANN
	}
	return winnerNone
}

// decide names the winner; there is none without comparable accuracies.
func (e *EnergyReport) decide(r *Report) {
	if e.NotCompared != "" {
		e.WinnerReason = e.NotCompared
		return
	}
	e.Winner, e.WinnerReason = overall(r.Difference, e.ANN, r.margin, r.SNN.Accuracy)
}

// overall is the winner over all of an ANN's accelerators. The SNN wins where it is cheaper
// than each, the lower bound included. The ANN wins where one that can be built (any but
// the compulsory dataflow) is cheaper than the SNN and no less accurate by more than the
// margin. Everything else is undecided.
func overall(d *Difference, anns []ANNEnergy, margin float64,
	accuracy *float64) (winner *string, reason string) {
	say := func(who, format string, args ...any) (*string, string) {
		return &who, fmt.Sprintf(format, args...)
	}
	switch {
	case d == nil:
		return nil, "the samples have no labels, so accuracies are not known"
	case d.Comparable == nil:
		return say(winnerNone, "%s%s", d.Reason, byEnergyAlone(anns))
	case !*d.Comparable:
		return nil, d.Reason + byEnergyAlone(anns)
	}
	all := true
	for i := range anns {
		a := &anns[i]
		all = all && a.Cheaper == winnerSNN
		if a.Cheaper == winnerANN && a.Dataflow != Compulsory && a.accurate(*accuracy, margin) {
			return say(winnerANN, "an ANN of %d bits%s is cheaper in the %s dataflow at every "+
				"price in the bands",
				a.Bits, skippingWords(a), a.Dataflow)
		}
	}
	if all {
		return say(winnerSNN, "it is cheaper than every ANN at every price in the bands, the "+
			"lower bound included")
	}
	return say(winnerNone, "who is cheaper depends on the dataflow or the prices one believes")
}

// byEnergyAlone names the cheaper side if accuracies cannot decide: an ANN of the full width that
// can be built, or the SNN than each; nothing where that depends.
func byEnergyAlone(anns []ANNEnergy) string {
	all := len(anns) > 0
	for i := range anns {
		a := &anns[i]
		all = all && a.Cheaper == winnerSNN
		if a.Cheaper == winnerANN && a.Dataflow != Compulsory && a.Bits == anns[0].Bits {
			return fmt.Sprintf("; by energy alone an ANN of %d bits%s is cheaper in the %s dataflow "+
				"at every price in the bands", a.Bits, skippingWords(a), a.Dataflow)
		}
	}
	if all {
		return "; by energy alone the SNN is cheaper than every ANN at every price in the bands"
	}
	return ""
}

// accurate reports whether an ANN of fewer bits is still worth its name: no more than the
// margin below the SNN. One of the full width whose accuracy was not evaluated counts.
func (a *ANNEnergy) accurate(snn, margin float64) bool {
	if a.Accuracy == nil {
		return a.Bits >= energy.Int8().ActivationBits
	}
	return 100*(*a.Accuracy-snn) >= -margin
}

func skippingWords(a *ANNEnergy) string {
	if a.ZerosSkipped {
		return " that skips zeros"
	}
	return ""
}

// judgeStopped holds an inference that is stopped at the chosen tick against the same ANNs.
func (e *EnergyReport) judgeStopped(c *Comparison, t *energy.Table, m *Memories, r *Report) {
	p := r.Cheapest
	if p == nil || e.NotCompared != "" {
		return
	}
	bill := t.Bill(NewLedger(countedUntil(c.SNN.Attribution, m, p.Ticks-1), c.SNN.Samples, m))
	e.stoppedPJ = bill.PJ
	anns := make([]ANNEnergy, len(e.ANN))
	for i := range anns {
		anns[i] = e.ANN[i]
		var static *float64
		if e.StaticPJ != nil {
			part := *e.StaticPJ * float64(p.Ticks) / float64(r.SNN.Ticks)
			static = &part
		}
		anns[i].Cheaper = cheaper(t, bill, e.ANN[i].bill, static, e.ANN[i].StaticPJ)
	}
	accuracy := p.Accuracy
	if accuracy == nil {
		return
	}
	if who, _ := overall(p.Difference, anns, r.margin, accuracy); who != nil {
		e.stopped = *who
	}
}

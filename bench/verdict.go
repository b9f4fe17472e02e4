package bench

import (
	"fmt"
	"slices"
	"strings"

	"adder/bench/energy"
)

// verdict says in one sentence which side wins under a table, at which accuracies, by how much, and
// what the table leaves out.
func verdict(e *EnergyReport, r *Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Table, e.winnerWords())
	fmt.Fprintf(&b, "; %s", accuracyWords(r))
	fmt.Fprintf(&b, "; the SNN takes %s", energyBand(e.SNNPJ, e.SNNLeastPJ, e.SNNGreatestPJ))
	if e.StaticPJ != nil {
		atLeast := ""
		if e.SecondsAtLeast {
			atLeast = "at least "
		}
		fmt.Fprintf(&b, " and %s%s of leakage and clock", atLeast, Energy(*e.StaticPJ))
	}
	b.WriteString(e.annWords())
	b.WriteString(e.stoppedWords(r))
	if words := e.unpricedWords(); words != "" {
		fmt.Fprintf(&b, "; unpriced: %s", words)
	}
	for _, note := range []string{e.OtherChip, e.Caution} {
		if note != "" {
			fmt.Fprintf(&b, "; caution: %s", note)
		}
	}
	return b.String() + "."
}

// winnerWords begins a verdict. Where the ANN wins, it is said first.
func (e *EnergyReport) winnerWords() string {
	switch {
	case e.Winner == nil:
		return "nobody wins, since " + e.WinnerReason
	case *e.Winner == winnerSNN:
		return "the SNN wins: " + e.WinnerReason
	case *e.Winner == winnerANN:
		return "the ANN wins: " + e.WinnerReason
	}
	if strings.HasPrefix(e.WinnerReason, winnerNone) {
		return e.WinnerReason
	}
	return "undecided: " + e.WinnerReason
}

// accuracyWords names both accuracies and their difference.
func accuracyWords(r *Report) string {
	snn := "SNN " + share100(r.SNN.Accuracy)
	if r.SNN.Accuracy == nil {
		snn = "the SNN's accuracy is not known"
	}
	if r.ANN == nil {
		return snn
	}
	if r.Difference == nil {
		return snn + ", ANN " + share100(r.ANN.Accuracy)
	}
	return fmt.Sprintf("%s, ANN %s, difference %s", snn, share100(r.ANN.Accuracy),
		r.Difference.text())
}

// annWords gives the ANN's energies, from the least to the greatest of its accelerators at
// the full width, and the ratio.
func (e *EnergyReport) annWords() string {
	if len(e.ANN) == 0 {
		return ""
	}
	least, greatest := &e.ANN[0], &e.ANN[0]
	for i := range e.ANN {
		a := &e.ANN[i]
		if a.Bits != e.ANN[0].Bits {
			continue
		}
		if a.PJ < least.PJ {
			least = a
		}
		if a.PJ > greatest.PJ {
			greatest = a
		}
	}
	words := fmt.Sprintf("; an ANN of %d bits takes from %s (%s) to %s (%s)", e.ANN[0].Bits,
		Energy(least.PJ), least.words(), Energy(greatest.PJ), greatest.words())
	if least.PJ == greatest.PJ {
		words = fmt.Sprintf("; an ANN of %d bits takes %s", e.ANN[0].Bits, Energy(least.PJ))
	}
	if e.Ratio != nil && e.RatioLeast != nil {
		words += fmt.Sprintf("; SNN / dense ANN, %s, is %s (%s to %s)", Compulsory,
			energy.Digits(*e.Ratio), energy.Digits(*e.RatioLeast), energy.Digits(*e.RatioGreatest))
	}
	return words
}

func (a *ANNEnergy) words() string {
	if a.ZerosSkipped {
		return string(a.Dataflow) + ", zeros skipped"
	}
	return string(a.Dataflow)
}

// stoppedWords says what stopping at the tick chosen on training samples changes.
func (e *EnergyReport) stoppedWords(r *Report) string {
	p := r.Cheapest
	if p == nil || e.NotCompared != "" || p.Difference == nil || p.Ticks >= r.SNN.Ticks {
		return ""
	}
	who := map[string]string{
		winnerSNN: "the SNN wins", winnerANN: "the ANN wins", winnerNone: "undecided",
		"": "nobody wins",
	}[e.stopped]
	return fmt.Sprintf("; stopped after %s, chosen on %s training samples, it has %s (difference "+
		"%s) and takes %s: %s",
		ticksText(p.Ticks), group(float64(p.Chosen.Samples)), share100(p.Accuracy),
		p.Difference.text(), Energy(e.stoppedPJ), who)
}

func ticksText(n int) string {
	if n == 1 {
		return "1 tick"
	}
	return fmt.Sprintf("%d ticks", n)
}

// energyBand writes an energy with its band, where it has one.
func energyBand(best, least, greatest float64) string {
	if tied(least, greatest) {
		return Energy(best)
	}
	return fmt.Sprintf("%s (%s to %s)", Energy(best), Energy(least), Energy(greatest))
}

// Energy writes picojoules with three digits and a fitting unit.
func Energy(pj float64) string { return energy.Text(pj) }

// largestItem names the largest line of a bill and what would halve it.
func largestItem(e *EnergyReport) string {
	var top *energy.BillLine
	for i := range e.Lines {
		if l := &e.Lines[i]; l.Part != energy.PartPads && (top == nil || l.PJ > top.PJ) {
			top = l
		}
	}
	if top == nil || e.SNNPJ == 0 {
		return ""
	}
	name, count := strings.ReplaceAll(top.Event, "_", " "), group(top.Count)
	if e.StaticPJ != nil && *e.StaticPJ > top.PJ {
		return fmt.Sprintf("the largest item is leakage and clock, %s beside the events' %s: "+
			"half the time, half the memory in use or a less leaky process would halve it",
			Energy(*e.StaticPJ), Energy(e.SNNPJ))
	}
	return fmt.Sprintf("the largest item is %s, %.0f %% of the events' energy (%s at %s): %s "+
		"would halve it",
		name, 100*top.PJ/e.SNNPJ, count, Energy(top.PJ/max(top.Count, 1)), halving(top))
}

// halving says what would halve a line.
func halving(l *energy.BillLine) string {
	switch {
	case spikeDriven(l.Event):
		return "half the spikes (fewer ticks, a sparser code)"
	case l.Part == energy.PartHost:
		return "an encoder with half the work"
	case l.Event == "ticks":
		return "half the ticks"
	}
	return "half the ticks or half the neurons"
}

// unpricedWords names the events without a price on either side, each once.
func (e *EnergyReport) unpricedWords() string {
	return strings.Join(append(e.words(e.Unpriced), e.wordsOfANN()...), ", ")
}

// wordsOfANN names what has no price on the ANN's side and is not said of the
// SNN's already.
func (e *EnergyReport) wordsOfANN() []string {
	said := e.words(e.Unpriced)
	return slices.DeleteFunc(e.words(e.ANNUnpriced), func(word string) bool {
		return slices.Contains(said, word)
	})
}

// words names events: a whole part where the table leaves all of it out, else
// the events, hops of all directions as one.
func (e *EnergyReport) words(events []string) []string {
	var words []string
	add := func(word string) {
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	for _, name := range events {
		event, _ := energy.FindEvent(name)
		switch {
		case slices.Contains(e.outside, event.Part):
			add(string(event.Part))
		case strings.HasPrefix(name, "hops_"):
			add("hops")
		default:
			add(strings.ReplaceAll(strings.Replace(name, "ann_", "ANN ", 1), "_", " "))
		}
	}
	return words
}

package bench

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"adder/bench/energy"
)

// verdict says in one sentence who wins under a table, by how much, and what
// the table leaves out.
func verdict(e *EnergyReport, r *Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: ", e.Table)
	switch {
	case e.NotCompared != "":
		fmt.Fprintf(&b, "no winner, since %s; the SNN takes %s per inference", e.NotCompared, Energy(e.SNNPJ))
	case tied(e.SNNPJ, *e.ANNPJ):
		fmt.Fprintf(&b, "the SNN and the dense ANN are within 1 %%, with %s and %s; an ANN that skips zeros takes %s",
			Energy(e.SNNPJ), Energy(*e.ANNPJ), Energy(*e.SkippedPJ))
	case e.SNNPJ < *e.ANNPJ && e.SNNPJ < *e.SkippedPJ:
		fmt.Fprintf(&b, "the SNN wins, with %s against %s of the dense ANN (%s) and %s of one that skips zeros",
			Energy(e.SNNPJ), Energy(*e.ANNPJ), times(*e.ANNPJ, e.SNNPJ), Energy(*e.SkippedPJ))
	case e.SNNPJ < *e.ANNPJ:
		fmt.Fprintf(&b, "the SNN beats the dense ANN, with %s against %s (%s), but an ANN that skips zeros wins with %s",
			Energy(e.SNNPJ), Energy(*e.ANNPJ), times(*e.ANNPJ, e.SNNPJ), Energy(*e.SkippedPJ))
	default:
		fmt.Fprintf(&b, "the ANN wins, with %s against %s of the SNN (%s)", Energy(*e.ANNPJ), Energy(e.SNNPJ), times(e.SNNPJ, *e.ANNPJ))
	}
	b.WriteString(earlier(e, r))
	if words := e.unpricedWords(); words != "" {
		fmt.Fprintf(&b, "; unpriced: %s", words)
	}
	if e.Caution != "" {
		fmt.Fprintf(&b, "; caution: %s", e.Caution)
	}
	return b.String() + "."
}

// tied reports whether two energies are closer than any of their prices is
// known.
func tied(a, b float64) bool { return math.Abs(a-b) < 0.01*max(a, b) }

// earlier says what stopping at the cheapest tick changes.
func earlier(e *EnergyReport, r *Report) string {
	if e.NotCompared != "" || r.Cheapest == nil || r.Cheapest.Ticks >= r.SNN.Ticks {
		return ""
	}
	pj := r.Cheapest.SNNPJ[e.Table]
	who := "the ANN wins"
	if pj < min(*e.ANNPJ, *e.SkippedPJ) {
		who = "the SNN wins"
	} else if pj < *e.ANNPJ {
		who = "the SNN beats the dense one only"
	}
	return fmt.Sprintf("; stopped after %d ticks, within half a point of the ANN, it takes %s (%s)", r.Cheapest.Ticks, Energy(pj), who)
}

// Energy writes picojoules with three digits and a fitting unit.
func Energy(pj float64) string {
	for _, u := range []struct {
		name string
		pj   float64
	}{{"mJ", 1e9}, {"uJ", 1e6}, {"nJ", 1e3}} {
		if pj >= 0.9995*u.pj { // what three digits write as 1.00 of the unit
			return fmt.Sprintf("%s %s", digits(pj/u.pj), u.name)
		}
	}
	return digits(pj) + " pJ"
}

// digits writes three significant digits.
func digits(x float64) string {
	switch {
	case x >= 99.95:
		return fmt.Sprintf("%.0f", x)
	case x >= 9.995:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

func times(more, less float64) string {
	if less == 0 {
		return "which takes nothing"
	}
	return digits(more/less) + " times"
}

// unpricedWords names what has no price on either side, each thing once.
func (e *EnergyReport) unpricedWords() string {
	return strings.Join(append(e.words(e.Unpriced), e.wordsOfANN()...), ", ")
}

// wordsOfANN names what has no price on the ANN's side and is not said of the
// SNN's already.
func (e *EnergyReport) wordsOfANN() []string {
	said := e.words(e.Unpriced)
	return slices.DeleteFunc(e.words(e.ANNUnpriced), func(word string) bool { return slices.Contains(said, word) })
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

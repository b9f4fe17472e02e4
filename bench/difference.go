package bench

import (
	"fmt"

	"adder/bench/proportion"
)

// DefaultMargin is how far, in points of accuracy, an SNN may be below its ANN and still count as
// its equal.
const DefaultMargin = 0.5

// Difference is the SNN's accuracy less the ANN's, with its interval.
type Difference struct {
	// Points and Interval, its 95 % score interval for paired proportions, are in points of
	// accuracy (hundredths).
	Points   float64    `json:"points"`
	Interval [2]float64 `json:"interval"`
	// Comparable is true if the SNN is at most the margin below the ANN, false if it is further
	// below or if one of them is at chance, and nil if the samples do not decide.
	Comparable *bool `json:"comparable"`
	// Reason says why, in words.
	Reason string `json:"reason"`
	// Needed is about how many samples would decide, 0 where that is not known.
	Needed int `json:"samples_needed,omitempty"`
}

// judgement is one side of a comparison: what it has right, sample by sample.
type judgement struct {
	name  string
	right []bool
}

func (j *judgement) count() int {
	n := 0
	for _, right := range j.right {
		if right {
			n++
		}
	}
	return n
}

// atChance reports whether a share that only guesses would give so many right: its interval
// begins at or below the share of the most frequent class.
func (j *judgement) atChance(guess float64) bool {
	return proportion.Of(j.count(), len(j.right)).Low <= guess
}

// newDifference compares two judgements of the same samples. guess is the share of the most
// frequent class, margin is in points.
func newDifference(snn, ann *judgement, guess, margin float64) *Difference {
	pairs := proportion.Count(snn.right, ann.right)
	interval := pairs.Interval()
	d := &Difference{
		Points: 100 * pairs.Difference(), Interval: [2]float64{100 * interval.Low,
			100 * interval.High},
	}
	d.decide(snn, ann, guess, margin)
	if d.Comparable == nil {
		d.Needed = pairs.Needed(margin / 100)
		d.Reason = undecidedWords(len(snn.right), d.Needed)
	}
	return d
}

func (d *Difference) decide(snn, ann *judgement, guess, margin float64) {
	say := func(comparable bool, format string, args ...any) {
		d.Comparable, d.Reason = &comparable, fmt.Sprintf(format, args...)
	}
	for _, side := range []*judgement{ann, snn} {
		if side.atChance(guess) {
			say(false, "the %s cannot be told from a guess of the most frequent class (%.1f %%) "+
				"at %s samples",
				side.name, 100*guess, group(float64(len(side.right))))
			return
		}
	}
	switch {
	case d.Interval[1] < -margin:
		say(false, "the SNN is more than %g points less accurate", margin)
	case d.Interval[0] >= -margin:
		say(true, "the SNN is at most %g points less accurate", margin)
	}
}

func undecidedWords(samples, needed int) string {
	words := fmt.Sprintf("undecided at %s samples", group(float64(samples)))
	if needed == 0 {
		return words + "; no number of samples would do, since the difference lies on the margin"
	}
	return fmt.Sprintf("%s; about %s would do", words, group(float64(needed)))
}

// text writes the difference with its interval, such as "-0.10 points (-0.31 to +0.11)".
func (d *Difference) text() string {
	return fmt.Sprintf("%+.2f points (%+.2f to %+.2f)", d.Points, d.Interval[0], d.Interval[1])
}

// comparable reports whether accuracies allow a winner.
func (d *Difference) comparable() bool { return d != nil && d.Comparable != nil && *d.Comparable }

// mostFrequent is the share of the most frequent of the labels.
func mostFrequent(labels []int) float64 {
	counts, most := map[int]int{}, 0
	for _, label := range labels {
		counts[label]++
		most = max(most, counts[label])
	}
	return ratio(float64(most), float64(len(labels)))
}

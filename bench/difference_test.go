package bench

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// judged makes two judgements of n samples: both have the first `both` right, then each has
// its own.
func judged(n, both, onlySNN, onlyANN int) (snn, ann *judgement) {
	snn = &judgement{name: "SNN", right: make([]bool, n)}
	ann = &judgement{name: "ANN", right: make([]bool, n)}
	for i := range n {
		snn.right[i] = i < both+onlySNN
		ann.right[i] = i < both || i >= both+onlySNN && i < both+onlySNN+onlyANN
	}
	return snn, ann
}

// TestDifference: the cases that a verdict without accuracy got wrong. Each is refused,
// undecided or allowed by what its samples tell.
func TestDifference(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		name                           string
		samples, both, onlySNN, onlyAN int
		guess                          float64
		want                           *bool
		reason                         string
	}{
		{"one tick: 54 % against 98 %", 1000, 540, 2, 441, 0.113, &no,
			"more than 0.5 points less accurate"},
		{"two bits: 20 % against 98 %", 1000, 195, 2, 786, 0.113, &no,
			"more than 0.5 points less accurate"},
		{"82 % against 98 %", 10000, 8150, 50, 1650, 0.1135, &no,
			"more than 0.5 points less accurate"},
		{"both guess", 1000, 60, 45, 50, 0.113, &no, "the ANN cannot be told from a guess of the " +
			"most frequent class (11.3 %) at 1,000 samples"},
		{"the SNN guesses", 1000, 110, 0, 870, 0.113, &no, "the SNN cannot be told from a guess"},
		{"ten images", 10, 8, 0, 0, 0.2, nil, "undecided at 10 samples; about"},
		{"half a point at 200 images is one image", 200, 195, 0, 1, 0.12, nil,
			"undecided at 200 samples"},
		{"on the margin", 1000, 970, 0, 5, 0.113, nil, "undecided at 1,000 samples; no number"},
		{"10,000 images", 10000, 9780, 12, 14, 0.1135, &yes, "at most 0.5 points less accurate"},
		{"the SNN is better", 10000, 9700, 90, 10, 0.1135, &yes, "at most 0.5 points"},
	} {
		t.Run(c.name, func(t *testing.T) {
			snn, ann := judged(c.samples, c.both, c.onlySNN, c.onlyAN)
			d := newDifference(snn, ann, c.guess, DefaultMargin)
			require.Equal(t, c.want, d.Comparable, "%+v", d)
			require.Contains(t, d.Reason, c.reason)
			require.Equal(t, c.want != nil && *c.want, d.comparable())
			require.InDelta(t, 100*float64(c.onlySNN-c.onlyAN)/float64(c.samples), d.Points, 1e-9)
			require.LessOrEqual(t, d.Interval[0], d.Points)
			require.GreaterOrEqual(t, d.Interval[1], d.Points)
		})
	}
	require.False(t, (*Difference)(nil).comparable())
	require.InDelta(t, 0.5, mostFrequent([]int{1, 2, 1, 3}), 1e-15)
	require.Zero(t, mostFrequent(nil))
}

package chip

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/layout"
)

// TestClassIsTheBestMean compares readouts with means of fractions.
func TestClassIsTheBestMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		img := drawImage(t)
		r := &img.Readout
		size := int(img.Populations[r.Population].Shape[0])
		values := rapid.SliceOfN(rapid.Int32Range(-3, 3), size, size).Draw(t, "values")
		want := -1
		var best *big.Rat
		for k := range r.Classes {
			sum, members := int64(0), int64(0)
			for n, v := range values {
				if r.Kind != layout.ReadoutLabels && n != int(k) ||
					r.Kind == layout.ReadoutLabels && r.Labels[n] != k {
					continue
				}
				share := int64(1)
				if len(r.Proportions) > 0 {
					share = int64(r.Proportions[n])
				}
				sum += int64(v) * share
				members++
			}
			if members == 0 {
				continue
			}
			if mean := big.NewRat(sum, members); best == nil || mean.Cmp(best) > 0 {
				want, best = int(k), mean
			}
		}
		switch {
		case r.Kind == layout.ReadoutNone:
			want = -1
		case best == nil:
			want = 0 // no neuron has a label
		case r.Kind != layout.ReadoutLabels && size == 1:
			want = twoClasses(r.Kind, values[0])
		}
		require.Equal(t, want, Class(r, values, 4))
	})
}

// twoClasses is the class that one value says after four ticks: 1 for a positive
// logit, or more than two spikes.
func twoClasses(kind layout.ReadoutKind, value int32) int {
	least := int32(1)
	if kind == layout.ReadoutCount {
		least = 3
	}
	if value >= least {
		return 1
	}
	return 0
}

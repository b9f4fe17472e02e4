package ir

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFormsOfWeights: one matrix in its three forms has the same entries, by
// ascending target and without zeros.
func TestFormsOfWeights(t *testing.T) {
	type entry struct {
		target int32
		w      int16
	}
	want := [][]entry{{{0, 1}, {2, -2}}, {}, {{1, -1}}, {{0, 5}, {1, 6}, {2, 7}}}
	for name, w := range map[string]Weights{
		"dense":   {Sources: 4, Targets: 3, Dense: []int8{1, 0, -2, 0, 0, 0, 0, -1, 0, 5, 6, 7}},
		"dense16": {Sources: 4, Targets: 3, Dense16: []int16{1, 0, -2, 0, 0, 0, 0, -1, 0, 5, 6, 7}},
		"list": {Sources: 4, Targets: 3, Start: []int64{0, 2, 2, 3, 6},
			Target: []int32{0, 2, 1, 0, 1, 2}, Value: []int16{1, -2, -1, 5, 6, 7}},
	} {
		t.Run(name, func(t *testing.T) {
			for s := range want {
				got := []entry{}
				w.Each(s, func(k int32, v int16) { got = append(got, entry{k, v}) })
				require.Equal(t, want[s], got, "source %d", s)
			}
			require.EqualValues(t, 6, w.NonZero())
			require.Equal(t, name != "list", w.IsDense())
		})
	}
}

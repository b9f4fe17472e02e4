package ir

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestFormsOfWeights: one matrix in its three forms has the same entries, by
// ascending target and without zeros.
func TestFormsOfWeights(t *testing.T) {
	type entry struct {
		target int32
		w      int32
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
				w.Each(s, func(k, v int32) { got = append(got, entry{k, v}) })
				require.Equal(t, want[s], got, "source %d", s)
			}
			require.EqualValues(t, 6, w.NonZero())
			require.Equal(t, name != "list", w.IsDense())
		})
	}
}

// TestShiftedByte: 8 bits say an amount exactly or at most a step too
// much, and an amount that was split stays as it is.
func TestShiftedByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int32Range(0, 1<<23-1).Draw(t, "amount")
		weight, shift := ShiftedByte(amount)
		require.LessOrEqual(t, weight, int32(255))
		if shift > 0 {
			require.GreaterOrEqual(t, weight, int32(128), "all of the bits are used")
		}
		made := weight << shift
		require.GreaterOrEqual(t, made, amount)
		require.Less(t, made-amount, int32(1)<<shift)
		weight, shift = ShiftedByte(made)
		require.Equal(t, made, weight<<shift)
	})
	for amount, want := range map[int32]int32{0: 0, 1: 1, 255: 255, 256: 256, 257: 258,
		1025: 1032} {
		weight, shift := ShiftedByte(amount)
		require.Equal(t, want, weight<<shift)
	}
}

package stdp

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLabels(t *testing.T) {
	l := NewLabels(3, 3)
	require.Equal(t, []int{-1, -1, -1}, l.Assigned())
	require.Equal(t, 0, l.AllActivity([]int32{0, 9, 9}), "class 0 before the first assignment")

	// class 1 twice: neuron 0 spikes 4+2, a mean of 3; class 2 once
	require.NoError(t, l.Assign([]int32{4, 0, 0, 2, 1, 0, 1, 3, 0}, []uint8{1, 1, 2}))
	require.Equal(t, []int{1, 2, 0}, l.Assigned(), "a silent neuron has class 0")
	require.Equal(t, float32(0.75), l.of(l.proportion, 0)[1])
	require.Equal(t, 0, l.AllActivity([]int32{0, 0, 0}), "a silent sample has class 0")
	require.Equal(t, 1, l.AllActivity([]int32{2, 2, 0}), "the lowest of several")
	require.Equal(t, 2, l.ProportionWeighting([]int32{2, 2, 0}),
		"2*3/4 for class 1, 2*6/7 for class 2")

	// what was seen before is added to, not replaced
	require.NoError(t, l.Assign([]int32{0, 0, 1}, []uint8{2}))
	require.Equal(t, []int{1, 2, 2}, l.Assigned())
	require.Equal(t, 1, l.AllActivity([]int32{2, 2, 1}), "a mean over the neurons of a class: 2 "+
		"against 3/2")

	require.EqualError(t, l.Assign([]int32{1}, []uint8{1}), "assign labels: 1 spike counts for 1 "+
		"samples of 3 neurons")
	require.EqualError(t, l.Assign([]int32{1, 1, 1}, []uint8{3}),
		"assign labels: sample 0 has class 3 of 3")
}

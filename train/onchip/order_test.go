package onchip

import (
	"testing"

	"adder/internal/dataset"
	"adder/train/traintest"

	"github.com/stretchr/testify/require"
)

// TestImageOrder expects every image once in each epoch, in orders of the seed.
func TestImageOrder(t *testing.T) {
	trainSet := traintest.Digits(t, dataset.Train, 500)
	o := NewOrder(4, 500, 2)
	for epoch := range 2 {
		seen := map[int]bool{}
		for i := range 500 {
			seen[o.At(epoch*500+i)] = true
		}
		require.Len(t, seen, 500)
	}
	require.NotEqual(t, o.epochs[0], o.epochs[1])
	require.NotEqual(t, o, NewOrder(5, 500, 2))
	require.Equal(t, o, NewOrder(4, 500, 2))
	last := o.Last(trainSet, 3)
	require.Equal(t, 3, last.Len())
	for i := range 3 {
		require.Equal(t, trainSet.Image(o.At(997+i)), last.Image(i))
		require.Equal(t, trainSet.Labels[o.At(997+i)], last.Labels[i])
	}
	require.Equal(t, 500, o.Last(trainSet, 9999).Len())
}

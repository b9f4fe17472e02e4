// Package traintest has helpers for tests of trainings: generated digits, and the check of
// gradients by finite differences.
package traintest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/dataset"
)

// Digits returns the first n generated images of a split.
func Digits(t testing.TB, split dataset.Split, n int) *dataset.Set {
	t.Helper()
	s, err := dataset.Digits(split, dataset.DigitsOptions{Train: n, Test: n})
	require.NoError(t, err)
	return s
}

// Splits returns the first generated images of both splits.
func Splits(t testing.TB, train, test int) (trainSet, testSet *dataset.Set) {
	t.Helper()
	return Digits(t, dataset.Train, train), Digits(t, dataset.Test, test)
}

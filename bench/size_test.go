package bench

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/layout"
	"adder/sample"
	"adder/spike"
)

// Samples of another size are refused with both sizes.
func TestSamplesOfAnotherSize(t *testing.T) {
	s := &sample.Trains{Title: "trains", Trains: []*spike.Train{spike.NewTrain(3, 2)}}
	err := checkSize(s, &layout.Image{Model: "m", Input: layout.Input{Shape: []int32{2, 2}}})
	require.EqualError(t, err, "trains: a tick has 3 sources, and the model takes 4")
}

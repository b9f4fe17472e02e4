package irtest

import (
	"math"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/compiler/ir"
	"adder/spike"
)

// Train draws up to twelve ticks of spikes.
func Train(t *rapid.T, sources int) *spike.Train {
	return TrainOf(t, sources, rapid.IntRange(1, 12).Draw(t, "ticks"))
}

// TrainOf draws spikes of so many ticks.
func TrainOf(t *rapid.T, sources, ticks int) *spike.Train {
	train := spike.NewTrain(sources, ticks)
	for tick := range ticks {
		mask := rapid.Uint64Range(0, 1<<sources-1).Draw(t, "spikes")
		for i := range sources {
			if mask>>i&1 == 1 {
				train.Set(tick, i)
			}
		}
	}
	return train
}

// Levels draws the levels of a sample of direct input, and the largest possible level.
func Levels(t *rapid.T, inputs int) (levels []int32, most int32) {
	most = rapid.SampledFrom([]int32{1, 255, 255, math.MaxInt32}).Draw(t, "largest level")
	return rapid.SliceOfN(rapid.Int32Range(0, most), inputs, inputs).Draw(t, "levels"), most
}

// Interpret runs the spikes of one sample on a network's interpreter.
func Interpret(t require.TestingT, net *ir.Network, train *spike.Train) *ir.Activity {
	r, err := ir.NewInterpreter(net, ir.Options{})
	require.NoError(t, err)
	got, err := r.Run(&ir.Sample{Spikes: train})
	require.NoError(t, err)
	return got
}

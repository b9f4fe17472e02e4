package chip

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/compiler"
	"adder/core"
	"adder/layout"
	"adder/spike"
)

// TestStraightPortsChangeNothing holds what a port delivers without a schedule to what
// the schedule delivers: the same outcome and counts, by tick too.
func TestStraightPortsChangeNothing(t *testing.T) {
	adder, err := profile.Load("adder")
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		inputs, neurons := rapid.IntRange(1, 90).Draw(t, "inputs"), rapid.IntRange(1, 20).Draw(t, "neurons")
		loaded := straightChip(t, adder, inputs, neurons)
		train := spike.NewTrain(inputs, 12)
		for tick := range 12 {
			for i := range inputs {
				if rapid.IntRange(0, 3).Draw(t, "spike") == 0 {
					train.Set(tick, i)
				}
			}
		}
		for _, opts := range []Options{{}, {ByTick: true}} {
			one, other := loaded.NewFast(opts), loaded.NewFast(opts)
			require.Zero(t, one.straight.core)
			other.straight.core = -1
			want, err := other.Run(&Sample{Spikes: train})
			require.NoError(t, err)
			got, err := one.Run(&Sample{Spikes: train})
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	})
}

// straightChip is a chip whose inputs reach all neurons of one core, in their order.
func straightChip(t *rapid.T, on *profile.Profile, inputs, neurons int) *Chip {
	net := &compiler.Winner{
		Name: "straight", Shape: []int{inputs}, Neurons: neurons, Inhibition: 300,
		Group:     core.Group{DecayV: 4064, Refractory: 1, Winner: core.Winner{Arbiter: core.ArbiterMargin, Alone: true}},
		Threshold: make([]int32, neurons), Reset: make([]int32, neurons), Weights: make([]uint16, inputs*neurons),
		Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 12}, Readout: layout.Readout{Kind: layout.ReadoutCount, Classes: int32(neurons)},
	}
	for i := range net.Weights {
		net.Weights[i] = rapid.Uint16().Draw(t, "weight")
	}
	for j := range net.Threshold {
		net.Threshold[j] = rapid.Int32Range(0, 2000).Draw(t, "threshold")
	}
	result, err := compiler.CompileWinner(net, on)
	require.NoError(t, err)
	loaded, err := Load(result.Image)
	require.NoError(t, err)
	return loaded
}

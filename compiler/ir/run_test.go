package ir

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/core"
	"adder/spike"
)

// one is a network of one input and one neuron.
func one(g core.Group, threshold, bias, reset, v0 int32, weight int16) *Network {
	g.Count = 1
	return &Network{
		Name: "one", Input: Input{Name: "in", Size: 1}, Widths: core.Widths{Potential: 8, Current: 8},
		Populations: []Population{{
			Name: "n", Shape: []int{1}, Size: 1, Groups: []core.Group{g},
			Threshold: []int32{threshold}, Bias: []int32{bias}, Reset: []int32{reset}, V0: []int32{v0},
		}},
		Projections: []Projection{{
			Source: SourceInput, WeightBits: 8,
			Weights: Weights{Sources: 1, Targets: 1, Start: []int64{0, 1}, Target: []int32{0}, Value: []int16{weight}},
		}},
	}
}

// TestInterpreterByHand holds the interpreter to potentials worked out on
// paper from docs/neurocore.md, section 3. The host spikes in ticks 0, 1, 3.
func TestInterpreterByHand(t *testing.T) {
	tests := []struct {
		name   string
		net    *Network
		v      []int32
		spikes []bool
	}{
		{"integrate and fire, reset by subtraction",
			one(core.Group{DecayV: 4096, ResetMode: core.ResetSubtract}, 9, 1, 10, 2, 5),
			[]int32{8, 4, 5, 1}, []bool{false, true, false, true}},
		{"leak of a half, toward zero, reset to a value",
			one(core.Group{DecayV: 2048}, 9, 0, -3, -5, 9),
			[]int32{7, -3, -1, 9}, []bool{false, true, false, false}},
		{"current of a quarter before the membrane",
			one(core.Group{HasCurrent: true, DecayU: 1024, DecayV: 4096}, 100, 0, 0, 0, 16),
			[]int32{16, 36, 41, 58}, []bool{false, false, false, false}},
		{"input of a refractory neuron is discarded",
			one(core.Group{DecayV: 4096, Refractory: 1}, 4, 0, 0, 0, 5),
			[]int32{0, 0, 0, 0}, []bool{true, false, false, true}},
		{"saturation at the width, weight exponent, an integrator",
			one(core.Group{DecayV: 4096, WeightExp: 3, Integrator: true}, 0, 0, 0, 0, 12),
			[]int32{96, 127, 127, 127}, []bool{false, false, false, false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := spike.NewTrain(1, 4)
			for _, tick := range []int{0, 1, 3} {
				in.Set(tick, 0)
			}
			got, err := NewInterpreter(tt.net).Run(in, nil)
			require.NoError(t, err)
			require.Equal(t, tt.v, got.Potentials[0])
			for tick, want := range tt.spikes {
				require.Equal(t, want, got.Spikes[0].Get(tick, 0), "tick %d", tick)
			}
			require.Equal(t, tt.v[3], got.Final[0][0])
		})
	}
}

func TestInterpreterRefusesAWrongSize(t *testing.T) {
	_, err := NewInterpreter(one(core.Group{DecayV: 4096}, 1, 0, 0, 0, 1)).Run(spike.NewTrain(2, 4), nil)
	require.ErrorContains(t, err, "1 inputs")
}

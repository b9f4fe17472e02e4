package paper

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/core"
	"adder/fixedpoint"
	"adder/internal/outside"
	"adder/snn/stdp"
	"adder/train/setting"
)

// recordedNeurons is the part of the recorded traces of the BindsNET simulator that is
// read here: single neurons that hear a current.
type recordedNeurons struct {
	InputA  []float64                  `json:"input_A"`
	InputB  []float64                  `json:"input_B"`
	Neurons map[string]json.RawMessage `json:"neurons"`
}

type recordedNeuron struct {
	Params struct {
		Decay      float64 `json:"tc_decay"`
		ThetaPlus  float64 `json:"theta_plus"`
		ThetaDecay float64 `json:"tc_theta_decay"`
	} `json:"params"`
	V []float64 `json:"v"`
	S []float64 `json:"s"`
}

func openRecordedNeurons(
	t *testing.T) (input map[string][]float64, neurons map[string]json.RawMessage) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(outside.Folder(t, "bindsnet"), "neuron_traces.json"))
	require.NoError(t, err)
	var r recordedNeurons
	require.NoError(t, json.Unmarshal(text, &r))
	return map[string][]float64{"A": r.InputA, "B": r.InputB}, r.Neurons
}

// recordedRest is the rest potential of the recorded neurons in millivolts, which is 0
// on the chip.
const recordedRest = -65

// neuronCore is one neuron of a setting on a core that learns.
func neuronCore(t *testing.T, s *setting.Setting) *core.Core {
	t.Helper()
	g := s.Group(true)
	g.Count = 1
	c, err := core.New(&core.Config{
		Widths: core.Widths{Potential: 24, Current: 24}, Groups: []core.Group{g}, ID: []uint32{0},
		Bias:      []int32{0},
		Threshold: []int32{s.Threshold - 1}, Reset: []int32{s.Reset}, V0: []int32{s.Start},
		Theta: []int32{0},
	})
	require.NoError(t, err)
	c.SetLearning(true)
	c.Seed(fixedpoint.NewSource(1), 0)
	c.Begin()
	return c
}

// TestIntegerNeurons holds the chip's neurons, with the constants that the compiler
// makes of the recorded ones, to the recording: the same spikes but for those that
// rounding moves, and potentials within an error that is stated for each model in
// docs/learning.md.
func TestIntegerNeurons(t *testing.T) {
	input, neurons := openRecordedNeurons(t)
	for _, c := range []struct {
		name  string
		model stdp.Model
		// moved is the number of ticks in which one of the two spikes alone, of 200,
		// and error the largest difference of potentials before the first such tick.
		moved int
		error float64
	}{
		{"IF/A", stdp.IF, 0, 0.01}, {"IF/B", stdp.IF, 0, 0.01},
		{"LIF/A", stdp.LIF, 0, 0.03}, {"LIF/B", stdp.LIF, 0, 0.12},
		{"DiehlAndCook/A", stdp.DiehlCook, 2, 0.03}, {"DiehlAndCook/B", stdp.DiehlCook, 2, 0.03},
		{"DiehlAndCook_fastTheta/A", stdp.DiehlCook, 4, 0.03},
		{"DiehlAndCook_fastTheta/B", stdp.DiehlCook, 0, 0.3},
	} {
		t.Run(c.name, func(t *testing.T) {
			var want recordedNeuron
			require.NoError(t, json.Unmarshal(neurons[c.name], &want))
			current := input[c.name[len(c.name)-1:]]
			p := parameters(stdp.DefaultConfig(c.model, stdp.PostPre, 1))
			if want.Params.ThetaPlus != 0 {
				p.ThetaPlus, p.ThetaTicks = want.Params.ThetaPlus, want.Params.ThetaDecay
			}
			s, _ := p.Quantise()
			neuron := neuronCore(t, &s)
			moved, worst := 0, 0.0
			for tick, x := range current {
				neuron.SetHost([]int32{int32(math.Round(x * setting.Unit))})
				fired := len(neuron.Tick(int32(tick), int32(len(current)), nil)) > 0
				if fired != (want.S[tick] != 0) {
					moved++
				}
				if moved == 0 {
					worst = max(worst,
						math.Abs(float64(neuron.Potential(0))/setting.Unit+recordedRest-
							want.V[tick]))
				}
			}
			t.Logf("%d moved, %.4f mV", moved, worst)
			require.LessOrEqual(t, moved, c.moved)
			require.LessOrEqual(t, worst, c.error)
		})
	}
}

// TestIntegerEscapes holds the table of escape noise to its formula at every potential,
// for the published width of 5 mV.
func TestIntegerEscapes(t *testing.T) {
	s, _ := parameters(stdp.DefaultConfig(stdp.SRM0, stdp.PostPre, 1)).Quantise()
	table, below := s.EscapeTable()
	worst := 0.0
	for v := -below; v < 10*setting.Unit; v++ {
		step := min(int(v+below)>>table.Shift, len(table.Probability)-1)
		want := -math.Expm1(-math.Exp(float64(v) / (5 * setting.Unit)))
		worst = max(worst, math.Abs(math.Ldexp(float64(table.Probability[step]), -32)-want))
	}
	t.Logf("at most %.4f off", worst)
	require.Less(t, worst, 0.02)
}

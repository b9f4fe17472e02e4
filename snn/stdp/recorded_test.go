package stdp

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/outside"
)

// recorded is the part of the recorded traces of the BindsNET simulator that is
// read here: single neurons, groups of neurons, and synapses under each rule.
type recorded struct {
	InputA     []float32                  `json:"input_A"`
	InputB     []float32                  `json:"input_B"`
	InputGroup [][][]float32              `json:"input_group"`
	UniformR   []float32                  `json:"uniform_R"`
	Neurons    map[string]json.RawMessage `json:"neurons"`
	STDP       map[string]recordedRule    `json:"stdp"`
}

type recordedParams struct {
	Thresh       float32 `json:"thresh"`
	Rest         float32 `json:"rest"`
	Reset        float32 `json:"reset"`
	Refrac       float32 `json:"refrac"`
	TCDecay      float64 `json:"tc_decay"`
	ThetaPlus    float32 `json:"theta_plus"`
	TCThetaDecay float64 `json:"tc_theta_decay"`
	Eps0         float32 `json:"eps_0"`
	Rho0         float32 `json:"rho_0"`
	DThresh      float32 `json:"d_thresh"`
	OneSpike     bool    `json:"one_spike"`
}

type recordedNeuron struct {
	Params recordedParams `json:"params"`
	V0     float32        `json:"v0"`
	V      []float32      `json:"v"`
	S      []float32      `json:"s"`
	Refrac []float32      `json:"refrac_count"`
	X      []float32      `json:"x"`
	Theta  []float32      `json:"theta"`
	Prob   []float32      `json:"s_prob"`
}

type recordedGroup struct {
	Params recordedParams `json:"params"`
	V      [][][]float32  `json:"v"`
	S      [][][]float32  `json:"s"`
	Refrac [][][]float32  `json:"refrac_count"`
	Theta  [][]float32    `json:"theta"`
}

type recordedRule struct {
	NuPre       float32       `json:"nu_pre"`
	NuPost      float32       `json:"nu_post"`
	WeightDecay float32       `json:"weight_decay"`
	Additive    bool          `json:"additive"`
	Batch       int           `json:"batch"`
	WMin        float32       `json:"wmin"`
	WMax        float32       `json:"wmax"`
	Norm        float32       `json:"norm"`
	W0          [][]float32   `json:"w0"`
	Pre         [][][]float32 `json:"pre"`
	Post        [][][]float32 `json:"post"`
	W           [][][]float32 `json:"w"`
	XPre        [][][]float32 `json:"x_pre"`
	XPost       [][][]float32 `json:"x_post"`
	Normalized  [][]float32   `json:"w_after_normalize"`
}

// openRecorded reads the recorded traces or skips the test.
func openRecorded(t *testing.T) recorded {
	text, err := os.ReadFile(filepath.Join(outside.Folder(t, "bindsnet"), "neuron_traces.json"))
	require.NoError(t, err)
	var r recorded
	require.NoError(t, json.Unmarshal(text, &r))
	return r
}

// config is the neuron that was recorded under a name.
func (p recordedParams) config(t *testing.T, name string) NeuronConfig {
	c := NeuronConfig{
		Threshold: p.Thresh, Rest: p.Rest, Reset: p.Reset, Refractory: p.Refrac, Leak: p.TCDecay,
		ThetaPlus: p.ThetaPlus, ThetaLeak: p.TCThetaDecay, OneSpike: p.OneSpike,
		EscapeRate: p.Rho0, EscapeWidth: p.DThresh, Gain: p.Eps0, Traces: DefaultTraces(),
	}
	kind, _, _ := strings.Cut(name, "/")
	kind, _, _ = strings.Cut(kind, "_")
	models := map[string]Model{"IF": IF, "LIF": LIF, "SRM0": SRM0, "DiehlAndCook": DiehlCook}
	require.Contains(t, models, kind)
	c.Model = models[kind]
	return c
}

// script is a Chance that was recorded.
type script struct {
	escapes []float32
	picks   func(sample uint64, tick int, candidates []int32) int
}

func (s script) Escape(_ uint64, tick, _ int) float32 { return s.escapes[tick] }

func (s script) Pick(sample uint64, tick int, candidates []int32) int {
	return s.picks(sample, tick, candidates)
}

// TestRecordedNeurons holds single neurons to the recorded ones: all state to the bit,
// but for the probability of escape, which rests on the exponential of the recording
// machine.
func TestRecordedNeurons(t *testing.T) {
	r := openRecorded(t)
	for name, text := range r.Neurons {
		if strings.Contains(name, "group") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var want recordedNeuron
			require.NoError(t, json.Unmarshal(text, &want))
			input := r.InputA
			if strings.HasSuffix(name, "/B") {
				input = r.InputB
			}
			config := want.Params.config(t, name)
			l, err := NewLayer(config, 1, script{escapes: r.UniformR})
			require.NoError(t, err)
			l.Reset([]uint64{0})
			require.Equal(t, want.V0, l.Potentials()[0])
			for tick, current := range input {
				l.Step([]float32{current}, true)
				activity := l.Activity()
				activity.Traces.Step(activity.Spikes)
				require.Equal(t, want.S[tick] != 0, len(activity.Spikes[0]) == 1, "tick %d", tick)
				require.Equal(t, want.V[tick], l.Potentials()[0], "tick %d: potential", tick)
				require.Equal(t, want.Refrac[tick], l.RefractoryCounts()[0],
					"tick %d: refractory counter", tick)
				require.Equal(t, want.X[tick], activity.Traces.At(0, 0), "tick %d: trace", tick)
				if want.Theta != nil {
					require.Equal(t, want.Theta[tick], l.Theta()[0], "tick %d: theta", tick)
				}
				if want.Prob != nil && want.S[tick] == 0 {
					require.InDelta(t, want.Prob[tick], config.escape(want.V[tick]), 1e-6,
						"tick %d: probability", tick)
				}
			}
		})
	}
}

// TestRecordedGroups holds groups in a batch to the recorded ones; where several
// neurons of a sample cross, the recorded winner must be one of ours.
func TestRecordedGroups(t *testing.T) {
	r := openRecorded(t)
	for _, name := range []string{"DiehlAndCook_group_one_spike_True",
		"DiehlAndCook_group_one_spike_False"} {
		t.Run(name, func(t *testing.T) {
			var want recordedGroup
			require.NoError(t, json.Unmarshal(r.Neurons[name], &want))
			ties := 0
			chance := script{picks: func(sample uint64, tick int, candidates []int32) int {
				ties++
				for i, j := range candidates {
					if want.S[tick][sample][j] != 0 {
						return i
					}
				}
				require.Fail(t, "the recorded winner did not cross", "tick %d, sample %d", tick,
					sample)
				return 0
			}}
			batch, n := len(want.V[0]), len(want.V[0][0])
			l, err := NewLayer(want.Params.config(t, name), n, chance)
			require.NoError(t, err)
			l.Reset([]uint64{0, 1})
			for tick := range want.V {
				current := make([]float32, 0, batch*n)
				for _, row := range r.InputGroup[tick] {
					current = append(current, row...)
				}
				l.Step(current, true)
				for b := range batch {
					require.Equal(t, ones(want.S[tick][b]),
						append([]int32{}, l.Activity().Spikes[b]...), "tick %d, sample %d", tick, b)
					require.Equal(t, want.V[tick][b], l.Potentials()[b*n:][:n],
						"tick %d, sample %d: potentials", tick, b)
					require.Equal(t, want.Refrac[tick][b], l.RefractoryCounts()[b*n:][:n],
						"tick %d, sample %d: refractory counters", tick, b)
				}
				require.Equal(t, want.Theta[tick], l.Theta(), "tick %d: theta", tick)
			}
			require.Equal(t, want.Params.OneSpike, ties > 0, "ties %d", ties)
		})
	}
}

// TestRecordedRules holds each rule to the recorded weights, tick by tick, and the
// normalisation after them.
func TestRecordedRules(t *testing.T) {
	r := openRecorded(t)
	for name, want := range r.STDP {
		t.Run(name, func(t *testing.T) {
			pre, post := len(want.W0), len(want.W0[0])
			s, err := NewSynapses(want.config(t, name), pre, post)
			require.NoError(t, err)
			require.NoError(t, s.SetWeights(flat(want.W0)))
			traces := TraceConfig{TimeConstant: 20, Additive: want.Additive}
			in, out := Activity{Traces: NewTraces(traces, pre)}, Activity{Traces: NewTraces(traces,
				post)}
			in.Traces.Reset(want.Batch)
			out.Traces.Reset(want.Batch)
			for tick := range want.Pre {
				in.Spikes, out.Spikes = lists(want.Pre[tick]), lists(want.Post[tick])
				in.Traces.Step(in.Spikes)
				out.Traces.Step(out.Spikes)
				requireTraces(t, want.XPre[tick], in.Traces, tick)
				requireTraces(t, want.XPost[tick], out.Traces, tick)
				s.Learn(&in, &out)
				requireClose(t, flat(want.W[tick]), s.Weights(), "tick %d", tick)
			}
			s.Normalize()
			requireClose(t, flat(want.Normalized), s.Weights(), "normalised")
		})
	}
}

// config is the rule that was recorded under a name.
func (w recordedRule) config(t *testing.T, name string) RuleConfig {
	kind, _, _ := strings.Cut(name, "/")
	rules := map[string]Rule{"PostPre": PostPre, "WeightDependentPostPre": WeightDependentPostPre,
		"Hebbian": Hebbian}
	require.Contains(t, rules, kind)
	return RuleConfig{
		Rule: rules[kind], NuPre: w.NuPre, NuPost: w.NuPost, WMin: w.WMin, WMax: w.WMax,
		WeightDecay: w.WeightDecay, Norm: w.Norm,
	}
}

func requireTraces(t *testing.T, want [][]float32, got *Traces, tick int) {
	for b, row := range want {
		for i, x := range row {
			require.Equal(t, x, got.At(b, int32(i)), "tick %d, sample %d: trace %d", tick, b, i)
		}
	}
}

// recordedTolerance is what weights may differ by: the order of the two sums of a batch
// is not part of the rule.
const recordedTolerance = 1e-7

func requireClose(t *testing.T, want, got []float32, message string, args ...any) {
	require.Len(t, got, len(want))
	for i := range want {
		require.InDelta(t, want[i], got[i], recordedTolerance,
			append([]any{message + ": weight %d"}, append(args, i)...)...)
	}
}

// flat joins rows.
func flat(rows [][]float32) []float32 {
	var all []float32
	for _, row := range rows {
		all = append(all, row...)
	}
	return all
}

// ones lists the positions of what is not 0.
func ones(values []float32) []int32 {
	list := []int32{}
	for i, v := range values {
		if v != 0 {
			list = append(list, int32(i))
		}
	}
	return list
}

// lists is ones of each row.
func lists(rows [][]float32) [][]int32 {
	var all [][]int32
	for _, row := range rows {
		all = append(all, ones(row))
	}
	return all
}

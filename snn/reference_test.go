package snn

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// single is input(n) -> neuron -> output(n) with ticks of one second.
func single(t testing.TB, op *Neuron, size int) *Network {
	n := &Network{Name: "single", DT: 1}
	chain(t, n, Shape{size}, op)
	return n
}

// column reads element 0 of every tick.
func column(rows [][]float64) []float64 {
	out := make([]float64, len(rows))
	for t, row := range rows {
		out[t] = row[0]
	}
	return out
}

// TestModelsByHand has one neuron of every model; the parameters are
// powers of two, so every number below is exact.
func TestModelsByHand(t *testing.T) {
	// tau 2 s: half of the distance per tick
	half, one, two := []float64{2}, []float64{1}, []float64{2}
	tests := []struct {
		name string
		op   *Neuron
		in   []float64
		v    []float64
		out  []float64
	}{
		{
			"I sums dt r x", &Neuron{Model: ModelI, R: two},
			[]float64{1, 0, -3}, []float64{2, 2, -4}, []float64{2, 2, -4},
		}, {
			"I keeps its start", &Neuron{Model: ModelI, V0: []float64{5}},
			[]float64{1, 1}, []float64{6, 7}, []float64{6, 7},
		}, {
			"LI relaxes to v_leak from 0", &Neuron{Model: ModelLI, Tau: half, VLeak: []float64{4}},
			[]float64{0, 0, 2}, []float64{2, 3, 4.5}, []float64{2, 3, 4.5},
		}, {
			"IF fires strictly above and resets in the same tick",
			&Neuron{Model: ModelIF, VThreshold: two, VReset: []float64{-1}},
			[]float64{2, 1, 3, 1}, []float64{2, -1, 2, -1}, []float64{0, 1, 0, 1},
		}, {
			"IF fires at the threshold where told", &Neuron{Model: ModelIF, VThreshold: two,
				AtLeast: true},
			[]float64{2, 1, 1}, []float64{0, 1, 0}, []float64{1, 0, 1},
		}, {
			"IF subtracts its threshold", &Neuron{Model: ModelIF, VThreshold: two,
				Reset: ResetSubtract},
			[]float64{5, 0, 0}, []float64{3, 1, 1}, []float64{1, 1, 0},
		}, {
			"LIF to value", &Neuron{Model: ModelLIF, Tau: half, R: two, VThreshold: one,
				VReset: []float64{0.25}},
			[]float64{1, 1, 1, 0}, []float64{1, 0.25, 0.25, 0.125}, []float64{0, 1, 1, 0},
		}, {
			"LIF subtracting, with rest", &Neuron{Model: ModelLIF, Tau: half, VLeak: one,
				VThreshold: one, Reset: ResetSubtract},
			[]float64{1, 1, 0}, []float64{1, 0.5, 0.75}, []float64{0, 1, 0},
		}, {
			"CubaLI takes the new current", &Neuron{Model: ModelCubaLI, Tau: half, TauSyn: half,
				R: two, WIn: []float64{4}},
			// u: 2, 1, 0.5; v += (2u - v)/2
			[]float64{1, 0, 0}, []float64{2, 2, 1.5}, []float64{2, 2, 1.5},
		}, {
			"CubaLIF keeps its current over a spike",
			&Neuron{Model: ModelCubaLIF, Tau: half, TauSyn: half, R: two, WIn: []float64{4},
				VThreshold: one},
			// u: 2, 1, 0.5, 0.25; v before reset: 2, 1, 1 (1/2+1/2), 0.75
			[]float64{1, 0, 0, 0}, []float64{0, 1, 1, 0.75}, []float64{1, 0, 0, 0},
		}, {
			"Threshold has no memory", &Neuron{Model: ModelThreshold, VThreshold: one},
			[]float64{1, 1.5, 1}, []float64{1, 1.5, 1}, []float64{0, 1, 0},
		}, {
			"Threshold at the threshold", &Neuron{Model: ModelThreshold, VThreshold: one,
				AtLeast: true},
			[]float64{1, 0.5}, []float64{1, 0.5}, []float64{1, 0},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := NewReference(single(t, tt.op, 1), ReferenceOptions{})
			require.NoError(t, err)
			input := make([][]float64, len(tt.in))
			for k, x := range tt.in {
				input[k] = []float64{x}
			}
			rec, err := r.Run(input, Probes{Potentials: []string{"1", "1"}})
			require.NoError(t, err)
			require.Equal(t, tt.v, column(rec.Potentials["1"]), "potential")
			require.Equal(t, tt.out, column(rec.Output), "output")
			again, err := r.Run(input, Probes{Potentials: []string{"1"}})
			require.NoError(t, err)
			require.Equal(t, rec, again, "a run leaves nothing behind")
		})
	}
}

func TestTickLength(t *testing.T) {
	// dt/tau = 1/4 with the option, 1/2 without; a unit step ignores both.
	step := func(op *Neuron, opts ReferenceOptions) float64 {
		r, err := NewReference(single(t, op, 1), opts)
		require.NoError(t, err)
		require.NoError(t, r.Step([][]float64{{8}}))
		return r.Signal(1)[0]
	}
	li := &Neuron{Model: ModelLI, Tau: []float64{2}}
	require.Equal(t, 4.0, step(li, ReferenceOptions{}))
	require.Equal(t, 2.0, step(li, ReferenceOptions{DT: 0.5}))
	require.Equal(t, 4.0, step(&Neuron{Model: ModelI}, ReferenceOptions{DT: 0.5}))
	require.Equal(t, 8.0, step(&Neuron{Model: ModelI, UnitStep: true}, ReferenceOptions{DT: 0.5}))

	n := single(t, li, 1)
	n.DT = 0
	_, err := NewReference(n, ReferenceOptions{})
	require.ErrorContains(t, err,
		`node "1" (LI) integrates over time, but the tick's length is 0 s`)
	n = single(t, &Neuron{Model: ModelIF, UnitStep: true, VThreshold: []float64{1}}, 1)
	n.DT = 0
	_, err = NewReference(n, ReferenceOptions{})
	require.NoError(t, err, "a network without time constants needs no tick length")
}

func TestResetOption(t *testing.T) {
	subtract := ResetSubtract
	r, err := NewReference(single(t, &Neuron{Model: ModelIF, VThreshold: []float64{2}}, 1),
		ReferenceOptions{Reset: &subtract})
	require.NoError(t, err)
	require.NoError(t, r.Step([][]float64{{5}}))
	require.Equal(t, 3.0, r.Potential(1)[0])
}

// TestRecurrentBiasActsAtOnce: the loop carries nothing in the first tick,
// but the affine operation on it adds its bias.
func TestRecurrentBiasActsAtOnce(t *testing.T) {
	n := recurrent(1, 0.5)
	n.MarkDelays()
	r, err := NewReference(n, ReferenceOptions{})
	require.NoError(t, err)
	rec, err := r.Run([][]float64{{0}, {1}, {0}, {0}},
		Probes{Spikes: []string{"if"}, Potentials: []string{"if"}})
	require.NoError(t, err)
	// v: 0.5 | 0.5+1+0.5 = 2 > 1: spike, 0 | 0+0.5+1 (own spike) > 1 | again
	require.Equal(t, []float64{0.5, 0, 0, 0}, column(rec.Potentials["if"]))
	require.Equal(t, []float64{0, 1, 1, 1}, column(rec.Output))
	require.Equal(t, [][]uint8{{0}, {1}, {1}, {1}}, rec.Spikes["if"])
	i, _ := n.Find("if")
	require.EqualValues(t, 3, rec.Counts[i])
	require.EqualValues(t, 3, r.Spikes(i))
}

// recurrent is input -> if -> output, with if -> rec -> if.
func recurrent(weight, bias float64) *Network {
	n := &Network{Name: "recurrent"}
	in := n.AddNode("input", &Input{}, Shape{1}, Shape{1})
	out := n.AddNode("output", &Output{}, Shape{1}, Shape{1})
	rec := n.AddNode("rec", &Dense{W: &Matrix64{1, 1, []float64{weight}}, Bias: []float64{bias}},
		Shape{1}, Shape{1})
	neuron := n.AddNode("if", &Neuron{Model: ModelIF, UnitStep: true, VThreshold: []float64{1}},
		Shape{1}, Shape{1})
	n.Connect(rec, neuron)
	n.Connect(neuron, rec)
	n.Connect(in, neuron)
	n.Connect(neuron, out)
	return n
}

func TestDelayShiftsByItsTicks(t *testing.T) {
	n := &Network{Name: "delay"}
	chain(t, n, Shape{3}, &Delay{Ticks: []int{0, 1, 3}})
	r, err := NewReference(n, ReferenceOptions{})
	require.NoError(t, err)
	input := [][]float64{{1, 1, 1}, {2, 2, 2}, {3, 3, 3}, {4, 4, 4}, {5, 5, 5}}
	want := [][]float64{{1, 0, 0}, {2, 1, 0}, {3, 2, 0}, {4, 3, 1}, {5, 4, 2}}
	for range 2 {
		rec, err := r.Run(input, Probes{})
		require.NoError(t, err)
		require.Equal(t, want, rec.Output)
	}
	n.Nodes[1].Op = &Delay{Ticks: []int{1 << 40}}
	_, err = NewReference(n, ReferenceOptions{})
	require.ErrorContains(t, err, `node "1": a delay of 1099511627776 ticks`)
}

func TestSpikesAndNumbersAreOneInput(t *testing.T) {
	n := recurrent(0.5, 0)
	n.MarkDelays()
	r, err := NewReference(n, ReferenceOptions{})
	require.NoError(t, err)
	a, err := r.Run([][]float64{{1}, {0}, {1}, {2}}, Probes{})
	require.NoError(t, err)
	b, err := r.RunSpikes([][]uint8{{1}, {0}, {1}, {2}}, Probes{})
	require.NoError(t, err)
	require.Equal(t, a, b)
}

func TestReferenceRefusals(t *testing.T) {
	n := recurrent(1, 0)
	_, err := NewReference(n, ReferenceOptions{})
	require.ErrorContains(t, err, "loop")
	n.MarkDelays()
	r, err := NewReference(n, ReferenceOptions{})
	require.NoError(t, err)
	_, err = r.Run([][]float64{{1}, {1, 2}}, Probes{})
	require.ErrorContains(t, err, "tick 1 has 2 input elements, the inputs take 1")
	_, err = r.Run(nil, Probes{Spikes: []string{"x"}})
	require.ErrorContains(t, err, `no node "x" to probe`)
	_, err = r.Run(nil, Probes{Potentials: []string{"rec"}})
	require.ErrorContains(t, err, `node "rec" is of kind dense`)
	require.ErrorContains(t, r.Step(nil), "0 input signals given, there are 1 Input nodes")
	require.ErrorContains(t, r.Step([][]float64{{1, 2}}), `input "input" takes 1 elements, 2 given`)
	r, err = NewReference(single(t, &Neuron{Model: ModelI}, 1), ReferenceOptions{})
	require.NoError(t, err)
	_, err = r.Run(nil, Probes{Spikes: []string{"1"}})
	require.ErrorContains(t, err, `node "1" (I) does not spike`)
}

// TestStepIsRun holds the streaming calls against a run of a whole sample,
// and clones against their original.
func TestStepIsRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := recurrent(float64(rapid.IntRange(-3, 3).Draw(t, "w")), 0.25)
		n.MarkDelays()
		r, err := NewReference(n, ReferenceOptions{})
		require.NoError(t, err)
		input := make([][]float64, rapid.IntRange(0, 20).Draw(t, "ticks"))
		for k := range input {
			input[k] = drawValues(t, "x", 1)
		}
		rec, err := r.Run(input, Probes{Potentials: []string{"if"}})
		require.NoError(t, err)
		c := r.Clone()
		out, _ := n.Find("output")
		neuron, _ := n.Find("if")
		for k, x := range input {
			require.NoError(t, c.Step([][]float64{x}))
			require.Equal(t, rec.Output[k], c.Signal(out))
			require.Equal(t, rec.Potentials["if"][k], c.Potential(neuron))
		}
		require.Equal(t, rec.Counts[neuron], c.Spikes(neuron))
	})
}

// TestScaleInvariance: input gain, threshold, rest, reset and start scale
// together by any power of two without moving a spike.
func TestScaleInvariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := float64(int(1) << rapid.IntRange(0, 10).Draw(t, "shift"))
		model := rapid.SampledFrom([]Model{ModelIF, ModelLIF, ModelCubaLIF, ModelThreshold}).Draw(t,
			"model")
		reset := rapid.SampledFrom([]ResetMode{ResetToValue, ResetSubtract}).Draw(t, "reset")
		build := func(s float64) *Reference {
			op := &Neuron{
				Model: model, Reset: reset, Tau: []float64{3}, TauSyn: []float64{5},
				VThreshold: []float64{s * 0.7},
				VLeak:      []float64{s * 0.3}, VReset: []float64{s * -0.1}, V0: []float64{s * 0.2},
			}
			n := &Network{Name: "scaled", DT: 1}
			in := n.AddNode("in", &Input{}, Shape{2}, Shape{2})
			gain := n.AddNode("gain", &Scale{Factor: []float64{s}}, Shape{2}, Shape{2})
			neuron := n.AddNode("neuron", op, Shape{2}, Shape{2})
			out := n.AddNode("out", &Output{}, Shape{2}, Shape{2})
			n.Connect(in, gain)
			n.Connect(gain, neuron)
			n.Connect(neuron, out)
			r, err := NewReference(n, ReferenceOptions{})
			require.NoError(t, err)
			return r
		}
		input := make([][]float64, 12)
		for k := range input {
			input[k] = drawValues(t, "x", 2)
		}
		a, err := build(1).Run(input, Probes{})
		require.NoError(t, err)
		b, err := build(scale).Run(input, Probes{})
		require.NoError(t, err)
		require.Equal(t, a.Output, b.Output)
	})
}

func TestSpiking(t *testing.T) {
	n := &Network{Name: "s"}
	chain(t, n, Shape{2, 2}, &Neuron{Model: ModelThreshold, VThreshold: []float64{1}},
		&Delay{Ticks: []int{1}}, &Relu{})
	require.Equal(t, []bool{false, true, true, false, false},
		[]bool{n.Spiking(0), n.Spiking(1), n.Spiking(2), n.Spiking(3), n.Spiking(4)})
}

// BenchmarkReferenceMLP asks what a tick of Bernoulli input costs in a
// 784-128-10 LIF network.
func BenchmarkReferenceMLP(b *testing.B) {
	lif := &Neuron{Model: ModelLIF, Tau: []float64{10}, VThreshold: []float64{1}}
	n := &Network{Name: "mlp", DT: 1}
	chain(b, n, Shape{784}, randomDense(128, 784), lif, randomDense(10, 128), lif)
	r, err := NewReference(n, ReferenceOptions{})
	require.NoError(b, err)
	x := randomSample(784)
	for i := range x {
		if x[i] > 0 {
			x[i] = 1
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		err = r.Step([][]float64{x})
	}
	require.NoError(b, err)
}

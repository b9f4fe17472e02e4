package bench_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench"
	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/convert"
	"adder/internal/dataset"
	"adder/layout"
	"adder/sample"
	"adder/snn"
	"adder/spike/encode"
)

// digitNetwork compiles a small untrained ANN for the generated digits, and
// encodes these over a number of ticks.
// vectors are the samples of a set as real numbers.
func vectors(t *testing.T, set *dataset.Set) [][]float64 {
	t.Helper()
	out, err := sample.Vectors(&sample.Values{Set: set}, set.Len())
	require.NoError(t, err)
	return out
}

func digitNetwork(t *testing.T, ticks int) (*chip.Chip, *sample.Encoded) {
	t.Helper()
	set, err := dataset.Digits(dataset.Test, dataset.DigitsOptions{Test: 40})
	require.NoError(t, err)
	net := &snn.Network{Name: "digits"}
	at := net.AddNode("in", &snn.Input{}, snn.Shape{1, 28, 28}, snn.Shape{1, 28, 28})
	flat := net.AddNode("flat", &snn.Reshape{}, snn.Shape{1, 28, 28}, snn.Shape{784})
	net.Connect(at, flat)
	at = flat
	for k, size := range []int{12, 10} {
		in := net.Nodes[at].Out
		w := &snn.Matrix64{Rows: size, Cols: in.Size(), Data: make([]float64, size*in.Size())}
		for i := range w.Data {
			w.Data[i] = float64(i*7919%41-20) / 100
		}
		next := net.AddNode(string(rune('a'+k)), &snn.Dense{W: w}, in, snn.Shape{size})
		net.Connect(at, next)
		at = next
		if k == 0 {
			at = net.AddNode("relu", &snn.Relu{}, snn.Shape{size}, snn.Shape{size})
			net.Connect(next, at)
		}
	}
	out := net.AddNode("out", &snn.Output{}, snn.Shape{10}, snn.Shape{10})
	net.Connect(at, out)
	encoder, err := encode.New(encode.Config{Kind: encode.KindRate, Ticks: ticks})
	require.NoError(t, err)
	on, err := profile.Load("adder")
	require.NoError(t, err)
	r, err := compiler.Compile(t.Context(), net, compiler.Options{
		Chip: on, Encoder: compiler.EncoderSettings(encode.Config{Kind: encode.KindRate,
			Ticks: 32}),
		Conversion: convert.Options{Calibration: vectors(t, set)},
	})
	require.NoError(t, err)
	require.Equal(t, layout.ReadoutPotential, r.Image.Readout.Kind)
	c, err := chip.Load(r.Image)
	require.NoError(t, err)
	return c, &sample.Encoded{Values: sample.Values{Set: set}, Encoder: encoder}
}

func evaluateDigits(t *testing.T, ticks int, change func(*bench.Run)) *bench.Evaluation {
	t.Helper()
	c, images := digitNetwork(t, ticks)
	r := bench.Run{Chip: c, Source: images, Options: chip.Options{ByTick: true}, Workers: 1}
	change(&r)
	out, err := bench.Evaluate(context.Background(), r)
	require.NoError(t, err)
	out.Seconds = 0
	return out
}

// TestEvaluationIsOneResult runs a set by other numbers of workers, in
// another order and again.
func TestEvaluationIsOneResult(t *testing.T) {
	want := evaluateDigits(t, 8, func(*bench.Run) {})
	require.Equal(t, 40, want.Samples)
	require.True(t, want.Labelled)
	require.Positive(t, want.Counts.Core.Synops)
	require.Positive(t, want.Latency)
	require.EqualValues(t, 40*(8+want.Latency), want.Counts.Ticks)
	for name, change := range map[string]func(*bench.Run){
		"again":         func(*bench.Run) {},
		"two workers":   func(r *bench.Run) { r.Workers = 2 },
		"five workers":  func(r *bench.Run) { r.Workers = 5 },
		"another order": func(r *bench.Run) { r.Order = backwards(r.Source.Len()); r.Workers = 2 },
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, want, evaluateDigits(t, 8, change)) })
	}
}

func backwards(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.Reverse(order)
	return order
}

// TestPrefixOfAnEvaluation compares the first ticks of a run with a run of
// so many, the host's encoding included.
func TestPrefixOfAnEvaluation(t *testing.T) {
	whole := evaluateDigits(t, 9, func(*bench.Run) {})
	bin := func(tick int) chip.Counts {
		return whole.Attribution.OfBin(whole.Attribution.Bin(tick))
	}
	counts := bin(chip.TickReset)
	for tick := range 9 {
		added := bin(tick)
		counts.Add(&added)
		prefix := evaluateDigits(t, tick+1, func(r *bench.Run) { r.Options.ByTick = false })
		require.Equal(t, prefix.Counts, counts, "%d ticks", tick+1)
		require.Equal(t, prefix.Correct, whole.CorrectByTick[tick])
	}
	require.Equal(t, whole.Counts, counts)
	require.Positive(t, counts.HostAdds)
}

// TestEvaluationReports what is done, sample by sample, and gives no accuracy
// where the image has no readout.
func TestEvaluationReports(t *testing.T) {
	var done []int
	labelled := evaluateDigits(t, 2, func(r *bench.Run) {
		r.Workers = 2
		r.Progress = func(n, total int) {
			require.Equal(t, 40, total)
			done = append(done, n)
		}
	})
	require.True(t, labelled.Labelled)
	require.Len(t, done, 40)
	for i, n := range done {
		require.Equal(t, i+1, n)
	}
	mute := evaluateDigits(t, 2, func(r *bench.Run) { r.Chip.Image().Readout = layout.Readout{} })
	require.False(t, mute.Labelled)
}

package tuned

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/snn/stdp"
	"adder/spike/encode"
	"adder/train/onchip"
	"adder/train/paper"
	"adder/train/setting"
	"adder/train/traintest"
)

// configOf is the training of a cell under preset tuned.
func configOf(t testing.TB, neuron stdp.Model, rule stdp.Rule, encoder string,
	neurons int) setting.Config {
	t.Helper()
	preset, err := setting.Tuned(neuron, rule, encoder, neurons)
	require.NoError(t, err)
	preset.LabelImages = 600
	adder, err := profile.Load("adder")
	require.NoError(t, err)
	return setting.Config{
		Neuron: neuron, Rule: rule, Preset: preset, Neurons: neurons,
		Epochs: 1, Seed: 3, Chip: adder, Workers: 2,
	}
}

// TestIsTheSameOnAnyWorkers also covers the form of the result.
func TestIsTheSameOnAnyWorkers(t *testing.T) {
	trainSet, testSet := traintest.Splits(t, 200, 300)
	adder, err := profile.Load("adder")
	require.NoError(t, err)
	var results []*paper.Result
	for _, workers := range []int{1, 3} {
		last := paper.Progress{}
		r, err := Run(context.Background(), Config{
			Neuron: stdp.DiehlCook, Rule: stdp.PostPre, Encoder: encode.KindBernoulli, Neurons: 15,
			Epochs: 1, Limit: 150, Chip: adder, Workers: workers,
		}, trainSet, testSet, func(p paper.Progress) { last = p })
		require.NoError(t, err)
		require.Equal(t, paper.Progress{Done: 450, Total: 450, Testing: true}, last)
		r.TrainSeconds, r.TestSeconds = 0, 0
		results = append(results, r)
	}
	require.Equal(t, results[0], results[1])
	require.Equal(t, 150, results[0].TrainImages)
	require.Positive(t, results[0].Test.Synops)
	require.NotZero(t, results[0].Theta.Max)
}

// TestFloatAgrees trains the same small network in float64 and on the chip: the
// two are no further apart than few images let them be.
func TestFloatAgrees(t *testing.T) {
	trainSet, testSet := traintest.Splits(t, 1000, 300)
	cells := []struct {
		neuron stdp.Model
		rule   stdp.Rule
	}{{stdp.DiehlCook, stdp.PostPre}, {stdp.LIF, stdp.WeightDependentPostPre},
		{stdp.SRM0, stdp.Hebbian}}
	if testing.Short() {
		cells = cells[:1]
	}
	for _, c := range cells {
		cfg := configOf(t, c.neuron, c.rule, encode.KindBernoulli, 30)
		cfg.Setting.LTP = []uint16{6}
		want, err := runFloat(context.Background(), cfg, trainSet, testSet, nil)
		require.NoError(t, err)
		run, err := onchip.New(cfg, trainSet)
		require.NoError(t, err)
		require.NoError(t, run.Learn(context.Background()))
		r, err := run.Finish(context.Background())
		require.NoError(t, err)
		test, err := r.Network.Test(context.Background(), cfg.Chip, testSet, cfg.Seed, 2)
		require.NoError(t, err)
		require.InDelta(t, want.AccuracyProportion, float64(test.CorrectProportion)/300, 0.12,
			"%v %v", c.neuron, c.rule)
		require.Greater(t, want.AccuracyProportion, 0.2)
		require.InEpsilon(t, want.Test.Synops, float64(test.Counts.Core.Synops)/300, 0.2)
		require.InEpsilon(t, want.Test.InputSpikes, float64(test.Counts.InputSpikes)/300, 1e-9,
			"the same spikes")
	}
}

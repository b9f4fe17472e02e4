package paper

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/internal/dataset"
	"adder/snn/stdp"
	"adder/spike"
	"adder/spike/encode"
	"adder/train/learned"
	"adder/train/lockstep/locksteptest"
	"adder/train/traintest"
)

// trainingConfig is a training of a few batches.
func trainingConfig(neuron stdp.Model, rule stdp.Rule) Config {
	cfg := DefaultConfig(neuron, rule, encode.KindPoissonRenewal)
	cfg.Neurons, cfg.Batch, cfg.Ticks, cfg.Epochs, cfg.Seed, cfg.LabelEvery = 12, 16, 50, 2, 5, 40
	return cfg
}

// TestInIntegers holds the lock-step run to the float one: alike where the
// experiment learns.
func TestInIntegers(t *testing.T) {
	trainSet, testSet := traintest.Splits(t, 2000, 500)
	cfg := adaptiveConfig()
	cfg.Arithmetic = Integer
	if !testing.Short() { // which learns in float32 alone
		requireAsFloat(t, cfg, trainSet, testSet)
	}

	var few []Result
	for _, cfg.Workers = range []int{1, 2} {
		r, err := Run(context.Background(), cfg, trainSet.Head(300), testSet.Head(100), nil)
		require.NoError(t, err)
		few = append(few, withoutTimes(r))
	}
	require.Equal(t, few[0], few[1], "workers")
}

// requireAsFloat holds a training in integers to the same one in float32.
func requireAsFloat(t *testing.T, cfg Config, trainSet, testSet *dataset.Set) {
	t.Helper()
	float, err := adaptive()
	require.NoError(t, err)
	integer, err := Run(context.Background(), cfg, trainSet, testSet, nil)
	require.NoError(t, err)
	require.InDelta(t, float.AccuracyAll, integer.AccuracyAll, 0.1)
	require.InEpsilon(t, float.Theta.Mean, integer.Theta.Mean, 0.1)
	require.InEpsilon(t, float.Test.Synops, integer.Test.Synops, 0.1)
	require.InEpsilon(t, float.TrainSpikes, integer.TrainSpikes, 0.15)
	require.Equal(t, float.Assignments, integer.Assignments)
	require.Zero(t, float.HostOperations)
	require.EqualValues(t, 125*2*784*40, integer.HostOperations, "125 batches")
}

// TestNetworkOnAChip holds networks that learned in lock-step to the chip: the
// same spikes for every image, and a file that keeps all of it.
func TestNetworkOnAChip(t *testing.T) {
	adder, err := profile.Load("adder")
	require.NoError(t, err)
	trainSet, testSet := traintest.Splits(t, 200, 60)
	for _, neuron := range stdp.Models() {
		p, err := NewTraining(trainingConfig(neuron, stdp.PostPre), trainSet)
		require.NoError(t, err)
		require.NoError(t, p.Learn(context.Background()))
		r, err := p.Finish(context.Background())
		require.NoError(t, err)
		require.Equal(t, neuron == stdp.DiehlCook, len(r.Network.Theta) > 0)
		require.Positive(t, r.Counts.Core.LearningUpdates)
		require.NotEmpty(t, r.Network.Constants)

		path := filepath.Join(t.TempDir(), "n.snn")
		require.NoError(t, r.Network.Save(path))
		network, err := learned.Open(path)
		require.NoError(t, err)
		require.Equal(t, r.Network, network)

		locksteptest.RequireSameInUse(t, p.network, network, adder, testSet, 5)
	}
}

// TestResumeIsExact stops trainings between batches, also of the second epoch and
// more than once, and goes on from the checkpoint.
func TestResumeIsExact(t *testing.T) {
	trainSet := traintest.Digits(t, dataset.Train, 100)
	path := filepath.Join(t.TempDir(), "run.pcp")
	models := []stdp.Model{stdp.SRM0, stdp.DiehlCook}
	if testing.Short() {
		models = models[1:]
	}
	for _, neuron := range models {
		cfg := trainingConfig(neuron, stdp.WeightDependentPostPre)
		whole, err := NewTraining(cfg, trainSet)
		require.NoError(t, err)
		require.NoError(t, whole.Learn(context.Background()))
		require.NoError(t, whole.SaveCheckpoint(path))
		want, err := whole.Finish(context.Background())
		require.NoError(t, err)
		require.Positive(t, want.Counts.Core.Synops)
		done, err := ResumeTraining(cfg, trainSet, path)
		require.NoError(t, err)
		require.NoError(t, done.Learn(context.Background()))
		got, err := done.Finish(context.Background())
		require.NoError(t, err)
		require.Equal(t, want, got, "%v with nothing left to learn", neuron)
		for _, stops := range [][]int{{16}, {64, 100}, {132, 148}, {200}} {
			require.NoError(t, os.RemoveAll(path))
			for _, stop := range stops {
				learnTo(t, cfg, path, stop)
			}
			p, err := ResumeTraining(cfg, trainSet, path)
			require.NoError(t, err)
			require.Equal(t, stops[len(stops)-1], p.Done())
			require.NoError(t, p.Learn(context.Background()))
			got, err := p.Finish(context.Background())
			require.NoError(t, err)
			require.Equal(t, want, got, "%v stopped at %v", neuron, stops)
		}
	}
	cfg := trainingConfig(stdp.DiehlCook, stdp.WeightDependentPostPre)
	cfg.Seed++
	_, err := ResumeTraining(cfg, trainSet, path)
	require.ErrorContains(t, err, "it belongs to another training")
	cfg.Seed--
	_, err = ResumeTraining(cfg, trainSet.Head(90), path)
	require.ErrorContains(t, err, "it belongs to a training on other images")
	require.NoError(t, os.WriteFile(path, []byte("nonsense"), 0o644))
	_, err = ResumeTraining(cfg, trainSet, path)
	require.ErrorContains(t, err, "read checkpoint")
}

// learnTo goes on until so many images are done, and writes the checkpoint.
func learnTo(t *testing.T, cfg Config, path string, images int) {
	t.Helper()
	trainSet := traintest.Digits(t, dataset.Train, 100)
	p, err := ResumeTraining(cfg, trainSet, path)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p.Watch(func(s learned.Progress) {
		if s.Done >= images {
			cancel()
		}
	})
	if err := p.Learn(ctx); err != nil {
		require.ErrorIs(t, err, learned.ErrStopped)
	}
	require.NoError(t, p.SaveCheckpoint(path))
}

// BenchmarkLockstep asks how many images a second a hundred Diehl & Cook neurons learn
// from in lock-step batches of 64, spikes at hand.
func BenchmarkLockstep(b *testing.B) {
	trainSet := traintest.Digits(b, dataset.Train, 64)
	cfg := DefaultConfig(stdp.DiehlCook, stdp.PostPre, encode.KindPoissonRenewal)
	p, err := NewTraining(cfg, trainSet)
	require.NoError(b, err)
	var samples []uint64
	var trains []*spike.Train
	for i := range trainSet.Len() {
		train := &spike.Train{}
		p.run.encoder.Encode(uint64(i), trainSet.Image(i), train)
		samples, trains = append(samples, uint64(i)), append(trains, train)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		_, err := p.network.Run(samples, trains)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(64*b.N)/b.Elapsed().Seconds(), "images/s")
}

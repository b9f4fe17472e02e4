package onchip

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/internal/dataset"
	"adder/internal/outside"
	"adder/snn/stdp"
	"adder/spike/encode"
	"adder/train/learned"
	"adder/train/setting"
	"adder/train/traintest"
)

// tunedRun is the training of a cell under preset tuned.
func tunedRun(t testing.TB, neuron stdp.Model, rule stdp.Rule, encoder string,
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

// TestSTDPLearns trains every neuron model with one of the encoders and rules
// each, on few images, of which slow rules make little.
func TestSTDPLearns(t *testing.T) {
	trainSet, testSet := traintest.Splits(t, 1500, 300)
	cells := []struct {
		neuron  stdp.Model
		rule    stdp.Rule
		encoder string
	}{
		{stdp.DiehlCook, stdp.PostPre, encode.KindPoisson},
		{stdp.IF, stdp.Hebbian, encode.KindBernoulli},
		{stdp.LIF, stdp.WeightDependentPostPre, encode.KindRankOrder},
		{stdp.SRM0, stdp.PostPre, encode.KindBernoulli},
	}
	if testing.Short() {
		cells = cells[:1]
	}
	for _, c := range cells {
		t.Run(c.neuron.String()+" "+c.rule.String()+" "+c.encoder, func(t *testing.T) {
			t.Parallel()
			cfg := tunedRun(t, c.neuron, c.rule, c.encoder, 30)
			r := learn(t, cfg, trainSet)
			require.Equal(t, 1500, r.Network.Images)
			require.Positive(t, r.Counts.Core.LearningUpdates)
			test, err := r.Network.Test(context.Background(), cfg.Chip, testSet, cfg.Seed, 2)
			require.NoError(t, err)
			require.Equal(t, 300, test.Images)
			require.Greater(t, test.CorrectProportion, 65,
				"chance is 30, five deviations above it 56")
			require.Greater(t, test.CorrectAll, 65)
		})
	}
}

// learn trains a network and labels its neurons.
func learn(t testing.TB, cfg setting.Config, set *dataset.Set) *learned.Result {
	t.Helper()
	r, err := New(cfg, set)
	require.NoError(t, err)
	return weightsOf(t, r)
}

// weightsOf trains to the end and returns what was learned.
func weightsOf(t testing.TB, r *Training) *learned.Result {
	t.Helper()
	require.NoError(t, r.Learn(context.Background()))
	out, err := r.Finish(context.Background())
	require.NoError(t, err)
	return out
}

// TestResumeIsExact stops trainings at every kind of place, also more than once,
// and goes on from the checkpoint: networks and counts are those of a training
// that was never stopped.
func TestResumeIsExact(t *testing.T) {
	trainSet := traintest.Digits(t, dataset.Train, 130)
	models := []stdp.Model{stdp.DiehlCook, stdp.SRM0}
	if testing.Short() {
		models = models[:1]
	}
	for _, neuron := range models {
		cfg := tunedRun(t, neuron, stdp.PostPre, encode.KindBernoulli, 20)
		cfg.Setting.LTP = []uint16{5, 6, 7}
		cfg.Setting.Bar = 3
		cfg.LabelImages, cfg.Epochs = 50, 2
		whole, err := New(cfg, trainSet)
		require.NoError(t, err)
		want := weightsOf(t, whole)
		path := filepath.Join(t.TempDir(), "run.scp")
		for _, stops := range [][]int{{1}, {86, 87}, {100, 200}, {260}} {
			require.NoError(t, os.RemoveAll(path))
			for _, stop := range stops {
				r, err := Resume(cfg, trainSet, path)
				require.NoError(t, err)
				require.NoError(t, r.LearnTo(context.Background(), stop))
				require.NoError(t, r.SaveCheckpoint(path))
			}
			r, err := Resume(cfg, trainSet, path)
			require.NoError(t, err)
			require.Equal(t, stops[len(stops)-1], r.Done())
			cfg.Workers = 1
			require.Equal(t, want, weightsOf(t, r), "%v stopped at %v", neuron, stops)
		}
	}
}

func TestStoppedTrainingSaysSo(t *testing.T) {
	trainSet := traintest.Digits(t, dataset.Train, 50)
	r, err := New(tunedRun(t, stdp.DiehlCook, stdp.PostPre, encode.KindPoisson, 10), trainSet)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err = r.Learn(ctx)
	require.ErrorIs(t, err, learned.ErrStopped)
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, r.Done())
}

func TestCheckpointsOfOthersAreRefused(t *testing.T) {
	trainSet := traintest.Digits(t, dataset.Train, 40)
	cfg := tunedRun(t, stdp.LIF, stdp.PostPre, encode.KindPoisson, 10)
	r, err := New(cfg, trainSet)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "run.scp")
	require.NoError(t, r.SaveCheckpoint(path))
	_, err = Resume(cfg, trainSet, path)
	require.NoError(t, err)

	other := cfg
	other.Seed++
	_, err = Resume(other, trainSet, path)
	require.ErrorContains(t, err, "it belongs to another training")
	_, err = Resume(cfg, trainSet.Head(39), path)
	require.ErrorContains(t, err, "it belongs to a training on other images")

	data, err := os.ReadFile(path)
	require.NoError(t, err)
	for at := 0; at < len(data); at += 101 {
		require.NoError(t, os.WriteFile(path, data[:at], 0o644))
		_, err = Resume(cfg, trainSet, path)
		require.Error(t, err, "cut at %d", at)
	}
	data[len(data)/2] ^= 4
	require.NoError(t, os.WriteFile(path, data, 0o644))
	_, err = Resume(cfg, trainSet, path)
	require.ErrorContains(t, err, "the checksum does not match")
}

// TestTooManyNeurons expects the reason why a group that competes cannot be cut.
func TestTooManyNeurons(t *testing.T) {
	trainSet := traintest.Digits(t, dataset.Train, 10)
	r, err := New(tunedRun(t, stdp.DiehlCook, stdp.PostPre, encode.KindPoisson, 1100), trainSet)
	require.NoError(t, err)
	err = r.Learn(context.Background())
	var fit *fit.Error
	require.ErrorAs(t, err, &fit)
	require.ErrorContains(t, err, "neurons that compete must lie in one core")
	require.Len(t, fit.Limits, 2, "neurons and memory")
}

// TestPopulationFitsACore learns from an image of four sources per pixel with the
// hundred neurons of the setting, homeostasis by thresholds and by scaling.
func TestPopulationFitsACore(t *testing.T) {
	trainSet := traintest.Digits(t, dataset.Train, 2)
	for _, neuron := range []stdp.Model{stdp.DiehlCook, stdp.LIF} {
		r, err := New(tunedRun(t, neuron, stdp.PostPre, encode.KindPopulation, 100), trainSet)
		require.NoError(t, err)
		require.Equal(t, []int{28, 28, 4}, r.net.Shape)
		require.NoError(t, r.Learn(context.Background()))
		require.EqualValues(t, 2, r.counts.Core.Spikes, "a winner per image, from the first one on")
		picture, err := r.net.Fields()
		require.NoError(t, err)
		require.Equal(t, 10*(3*28+1)+1, picture.Bounds().Dx())
	}
}

// TestTunedMNIST holds the preset to its accuracy on a part of MNIST.
func TestTunedMNIST(t *testing.T) {
	dir := outside.Folder(t, "mnist")
	if testing.Short() {
		t.Skip("trains on 5,000 images")
	}
	images, err := dataset.Open(dir, dataset.Train)
	require.NoError(t, err)
	cfg := tunedRun(t, stdp.DiehlCook, stdp.PostPre, encode.KindBernoulli, 100)
	cfg.LabelImages = 5000
	r := learn(t, cfg, images.Head(5000))
	test, err := r.Network.Test(context.Background(), cfg.Chip, images.Slice(58000, 60000),
		cfg.Seed, 2)
	require.NoError(t, err)
	require.Greater(t, float64(test.CorrectProportion)/2000, 0.78)
}

// BenchmarkSTDP asks how many images a second a hundred neurons learn from, with
// Poisson input and the encoder beside them.
func BenchmarkSTDP(b *testing.B) {
	trainSet := traintest.Digits(b, dataset.Train, 1000)
	cfg := tunedRun(b, stdp.DiehlCook, stdp.PostPre, encode.KindPoisson, 100)
	cfg.Epochs = max((b.N+999)/1000, 1)
	r, err := New(cfg, trainSet)
	require.NoError(b, err)
	b.ReportAllocs()
	b.ResetTimer()
	require.NoError(b, r.LearnTo(context.Background(), min(b.N, r.total)))
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "images/s")
}

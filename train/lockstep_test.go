package train

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/chip/profile"
	"adder/snn/stdp"
	"adder/spike"
	"adder/spike/encode"
	"adder/train/setting"
)

// drawnSetting is a network that both a chip and a lock-step run know.
func drawnSetting(t *rapid.T, rule stdp.Rule) setting.Setting {
	s := setting.Setting{
		Arbiter:   rapid.SampledFrom([]setting.Arbiter{setting.ArbiterMargin, setting.ArbiterFair, setting.ArbiterNone}).Draw(t, "arbiter"),
		Threshold: rapid.Int32Range(200, 6000).Draw(t, "threshold"), Reset: rapid.Int32Range(-300, 300).Draw(t, "reset"),
		Start: rapid.Int32Range(-200, 200).Draw(t, "start"), Refractory: uint16(rapid.IntRange(0, 6).Draw(t, "refractory")),
		Decay: rapid.SampledFrom([]uint16{4096, 4092, 4055, 3706}).Draw(t, "decay"), Escape: rapid.SampledFrom([]int32{0, 40, 600}).Draw(t, "escape"),
		Inhibition: rapid.SampledFrom([]int32{0, 100, 255 << 4, 240 << 7}).Draw(t, "inhibition"), Floor: rapid.Bool().Draw(t, "floor"),
		TestFloor: rapid.Bool().Draw(t, "test floor"), TestCut: uint8(rapid.IntRange(0, 3).Draw(t, "cut")),
		LTP: []uint16{uint16(rapid.IntRange(2, 10).Draw(t, "ltp"))}, LTD: uint8(rapid.SampledFrom([]int{4, 10, 15, 255}).Draw(t, "ltd")),
		Trace: uint16(rapid.IntRange(2, 6).Draw(t, "trace")), Box: rule == stdp.WeightDependentPostPre && rapid.Bool().Draw(t, "box"),
	}
	s.TestInhibition = s.Inhibition >> 1
	if rapid.Bool().Draw(t, "adaptive") {
		s.ThetaPlus, s.ThetaFall = rapid.Int32Range(1, 400).Draw(t, "plus"), rapid.Uint32Range(0, 400000).Draw(t, "fall")
		s.ThetaDecay, s.ThetaMin = uint8(rapid.SampledFrom([]int{0, 6, 23}).Draw(t, "theta decay")), -s.Threshold+s.Threshold>>3
	}
	return s
}

// TestLockstepIsTheChip holds a lock-step run of one image at a time, which shares no
// arithmetic with package core, to the chip: the same weights and thetas after every
// image, and the same spikes in use.
func TestLockstepIsTheChip(t *testing.T) {
	adder, err := profile.Load("adder")
	require.NoError(t, err)
	trainSet, _ := stdpDigits(t, 12)
	rapid.Check(t, func(rt *rapid.T) {
		rule := rapid.SampledFrom(stdp.Rules()).Draw(rt, "rule")
		encoder := encode.Defaults(rapid.SampledFrom([]string{encode.KindPoisson, encode.KindBernoulli, encode.KindRankOrder}).Draw(rt, "encoder"))
		encoder.Ticks = 25
		cfg := setting.Config{
			Neuron: stdp.LIF, Rule: rule, Preset: setting.Preset{Setting: drawnSetting(rt, rule), Encoder: encoder, LabelImages: 5}, Neurons: rapid.IntRange(1, 9).Draw(rt, "neurons"),
			Epochs: 1, Seed: rapid.Uint64().Draw(rt, "seed"), Chip: adder, Workers: 1,
		}
		run, err := NewSTDPRun(cfg, trainSet)
		require.NoError(rt, err)
		lock, err := newLockstep(&cfg, trainSet.Size())
		require.NoError(rt, err)
		var train spike.Train
		for i := range 6 {
			require.NoError(rt, run.learnTo(context.Background(), i+1))
			run.settle()
			run.encoder.Encode(setting.TrainKeys+uint64(i), trainSet.Image(run.order.at(i)), &train)
			_, err := lock.Run([]uint64{setting.TrainKeys + uint64(i)}, []*spike.Train{&train})
			require.NoError(rt, err)
			require.Equal(rt, run.net.Weights, lock.weights(), "image %d", i)
			if cfg.Setting.Adaptive() {
				require.Equal(rt, run.net.Theta, lock.theta, "image %d", i)
			}
		}
		requireSameInUse(rt, run, lock)
	})
}

// requireSameInUse runs images on the chip that learned, side by side in lock-step.
func requireSameInUse(t require.TestingT, run *STDPRun, lock *lockstep) {
	lock.SetLearning(false)
	var samples []uint64
	var trains []*spike.Train
	for i := range run.set.Len() {
		train := &spike.Train{}
		run.encoder.Encode(uint64(i), run.set.Image(i), train)
		samples, trains = append(samples, uint64(i)), append(trains, train)
	}
	got, err := lock.Run(samples, trains)
	require.NoError(t, err)
	err = run.net.Each(context.Background(), run.cfg.Chip, run.set, run.cfg.Seed, 1, func(i int, o *chip.Outcome) error {
		require.Equal(t, o.Output, got[i*run.net.Neurons:][:run.net.Neurons], "image %d", i)
		return nil
	})
	require.NoError(t, err)
}

// TestLockstepRefused checks what a lock-step run says it does not have.
func TestLockstepRefused(t *testing.T) {
	for want, change := range map[string]func(*setting.Setting){
		"a lock-step run scales weights on the host":      func(s *setting.Setting) { s.Norm = setting.BySum },
		"a lock-step run has one rate, direct inhibition": func(s *setting.Setting) { s.Relay = true },
		"no rate of potentiation":                         func(s *setting.Setting) { s.LTP = nil },
		`arbiter "loudest"`:                               func(s *setting.Setting) { s.Arbiter = "loudest" },
	} {
		fixed, _ := paperParameters(stdp.DefaultConfig(stdp.DiehlCook, stdp.PostPre, 3)).Fix()
		change(&fixed)
		_, err := newLockstep(&setting.Config{Neuron: stdp.DiehlCook, Rule: stdp.PostPre, Preset: setting.Preset{Setting: fixed}, Neurons: 3}, 4)
		require.ErrorContains(t, err, want)
	}
}

// TestLockstepSums checks a batch by hand: two equal images change weights by twice
// what one does, but for rounding.
func TestLockstepSums(t *testing.T) {
	fixed := setting.Setting{Arbiter: setting.ArbiterNone, Threshold: 10, Decay: 4096, LTP: []uint16{4}, LTD: 255, Trace: 4}
	var changes []int
	for _, batch := range []int{1, 2} {
		n, err := newLockstep(&setting.Config{Neuron: stdp.IF, Rule: stdp.PostPre, Preset: setting.Preset{Setting: fixed}, Neurons: 1, Seed: 9}, 2)
		require.NoError(t, err)
		n.setWeight(0, 0, 20<<8)
		before := int(n.weights()[0])
		train := spike.NewTrain(2, 1)
		train.Set(0, 0)
		_, err = n.Run([]uint64{7, 8}[:batch], []*spike.Train{train, train}[:batch])
		require.NoError(t, err)
		changes = append(changes, int(n.weights()[0])-before)
	}
	require.Equal(t, []int{255 << 8 >> 4, 2 * 255 << 8 >> 4}, changes)
}

// TestScaleByHost checks sums after scaling, and the work.
func TestScaleByHost(t *testing.T) {
	fixed, _ := paperParameters(stdp.DefaultConfig(stdp.LIF, stdp.PostPre, 3)).Fix()
	fixed.Target = 2 * setting.StoredUnit
	n, err := newLockstep(&setting.Config{Neuron: stdp.LIF, Rule: stdp.PostPre, Preset: setting.Preset{Setting: fixed}, Neurons: 3, Seed: 1}, 50)
	require.NoError(t, err)
	n.scaleByHost()
	weights := n.weights()
	for j := range 3 {
		sum := 0
		for i := range 50 {
			sum += int(weights[i*3+j])
		}
		require.InDelta(t, 2*setting.StoredUnit, sum, 25, "half a bit for each of 50 weights")
	}
	require.EqualValues(t, 2*50*3, n.HostOperations())
}

package lockstep_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/internal/dataset"
	"adder/snn/stdp"
	"adder/spike"
	"adder/spike/encode"
	"adder/train/lockstep"
	"adder/train/lockstep/locksteptest"
	"adder/train/onchip"
	"adder/train/setting"
)

// drawnSetting is a network that both a chip and a lock-step run know.
func drawnSetting(t *rapid.T, rule stdp.Rule) setting.Setting {
	s := setting.Setting{
		Arbiter: rapid.SampledFrom([]setting.Arbiter{setting.ArbiterMargin, setting.ArbiterFair,
			setting.ArbiterNone}).Draw(t, "arbiter"),
		Threshold:  rapid.Int32Range(200, 6000).Draw(t, "threshold"),
		Reset:      rapid.Int32Range(-300, 300).Draw(t, "reset"),
		Start:      rapid.Int32Range(-200, 200).Draw(t, "start"),
		Refractory: uint16(rapid.IntRange(0, 6).Draw(t, "refractory")),
		Decay:      rapid.SampledFrom([]uint16{4096, 4092, 4055, 3706}).Draw(t, "decay"),
		Escape:     rapid.SampledFrom([]int32{0, 40, 600}).Draw(t, "escape"),
		Inhibition: rapid.SampledFrom([]int32{0, 100, 255 << 4, 240 << 7}).Draw(t, "inhibition"),
		Floor:      rapid.Bool().Draw(t, "floor"),
		TestFloor:  rapid.Bool().Draw(t, "test floor"),
		TestCut:    uint8(rapid.IntRange(0, 3).Draw(t, "cut")),
		LTP:        []uint16{uint16(rapid.IntRange(2, 10).Draw(t, "ltp"))},
		LTD:        uint8(rapid.SampledFrom([]int{4, 10, 15, 255}).Draw(t, "ltd")),
		Trace:      uint16(rapid.IntRange(2, 6).Draw(t, "trace")),
		Box:        rule == stdp.WeightDependentPostPre && rapid.Bool().Draw(t, "box"),
	}
	s.TestInhibition = s.Inhibition >> 1
	if rapid.Bool().Draw(t, "adaptive") {
		s.ThetaPlus, s.ThetaFall = rapid.Int32Range(1, 400).Draw(t, "plus"), rapid.Uint32Range(0,
			400000).Draw(t, "fall")
		s.ThetaDecay, s.ThetaMin = uint8(rapid.SampledFrom([]int{0, 6, 23}).Draw(t,
			"theta decay")), -s.Threshold+s.Threshold>>3
	}
	return s
}

// TestLockstepIsTheChip holds a lock-step run of one image at a time, which shares no
// arithmetic with package core, to the chip: the same weights and thetas after every
// image, and the same spikes in use.
func TestLockstepIsTheChip(t *testing.T) {
	adder, err := profile.Load("adder")
	require.NoError(t, err)
	digits, err := dataset.Open(dataset.DigitsName, dataset.Train)
	require.NoError(t, err)
	trainSet := digits.Head(12)
	rapid.Check(t, func(rt *rapid.T) {
		rule := rapid.SampledFrom(stdp.Rules()).Draw(rt, "rule")
		encoder := encode.Defaults(rapid.SampledFrom([]string{encode.KindPoisson,
			encode.KindBernoulli, encode.KindRankOrder}).Draw(rt, "encoder"))
		encoder.Ticks = 25
		cfg := setting.Config{
			Neuron: stdp.LIF, Rule: rule, Preset: setting.Preset{Setting: drawnSetting(rt, rule),
				Encoder: encoder, LabelImages: 5}, Neurons: rapid.IntRange(1, 9).Draw(rt,
				"neurons"),
			Epochs: 1, Seed: rapid.Uint64().Draw(rt, "seed"), Chip: adder, Workers: 1,
		}
		run, err := onchip.New(cfg, trainSet)
		require.NoError(rt, err)
		lock, err := lockstep.New(&cfg, trainSet.Size())
		require.NoError(rt, err)
		encoder.Seed = cfg.Seed
		spikes, err := encode.New(encoder)
		require.NoError(rt, err)
		order := onchip.NewOrder(cfg.Seed, trainSet.Len(), cfg.Epochs)
		var train spike.Train
		for i := range 6 {
			require.NoError(rt, run.LearnTo(context.Background(), i+1))
			network := run.Network()
			spikes.Encode(setting.TrainKeys+uint64(i), trainSet.Image(order.At(i)), &train)
			_, err := lock.Run([]uint64{setting.TrainKeys + uint64(i)}, []*spike.Train{&train})
			require.NoError(rt, err)
			require.Equal(rt, network.Weights, lock.Weights(), "image %d", i)
			if cfg.Setting.Adaptive() {
				require.Equal(rt, network.Theta, lock.State().Theta, "image %d", i)
			}
		}
		locksteptest.RequireSameInUse(rt, lock, run.Network(), adder, trainSet, cfg.Seed)
	})
}

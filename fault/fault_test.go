package fault_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/compiler"
	"adder/compiler/fit"
	"adder/compiler/ir/irtest"
	"adder/compiler/place"
	"adder/core"
	"adder/fault"
	"adder/layout"
)

// drawn is the image of a random network.
func drawn(t *rapid.T, ticks int) *layout.Image {
	on := irtest.Chip(t)
	net := irtest.Network(t, on, fit.Widths(on))
	result, err := compiler.CompileIR(t.Context(), net, compiler.Options{
		Chip: on, Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: int32(ticks)},
		Placement: place.Options{},
	})
	if err != nil {
		t.Skip(err)
	}
	return result.Image
}

// anySpec is what may be broken.
func anySpec(t *rapid.T) fault.Spec {
	rate := func(name string) float64 {
		return rapid.SampledFrom([]float64{0, 0, 1e-3, 0.05, 0.3}).Draw(t, name)
	}
	s := fault.Spec{
		Seed: rapid.Uint64().Draw(t, "seed"), Flip: rate("flip"), Stuck0: rate("stuck0"),
		Stuck1: rate("stuck1"),
		Weight: rate("weight"), Threshold: rate("threshold"),
		Protect: rapid.SampledFrom([]fault.Protection{fault.Unprotected, fault.Parity,
			fault.SECDED}).Draw(t, "protect"),
	}
	if rapid.Bool().Draw(t, "some bits") {
		s.Bits = []int{0, 7}
	}
	return s
}

func text(t require.TestingT, img *layout.Image) []byte {
	var out bytes.Buffer
	require.NoError(t, layout.Write(&out, img))
	return out.Bytes()
}

// TestBrokenImages: the image given stays as it is, equal words break equally, and both
// engines see the same.
func TestBrokenImages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ticks := rapid.IntRange(1, 10).Draw(t, "ticks")
		img := drawn(t, ticks)
		before := text(t, img)
		s := anySpec(t)
		broken, damage, err := fault.Apply(img, s)
		require.NoError(t, err)
		require.Equal(t, before, text(t, img))
		again, same, err := fault.Apply(img, s)
		require.NoError(t, err)
		require.Equal(t, text(t, broken.Image), text(t, again.Image))
		require.Equal(t, damage, same)

		loaded, err := chip.LoadBroken(broken)
		require.NoError(t, err)
		cycle, err := loaded.NewCycle(chip.Options{Ticks: ticks}, nil)
		require.NoError(t, err)
		size := 1
		for _, side := range img.Input.Shape {
			size *= int(side)
		}
		sample := &chip.Sample{Spikes: irtest.TrainOf(t, size, ticks)}
		fast, err := loaded.NewFast(chip.Options{Ticks: ticks}).Run(t.Context(), sample)
		require.NoError(t, err)
		clocked, err := cycle.Run(t.Context(), sample)
		require.NoError(t, err)
		require.Equal(t, fast.Output, clocked.Output)
		require.Equal(t, fast.SpikesByPopulation, clocked.SpikesByPopulation)
	})
}

// TestNoFaults: a rate of 0 changes no byte.
func TestNoFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		img := drawn(t, 4)
		broken, damage, err := fault.Apply(img, fault.Spec{Seed: 3, Protect: fault.SECDED})
		require.NoError(t, err)
		require.Same(t, img, broken.Image)
		require.False(t, broken.Runs())
		require.Zero(t, *damage)
	})
}

// hand is an image of one core with a dense row of so many weights.
func hand(weights []int8) *layout.Image {
	n := len(weights)
	config := core.Config{
		Widths:    core.Widths{Potential: 24, Current: 24},
		Groups:    []core.Group{{Count: int32(n), DecayV: 0, ResetMode: core.ResetSubtract}},
		Threshold: make([]int32, n), Bias: make([]int32, n), Reset: make([]int32, n),
		V0:    make([]int32, n),
		Axons: []core.Axon{{}}, Dense8: weights,
		Rows: []core.Row{{Format: core.Dense8, WeightBits: 8, Count: int32(n)}},
	}
	for i := range config.Threshold {
		config.Threshold[i] = 1000
		config.ID = append(config.ID, uint32(i))
	}
	return &layout.Image{Model: "hand", Cores: []layout.PlacedCore{{Config: config}}}
}

func brokenWeights(t *testing.T, weights []int8, s fault.Spec) ([]int8, *fault.Damage) {
	t.Helper()
	img, damage, err := fault.Break(hand(weights), s)
	require.NoError(t, err)
	return img.Image.Cores[0].Config.Dense8, damage
}

// TestMemory: what all bits, or one of each weight, make of weights by hand.
func TestMemory(t *testing.T) {
	weights := []int8{0, 1, -1, 127, -128, 85}
	for _, c := range []struct {
		spec fault.Spec
		want []int8
	}{
		{fault.Spec{Flip: 1}, []int8{-1, -2, 0, -128, 127, -86}},
		{fault.Spec{Stuck0: 1}, []int8{0, 0, 0, 0, 0, 0}},
		{fault.Spec{Stuck1: 1}, []int8{-1, -1, -1, -1, -1, -1}},
		{fault.Spec{Flip: 1, Bits: []int{7}}, []int8{-128, -127, 127, -1, 0, -43}},
		{fault.Spec{Stuck1: 1, Bits: []int{0}}, []int8{1, 1, -1, 127, -127, 85}},
		{fault.Spec{Stuck0: 1, Bits: []int{6, 7}}, []int8{0, 1, 63, 63, 0, 21}},
	} {
		got, _ := brokenWeights(t, weights, c.spec)
		require.Equal(t, c.want, got, "%+v", c.spec)
	}
	_, damage := brokenWeights(t, weights, fault.Spec{Flip: 1, Bits: []int{3}})
	require.Equal(t, fault.Damage{Bits: 6, Wrong: 6, Weights: 6}, *damage)
}

// TestRates: so many bits fail as the rate says, and those that fail at a rate fail at
// every higher one.
func TestRates(t *testing.T) {
	weights := make([]int8, 1000)
	var last []int8
	for _, rate := range []float64{1e-3, 1e-2, 0.1, 0.5} {
		got, damage := brokenWeights(t, weights, fault.Spec{Flip: rate, Seed: 5})
		require.InDelta(t, rate*8000, float64(damage.Wrong), 5*89*max(rate, 0.05))
		for i, w := range last {
			require.Equal(t, w, w&got[i], "weight %d", i) // its ones are ones still
		}
		last = got
	}
	other, _ := brokenWeights(t, weights, fault.Spec{Flip: 0.5, Seed: 6})
	require.NotEqual(t, last, other)
}

// TestProtection: parity skips a row with one wrong bit, SECDED mends it.
func TestProtection(t *testing.T) {
	weights := []int8{1, 2, 3, 4, 5, 6, 7, 8}
	mended, skipped, untouched := 0, 0, 0
	for seed := range uint64(400) {
		plain, damage := brokenWeights(t, weights, fault.Spec{Flip: 0.01, Seed: seed})
		parity, _ := brokenWeights(t, weights,
			fault.Spec{Flip: 0.01, Seed: seed, Protect: fault.Parity})
		secded, behind := brokenWeights(t, weights,
			fault.Spec{Flip: 0.01, Seed: seed, Protect: fault.SECDED})
		if damage.Wrong == 1 {
			require.True(t, allZero(parity) || checkBitFailed(parity, plain), "seed %d", seed)
		}
		switch {
		case behind.Corrected == 1:
			mended++
			require.Equal(t, weights, secded, "seed %d", seed)
		case behind.Skipped == 1:
			skipped++
			require.True(t, allZero(secded), "seed %d", seed)
		case damage.Wrong == 0:
			untouched++
			require.Equal(t, weights, secded, "seed %d", seed)
		}
	}
	// Of 72 bits of a word, one fails in 35 % of the cases and two in 12 %.
	require.InDelta(t, 141, mended, 40)
	require.InDelta(t, 50, skipped, 25)
	require.Positive(t, untouched)
	require.EqualValues(t, 8, fault.Parity.CheckBits(64, 8))
	require.EqualValues(t, 16, fault.SECDED.CheckBits(65, 8))
}

// checkBitFailed says that parity let a row through whose check bit is wrong as well.
func checkBitFailed(parity, plain []int8) bool {
	return bytes.Equal(bytesOf(parity), bytesOf(plain))
}

func bytesOf(w []int8) (out []byte) {
	for _, v := range w {
		out = append(out, byte(v))
	}
	return out
}

func allZero(w []int8) bool { return bytes.Count(bytesOf(w), []byte{0}) == len(w) }

// TestVariation: weights spread around their values as far as asked.
func TestVariation(t *testing.T) {
	weights := make([]int8, 4000)
	for i := range weights {
		weights[i] = 100
	}
	got, damage := brokenWeights(t, weights, fault.Spec{Weight: 0.05, Seed: 1})
	mean, square := 0.0, 0.0
	for _, w := range got {
		mean += float64(w) / 4000
		square += float64(w-100) * float64(w-100) / 4000
	}
	require.InDelta(t, 100, mean, 0.3)
	require.InDelta(t, 25, square, 2)
	require.Positive(t, damage.Weights)

	img, damage, err := fault.Break(hand(weights), fault.Spec{Threshold: 0.1})
	require.NoError(t, err)
	require.Positive(t, damage.Thresholds)
	require.NotEqual(t, hand(weights).Cores[0].Config.Threshold,
		img.Image.Cores[0].Config.Threshold)
}

func TestUnknownLayer(t *testing.T) {
	_, _, err := fault.Apply(hand([]int8{1}), fault.Spec{Flip: 1, Layer: "fc9"})
	require.ErrorContains(t, err, "no layer fc9")
}

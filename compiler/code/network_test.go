package code_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/chip/profile"
	"adder/chip/profile/profiletest"
	"adder/compiler"
	"adder/compiler/code"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/place"
	"adder/core"
	"adder/layout"
	"adder/quantised"
	"adder/spike"
	"adder/spike/encode"
)

var kinds = []string{encode.KindRadix, encode.KindLevel}

// TestEnginesAreTheQuantisedNetwork draws networks, chips and placements: the evaluator with
// its products, the interpreter and both engines agree in every activation and in every
// sum of the output.
func TestEnginesAreTheQuantisedNetwork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, kind := network(t), rapid.SampledFrom(kinds).Draw(t, "code")
		on := smallChip(t)
		net, err := code.Network(q, kind, on)
		skipMisfit(t, err)
		encoder := encoderOf(q, kind)
		r, err := compiler.CompileIR(t.Context(), net, compiler.Options{
			Chip: on, Encoder: encoder, Check: true,
			Placement: place.Options{Seed: rapid.Uint64().Draw(t, "placement"), Moves: 30},
		})
		skipMisfit(t, err)
		loaded, err := chip.Load(r.Image)
		require.NoError(t, err)
		opts := chip.Options{}
		for p := range net.Populations {
			opts.Spikes, opts.Potentials = append(opts.Spikes, p), append(opts.Potentials, p)
		}
		cycle, err := loaded.NewCycle(opts, nil)
		require.NoError(t, err)
		interpreter, err := ir.NewInterpreter(net, ir.Options{})
		require.NoError(t, err)
		evaluator, err := quantised.NewEvaluator(q)
		require.NoError(t, err)
		for range 2 {
			levels := rapid.SliceOfN(rapid.Int32Range(0, q.Input.Top()), q.Input.Size,
				q.Input.Size).Draw(t, "levels")
			_, err := evaluator.RunLevels(levels)
			require.NoError(t, err)
			train := trainOf(t, &encoder, levels)
			want, err := interpreter.Run(&ir.Sample{Spikes: train})
			require.NoError(t, err)
			requireSame(t, q, net, evaluator, want)
			for _, e := range []chip.Engine{loaded.NewFast(opts), cycle} {
				got, err := e.Run(t.Context(), &chip.Sample{Spikes: train})
				require.NoError(t, err)
				require.Zero(t, got.Counts.Core.Saturations, "it was proved that no sum leaves "+
					"its register")
				require.Equal(t, want.Output, got.Output)
				for p := range net.Populations {
					require.True(t, want.Spikes[p].Equal(got.Spikes[p]), "spikes of %s",
						net.Populations[p].Name)
					require.Equal(t, want.Potentials[p], got.Potentials[p], "potentials of %s",
						net.Populations[p].Name)
				}
			}
		}
	})
}

// smallChip draws a chip of few neurons a core, so that networks take many.
func smallChip(t *rapid.T) *profile.Profile {
	bits := rapid.SampledFrom([]string{"14", "20", "24", "32"}).Draw(t, "potential")
	return profiletest.Variant(t, "adder", profiletest.Fields{
		"neurons":        rapid.SampledFrom([]string{"8", "24", "1024"}).Draw(t, "neurons"),
		"potential_bits": bits, "threshold_bits": bits, "bias_bits": bits,
		"multicast":    rapid.SampledFrom([]string{"true", "false"}).Draw(t, "multicast"),
		"table_words":  rapid.SampledFrom([]string{"16", "4096"}).Draw(t, "table words"),
		"exponent_max": rapid.SampledFrom([]string{"0", "3", "15"}).Draw(t, "exponents"),
	})
}

// skipMisfit skips a draw that is refused for what the chip does not have.
func skipMisfit(t *rapid.T, err error) {
	if misfit := new(fit.Error); err != nil && errors.As(err, &misfit) {
		t.Skip(err)
	}
	require.NoError(t, err)
}

func encoderOf(q *quantised.Network, kind string) layout.Encoder {
	return compiler.EncoderSettings(encode.Config{
		Kind: kind, Bits: q.Input.Bits, Ticks: encode.CodeTicks(kind, q.Input.Bits),
		Scale: q.Input.Scale, Zero: int(q.Input.Zero),
		Intensity: 1000, TickSeconds: 1e-3,
	})
}

// trainOf encodes levels as the host does with an image's encoder.
func trainOf(t require.TestingT, e *layout.Encoder, levels []int32) *spike.Train {
	made, err := encode.New(compiler.EncoderConfig(e, 0))
	require.NoError(t, err)
	train := new(spike.Train)
	made.(*encode.Coded).EncodeLevels(levels, train)
	return train
}

// requireSame compares what an interpreted network sent and summed with the quantised one.
func requireSame(t require.TestingT, q *quantised.Network, net *ir.Network, e *quantised.Evaluator,
	got *ir.Activity) {
	for p := range q.Populations {
		if p == q.Output {
			for n, sum := range e.Sums(p) {
				require.EqualValues(t, sum, got.Final[p][n], "sum of output %d", n)
			}
			continue
		}
		require.Equal(t, e.Levels(p), received(net, p, got.Spikes[p], q.Populations[p].Size()),
			"activations of %s", net.Populations[p].Name)
	}
}

// received decodes the spikes of a population, of which every run-th sends.
func received(net *ir.Network, p int, train *spike.Train, outputs int) []int32 {
	c := &net.Populations[p].Groups[0].Code
	out, run := make([]int32, outputs), net.Populations[p].Size/outputs
	for tick := range train.Ticks() {
		for o := range out {
			if c.Kind == core.CodeRadix {
				out[o] *= 2
			}
			if train.Get(tick, o*run+run-1) {
				out[o]++
			}
		}
	}
	return out
}

// residual is an input of three bits and two layers, of which the second hears the input
// as well, times 4.
func residual() *quantised.Network {
	return &quantised.Network{
		Name: "residual", Input: quantised.Input{Name: "in", Shape: []int{1}, Size: 1, Bits: 3,
			Scale: 1},
		Populations: []quantised.Population{
			{Name: "a", Shape: []int{1}, Neurons: 1, Bits: 2, Theta: []int64{3}, Bias: []int64{0},
				Unit: []float64{1}, Scale: []float64{3}},
			{Name: "b", Shape: []int{1}, Neurons: 1, Bias: []int64{-5}, Unit: []float64{0.25}},
		},
		Projections: []quantised.Projection{
			{Name: "in-a", Source: -1, Target: 0, WeightBits: 4,
				Weights: quantised.Weights{Sources: 1, Targets: 1, Dense: []int8{2}}},
			{Name: "a-b", Source: 0, Target: 1, WeightBits: 4,
				Weights: quantised.Weights{Sources: 1, Targets: 1, Dense: []int8{7}}},
			{Name: "in-b", Source: -1, Target: 1, Exponent: 2, WeightBits: 4,
				Weights: quantised.Weights{Sources: 1, Targets: 1, Dense: []int8{-3}}},
		},
		Output: 1,
	}
}

// TestBranchesEndTogether: the spikes of the shorter branch wait, and its factor is ticks.
func TestBranchesEndTogether(t *testing.T) {
	on, err := profile.Load("adder")
	require.NoError(t, err)
	net, err := code.Network(residual(), encode.KindRadix, on)
	require.NoError(t, err)
	a, b := &net.Populations[0], &net.Populations[1]
	// The input comes in ticks 0 to 2, a closes in 2 and fires in 2 and 3, b hears that in
	// 3 and 4, and the input until two ticks before.
	require.Equal(t, core.Code{Kind: core.CodeRadix, Window: 3, Bits: 2}, a.Groups[0].Code)
	require.Equal(t, core.Code{Kind: core.CodeRadix, Window: 5}, b.Groups[0].Code)
	require.Equal(t, []int{0, 0}, []int{a.Depth, b.Depth})
	require.Equal(t, []int{0, 0, 0}, []int{net.Projections[0].Delay, net.Projections[1].Delay,
		net.Projections[2].Delay})
	require.EqualValues(t, 1, a.Bias[0], "half a theta, rounded down")
	require.EqualValues(t, -5, b.Bias[0], "what is read has no offset")
	require.Equal(t, 2, net.Latency(3))
	require.Equal(t, []float64{4}, b.Unit)

	net, err = code.Network(residual(), encode.KindLevel, on)
	require.NoError(t, err)
	require.Equal(t, core.Code{Kind: core.CodeLevel, Window: 7, Bits: 2},
		net.Populations[0].Groups[0].Code)
	require.Equal(t, core.Code{Kind: core.CodeLevel, Window: 10}, net.Populations[1].Groups[0].Code,
		"from the input's first spike on")
	require.Equal(t, []int16{-12}, net.Projections[2].Weights.Value,
		"the factor goes into the weights")
}

// TestWhatDoesNotFitIsRefused names the layer, and the bits that would do.
func TestWhatDoesNotFitIsRefused(t *testing.T) {
	for _, test := range []struct {
		name   string
		kind   string
		fields profiletest.Fields
		change func(q *quantised.Network)
		want   string
	}{
		{"sum", encode.KindRadix, profiletest.Fields{"potential_bits": 6, "threshold_bits": 6,
			"bias_bits": 6, "current_bits": 6}, nil,
			"layer b needs 8 bits of potential; the chip has 6: take fewer bits of weights or of " +
				"activations, or another chip: --chip adder or wide"},
		{"theta", encode.KindRadix, nil, func(q *quantised.Network) {
			q.Populations[0].Theta[0] = 1 << 23
		},
			"layer a needs 26 bits of potential; the chip has 24: take fewer bits of weights or " +
				"of activations, or another chip: --chip wide"},
		{"beyond all", encode.KindRadix, nil, func(q *quantised.Network) {
			q.Populations[1].Bias[0] = 1 << 40
		},
			"layer b needs 42 bits of potential; the chip has 24: take fewer bits of weights or " +
				"of activations"},
		{"factor", encode.KindLevel, profiletest.Fields{"max_bits": 4}, nil,
			"layer b needs 5 bits per weight; the chip has 4: level has no other place for the " +
				"factor 2^2 of its branch"},
		{"delay", encode.KindRadix, profiletest.Fields{"max_delay": 0}, func(q *quantised.Network) {
			q.Projections[2].Exponent = 0
		},
			"layer b needs 2 ticks of axonal delay; the chip has 0: its branches differ too much " +
				"in length"},
		{"bias", encode.KindRadix, profiletest.Fields{"bias_bits": 3}, nil,
			"layer b needs 4 bits of a bias; the chip has 3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := residual()
			if test.change != nil {
				test.change(q)
			}
			_, err := code.Network(q, test.kind, profiletest.Variant(t, "adder", test.fields))
			var misfit *fit.Error
			require.ErrorAs(t, err, &misfit)
			require.ErrorContains(t, err, test.want)
		})
	}
	_, err := code.Network(residual(), encode.KindRate, profiletest.Variant(t, "adder", nil))
	require.ErrorContains(t, err, `"rate" is no code: it is radix or level`)
	broken := residual()
	broken.Projections[0].Target = 7
	_, err = code.Network(broken, encode.KindRadix, profiletest.Variant(t, "adder", nil))
	require.Error(t, err)
}

// TestChipsWithoutCodesRefuse by layer and model.
func TestChipsWithoutCodesRefuse(t *testing.T) {
	on, err := profile.Load("loihi")
	require.NoError(t, err)
	_, err = code.Network(residual(), encode.KindRadix, on)
	require.ErrorContains(t, err, "layer a needs 1 radix neuron; the chip has 0")
	require.ErrorContains(t, err, "layer b needs 1 radix neuron")
}

// TestBoundariesByThetaOrTable: boundaries that lie evenly are multiples, rounded ones are
// multiples of potentials with bits behind the point, as far as there is room, and others
// are words, stored once.
func TestBoundariesByThetaOrTable(t *testing.T) {
	on := profiletest.Variant(t, "adder", nil)
	lower := func(boundaries ...int64) *ir.Network {
		q := residual()
		q.Populations[0].Theta, q.Populations[0].Groups = nil, []quantised.Group{{Count: 1,
			Boundaries: boundaries}}
		net, err := code.Network(q, encode.KindRadix, on)
		require.NoError(t, err)
		return net
	}
	even := &lower(2, 7, 12).Populations[0]
	require.Equal(t, []int32{5, 3}, []int32{even.Threshold[0], even.Bias[0]}, "5 j - 3")
	require.Zero(t, even.Groups[0].WeightExp)
	rounded := &lower(3, 6, 10).Populations[0] // 10/3 j, down
	require.Zero(t, rounded.Groups[0].Code.Table)
	require.EqualValues(t, 1, rounded.Groups[0].WeightExp)
	uneven := lower(1, 2, 12)
	require.EqualValues(t, 1, uneven.Populations[0].Groups[0].Code.Table)
	require.Equal(t, []core.BoundaryTable{{1, 2, 12}}, uneven.Boundaries)
	few := &lower(4).Populations[0] // of three, two are never reached
	require.Zero(t, few.Groups[0].Code.Table)
	on.Weights.ExponentMax = 0
	require.Len(t, lower(3, 6, 10).Boundaries, 1, "a chip that shifts no input compares with words")
}

// TestWindowsCopyNeurons: neurons of overlapping windows are there once for each, and what
// is missing of a window at the edge is filled up.
func TestWindowsCopyNeurons(t *testing.T) {
	q := residual()
	q.Populations[0] = quantised.Population{
		Name: "a", Shape: []int{3}, Neurons: 3, Bits: 2, Theta: []int64{3, 3, 3},
		Bias: []int64{1, 2, 3}, Unit: []float64{1}, Scale: []float64{3},
		Windows: &quantised.Windows{Start: []int32{0, 2, 4, 5}, Member: []int32{0, 1, 1, 2, 2}},
	}
	q.Projections[0].Weights = quantised.Weights{Sources: 1, Targets: 3, Dense: []int8{1, 2, -3}}
	q.Projections[1].Weights = quantised.Weights{Sources: 3, Targets: 1, Dense: []int8{4, 5, 6}}
	on := profiletest.Variant(t, "adder", nil)
	net, err := code.Network(q, encode.KindRadix, on)
	require.NoError(t, err)
	a := &net.Populations[0]
	require.Equal(t, 6, a.Size)
	require.Equal(t, []int{3, 2}, a.Shape)
	require.Equal(t, 3, code.Copies(&q.Populations[0]))
	require.EqualValues(t, 2, a.Groups[0].Code.Run)
	require.Equal(t, []int32{2, 3, 3, 4, 3 - 21 + 1, 4}, a.Bias,
		"with an offset of 1; the fifth is below all that the sixth can be")
	into, out := &net.Projections[0].Weights, &net.Projections[1].Weights
	require.Equal(t, []int32{0, 1, 2, 3, 5}, into.Target)
	require.Equal(t, []int16{1, 2, 2, -3, -3}, into.Value)
	require.Equal(t, []int64{0, 0, 1, 1, 2, 2, 3}, out.Start, "the last of each window sends")
	require.True(t, slices.Equal([]int16{4, 5, 6}, out.Value))
}

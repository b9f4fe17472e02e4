package code_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/chip/profile"
	"adder/chip/profile/profiletest"
	"adder/compiler"
	"adder/compiler/code"
	"adder/compiler/place"
	"adder/compiler/split"
	"adder/core"
	"adder/internal/draws"
	"adder/layout"
	"adder/quantised"
	"adder/spike/encode"
)

// TestSplitIsTheUnsplitNetwork draws networks and a chip whose cores hear so few sources that
// layers are split: activations and sums are those of the same network on chip wide, whose
// cores hear all of them, and the report says how much later they come.
func TestSplitIsTheUnsplitNetwork(t *testing.T) {
	wide, err := profile.Load("wide")
	require.NoError(t, err)
	splits := 0
	rapid.Check(t, func(t *rapid.T) {
		q := network(t)
		small := profiletest.Variant(t, "adder", profiletest.Fields{
			"potential_bits": 32, "current_bits": 32, "max_bits": 16, "threshold_bits": 32,
			"bias_bits": 32, "input_axons": rapid.IntRange(4, 14).Draw(t, "axons"),
			"shared_rows": rapid.Bool().Draw(t, "shared rows"),
		})
		parts, layers, err := split.Network(q, small)
		require.NoError(t, err)
		require.NoError(t, parts.Validate())
		encoder := encoderOf(q, encode.KindRadix)
		one := compiled(t, q, wide, &encoder)
		several := compiled(t, parts, small, &encoder)
		splits += len(layers)
		most := 0 // a path meets some of the layers that were split
		for _, l := range layers {
			require.Greater(t, l.FanIn, l.Have)
			most += l.WordBits
		}
		require.LessOrEqual(t, several.report.Latency-one.report.Latency, most)
		for range 2 {
			level := rapid.Int32Range(0, q.Input.Top())
			levels := rapid.SliceOfN(level, q.Input.Size, q.Input.Size).Draw(t, "levels")
			want := run(t, one.image, &encoder, levels)
			requireSameLevels(t, q, want, run(t, several.image, &encoder, levels))
		}
	})
	if draws.Number() >= 100 {
		require.Positive(t, splits, "no layer was split")
	}
}

// made is an image and what is said of it.
type made struct {
	image  *layout.Image
	report *compiler.Report
}

// compiled makes the image of a network on a chip, or skips the draw where it does not fit.
func compiled(
	t *rapid.T, q *quantised.Network, on *profile.Profile, encoder *layout.Encoder,
) *made {
	net, err := code.Network(q, encode.KindRadix, on)
	skipMisfit(t, err)
	r, err := compiler.CompileIR(t.Context(), net, compiler.Options{
		Chip: on, Encoder: *encoder, Check: true, Placement: place.Options{Moves: -1},
	})
	skipMisfit(t, err)
	return &made{r.Image, &r.Report}
}

// ran is what an image did with a sample: the spikes of each population by name.
type ran struct {
	output []float64
	levels map[string][]int32
}

func run(t *rapid.T, img *layout.Image, encoder *layout.Encoder, levels []int32) *ran {
	c, err := chip.Load(img)
	require.NoError(t, err)
	var opts chip.Options
	for p := range img.Populations {
		opts.Spikes = append(opts.Spikes, p)
	}
	got, err := c.NewFast(opts).Run(t.Context(), &chip.Sample{Spikes: trainOf(t, encoder, levels)})
	require.NoError(t, err)
	require.Zero(t, got.Counts.Core.Saturations)
	out := &ran{levels: map[string][]int32{}}
	for _, v := range got.Output {
		out.output = append(out.output, float64(v))
	}
	for p := range img.Populations {
		sums := make([]int32, got.Spikes[p].Sources())
		for tick := range got.Spikes[p].Ticks() {
			for n := range sums {
				if sums[n] *= 2; got.Spikes[p].Get(tick, n) {
					sums[n]++
				}
			}
		}
		out.levels[img.Populations[p].Name] = sums
	}
	return out
}

func requireSameLevels(t *rapid.T, q *quantised.Network, want, got *ran) {
	require.Equal(t, want.output, got.output)
	for p := range q.Populations {
		name := q.Populations[p].Name
		require.Equal(t, want.levels[name], got.levels[name], name)
	}
}

// TestSplitRefusesWideSums wants sums that no word holds refused, by layer.
func TestSplitRefusesWideSums(t *testing.T) {
	q := &quantised.Network{
		Name:  "wide sums",
		Input: quantised.Input{Name: "in", Shape: []int{40000}, Size: 40000, Bits: 16, Scale: 1},
		Populations: []quantised.Population{{
			Name: "sum", Neurons: 1, Shape: []int{1}, Bias: []int64{0}, Unit: []float64{1},
		}},
		Projections: []quantised.Projection{{
			Name: "w", Source: quantised.FromInput, WeightBits: 16,
			Weights: quantised.Weights{Sources: 40000, Targets: 1, Dense16: make([]int16, 40000)},
		}},
	}
	for i := range q.Projections[0].Weights.Dense16 {
		q.Projections[0].Weights.Dense16[i] = 30000
	}
	many := profiletest.Variant(t, "adder", profiletest.Fields{"input_axons": 20000})
	_, _, err := split.Network(q, many)
	require.ErrorContains(t, err, "layer sum: 40000 sources of a neuron are more than a core's "+
		"20000 axons, and their sums need words of 46 bits")
	require.ErrorContains(t, err, fmt.Sprint("the most is ", core.MaxCodeBits))
}

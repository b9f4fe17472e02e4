package chip_test

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/place"
	"adder/core"
	"adder/layout"
	"adder/spike"
)

// fatal is what both testing.T and rapid.T are.
type fatal interface {
	require.TestingT
	Helper()
}

// variant is the profile adder with fields changed, as key, value pairs.
func variant(t fatal, fields ...string) *profile.Profile {
	t.Helper()
	base, err := profile.Load("adder")
	require.NoError(t, err)
	text := string(base.Text())
	for i := 0; i < len(fields); i += 2 {
		at := regexp.MustCompile(`(?m)^( *` + fields[i] + `:) .*$`)
		require.True(t, at.MatchString(text), "the profile has no field %s", fields[i])
		text = at.ReplaceAllString(text, "${1} "+fields[i+1])
	}
	p, err := profile.Parse("variant.yaml", []byte(text))
	require.NoError(t, err)
	return p
}

// randomChip draws a chip of small cores, so that a few neurons take many
// of them.
func randomChip(t *rapid.T) *profile.Profile {
	potential := rapid.IntRange(8, 32).Draw(t, "potential bits")
	overflow := rapid.SampledFrom([]string{"saturate", "wrap"})
	bits := fmt.Sprint(potential)
	return variant(t,
		"width", fmt.Sprint(rapid.IntRange(1, 8).Draw(t, "mesh width")), "height", "8",
		"multicast", fmt.Sprint(rapid.Bool().Draw(t, "multicast")),
		"neurons", fmt.Sprint(rapid.IntRange(1, 12).Draw(t, "neurons per core")),
		"input_axons", fmt.Sprint(rapid.IntRange(10, 60).Draw(t, "axons per core")),
		"synapse_memory", fmt.Sprint(rapid.IntRange(300, 4000).Draw(t, "memory"), " bit"),
		"formats", rapid.SampledFrom([]string{"[dense, sparse]", "[dense]", "[sparse]"}).Draw(t, "formats"),
		"potential_bits", bits, "threshold_bits", bits, "bias_bits", bits, "threshold_unsigned", "false",
		"current_bits", fmt.Sprint(rapid.IntRange(8, 32).Draw(t, "current bits")),
		"potential_overflow", overflow.Draw(t, "potential overflow"),
		"current_overflow", overflow.Draw(t, "current overflow"),
		"align", fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "align")),
		"decay_digits", fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "decay digits")),
		"duplicates", rapid.SampledFrom([]string{"add", "merge"}).Draw(t, "duplicates"),
	)
}

// randomNetwork draws an integer network for the registers of a chip:
// every neuron model, any depths, recurrence and skips.
func randomNetwork(t *rapid.T, on *profile.Profile) *ir.Network {
	inputs := rapid.IntRange(1, 6).Draw(t, "inputs")
	net := &ir.Network{Name: "random", Input: ir.Input{Name: "in", Shape: []int{inputs}, Size: inputs}, Widths: fit.Widths(on)}
	for p := range rapid.IntRange(1, 4).Draw(t, "populations") {
		net.Populations = append(net.Populations, randomPopulation(t, on, p))
	}
	for k := range rapid.IntRange(1, 6).Draw(t, "projections") {
		net.Projections = append(net.Projections, randomProjection(t, net, k))
	}
	net.Output = rapid.IntRange(-1, len(net.Populations)-1).Draw(t, "output")
	return net
}

func randomPopulation(t *rapid.T, on *profile.Profile, p int) ir.Population {
	size := rapid.IntRange(1, 9).Draw(t, "size")
	pop := ir.Population{Name: fmt.Sprint("p", p), Shape: []int{size}, Size: size, Depth: rapid.IntRange(0, 4).Draw(t, "depth")}
	limit := int32(1)<<(min(on.Widths.PotentialBits, on.Widths.CurrentBits, 10)-1) - 1
	constants := func(label string, low int32) []int32 {
		return rapid.SliceOfN(rapid.Int32Range(low, limit), size, size).Draw(t, label)
	}
	pop.Threshold, pop.Bias = constants("threshold", -limit/8), constants("bias", -limit)
	pop.Reset, pop.V0 = constants("reset", -limit), constants("v0", -limit)
	for n := range pop.Bias {
		pop.Bias[n] /= 8 // so that not all fire in every tick
	}
	integrator := rapid.Bool().Draw(t, "integrator")
	for first := 0; first < size; {
		g := randomGroup(t)
		g.Integrator, g.Population, g.Depth = integrator, int32(p), int32(pop.Depth)
		g.First, g.Count = int32(first), int32(rapid.IntRange(1, size-first).Draw(t, "group"))
		first += int(g.Count)
		pop.Groups = append(pop.Groups, g)
	}
	return pop
}

func randomGroup(t *rapid.T) core.Group {
	factor := rapid.OneOf(rapid.SampledFrom([]uint16{0, 4096, 4095}), rapid.Uint16Range(0, 4096))
	g := core.Group{
		DecayV:     factor.Draw(t, "keep v"),
		HasCurrent: rapid.Bool().Draw(t, "current"),
		WeightExp:  rapid.Int8Range(-3, 4).Draw(t, "exponent"),
		ResetMode:  rapid.SampledFrom([]core.ResetMode{core.ResetToValue, core.ResetSubtract}).Draw(t, "reset mode"),
		Refractory: rapid.Uint16Range(0, 3).Draw(t, "refractory"),
	}
	if g.HasCurrent {
		g.DecayU, g.BiasToCurrent = factor.Draw(t, "keep u"), rapid.Bool().Draw(t, "bias to current")
	}
	return g
}

func randomProjection(t *rapid.T, net *ir.Network, k int) ir.Projection {
	last := len(net.Populations) - 1
	p := ir.Projection{
		Name:   fmt.Sprint("projection ", k),
		Source: rapid.IntRange(-1, last).Draw(t, "source"), Target: rapid.IntRange(0, last).Draw(t, "target"),
		Delay: rapid.IntRange(0, 5).Draw(t, "delay"), WeightBits: rapid.IntRange(2, 9).Draw(t, "bits"),
	}
	if k == 0 {
		p.Source = ir.SourceInput
	}
	w := &p.Weights
	w.Sources, w.Targets = net.Input.Size, net.Populations[p.Target].Size
	if p.Source >= 0 {
		w.Sources = net.Populations[p.Source].Size
	}
	half := int16(1) << (p.WeightBits - 1)
	weights := rapid.SliceOfN(rapid.OneOf(rapid.Just(int16(0)), rapid.Int16Range(-half, half-1)), w.Sources*w.Targets, w.Sources*w.Targets).Draw(t, "weights")
	switch {
	case rapid.Bool().Draw(t, "list"):
		w.Start = []int64{0}
		for i, v := range weights {
			if v != 0 {
				w.Target, w.Value = append(w.Target, int32(i%w.Targets)), append(w.Value, v)
			}
			if i%w.Targets == w.Targets-1 {
				w.Start = append(w.Start, int64(len(w.Value)))
			}
		}
	case p.WeightBits <= 8:
		for _, v := range weights {
			w.Dense = append(w.Dense, int8(v))
		}
	default:
		w.Dense16 = weights
	}
	return p
}

func randomTrain(t *rapid.T, sources int) *spike.Train {
	train := spike.NewTrain(sources, rapid.IntRange(1, 12).Draw(t, "ticks"))
	for tick := range train.Ticks() {
		mask := rapid.Uint64Range(0, 1<<sources-1).Draw(t, "spikes")
		train.Row(tick)[0] = mask
	}
	return train
}

// compileOrSkip compiles a network; a draw that does not fit its chip is no
// test.
func compileOrSkip(t *rapid.T, net *ir.Network, on *profile.Profile, ticks int, seed uint64) *layout.Image {
	r, err := compiler.CompileIR(net, compiler.Options{
		Chip: on, Encoder: layout.Encoder{Kind: "spikes", Ticks: int32(ticks)},
		Placement: place.Options{Seed: seed, Moves: 50},
	})
	if fit := new(fit.Error); err != nil && errors.As(err, &fit) {
		t.Skip(err)
	}
	require.NoError(t, err)
	return r.Image
}

// run emulates one train, recording everything.
func run(t fatal, img *layout.Image, train *spike.Train, opts chip.Options) *chip.Outcome {
	t.Helper()
	c, err := chip.Load(img)
	require.NoError(t, err)
	for p := range img.Populations {
		opts.Spikes, opts.Potentials = append(opts.Spikes, p), append(opts.Potentials, p)
	}
	out, err := c.NewFast(opts).Run(&chip.Sample{Number: 7, Spikes: train})
	require.NoError(t, err)
	return out
}

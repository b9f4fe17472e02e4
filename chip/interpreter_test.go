package chip_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/ir/irtest"
	"adder/core"
	"adder/internal/draws"
	"adder/layout"
)

// learner is an engine that learns.
type learner interface {
	chip.Engine
	Learned() chip.Learned
	SetBar(samples uint16)
}

// TestEnginesAreTheInterpreter holds both engines to the interpreter of the integer
// network, which knows no cores and shares no arithmetic with them: on networks that
// may learn, compete, fire by chance, adapt, inhibit all others, on chips of any
// cores, with any placement, they agree in every spike and potential of several samples, in
// the class, and in all that was learned.
func TestEnginesAreTheInterpreter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		followInterpreter(t, on, randomNetwork(t, on), rapid.Bool().Draw(t, "learn"))
	})
}

// TestLearningOnEveryEngine does so on networks that learn, for longer, so that traces end
// and targets are reached.
func TestLearningOnEveryEngine(t *testing.T) {
	draws.Less(t, 2)
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		if !on.HasFormat(profile.Dense) {
			on.Weights.Formats = append(on.Weights.Formats, profile.Dense)
		}
		followInterpreter(t, on, irtest.LearningNetwork(t, on, fit.Widths(on)), true)
	})
}

// TestEveryModelOnEveryEngine does so on networks of each model of neurons, and of
// what it stands on.
func TestEveryModelOnEveryEngine(t *testing.T) {
	draws.Less(t, 8)
	for _, row := range core.Models() {
		t.Run(string(row.Model), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				on := irtest.Chip(t)
				on.Models = []core.Model{row.Model}
				if row.Extends {
					on.Models = append(on.Models, rapid.SampledFrom(row.On).Draw(t, "on"))
				}
				followInterpreter(t, on, randomNetwork(t, on), rapid.Bool().Draw(t, "learn"))
			})
		})
	}
}

// inOrder loads an image on a chip on which nothing is broken.
func inOrder(t *rapid.T, img *layout.Image) (*chip.Chip, ir.Faults) {
	return whole(t, img), ir.Faults{}
}

// followInterpreter runs samples on both engines and by the interpreter.
func followInterpreter(t *rapid.T, on *profile.Profile, net *ir.Network, learn bool) {
	followBroken(t, on, net, learn, inOrder)
}

// followBroken is followInterpreter on a chip with broken neurons.
func followBroken(
	t *rapid.T, on *profile.Profile, net *ir.Network, learn bool,
	load func(*rapid.T, *layout.Image) (*chip.Chip, ir.Faults),
) {
	if rapid.IntRange(0, 4).Draw(t, "direct input") == 0 {
		irtest.Host(t, net)
	}
	ticks := rapid.OneOf(rapid.IntRange(1, 12), rapid.IntRange(12, 40)).Draw(t, "ticks")
	img := compileOrSkip(t, net, on, ticks, rapid.Uint64().Draw(t, "seed"))
	loaded, broken := load(t, img)
	seed := rapid.Uint64().Draw(t, "draws")
	opts := recordAll(img, chip.Options{Learn: learn, Seed: seed})
	cycle, err := loaded.NewCycle(opts, nil)
	require.NoError(t, err)
	engines := []learner{loaded.NewFast(opts), cycle}
	r, err := ir.NewInterpreter(net, ir.Options{Learn: learn, Seed: seed, Faults: broken})
	require.NoError(t, err)
	bar := rapid.Uint16Range(0, 2).Draw(t, "bar")
	r.SetBar(int(bar))
	for _, e := range engines {
		e.SetBar(bar)
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "samples") {
		s := &ir.Sample{Number: rapid.Uint64().Draw(t, "number"), Ticks: ticks}
		if net.Host != nil {
			s.Levels, s.MaxLevel = irtest.Levels(t, net.Input.Size)
		}
		// which counts for nothing
		if net.Host == nil || rapid.Bool().Draw(t, "has a train as well") {
			s.Spikes = irtest.TrainOf(t, net.Input.Size, ticks)
		}
		want, err := r.Run(s)
		require.NoError(t, err)
		for _, e := range engines {
			got, err := e.Run(t.Context(), &chip.Sample{Number: s.Number, Spikes: s.Spikes,
				Levels: s.Levels, MaxLevel: s.MaxLevel})
			require.NoError(t, err)
			requireActivity(t, want, got)
			require.Equal(t, r.Learned(), learned(net, img, e.Learned()),
				"learned by %T from samples up to %d", e, i)
		}
	}
}

// requireActivity holds an outcome, of which everything was recorded, to what an
// interpreter did.
func requireActivity(t fatal, want *ir.Activity, got *chip.Outcome) {
	t.Helper()
	for p := range want.Spikes {
		require.Equal(t, want.Spikes[p], got.Spikes[p], "spikes of population %d", p)
		require.Equal(t, want.Potentials[p], got.Potentials[p], "potentials of population %d", p)
		size := len(want.Final[p])
		require.Equal(t, want.Final[p], got.Potentials[p][len(got.Potentials[p])-size:],
			"final potentials of population %d", p)
		require.EqualValues(t, want.Spikes[p].Count(), got.SpikesByPopulation[p])
	}
	require.Equal(t, want.Output, got.Output)
	require.Equal(t, want.Class, got.Class)
}

// learned brings what cores have learned into the order of the network. A core has a
// Plasticity for each projection that learns into its neurons, in the network's
// order. Outside of learning mode nothing is known of targets.
func learned(net *ir.Network, img *layout.Image, of chip.Learned) *ir.Learned {
	out := &ir.Learned{
		Weights: make([][]uint16, len(net.Projections)), Pool: make([]int32, len(net.Projections)),
		Samples: make([]int32, len(net.Projections)),
	}
	for k := range net.Projections {
		out.Weights[k] = append([]uint16(nil), net.Projections[k].Weights.Plastic...)
	}
	for p := range net.Populations {
		size := net.Populations[p].Size
		out.Theta, out.Target, out.Barred = append(out.Theta,
			make([]int32, size)), append(out.Target, make([]int32, size)), append(out.Barred,
			make([]int32, size))
		copy(out.Target[p], net.Populations[p].Target)
	}
	at := places(img)
	for i := range img.Cores {
		cfg, l := &img.Cores[i].Config, &of[i]
		for n, home := range at[i] {
			if len(l.Theta) > 0 {
				out.Theta[home.population][home.neuron] = l.Theta[n]
			}
			if len(l.Target) > 0 {
				out.Target[home.population][home.neuron] = l.Target[n]
			}
			if len(l.Barred) > 0 {
				out.Barred[home.population][home.neuron] = int32(l.Barred[n])
			}
		}
		next := 0
		for k := range net.Projections {
			p := &net.Projections[k]
			if p.Learning == nil || next == len(cfg.Plasticity) {
				continue
			}
			x := &cfg.Plasticity[next]
			g := &cfg.Groups[x.Group]
			first := at[i][g.First]
			if inRun := int(first.neuron) - p.Weights.First; first.population != p.Target ||
				inRun < 0 || inRun >= p.Weights.Count {
				continue
			}
			for row := range x.Rows {
				from := cfg.Rows[x.FirstRow+row].Offset
				for j := range g.Count {
					neuron := int(at[i][g.First+j].neuron) - p.Weights.First
					out.Weights[k][int(row)*p.Weights.Count+neuron] = l.Weights[from+int64(j)]
				}
			}
			out.Pool[k], out.Samples[k] = l.Pool[next], l.Samples[next]
			next++
		}
	}
	return out
}

// spot is a neuron of the network.
type spot struct {
	population int
	neuron     int32
}

// places says which neurons of the network each core holds.
func places(img *layout.Image) [][]spot {
	out := make([][]spot, len(img.Cores))
	core := map[any]int{}
	for i := range img.Cores {
		core[img.Cores[i].Tile] = i
		out[i] = make([]spot, img.Cores[i].Config.Neurons())
	}
	for p := range img.Populations {
		next := int32(0)
		for _, s := range img.Populations[p].Segments {
			for n := range s.Count {
				out[core[s.Tile]][s.First+n] = spot{p, next}
				next++
			}
		}
	}
	return out
}

package chip_test

import (
	"errors"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/chip/profile"
	"adder/chip/profile/profiletest"
	"adder/compiler"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/ir/irtest"
	"adder/compiler/testnets"
	"adder/core"
	"adder/internal/draws"
	"adder/layout"
	"adder/spike"
)

// oneDestination draws chips of small cores whose neurons have one destination, or as many as
// they like. No model is among theirs that draws, since draws are keyed by the tick of the
// chip, which relays make later, or whose spikes carry values, which relays do not.
func oneDestination(t require.TestingT, neurons int, fields profiletest.Fields) *profile.Profile {
	small := profiletest.Fields{
		"width": 8, "height": 8, "neurons": neurons, "input_axons": 60,
		"synapse_memory": "6 Kibit", "multicast": false, "max_delay": 62,
	}
	maps.Copy(small, fields)
	on := profiletest.Variant(t, "adder", small)
	on.Models = []core.Model{core.ModelIF, core.ModelLIF, core.ModelCUBA, core.ModelThreshold,
		core.ModelReversal, core.ModelIntegrator}
	return on
}

// oneRoute lets a neuron have one destination.
var oneRoute = profiletest.Fields{"core.routes_per_neuron": 1}

// TestRelaysChangeNothing draws networks for chips whose neurons have one destination: layers
// do with relays what they do without, spike by spike, and the relays come behind them.
func TestRelaysChangeNothing(t *testing.T) {
	relays := 0
	rapid.Check(t, func(t *rapid.T) {
		neurons := rapid.IntRange(4, 16).Draw(t, "neurons")
		free := oneDestination(t, neurons, nil)
		one := oneDestination(t, neurons, oneRoute)
		net := randomNetwork(t, free)
		train := irtest.Train(t, net.Input.Size)
		want := run(t, compileOrSkip(t, net, free, train.Ticks(), 1), train, chip.Options{})
		r, err := compiler.CompileIR(t.Context(), net, compiler.Options{
			Chip: one, Encoder: layout.Encoder{Kind: layout.EncoderSpikes,
				Ticks: int32(train.Ticks())},
			Check: true,
		})
		var misfit *fit.Error
		if errors.As(err, &misfit) {
			t.Skip(err)
		}
		require.NoError(t, err)
		if r.Report.Relays != nil {
			relays += r.Report.Relays.Neurons
		}
		got := run(t, r.Image, train, chip.Options{})
		require.Equal(t, want.Output, got.Output)
		for p := range net.Populations {
			name := net.Populations[p].Name
			require.True(t, want.Spikes[p].Equal(got.Spikes[p]), "spikes of %s", name)
			require.Equal(t, want.Potentials[p], got.Potentials[p], "potentials of %s", name)
		}
	})
	if draws.Number() >= 100 {
		require.Positive(t, relays, "no network needed relays")
	}
}

// TestRelays counts them: two layers of which each neuron reaches several cores.
func TestRelays(t *testing.T) {
	one := oneDestination(t, 16, oneRoute)
	net := testnets.Sparse(one, 2, 32, 4, 16)
	r, err := compiler.CompileIR(t.Context(), net, compiler.Options{
		Chip: one, Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 8},
	})
	require.NoError(t, err)
	require.NotNil(t, r.Report.Relays)
	require.Equal(t, 1, r.Report.Relays.Ticks)
	require.Greater(t, len(r.Network.Populations), 2)
	require.Equal(t, "l0.relay1", r.Network.Populations[2].Name)
	for tile := range r.Image.Routes.Neurons {
		routes := &r.Image.Routes.Neurons[tile]
		for n := range routes.Sources() {
			require.LessOrEqual(t, len(routes.Of(n)), 1)
		}
	}
	interpreter, err := ir.NewInterpreter(r.Network, ir.Options{})
	require.NoError(t, err)
	train := spike.NewTrain(32, 8)
	for s := range 32 {
		train.Set(s%8, s)
	}
	want, err := interpreter.Run(&ir.Sample{Spikes: train})
	require.NoError(t, err)
	got := run(t, r.Image, train, chip.Options{})
	require.Equal(t, want.Output, got.Output)
}

// TestRelaysInALoop refuses a layer that hears itself a tick later by two ways.
func TestRelaysInALoop(t *testing.T) {
	one := oneDestination(t, 16, oneRoute)
	net := testnets.Sparse(one, 1, 32, 4, 16)
	loop := net.Projections[0]
	loop.Name, loop.Source = "loop", 0
	net.Projections = append(net.Projections, loop)
	opts := compiler.Options{Chip: one, Encoder: layout.Encoder{Kind: layout.EncoderSpikes,
		Ticks: 8}}
	_, err := compiler.CompileIR(t.Context(), net, opts)
	require.ErrorContains(t, err,
		"layer l0 needs 2 ticks until it hears itself; the chip has 1: a relay takes a tick")
	net.Projections[1].Delay = 1
	_, err = compiler.CompileIR(t.Context(), net, opts)
	require.NoError(t, err)
}

// TestRelaysOnTrueNorth compiles a network of one weight for chip truenorth, whose neurons
// have one destination: what the interpreter says of it without relays comes out of the
// chip.
func TestRelaysOnTrueNorth(t *testing.T) {
	on, err := profile.Load("truenorth")
	require.NoError(t, err)
	net := testnets.Sparse(on, 2, 400, 4, 64)
	for k := range net.Projections {
		for i := range net.Projections[k].Weights.Value {
			net.Projections[k].Weights.Value[i] = 1
		}
	}
	for p := range net.Populations {
		for n := range net.Populations[p].Threshold {
			net.Populations[p].Threshold[n] = 1
		}
	}
	train := spike.NewTrain(400, 12)
	for s := range 400 {
		train.Set(s*7%12, s)
		train.Set(s*5%12, s)
	}
	interpreter, err := ir.NewInterpreter(net, ir.Options{})
	require.NoError(t, err)
	want, err := interpreter.Run(&ir.Sample{Spikes: train})
	require.NoError(t, err)
	r, err := compiler.CompileIR(t.Context(), net, compiler.Options{
		Chip: on, Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 12},
	})
	require.NoError(t, err)
	require.NotNil(t, r.Report.Relays)
	got := run(t, r.Image, train, chip.Options{})
	require.Equal(t, want.Output, got.Output)
	require.Positive(t, got.Spikes[1].Count())
	require.True(t, want.Spikes[1].Equal(got.Spikes[1]))
}

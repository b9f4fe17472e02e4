package chip

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/compiler"
	placement "adder/compiler/place"
	"adder/compiler/winner"
	"adder/core"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// TestPorts: however the host's inputs are wired, the fast engine does what it does when it
// is stepped, which goes through the schedule: the same outcome and counts, by tick too.
func TestPorts(t *testing.T) {
	adder, err := profile.Load("adder")
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		inputs, neurons := rapid.IntRange(1, 90).Draw(t, "inputs"), rapid.IntRange(1, 20).Draw(t,
			"neurons")
		loaded := straightChip(t, adder, inputs, neurons)
		train := spike.NewTrain(inputs, 12)
		for tick := range 12 {
			for i := range inputs {
				if rapid.IntRange(0, 3).Draw(t, "spike") == 0 {
					train.Set(tick, i)
				}
			}
		}
		for _, opts := range []Options{{Ticks: 12}, {Ticks: 12, ByTick: true}} {
			engine := loaded.NewFast(opts)
			want := stepThrough(t, engine, train)
			got, err := engine.Run(t.Context(), &Sample{Spikes: train})
			require.NoError(t, err)
			want.Spikes, want.Potentials = got.Spikes, got.Potentials // not of a stepped run
			require.Equal(t, want, got)
		}
	})
}

// stepThrough runs a train tick by tick.
func stepThrough(t *rapid.T, engine Stepper, train *spike.Train) *Outcome {
	require.NoError(t, engine.Start(&Sample{}))
	for tick := range train.Ticks() {
		require.NoError(t, engine.Step(t.Context(), train.AppendTick(tick, nil)))
	}
	out, err := engine.Finish(t.Context())
	require.NoError(t, err)
	return out
}

// move puts an image's only core on another tile.
func move(t *rapid.T, img *layout.Image) {
	from, to := img.Cores[0].Tile, router.Core(rapid.IntRange(0, img.Routes.Mesh.Tiles()-1).Draw(t,
		"core's tile"))
	tiles := img.Routes.Neurons
	tiles[from], tiles[to] = tiles[to], tiles[from]
	img.Cores[0].Tile = to
	for i := range tiles[to].Dests {
		tiles[to].Dests[i].Core = to
	}
	for i := range img.Routes.Ports[0].Dests {
		img.Routes.Ports[0].Dests[i].Core = to
	}
	for p := range img.Populations {
		for k := range img.Populations[p].Segments {
			img.Populations[p].Segments[k].Tile = to
		}
	}
}

// bend moves the core and the port of an image to other tiles, and sometimes its
// wires: one input takes over the wire of the next, or two wires are exchanged.
func bend(t *rapid.T, img *layout.Image) {
	move(t, img)
	port := &img.Routes.Ports[0]
	port.At = img.Routes.Mesh.At(router.Core(rapid.IntRange(0, img.Routes.Mesh.Tiles()-1).Draw(t,
		"tile")))
	inputs := port.Sources()
	if inputs < 2 || rapid.Bool().Draw(t, "stays straight") {
		return
	}
	i := rapid.IntRange(0, inputs-2).Draw(t, "input")
	if rapid.Bool().Draw(t, "takes over") {
		port.Start[i+1] = port.Start[i+2]
		return
	}
	port.Dests[i].Axon, port.Dests[i+1].Axon = port.Dests[i+1].Axon, port.Dests[i].Axon
}

// straightChip is a chip whose inputs reach all neurons of one core, in their order.
func straightChip(t *rapid.T, on *profile.Profile, inputs, neurons int) *Chip {
	net := &winner.Net{
		Name: "straight", Shape: []int{inputs}, Neurons: neurons, Inhibition: 300,
		Group: core.Group{DecayV: 4064, Refractory: 1,
			Winner: core.Winner{Arbiter: core.ArbiterMargin, Alone: true}},
		Threshold: make([]int32, neurons), Reset: make([]int32, neurons),
		Weights: make([]uint16, inputs*neurons),
	}
	for i := range net.Weights {
		net.Weights[i] = rapid.Uint16().Draw(t, "weight")
	}
	for j := range net.Threshold {
		net.Threshold[j] = rapid.Int32Range(0, 2000).Draw(t, "threshold")
	}
	integers, err := net.Network(on)
	require.NoError(t, err)
	result, err := compiler.CompileIR(t.Context(), integers, compiler.Options{
		Chip: on, Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 12},
		Placement: placement.Options{Moves: -1}, Check: true,
	})
	require.NoError(t, err)
	bend(t, result.Image)
	loaded, err := Load(result.Image)
	require.NoError(t, err)
	return loaded
}

package winner_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/winner"
	"adder/core"
	"adder/layout"
)

// network is a small network with everything that a winner-take-all
// network may have.
func network() *winner.Net {
	w := &winner.Net{
		Name: "small", Shape: []int{2, 3}, Neurons: 4,
		Group: core.Group{DecayV: 4096, Refractory: 2,
			Winner: core.Winner{Arbiter: core.ArbiterMargin, LateralReset: true, Alone: true}},
		Threshold: []int32{100, 200, 300, 400}, Reset: make([]int32, 4),
		Weights: make([]uint16, 24), Inhibition: 1000,
	}
	for i := range w.Weights {
		w.Weights[i] = uint16(i * 2700)
	}
	return w
}

func shipped(t *testing.T, name string) *profile.Profile {
	t.Helper()
	p, err := profile.Load(name)
	require.NoError(t, err)
	return p
}

func compile(w *winner.Net, chip *profile.Profile) (*compiler.Result, error) {
	net, err := w.Network(chip)
	if err != nil {
		return nil, err
	}
	return compiler.CompileIR(context.Background(), net,
		compiler.Options{Chip: chip, Encoder: layout.Encoder{Kind: "poisson", Ticks: 10},
			Check: true})
}

// TestImage checks the image against the network: weights, inhibition,
// routes and counts, frozen and learning.
func TestImage(t *testing.T) {
	for _, learning := range []*core.Plasticity{nil, {LTP: 4, LTD: 10, Pre: core.Trace{Length: 4},
		Post: core.Trace{Length: 4}, Max: 65535}} {
		w := network()
		w.Learning = learning
		r, err := compile(w, shipped(t, "adder"))
		require.NoError(t, err)
		require.Len(t, r.Image.Cores, 1)
		require.EqualValues(t, 0, r.Image.Cores[0].Tile, "where the host's input enters")
		cfg := &r.Image.Cores[0].Config
		require.Len(t, cfg.Axons, 6+4)
		require.Len(t, cfg.Rows, 6+4, "no row is shared or left out, though one holds a zero")
		require.Equal(t, int64(23+12), r.Image.Synapses, "the weight 0 is none")
		require.Equal(t, layout.Readout{Kind: layout.ReadoutCount, Classes: 4}, r.Image.Readout)
		for i := range 6 {
			row := cfg.Rows[cfg.Axons[i].Row]
			require.Equal(t, []int32{0, 4}, []int32{row.First, row.Count})
			for n := range 4 {
				want := w.Weights[i*4+n]
				if learning != nil {
					require.Equal(t, want, cfg.Plastic[int(row.Offset)+n])
				} else {
					require.EqualValues(t, want>>8, cfg.Dense16[int(row.Offset)+n])
				}
			}
		}
		for n := range int32(4) {
			row := cfg.Rows[cfg.Axons[6+n].Row]
			require.Equal(t, n, row.Exclude)
			require.InEpsilon(t, -1000, int64(row.Weight)<<row.Shift, 1.0/128, "8 bits of it")
			require.Equal(t, int32(6+n), r.Image.Routes.Neurons[0].Of(int(n))[0].Axon)
		}
		if learning == nil {
			require.Empty(t, cfg.Plasticity)
			continue
		}
		want := *learning
		want.Rows = 6
		require.Equal(t, []core.Plasticity{want}, cfg.Plasticity)
	}
}

// TestNetworkCarriesAll: constants that only some networks have.
func TestNetworkCarriesAll(t *testing.T) {
	w := network()
	w.Group.HasFloor = true
	w.Group.Theta = core.Theta{Adaptive: true, Plus: 5}
	w.Theta, w.Target, w.V0 = []int32{1, 2, 3, 4}, []int32{5, 6, 7, 8}, []int32{9, 10, 11, 12}
	w.Escape = &core.EscapeTable{Shift: 2, Probability: []uint32{0, 7}}
	w.InputDelay = 3
	w.Labels = &ir.Labels{Classes: 2, Class: []int32{0, 1, 1, -1},
		Proportions: []uint16{1, 2, 3, 4}}
	r, err := compile(w, shipped(t, "adder"))
	require.NoError(t, err)
	cfg := &r.Image.Cores[0].Config
	require.Equal(t, w.Theta, cfg.Theta)
	require.Equal(t, w.Target, cfg.Target)
	require.Equal(t, w.V0, cfg.V0)
	require.Equal(t, []core.EscapeTable{*w.Escape}, cfg.Escape)
	require.EqualValues(t, 1, cfg.Groups[0].Escape)
	require.True(t, cfg.Groups[0].HasFloor)
	require.EqualValues(t, 3, cfg.Axons[0].Delay)
	require.Zero(t, cfg.Axons[6].Delay)
	require.Equal(t, layout.Readout{Kind: layout.ReadoutLabels, Classes: 2, Labels: w.Labels.Class,
		Proportions: w.Labels.Proportions}, r.Image.Readout)
}

func TestRefused(t *testing.T) {
	small := *shipped(t, "adder")
	small.Core.Neurons, small.Core.SynapseMemory, small.Core.InputAxons = 3, 100, 9
	var misfit *fit.Error
	_, err := compile(network(), &small)
	require.ErrorAs(t, err, &misfit)
	require.Len(t, misfit.Limits, 3)
	require.EqualValues(t, 4, misfit.Limits[0].Need)
	require.ErrorContains(t, err, "neurons that compete must lie in one core, whose arbiter sees "+
		"them all")

	_, err = compile(network(), shipped(t, "loihi"))
	require.ErrorContains(t, err, "bits of alignment")
	require.ErrorContains(t, err, "winner neurons", "and what else it lacks")
	plain := *shipped(t, "adder")
	plain.Models = []core.Model{core.ModelIF, core.ModelLIF}
	noisy := network()
	noisy.Escape = &core.EscapeTable{Probability: []uint32{0, 1}}
	noisy.Group.Theta.Adaptive = true
	_, err = compile(noisy, &plain)
	require.ErrorAs(t, err, &misfit)
	require.Len(t, misfit.Limits, 3)
	for i, kind := range []string{"alif neurons", "srm0 neurons", "winner neurons"} {
		require.Equal(t, kind, misfit.Limits[i].Limit)
		require.EqualValues(t, 4, misfit.Limits[i].Need)
	}
	late := network()
	late.InputDelay = 200
	_, err = compile(late, shipped(t, "adder"))
	require.ErrorContains(t, err, "needs 200 ticks of axonal delay; the chip has 62")
	short := network()
	short.Weights = short.Weights[:5]
	_, err = compile(short, shipped(t, "adder"))
	require.EqualError(t, err, "network small: 5 weights for 4 neurons and 6 inputs: want 24")
	frozen := *shipped(t, "adder")
	frozen.Weights.PlasticBits = 0
	learns := network()
	learns.Learning = &core.Plasticity{LTP: 4, LTD: 10, Pre: core.Trace{Length: 4},
		Post: core.Trace{Length: 4}, Max: 65535}
	_, err = compile(learns, &frozen)
	require.ErrorContains(t, err, "layer winners needs 16 bits per plastic weight; the chip has "+
		"0: learn on a chip with plastic synapses")
	_, err = compile(learns, shipped(t, "loihi"))
	require.ErrorContains(t, err, "learn on a chip with plastic synapses",
		"before what alignment would make of it")
	rows := *shipped(t, "adder")
	rows.Weights.Formats = []profile.Format{profile.Dense}
	_, err = compile(network(), &rows)
	require.ErrorContains(t, err, "layer winners needs 4 rows that reach all others; the chip "+
		"has 0: it stores rows as [dense]")
}

// TestRelay checks the form with two populations: a winner reaches its
// partner and the partner all other winners.
func TestRelay(t *testing.T) {
	w := network()
	w.Relay = true
	r, err := compile(w, shipped(t, "adder"))
	require.NoError(t, err)
	cfg := &r.Image.Cores[0].Config
	require.Equal(t, 8, cfg.Neurons())
	require.Equal(t, int64(23+12+4), r.Image.Synapses)
	for n := range 8 {
		dests := r.Image.Routes.Neurons[0].Of(n)
		require.Len(t, dests, 1)
		row := cfg.Rows[cfg.Axons[dests[0].Axon].Row]
		if n < 4 {
			require.Equal(t, []int32{int32(n + 4), 1}, []int32{row.First, row.Count})
			require.Equal(t, int8(1), cfg.Dense8[row.Offset])
			continue
		}
		require.Equal(t, core.Others, row.Format)
		require.Equal(t, []int32{0, 4, int32(n - 4)}, []int32{row.First, row.Count, row.Exclude})
	}
	c, err := core.New(cfg)
	require.NoError(t, err)
	for range 10 { // source 5 brings neurons 2 and 3 equally far above their thresholds
		c.Deliver(5)
	}
	require.Equal(t, []int32{2}, c.Tick(0, 9, nil))
	c.Deliver(6 + 2)
	require.Equal(t, []int32{6}, c.Tick(1, 9, nil)[:1])
	before := c.Potential(0)
	c.Deliver(6 + 6)
	c.Tick(2, 9, nil)
	require.InDelta(t, before-1000, c.Potential(0), 8)
}

// TestRelaysMayHaveACoreOfTheirOwn: only the winners must lie together.
func TestRelaysMayHaveACoreOfTheirOwn(t *testing.T) {
	w := network()
	w.Relay = true
	small := *shipped(t, "adder")
	small.Core.Neurons = 4
	r, err := compile(w, &small)
	require.NoError(t, err)
	require.Len(t, r.Image.Cores, 2)
	require.Equal(t, 4, r.Image.Cores[0].Config.Neurons())
	require.Len(t, r.Image.Cores[1].Config.Axons, 4, "of their winners")
}

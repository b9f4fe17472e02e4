package compiler

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/verify"
	"adder/core"
	"adder/layout"
)

// winnerNetwork is a small network with everything that a winner-take-all
// network may have.
func winnerNetwork() *Winner {
	w := &Winner{
		Name: "small", Shape: []int{2, 3}, Neurons: 4,
		Group:     core.Group{DecayV: 4096, Refractory: 2, Winner: core.Winner{Arbiter: core.ArbiterMargin, LateralReset: true, Alone: true}},
		Threshold: []int32{100, 200, 300, 400}, Reset: make([]int32, 4),
		Weights: make([]uint16, 24), Inhibition: 1000,
		Encoder: layout.Encoder{Kind: "poisson", Ticks: 10},
		Readout: layout.Readout{Kind: layout.ReadoutCount, Classes: 4},
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

// TestCompileWinner checks the image against the network: weights, inhibition,
// routes and counts, frozen and learning.
func TestCompileWinner(t *testing.T) {
	for _, learning := range []*core.Plasticity{nil, {LTP: 4, LTD: 10, Pre: core.Trace{Length: 4}, Post: core.Trace{Length: 4}, Max: 65535}} {
		w := winnerNetwork()
		w.Learning = learning
		r, err := CompileWinner(w, shipped(t, "adder"))
		require.NoError(t, err)
		require.NoError(t, layout.Validate(r.Image))
		if learning == nil {
			require.NoError(t, verify.Image(r.Image, shipped(t, "adder"), nil))
		}
		cfg := &r.Image.Cores[0].Config
		_, err = core.New(cfg)
		require.NoError(t, err)
		require.Len(t, cfg.Axons, 6+4)
		require.Equal(t, int64(23+12), r.Image.Synapses, "the weight 0 is none")
		for i := range 6 {
			row := cfg.Rows[cfg.Axons[i].Row]
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
	}
}

func TestWinnerRefused(t *testing.T) {
	small := *shipped(t, "adder")
	small.Core.Neurons, small.Core.SynapseMemory, small.Core.InputAxons = 3, 100, 9
	var fit *fit.Error
	_, err := CompileWinner(winnerNetwork(), &small)
	require.ErrorAs(t, err, &fit)
	require.Len(t, fit.Limits, 3)
	require.EqualValues(t, 4, fit.Limits[0].Need)
	require.ErrorContains(t, err, "neurons that compete must lie in one core, whose arbiter sees them all")

	_, err = CompileWinner(winnerNetwork(), shipped(t, "loihi"))
	require.ErrorContains(t, err, "bits of alignment")
	plain := *shipped(t, "adder")
	plain.Models = []core.Model{core.ModelIF, core.ModelLIF}
	noisy := winnerNetwork()
	noisy.Escape = &core.EscapeTable{Probability: []uint32{0, 1}}
	noisy.Group.Theta.Adaptive = true
	_, err = CompileWinner(noisy, &plain)
	require.ErrorAs(t, err, &fit)
	require.Len(t, fit.Limits, 3)
	for i, kind := range []string{"alif neurons", "srm0 neurons", "winner neurons"} {
		require.Equal(t, kind, fit.Limits[i].Limit)
		require.EqualValues(t, 4, fit.Limits[i].Need)
	}
	late := winnerNetwork()
	late.InputDelay = 200
	_, err = CompileWinner(late, shipped(t, "adder"))
	require.ErrorContains(t, err, "needs 200 ticks of axonal delay; the chip has 62")
	short := winnerNetwork()
	short.Weights = short.Weights[:5]
	_, err = CompileWinner(short, shipped(t, "adder"))
	require.EqualError(t, err, "compile small: 5 weights for 4 neurons and 6 inputs: want 24")
}

// TestWinnersLieInOneCore holds an integer network with a group that competes to
// a core large enough for it.
func TestWinnersLieInOneCore(t *testing.T) {
	chip := *shipped(t, "adder")
	net := &ir.Network{
		Name: "compete", Input: ir.Input{Name: "in", Shape: []int{1}, Size: 1}, Output: -1,
		Widths: core.Widths{Potential: 24, Current: 24, IndexBits: 10},
		Populations: []ir.Population{{
			Name: "winners", Shape: []int{5}, Size: 5,
			Groups:    []core.Group{{Count: 5, DecayV: 4096, Winner: core.Winner{Arbiter: core.ArbiterFair}}},
			Threshold: make([]int32, 5), Bias: make([]int32, 5), Reset: make([]int32, 5), V0: make([]int32, 5),
		}},
		Projections: []ir.Projection{{
			Name: "in-winners", Source: ir.SourceInput, WeightBits: 8,
			Weights: ir.Weights{Sources: 1, Targets: 5, Dense: []int8{1, 2, 3, 4, 5}},
		}},
	}
	_, err := CompileIR(net, Options{Chip: &chip})
	require.NoError(t, err)
	chip.Core.Neurons = 4
	_, err = CompileIR(net, Options{Chip: &chip})
	var fit *fit.Error
	require.ErrorAs(t, err, &fit)
	require.ErrorContains(t, err, "neurons that compete must lie in one core")
}

// TestWinnerRelay checks the form with two populations: a winner reaches its
// partner and the partner all other winners.
func TestWinnerRelay(t *testing.T) {
	w := winnerNetwork()
	w.Relay = true
	r, err := CompileWinner(w, shipped(t, "adder"))
	require.NoError(t, err)
	require.NoError(t, layout.Validate(r.Image))
	require.NoError(t, verify.Image(r.Image, shipped(t, "adder"), nil))
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

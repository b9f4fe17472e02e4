package core

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// truenorth is a neuron of TrueNorth as Cassidy et al. (IJCNN 2013) describe it,
// without its random parts: the synapses, the leak with its reversal flag, the test
// and reset, the negative threshold that saturates.
type truenorth struct {
	v                   int64
	lambda, alpha, beta int64
	reversal            bool
	gamma               int // 0 resets to r, 1 by alpha, 2 not at all
	r                   int64
}

func (n *truenorth) tick(synapses int64) bool {
	n.v += synapses
	omega := int64(1)
	if n.reversal {
		switch {
		case n.v == 0:
			omega = 0
		case n.v < 0:
			omega = -1
		}
	}
	n.v += omega * n.lambda
	if n.v >= n.alpha {
		switch n.gamma {
		case 0:
			n.v = n.r
		case 1:
			n.v -= n.alpha
		}
		return true
	}
	n.v = max(n.v, -n.beta)
	return false
}

// TestReversalIsTrueNorths runs neurons with either leak, both signs of it and all
// resets beside the published equations.
func TestReversalIsTrueNorths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := truenorth{
			lambda: rapid.Int64Range(-255, 255).Draw(t, "lambda"), alpha: rapid.Int64Range(1, 400).Draw(t, "alpha"),
			beta: rapid.Int64Range(0, 400).Draw(t, "beta"), reversal: rapid.Bool().Draw(t, "reversal"),
			gamma: rapid.IntRange(0, 2).Draw(t, "gamma"), r: rapid.Int64Range(-40, 0).Draw(t, "r"),
		}
		want.r = max(want.r, -want.beta)
		weights := rapid.SliceOfN(rapid.Int8(), 4, 4).Draw(t, "weights")
		cfg := &Config{
			Widths:    Widths{Potential: 20, Current: 20},
			Groups:    []Group{{Count: 1, DecayV: 4096, HasFloor: true, Floor: int32(-want.beta)}},
			Threshold: []int32{int32(want.alpha - 1)}, Bias: []int32{0}, Reset: []int32{int32(want.r)}, V0: []int32{0}, ID: []uint32{0},
			Dense8: weights,
		}
		if want.reversal {
			cfg.Groups[0].Leak = int32(want.lambda)
		} else {
			cfg.Bias[0] = int32(want.lambda)
		}
		if want.gamma > 0 {
			cfg.Groups[0].ResetMode = ResetSubtract
			cfg.Reset[0] = int32(want.alpha)
		}
		if want.gamma == 2 {
			cfg.Reset[0] = 0
		}
		for i := range weights {
			cfg.Rows = append(cfg.Rows, Row{Format: Dense8, WeightBits: 8, Exclude: -1, Count: 1, Offset: int64(i)})
			cfg.Axons = append(cfg.Axons, Axon{Row: int32(i)})
		}
		c, err := New(cfg)
		require.NoError(t, err)
		const ticks = 100
		for tick := range int32(ticks) {
			sum := int64(0)
			for _, axon := range rapid.SliceOfN(rapid.Int32Range(0, 3), 0, 4).Draw(t, "spikes") {
				c.Deliver(axon)
				sum += int64(weights[axon])
			}
			fired := want.tick(sum)
			require.Equal(t, fired, len(c.Tick(tick, ticks, nil)) == 1, "spike of tick %d", tick)
			require.Equal(t, want.v, int64(c.Potential(0)), "v of tick %d", tick)
		}
	})
}

// TestLeakBySignByHand: toward zero it goes past it and to and fro, away from it it
// grows, and zero stays.
func TestLeakBySignByHand(t *testing.T) {
	for _, c := range []struct {
		leak, v0 int32
		v        []int32
	}{
		{-3, 5, []int32{2, -1, 2, -1}},
		{-3, -3, []int32{0, 0, 0, 0}},
		{2, 1, []int32{3, 5, 7, 9}},
		{2, -6, []int32{-7, -7, -7, -7}}, // four bits
		{2, 0, []int32{0, 0, 0, 0}},
	} {
		core, err := New(&Config{
			Widths: Widths{Potential: 4, Current: 4}, Groups: []Group{{Count: 1, DecayV: 4096, Leak: c.leak, Integrator: true}},
			Threshold: []int32{0}, Bias: []int32{0}, Reset: []int32{0}, V0: []int32{c.v0}, ID: []uint32{0},
		})
		require.NoError(t, err)
		for tick, v := range c.v {
			core.Tick(int32(tick), 4, nil)
			require.Equal(t, min(v, 7), core.Potential(0), "leak %d from %d, tick %d", c.leak, c.v0, tick)
			require.EqualValues(t, 2*(tick+1), core.Counts().MembraneAdds, "the input and the leak of each tick")
		}
	}
}

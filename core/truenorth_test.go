package core

import (
	"math/rand/v2"
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
			lambda: rapid.Int64Range(-255, 255).Draw(t, "lambda"),
			alpha: rapid.Int64Range(1, 400).Draw(t,
				"alpha"),
			beta:     rapid.Int64Range(0, 400).Draw(t, "beta"),
			reversal: rapid.Bool().Draw(t, "reversal"),
			gamma:    rapid.IntRange(0, 2).Draw(t, "gamma"),
			r:        rapid.Int64Range(-40, 0).Draw(t, "r"),
		}
		want.r = max(want.r, -want.beta)
		weights := rapid.SliceOfN(rapid.Int8(), 4, 4).Draw(t, "weights")
		cfg := &Config{
			Widths:    Widths{Potential: 20, Current: 20},
			Groups:    []Group{{Count: 1, DecayV: 4096, HasFloor: true, Floor: int32(-want.beta)}},
			Threshold: []int32{int32(want.alpha - 1)}, Bias: []int32{0},
			Reset: []int32{int32(want.r)},
			V0:    []int32{0}, ID: []uint32{0},
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
			cfg.Rows = append(cfg.Rows, Row{Format: Dense8, WeightBits: 8, Exclude: -1, Count: 1,
				Offset: int64(i)})
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
			Widths: Widths{Potential: 4, Current: 4},
			Groups: []Group{{Count: 1, DecayV: 4096, Leak: c.leak,
				Integrator: true}},
			Threshold: []int32{0}, Bias: []int32{0}, Reset: []int32{0}, V0: []int32{c.v0},
			ID: []uint32{0},
		})
		require.NoError(t, err)
		for tick, v := range c.v {
			core.Tick(int32(tick), 4, nil)
			require.Equal(t, min(v, 7), core.Potential(0), "leak %d from %d, tick %d", c.leak, c.v0,
				tick)
			require.EqualValues(t, 2*(tick+1), core.Counts().MembraneAdds,
				"the input and the leak of each tick")
		}
	}
}

// crossbar is a core of TrueNorth with its neurons as the published equations have them: a
// bit per axon and neuron, a type per axon, four weights per neuron.
type crossbar struct {
	types   []uint8
	bits    [][]bool // [axons][neurons]
	weights [][4]int64
	neurons []truenorth
}

// drawCrossbar draws the widest parameters that neurons have, and often small ones, by
// which potentials come near to thresholds.
func drawCrossbar(r *rand.Rand, axons, neurons int) *crossbar {
	x := &crossbar{types: make([]uint8, axons), bits: make([][]bool, axons),
		weights: make([][4]int64,
			neurons), neurons: make([]truenorth, neurons)}
	number := func(most int64) int64 { return r.Int64N(2*most+1) - most }
	for a := range x.types {
		x.types[a] = uint8(r.IntN(4))
		for range neurons {
			x.bits[a] = append(x.bits[a], r.IntN(3) == 0)
		}
	}
	for n := range x.neurons {
		most := []int64{2, 20, 255}[r.IntN(3)]
		for t := range 4 {
			x.weights[n][t] = number(most)
		}
		m := &x.neurons[n]
		*m = truenorth{lambda: number(most), alpha: 1 + r.Int64N(40*most),
			beta:     r.Int64N(40 * most),
			reversal: r.IntN(2) == 0, gamma: r.IntN(3)}
		m.r = max(number(most), -m.beta)
	}
	return x
}

// config is the crossbar in the terms of docs/chips/truenorth.md.
func (x *crossbar) config() *Config {
	neurons := len(x.neurons)
	cfg := &Config{
		Widths: Widths{Potential: 20, Current: 20, MergeDuplicates: true},
		Bias:   make([]int32, neurons), V0: make([]int32, neurons), ID: make([]uint32, neurons),
		Types: make([][]int16, 4),
	}
	for n := range x.neurons {
		m := &x.neurons[n]
		g := Group{First: int32(n), Count: 1, DecayV: 4096, HasFloor: true, Floor: int32(-m.beta)}
		reset := int32(m.r)
		if m.gamma > 0 {
			g.ResetMode, reset = ResetSubtract, int32(2-m.gamma)*int32(m.alpha)
		}
		if m.reversal {
			g.Leak = int32(m.lambda)
		} else {
			cfg.Bias[n] = int32(m.lambda)
		}
		cfg.Groups = append(cfg.Groups, g)
		cfg.Threshold, cfg.Reset = append(cfg.Threshold, int32(m.alpha-1)), append(cfg.Reset, reset)
		for t := range cfg.Types {
			cfg.Types[t] = append(cfg.Types[t], int16(x.weights[n][t]))
		}
	}
	for a, row := range x.bits {
		cfg.Axons = append(cfg.Axons, Axon{Row: int32(a)})
		cfg.Rows = append(cfg.Rows, Row{Format: Typed, WeightBits: 9, Exclude: -1,
			Count:  int32(neurons),
			Offset: int64(len(cfg.Masks)), Type: x.types[a]})
		words := make([]uint64, (neurons+63)/64)
		for n, set := range row {
			if set {
				words[n/64] |= 1 << (n % 64)
			}
		}
		cfg.Masks = append(cfg.Masks, words...)
	}
	return cfg
}

// tick takes all neurons through a tick, in which each axon has a spike or none: a second
// one on the same axon is the same. It returns who fires.
func (x *crossbar) tick(spikes []bool) (fired []int32) {
	for n := range x.neurons {
		sum := int64(0)
		for a, spike := range spikes {
			if spike && x.bits[a][n] {
				sum += x.weights[n][x.types[a]]
			}
		}
		if x.neurons[n].tick(sum) {
			fired = append(fired, int32(n))
		}
	}
	return fired
}

// TestTrueNorthSteps runs a million random steps of neurons beside the published equations,
// on crossbars with types of axons and spikes that come twice: every potential and every spike.
// A register that overflows is no part of it: what it does is ours (docs/chips/truenorth.md).
func TestTrueNorthSteps(t *testing.T) {
	const axons, neurons, ticks, cores = 64, 256, 100, 40
	r := rand.New(rand.NewPCG(2014, 8))
	steps, spikes, floors := 0, 0, 0
	for range cores {
		x := drawCrossbar(r, axons, neurons)
		c, err := New(x.config())
		require.NoError(t, err)
		for tick := range int32(ticks) {
			due := make([]bool, axons)
			for range r.IntN(axons) {
				a := int32(r.IntN(axons))
				due[a] = true
				c.Deliver(a)
			}
			want, got := x.tick(due), c.Tick(tick, ticks, nil)
			require.Equal(t, want, got, "spikes of tick %d", tick)
			spikes += len(got)
			for n := range neurons {
				steps++
				if want := x.neurons[n].v; want != int64(c.Potential(n)) {
					require.Equal(t, want, int64(c.Potential(n)), "v of neuron %d, tick %d", n,
						tick)
				}
				if x.neurons[n].v == -x.neurons[n].beta {
					floors++
				}
			}
		}
		require.Zero(t, c.Counts().Saturations)
		require.Positive(t, c.Counts().Merges)
	}
	require.Equal(t, 1_024_000, steps)
	require.Greater(t, spikes, steps/20)
	require.Greater(t, floors, steps/20)
}

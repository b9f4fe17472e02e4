package core

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// cornerCore is a core of one group of two neurons with a row of one weight for
// both, which random cores rarely bring to the corner that a test is about.
func cornerCore(t *testing.T, g Group, weight int8, change func(*Config)) *Core {
	t.Helper()
	g.Count = 2
	cfg := &Config{
		Widths: Widths{Potential: 24, Current: 24}, Groups: []Group{g},
		Threshold: []int32{1000, 1000}, Bias: []int32{0, 0}, Reset: []int32{0, 0},
		V0: []int32{0, 0}, ID: []uint32{0, 1},
		Axons: []Axon{{}}, Rows: []Row{{WeightBits: 8, Count: 2, Exclude: -1}},
		Dense8: []int8{weight, weight},
	}
	change(cfg)
	c, err := New(cfg)
	require.NoError(t, err)
	return c
}

func TestOthersExcludeTheFirstNeuron(t *testing.T) {
	c := cornerCore(t, Group{DecayV: 4096}, 0, func(cfg *Config) {
		cfg.Rows[0] = Row{Format: Others, WeightBits: 8, Weight: 5, Count: 2, Exclude: 0}
	})
	c.Deliver(0)
	c.Tick(0, 9, nil)
	require.Equal(t, []int32{0, 5}, c.potential)
}

// TestHostCurrentWakes: a current that is set after ticks without change acts.
func TestHostCurrentWakes(t *testing.T) {
	c := cornerCore(t, Group{DecayV: 4096}, 0, func(*Config) {})
	c.Tick(0, 9, nil)
	c.Tick(1, 9, nil)
	c.SetHost([]int32{7, 0})
	c.Tick(2, 9, nil)
	require.Equal(t, []int32{7, 0}, c.potential)
}

// TestFloorIsLeft: a neuron that input holds at its floor leaks from it when the
// input ends, though nothing had changed in the tick before.
func TestFloorIsLeft(t *testing.T) {
	c := cornerCore(t, Group{DecayV: 3840, HasFloor: true, Floor: -32}, -100, func(*Config) {})
	for tick := range int32(2) {
		c.Deliver(0)
		c.Tick(tick, 9, nil)
		require.Equal(t, []int32{-32, -32}, c.potential)
	}
	c.Tick(2, 9, nil)
	require.Equal(t, []int32{-30, -30}, c.potential)
}

// TestEscapeBelowTheLevel: where no potential is above its level, neurons may
// still fire by chance, also in groups that know it without a test.
func TestEscapeBelowTheLevel(t *testing.T) {
	c := cornerCore(t, Group{DecayV: 3840, Escape: 1}, 1, func(cfg *Config) {
		cfg.Escape = []EscapeTable{{Probability: []uint32{math.MaxUint32}}}
	})
	c.Deliver(0)
	require.Equal(t, []int32{0, 1}, c.Tick(0, 9, nil))
}

// TestTargetsRiseByWholeRounds: three rounds of wins between two sweeps raise
// the targets by three steps.
func TestTargetsRiseByWholeRounds(t *testing.T) {
	c := cornerCore(t, Group{DecayV: 4096}, 0, func(cfg *Config) {
		cfg.Threshold = []int32{0, 0}
		cfg.Rows[0] = Row{Format: Plastic, WeightBits: 16, Count: 2, Exclude: -1}
		cfg.Plastic, cfg.Target = []uint16{65535, 65535}, []int32{100_000, 200_000}
		cfg.Plasticity = []Plasticity{{
			Rows: 1, LTP: RateOff, LTD: RateOff, Max: 65535, Pre: Trace{TraceBox, 1},
			Post: Trace{TraceBox, 1},
			Norm: Norm{Kind: NormL1, Shift: 1, Step: 10, Every: 3},
		}}
	})
	c.SetLearning(true)
	for sample := range 3 {
		c.Begin()
		c.Deliver(0)
		require.Equal(t, []int32{0, 1}, c.Tick(0, 1, nil))
		if sample < 2 {
			c.EndSample()
		}
	}
	require.Equal(t, []int32{99_980, 199_980}, c.Learned().Target)
	c.EndSample()
	require.Equal(t, []int32{100_000, 200_000}, c.Learned().Target)
}

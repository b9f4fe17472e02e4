package core

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// paicore is a neuron of PAICORE 2.0 as PAIBox updates it (github.com/PAICookers/PAIBox
// 949762e), written out with ordinary arithmetic; thresholds, resets and leaks as that has
// them, without masks and randomness. Its negative threshold saturates.
type paicore struct {
	leakAfter, reversal, linear, none bool
	positive, negative, reset, leak   int64
	v                                 int64
}

func (n *paicore) step(input int64) bool {
	n.v += input
	leak := n.leak
	if n.reversal {
		switch {
		case n.v == 0:
			leak = 0
		case n.v < 0:
			leak = -leak
		}
	}
	tested := n.v
	n.v += leak
	if !n.leakAfter {
		tested = n.v
	}
	switch {
	case tested >= n.positive && n.linear:
		n.v -= n.positive
	case tested >= n.positive && !n.none:
		n.v = n.reset
	case tested < -n.negative:
		n.v = -n.negative
	}
	return tested >= n.positive
}

// inOurTerms writes the neuron into a core as docs/chips/paicore2.md says: a leak behind the
// test is one before it, with a threshold that has the leak on top.
func (n *paicore) inOurTerms(cfg *Config, at int32, g *Group) {
	threshold := n.positive - 1
	if n.leakAfter {
		threshold += n.leak
	}
	cfg.Threshold[at], cfg.Reset[at], cfg.V0[at] = int32(threshold), int32(n.reset), int32(n.v)
	g.HasFloor, g.Floor = !n.leakAfter, int32(-n.negative)
	switch {
	case n.linear:
		g.ResetMode, cfg.Reset[at] = ResetSubtract, int32(n.positive)
	case n.none:
		g.ResetMode, cfg.Reset[at] = ResetSubtract, 0
	}
	if n.reversal {
		g.Leak = int32(n.leak)
		return
	}
	cfg.Bias[at] = int32(n.leak)
}

// TestPaicoreSteps: neurons with all resets, with leaks of either sign, by constant and by
// sign, before the test and, by constant, behind it, agree with the published update in every
// spike and potential; no potential leaves its 30 bits.
func TestPaicoreSteps(t *testing.T) {
	const neurons, axons, ticks = 48, 24, 1500
	random := rand.New(rand.NewPCG(2, 9))
	between := func(low, high int64) int64 { return low + random.Int64N(high-low+1) }
	cfg := &Config{Widths: Widths{Potential: 30, Current: 30, WrapPotential: true,
		MergeDuplicates: true},
		Threshold: make([]int32, neurons), Bias: make([]int32, neurons),
		Reset: make([]int32, neurons), V0: make([]int32, neurons)}
	var want []paicore
	for n := range int32(neurons) {
		m := paicore{leakAfter: n%3 == 0, positive: between(1, 900), negative: between(0, 700),
			leak: between(-40, 40), v: 0}
		m.reversal = !m.leakAfter && n%2 == 0
		m.linear, m.none = n/3%3 == 0, n/3%3 == 1
		if m.none { // which else rises without end
			m.leak = between(-400, -200)
		}
		m.reset = between(-50, 50)
		if m.leakAfter {
			m.negative = 1 << 28
		}
		g := Group{First: n, Count: 1, DecayV: 4096}
		m.inOurTerms(cfg, n, &g)
		cfg.Groups, cfg.ID = append(cfg.Groups, g), append(cfg.ID, uint32(n))
		want = append(want, m)
	}
	for a := range int32(axons) {
		cfg.Rows = append(cfg.Rows, Row{WeightBits: 8, Count: neurons, Exclude: -1,
			Offset: int64(a) * neurons})
		cfg.Axons = append(cfg.Axons, Axon{Row: a})
	}
	for range axons * neurons {
		cfg.Dense8 = append(cfg.Dense8, int8(between(-128, 127)))
	}
	c, err := New(cfg)
	require.NoError(t, err)
	c.Begin()
	spikes := 0
	for tick := range int32(ticks) {
		input := make([]int64, neurons)
		for a := range int32(axons) {
			if random.IntN(3) > 0 {
				continue
			}
			c.Deliver(a)
			for n := range input {
				input[n] += int64(cfg.Dense8[int(a)*neurons+n])
			}
		}
		var fired []int32
		for n := range want {
			if want[n].step(input[n]) {
				fired = append(fired, int32(n))
			}
		}
		require.Equal(t, fired, c.Tick(tick, ticks, nil), "tick %d", tick)
		spikes += len(fired)
		for n := range want {
			require.EqualValues(t, want[n].v, c.Potential(n),
				fmt.Sprintf("tick %d, neuron %d: %+v", tick, n, want[n]))
		}
	}
	counts := c.Counts()
	require.Zero(t, counts.Saturations)
	require.Greater(t, spikes, neurons*ticks/50)
}

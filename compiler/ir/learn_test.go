package ir

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/core"
)

// plasticOne is the network of one input and one neuron with a plastic weight of
// 4096, of which 16 are added: the neuron fires at the second of threeSpikes.
func plasticOne(rule core.Plasticity) *Network {
	net := one(core.Group{DecayV: 4096}, 20, 0, 0, 0, 0)
	rule.Rows, rule.Max = 1, 1<<16-1
	p := &net.Projections[0]
	p.Weights = Weights{Sources: 1, Targets: 1, Count: 1, Plastic: []uint16{4096}}
	p.Learning = &rule
	return net
}

// TestLearningByHand works out what three spikes in ticks 0, 1 and 3 do to a weight,
// with rates that leave nothing to round. In tick 1 both traces are full; in tick 3
// that of the neuron is what two ticks have left of it.
func TestLearningByHand(t *testing.T) {
	half, box := core.Trace{Length: 1}, core.Trace{Kind: core.TraceBox, Length: 3}
	for _, c := range []struct {
		name string
		rule core.Plasticity
		want uint16
	}{
		{"post-pre", core.Plasticity{LTP: 7, LTD: 8, Pre: half, Post: half}, 4096 - 255 + 510 - 64},
		{"hebbian", core.Plasticity{Rule: core.RuleHebbian, LTP: 7, LTD: 8, Pre: half, Post: half},
			4096 + 255 + 510 + 64},
		{"a box is full for three ticks", core.Plasticity{LTP: core.RateOff, LTD: 8, Pre: box,
			Post: box}, 4096 - 255 - 255},
		{"a box is over", core.Plasticity{LTP: core.RateOff, LTD: 8, Pre: box,
			Post: core.Trace{Kind: core.TraceBox, Length: 2}}, 4096 - 255},
		{"an offset", core.Plasticity{LTP: 8, LTD: core.RateOff, Pre: half, Post: half,
			Offset: 200}, 4096 + 55},
		{"half of the room below, twice", core.Plasticity{Rule: core.RuleWeightDependent,
			LTP: core.RateOff, LTD: 1, Pre: box, Post: box}, 1024},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := NewInterpreter(plasticOne(c.rule), Options{Learn: true})
			require.NoError(t, err)
			got, err := r.Run(&Sample{Spikes: threeSpikes()})
			require.NoError(t, err)
			require.Equal(t, 1, got.Spikes[0].Count())
			require.Equal(t, []uint16{c.want}, r.Learned().Weights[0])
			frozen, err := NewInterpreter(plasticOne(c.rule), Options{})
			require.NoError(t, err)
			_, err = frozen.Run(&Sample{Spikes: threeSpikes()})
			require.NoError(t, err)
			require.Equal(t, []uint16{4096}, frozen.Learned().Weights[0],
				"nothing learns outside of learning mode")
		})
	}
}

// TestNormalisationByHand halves a weight of 4096 until it is at most its target and,
// after two samples, raises the target by what was taken.
func TestNormalisationByHand(t *testing.T) {
	net := plasticOne(core.Plasticity{LTP: core.RateOff, LTD: core.RateOff,
		Pre: core.Trace{Length: 1}, Post: core.Trace{Length: 1},
		Norm: core.Norm{Kind: core.NormL1, Shift: 1, Step: 100, Every: 2}})
	net.Populations[0].Threshold[0] = 0 // it wins both samples
	net.Populations[0].Target = []int32{1100}
	r, err := NewInterpreter(net, Options{Learn: true})
	require.NoError(t, err)
	for i, want := range []struct {
		weight  uint16
		target  int32
		pool    int32
		samples int32
	}{
		{512, 1000, 1, 1}, // 4096, 2048, 1024 and 512, which is not above 1000
		// The target falls to 900, and rises to 1100 by two rounds of one neuron;
		// 512 is below 1100 - 1100/1, which is never.
		{512, 1100, 0, 0},
	} {
		_, err := r.Run(&Sample{Number: uint64(i), Spikes: threeSpikes()})
		require.NoError(t, err)
		l := r.Learned()
		require.Equal(t, []uint16{want.weight}, l.Weights[0], "sample %d", i)
		require.Equal(t, []int32{want.target}, l.Target[0], "sample %d", i)
		require.Equal(t, []int32{want.pool, want.samples}, []int32{l.Pool[0], l.Samples[0]},
			"sample %d", i)
	}
}

// TestCompetitionByHand gives three neurons 5, 9 and 9 per spike over a threshold of
// 7: of the two that are equally far above it the first wins.
func TestCompetitionByHand(t *testing.T) {
	for _, c := range []struct {
		name   string
		winner core.Winner
		v      []int32 // after tick 0
	}{
		{"the losers are reset too", core.Winner{Arbiter: core.ArbiterMargin}, []int32{5, -1, -1}},
		{"the winner goes alone", core.Winner{Arbiter: core.ArbiterMargin, Alone: true},
			[]int32{5, -1, 9}},
		{"alone, and all others fall to 0", core.Winner{Arbiter: core.ArbiterMargin, Alone: true,
			LateralReset: true}, []int32{0, -1, 0}},
		{"nobody competes", core.Winner{}, []int32{5, -1, -1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := one(core.Group{DecayV: 4096, Winner: c.winner,
				Theta: core.Theta{Adaptive: true, Plus: 2, Fall: 3 << 16, Min: -1}}, 0, 0, 0, 0, 0)
			pop := &net.Populations[0]
			pop.Shape[0], pop.Size, pop.Groups[0].Count = 3, 3, 3
			pop.Threshold, pop.Bias, pop.Reset, pop.V0 = []int32{7, 7, 7}, make([]int32,
				3), []int32{-1, -1, -1}, make([]int32, 3)
			net.Projections[0].Weights = Weights{Sources: 1, Targets: 3, Dense: []int8{5, 9, 9}}
			r, err := NewInterpreter(net, Options{Learn: true})
			require.NoError(t, err)
			got, err := r.Run(&Sample{Spikes: threeSpikes()})
			require.NoError(t, err)
			require.Equal(t, c.v, got.Potentials[0][:3])
			require.True(t, got.Spikes[0].Get(0, 1))
			require.Equal(t, c.winner.Arbiter == core.ArbiterNone, got.Spikes[0].Get(0, 2),
				"a loser's spike does not leave")
		})
	}
}

// TestThetaFallsToItsMinimum: a win in a tick raises theta by 2, and after the sample
// it falls by 3, to -1 at least.
func TestThetaFallsToItsMinimum(t *testing.T) {
	net := one(core.Group{DecayV: 4096, Theta: core.Theta{Adaptive: true, Plus: 2, Fall: 3 << 16,
		Min: -1}}, 20, 0, 0, 0, 16)
	net.Populations[0].Theta = []int32{1}
	r, err := NewInterpreter(net, Options{Learn: true})
	require.NoError(t, err)
	for i, want := range []int32{0, -1} { // 1 + 2 - 3, then 0 + 2 - 3
		_, err := r.Run(&Sample{Number: uint64(i), Spikes: threeSpikes()})
		require.NoError(t, err)
		require.Equal(t, []int32{want}, r.Learned().Theta[0])
	}
	net.Populations[0].Groups[0].Theta.Always = true
	r, err = NewInterpreter(net, Options{})
	require.NoError(t, err)
	for range 2 { // part of the dynamics: it moves, and each sample starts anew
		_, err = r.Run(&Sample{Spikes: threeSpikes()})
		require.NoError(t, err)
		require.Equal(t, []int32{3}, r.Learned().Theta[0])
	}
}

// TestBarByHand: who won is barred for as many samples as are set.
func TestBarByHand(t *testing.T) {
	net := plasticOne(core.Plasticity{LTP: core.RateOff, LTD: core.RateOff,
		Pre: core.Trace{Length: 1}, Post: core.Trace{Length: 1}})
	r, err := NewInterpreter(net, Options{Learn: true})
	require.NoError(t, err)
	r.SetBar(2)
	for i, spikes := range []int{1, 0, 0, 1} {
		got, err := r.Run(&Sample{Spikes: threeSpikes()})
		require.NoError(t, err)
		require.Equal(t, spikes, got.Spikes[0].Count(), "sample %d", i)
	}
}

// TestEscapeByHand: of the steps of 4 above the threshold of 10 the first two never
// fire, and the last always does but for one draw in 2^32.
func TestEscapeByHand(t *testing.T) {
	net := one(core.Group{DecayV: 4096, Escape: 1}, 10, 0, 0, 0, 9)
	net.Escape = []core.EscapeTable{{Shift: 2, Probability: []uint32{0, 0, 1<<32 - 1}}}
	got := interpret(t, net, &Sample{Spikes: threeSpikes()})
	// 9 is below the threshold, 18 two steps above it.
	require.Equal(t, []int32{9, 0, 0, 9}, got.Potentials[0])
}

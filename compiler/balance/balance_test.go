package balance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/chip/profile/profiletest"
	"adder/compiler/ir"
	"adder/compiler/partition"
	"adder/compiler/testnets"
)

// TestWorkByHand: four neurons that each hear two of four inputs, in one core of chip adder.
func TestWorkByHand(t *testing.T) {
	on, err := profile.Load("adder")
	require.NoError(t, err)
	net := testnets.Sparse(on, 1, 4, 2, 2)
	m, err := partition.Network(t.Context(), net, on)
	require.NoError(t, err)
	require.Len(t, m.Parts, 1)
	e := estimateOf(m, nil)
	// Every input's row is one word: a cycle, like its one group of lanes, behind a look-up
	// of 1 and a start of 2. Each neuron has a slot of 2, a cycle to fire, and no packet.
	require.Equal(t, Work{Memory: 4 * (1 + 2 + 1), Updates: 4 * (2 + 1), Traffic: 4}, e.parts[0])
	require.EqualValues(t, 4*4+4*3, e.parts[0].Cycles())
	require.Equal(t, Memory, e.parts[0].Bound())
	require.EqualValues(t, 4, e.port)
	require.EqualValues(t, 28+2+8, e.tick(), "two to fill, and the barrier of one core")
	half := estimateOf(m, []int64{1 << 15, 1 << 15, 1 << 15, 1 << 15, 1, 1, 1, 1})
	require.InDelta(t, 2*4+4*2, half.parts[0].Cycles(), 0.001)
}

// TestBounds names what takes most.
func TestBounds(t *testing.T) {
	for want, w := range map[Bound]Work{
		Memory:    {Memory: 3, Additions: 2, Updates: 1, Traffic: 1},
		Additions: {Memory: 2, Additions: 3, Updates: 1, Traffic: 1},
		Updates:   {Memory: 1, Additions: 2, Updates: 3, Traffic: 1},
		Traffic:   {Memory: 1, Additions: 1, Updates: 1, Traffic: 9},
	} {
		require.Equal(t, want, w.Bound())
	}
}

// TestNetworkGetsFaster balances a layer that one core holds: its estimate falls with every
// core, all neurons are there once, and no core holds more than it may.
func TestNetworkGetsFaster(t *testing.T) {
	on, err := profile.Load("adder")
	require.NoError(t, err)
	net := testnets.Sparse(on, 3, 512, 32, 256)
	m, r, err := Network(t.Context(), net, on, nil)
	require.NoError(t, err)
	require.NoError(t, m.Validate())
	require.Less(t, r.After.Tick, r.Before.Tick/2)
	require.Greater(t, r.After.Cores, r.Before.Cores)
	require.Len(t, m.Parts, r.After.Cores)
	m.Tiles = make([]int, len(m.Parts))
	for i := range m.Tiles {
		m.Tiles[i] = len(m.Tiles) - 1 - i
	}
	now, cores := Bottleneck(m, nil)
	require.Equal(t, r.After, *now)
	requireBounds(t, now, cores)
	if testing.Short() {
		return
	}
	again, _, err := Network(t.Context(), net, on, nil)
	require.NoError(t, err)
	require.Equal(t, m.Parts, again.Parts)
}

// requireBounds holds the bounds of cores to the worst of them, and their order to tiles.
func requireBounds(t *testing.T, s *State, cores []CoreWork) {
	require.Len(t, cores, s.Cores)
	bounds, worst := map[Bound]int{}, 0.0
	for i, c := range cores {
		require.EqualValues(t, i, int(c.Y)*8+int(c.X))
		require.Equal(t, c.Work.Cycles(), c.Cycles)
		require.Contains(t, Bounds(), c.Bound)
		bounds[c.Bound]++
		if worst = max(worst, c.Cycles); c.Cycles == s.Cycles {
			require.Equal(t, s.Bound, c.Bound)
		}
	}
	require.Equal(t, s.Bounds, bounds)
	require.Equal(t, s.Cycles, worst)
}

// TestNothingPays leaves a network alone that the host's packets hold up, or that has no
// cores to go to.
func TestNothingPays(t *testing.T) {
	on, err := profile.Load("adder")
	require.NoError(t, err)
	quiet := testnets.Sparse(on, 2, 64, 1, 2)
	rates := make([]int64, 3*64)
	for s := range rates {
		rates[s] = 1 // nearly no spike but the host's
		if s < 64 {
			rates[s] = 1 << 20
		}
	}
	_, r, err := Network(t.Context(), quiet, on, rates)
	require.NoError(t, err)
	require.LessOrEqual(t, r.After.Tick, r.Before.Tick)

	small := profiletest.Variant(t, "adder", profiletest.Fields{"width": 1, "height": 2})
	net := testnets.Sparse(small, 2, 64, 8, 16)
	m, r, err := Network(t.Context(), net, small, nil)
	require.NoError(t, err)
	require.Equal(t, r.Before, r.After)
	require.Len(t, m.Parts, 2)
}

// TestUntimed refuses a chip without times.
func TestUntimed(t *testing.T) {
	on, err := profile.Load("adder")
	require.NoError(t, err)
	bare := *on
	bare.Timing = nil
	_, _, err = Network(t.Context(), &ir.Network{Name: "net"}, &bare, nil)
	require.ErrorContains(t, err, "balance net: chip adder states no times")
	none, cores := Bottleneck(&partition.Mapping{Chip: &bare}, nil)
	require.Nil(t, none)
	require.Nil(t, cores)
}

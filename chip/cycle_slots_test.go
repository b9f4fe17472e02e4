package chip

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/core"
)

// TestSlotsOfCodes counts, in each tick, the slots up to a neuron and the words of boundaries
// that they read, by what docs/neurocore.md says of each.
func TestSlotsOfCodes(t *testing.T) {
	groups := []core.Group{
		{Count: 2, Depth: 1},
		{First: 2, Count: 6, Depth: 1, Code: core.Code{Kind: core.CodeRadix, Window: 2, Bits: 3,
			Table: 1, Run: 3}},
		{First: 8, Count: 2, Code: core.Code{Kind: core.CodeLevel, Window: 2, Bits: 2, Table: 2}},
		{First: 10, Count: 2, Code: core.Code{Kind: core.CodeRadix, Window: 4}, Integrator: true},
		{First: 12, Count: 1},
	}
	const ticks = 3
	for tick, want := range [][13][2]int64{ // slots and words up to each neuron
		{8: {1, 0}, 9: {2, 0}, 10: {3, 0}, 11: {4, 0}, 12: {5, 0}},
		{{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}, {6, 0}, {7, 0}, {8, 0}, {9, 1}, {10, 2}, {11, 2},
			{12, 2}, {13, 2}},
		{{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 1}, {6, 1}, {7, 1}, {8, 2}, {9, 3}, {10, 4}, {11, 4},
			{12, 4}, {13, 4}},
		{{1, 0}, {2, 0}, 4: {3, 1}, 7: {4, 2}, 8: {5, 3}, 9: {6, 4}, 10: {7, 4}, 11: {8, 4}},
		{4: {1, 1}, 7: {2, 2}},
		{},
	} {
		w := slotWindow{groups: groups, tick: int32(tick), ticks: ticks}
		for n, of := range want {
			if of == [2]int64{} { // no slot
				continue
			}
			slots, words := w.through(int32(n))
			require.Equal(t, of, [2]int64{slots, words}, "up to neuron %d in tick %d", n, tick)
		}
	}
}

// TestSlotTimes compares the sums with slots taken one by one.
func TestSlotTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := []core.Group{{Count: 3, Depth: 0}, {First: 3, Count: 4, Depth: 2},
			{First: 7, Count: 5, Depth: 1}}
		const tick, ticks = 1, 5
		var changed, fired []int32
		slots, window := slotTimes{idle: 3, active: 8, mixed: true}, slotWindow{groups: groups,
			tick: tick, ticks: ticks}
		want := map[int32]int64{}
		var sum int64
		for _, g := range groups {
			if tick < g.Depth {
				continue
			}
			for n := g.First; n < g.First+g.Count; n++ {
				changes, fires := rapid.Bool().Draw(t, "changes"), rapid.Bool().Draw(t, "fires")
				if changes {
					changed = append(changed, n)
				}
				if fires {
					fired = append(fired, n)
				}
				if sum += 3; changes || fires {
					sum += 5
				}
				want[n] = sum
			}
		}
		slots.changed = changed
		plain := slotTimes{idle: 3, active: 8}
		for _, n := range fired {
			count, words := window.through(n)
			require.Zero(t, words)
			require.Equal(t, want[n], slots.through(n, count), "neuron %d", n)
			require.Equal(t, 8*count, plain.through(n, count), "neuron %d", n)
		}
		require.Equal(t, sum, slots.total(int64(len(want))))
		require.Equal(t, int64(8*len(want)), plain.total(int64(len(want))))
	})
}

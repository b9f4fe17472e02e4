package verify

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestMatchIsEquality: lists match if and only if they are equal once sorted, as long as
// no target has more than the longest chain; beyond it a match may be missed and never
// made up.
func TestMatchIsEquality(t *testing.T) {
	const targets = 5
	drawn := rapid.Custom(func(t *rapid.T) synapse {
		return synapse{
			target:  rapid.Int32Range(0, targets-1).Draw(t, "target"),
			delay:   rapid.Int32Range(0, 1).Draw(t, "delay"),
			weight:  rapid.Int32Range(-1, 1).Draw(t, "weight"),
			plastic: rapid.Bool().Draw(t, "plastic"),
		}
	})
	var m matcher
	head := make([]int32, targets)
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(drawn, 0, 30).Draw(t, "want")
		got := slices.Clone(want)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0)).Shuffle(len(got), func(i, j int) {
			got[i], got[j] = got[j], got[i]
		})
		if len(got) > 0 && rapid.Bool().Draw(t, "other") {
			got[0] = drawn.Draw(t, "another")
		}
		matches := m.match(head, got, want)
		require.Equal(t, make([]int32, targets), head)
		chains := make([]int, targets)
		for _, s := range want {
			chains[s.target]++
		}
		count := map[synapse]int{}
		for i := range want {
			count[want[i]]++
			count[got[i]]--
		}
		equal := true
		for _, n := range count {
			equal = equal && n == 0
		}
		if matches != equal {
			require.False(t, matches)
			require.Greater(t, slices.Max(chains), longestChain)
		}
	})
}

// TestInTurn: every job is done once, and of several that fail the first one tells.
func TestInTurn(t *testing.T) {
	for _, workers := range []int{1, 3, 100} {
		done := make([]atomic.Int64, 50)
		start := func() func(int) error {
			return func(job int) error {
				done[job].Add(1)
				return nil
			}
		}
		require.NoError(t, inTurn(len(done), workers, start))
		for i := range done {
			require.EqualValues(t, 1, done[i].Load())
		}
		first, second := errors.New("first"), errors.New("second")
		err := inTurn(50, workers, func() func(int) error {
			return func(job int) error { return map[int]error{7: first, 30: second}[job] }
		})
		require.Equal(t, first, err)
	}
	require.NoError(t, inTurn(0, 4, nil))
}

package snn

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestGatherTargets holds the targets of every source against its fan-out.
func TestGatherTargets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sources := rapid.IntRange(1, 6).Draw(t, "sources")
		op := &Gather{From: rapid.SliceOfN(rapid.Int32Range(-1, int32(sources-1)), 1, 12).Draw(t,
			"from")}
		node := &Node{Op: op, In: Shape{sources}, Out: Shape{len(op.From)}}
		targets := op.Targets(sources)
		require.Len(t, targets, sources)
		for s := range sources {
			var want []int32
			Fanout(node, s, func(dst int, w float64) {
				require.Equal(t, 1.0, w)
				want = append(want, int32(dst))
			})
			require.ElementsMatch(t, want, targets[s])
			require.IsIncreasing(t, append([]int32{-1}, targets[s]...))
		}
	})
}

// TestGatherJoins: two Gathers that meet in a node put signals side by side.
func TestGatherJoins(t *testing.T) {
	n := &Network{Name: "joined"}
	in := n.AddNode("in", &Input{}, Shape{2}, Shape{2})
	turned := n.AddNode("turned", &Gather{From: []int32{1, 0, -1}}, Shape{2}, Shape{3})
	third := n.AddNode("third", &Gather{From: []int32{-1, -1, 0}}, Shape{2}, Shape{3})
	out := n.AddNode("out", &Output{}, Shape{3}, Shape{3})
	n.Connect(in, turned)
	n.Connect(in, third)
	n.Connect(turned, out)
	n.Connect(third, out)
	a, err := NewAnalog(n)
	require.NoError(t, err)
	y, err := a.Run([]float64{7, 8})
	require.NoError(t, err)
	require.Equal(t, []float64{8, 7, 7}, y)
	require.Zero(t, a.EffectiveMACs(turned))
	require.Equal(t, "moves elements; 0 at 1 of 3", n.Summary().Nodes[1].Detail)
}

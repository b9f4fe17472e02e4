package snn

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFaninIsFanoutTurned: what reaches an element is where fan-outs arrive at it.
func TestFaninIsFanoutTurned(t *testing.T) {
	weights := func(n int) []float64 {
		out := make([]float64, n)
		for i := range out {
			out[i] = float64(i + 1)
		}
		return out
	}
	w := Window{
		KernelH: 3, KernelW: 2, StrideH: 2, StrideW: 1, DilationH: 1, DilationW: 2,
		PadTop: 1, PadLeft: 1, PadBottom: 1,
	}
	in := Shape{4, 5, 6}
	for _, op := range []Op{
		&Dense{W: &Matrix64{Rows: 3, Cols: 6, Data: weights(18)}},
		&Conv{Weight: weights(6 * 2 * 6), InChannels: 4, OutChannels: 6, Groups: 2, Window: w},
		&Pool{Window: w},
		&Scale{Factor: weights(4)},
		&Reshape{},
		&Gather{From: []int32{3, -1, 3, 0}},
	} {
		out, err := Infer(op, in)
		require.NoError(t, err)
		if g, ok := op.(*Gather); ok {
			out = Shape{len(g.From)}
		}
		node := &Node{Op: op, In: in, Out: out}
		want, got := map[string]float64{}, map[string]float64{}
		for s := range in.Size() {
			Fanout(node, s, func(d int, w float64) { want[fmt.Sprint(s, d)] += w })
		}
		for d := range out.Size() {
			Fanin(node, d, func(s int, w float64) { got[fmt.Sprint(s, d)] += w })
		}
		require.Equal(t, want, got, op.Kind())
	}
}

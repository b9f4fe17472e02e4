package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWatch: neurons that change u or v are seen once.
func TestWatch(t *testing.T) {
	c, err := New(&Config{
		Widths: Widths{Potential: 24, Current: 24},
		Groups: []Group{
			{Count: 2, DecayV: 4096},
			{First: 2, Count: 1, HasCurrent: true, DecayU: 0, DecayV: 0},
		},
		Threshold: []int32{100, 100, 100}, Bias: []int32{0, 0, 0}, Reset: []int32{0, 0, 0},
		V0: []int32{0, 0, 0}, ID: []uint32{0, 1, 2},
		Axons: []Axon{{}}, Rows: []Row{{WeightBits: 8, First: 1, Count: 2, Exclude: -1}},
		Dense8: []int8{3, 4},
	})
	require.NoError(t, err)
	w := NewWatch(c)
	require.Empty(t, w.Changes(nil))
	c.Deliver(0)
	c.Tick(0, 9, nil)
	require.Equal(t, []int32{1, 2}, w.Changes(nil))
	require.Empty(t, w.Changes(nil), "each change is seen once")
	c.Tick(1, 9, nil)
	require.Equal(t, []int32{2}, w.Changes(nil), "u and v of neuron 2 are forgotten")
	c.Deliver(0)
	c.Tick(2, 9, nil)
	w.Look()
	require.Empty(t, w.Changes(nil))
}

package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBrokenRefuses: neurons that a core does not have, or that never test, cannot be broken so.
func TestBrokenRefuses(t *testing.T) {
	cfg := &Config{
		Widths: Widths{Potential: 16, Current: 16},
		Groups: []Group{
			{Count: 2, Population: 0}, {First: 2, Count: 2, Population: 1, Integrator: true},
			{First: 4, Count: 6, Population: 2, Code: Code{Kind: CodeRadix, Window: 2, Bits: 2,
				Run: 3}},
		},
		Threshold: []int32{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, Bias: make([]int32, 10),
		Reset: make([]int32, 10), V0: make([]int32, 10),
	}
	for n := range uint32(10) {
		cfg.ID = append(cfg.ID, n)
	}
	fires := []bool{true, true, false, false, false, false, true, false, false, true}
	for n, want := range fires {
		require.Equal(t, want, cfg.Fires(int32(n)), "neuron %d", n)
		_, err := NewBroken(cfg, Faults{Firing: []int32{int32(n)}})
		require.Equal(t, want, err == nil, "%v", err)
		_, err = NewBroken(cfg, Faults{Dead: []int32{int32(n)}})
		require.NoError(t, err)
	}
	for want, f := range map[string]Faults{
		"the core has 10": {Dead: []int32{10}}, "they are ascending": {Dead: []int32{1, 0}},
		"one of these": {Dead: []int32{1}, Firing: []int32{1}},
	} {
		_, err := NewBroken(cfg, f)
		require.ErrorContains(t, err, want)
	}
}

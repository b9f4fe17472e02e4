package verify

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler/ir"
	"adder/core"
	"adder/layout"
)

// TestEachWeightByHand moves a row of each format by two neurons.
func TestEachWeightByHand(t *testing.T) {
	type added struct{ neuron, w int32 }
	c := &core.Config{
		Rows: []core.Row{
			{Format: core.Dense8, First: 1, Count: 2, Offset: 1},
			{Format: core.Dense16, First: 3, Count: 2, Offset: 1},
			{Format: core.Sparse, Count: 2, Offset: 1}, {Format: core.Others, First: 1, Count: 3,
				Exclude: 4, Weight: -9, Shift: 2},
			{Format: core.Plastic, First: 3, Count: 2, Offset: 1},
		},
		Plastic: []uint16{99, 0x1ff, 0xff00, 99},
		Dense8:  []int8{99, 1, -2, 99}, Dense16: []int16{99, 300, -400, 99},
		Sparse: []core.Synapse{{Neuron: 9, Weight: 99}, {Neuron: 0, Weight: 5},
			{Neuron: 4, Weight: -6}, {Neuron: 9, Weight: 99}},
	}
	for row, want := range [][]added{
		{{3, 1}, {4, -2}}, {{5, 300}, {6, -400}}, {{2, 5}, {6, -6}}, {{3, -36}, {5, -36}},
		{{5, 1}, {6, 255}},
	} {
		var got []added
		EachWeight(c, core.Axon{Row: int32(row), Base: 2}, func(n, w int32) {
			got = append(got, added{n, w})
		})
		require.Equal(t, want, got, "row %d", row)
	}
}

// TestVerifyHost tells a host's layer from another in each of its parts.
func TestVerifyHost(t *testing.T) {
	want := &ir.Host{Target: 1, WeightExp: 2, Weights: []int16{3, 4}}
	same := layout.HostLayer{Population: 1, WeightExp: 2, Weights: []int16{3, 4}}
	require.NoError(t, verifyHost(&same, want))
	require.NoError(t, verifyHost(nil, nil))
	require.Error(t, verifyHost(nil, want))
	require.Error(t, verifyHost(&same, nil))
	for _, other := range []layout.HostLayer{
		{Population: 0, WeightExp: 2, Weights: same.Weights},
		{Population: 1, WeightExp: 3, Weights: same.Weights},
		{Population: 1, WeightExp: 2, Weights: []int16{3, 5}},
	} {
		require.Error(t, verifyHost(&other, want))
	}
}

// TestVerifyKnowsAChipWithoutSharedRows: there an axon has a row of its own,
// which lies where it was stored.
func TestVerifyKnowsAChipWithoutSharedRows(t *testing.T) {
	shared, err := profile.Load("adder")
	require.NoError(t, err)
	shared.Core.Neurons, shared.Core.MaxDelay = 4, 3
	alone := *shared
	alone.Weights.SharedRows = false
	rows := []core.Row{{WeightBits: 8}, {WeightBits: 8}}
	for name, c := range map[string]struct {
		axons []core.Axon
		want  string
	}{
		"a row each": {[]core.Axon{{Row: 1}, {Row: 0}}, ""},
		"one row":    {[]core.Axon{{Row: 1}, {Row: 1}}, "axon 1 shares or moves row 1"},
		"moved":      {[]core.Axon{{Row: 1}, {Row: 0, Base: 1}}, "axon 1 shares or moves row 0"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := &core.Config{Rows: rows, Axons: c.axons}
			require.NoError(t, (&coreVerifier{chip: shared, cfg: cfg}).memory())
			err := (&coreVerifier{chip: &alone, cfg: cfg}).memory()
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
		})
	}
	full := &core.Config{Threshold: make([]int32, shared.Core.Neurons+1)}
	require.ErrorContains(t, (&coreVerifier{chip: shared, cfg: full}).memory(),
		"5 neurons, a core has 4")
	late := &core.Config{Rows: rows, Axons: []core.Axon{{Delay: uint8(shared.Core.MaxDelay)}}}
	require.NoError(t, (&coreVerifier{chip: shared, cfg: late}).memory(),
		"the longest delay is one")
}

// TestVerifyBoundsAccumulators lets many sources share one axon, whose
// weights then add up in one tick.
func TestVerifyBoundsAccumulators(t *testing.T) {
	v := coreVerifier{cfg: &core.Config{
		Threshold: make([]int32, 1), Axons: []core.Axon{{Row: 0}, {Row: 1}, {Row: 2}, {Row: 3}},
		Dense8: []int8{127, 127, 127, 127}, Rows: make([]core.Row, 4),
	}}
	for i := range v.cfg.Rows {
		v.cfg.Rows[i] = core.Row{Format: core.Dense8, WeightBits: 8, Count: 1, Offset: int64(i)}
	}
	require.NoError(t, v.accumulators([]int64{1, 1, 1, 1}))
	require.ErrorContains(t, v.accumulators([]int64{1, 1, 1, 1 << 25}),
		"neuron 0: the weights of a tick may sum to 4261413245, past 32 bits")
}

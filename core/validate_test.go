package core

import (
	"math"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestHostileConfig puts extreme numbers anywhere into a valid configuration.
// New refuses it, or makes a core that every axon can be delivered to and that
// still follows the oracle.
func TestHostileConfig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := drawConfig(t)
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			corrupt(t, reflect.ValueOf(cfg).Elem())
		}
		c, err := New(cfg)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		o := newOracle(cfg)
		for tick := range int32(3) {
			for a := range int32(c.Axons()) {
				require.GreaterOrEqual(t, c.AxonDelay(a), int32(0))
				c.Deliver(a)
				o.deliver(a)
			}
			require.Equal(t, append([]int32{}, o.tick(tick, math.MaxInt32)...),
				c.Tick(tick, math.MaxInt32, []int32{}))
			requireSameState(t, o, c)
		}
	})
}

// TestOverlappingRowsAreBounded holds that a small store cannot be made to stand
// for endless synapses, and that a negative length hides none.
func TestOverlappingRowsAreBounded(t *testing.T) {
	cfg := benchConfig(plainGroup, Dense8)
	for i := range 3 {
		cfg.Rows[i].Count = maxSynapses >> 1
	}
	_, err := New(cfg)
	require.EqualError(t, err, "row 2: rows up to here have more than 2147483648 synapses together")
	cfg.Rows[0].Count = math.MinInt32
	_, err = New(cfg)
	require.EqualError(t, err, "row 0: negative length -2147483648")
	cfg = benchConfig(plainGroup, Sparse)
	cfg.Rows[0].Count = maxEntries + 1
	_, err = New(cfg)
	require.EqualError(t, err, "row 0: 16777217 entries: a sparse row has at most 16777216")
}

// corrupt changes one number, or cuts one list, somewhere in a value.
func corrupt(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		corrupt(t, v.Field(rapid.IntRange(0, v.NumField()-1).Draw(t, v.Type().Name())))
	case reflect.Slice:
		if v.Len() == 0 {
			return
		}
		if rapid.IntRange(0, 9).Draw(t, "cut") == 0 {
			v.SetLen(rapid.IntRange(0, v.Len()).Draw(t, "length"))
			return
		}
		corrupt(t, v.Index(rapid.IntRange(0, v.Len()-1).Draw(t, "index")))
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		v.SetUint(rapid.Uint64().Draw(t, "value") & math.MaxUint32)
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "value"))
	default:
		x := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-2, 2),
			rapid.SampledFrom([]int64{math.MinInt32, math.MaxInt32, math.MinInt64,
				math.MaxInt64})).Draw(t, "value")
		v.SetInt(x)
	}
}

// TestEmptyRowBeginsAnywhere: the first neuron of a sparse row is not read, whatever it says.
func TestEmptyRowBeginsAnywhere(t *testing.T) {
	for _, first := range []int32{math.MinInt32, -1, 0, math.MaxInt32} {
		cfg := &Config{
			Widths:    Widths{Potential: 8, Current: 8},
			Groups:    []Group{{Count: 1}},
			Threshold: []int32{1}, Bias: []int32{0}, Reset: []int32{0}, V0: []int32{0},
			ID:    []uint32{0},
			Axons: []Axon{{}},
			Rows:  []Row{{Format: Sparse, WeightBits: 8, Exclude: -1, First: first}},
		}
		c, err := New(cfg)
		require.NoError(t, err)
		c.Deliver(0)
		require.Empty(t, c.Tick(0, 1, nil))
	}
}

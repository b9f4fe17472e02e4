package core

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// baseCore draws a core whose axons move rows, and the same core with a row
// of its own for every axon.
func baseCore(t *rapid.T) (moved, unrolled Config) {
	neurons := rapid.IntRange(1, 80).Draw(t, "neurons")
	moved = Config{
		Widths: Widths{Potential: 24, Current: 24},
		Groups: []Group{{Count: int32(neurons), DecayV: 4096, ResetMode: ResetSubtract}},
	}
	for n := range neurons {
		moved.Threshold = append(moved.Threshold, rapid.Int32Range(1, 300).Draw(t, "threshold"))
		moved.Bias, moved.V0 = append(moved.Bias, 0), append(moved.V0, 0)
		moved.Reset, moved.ID = append(moved.Reset, moved.Threshold[n]), append(moved.ID, uint32(n))
	}
	unrolled = moved
	for range rapid.IntRange(1, 5).Draw(t, "rows") {
		row := drawMovable(t, &moved, neurons)
		span := int(moved.endOf(&row))
		for range rapid.IntRange(1, 4).Draw(t, "axons") {
			base := rapid.IntRange(0, neurons-span).Draw(t, "base")
			moved.Axons = append(moved.Axons, Axon{Row: int32(len(moved.Rows)), Base: int32(base)})
			unrolled.Axons = append(unrolled.Axons, Axon{Row: int32(len(unrolled.Rows))})
			own := row
			if row.Format == Sparse {
				own.Offset = int64(len(unrolled.Sparse))
				for _, e := range moved.Sparse[row.Offset:][:row.Count] {
					unrolled.Sparse = append(unrolled.Sparse,
						Synapse{Neuron: e.Neuron + uint16(base), Weight: e.Weight})
				}
			} else {
				own.First += int32(base)
			}
			unrolled.Rows = append(unrolled.Rows, own)
		}
		moved.Rows = append(moved.Rows, row)
	}
	unrolled.Dense8, unrolled.Dense16 = moved.Dense8, moved.Dense16
	return moved, unrolled
}

func drawMovable(t *rapid.T, c *Config, neurons int) Row {
	count := rapid.IntRange(1, neurons).Draw(t, "count")
	row := Row{
		Format:     rapid.SampledFrom([]RowFormat{Dense8, Dense16, Sparse}).Draw(t, "format"),
		WeightBits: 8, Exclude: -1, Count: int32(count),
	}
	weight := rapid.Int8Range(-127, 127)
	switch row.Format {
	case Dense8:
		row.Offset = int64(len(c.Dense8))
		for range count {
			c.Dense8 = append(c.Dense8, weight.Draw(t, "weight"))
		}
	case Dense16:
		row.WeightBits, row.Offset = 9, int64(len(c.Dense16))
		for range count {
			c.Dense16 = append(c.Dense16, int16(weight.Draw(t, "weight")))
		}
	default:
		row.Offset = int64(len(c.Sparse))
		for n := range count {
			if n == 0 || rapid.Bool().Draw(t, "entry") {
				c.Sparse = append(c.Sparse,
					Synapse{Neuron: uint16(n), Weight: int16(weight.Draw(t, "weight"))})
			}
		}
		row.Count = int32(int64(len(c.Sparse)) - row.Offset)
	}
	return row
}

// TestMovedRowsActLikeTheirCopies holds rows that axons move against rows
// that are written out where they act.
func TestMovedRowsActLikeTheirCopies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := baseCore(t)
		moved, err := New(&a)
		require.NoError(t, err)
		unrolled, err := New(&b)
		require.NoError(t, err)
		moved.Begin()
		unrolled.Begin()
		for tick := range int32(6) {
			hits := rapid.SliceOfN(rapid.Int32Range(0, int32(len(a.Axons)-1)), 0, 40).Draw(t,
				"hits")
			moved.DeliverAll(hits)
			unrolled.DeliverAll(hits)
			require.Equal(t, unrolled.Tick(tick, 6, nil), moved.Tick(tick, 6, nil))
		}
		for n := range a.Neurons() {
			require.Equal(t, unrolled.Potential(n), moved.Potential(n))
		}
		require.Equal(t, unrolled.Counts(), moved.Counts())
	})
}

// TestRefusesRowsMovedOutOfTheCore checks the faults of axon bases.
func TestRefusesRowsMovedOutOfTheCore(t *testing.T) {
	valid := func() Config {
		return Config{
			Widths:    Widths{Potential: 24, Current: 24},
			Groups:    []Group{{Count: 4, DecayV: 4096}},
			Threshold: []int32{1, 1, 1, 1}, Bias: make([]int32, 4), Reset: make([]int32, 4),
			V0: make([]int32, 4), ID: []uint32{0, 1, 2, 3},
			Axons: []Axon{{Row: 0, Base: 2}, {Row: 1, Base: 1}, {Row: 2}},
			Rows: []Row{
				{Format: Dense8, WeightBits: 8, Count: 2, Exclude: -1},
				{Format: Sparse, WeightBits: 8, Count: 2, Exclude: -1},
				{Format: Others, WeightBits: 8, Weight: 1, Count: 3, Exclude: 1},
			},
			Dense8: []int8{1, 2}, Sparse: []Synapse{{Neuron: 0, Weight: 1}, {Neuron: 2, Weight: 1}},
		}
	}
	good := valid()
	_, err := New(&good)
	require.NoError(t, err)
	for _, c := range []struct {
		name, want string
		change     func(*Config)
	}{
		{"dense row past the end", "axon 0 starts row 0, which reaches to neuron 1, at neuron 3: " +
			"the core has 4", func(c *Config) {
			c.Axons[0].Base = 3
		}},
		{"sparse row past the end", "axon 1 starts row 1, which reaches to neuron 2, at neuron " +
			"2: the core has 4", func(c *Config) {
			c.Axons[1].Base = 2
		}},
		{"before the first neuron", "at neuron -1", func(c *Config) { c.Axons[0].Base = -1 }},
		{"others row", "axon 2 starts row 2 at neuron 1: only dense and sparse rows can be moved",
			func(c *Config) {
				c.Axons[2].Base = 1
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := valid()
			c.change(&cfg)
			_, err := New(&cfg)
			require.ErrorContains(t, err, c.want)
		})
	}
}

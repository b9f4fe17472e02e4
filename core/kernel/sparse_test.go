package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// drawRuns draws sparse rows of ascending neurons with any weights of so many bits, and
// their entries. Some rows are empty, some start where others do.
func drawRuns(rng *rand.Rand, neurons, rows int, bits uint) ([]Synapse, []Run) {
	var entries []Synapse
	runs := make([]Run, rows)
	for i := range runs {
		base, share := rng.IntN(neurons), []float64{0, 0.02, 0.3, 1}[rng.IntN(4)]
		runs[i] = Run{Start: uint32(len(entries)), Base: uint16(base)}
		for n := base; n < neurons; n++ {
			if rng.Float64() < share {
				weight := [...]int{rng.IntN(1<<bits) - 1<<(bits-1), -1 << (bits - 1),
					1<<(bits-1) - 1}[rng.IntN(3)]
				entries = append(entries, Synapse{uint16(n - base), int16(weight)})
				runs[i].Count++
			}
		}
	}
	return entries, runs
}

// TestAddEntries: sums of sparse rows are those of a loop over entries.
func TestAddEntries(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rng := rand.New(rand.NewPCG(4, 4))
		for k := range 200 {
			neurons := 1 + rng.IntN(100)
			if k == 0 {
				neurons = MaxRun
			}
			entries, runs := drawRuns(rng, neurons, 1+rng.IntN(40), 16)
			sums := make([]int32, neurons)
			for n := range sums {
				sums[n] = int32(rng.Uint32()) >> 4
			}
			want, chosen := slices.Clone(sums), []int32{}
			for range rng.IntN(60) {
				c := rng.IntN(len(runs))
				chosen = append(chosen, int32(c))
				for _, e := range entries[runs[c].Start:][:runs[c].Count] {
					want[uint32(runs[c].Base)+uint32(e.Neuron)] += int32(e.Weight)
				}
			}
			set.AddEntries(sums, entries, runs, chosen)
			require.Equal(t, want, sums)
		}
	})
}

// TestAddTicks: what is summed for many ticks at once is what each tick sums by itself,
// up to the ends of 16 bits.
func TestAddTicks(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rng := rand.New(rand.NewPCG(5, 5))
		for range 200 {
			neurons, ticks, bits := 1+rng.IntN(100), 1+rng.IntN(Ticks), uint(1+rng.IntN(8))
			entries, runs := drawRuns(rng, neurons, 1+rng.IntN(math.MaxInt16>>(bits-1)&63), bits)
			rows := make([]int32, neurons*ticks)
			for i := range rows {
				rows[i] = int32(rng.Uint32()) >> 4
			}
			want, masks := slices.Clone(rows), make([]uint32, len(runs))
			for i, r := range runs {
				masks[i] = []uint32{0, math.MaxUint32, rng.Uint32()}[rng.IntN(3)] >> (Ticks - ticks)
				for k := range ticks {
					if masks[i]>>k&1 == 0 {
						continue
					}
					for _, e := range entries[r.Start:][:r.Count] {
						want[k*neurons+int(r.Base)+int(e.Neuron)] += int32(e.Weight)
					}
				}
			}
			narrow := make([]int16, (neurons+15)&^15*Ticks)
			set.AddTicks(narrow, entries, runs, masks)
			require.Equal(t, make([]uint32, len(runs)), masks)
			set.TakeTicks(rows, neurons, ticks, narrow)
			require.Equal(t, want, rows)
			require.Equal(t, make([]int16, len(narrow)), narrow)
		}
	})
}

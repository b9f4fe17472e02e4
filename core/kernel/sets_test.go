package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawDue draws sets of so many numbers: none, few, many or all of them.
func drawDue(rng *rand.Rand, numbers, ticks int) *Due {
	words := (numbers + 63) / 64
	step := words + rng.IntN(2)
	due := &Due{Bits: make([]uint64, step*ticks), Words: words, Step: step, Ticks: ticks}
	for k := range ticks {
		share := []float64{0, 0.05, 0.7, 1}[rng.IntN(4)]
		for i := range numbers {
			if rng.Float64() < share {
				due.At(k)[i>>6] |= 1 << (i & 63)
			}
		}
	}
	return due
}

// drawWindow is drawDue of a few ticks, for rows that begin at first. If based, base is one set
// more, which is said to be common to them.
func drawWindow(rng *rand.Rand, numbers int, based bool) (first int, due *Due, base []uint64) {
	first, ticks := rng.IntN(64), 1+rng.IntN(5)
	due = drawDue(rng, numbers, ticks+1)
	for k := range ticks + 1 {
		due.At(k)[0] &= ^uint64(0) << first
	}
	if based {
		base = due.At(ticks)
	}
	due.Ticks = ticks
	return first, due, base
}

// TestAddSets: what sets of rows add to the sums of their ticks is what a loop over single
// weights does, for every width, for more rows than lanes of 16 bits hold, and whatever is
// said to be common to them.
func TestAddSets(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rng := rand.New(rand.NewPCG(6, 6))
		for width := 1; width < 1100; width += 1 + width/3 {
			for _, based := range []bool{false, true} {
				compareSets(t, set, rng, width, 1+rng.IntN(700), based)
			}
		}
		compareSets(t, set, rng, 10, 32_000, true)
		compareSets(t, set, rng, 10, 40_000, true)
	})
}

func compareSets(t *testing.T, set Set, rng *rand.Rand, width, numbers int, based bool) {
	first, due, base := drawWindow(rng, numbers, based)
	ticks, stride := due.Ticks, width+rng.IntN(9)
	rows := &Rows{First: int32(first), Weights: weightsOf(rng, width+3000)}
	for range max(1, numbers-first) {
		rows.Offsets = append(rows.Offsets, uint32(rng.IntN(3000)))
	}
	sums := make([]int32, stride*ticks)
	for n := range sums {
		sums[n] = int32(rng.Uint32()) >> 4
	}
	want := slices.Clone(sums)
	for k := range ticks {
		for _, i := range Plain.List(nil, due.At(k), 0) {
			for n := range width {
				want[k*stride+n] += int32(rows.Weights[int(rows.Offsets[int(i)-first])+n])
			}
		}
	}
	set.AddSets(sums, stride, width, rows, due, base)
	require.Equal(t, want, sums, "%d neurons", width)
}

// TestCountSets: the digits of planes say in how many sets a number is, up to 64, and
// SumSet adds what a table has for the members of one.
func TestCountSets(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rng := rand.New(rand.NewPCG(7, 7))
		for range 60 {
			numbers := 1 + rng.IntN(1500)
			due := drawDue(rng, numbers, []int{1, 3, 32, 64}[rng.IntN(4)])
			planes := make([]uint64, Planes*due.Words)
			for i := range planes {
				planes[i] = rng.Uint64()
			}
			set.CountSets(planes, due)
			table := make([]uint64, numbers)
			for i := range numbers {
				table[i] = rng.Uint64()
				got, want := 0, 0
				for p := range Planes {
					got += int(planes[p*due.Words+i>>6]>>(i&63)&1) << p
				}
				for k := range due.Ticks {
					want += int(due.At(k)[i>>6] >> (i & 63) & 1)
				}
				require.Equal(t, want, got, "number %d", i)
			}
			sum := uint64(0)
			for _, i := range Plain.List(nil, due.At(0), 0) {
				sum += table[i]
			}
			require.Equal(t, sum, set.SumSet(table, due.At(0)))
			require.EqualValues(t, len(Plain.List(nil, due.Bits, 0)), set.Ones(due.Bits))
		}
		require.Zero(t, set.SumSet(nil, nil))
		set.CountSets(nil, &Due{Ticks: 3})
	})
}

// TestUpdateTicks: many ticks at once are as many updates one after the other, with the
// neurons that fired set to rest.
func TestUpdateTicks(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rapid.Check(t, func(t *rapid.T) {
			c, s := drawNeurons(t)
			size := rapid.SampledFrom([]int32{0, 1, 1000, 1 << 20, math.MaxInt32}).Draw(t,
				"input size")
			mine := s.clone()
			a, b := NewNeurons(Plain, c, s), NewNeurons(set, c, mine)
			if !b.Steady(int64(size)) {
				t.Skip("an input may be out of bounds")
			}
			count, ticks := len(s.Potential), rapid.IntRange(1, 6).Draw(t, "ticks")
			words, stride := (count+63)/64, count+rapid.IntRange(0, 20).Draw(t, "gap")
			batch := TickBatch{
				Sums: rapid.SliceOfN(rapid.Int32Range(-size, size), stride*ticks,
					stride*ticks).Draw(t, "input"), Stride: stride,
				Fired: slices.Repeat([]uint64{^uint64(0)}, words*ticks), Words: words, Ticks: ticks,
				Changed: slices.Repeat([]uint64{^uint64(0)}, words*ticks),
			}
			var rests []uint16
			if rapid.Bool().Draw(t, "refractory") {
				batch.Period = uint16(rapid.IntRange(1, 3).Draw(t, "period"))
				rests = rapid.SliceOfN(rapid.SampledFrom([]uint16{0, 0, 1, 2, 65535}), count,
					count).Draw(t, "rests")
				batch.Refractory = slices.Clone(rests)
			}
			input := slices.Clone(batch.Sums)
			b.UpdateTicks(&batch)
			var all Done
			for k := range ticks {
				fired := make([]uint64, words)
				done := a.Update(input[k*stride:][:count], rests, fired)
				require.Equal(t, done, batch.Did(k, k+1), "tick %d", k)
				all.Add(&done)
				require.Equal(t, fired, batch.Fired[k*words:][:words])
				for _, n := range Plain.List(nil, fired, 0) {
					if rests != nil {
						rests[n] = batch.Period
					}
				}
			}
			require.Equal(t, all, batch.Did(0, ticks))
			require.Equal(t, s.Potential, mine.Potential)
			require.Equal(t, rests, batch.Refractory)
			require.Equal(t, input, batch.Sums)
		})
	})
}

package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// packedWeights are rows of so many weights of 4 bits, packed and one by one: random ones,
// the least ones or the largest ones.
func packedWeights(rng *rand.Rand, rows, width int) (packed []uint8, weights [][]int8) {
	for range rows {
		row, bytes := make([]int8, width), make([]uint8, PackedSize(width))
		kind := rng.IntN(4)
		for n := range row {
			row[n] = [...]int8{-8, 7, int8(rng.IntN(16) - 8), int8(rng.IntN(16) - 8)}[kind]
			Pack(bytes, n, row[n])
		}
		packed, weights = append(packed, bytes...), append(weights, row)
	}
	return packed, weights
}

// TestAddPacked: packed rows add what a loop over single weights does, listed or as sets, for
// every width, for more rows than lanes hold, and whatever is said to be common to sets.
func TestAddPacked(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rng := rand.New(rand.NewPCG(8, 8))
		for width := 1; width < 1100; width += 1 + width/3 {
			for _, based := range []bool{false, true} {
				comparePacked(t, set, rng, width, 1+rng.IntN(700), based)
			}
		}
		for _, width := range []int{64, 65, 128, 129, 192, 256} {
			comparePacked(t, set, rng, width, 900, true)
		}
		comparePacked(t, set, rng, 10, 40_000, true)
	})
}

func comparePacked(t *testing.T, set Set, rng *rand.Rand, width, numbers int, based bool) {
	first, due, base := drawWindow(rng, numbers, based)
	ticks, stride := due.Ticks, width+rng.IntN(9)
	packed, weights := packedWeights(rng, 40, width)
	rows := &Packed{First: int32(first), Weights: packed}
	var of []int
	for range max(1, numbers-first) {
		row := rng.IntN(len(weights))
		of = append(of, row)
		rows.Offsets = append(rows.Offsets, uint32(row*PackedSize(width)))
	}
	sums := make([]int32, stride*ticks)
	for n := range sums {
		sums[n] = int32(rng.Uint32()) >> 4
	}
	want, listed := slices.Clone(sums), slices.Clone(sums)
	for k := range ticks {
		list := Plain.List(nil, due.At(k), 0)
		for _, i := range list {
			for n, w := range weights[of[int(i)-first]] {
				want[k*stride+n] += int32(w)
			}
		}
		set.AddPacked(listed[k*stride:][:width], rows, list)
	}
	require.Equal(t, want, listed, "%d neurons", width)
	set.AddPackedSets(sums, stride, width, rows, due, base)
	require.Equal(t, want, sums, "%d neurons", width)
}

// BenchmarkAddPacked asks what rows of 4 bits take beside rows of 8, by the size of the
// weights of a core: a tenth of the rows in each of 32 ticks.
func BenchmarkAddPacked(b *testing.B) {
	rng := rand.New(rand.NewPCG(9, 9))
	for _, size := range []struct{ rows, width int }{{784, 128}, {784, 400}, {1024, 1024},
		{4096, 1024}, {16384, 1024}} {
		words, ticks := size.rows/64, 32
		due := &Due{Bits: make([]uint64, words*ticks), Words: words, Step: words, Ticks: ticks}
		for i := range due.Bits {
			due.Bits[i] = rng.Uint64() & rng.Uint64() & rng.Uint64()
		}
		spikes := Plain.Ones(due.Bits)
		sums := make([]int32, size.width*ticks)
		packed, _ := packedWeights(rng, words*64, size.width)
		bytes := weightsOf(rng, words*64*size.width)
		rows, wide := &Packed{Weights: packed}, &Rows{Weights: bytes}
		for i := range words * 64 {
			rows.Offsets = append(rows.Offsets, uint32(i*PackedSize(size.width)))
			wide.Offsets = append(wide.Offsets, uint32(i*size.width))
		}
		for name, add := range map[string]func(){
			"4 bits": func() { best.AddPackedSets(sums, size.width, size.width, rows, due, nil) },
			"8 bits": func() { best.AddSets(sums, size.width, size.width, wide, due, nil) },
		} {
			b.Run(fmt.Sprintf("%d x %d/%s", size.rows, size.width, name), func(b *testing.B) {
				for b.Loop() {
					add()
				}
				adds := float64(spikes) * float64(size.width) * float64(b.N)
				b.ReportMetric(adds/b.Elapsed().Seconds()/1e9, "Gadds/s")
			})
		}
	}
}

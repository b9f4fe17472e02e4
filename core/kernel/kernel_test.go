package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/fixedpoint"
)

// eachSet runs a test with every set of instructions that this machine has.
func eachSet(t *testing.T, run func(t *testing.T, set Set)) {
	for _, set := range Sets() {
		t.Run(set.String(), func(t *testing.T) { run(t, set) })
	}
}

// weightsOf draws weights: any, or all of one extreme.
func weightsOf(rng *rand.Rand, n int) []int8 {
	kind, weights := rng.IntN(4), make([]int8, n)
	for i := range weights {
		weights[i] = [...]int8{int8(rng.IntN(256) - 128), -128, 127, int8(rng.IntN(2)) * -128}[kind]
	}
	return weights
}

// TestAddRows: sums of rows are those of a loop over single weights, for every width of a
// row, few rows and more than lanes of 16 bits can sum.
func TestAddRows(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rng := rand.New(rand.NewPCG(1, 1))
		for width := range 530 {
			if width > 300 && width%7 != 0 {
				continue
			}
			rows := []int{0, 1, 2, 17, 255, 256, 257, 600}[rng.IntN(8)]
			weights := weightsOf(rng, width+rng.IntN(2000)+64)
			sums, want := make([]int32, width), make([]int32, width)
			for n := range sums {
				sums[n] = int32(rng.Uint32()) >> 4
			}
			copy(want, sums)
			all, list := Rows{Weights: weights, First: 5}, []int32{}
			for range 1 + rng.IntN(700) {
				all.Offsets = append(all.Offsets, uint32(rng.IntN(len(weights)-width+1)))
			}
			for range rows {
				i := rng.IntN(len(all.Offsets))
				list = append(list, int32(i)+5)
				for n := range want {
					want[n] += int32(weights[int(all.Offsets[i])+n])
				}
			}
			set.AddRows(sums, &all, list)
			require.Equal(t, want, sums, "%d rows of %d", rows, width)
		}
	})
}

func TestList(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rng := rand.New(rand.NewPCG(3, 3))
		for range 200 {
			words, first := make([]uint64, rng.IntN(20)), int32(rng.IntN(1000))
			want := []int32{-1}
			for w := range words {
				words[w] = []uint64{0, 1, 1 << 63, math.MaxUint64, rng.Uint64(),
					rng.Uint64() & rng.Uint64() & rng.Uint64()}[rng.IntN(6)]
				for b := range 64 {
					if words[w]>>b&1 == 1 {
						want = append(want, first+int32(w*64+b))
					}
				}
			}
			require.Equal(t, want, set.List([]int32{-1}, words, first))
		}
		for range 50 {
			due := drawDue(rng, 1+rng.IntN(500), rng.IntN(4))
			var want, ends []int32
			for k := range due.Ticks {
				want = Plain.List(want, due.At(k), 0)
				ends = append(ends, int32(len(want)))
			}
			list, until := set.ListSets([]int32{3}, []int32{4}, due)
			require.Equal(t, append([]int32{}, want...), list)
			require.Equal(t, append([]int32{}, ends...), until)
		}
	})
}

// keepAll is no decay.
func keepAll(t require.TestingT) fixedpoint.Decay {
	keep, err := fixedpoint.NewDecay(4096, 0)
	require.NoError(t, err)
	return keep
}

// drawNeurons draws a group: constants within what assembly takes, or wider ones.
func drawNeurons(t *rapid.T) (Constants, State) {
	limit := int32(1)<<rapid.IntRange(1, 31).Draw(t, "bits") - 1
	factor := rapid.OneOf(rapid.SampledFrom([]int{0, 1, 4095, 4096, 4092, 2048, 3072, 2730}),
		rapid.IntRange(0, 4096)).Draw(t, "factor")
	decay, err := fixedpoint.NewDecay(uint16(factor), rapid.IntRange(0, 7).Draw(t, "digits"))
	require.NoError(t, err)
	c := Constants{
		Right: uint(rapid.IntRange(0, 8).Draw(t, "right")),
		Left:  uint(rapid.IntRange(0, 31).Draw(t, "left")),
		Decay: decay, Lowest: -limit, Highest: limit, Floor: math.MinInt32,
		Subtract: rapid.Bool().Draw(t, "subtract"),
	}
	if rapid.Bool().Draw(t, "short") {
		c.Left = 0
	}
	if rapid.IntRange(0, 2).Draw(t, "plain") == 0 {
		c.Right, c.Left, c.Decay = 0, 0, keepAll(t)
	}
	if rapid.Bool().Draw(t, "floored") {
		c.Floor = rapid.Int32Range(-limit, limit).Draw(t, "floor")
	}
	n := rapid.IntRange(1, 100).Draw(t, "neurons")
	values := func(name string, size int32) []int32 {
		size = rapid.SampledFrom([]int32{0, 1, size >> 4, size}).Draw(t, name+" size")
		return rapid.SliceOfN(rapid.OneOf(rapid.Just(size), rapid.Just(-size),
			rapid.Int32Range(-size, size)), n, n).Draw(t, name)
	}
	s := State{Potential: values("v", limit), Drive: values("drive", limit),
		Level: values("level", limit), Reset: values("reset", limit)}
	if rapid.Bool().Draw(t, "silent") {
		for i := range s.Level {
			s.Level[i] = math.MaxInt32
		}
	}
	return c, s
}

func (s *State) clone() State {
	return State{slices.Clone(s.Potential), slices.Clone(s.Drive), slices.Clone(s.Level),
		slices.Clone(s.Reset)}
}

// TestUpdate: every set does to neurons what the plain loop does, over several updates,
// with inputs from none to the ends of 32 bits.
func TestUpdate(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		rapid.Check(t, func(t *rapid.T) {
			c, s := drawNeurons(t)
			mine := s.clone()
			count := len(s.Potential)
			a, b := NewNeurons(Plain, c, s), NewNeurons(set, c, mine)
			var restA, restB []uint16
			if rapid.Bool().Draw(t, "refractory") {
				restA = rapid.SliceOfN(rapid.SampledFrom([]uint16{0, 0, 1, 2, 65535}), count,
					count).Draw(t, "rests")
				restB = slices.Clone(restA)
			}
			firedA, firedB := make([]uint64, (count+63)/64), make([]uint64, (count+63)/64)
			for range 3 {
				size := rapid.SampledFrom([]int32{0, 1, 1000, 1 << 20, math.MaxInt32}).Draw(t,
					"input size")
				input := rapid.SliceOfN(rapid.Int32Range(-size, size), count, count).Draw(t,
					"input")
				if size == math.MaxInt32 {
					input[rapid.IntRange(0, count-1).Draw(t, "at")] = math.MinInt32
				}
				other := slices.Clone(input)
				doneA, doneB := a.Update(input, restA, firedA), b.Update(other, restB, firedB)
				require.Equal(t, doneA, doneB)
				require.Equal(t, s.Potential, mine.Potential)
				require.Equal(t, firedA, firedB)
				require.Equal(t, restA, restB)
				require.Equal(t, make([]int32, count), other)
			}
		})
	})
}

// TestPlainUpdate: the plain loop by hand.
func TestPlainUpdate(t *testing.T) {
	c := Constants{Left: 1, Decay: keepAll(t), Lowest: -100, Highest: 100, Floor: -50, Subtract: true}
	s := State{Potential: []int32{0, 10, 90, -40, 5}, Drive: []int32{1, 0, 0, 0, 7},
		Level: []int32{20, 20, 20, 20, 20}, Reset: []int32{21, 21, 21, 21, 21}}
	refractory, fired := []uint16{0, 0, 0, 0, 2}, make([]uint64, 1)
	done := NewNeurons(Plain, c, s).Update([]int32{3, 0, 50, -10, 30}, refractory, fired)
	require.Equal(t, []int32{7, 10, 79, -50, 5}, s.Potential)
	require.Equal(t, []uint64{0b00100}, fired)
	require.Equal(t, []uint16{0, 0, 0, 0, 1}, refractory)
	require.Equal(t, Done{Active: 3, Saturated: 1, Spikes: 1, Resting: 1, Discarded: 1, Biased: 1},
		done)
}

// BenchmarkAddRows asks how many weights a second are added, of rows in the second
// level cache.
func BenchmarkAddRows(b *testing.B) {
	for _, set := range Sets() {
		for _, width := range []int{10, 128, 400, 1024} {
			b.Run(fmt.Sprintf("%v/%d", set, width), func(b *testing.B) {
				weights := make([]int8, 784*width)
				sums, rows, list := make([]int32, width), &Rows{Weights: weights}, make([]int32,
					100)
				for i := range 784 {
					rows.Offsets = append(rows.Offsets, uint32(i*width))
				}
				for i := range list {
					list[i] = int32(rand.IntN(784))
				}
				for b.Loop() {
					set.AddRows(sums, rows, list)
				}
				b.ReportMetric(float64(b.N)*float64(width*100)/b.Elapsed().Seconds()/1e9, "Gadds/s")
			})
		}
	}
}

// BenchmarkUpdate asks what a neuron costs in a tick.
func BenchmarkUpdate(b *testing.B) {
	const count = 1024
	for _, set := range Sets() {
		for _, factor := range []uint16{4096, 4092, 3933} {
			b.Run(fmt.Sprintf("%v/%d", set, factor), func(b *testing.B) {
				decay, err := fixedpoint.NewDecay(factor, 0)
				require.NoError(b, err)
				s := State{Potential: make([]int32, count), Drive: make([]int32, count),
					Level: make([]int32, count), Reset: make([]int32, count)}
				n := NewNeurons(set, Constants{Decay: decay, Lowest: -1 << 23, Highest: 1 << 23,
					Floor: math.MinInt32}, s)
				input, fired := make([]int32, count), make([]uint64, count/64)
				for b.Loop() {
					input[7] = 3
					n.Update(input, nil, fired)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/count, "ns/neuron")
			})
		}
	}
}

// TestAddEach: all sums have the value more, and none beside them.
func TestAddEach(t *testing.T) {
	eachSet(t, func(t *testing.T, set Set) {
		for n := range 50 {
			sums := make([]int32, n+1)
			want := make([]int32, n+1)
			for i := range sums {
				sums[i] = int32(i) << 26
				want[i] = sums[i]
				if i < n {
					want[i] -= 1<<30 + 7
				}
			}
			set.AddEach(sums[:n], -1<<30-7)
			require.Equal(t, want, sums)
		}
	})
}

package fixedpoint

import (
	"fmt"
	"math/big"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// benchSink keeps the compiler from removing what a benchmark measures.
var benchSink int64

// bigDecay is the product by factor/4096 truncated toward zero.
func bigDecay(x int64, factor uint16) int64 {
	product := new(big.Int).Mul(big.NewInt(x), big.NewInt(int64(factor)))
	return product.Quo(product, big.NewInt(DecayOne)).Int64()
}

func mustDecay(t require.TestingT, f uint16, maxDigits int) Decay {
	d, err := NewDecay(f, maxDigits)
	require.NoError(t, err)
	return d
}

// TestDecayExhaustive applies all 4097 factors to every 10-bit value and to values
// around every power of two up to 2^40.
func TestDecayExhaustive(t *testing.T) {
	var xs []int64
	for x := int64(-512); x <= 512; x++ {
		xs = append(xs, x)
	}
	for shift := 9; shift <= 40; shift++ {
		x := int64(1) << shift
		xs = append(xs, x-1, 1-x, x-x>>2+1, x>>2-x-1)
	}
	for f := uint16(0); f <= DecayOne; f++ {
		d := mustDecay(t, f, 0)
		require.Equal(t, f, d.Factor(), "without a digit limit the factor is exact")
		for _, x := range xs {
			// |x| * f is below 2^53, so Go's truncating division is the definition.
			if got, want := d.Apply(x), x*int64(f)/DecayOne; got != want {
				t.Fatalf("%d * %d/4096 = %d, want %d", x, f, got, want)
			}
		}
	}
}

func TestDecayMatchesBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Uint16Range(0, DecayOne).Draw(t, "f")
		limit := rapid.IntRange(-1, MaxDecayDigits+1).Draw(t, "limit")
		x := rapid.Int64Range(-1<<40+1, 1<<40-1).Draw(t, "x")
		d := mustDecay(t, f, limit)
		got := d.Apply(x)
		require.Equal(t, bigDecay(x, d.Factor()), got)
		require.Equal(t, -got, d.Apply(-x), "odd in x")
		require.LessOrEqual(t, max(got, -got), max(x, -x), "a decay never grows a value")
	})
}

// naf writes f in non-adjacent form by the textbook recurrence, least significant
// digit first.
func naf(f int) []int {
	var digits []int
	for ; f > 0; f /= 2 {
		digit := 0
		if f%2 == 1 {
			digit = 2 - f%4
		}
		digits = append(digits, digit)
		f -= digit
	}
	return digits
}

// TestDecayDigits compares factor and adder count of every factor at every digit
// limit with the textbook form.
func TestDecayDigits(t *testing.T) {
	for f := 0; f <= DecayOne; f++ {
		digits := naf(f)
		factor, used := 0, 0
		for place := len(digits) - 1; place >= 0; place-- {
			if digits[place] == 0 {
				continue
			}
			used++
			factor += digits[place] << place
			d := mustDecay(t, uint16(f), used)
			require.Equal(t, factor, int(d.Factor()), "f %d, %d digits", f, used)
			require.Equal(t, used-1, d.Adds(), "f %d, %d digits", f, used)
			require.LessOrEqual(t, factor, DecayOne, "f %d, %d digits", f, used)
		}
		require.Equal(t, f, factor)
		require.LessOrEqual(t, used, MaxDecayDigits)
		require.Equal(t, max(used-1, 0), mustDecay(t, uint16(f), 0).Adds(), "f %d", f)
		require.Equal(t, bits.OnesCount32(uint32(3*f)^uint32(f)), used,
			"canonical digits are the fewest")
	}
}

func TestDecayCases(t *testing.T) {
	for _, c := range []struct {
		f         uint16
		maxDigits int
		factor    uint16
		adds      int
		x, want   int64
	}{
		{f: 0, factor: 0, adds: 0, x: 1000, want: 0},
		{f: 4096, factor: 4096, adds: 0, x: -1000, want: -1000},
		{f: 4095, factor: 4095, adds: 1, x: 1, want: 0},
		{f: 4095, maxDigits: 1, factor: 4096, adds: 0, x: 1, want: 1},
		{f: 2048, factor: 2048, adds: 0, x: -3, want: -1},
		{f: 3, maxDigits: 1, factor: 4, adds: 0, x: 4096, want: 4},
		{f: 2731, factor: 2731, adds: 6, x: 4096, want: 2731},
		{f: 2731, maxDigits: 2, factor: 3072, adds: 1, x: 4096, want: 3072},
		{f: 3686, factor: 3686, adds: 5, x: 1 << 23, want: 7548928},
	} {
		t.Run(fmt.Sprintf("%d_digits_%d", c.f, c.maxDigits), func(t *testing.T) {
			d := mustDecay(t, c.f, c.maxDigits)
			require.Equal(t, c.factor, d.Factor())
			require.Equal(t, c.adds, d.Adds())
			require.Equal(t, c.want, d.Apply(c.x))
		})
	}
}

func TestDecayRefusesGrowth(t *testing.T) {
	_, err := NewDecay(4097, 0)
	require.EqualError(t, err, "decay factor 4097/4096: at most 4096/4096 can be kept; use a "+
		"factor from 0 to 4096")
}

func TestZeroDecay(t *testing.T) {
	var d Decay
	require.Equal(t, mustDecay(t, 0, 0), d)
	require.Zero(t, d.Apply(12345))
	require.Zero(t, d.Adds())
}

func FuzzDecay(f *testing.F) {
	f.Add(uint16(0), 0, int64(1))
	f.Add(uint16(4096), 1, int64(-1))
	f.Add(uint16(2731), 3, int64(1)<<40-1)
	f.Add(uint16(65535), 7, int64(5))
	f.Fuzz(func(t *testing.T, factor uint16, maxDigits int, x int64) {
		d, err := NewDecay(factor, maxDigits)
		if factor > DecayOne {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		x >>= 24
		require.Equal(t, bigDecay(x, d.Factor()), d.Apply(x))
		if maxDigits > 0 {
			require.Less(t, d.Adds(), maxDigits)
		}
	})
}

// BenchmarkDecay asks what one decay costs by the digits of its factor, over
// values that are not zero.
func BenchmarkDecay(b *testing.B) {
	for _, f := range []uint16{4096, 2048, 4064, 3686, 3481, 2731} {
		d := mustDecay(b, f, 0)
		b.Run(fmt.Sprintf("factor=%d/adds=%d", f, d.Adds()), func(b *testing.B) {
			b.ReportAllocs()
			var sink int64
			for i := range int64(b.N) {
				sink += d.Apply(1<<20 - i&0xfffff<<1)
			}
			benchSink = sink
		})
	}
}

func TestLeak(t *testing.T) {
	for f := uint16(0); f <= DecayOne; f++ {
		d, err := NewDecay(f, 0)
		require.NoError(t, err)
		k, ok := d.Leak()
		part := DecayOne - int(f)
		require.Equal(t, part > 0 && part&(part-1) == 0 && part < DecayOne/2, ok, "factor %d", f)
		for x := int64(-70000); ok && x <= 70000; x += 7 {
			want := x - (x+1<<k-1)>>k
			if x < 0 {
				want = x - x>>k
			}
			require.Equal(t, want, d.Apply(x), "factor %d, x %d", f, x)
		}
	}
}

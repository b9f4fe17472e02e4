package multipliers

import (
	"math" // want `import of "math", outside`
	"math/bits"
	. "math/bits"
	other "math/bits"
	"slices"
	"strings"
)

func wide(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)       // want `bits.Mul64 multiplies or divides in the integer datapath`
	q, r := other.Div64(0, hi, lo|1) // want `bits.Div64 multiplies or divides`
	return q + r + Rem64(0, a, lo|1) // want `bits.Rem64 multiplies or divides`
}

var multiply = bits.Mul32 // want `bits.Mul32 multiplies or divides`

func lengths(s string, n int) int {
	return len(strings.Repeat(s, n)) + // want `strings.Repeat multiplies or divides`
		len(slices.Repeat([]int{1}, n)) // want `slices.Repeat multiplies or divides`
}

func fine(a, b uint64) int {
	sum, _ := bits.Add64(a, b, 0)
	return OnesCount64(sum) + other.Len64(a)
}

func functions(x uint64) int {
	y := math.Float64frombits(x)           // want `Float64frombits of math, outside the datapath's allow-list, could multiply` `floating point`
	if math.MaxUint16 < x || math.Pi > 3 { // want `floating point`
		return math.MaxInt32
	}
	return int(math.Sqrt(y)) // want `Sqrt of math, outside` `floating point`
}

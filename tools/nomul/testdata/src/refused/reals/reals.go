package reals

import (
	"cmp"
	"fmt"
	"sort"
)

const third = 1.0 / 3 // want `floating point or complex value in the integer datapath; use a scaled integer`

const million = 1e6 // want `floating point`

const root = 2i // want `floating point`

var whole int = 2.0 // want `floating point`

type state struct {
	v float64                 // want `floating point`
	u [4]float32              // want `floating point`
	p map[string][]complex128 // want `floating point`
	n int
}

type real64 = float64 // want `floating point`

type gain float32 // want `floating point`

type number interface {
	~int | // fine
		~float32 // want `floating point`
}

type box[T any] struct{ value T }

var boxed box[float64] // want `floating point`

func larger[T cmp.Ordered](a, b T) T { return max(a, b) }

func convert(x int) int {
	y := float64(x) // want `floating point`
	y += 1          // want `floating point`
	return int(y)   // want `floating point`
}

func parameter(f func(complex64) int) {} // want `floating point`

func declared() {
	var a float32           // want `floating point`
	_ = a                   // want `floating point`
	_ = new(gain)           // want `floating point`
	_ = fmt.Sprint(third)   // want `floating point`
	_ = larger(0.5, 2)      // want `floating point`
	_ = sort.SearchFloat64s // want `floating point`
}

func asserted(x any) bool {
	switch x.(type) {
	case float64: // want `floating point`
		return true
	}
	_, ok := x.(complex64) // want `floating point`
	return ok
}

func integers(s state) int { return larger(s.n, 2) }

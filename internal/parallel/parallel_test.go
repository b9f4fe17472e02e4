package parallel

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEach: each number comes once, and no two calls at a time are one worker's.
func TestEach(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, processors := range []int{1, 3} {
		runtime.GOMAXPROCS(processors)
		for _, n := range []int{0, 1, 100} {
			calls, busy := make([]int, n), make([]int, Workers())
			Each(n, func(worker, i int) {
				busy[worker]++ // a data race where two are one worker's
				calls[i]++
			})
			sum := 0
			for _, b := range busy {
				sum += b
			}
			require.Equal(t, n, sum)
			for i, c := range calls {
				require.Equal(t, 1, c, "call %d", i)
			}
		}
	}
}

// TestSpan: parts follow each other and are all.
func TestSpan(t *testing.T) {
	for count := range 20 {
		at := 0
		for i := range 7 {
			first, last := Span(count, 7, i)
			require.Equal(t, at, first)
			require.LessOrEqual(t, first, last)
			at = last
		}
		require.Equal(t, count, at)
	}
}

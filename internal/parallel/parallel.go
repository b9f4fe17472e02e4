// Package parallel runs the iterations of a loop in parallel.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls do for i from 0 to n-1, in any order, in parallel on as many goroutines as there are
// processors, and returns when all calls have returned. The effect of do must not depend on the
// order. Concurrent calls have different workers, from 0 to Workers() - 1.
func Each(n int, do func(worker, i int)) {
	workers := min(Workers(), n)
	if workers <= 1 {
		for i := range n {
			do(0, i)
		}
		return
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(w, i)
			}
		})
	}
	all.Wait()
}

// Workers is the number of goroutines that Each uses at most.
func Workers() int { return runtime.GOMAXPROCS(0) }

// Span is part i of n when the numbers 0 to count-1 are divided into n parts: first to last-1.
func Span(count, n, i int) (first, last int) { return count * i / n, count * (i + 1) / n }

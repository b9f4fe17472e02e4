package chip

import (
	"context"
	"sync"
	"sync/atomic"
)

// A part can be advanced by a window of ticks when those that it hears have been. With one
// processor a level of parts follows the other, window by window. With several, each level
// is a window behind the one below it, so that all parts of all levels advance side by
// side. Where most neurons lie in one loop there are no levels, and all cores advance side
// by side by a single tick. What a core does depends on what it hears alone, and nothing
// on which processor is first.

const (
	// windowTicks is the number of ticks that a core is given at once, sharedTicks that
	// with several processors, which wait for each other less the shorter a window is
	// against the sample.
	windowTicks = 64
	sharedTicks = 8
)

// threads is the number of processors for a sample.
func (f *Fast) threads() int { return max(f.opts.Threads, 1) }

// skewed reports whether levels are windows apart. What waits in the schedule is not: it
// is brought near by the tick.
func (f *Fast) skewed() bool { return f.threads() > 1 && !f.wiring.hears && !f.tickwise() }

// tickwise reports whether all cores advance side by side by single ticks.
func (f *Fast) tickwise() bool { return f.threads() > 1 && f.wiring.looped }

// window is the number of ticks of a window.
func (f *Fast) window() int {
	switch {
	case f.tickwise():
		return 1
	case f.skewed():
		return min(sharedTicks, int(f.end()))
	}
	return min(windowTicks, int(f.end()))
}

// ahead is the number of windows that core i may be ahead of those that hear it.
func (f *Fast) ahead(i int) int32 {
	most := int32(0)
	if f.skewed() {
		w := f.wiring
		for _, to := range w.heard[i] {
			most = max(most, w.parts[w.of[to]].level-w.parts[w.of[i]].level)
		}
	}
	return most
}

// advanceAll advances all cores by all ticks of a sample.
func (f *Fast) advanceAll(ctx context.Context) error {
	size, end, levels := int32(f.size), f.end(), int32(len(f.wiring.levels))
	switch {
	case f.tickwise():
		for t := range end {
			f.bringNear(t + 1)
			if err := f.sideBySide(ctx, len(f.cores), func(i int) {
				f.advanceCore(i, t, t+1)
			}); err != nil {
				return err
			}
		}
	case f.skewed():
		windows := (end + size - 1) / size
		for phase := range windows + levels - 1 {
			var work []int32
			for l := max(0, phase-windows+1); l <= min(phase, levels-1); l++ {
				work = append(work, f.wiring.levels[l]...)
			}
			err := f.sideBySide(ctx, len(work), func(k int) {
				p := &f.wiring.parts[work[k]]
				first := (phase - p.level) * size
				f.advancePart(ctx, p, first, min(first+size, end))
			})
			if err != nil {
				return err
			}
		}
	default:
		for first := int32(0); first < end; first += size {
			f.bringNear(first + size)
			for level := range f.work {
				for _, k := range f.work[level] {
					f.advancePart(ctx, &f.wiring.parts[k], first, min(first+size, end))
				}
				if err := ctx.Err(); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// advancePart advances a part by the ticks first..last-1, or by fewer when ctx is done.
func (f *Fast) advancePart(ctx context.Context, p *part, first, last int32) {
	if !p.loops {
		f.advanceCore(int(p.cores[0]), first, last)
		return
	}
	for t := first; t < last && ctx.Err() == nil; t++ {
		for _, i := range p.cores {
			if !f.retired.out[i] {
				f.advanceCore(int(i), t, t+1)
			}
		}
	}
}

// sideBySide does pieces of work 0..n-1, in any order, on all processors of the sample.
func (f *Fast) sideBySide(ctx context.Context, n int, do func(i int)) error {
	var next atomic.Int64
	work := func() {
		for ctx.Err() == nil {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			do(i)
		}
	}
	var others sync.WaitGroup
	for range min(f.threads(), n) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
	return ctx.Err()
}

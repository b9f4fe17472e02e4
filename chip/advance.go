package chip

import (
	"context"
	"sync"
	"sync/atomic"
)

// A part can be advanced by a window of ticks once all parts that send to it have been. With one
// processor a level of parts follows the other, window by window. With several, the parts of a
// level advance side by side; where levels have too few of them for that, each level is a window
// after the one below it, so that the parts of all levels do. Where most neurons are in one loop
// there are no levels, and all cores advance side by side by a single tick. A core depends only on
// its input, and nothing depends on which processor is first.

const (
	// windowTicks is the number of ticks that a core advances at once, sharedTicks that with
	// several processors: they wait for each other less if windows are short compared with the
	// sample.
	windowTicks = 64
	sharedTicks = 8
)

// threads is the number of processors for a sample.
func (f *Fast) threads() int { return max(f.opts.Threads, 1) }

// skewed reports whether levels are offset by whole windows. What waits in the schedule is not: it
// is brought near by the tick.
func (f *Fast) skewed() bool {
	return f.threads() > 1 && !f.wiring.anyFar && !f.tickwise() && !f.spread
}

// enough is how many parts of a level there are for each processor where they keep all of
// them busy to the end.
const enough = 4

// spreads reports whether most neurons are in levels of so many parts that so many processors
// advance level by level.
func (w *wiring) spreads(threads int) bool {
	all, wide := 0, 0
	for _, level := range w.levels {
		for _, k := range level {
			for _, i := range w.parts[k].cores {
				n := w.cores[i].Neurons()
				if all += n; len(level) >= enough*threads {
					wide += n
				}
			}
		}
	}
	return threads > 1 && 2*wide > all
}

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

// ahead is the number of windows that core i may be ahead of its targets.
func (f *Fast) ahead(i int) int32 {
	most := int32(0)
	if f.skewed() {
		w := f.wiring
		for _, to := range w.targets[i] {
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
				if err := f.advanceLevel(ctx, level, first, min(first+size, end)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// advanceLevel advances the parts of a level that take part by the ticks first..last-1.
func (f *Fast) advanceLevel(ctx context.Context, level int, first, last int32) error {
	if f.spread {
		work := f.work[level]
		return f.sideBySide(ctx, len(work), func(k int) {
			f.advancePart(ctx, &f.wiring.parts[work[k]], first, last)
		})
	}
	for _, k := range f.work[level] {
		f.advancePart(ctx, &f.wiring.parts[k], first, last)
	}
	return ctx.Err()
}

// advancePart advances a part by the ticks first..last-1, or by fewer when ctx is done.
func (f *Fast) advancePart(ctx context.Context, p *part, first, last int32) {
	foresees := f.foresee(p, first, last)
	if !p.loops && !foresees {
		f.advanceCore(int(p.cores[0]), first, last)
		return
	}
	for t := first; t < last && ctx.Err() == nil; t++ {
		if foresees {
			if t += f.pass(int(p.cores[0]), t, last); t == last {
				return
			}
		}
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

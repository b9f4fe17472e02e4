package speed

import (
	"context"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"adder/core/kernel"
)

const (
	// kernelRow is the length of a row of weights, a multiple of what registers hold;
	// kernelRows of them are 128 KiB, which a second-level cache holds.
	kernelRow  = 512
	kernelRows = 256
	// kernelChosen is the number of rows that are summed at a time.
	kernelChosen = 64
)

// kernel runs the bare kernel on so many threads until the time is over: the sums of a block of
// neurons are kept in registers while rows are added to them, by the widest instructions that the
// processor has. There are no neurons, routes and counters.
func (p *pace) kernel(ctx context.Context, threads int, d time.Duration) error {
	adds := make([]int64, threads)
	err := p.clock(threads, func() error {
		var group errgroup.Group
		start := time.Now()
		for i := range threads {
			group.Go(func() error {
				adds[i] = kernelLoop(ctx, start, d)
				return ctx.Err()
			})
		}
		return group.Wait()
	})
	for _, n := range adds {
		p.synops += n
	}
	return err
}

// kernelLoop adds rows until the time is over and returns the number of additions.
func kernelLoop(ctx context.Context, start time.Time, d time.Duration) int64 {
	weights, sums := make([]int8, kernelRow*kernelRows), make([]int32, kernelRow)
	for i := range weights {
		weights[i] = int8(i*7 + 3)
	}
	rows, list := kernel.Rows{Weights: weights, Offsets: make([]uint32, kernelRows)}, make([]int32,
		kernelRows)
	for i := range list {
		rows.Offsets[i], list[i] = uint32(i*kernelRow), int32(i)
	}
	set, adds := kernel.Best(), int64(0)
	for adds == 0 || (time.Since(start) < d && ctx.Err() == nil) {
		for range 16 {
			for first := 0; first < kernelRows; first += kernelChosen {
				set.AddRows(sums, &rows, list[first:][:kernelChosen])
			}
		}
		adds += 16 * int64(len(weights))
	}
	runtime.KeepAlive(sums)
	return adds
}

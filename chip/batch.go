package chip

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Batch runs samples in parallel and delivers their outcomes in order.
type Batch struct {
	// Samples is the number of samples, Workers the number of engines; 0
	// or less means 1.
	Samples, Workers int
	// Engine makes a worker's engine.
	Engine func() (Engine, error)
	// Feed fills sample i. It is called by several goroutines, for different samples, each with its
	// own Sample, whose memory it may reuse.
	Feed func(i int, s *Sample) error
	// Each receives the outcome of every sample, in order, from one
	// goroutine at a time.
	Each func(i int, o *Outcome) error
}

// Run runs the batch until it ends, fails or ctx is done.
func (b *Batch) Run(ctx context.Context) error {
	// an engine without a sample takes memory for nothing
	workers := max(1, min(b.Workers, b.Samples))
	group, ctx := errgroup.WithContext(ctx)
	queue := &ordered{samples: b.Samples, window: 8 * workers, done: map[int]*Outcome{},
		each: b.Each}
	queue.room.L = &queue.mu
	defer context.AfterFunc(ctx, queue.wake)()
	for range workers {
		group.Go(func() error { return b.work(ctx, queue) })
	}
	return group.Wait()
}

func (b *Batch) work(ctx context.Context, queue *ordered) error {
	engine, err := b.Engine()
	if err != nil {
		return err
	}
	var s Sample
	for {
		i, some := queue.take(ctx)
		if !some {
			return ctx.Err()
		}
		if err := b.Feed(i, &s); err != nil {
			return fmt.Errorf("sample %d: %w", i, err)
		}
		o, err := engine.Run(ctx, &s)
		if err != nil {
			return err
		}
		if err := queue.put(i, o); err != nil {
			return err
		}
	}
}

// ordered distributes sample numbers to workers and delivers outcomes in order; it is at most a
// window ahead of the slowest sample.
type ordered struct {
	samples, window int
	each            func(int, *Outcome) error

	mu   sync.Mutex
	room sync.Cond // for goroutines that wait for the slowest sample
	next int       // the number that a worker gets next
	turn int       // the number whose outcome is delivered next
	done map[int]*Outcome
}

// wake makes the waiting goroutines check the context.
func (q *ordered) wake() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.room.Broadcast()
}

// take returns the next number, none when all are taken or ctx is done.
func (q *ordered) take(ctx context.Context) (i int, some bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for ctx.Err() == nil && q.next < q.samples && q.next >= q.turn+q.window {
		q.room.Wait()
	}
	if ctx.Err() != nil || q.next == q.samples {
		return 0, false
	}
	q.next++
	return q.next - 1, true
}

// put stores an outcome until its turn and then delivers all that are due.
func (q *ordered) put(i int, o *Outcome) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if i != q.turn {
		q.done[i] = o
		return nil
	}
	for next := true; next; o, next = q.done[q.turn] {
		delete(q.done, q.turn)
		if err := q.each(q.turn, o); err != nil {
			return err
		}
		q.turn++
	}
	q.room.Broadcast()
	return nil
}

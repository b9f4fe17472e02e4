package verify

import (
	"sync"
	"sync/atomic"
)

// matcher finds out whether two lists hold the same synapses, in any order and without
// sorting them: the second is chained by target, and each of the first takes its own out
// of a chain.
type matcher struct{ next []int32 }

// longestChain is how far a synapse is looked for among those to its target. Beyond it,
// sorting is left to tell.
const longestChain = 16

// match reports whether two lists of one length are sure to hold the same. head has an
// entry per target, 0 before and after.
func (m *matcher) match(head []int32, got, want []synapse) bool {
	m.next = append(m.next[:0], make([]int32, len(want))...)
	for i := range want {
		at := &head[want[i].target]
		m.next[i], *at = *at, int32(i+1)
	}
	for i := range got {
		if !m.take(head, &got[i], want) {
			for k := range want {
				head[want[k].target] = 0
			}
			return false
		}
	}
	return true
}

// take takes an equal synapse out of its chain, and reports whether there was one.
func (m *matcher) take(head []int32, s *synapse, want []synapse) bool {
	link := &head[s.target]
	for range longestChain {
		at := *link
		if at == 0 {
			return false
		}
		if want[at-1] == *s {
			*link = m.next[at-1]
			return true
		}
		link = &m.next[at-1]
	}
	return false
}

// inTurn runs jobs 0..jobs-1 on so many workers, each with its own function from start, and returns
// the error of the first job, by number, that failed: that of a loop over the jobs.
func inTurn(jobs, workers int, start func() func(job int) error) error {
	workers = min(workers, jobs)
	failed := make([]error, jobs)
	var next, last atomic.Int64 // the next job, and that after the last worth doing
	last.Store(int64(jobs))
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			do := start()
			for job := next.Add(1) - 1; job < last.Load(); job = next.Add(1) - 1 {
				if failed[job] = do(int(job)); failed[job] != nil {
					lower(&last, job)
				}
			}
		})
	}
	group.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

// lower sets a number to another, if that is smaller.
func lower(n *atomic.Int64, to int64) {
	for now := n.Load(); to < now && !n.CompareAndSwap(now, to); now = n.Load() {
	}
}

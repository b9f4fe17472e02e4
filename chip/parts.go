package chip

import "slices"

// part is a strongly connected component of the graph of cores. A single core without a loop
// advances by many ticks at once; cores that reach each other, directly or through others, advance
// together tick by tick.
type part struct {
	cores []int32
	loops bool
	level int32
}

// arrange finds the parts and their levels: a part receives spikes only from lower levels, and from
// itself. Parts are found in reverse topological order: each before the parts that it receives
// spikes from (Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Computing 1,
// 1972), without recursion, since networks are deep.
func (w *wiring) arrange(cores int) {
	s := search{targets: w.targets, number: make([]int32, cores), low: make([]int32, cores),
		open: make([]bool, cores)}
	for i := range cores {
		if s.number[i] == 0 {
			s.from(int32(i))
		}
	}
	of := make([]int32, cores)
	w.of = of
	for k := range s.parts { // back to front: sources first
		p := s.parts[len(s.parts)-1-k]
		for _, i := range p.cores {
			of[i] = int32(k)
		}
		w.parts = append(w.parts, p)
	}
	for k := range w.parts {
		p := &w.parts[k]
		for int(p.level) >= len(w.levels) {
			w.levels = append(w.levels, nil)
		}
		w.levels[p.level] = append(w.levels[p.level], int32(k))
		for _, i := range p.cores {
			for _, to := range w.targets[i] {
				if q := &w.parts[of[to]]; of[to] != int32(k) {
					q.level = max(q.level, p.level+1)
				}
			}
		}
	}
}

// search is a depth-first search for parts.
type search struct {
	targets     [][]int32
	number, low []int32 // number is 0 for cores that were not met
	open        []bool
	stack       []int32
	count       int32
	parts       []part
	path        []step
}

// step is a core on the path and the index of its next target.
type step struct {
	core int32
	next int
}

// from searches from a core on.
func (s *search) from(core int32) {
	s.enter(core)
	for len(s.path) > 0 {
		at := &s.path[len(s.path)-1]
		if at.next == len(s.targets[at.core]) {
			s.leave(at.core)
			continue
		}
		to := s.targets[at.core][at.next]
		at.next++
		switch {
		case s.number[to] == 0:
			s.enter(to)
		case s.open[to]:
			s.low[at.core] = min(s.low[at.core], s.number[to])
		}
	}
}

func (s *search) enter(core int32) {
	s.count++
	s.number[core], s.low[core], s.open[core] = s.count, s.count, true
	s.stack = append(s.stack, core)
	s.path = append(s.path, step{core: core})
}

// leave closes the part that a core is the first of.
func (s *search) leave(core int32) {
	s.path = s.path[:len(s.path)-1]
	if len(s.path) > 0 {
		above := s.path[len(s.path)-1].core
		s.low[above] = min(s.low[above], s.low[core])
	}
	if s.low[core] != s.number[core] {
		return
	}
	var p part
	for {
		last := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		s.open[last] = false
		p.cores = append(p.cores, last)
		if last == core {
			break
		}
	}
	slices.Sort(p.cores)
	p.loops = len(p.cores) > 1
	for _, to := range s.targets[core] {
		p.loops = p.loops || to == core
	}
	s.parts = append(s.parts, p)
}

package snn

import "fmt"

// Gather moves elements: element i of the result is element From[i] of the signal, or 0 if From[i]
// is -1. Permutations, slices, repetitions and zero padding are Gathers. A concatenation is a sum
// of Gathers, one per signal.
type Gather struct {
	// From has one entry per element of the result.
	From []int32
}

// Kind implements Op.
func (*Gather) Kind() string { return "gather" }

// check compares the list with the node's shapes.
func (g *Gather) check(in, out Shape) error {
	if len(g.From) != out.Size() {
		return fmt.Errorf("it lists %d elements, its output %s has %d", len(g.From), out,
			out.Size())
	}
	size := in.Size()
	for i, from := range g.From {
		if from < -1 || int(from) >= size {
			return fmt.Errorf("element %d is element %d of a signal of %d elements", i, from, size)
		}
	}
	return nil
}

// Targets lists the elements of the result that each of the sources
// elements of the signal reaches, in rising order.
func (g *Gather) Targets(sources int) [][]int32 {
	counts := make([]int32, sources)
	for _, from := range g.From {
		if from >= 0 {
			counts[from]++
		}
	}
	all := make([]int32, 0, len(g.From))
	out := make([][]int32, sources)
	for s, n := range counts {
		out[s] = all[len(all) : len(all) : len(all)+int(n)]
		all = all[:len(all)+int(n)]
	}
	for i, from := range g.From {
		if from >= 0 {
			out[from] = append(out[from], int32(i))
		}
	}
	return out
}

func (g *Gather) fanout(src int, emit func(dst int, w float64)) {
	for i, from := range g.From {
		if int(from) == src {
			emit(i, 1)
		}
	}
}

// gatherKernel copies.
type gatherKernel struct{ from []int32 }

func (gatherKernel) scratch() int { return 0 }

func (k gatherKernel) forward(x, y, _ []float64) int64 {
	for i, from := range k.from {
		y[i] = 0
		if from >= 0 {
			y[i] = x[from]
		}
	}
	return 0
}

// detail says how much of the signal the result has.
func (g *Gather) detail() string {
	empty := 0
	for _, from := range g.From {
		if from < 0 {
			empty++
		}
	}
	if empty == 0 {
		return "moves elements"
	}
	return fmt.Sprintf("moves elements; 0 at %d of %d", empty, len(g.From))
}

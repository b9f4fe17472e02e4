package quantise

import "adder/internal/parallel"

// spans cuts the neurons or the sources of a layer into runs whose weights are worked on side
// by side. No result depends on where runs end: sums are kept by neuron or by source.
type spans struct{ count, parts int }

func spansOf(count int) spans {
	return spans{count, max(min(parallel.Workers(), count), 1)}
}

// span is run i: first to last-1.
func (s spans) span(i int) (first, last int) { return parallel.Span(s.count, s.parts, i) }

// each calls do with every run.
func (s spans) each(do func(part, first, last int)) {
	parallel.Each(s.parts, func(_, i int) {
		first, last := s.span(i)
		do(i, first, last)
	})
}

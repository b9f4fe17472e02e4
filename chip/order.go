package chip

import (
	"cmp"
	"slices"

	"adder/core"
	"adder/router"
)

// The sets of spikes of a core have its axon entries in an order that makes them cheap to gather:
// in the order of their sources in words, where most bits of the words are used; else so that runs
// of sources reach runs of entries.

// order gives the axon entries of a core places, where that pays, and has its feeds say where
// in sets entries are.
func (w *wiring) order(i int, k *core.Core) {
	w.place = append(w.place, nil)
	feeds := w.feeds[i]
	pays := false
	for n := range feeds {
		pays = pays || !feeds[n].shared && !feeds[n].aligned
	}
	if !pays {
		own, _ := k.Ordered(nil)
		w.cores = append(w.cores, own.Tables())
		return
	}
	l := places{of: slices.Repeat([]int32{-1}, k.Axons())}
	parts := make([][]wordPart, len(feeds))
	for n := range feeds {
		if !feeds[n].shared {
			parts[n] = l.take(&feeds[n])
		}
	}
	for a := range int32(k.Axons()) { // what nothing near reaches
		l.put(a)
	}
	ordered, ok := k.Ordered(l.order)
	if w.cores = append(w.cores, ordered.Tables()); !ok {
		return
	}
	w.place[i] = l.of
	for n := range feeds {
		switch f := &feeds[n]; {
		case f.shared:
		case parts[n] != nil:
			*f = feed{from: f.from, delay: f.delay, sources: f.sources, parts: parts[n]}
		default:
			f.move(l.of)
		}
	}
}

// places are axon entries in the order of their places, below 0 for none, and the place of
// each entry, below 0 as long as it has none.
type places struct{ order, of []int32 }

// put gives an entry the next place, unless it has one.
func (l *places) put(a int32) {
	if l.of[a] < 0 {
		l.of[a] = int32(len(l.order))
		l.order = append(l.order, a)
	}
}

// minWordShare bounds the unused bits of words: on average at least one bit in 1 << minWordShare is
// used.
const minWordShare = 4

// take assigns bits to the entries of a feed: those of their sources in words, whose parts are
// returned; otherwise, with a result of nil, in the order of the sources.
func (l *places) take(f *feed) []wordPart {
	pairs := f.pairs()
	words, alone := 0, true
	for k := range pairs {
		if k == 0 || pairs[k].source>>6 != pairs[k-1].source>>6 {
			words++
		}
		alone = alone && (k == 0 || pairs[k].source != pairs[k-1].source)
	}
	if !alone || words<<(6-minWordShare) > len(pairs) {
		for _, p := range pairs {
			l.put(p.axon)
		}
		return nil
	}
	for len(l.order)&63 != 0 {
		l.order = append(l.order, -1)
	}
	var parts []wordPart
	for _, p := range pairs {
		if word := p.source >> 6; len(parts) == 0 || parts[len(parts)-1].source != word {
			parts = append(parts, wordPart{source: word, entry: int32(len(l.order) >> 6)})
			l.order = append(l.order, slices.Repeat([]int32{-1}, 64)...)
		}
		at := &parts[len(parts)-1]
		at.part |= 1 << (p.source & 63)
		l.of[p.axon] = at.entry<<6 | p.source&63
		l.order[l.of[p.axon]] = p.axon
	}
	return parts
}

// pair is a source and an entry that it reaches.
type pair struct{ source, axon int32 }

// pairs are those of a feed, in the order of sources and then of entries.
func (f *feed) pairs() (pairs []pair) {
	for _, run := range f.runs {
		for n := range run.Count {
			pairs = append(pairs, pair{run.Source + n, run.Axon + n})
		}
	}
	for s := range len(f.start) - 1 {
		for _, a := range f.of(int32(s)) {
			pairs = append(pairs, pair{int32(s), a})
		}
	}
	sortPairs(pairs)
	return pairs
}

func sortPairs(pairs []pair) {
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.axon, b.axon))
	})
}

// move gives the entries of a feed the places that they have.
func (f *feed) move(places []int32) {
	pairs := f.pairs()
	for k := range pairs {
		pairs[k].axon = places[pairs[k].axon]
	}
	sortPairs(pairs)
	routes := router.Routes{}
	for _, p := range pairs {
		for len(routes.Start) <= int(p.source) {
			routes.Start = append(routes.Start, int32(len(routes.Dests)))
		}
		routes.Dests = append(routes.Dests, router.Dest{Axon: p.axon})
	}
	routes.Start = append(routes.Start, int32(len(routes.Dests)))
	f.runs, f.start, f.axons, f.aligned = nil, nil, nil, false
	f.form(routes.Runs())
}

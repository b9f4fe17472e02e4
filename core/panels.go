package core

import (
	"slices"

	"adder/core/kernel"
)

// panels are the axon entries whose spikes are summed for many ticks at once, in registers, a run
// or a block of neurons at a time: those whose rows are runs of 8-bit weights, or can be written
// so, and those of sparse rows (sparse.go). Their reads are counted separately.
type panels struct {
	// chosen has a bit per axon entry that is part of a panel, and others one per entry
	// that is not; nil where there is none.
	chosen, others []uint64
	// store holds the weights of banks whose rows are read in place: those of the core or, where
	// some had to be rewritten, a copy of them with the rewritten ones appended; nil if no bank
	// needs it.
	store  []int8
	banks  []rowBank
	blocks []lineBlock
	sparse *sparsePanel // nil without
	// both has what a spike on each axon entry counts (row): nonzero weights and, above 32
	// bits, additions; the spikes of a tick are too few to overflow either. bits is the
	// memory read, nil where it is width bits for each addition.
	both  []uint64
	bits  []uint64
	width uint
}

// rowBank is a run of axon entries whose rows all cover the same run of neurons.
type rowBank struct {
	axon, last    int32
	first, neuron int32 // neurons first..neuron-1
	rows          kernel.Rows
	packed        *kernel.Packed // in place of rows where all weights have 4 bits
}

const (
	// minBank is the number of axon entries from which a run is a bank.
	minBank = 32
	// bankShare is, as a shift, the part of a core's entries from which a run is a bank
	// where blocks are there for those that are less.
	bankShare = 3
	// maxStore bounds the weights that an offset reaches, and maxCopy the weights of a
	// core that are written in another form.
	maxStore = 1<<32 - 1<<20
	maxCopy  = 1 << 22
	// sparseSpan bounds what a sparse row takes when zeros fill it, as a shift: so many
	// bytes for each of its entries.
	sparseSpan = 3
)

// stretch is a row of an axon entry as a run of weights in the store; one without neurons
// adds nothing.
type stretch struct {
	first, count int32
	offset       int64
}

func (s *stretch) last() int32 { return s.first + s.count }

// panelMaker makes panels.
type panelMaker struct {
	*panels
	tables *tables
	// places is the number of places of axon entries, and order has the entry at each, below
	// 0 for none; nil where that is their own.
	places int
	order  []int32
	// stretches has one per axon entry, with a count below 0 for those that have none
	// or are part of a panel.
	stretches []stretch
}

// newPanels finds the panels of a core; nil where there are none. Which there are says
// nothing about results. Blocks come with the kernel that makes them worth while. All that
// is said of axon entries here is said of their places (Ordered).
func newPanels(s *tables) *panels {
	if s.waits() || s.widths.MergeDuplicates || len(s.dense8) > maxStore || len(s.axons) == 0 {
		return nil
	}
	m := panelMaker{tables: s, places: s.places(), order: s.order}
	m.panels = &panels{chosen: make([]uint64, (m.places+63)>>6), store: s.dense8}
	m.stretch()
	m.findBanks()
	if s.set != kernel.Plain {
		m.findBlocks()
	}
	m.sparse = m.findSparse(len(s.v0))
	return m.close()
}

// places is the number of places of axon entries in a set.
func (s *tables) places() int {
	if s.order != nil {
		return len(s.order)
	}
	return len(s.axons)
}

// stretch finds the stretches of all entries.
func (m *panelMaker) stretch() {
	filled, thin := map[int32]stretch{}, m.tables.thin() // by sparse row
	for place := range m.places {
		s := stretch{count: -1}
		axon := m.axon(place)
		if axon == nil {
			m.stretches = append(m.stretches, s)
			continue
		}
		r := &m.tables.rows[axon.Row]
		switch {
		case r.Format == Dense8:
			s = stretch{first: r.First + axon.Base, count: r.Count, offset: r.Offset}
		case r.Format == Sparse && m.tables.set != kernel.Plain && !thin:
			known, met := filled[axon.Row]
			if !met {
				known = m.fill(r)
				filled[axon.Row] = known
			}
			s = known
			s.first += axon.Base
		}
		m.stretches = append(m.stretches, s)
	}
}

// axon is the entry at a place, nil for none.
func (m *panelMaker) axon(place int) *Axon {
	if m.order != nil {
		if place = int(m.order[place]); place < 0 {
			return nil
		}
	}
	return &m.tables.axons[place]
}

// fill writes a sparse row as a stretch, where its entries are close together.
func (m *panelMaker) fill(r *Row) stretch {
	none := stretch{count: -1}
	entries := m.tables.sparse[r.Offset:][:r.Count]
	if len(entries) == 0 {
		return none
	}
	first, before := int32(entries[0].Neuron), int32(-1)
	for _, e := range entries {
		if int32(e.Neuron) <= before || int16(int8(e.Weight)) != e.Weight {
			return none
		}
		before = int32(e.Neuron)
	}
	s := stretch{first: first, count: before + 1 - first}
	if s.count > r.Count<<sparseSpan {
		return none
	}
	weights, offset := m.extend(int(s.count))
	if weights == nil {
		return none
	}
	for _, e := range entries {
		weights[int32(e.Neuron)-first] = int8(e.Weight)
	}
	s.offset = offset
	return s
}

// extend allocates weights at the end of the store; nil if that would be too large.
func (m *panelMaker) extend(weights int) (room []int8, offset int64) {
	if len(m.store)+weights > maxCopy {
		return nil, 0
	}
	at := len(m.store)
	if at == len(m.tables.dense8) { // the core's own must not grow
		m.store = slices.Clip(m.store)
	}
	m.store = append(m.store, make([]int8, weights)...)
	return m.store[at:], int64(at)
}

// close records the remaining entries, and the counts of spikes.
func (m *panelMaker) close() *panels {
	p, s := m.panels, m.tables
	if len(p.banks)+len(p.blocks) == 0 && p.sparse == nil {
		return nil
	}
	shared := false // by banks whose rows are read where they were
	for i := range p.banks {
		if p.banks[i].packed == nil && p.banks[i].rows.Weights == nil {
			p.banks[i].rows.Weights, shared = p.store, true
		}
	}
	if !shared {
		p.store = nil
	}
	others, some := make([]uint64, len(p.chosen)), false
	p.both, p.bits = make([]uint64, m.places), make([]uint64, m.places)
	var adds int64
	for a := range m.places {
		entry := m.axon(a)
		if entry == nil {
			continue
		}
		if !has(p.chosen, a) {
			others[a>>6] |= 1 << (a & 63)
			some = true
			continue
		}
		n := &s.reads[entry.Row]
		p.both[a], p.bits[a] = uint64(n.synops)|uint64(n.adds)<<32, uint64(n.bits)
		adds += int64(n.adds)
	}
	if adds >= 1<<32 { // more than a tick counts in 32 bits
		return nil
	}
	if some {
		p.others = others
	}
	p.even()
	return p
}

// even drops the memory reads of each entry if they follow from the additions.
func (p *panels) even() {
	for a, both := range p.both {
		adds := int64(both >> 32)
		if p.width == 0 && adds > 0 {
			for p.width = 1; uint64(repeated(adds, p.width)) < p.bits[a]; {
				p.width++
			}
		}
		if uint64(repeated(adds, p.width)) != p.bits[a] {
			return
		}
	}
	p.bits = nil
}

func has(set []uint64, i int) bool { return set[i>>6]>>(i&63)&1 == 1 }

// choose makes an entry part of a panel.
func (m *panelMaker) choose(a int) {
	m.chosen[a>>6] |= 1 << (a & 63)
	m.stretches[a].count = -1
}

// findBanks takes the runs of entries that are long enough.
func (m *panelMaker) findBanks() {
	for first := 0; first < len(m.stretches); {
		last, hull, alike := m.run(first)
		if last-first >= minBank &&
			(m.tables.set == kernel.Plain || last-first >= len(m.stretches)>>bankShare) {
			m.addBank(first, last, hull, alike)
		}
		first = max(last, first+1)
	}
}

// run is the longest run of entries from one on whose stretches fill most of the neurons
// from their first to their last one, the hull. They are alike if they all are the hull.
func (m *panelMaker) run(first int) (last int, hull stretch, alike bool) {
	alike = true
	var weights, room int64
	for last = first; last < len(m.stretches); last++ {
		s, wider := m.stretches[last], hull
		switch {
		case s.count < 0:
			return last, hull, alike
		case s.count > 0 && hull.count == 0:
			wider = stretch{first: s.first, count: s.count}
		case s.count > 0:
			wider.first = min(hull.first, s.first)
			wider.count = max(hull.last(), s.last()) - wider.first
		}
		weights += int64(s.count)
		room = repeated(int64(wider.count), uint(last-first+1))
		if weights < room-room>>2 {
			return last, hull, alike
		}
		alike = alike &&
			(last == first ||
				wider.count == hull.count && s.first == hull.first && s.count == hull.count)
		hull = wider
	}
	return last, hull, alike
}

// addBank makes a bank of the entries first..last-1. Stretches that are not all alike are
// written once more, each as wide as the hull.
func (m *panelMaker) addBank(first, last int, hull stretch, alike bool) {
	b := rowBank{axon: int32(first), last: int32(last), first: hull.first, neuron: hull.last()}
	if hull.count == 0 {
		return
	}
	if m.packs(m.stretches[first:last], hull) {
		b.packed = m.pack(m.stretches[first:last], hull)
		b.packed.First = b.axon & 63
		for a := first; a < last; a++ {
			m.choose(a)
		}
		m.banks = append(m.banks, b)
		return
	}
	if !alike && repeated(int64(hull.count), uint(last-first)) > maxCopy {
		return
	}
	offset := func(s *stretch) uint32 { return uint32(s.offset) }
	if !alike {
		b.rows.Weights, offset = m.widen(m.stretches[first:last], hull)
	}
	for a := first; a < last; a++ {
		b.rows.Offsets = append(b.rows.Offsets, offset(&m.stretches[a]))
		m.choose(a)
	}
	b.rows.First = b.axon & 63 // of a set of the words from the first entry's on
	m.banks = append(m.banks, b)
}

// widen writes stretches as wide as their hull, each once, and returns where they begin.
func (m *panelMaker) widen(stretches []stretch,
	hull stretch) (weights []int8, at func(s *stretch) uint32) {
	places := map[stretch]uint32{}
	end := uint32(0)
	for _, s := range stretches {
		if _, met := places[s]; !met {
			places[s] = end
			end += uint32(hull.count)
		}
	}
	weights = make([]int8, end)
	for s, place := range places {
		if s.count > 0 {
			copy(weights[int(place)+int(s.first-hull.first):], m.store[s.offset:][:s.count])
		}
	}
	return weights, func(s *stretch) uint32 { return places[*s] }
}

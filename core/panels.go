package core

import "adder/core/kernel"

// panels are the axon entries whose rows are dense, of 8 bits: their spikes are summed
// tick by tick or for many ticks at once, in registers, a run or a block of neurons at a
// time, and what each reads is counted beside it.
type panels struct {
	// chosen has a bit per axon entry that is part of a panel, and others one per entry
	// that is not; nil where there is none.
	chosen, others []uint64
	// store holds the weights: those of the core.
	store  []int8
	banks  []rowBank
	blocks []windowBlock
	// reads has what a spike on each axon entry counts.
	reads []reads
}

// reads is what a delivery of a row counts (row).
type reads struct {
	synops, adds int32
	bits         int64
}

// rowBank is a run of axon entries whose rows all reach the same run of neurons.
type rowBank struct {
	axon, last    int32
	first, neuron int32 // neurons first..neuron-1
	offsets       []uint32
}

// windowBlock is a block of neurons and what the rows of a run of axon entries, in whole
// words of a set of them, have for it.
type windowBlock struct {
	word, lastWord int
	first, last    int32
	windows        []kernel.Window
}

const (
	// minBank is the number of axon entries from which a run is a bank.
	minBank = 32
	// sparseWindows bounds windows in vain: of so many, as a shift, one has weights.
	sparseWindows = 2
	// maxStore bounds the weights that an offset reaches.
	maxStore = 1<<32 - 1<<20
)

// newPanels finds the panels of a core; nil where there are none. Two cores with the same
// rows have the same panels whatever their machine, except for windows, which only a
// kernel makes worth while.
func newPanels(s *tables, neurons int) *panels {
	if s.widths.MergeDuplicates || len(s.dense8) > maxStore || len(s.axons) == 0 {
		return nil
	}
	p := &panels{chosen: make([]uint64, (len(s.axons)+63)>>6), store: s.dense8}
	p.findBanks(s)
	if s.set == kernel.AVX512 {
		p.findWindows(s, neurons)
	}
	return p.close(s)
}

// close notes what is left over, and what spikes count.
func (p *panels) close(s *tables) *panels {
	if len(p.banks)+len(p.blocks) == 0 {
		return nil
	}
	others, some := make([]uint64, len(p.chosen)), false
	p.reads = make([]reads, len(s.axons))
	for a := range s.axons {
		if !has(p.chosen, a) {
			others[a>>6] |= 1 << (a & 63)
			some = true
			continue
		}
		r := &s.rows[s.axons[a].Row]
		p.reads[a] = reads{synops: r.synops, adds: r.adds, bits: r.bits}
	}
	if some {
		p.others = others
	}
	return p
}

func has(set []uint64, i int) bool { return set[i>>6]>>(i&63)&1 == 1 }

// findBanks takes the runs of entries that are long enough.
func (p *panels) findBanks(s *tables) {
	alike := func(a, b int) bool {
		x, y := &s.axons[a], &s.axons[b]
		r, q := &s.rows[x.Row], &s.rows[y.Row]
		return q.format == Dense8 && r.first+x.Base == q.first+y.Base && r.count == q.count
	}
	for first := 0; first < len(s.axons); {
		r := &s.rows[s.axons[first].Row]
		last := first + 1
		if r.format != Dense8 || r.count == 0 {
			first = last
			continue
		}
		for last < len(s.axons) && alike(first, last) {
			last++
		}
		if last-first >= minBank {
			p.addBank(s, first, last)
		}
		first = last
	}
}

func (p *panels) addBank(s *tables, first, last int) {
	r := &s.rows[s.axons[first].Row]
	b := rowBank{axon: int32(first), last: int32(last), first: r.first + s.axons[first].Base}
	b.neuron = b.first + r.count
	for a := first; a < last; a++ {
		b.offsets = append(b.offsets, uint32(s.rows[s.axons[a].Row].offset))
		p.chosen[a>>6] |= 1 << (a & 63)
	}
	p.banks = append(p.banks, b)
}

// findWindows takes the dense entries that are in no bank, block by block of neurons,
// unless most windows would be empty.
func (p *panels) findWindows(s *tables, neurons int) {
	var blocks []windowBlock
	all, full := 0, 0
	for first := 0; first < neurons; first += kernel.Block {
		b := windowBlock{first: int32(first), last: int32(min(first+kernel.Block, neurons))}
		full += p.openBlock(s, &b)
		if len(b.windows) > 0 {
			blocks, all = append(blocks, b), all+len(b.windows)
		}
	}
	if full == 0 || all>>sparseWindows > full {
		return
	}
	p.blocks = blocks
	for a := range s.axons {
		if p.windowed(s, a) {
			p.chosen[a>>6] |= 1 << (a & 63)
		}
	}
}

// windowed reports whether an entry is dense and in no bank.
func (p *panels) windowed(s *tables, a int) bool {
	r := &s.rows[s.axons[a].Row]
	if r.format != Dense8 || r.count == 0 {
		return false
	}
	for i := range p.banks {
		if b := &p.banks[i]; int32(a) >= b.axon && int32(a) < b.last {
			return false
		}
	}
	return true
}

// openBlock makes the windows of a block and returns how many have weights.
func (p *panels) openBlock(s *tables, b *windowBlock) (full int) {
	firstAxon, lastAxon := -1, 0
	reach := func(a int) (from, to int32) {
		if !p.windowed(s, a) {
			return 0, 0
		}
		r := &s.rows[s.axons[a].Row]
		first := r.first + s.axons[a].Base
		return max(first, b.first), min(first+r.count, b.last)
	}
	for a := range s.axons {
		if from, to := reach(a); from < to {
			if firstAxon < 0 {
				firstAxon = a
			}
			lastAxon = a + 1
			full++
		}
	}
	if full == 0 {
		return 0
	}
	b.word, b.lastWord = firstAxon>>6, (lastAxon+63)>>6
	b.windows = make([]kernel.Window, (b.lastWord-b.word)<<6)
	for a := firstAxon; a < lastAxon; a++ {
		if from, to := reach(a); from < to {
			r := &s.rows[s.axons[a].Row]
			b.windows[a-b.word<<6] = kernel.Window{
				Offset: r.offset + int64(b.first-r.first-s.axons[a].Base),
				Mask:   ^uint64(0) >> (kernel.Block - uint(to-from)) << uint(from-b.first),
			}
		}
	}
	return full
}

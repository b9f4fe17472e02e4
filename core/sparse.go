package core

import "adder/core/kernel"

// sparsePanel is the axon entries of a core with sparse rows, in a small table of offsets: a spike
// fetches 16 bytes and its row.
//
// Where most entries spike in several ticks of a window, each row is read once and added to the
// sums of all of its ticks at a time; these are adjacent, 16 bits each. So many rows are added as
// 16 bits hold for any weights of their width; then the sums are added to those of 32 bits.
type sparsePanel struct {
	runs    []kernel.Run // by axon entry; those of others are empty
	axons   int          // that are not empty
	entries int64        // of all runs
	// ones has the entry of each axon entry where no run has more than one, else nil.
	ones []kernel.Synapse
	// ends are the axon entries after those that come together; none where weights are too wide for
	// that.
	ends []int32
}

const (
	// minSparse is the number of axon entries from which a panel is worth its tables.
	minSparse = 32
	// narrowBits is the width of a sum of one tick among many.
	narrowBits = 16
	// minTogether is the mean number of entries for a neuron, as a shift, from which adjacent
	// 16-bit sums are worth their unpacking.
	minTogether = 3
	// thinShift is, as a shift, the mean number of entries of rows that are thin.
	thinShift = 1
)

// findSparse takes the sparse entries of a core that are in no block; nil where they are too few. A
// row that names a neuron twice, or not in order, is not part of it.
func (m *panelMaker) findSparse(neurons int) *sparsePanel {
	p, s := m.panels, m.tables
	if len(s.sparse) > maxStore {
		return nil
	}
	ordered := make([]bool, len(s.rows))
	for i := range s.rows {
		r := &s.rows[i]
		ordered[i] = r.Format == Sparse && r.Count <= kernel.MaxRun &&
			ascending(s.sparse[r.Offset:][:r.Count])
	}
	made := &sparsePanel{runs: make([]kernel.Run, m.places)}
	for a := range m.places {
		entry := m.axon(a)
		if entry == nil {
			continue
		}
		if r := &s.rows[entry.Row]; ordered[entry.Row] && r.Count > 0 && !has(p.chosen, a) {
			made.runs[a] = kernel.Run{Start: uint32(r.Offset), Count: uint16(r.Count),
				Base: uint16(entry.Base)}
			made.entries += int64(r.Count)
			made.axons++
		}
	}
	if made.axons < minSparse {
		return nil
	}
	for a := range made.runs {
		if made.runs[a].Count > 0 {
			p.chosen[a>>6] |= 1 << (a & 63)
		}
	}
	made.bind(s, neurons)
	if made.entries == int64(made.axons) {
		made.findOnes(s)
	}
	return made
}

// findOnes finds the entry of each run.
func (p *sparsePanel) findOnes(s *tables) {
	p.ones = make([]kernel.Synapse, len(p.runs))
	for a := range p.runs {
		if r := &p.runs[a]; r.Count > 0 {
			p.ones[a] = s.sparse[r.Start]
			p.ones[a].Neuron += uint16(r.Base)
		}
	}
}

// thin reports whether rows of axon entries have so few entries that each costs less than
// a line of zeros around it.
func (s *tables) thin() bool {
	entries := int64(0)
	for _, a := range s.axons {
		r := &s.rows[a.Row]
		if r.Format != Sparse {
			return false
		}
		entries += int64(r.Count)
	}
	return entries <= int64(len(s.axons))<<thinShift
}

// ascending reports whether entries are in the order of their neurons, each once.
func ascending(entries []Synapse) bool {
	for i := 1; i < len(entries); i++ {
		if entries[i].Neuron <= entries[i-1].Neuron {
			return false
		}
	}
	return true
}

// bind cuts the axon entries into runs of which no neuron can get more than a sum of 16
// bits holds.
func (p *sparsePanel) bind(s *tables, neurons int) {
	most := int32(1)<<(narrowBits-s.sparseBits) - 1
	var ends []int32
	met := make([]int32, neurons)
	for a := range p.runs {
		r := &p.runs[a]
		entries := s.sparse[r.Start:][:r.Count]
		for _, e := range entries {
			if met[int(r.Base)+int(e.Neuron)] >= most {
				ends = append(ends, int32(a))
				clear(met)
				break
			}
		}
		for _, e := range entries {
			met[int(r.Base)+int(e.Neuron)]++
		}
	}
	ends = append(ends, int32(len(p.runs)))
	if repeated(int64(neurons), uint(len(ends)))<<minTogether <= p.entries {
		p.ends = ends
	}
}

// sumSparse adds sparse rows for all ticks.
func (c *Core) sumSparse(p *sparsePanel, ticks int) {
	w := c.window
	if p.ones != nil {
		c.sumOnes(p.ones, ticks)
		return
	}
	if c.set != kernel.AVX512 || !p.together(len(w.list), ticks) {
		for k := range ticks {
			c.set.AddEntries(c.row(k), c.sparse, p.runs, w.of(k))
		}
		return
	}
	if len(w.masks) < len(p.runs) {
		w.masks = make([]uint32, len(p.runs))
	}
	if n := (c.Neurons() + 15) &^ 15 << 5; len(w.narrow) < n {
		w.narrow = make([]int16, n)
	}
	for first := 0; first < ticks; first += kernel.Ticks {
		c.sumTogether(p, first, min(ticks-first, kernel.Ticks))
	}
}

// sumOnes adds sparse rows of one entry each for all ticks.
func (c *Core) sumOnes(ones []kernel.Synapse, ticks int) {
	for k := range ticks {
		kernel.AddOnes(c.row(k), ones, c.window.of(k))
	}
}

// together reports whether so many spikes in so many ticks hit most entries twice or more.
func (p *sparsePanel) together(spikes, ticks int) bool {
	return len(p.ends) > 0 && ticks > 1 && spikes > p.axons+p.axons>>1
}

// sumTogether adds sparse rows for ticks side by side.
func (c *Core) sumTogether(p *sparsePanel, first, ticks int) {
	w := c.window
	for k := range ticks {
		for _, a := range w.of(first + k) {
			w.masks[a] |= 1 << k
		}
	}
	rows, from := c.window.sums[repeatedInt(c.Neurons(), first):], int32(0)
	for _, end := range p.ends {
		c.set.AddTicks(w.narrow, c.sparse, p.runs[from:end], w.masks[from:end])
		c.set.TakeTicks(rows, c.Neurons(), ticks, w.narrow)
		from = end
	}
}

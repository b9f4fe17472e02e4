package core

import (
	"slices"
	"sort"
)

// shares is the population of a core that counts a delivery: the one that the row reaches or, where
// it reaches several, each its part. It is empty for a core of one population.
type shares struct {
	// of has an entry per axon entry: the place of its population in
	// tables.populations or, below 0, -1 - i for spans[i].
	of    []int32
	spans [][]span
}

// span is the part of a row that reaches one population.
type span struct {
	share        int
	synops, adds int32
	bits         int64
}

// split reports whether deliveries on an axon entry reach several populations.
func (s *shares) split(axon int32) bool { return len(s.of) > 0 && s.of[axon] < 0 }

// countDelivery counts a delivery of a whole row.
func (n *Counts) countDelivery(r *rowReads) {
	n.AxonReads++
	n.Synops += int64(r.synops)
	n.SynapticAdds += int64(r.adds)
	n.SynapseBits += int64(r.bits)
}

// addDeliveries adds what countDelivery counted.
func (n *Counts) addDeliveries(other *Counts) {
	n.AxonReads += other.AxonReads
	n.Synops += other.Synops
	n.SynapticAdds += other.SynapticAdds
	n.SynapseBits += other.SynapseBits
}

// countShared counts a delivery on an axon entry of a core with several
// populations. The entry and the words that are read once belong to the first
// one that it reaches.
func (c *Core) countShared(axon int32, r *rowReads) {
	at := c.shares.of[axon]
	if at >= 0 {
		c.into[at].countDelivery(r)
		return
	}
	spans := c.shares.spans[-1-at]
	c.into[spans[0].share].AxonReads++
	for i := range spans {
		n := c.into[spans[i].share]
		n.Synops += int64(spans[i].synops)
		n.SynapticAdds += int64(spans[i].adds)
		n.SynapseBits += spans[i].bits
	}
}

// firstShare is the first population that an axon entry reaches.
func (c *Core) firstShare(axon int32) int {
	if len(c.shares.of) == 0 {
		return 0
	}
	if at := c.shares.of[axon]; at >= 0 {
		return int(at)
	}
	return c.shares.spans[-1-c.shares.of[axon]][0].share
}

// sharing makes shares.
type sharing struct {
	cfg    *Config
	tables *tables
	made   shares
	// reach are the first and the last neuron of each row, the last before
	// the first for a row without neurons.
	reach [][2]int32
	known map[Axon]int32
}

func newShares(cfg *Config, s *tables) shares {
	if len(s.populations) == 1 {
		return shares{}
	}
	m := sharing{cfg: cfg, tables: s, known: map[Axon]int32{}}
	m.made.of = make([]int32, len(cfg.Axons))
	for i := range cfg.Rows {
		m.reach = append(m.reach, cfg.reach(&cfg.Rows[i]))
	}
	for i, a := range cfg.Axons {
		m.made.of[i] = m.share(Axon{Row: a.Row, Base: a.Base})
	}
	return m.made
}

// reach are the first and the last neuron that a row names, before a base is
// added.
func (c *Config) reach(r *Row) [2]int32 {
	if r.Count == 0 {
		return [2]int32{0, -1} // where it begins is not said
	}
	if r.Format != Sparse {
		return [2]int32{r.First, r.First + r.Count - 1}
	}
	entries := c.Sparse[r.Offset:][:r.Count]
	reach := [2]int32{int32(entries[0].Neuron), int32(entries[0].Neuron)}
	for _, e := range entries {
		reach[0], reach[1] = min(reach[0], int32(e.Neuron)), max(reach[1], int32(e.Neuron))
	}
	return reach
}

// share is the entry of an axon, of which row and base matter.
func (m *sharing) share(a Axon) int32 {
	reach := m.reach[a.Row]
	if reach[1] < reach[0] {
		return 0
	}
	g := m.group(reach[0] + a.Base)
	if reach[1]+a.Base < g.last {
		return int32(g.share)
	}
	if at, ok := m.known[a]; ok {
		return at
	}
	spans := m.walk(&m.cfg.Rows[a.Row], a.Base)
	at := int32(spans[0].share)
	if len(spans) > 1 {
		m.made.spans = append(m.made.spans, spans)
		at = -int32(len(m.made.spans))
	}
	m.known[a] = at
	return at
}

// group is the group of a neuron.
func (m *sharing) group(n int32) *group {
	groups := m.tables.groups
	return &groups[sort.Search(len(groups), func(i int) bool { return groups[i].last > n })]
}

// walk splits a row by the populations that it reaches, in the order in which it
// does.
func (m *sharing) walk(r *Row, base int32) []span {
	var spans []span
	entry := int64(r.WeightBits)
	switch r.Format {
	case Sparse:
		entry += int64(m.cfg.Widths.indexBits())
	case Plastic:
		entry = AdderBits
	case Others:
		entry = 0
	case Typed:
		entry = 1
	}
	for k := range r.Count {
		n, nonzero := m.cfg.entry(r, k)
		share := m.group(n + base).share
		at := slices.IndexFunc(spans, func(s span) bool { return s.share == share })
		if at < 0 {
			at, spans = len(spans), append(spans, span{share: share})
		}
		s := &spans[at]
		s.bits += entry
		if r.Format == Others && n == r.Exclude {
			continue
		}
		if r.Format == Typed {
			if !m.cfg.hasBit(r, k) {
				continue
			}
			s.bits += int64(r.WeightBits)
		}
		s.adds++
		if nonzero {
			s.synops++
		}
	}
	if r.Format == Others {
		spans[0].bits = m.cfg.Widths.BitsRead(r)
	}
	if m.cfg.Widths.OffChip > 0 { // what fills the last word
		spans[0].bits += m.cfg.BitsRead(r) - m.cfg.Widths.BitsRead(r)
	}
	return spans
}

// entry is the neuron that the k-th entry of a row names, and whether its weight
// reaches the adder as more than 0.
func (c *Config) entry(r *Row, k int32) (neuron int32, nonzero bool) {
	at := r.Offset + int64(k)
	switch r.Format {
	case Dense8:
		return r.First + k, c.Dense8[at] != 0
	case Dense16:
		return r.First + k, c.Dense16[at] != 0
	case Plastic:
		return r.First + k, c.Plastic[at]>>adderShift != 0
	case Sparse:
		return int32(c.Sparse[at].Neuron), c.Sparse[at].Weight != 0
	case Typed:
		return r.First + k, c.Types[r.Type][r.First+k] != 0
	}
	return r.First + k, r.Weight != 0
}

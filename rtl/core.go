package rtl

import (
	"fmt"
	"math/bits"
	"slices"

	"adder/core"
	"adder/router"
)

// coreDesign is a core's memories and the numbers that its parameters follow from.
type coreDesign struct {
	tile    router.Core
	cfg     *core.Config
	ranges  []span
	neurons neuronDesign
	// pointers has, for every key, the first of its axon entries.
	pointers, entries, words memory
	// bank is the number of bits of an address in a bank of accumulators, sum those of
	// an accumulator, weight those of a weight, time those of the time of an entry.
	bank, sum, weight, time int
	// row is the number of bits of a row's address, or of that of an entry that is held.
	row int
	// addend is the number of bits of what a lane adds, delay those of a delay and at
	// those of an entry's neuron or delay.
	addend, delay, at int
	// dense, others and rotate say whether there are such rows, and whether some start in
	// another bank than the first; pairs is the most entries in a word of a sparse row.
	dense, others, rotate bool
	pairs                 int
	// held is the number of entries with a delay.
	held int
	// queue is the number of bits of a place among the packets that wait.
	queue int
	// resetCycles is the time that the first state takes.
	resetCycles int64
}

// span is a run of neurons that take part from one tick on, for so many ticks.
type span struct{ first, last, depth, ticks int32 }

// The kinds of axon entries, as verilog/synapses.v has them.
const (
	entryDense int64 = iota
	entrySparse
	entryOthers
	entryHeld
)

// newCore converts core i of the image.
func (d *Design) newCore(i int) (coreDesign, error) {
	placed := &d.img.Cores[i]
	c := coreDesign{tile: placed.Tile, cfg: &placed.Config}
	lanes := d.timing.Core.Lanes
	c.bank = width((c.cfg.Neurons() + lanes - 1) / lanes)
	if c.ranges = spans(c.cfg.Groups, int32(d.ticks)); len(c.ranges) > maxRanges {
		return c, fmt.Errorf("%s: core at tile %d: %d runs of neurons that take part in "+
			"different ticks: the hardware tells %d apart",
			d.img.Model, c.tile, len(c.ranges), maxRanges)
	}
	c.measure(d)
	keys := d.keysAt(c.tile)
	starts := d.storeRows(&c)
	c.storeEntries(d, keys, starts)
	c.queue = width(2*len(keys) + 1)
	var err error
	if c.neurons, err = d.newNeurons(i, &c); err != nil {
		return c, err
	}
	c.resetCycles = resetWords(c.cfg) * int64(d.timing.Core.ResetWrite)
	return c, nil
}

// spans joins neighbouring groups that take part in the same ticks.
func spans(groups []core.Group, inputTicks int32) []span {
	var out []span
	for i := range groups {
		g := &groups[i]
		if g.Count == 0 {
			continue
		}
		ticks := g.Span(inputTicks)
		if n := len(out); n > 0 && out[n-1].depth == g.Depth && out[n-1].ticks == ticks {
			out[n-1].last = g.First + g.Count - 1
			continue
		}
		out = append(out, span{first: g.First, last: g.First + g.Count - 1, depth: g.Depth,
			ticks: ticks})
	}
	return out
}

// resetWords counts the words of a core's first state.
func resetWords(cfg *core.Config) (words int64) {
	for i := range cfg.Groups {
		g := &cfg.Groups[i]
		each := len(g.State()) + 1             // the accumulator
		if g.Refractory > 0 && !g.Integrator { // one that never fires has no counter
			each++
		}
		words += int64(g.Count) * int64(each)
	}
	return words
}

// keysAt lists the keys whose packets reach a tile's core, ascending.
func (d *Design) keysAt(tile router.Core) []int {
	var out []int
	for k := range d.keys.sources {
		if len(destsAt(d.keys.sources[k].dests, tile)) > 0 {
			out = append(out, k)
		}
	}
	return out
}

// destsAt is the part of sorted destinations at one core.
func destsAt(dests []router.Dest, tile router.Core) []router.Dest {
	low, _ := slices.BinarySearchFunc(dests, tile, func(d router.Dest, t router.Core) int {
		return int(d.Core - t)
	})
	high := low
	for high < len(dests) && dests[high].Core == tile {
		high++
	}
	return dests[low:high]
}

// measure finds the widths of weights and accumulators. A source spikes at most once
// a tick, so that a sum is bounded by the weights that reach its neuron.
func (c *coreDesign) measure(d *Design) {
	bound := make([]int64, c.cfg.Neurons())
	c.weight, c.addend, c.delay = 2, 2, 1
	for k := range d.keys.sources {
		for _, dest := range destsAt(d.keys.sources[k].dests, c.tile) {
			axon := c.cfg.Axons[dest.Axon]
			width := &c.weight
			if c.cfg.Rows[axon.Row].Format == core.Others {
				width = &c.addend
			}
			// What is held may come together with what is not, or with more that is held:
			// each entry adds once a tick.
			eachWeight(c.cfg, &axon, func(n, w int32) {
				bound[n] += max(int64(w), -int64(w))
				*width = max(*width, bits.Len32(uint32(max(w, ^w)))+1)
			})
			if axon.Delay > 0 {
				c.held++
				c.delay = max(c.delay, bits.Len32(uint32(axon.Delay)))
			}
		}
	}
	c.addend = max(c.addend, c.weight)
	c.sum = max(bits.Len64(uint64(slices.Max(append(bound, 1))))+1, c.addend+1)
}

// storeRows writes the words of all rows, and gives the first and their number.
func (d *Design) storeRows(c *coreDesign) (starts [][2]int) {
	rows := make([][]word, len(c.cfg.Rows))
	for i := range c.cfg.Rows {
		r := &c.cfg.Rows[i]
		if r.Format == core.Sparse {
			groups := d.sparseGroups(c.cfg, r)
			for _, g := range groups {
				c.pairs = max(c.pairs, len(g))
			}
			continue
		}
		c.dense = c.dense || r.Format != core.Others
		c.others = c.others || r.Format == core.Others
	}
	index := d.lanesLog() + c.bank
	c.at = max(index, c.delay)
	for i := range c.cfg.Rows {
		r := &c.cfg.Rows[i]
		if r.Format == core.Sparse {
			for _, g := range d.sparseGroups(c.cfg, r) {
				var w word
				for _, e := range g {
					w.put(int64(e.Weight), c.weight).put(int64(e.Neuron), index).put(1, 1)
				}
				rows[i] = append(rows[i], w)
			}
			continue
		}
		if r.Format == core.Others {
			rows[i] = append(rows[i], c.othersWord(r, index))
			continue
		}
		for weights := range slices.Chunk(c.cfg.Dense8[r.Offset:][:r.Count], d.timing.Core.Lanes) {
			var w word
			for _, x := range weights {
				w.put(int64(x), c.weight)
			}
			rows[i] = append(rows[i], w)
		}
	}
	for i := range rows {
		starts = append(starts, [2]int{len(c.words.words), len(rows[i])})
		for k := range rows[i] {
			c.words.add(&rows[i][k])
		}
	}
	c.words.width = c.pairs * (c.weight + index + 1)
	if c.dense {
		c.words.width = max(c.words.width, d.timing.Core.Lanes*c.weight)
	}
	if c.others {
		c.words.width = max(c.words.width, c.addend+2*(index+1))
	}
	c.words.width = max(c.words.width, 1)
	return starts
}

// othersWord is the word of an *others* row: its amount, the excluded neuron (or one that does not
// exist), and one more than its last neuron.
func (c *coreDesign) othersWord(r *core.Row, index int) word {
	excluded := int64(1)<<(index+1) - 1
	if r.Exclude >= 0 {
		excluded = int64(r.Exclude)
	}
	var w word
	w.put(int64(r.Weight)<<r.Shift, c.addend).put(excluded, index+1).put(int64(r.First+r.Count),
		index+1)
	return w
}

// sparseGroups are the entries of a row in groups that are added together: those that end in a word
// of the chip's memory together, as far as they are in different banks, and nothing where none ends
// in a word.
func (d *Design) sparseGroups(cfg *core.Config, r *core.Row) [][]core.Synapse {
	entry := cfg.Widths.BitsRead(&core.Row{Format: core.Sparse, WeightBits: r.WeightBits, Count: 1})
	entries := cfg.Sparse[r.Offset:][:r.Count]
	var groups [][]core.Synapse
	for word, at := int64(1), 0; at < len(entries); word++ {
		end := min(int(word*d.timing.Core.MemoryWord/entry), len(entries))
		pending := entries[at:end]
		at = end
		for first := true; first || len(pending) > 0; first = false {
			var group, later []core.Synapse
			busy := map[int]bool{}
			for _, e := range pending {
				if bank := int(e.Neuron) % d.timing.Core.Lanes; !busy[bank] {
					busy[bank] = true
					group = append(group, e)
					continue
				}
				later = append(later, e)
			}
			groups, pending = append(groups, group), later
		}
	}
	return groups
}

// storeEntries writes the axon entries of every key that the core receives, those of one key
// together, and where they begin. After all of them come those that are held, as they are when they
// are due, each the only one of its list.
func (c *coreDesign) storeEntries(d *Design, keys []int, starts [][2]int) {
	t := &d.timing.Core
	total, longest := c.held, 0
	for _, k := range keys {
		total += len(destsAt(d.keys.sources[k].dests, c.tile))
	}
	for i := range c.cfg.Rows {
		longest = max(longest, c.rowCycles(d, int32(i), starts))
	}
	c.row = width(c.words.depth())
	if c.held > 0 {
		c.row = max(c.row, width(total))
	}
	c.time = bits.Len(uint(longest+int(t.AxonLookup+max(t.RowStart, t.DelayWrite)))) + 1
	first := make([]int, len(d.keys.sources))
	var held []core.Axon
	for _, k := range keys {
		dests := destsAt(d.keys.sources[k].dests, c.tile)
		first[k] = len(c.entries.words)
		for i, dest := range dests {
			axon, last := c.cfg.Axons[dest.Axon], i == len(dests)-1
			if axon.Delay == 0 {
				c.entries.add(c.entry(d, &axon, starts, last))
				continue
			}
			var w word
			w.put(int64(total-c.held+len(held)), c.row).put(int64(t.AxonLookup+t.DelayWrite)-1,
				c.time)
			w.put(int64(axon.Delay), c.at).put(entryHeld, 2).put(one(last), 1)
			c.entries.add(&w)
			held = append(held, axon)
		}
	}
	for i := range held {
		c.entries.add(c.entry(d, &held[i], starts, true))
	}
	for _, k := range first {
		c.pointers.add(new(word).put(int64(k), width(c.entries.depth())))
	}
}

// entry is an axon entry whose row is added at once.
func (c *coreDesign) entry(d *Design, axon *core.Axon, starts [][2]int, last bool) *word {
	r := &c.cfg.Rows[axon.Row]
	kind, at := entryDense, axon.Base+r.First
	switch r.Format {
	case core.Sparse:
		kind, at = entrySparse, axon.Base
	case core.Others:
		kind = entryOthers
	}
	if kind != entrySparse && at&int32(d.timing.Core.Lanes-1) != 0 {
		c.rotate = true
	}
	lead := int(d.timing.Core.AxonLookup + d.timing.Core.RowStart)
	w := new(word).put(int64(starts[axon.Row][0]),
		c.row).put(int64(lead+c.rowCycles(d, axon.Row, starts)-1), c.time)
	return w.put(int64(at), c.at).put(kind, 2).put(one(last), 1)
}

// rowCycles is the time of a row after its start: a cycle a word, and for *others* one a group of
// lanes.
func (c *coreDesign) rowCycles(d *Design, row int32, starts [][2]int) int {
	if r := &c.cfg.Rows[row]; r.Format == core.Others {
		lanes := d.timing.Core.Lanes
		return max((int(r.Count)+lanes-1)/lanes, 1)
	}
	return starts[row][1]
}

// eachWeight visits the neurons and weights that a spike on an axon adds.
func eachWeight(cfg *core.Config, a *core.Axon, visit func(neuron, weight int32)) {
	r := &cfg.Rows[a.Row]
	switch r.Format {
	case core.Sparse:
		for _, e := range cfg.Sparse[r.Offset:][:r.Count] {
			visit(a.Base+int32(e.Neuron), int32(e.Weight))
		}
	case core.Others:
		for n := r.First; n < r.First+r.Count; n++ {
			if n != r.Exclude {
				visit(n, int32(r.Weight)<<r.Shift)
			}
		}
	default:
		for k, w := range cfg.Dense8[r.Offset:][:r.Count] {
			visit(r.First+a.Base+int32(k), int32(w))
		}
	}
}

package core

import (
	"slices"

	"adder/core/kernel"
)

// lineBlock is a block of neurons, first..last-1, and what the rows of axon entries have for
// it, each as a line of a weight per neuron.
type lineBlock struct {
	first, last int32
	lines       kernel.Lines
}

// What a tick costs by a plan of blocks, in sixteenths of a cycle or so: so much for each
// block, each 64 neurons of a block, each word of a set that a block looks at, each line, and
// each 64 weights of one, more where the lines of a core are more than the first-level cache
// holds. One of so many entries, as a shift, is taken to spike.
const (
	costBlock, costSums, costWord, costLine, costAdd, costFar = 640, 240, 96, 6, 16, 48

	costShare   = 3
	nearWeights = 20 << 10
	// minFilled bounds zeros in lines: of so many weights, as a shift, one is a row's.
	minFilled = 3
)

// plan is a width of blocks.
type plan struct {
	shift   uint // of the number of neurons of a block
	cost    int64
	lines   int64
	entries int64
}

// suits reports whether enough of the weights of lines are those of rows.
func (p *plan) suits() bool { return p.lines > 0 && p.lines<<p.shift <= p.entries<<minFilled }

// lineMaker makes blocks of the entries at some places.
type lineMaker struct {
	*panelMaker
	count  int // of neurons
	member func(place int) bool
	// met has the place of the last entry that reached a block, and word the last word.
	met, word []int32
	texts     map[uint64]bool // of the lines of a plan, mixed
}

// findBlocks takes the entries that are in no bank and suit, unless most weights of lines
// would be zeros, or lines would take too much.
func (m *panelMaker) findBlocks() {
	l := lineMaker{panelMaker: m, count: len(m.tables.v0)}
	l.member = func(place int) bool { return m.stretches[place].count > 0 }
	p := l.best()
	if !p.suits() {
		return
	}
	blocks := l.blocks(p)
	if blocks == nil {
		return
	}
	m.blocks = blocks
	for place := range m.places {
		if l.member(place) {
			m.choose(place)
		}
	}
}

// each visits the weights of the entry at a place that are not 0, by the places of their
// neurons.
func (m *panelMaker) each(place int, visit func(neuron int32, weight int16)) {
	entry := m.axon(place)
	r := &m.tables.rows[entry.Row]
	if r.Format == Sparse {
		for _, e := range m.tables.sparse[r.Offset:][:r.Count] {
			if e.Weight != 0 {
				visit(int32(e.Neuron)+entry.Base, e.Weight)
			}
		}
		return
	}
	for k, w := range m.tables.dense8[r.Offset:][:r.Count] {
		if w != 0 {
			visit(r.First+entry.Base+int32(k), int16(w))
		}
	}
}

// best is the cheapest plan.
func (l *lineMaker) best() plan {
	best := l.plan(6)
	for shift := uint(7); 1<<shift <= kernel.LineBlocks*kernel.Block; shift++ {
		if p := l.plan(shift); p.cost < best.cost {
			best = p
		}
	}
	return best
}

// begin allocates the records of blocks.
func (l *lineMaker) begin(shift uint) (blocks int) {
	blocks = (l.count + 1<<shift - 1) >> shift
	l.met, l.word = make([]int32, blocks), make([]int32, blocks)
	for b := range blocks {
		l.met[b], l.word[b] = -1, -1
	}
	return blocks
}

// reach records that the entry at a place reaches a block, and reports whether that is new, and
// whether its word is.
func (l *lineMaker) reach(block, place int32) (fresh, word bool) {
	if l.met[block] == place {
		return false, false
	}
	l.met[block] = place
	word = l.word[block] != place>>6
	l.word[block] = place >> 6
	return true, word
}

// plan computes the cost of blocks of 1<<shift neurons.
func (l *lineMaker) plan(shift uint) plan {
	p := plan{shift: shift}
	blocks := l.begin(shift)
	words, text := int64(0), make([]uint64, blocks)
	l.texts = map[uint64]bool{}
	var reached []int32
	for place := range l.places {
		if !l.member(place) {
			continue
		}
		reached = reached[:0]
		l.each(place, func(n int32, weight int16) {
			p.entries++
			b := n >> shift
			fresh, word := l.reach(b, int32(place))
			if fresh {
				p.lines++
				text[b] = 0
				reached = append(reached, b)
			}
			if word {
				words++
			}
			text[b] += mixed(uint64(n)&(1<<shift-1)<<16 | uint64(uint16(weight)))
		})
		for _, b := range reached {
			l.texts[text[b]] = true
		}
	}
	add := int64(costAdd)
	if len(l.texts)<<shift > nearWeights {
		add = costFar
	}
	line := costLine + add<<(shift-6)
	p.cost = repeated(p.lines, uint(line))>>costShare + repeated(words, costWord) +
		repeated(costBlock+costSums<<(shift-6), uint(blocks))
	return p
}

// mixed spreads the bits of a number.
func mixed(x uint64) uint64 {
	x ^= x<<21 ^ x<<42
	x += x << 13
	x ^= x >> 29
	x += x << 34
	return x ^ x>>23
}

// blocks makes the blocks of a plan; nil where their lines would take too much.
func (l *lineMaker) blocks(p plan) []lineBlock {
	all := make([]lineBlock, l.begin(p.shift))
	entries := make([][]entryLine, len(all))
	width := 1 << p.shift
	sums := make([]int16, len(all)<<p.shift) // of one entry
	made := lines{known: map[string]int32{}}
	var reached []int32
	for place := range l.places {
		if !l.member(place) {
			continue
		}
		reached = reached[:0]
		l.each(place, func(n int32, weight int16) {
			b := n >> p.shift
			sums[n] = weight
			if fresh, _ := l.reach(b, int32(place)); fresh {
				reached = append(reached, b)
			}
		})
		for _, b := range reached {
			line := sums[int(b)<<p.shift:][:width]
			entries[b] = append(entries[b], entryLine{place, made.of(line)})
			clear(line)
		}
		if len(made.weights) > maxCopy {
			return nil
		}
	}
	some, tables := all[:0], []int(nil)
	for b := range all {
		if len(entries[b]) == 0 {
			continue
		}
		block := lineBlock{first: int32(b << p.shift)}
		block.last = min(block.first+int32(width), int32(l.count))
		if !made.put(&block.lines, entries[b], p.shift) {
			return nil
		}
		some, tables = append(some, block), append(tables, len(made.tables)-1)
	}
	for t, table := range made.tables { // no longer than they are
		made.tables[t] = slices.Clone(table[:len(table):len(table)])
	}
	for i, t := range tables {
		some[i].lines.Weights = made.tables[t]
	}
	return some
}

// entryLine is the line, by number, of the entry at a place.
type entryLine struct {
	place int
	line  int32
}

// lines are the parts of rows for blocks; each distinct line is stored once.
type lines struct {
	weights []int16
	known   map[string]int32
	text    []byte
	// tables hold the lines of blocks, and in says where each begins in the last one.
	tables [][]int16
	in     map[int32]int
}

// of is the number of a line.
func (l *lines) of(line []int16) int32 {
	l.text = l.text[:0]
	for _, w := range line {
		l.text = append(l.text, byte(w))
	}
	id, met := l.known[string(l.text)]
	if !met {
		id = int32(len(l.known))
		l.known[string(l.text)] = id
		l.weights = append(l.weights, line...)
	}
	return id
}

// put gives a block its lines, in the table of the blocks before it as long as places reach
// them there, and reports whether they fit a table. The table may grow.
func (l *lines) put(block *kernel.Lines, entries []entryLine, shift uint) bool {
	last := len(l.tables) - 1
	if last < 0 || len(l.tables[last])+len(entries)<<shift > kernel.LineWeights {
		l.tables, l.in = append(l.tables, nil), map[int32]int{}
		last++
	}
	table := l.tables[last]
	for _, h := range entries {
		at, met := l.in[h.line]
		if !met {
			at = len(table)
			l.in[h.line] = at
			table = append(table, l.weights[int(h.line)<<shift:][:1<<shift]...)
		}
		block.Put(h.place, at)
	}
	l.tables[last] = table
	return len(table) <= kernel.LineWeights
}

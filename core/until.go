package core

import (
	"slices"

	"adder/core/kernel"
)

// Neurons that compete receive spikes from each other, so that their core is advanced tick by tick.
// But what comes on its bank of inputs is known for many ticks, and in most of them no neuron
// fires: Foresee sums the rows of the bank for these ticks at once, and Pass advances the core tick
// after tick until a neuron fires. Both do what Receive and TickSet do.

// foreseen is the result of Foresee for the next ticks.
type foreseen struct {
	due   kernel.Due // sets of entries of the bank, one per tick from first on
	first int32
	// group is that of the bank.
	group int
	// until has the sums of each tick; spikes are those on the bank, tick by tick, of which
	// those of the k-th end in front of ends[k].
	until  kernel.Until
	sums   []int32
	spikes []int32
	// nothing has no input.
	nothing kernel.Until
	ends    []int32
	// rests are the neurons that are refractory, discarded those of them that drop an input.
	rests     []int32
	discarded int64
}

// of are the spikes of a tick.
func (f *foreseen) of(tick int32) []int32 { return f.between(tick, tick+1) }

// between are the spikes of the ticks from one to the last but one.
func (f *foreseen) between(first, last int32) []int32 {
	from := int32(0)
	if first > f.first {
		from = f.ends[first-f.first-1]
	}
	return f.spikes[from:f.ends[last-f.first-1]]
}

// row are the sums of a tick.
func (f *foreseen) row(tick int32) []int32 {
	return f.sums[repeatedInt(f.until.Stride, int(tick-f.first)):][:f.until.Stride]
}

// Bank are the first axon entry and the number of entries of a run of entries, which differ only in
// their weights, whose spikes can be foreseen; none where there is no such run.
func (c *Core) Bank() (first, count int32) {
	if c.foreseenGroup() < 0 {
		return 0, 0
	}
	return c.bank.first, c.bank.count
}

// foreseenGroup is the group that the bank reaches, all of it and nothing else, of neurons that
// compete or learn: others are advanced by whole windows. It is below 0 where no kernel
// advances it or its thresholds move in each tick.
func (c *Core) foreseenGroup() int {
	if c.bank.count == 0 || c.widths.MergeDuplicates || c.waits() {
		return -1
	}
	r := &c.rows[c.bank.row]
	at := slices.IndexFunc(c.groups, func(g group) bool {
		return g.first == r.First && g.last-g.first == r.Count
	})
	if at < 0 || c.swift[at] == nil || c.hostCurrents[at] > 0 ||
		!c.swift[at].Bounded(int64(c.bank.count)<<AdderBits) {
		return -1
	}
	g := &c.groups[at]
	if !c.learning && !g.competes() || g.code.kind != CodeNone || g.theta.Decay > 0 {
		return -1
	}
	for _, drive := range c.drive[r.First:][:r.Count] {
		if drive != 0 {
			return -1
		}
	}
	return at
}

// Foresee takes the spikes that are due on the bank (Bank) in ticks from one on, as a set of
// so many words for each, of which bit i mod 64 of word i / 64 is the i-th entry: no bit after
// the last entry may be set. It keeps due until the last of these ticks has been advanced.
func (c *Core) Foresee(first int32, due []uint64, words, ticks int) {
	f, r := &c.foreseen, &c.rows[c.bank.row]
	f.group, f.first = c.foreseenGroup(), first
	f.due.Bits, f.due.Words, f.due.Step, f.due.Ticks = due, words, words, ticks
	f.until.Stride = int(r.Count)
	n := repeatedInt(f.until.Stride, ticks)
	if len(f.sums) < n {
		f.sums = make([]int32, n)
	}
	f.spikes, f.ends = c.set.ListSets(f.spikes, f.ends, &f.due)
	rows := kernel.Rows{Weights: c.bankBytes(), Offsets: c.bank.offsets}
	c.set.SumLists(f.sums, f.until.Stride, f.until.Stride, &rows, f.spikes, f.ends)
}

// bankBytes are the weights of the bank.
func (c *Core) bankBytes() byteStore {
	if c.rows[c.bank.row].Format == Plastic {
		return c.plastic.bytes
	}
	return c.bytes
}

// bankSynops are the nonzero weights of the rows of the bank.
func (c *Core) bankSynops() []int32 {
	if c.rows[c.bank.row].Format == Plastic {
		return c.plastic.synops[c.bank.row:][:c.bank.count]
	}
	return c.bank.synops
}

// bankLearner is the learner of spikes on the bank, nil for none.
func (c *Core) bankLearner() *learner {
	if of := c.bytesOf(c.bank.row); c.learning && of.learner >= 0 {
		return &c.plastic.learners[of.learner]
	}
	return nil
}

// Pass advances the core by ticks from t on, as far as they are foreseen and below last, as long as
// no neuron would fire, and returns how many that are: the tick after them has not begun. Nothing
// else may be due in them, and nothing have been delivered.
func (c *Core) Pass(t, last, inputTicks int32) int32 {
	last = min(last, c.foreseen.first+int32(c.foreseen.due.Ticks))
	if t >= last || t < c.foreseen.first || !c.canPass(t, last, inputTicks) {
		return 0
	}
	f := &c.foreseen
	learns, now := c.bankLearner(), t
	c.findResting()
	for now < last {
		each := c.resting[f.group] > 0 || learns != nil && len(learns.spiked) > 0
		ticks := last - now
		if each {
			ticks = 1
			c.foreseeOne(now, learns)
		}
		f.until.Sums = f.sums[repeatedInt(f.until.Stride, int(now-f.first)):]
		f.until.Ticks = int(ticks)
		passed := int32(c.swift[f.group].UpdateUntil(&f.until))
		if passed > 0 {
			c.countPassed(now, passed)
			if each {
				c.closeOne(now, learns)
			}
		}
		if now += passed; passed < ticks {
			break
		}
	}
	c.endPass(t, now, learns)
	return now - t
}

// canPass reports whether all groups take part in the ticks t..last-1, and all but that of the
// bank are known to do nothing without spikes.
func (c *Core) canPass(t, last, inputTicks int32) bool {
	if c.foreseen.group < 0 || c.touched {
		return false
	}
	for i := range c.groups {
		g := &c.groups[i]
		if int64(t) < g.depth || int64(last) > g.depth+int64(inputTicks) ||
			i != c.foreseen.group && !c.rests(i) {
			return false
		}
	}
	return true
}

// rests reports whether updates of a group without input change nothing.
func (c *Core) rests(i int) bool {
	g := &c.groups[i]
	if c.quiet[i] || g.code.kind != CodeNone {
		return c.quiet[i] && g.code.kind == CodeNone
	}
	by, u := c.swift[i], &c.foreseen.nothing
	if by == nil || g.restless || c.resting[i] > 0 {
		return false
	}
	if n := int(g.last - g.first); len(u.Sums) < n {
		u.Sums = make([]int32, n)
	}
	potential := c.potential[g.first:g.last]
	c.before.potential = append(c.before.potential[:0], potential...)
	u.Ticks = 1
	c.quiet[i] = by.UpdateUntil(u) == 1 && u.Active == 0 && u.Saturated == 0
	copy(potential, c.before.potential)
	return c.quiet[i]
}

// findResting lists the neurons that are refractory.
func (c *Core) findResting() {
	f := &c.foreseen
	f.rests = f.rests[:0]
	if c.resting[f.group] == 0 {
		return
	}
	g := &c.groups[f.group]
	for n := g.first; n < g.last; n++ {
		if c.refractory[n] > 0 {
			f.rests = append(f.rests, n-g.first)
		}
	}
}

// foreseeOne makes the sums of the coming tick those of its weights: since Foresee, only those
// into neurons that won have changed. Refractory neurons take nothing.
func (c *Core) foreseeOne(tick int32, learns *learner) {
	f := &c.foreseen
	sums := f.row(tick)
	if learns != nil {
		list := f.of(tick)
		for _, j := range learns.spiked {
			column, sum := learns.column(j), int32(0)
			for _, i := range list {
				sum += int32(column[i] >> adderShift)
			}
			sums[j] = sum
		}
	}
	g := &c.groups[f.group]
	f.discarded = 0
	for _, n := range f.rests {
		if sums[n]>>g.right != 0 {
			f.discarded++
		}
		sums[n] = 0
	}
}

// countPassed counts what so many ticks from one on took of the bank and its group.
func (c *Core) countPassed(tick, passed int32) {
	f, r := &c.foreseen, &c.reads[c.bank.row]
	list := f.between(tick, tick+passed)
	n := c.into[c.firstShare(c.bank.first)]
	n.AxonReads += int64(len(list))
	n.SynapticAdds += repeated(int64(r.adds), uint(len(list)))
	n.SynapseBits += repeated(int64(r.bits), uint(len(list)))
	synops := c.bankSynops()
	for _, i := range list {
		n.Synops += int64(synops[i])
	}
	n = c.into[c.groups[f.group].share]
	n.ActiveUpdates += f.until.Active
	n.IdleUpdates -= f.until.Active
	n.Saturations += f.until.Saturated
}

// closeOne brings a tick to the counters of refractory neurons and to what is learned.
func (c *Core) closeOne(tick int32, learns *learner) {
	f := &c.foreseen
	if c.resting[f.group] > 0 {
		c.resting[f.group]--
		n := c.into[c.groups[f.group].share]
		n.MembraneAdds -= int64(len(f.rests))
		n.Discards += f.discarded
		left := f.rests[:0]
		for _, j := range f.rests {
			counter := &c.refractory[c.groups[f.group].first+j]
			if *counter--; *counter > 0 {
				left = append(left, j)
			}
		}
		f.rests = left
	}
	if learns != nil {
		learns.learnQuietly(c, tick, f.of(tick))
	}
}

// endPass updates the state after the ticks of a pass, of which the last has not begun.
func (c *Core) endPass(from, to int32, learns *learner) {
	if from == to {
		return
	}
	f := &c.foreseen
	for i := range c.groups {
		c.countRest(i, uint(to-from))
	}
	c.quiet[f.group] = false
	c.coming = to
	if !c.learning || c.plastic == nil {
		return
	}
	for i := range c.plastic.learners {
		c.plastic.learners[i].coming = to
	}
	if learns == nil {
		return
	}
	sets := f.due.Bits[repeatedInt(f.due.Step, int(from-f.first)):]
	for t := from; t < to; t++ {
		learns.noteAll(t, f.of(t), sets[:f.due.Words])
		sets = sets[f.due.Step:]
	}
}

// learnQuietly changes the weights by the spikes that arrived in a tick in which no neuron fired.
func (b *learner) learnQuietly(c *Core, tick int32, arrivals []int32) {
	if len(arrivals) == 0 || len(b.spiked) == 0 {
		return
	}
	scratch := b.arrivals
	b.arrivals, b.any = arrivals, true
	b.preEvents(c, tick)
	b.arrivals, b.any, b.some, b.each = scratch, false, b.some[:0], b.each[:0]
}

// noteAll records the spikes of a tick, a list and the same as a set.
func (b *learner) noteAll(tick int32, list []int32, set []uint64) {
	for _, i := range list {
		b.lastPre[i] = tick
	}
	for w, word := range set {
		b.seen[w] |= word
	}
}

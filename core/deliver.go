package core

// Deliver adds the row of an axon entry to the accumulators, for a spike that is due in the next
// Tick. The axon must be one of the core's.
//
// Spikes of a tick may be delivered in any order.
func (c *Core) Deliver(axon int32) {
	one := [...]int32{axon}
	c.DeliverAll(one[:])
}

// DeliverAll delivers a spike on each of the axons. The counts of a core of one population are
// summed with the rows and stored once.
func (c *Core) DeliverAll(axons []int32) {
	if len(axons) == 0 {
		return
	}
	c.touched = true // a spike that is merged has one before it
	if c.waits() {
		c.deliverLate(axons)
		return
	}
	c.deliverNow(axons)
}

// deliverNow is DeliverAll of a core in which nothing waits.
func (c *Core) deliverNow(axons []int32) {
	var total Counts
	for _, axon := range axons {
		if c.widths.MergeDuplicates && !c.merge.first(axon) {
			c.into[c.firstShare(axon)].Merges++
			continue
		}
		entry := &c.axons[axon]
		r := &c.rows[entry.Row]
		if c.only != nil {
			total.countDelivery(&c.reads[entry.Row])
		} else {
			c.countShared(axon, &c.reads[entry.Row])
		}
		switch r.Format {
		case Dense8:
			c.deliverDense(r, r.First+entry.Base)
		case Dense16:
			c.deliverWords(entry, r)
		case Sparse:
			addSparse(c.accumulator[entry.Base:], c.sparse[r.Offset:][:r.Count])
		case Others:
			c.deliverOthers(r)
		case Plastic:
			c.deliverPlastic(axon, entry.Row, r)
		case Typed:
			c.deliverTyped(r)
		}
	}
	if c.only != nil {
		c.only.addDeliveries(&total)
	}
}

// deliverDense adds a row of bytes to the neurons from first on, by lanes if it is
// not among the first few of the tick. A row may start and end inside a block of
// lanes: only whole blocks take part.
func (c *Core) deliverDense(r *Row, first int32) {
	weights := c.dense8[r.Offset:][:r.Count]
	c.lanes.dense++
	if c.lanes.dense <= scalarRows || len(weights) < minLaneRow {
		addDense(c.accumulator[first:][:len(weights)], weights)
		return
	}
	if head := int(-first & (laneNeurons - 1)); head > 0 {
		addDense(c.accumulator[first:][:head], weights[:head])
		weights, first = weights[head:], first+int32(head)
	}
	if tail := len(weights) & (laneNeurons - 1); tail > 0 {
		body := len(weights) - tail
		addDense(c.accumulator[int(first)+body:][:tail], weights[body:])
		weights = weights[:body]
	}
	addLanes(c.lanes.blocks[first>>3:], weights)
	c.spread.add(first, first+int32(len(weights)), -laneBias)
	if c.lanes.rows++; c.lanes.rows == laneRows {
		c.flush()
	}
}

// deliverWords adds a row of weights of up to 16 bits to the neurons that it names. Rows that
// are stored as bytes as well never move.
func (c *Core) deliverWords(axon *Axon, r *Row) {
	if of := c.bytesOf(axon.Row); of.padded > 0 {
		c.deliverBytes(r.First, c.bytes.row(&of))
		return
	}
	addDense(c.accumulator[r.First+axon.Base:][:r.Count], c.dense16[r.Offset:][:r.Count])
}

// addDense adds weights to sums, which has the same length. The body is
// unrolled by eight over arrays, so that no index is checked.
func addDense[W int8 | int16](sums []int32, weights []W) {
	for len(weights) >= 8 && len(sums) >= 8 {
		s, w := (*[8]int32)(sums), (*[8]W)(weights)
		s[0] += int32(w[0])
		s[1] += int32(w[1])
		s[2] += int32(w[2])
		s[3] += int32(w[3])
		s[4] += int32(w[4])
		s[5] += int32(w[5])
		s[6] += int32(w[6])
		s[7] += int32(w[7])
		sums, weights = sums[8:], weights[8:]
	}
	sums = sums[:len(weights)]
	for i, w := range weights {
		sums[i] += int32(w)
	}
}

// addSparse adds the weights of entries to sums. The body is unrolled by eight over an array, so
// that entries are read in place.
func addSparse(sums []int32, entries []Synapse) {
	for len(entries) >= 8 {
		e := (*[8]Synapse)(entries)
		sums[e[0].Neuron] += int32(e[0].Weight)
		sums[e[1].Neuron] += int32(e[1].Weight)
		sums[e[2].Neuron] += int32(e[2].Weight)
		sums[e[3].Neuron] += int32(e[3].Weight)
		sums[e[4].Neuron] += int32(e[4].Weight)
		sums[e[5].Neuron] += int32(e[5].Weight)
		sums[e[6].Neuron] += int32(e[6].Weight)
		sums[e[7].Neuron] += int32(e[7].Weight)
		entries = entries[8:]
	}
	for _, entry := range entries {
		sums[entry.Neuron] += int32(entry.Weight)
	}
}

// deliverPlastic adds the upper bytes of a plastic row, and records the spike for learning. The
// zeros that fill the row's bytes up to whole blocks change no sum. Its nonzero weights are counted
// here, unless a row reaches several populations, which none that learns does.
func (c *Core) deliverPlastic(axon, index int32, r *Row) {
	if !c.shares.split(axon) {
		c.into[c.firstShare(axon)].Synops += int64(c.plastic.synops[index])
	}
	of := &c.rowBytes[index]
	c.deliverBytes(r.First, c.plastic.bytes.row(of))
	if c.learning && of.learner >= 0 {
		c.plastic.learners[of.learner].arrive(of.source)
	}
}

// deliverBytes adds weights of a byteStore by lanes, for the blocks from that of
// the first neuron on: what lanes add too much, they hold too little.
func (c *Core) deliverBytes(first int32, weights []int8) {
	addLanes(c.lanes.blocks[first>>3:], weights)
	if c.lanes.rows++; c.lanes.rows == laneRows {
		c.flush()
	}
}

// deliverOthers spreads one weight over the run and takes it back from the
// excluded neuron.
func (c *Core) deliverOthers(r *Row) {
	weight, exclude := r.others()
	c.spread.add(r.First, r.First+r.Count, weight)
	if exclude >= 0 {
		c.accumulator[exclude] -= weight
	}
}

// flush adds everything delivered to the accumulators.
func (c *Core) flush() {
	if c.lanes.rows > 0 {
		c.lanes.addTo(c.accumulator)
	}
	if c.spread.pending {
		c.spread.addTo(c.accumulator)
	}
}

// spread collects additions of one value to a run of neurons as a step up where the run starts and
// a step down after its end: a row that inhibits all others costs two additions, and the running
// sum of the steps is taken once per tick.
type spread struct {
	steps   []int32 // one more than neurons
	pending bool
}

func makeSpread(neurons int) spread { return spread{steps: make([]int32, neurons+1)} }

func (s *spread) add(first, last, value int32) {
	s.steps[first] += value
	s.steps[last] -= value
	s.pending = true
}

// addTo adds what was collected to the sums and clears it.
func (s *spread) addTo(sums []int32) {
	var level int32
	steps := s.steps[:len(sums)]
	for n := range sums {
		level += steps[n]
		sums[n] += level
	}
	clear(s.steps)
	s.pending = false
}

// merge knows which axons had a spike in the coming tick.
type merge struct {
	stamps []uint32
	now    uint32
}

func makeMerge(axons int) merge { return merge{stamps: make([]uint32, axons), now: 1} }

// first reports whether the axon has had no spike yet, and notes one.
func (m *merge) first(axon int32) bool {
	if m.stamps[axon] == m.now {
		return false
	}
	m.stamps[axon] = m.now
	return true
}

// next starts a tick.
func (m *merge) next() {
	m.now++
	if m.now == 0 { // stamps of 2^32 ticks ago must not count
		clear(m.stamps)
		m.now = 1
	}
}

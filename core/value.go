package core

import (
	"math/bits"
	"slices"
)

// Some spikes carry a value (docs/neurocore.md, section 12): what a graded neuron sends, or how
// often one of model shift fired. A core keeps what its neurons sent, by tick, and the receiving
// core reads it when the spike is due. The configuration says which axons those are; the engine
// connects their sources (SetValueSource).

// values is the further state of a core with valued axons or neurons of model shift.
type values struct {
	// late are the spikes of the coming tick, coming its number.
	late   []valued
	coming int32
	// origins are the source neurons of the valued axons, nil without any.
	origins []origin
	// sent are the values of spikes by tick, in a ring.
	sent []sentTick
	// second and moved are per neuron: the second current, and whether an arrival changed a
	// current; nil without neurons of model shift.
	second []int32
	moved  []bool
}

// valued is a spike on an axon with its value.
type valued struct{ axon, value int32 }

// origin is the source neuron of an axon.
type origin struct {
	from   *Core
	neuron int32
}

// sentTick are the spikes with a value of one tick, by ascending neuron in each group.
type sentTick struct {
	tick            int32
	neurons, values []int32
}

// waits reports whether what is delivered waits for the tick: in cores where the order of
// arrivals matters, or spikes carry values.
func (s *tables) waits() bool { return s.hasValues || s.hasShift }

// entrance is how the weights of a row enter a current: shifted, and which.
type entrance struct {
	shift  uint8
	second bool
}

// loadValues finds out where what is delivered waits for the tick.
func (s *tables) loadValues(cfg *Config) {
	s.fullV, s.fullU = makeFull(cfg.Widths.Potential), makeFull(cfg.Widths.Current)
	for i := range cfg.Axons {
		s.hasValues = s.hasValues || cfg.Axons[i].Value > 0
	}
	if !s.waits() {
		return
	}
	s.groupOf = make([]int32, cfg.Neurons())
	for i := range s.groups {
		for n := s.groups[i].first; n < s.groups[i].last; n++ {
			s.groupOf[n] = int32(i)
		}
	}
	for i := range cfg.Rows {
		in := entrance{cfg.Rows[i].Shift, cfg.Rows[i].Second}
		if cfg.Rows[i].Format == Others {
			in.shift = 0 // its weight is shifted already
		}
		s.entrances = append(s.entrances, in)
	}
	for _, a := range cfg.Axons {
		reach := cfg.reach(&cfg.Rows[a.Row])
		feedsShift := reach[0] <= reach[1] && cfg.Groups[s.groupOf[reach[0]+a.Base]].shifts()
		s.feedsShift = append(s.feedsShift, feedsShift)
	}
}

// makeValues makes the state of a core that waits, or whose neurons send values.
func (c *Core) makeValues() {
	if !c.hasShift {
		return
	}
	c.moved = make([]bool, len(c.v0))
	if c.current == nil {
		c.current = make([]int32, len(c.v0))
	}
	if c.hasSecond {
		c.second = make([]int32, len(c.v0))
	}
}

// beginValues clears what was sent in another sample.
func (c *Core) beginValues() {
	clear(c.second)
	clear(c.moved)
	c.late, c.coming = c.late[:0], 0
	for i := range c.sent {
		c.sent[i].tick = -1
	}
}

// KeepValues makes the core store the values that its neurons send, for a number of ticks.
func (c *Core) KeepValues(ticks int) {
	size := 1
	for size < ticks {
		size <<= 1
	}
	c.sent = make([]sentTick, size)
	c.beginValues()
}

// FeedsShiftNeurons reports whether the targets of an axon entry are neurons of model shift.
func (c *Core) FeedsShiftNeurons(axon int32) bool { return c.waits() && c.feedsShift[axon] }

// SetValueSource connects a valued axon to its source, a neuron of core from, on which KeepValues
// must have been called. An axon has one such source, or none.
func (c *Core) SetValueSource(axon int32, from *Core, neuron int32) {
	if c.origins == nil {
		c.origins = make([]origin, len(c.axons))
	}
	c.origins[axon] = origin{from, neuron}
}

// send keeps the value of a spike.
func (c *Core) send(t, n, value int32) {
	if len(c.sent) == 0 {
		return
	}
	at := &c.sent[int(t)&(len(c.sent)-1)]
	if at.tick != t {
		at.tick, at.neurons, at.values = t, at.neurons[:0], at.values[:0]
	}
	at.neurons, at.values = append(at.neurons, n), append(at.values, value)
}

// valueOf is the value of a spike that is due on an axon in the next tick: 1 if it carries none.
func (c *Core) valueOf(axon int32) int32 {
	if c.origins == nil || c.origins[axon].from == nil {
		return 1
	}
	o := &c.origins[axon]
	t := c.coming - 1 - int32(c.axons[axon].Delay)
	if t < 0 || len(o.from.sent) == 0 {
		return 1
	}
	at := &o.from.sent[int(t)&(len(o.from.sent)-1)]
	if k, found := slices.BinarySearch(at.neurons, o.neuron); found && at.tick == t {
		return at.values[k]
	}
	return 1
}

// DeliverValue delivers a spike with a value: the axon must be valued and have no source neuron
// (SetValueSource).
func (c *Core) DeliverValue(axon, value int32) {
	c.touched = true
	c.countValued(axon, value)
	c.late = append(c.late, valued{axon, value})
}

// deliverLate delivers to a core that waits: what arrives at currents or carries a value
// is counted, and kept for the coming tick.
func (c *Core) deliverLate(axons []int32) {
	for _, axon := range axons {
		switch entry := &c.axons[axon]; {
		case !c.feedsShift[axon] && entry.Value == 0:
			one := [...]int32{axon}
			c.deliverNow(one[:])
		case c.widths.MergeDuplicates && !c.merge.first(axon):
			c.into[c.firstShare(axon)].Merges++
		default:
			c.DeliverValue(axon, c.valueOf(axon))
		}
	}
}

// passes is the number of times that the row of an axon is added for a value.
func (c *Core) passes(axon, value int32) int64 {
	if c.feedsShift[axon] {
		return int64(max(value, 0))
	}
	return int64(bits.OnesCount32(uint32(max(value, -value))))
}

// countValued counts a delivery, whose row is added once for each pass.
func (c *Core) countValued(axon, value int32) {
	r, passes := &c.reads[c.axons[axon].Row], c.passes(axon, value)
	if !c.shares.split(axon) {
		n := c.into[c.firstShare(axon)]
		n.countDelivery(r)
		n.SynapticAdds += repeated(int64(r.adds), uint(passes)) - int64(r.adds)
		return
	}
	c.countShared(axon, r)
	for _, s := range c.shares.spans[-1-c.shares.of[axon]] {
		c.into[s.share].SynapticAdds += repeated(int64(s.adds), uint(passes)) - int64(s.adds)
	}
}

// takeLate adds what is due to accumulators and currents, by ascending axons.
func (c *Core) takeLate(t, inputTicks int32) {
	slices.SortStableFunc(c.late, func(a, b valued) int { return int(a.axon - b.axon) })
	for _, v := range c.late {
		at := c.axons[v.axon].Row
		r := &c.rows[at]
		if c.feedsShift[v.axon] {
			in := c.entrances[at]
			c.eachEntry(v.axon, r, func(n, weight int32) {
				g := &c.groups[c.groupOf[n]]
				if since := int64(t) - g.depth; since >= 0 && since < int64(inputTicks) {
					c.arrive(n, weight<<in.shift, v.value, in.second && g.shift.Second)
				}
			})
			continue
		}
		c.addProduct(v.axon, r, v.value)
	}
	c.late = c.late[:0]
}

// addProduct adds the products of a row's weights with a value: the weights, shifted, for
// each bit of its magnitude that is set, or taken away where it is negative.
func (c *Core) addProduct(axon int32, r *Row, value int32) {
	for magnitude := uint32(max(value, -value)); magnitude != 0; magnitude &= magnitude - 1 {
		place := bits.TrailingZeros32(magnitude)
		c.eachEntry(axon, r, func(n, weight int32) {
			if value < 0 {
				weight = -weight
			}
			c.accumulator[n] += weight << place
		})
	}
}

// eachEntry visits what a row adds to neurons, which is not plastic.
func (c *Core) eachEntry(axon int32, r *Row, visit func(neuron, weight int32)) {
	first := r.First + c.axons[axon].Base
	switch r.Format {
	case Dense8:
		for k, w := range c.dense8[r.Offset:][:r.Count] {
			visit(first+int32(k), int32(w))
		}
	case Dense16:
		for k, w := range c.dense16[r.Offset:][:r.Count] {
			visit(first+int32(k), int32(w))
		}
	case Sparse:
		for _, e := range c.sparse[r.Offset:][:r.Count] {
			visit(c.axons[axon].Base+int32(e.Neuron), int32(e.Weight))
		}
	case Others:
		weight, exclude := r.others()
		for n := first; n < first+r.Count; n++ {
			if n != exclude {
				visit(n, weight)
			}
		}
	case Typed:
		for k := range r.Count {
			if c.masks[r.Offset+int64(k)>>6]>>(k&63)&1 != 0 {
				visit(first+k, int32(c.types[r.Type][first+k]))
			}
		}
	}
}

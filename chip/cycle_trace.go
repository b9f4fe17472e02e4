package chip

// tellSpikes tells the tracer of the slots that fired up to a time after the
// update's start. Waiting comes after the slots before it.
func (e *Cycle) tellSpikes(i int, after int64) {
	c := &e.cores[i]
	for c.told < len(c.spikes) && c.spikes[c.told].after <= after {
		s := &c.spikes[c.told]
		e.tracer.Spike(c.start+s.after+c.shift, i, s.id)
		c.told++
	}
}

// traceCollect follows collect entry by entry: when the core works, and how
// many entries wait for it.
func (e *Cycle) traceCollect(i int, free int64) {
	c := &e.cores[i]
	held := len(c.axons) - len(c.at)
	span := [2]int64{free, free}
	waiting, arrived := held, 0
	begin := func(start, time int64) {
		for arrived < len(c.at) && c.at[arrived] <= start {
			waiting++
			e.tracer.Ingress(c.at[arrived], i, waiting)
			arrived++
		}
		if start != span[1] {
			e.work(i, PhaseDeliver, span[0], span[1])
			span[0] = start
		}
		span[1] = start + time
		waiting--
		e.tracer.Ingress(start, i, waiting)
	}
	for _, axon := range c.axons[len(c.at):] {
		begin(free, c.rows[axon])
		free += c.rows[axon]
	}
	for k, at := range c.at {
		free = max(free, at)
		begin(free, c.rows[c.axons[k]])
		free += c.rows[c.axons[k]]
	}
	e.work(i, PhaseDeliver, span[0], span[1])
}

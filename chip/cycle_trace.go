package chip

// tellSpikes reports to the tracer the slots that fired up to a time after the update's start.
// Waiting comes after the slots before it.
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
	span := [2]int64{free, free}
	waiting, arrived := len(c.held), 0
	begin := func(start, time int64) {
		for arrived < len(c.jobs) && c.jobs[arrived].at <= start {
			waiting++
			e.tracer.Ingress(c.jobs[arrived].at, i, waiting)
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
	for _, time := range c.held {
		begin(free, time)
		free += time
	}
	for _, j := range c.jobs {
		free = max(free, j.at)
		begin(free, j.time)
		free += j.time
	}
	e.work(i, PhaseDeliver, span[0], span[1])
}

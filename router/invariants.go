package router

// assert panics where an invariant of the clocked mesh does not hold. It stands
// behind `if invariants`.
func assert(holds bool, broken string) {
	if !holds {
		panic("router: " + broken)
	}
}

// checkEmpty checks that a mesh in which nothing happens holds nothing: every copy has
// arrived or is counted as lost, and every place is free or its credit on its way.
func (c *Clocked) checkEmpty() {
	assert(c.copies == 0, "packets were made or lost on the way")
	for tile, s := range c.wired() {
		assert(c.aside[tile].fifo.count == 0 && c.aside[tile].host.count == 0,
			"a packet never entered: deadlock")
		assert(s.left&lanes == 0, "a packet never left its buffer: deadlock")
		for in := range s.in {
			assert(s.in[in].seen == 0, "a packet never left its buffer: deadlock")
		}
	}
	for i := range c.cells {
		assert(c.cells[i].stamp < taken, "a packet never left its place")
	}
}

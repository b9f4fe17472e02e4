package router

// assert panics where an invariant of the clocked mesh does not hold. It is called only under `if
// invariants`.
func assert(holds bool, broken string) {
	if !holds {
		panic("router: " + broken)
	}
}

// checkEmpty checks that a mesh in which nothing happens holds nothing: every copy has
// arrived or is counted as lost, and every credit is back.
func (c *Clocked) checkEmpty() {
	assert(c.copies == 0, "packets were made or lost on the way")
	for tile, s := range c.wired() {
		assert(c.aside[tile].fifo.count == 0 && c.aside[tile].host.count == 0,
			"a packet never entered: deadlock")
		assert(s.left&lanes == 0, "a packet never left its buffer: deadlock")
		for port := range uint8(ports) {
			assert(c.inputs[tile][port].count == 0, "a packet never left its buffer: deadlock")
			assert(!s.leads(port) || s.credits[port] == c.credits, "a credit never came back")
		}
	}
	assert(c.returning.awaited == 0, "a router waits for a credit")
}

package router

// assert panics where an invariant of the clocked mesh does not hold. It stands
// behind `if invariants`.
func assert(holds bool, broken string) {
	if !holds {
		panic("router: " + broken)
	}
}

// checkEmpty checks that a mesh in which nothing happens holds nothing: every copy has
// arrived or is counted as lost, and every credit is back.
func (c *Clocked) checkEmpty() {
	assert(c.copies == 0, "packets were made or lost on the way")
	for _, s := range c.used() {
		assert(s.fifo.count == 0 && s.host.count == 0, "a packet never entered: deadlock")
		for port := range uint8(ports) {
			assert(s.in[port].count == 0, "a packet never left its buffer: deadlock")
			assert(int(s.out[port].credits+s.out[port].back) == c.timing.InputBuffer, "a credit was made or lost")
		}
	}
}

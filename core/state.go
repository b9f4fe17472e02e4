package core

import "fmt"

// State is the state of a core between two ticks: a core of the same configuration and mode, set to
// it, continues with the same results. State that is derived from it, such as which groups are
// quiet, is not part of it.
type State struct {
	// Potential, Current and Refractory have one entry per neuron; the last two none
	// where the core has none.
	Potential, Current []int32
	Refractory         []uint16
	// Passed are the boundaries of tables that each neuron has passed, or none where no
	// group has a table.
	Passed []uint16
	// Second are the second currents, one per neuron, or none where no group has one.
	Second []int32
	// Sent are the values of spikes that may still be due.
	Sent []SentTick
	// Host are the host currents, one per neuron, or none where none is set.
	Host []int32
	// Learned is the result of Core.Learned; outside of learning mode without weights, targets and
	// counters, which are those of the configuration.
	Learned Learned
	// Bar is the number of samples that a winner is barred for (SetBar).
	Bar uint16
	// Traces has an entry per Plasticity in learning mode, else none.
	Traces []Traces
}

// Traces are the times of the last spikes of a sample.
type Traces struct {
	// Pre and Post are the ticks of the last spike of each row and neuron; never means no spike.
	Pre, Post []int32
	// Coming is the tick in which delivered spikes count as arriving.
	Coming int32
}

// State returns a copy of the core's state, between two ticks.
func (c *Core) State() State {
	c.flush()
	s := State{
		Potential:  append([]int32(nil), c.potential...),
		Current:    append([]int32(nil), c.current...),
		Refractory: append([]uint16(nil), c.refractory...),
		Passed:     append([]uint16(nil), c.passed...),
		Second:     append([]int32(nil), c.second...),
		Sent:       c.sentTicks(),
		Host:       c.host(),
		Bar:        c.bar,
	}
	if !c.learning {
		s.Learned.Theta = append([]int32(nil), c.theta...)
		s.Learned.Barred = append([]uint16(nil), c.barred...)
		return s
	}
	s.Learned = c.Learned()
	if c.plastic == nil {
		return s
	}
	for i := range c.plastic.learners {
		b := &c.plastic.learners[i]
		s.Traces = append(s.Traces, Traces{
			Pre: append([]int32(nil), b.lastPre...), Post: append([]int32(nil), b.lastPost...),
			Coming: b.coming,
		})
	}
	return s
}

// host returns the host currents, nil where none is set.
func (c *Core) host() []int32 {
	if len(c.hosted) == 0 || &c.drive[0] != &c.hosted[0] {
		return nil
	}
	currents := make([]int32, len(c.hosted))
	for n := range currents {
		currents[n] = int32(c.hosted[n] - c.biasV[n])
	}
	return currents
}

// SetState sets the core to a state that a core of its configuration and mode had before tick t.
// The caller calls Seed and CountInto. A state that no such core can have is an error, after which
// the core must not be used.
func (c *Core) SetState(s *State, t int32) error {
	if err := c.checkState(s, t); err != nil {
		return err
	}
	c.flush()
	clear(c.accumulator)
	c.endTick()
	copy(c.potential, s.Potential)
	copy(c.current, s.Current)
	copy(c.refractory, s.Refractory)
	copy(c.passed, s.Passed)
	c.setValues(s, t)
	c.emptyDead()
	c.SetHost(nil)
	if len(s.Host) > 0 {
		c.SetHost(s.Host)
	}
	c.restRefractory()
	c.bar = s.Bar
	if !c.learning {
		copy(c.theta, s.Learned.Theta)
		c.raiseThresholds()
		c.barred = append([]uint16(nil), s.Learned.Barred...) // nil where none is
		return nil
	}
	if err := c.SetLearned(s.Learned); err != nil {
		return err
	}
	for i := range s.Traces {
		c.plastic.learners[i].setTraces(&s.Traces[i])
	}
	return nil
}

// restRefractory finds the coming updates in which a neuron of each group may be
// refractory.
func (c *Core) restRefractory() {
	for i := range c.groups {
		c.resting[i] = 0
		if c.refractory == nil {
			continue
		}
		for _, r := range c.refractory[c.groups[i].first:c.groups[i].last] {
			c.resting[i] = max(c.resting[i], r)
		}
	}
}

// setTraces puts back the last spikes of a sample.
func (b *learner) setTraces(s *Traces) {
	b.forgetArrivals()
	clear(b.seen)
	copy(b.lastPre, s.Pre)
	for i, last := range b.lastPre {
		if last != never {
			b.seen[i>>6] |= 1 << (uint(i) & 63)
		}
	}
	copy(b.lastPost, s.Post)
	b.coming = s.Coming
	b.spiked = b.spiked[:0]
	for j, last := range b.lastPost {
		if last != never {
			b.spiked = append(b.spiked, int32(j))
		}
	}
}

// checkState refuses a state that no core of this configuration and mode has before
// tick t.
func (c *Core) checkState(s *State, t int32) error {
	traces, host, barred := 0, 0, 0
	if c.learning && c.plastic != nil {
		traces = len(c.plastic.learners)
	}
	if len(s.Host) > 0 {
		host = len(c.potential)
	}
	if len(s.Learned.Barred) > 0 {
		barred = len(c.potential)
	}
	for _, part := range []struct {
		name       string
		have, want int
	}{
		{"potentials", len(s.Potential), len(c.potential)},
		{"currents", len(s.Current), len(c.current)},
		{"refractory counters", len(s.Refractory), len(c.refractory)},
		{"passed boundaries", len(s.Passed), len(c.passed)},
		{"second currents", len(s.Second), len(c.second)},
		{"host currents", len(s.Host), host},
		{"thresholds", len(s.Learned.Theta), len(c.theta)},
		{"barred neurons", len(s.Learned.Barred), barred},
		{"traces", len(s.Traces), traces},
	} {
		if part.have != part.want {
			return fmt.Errorf("state with %d %s: this core has %d", part.have, part.name, part.want)
		}
	}
	if err := c.checkRegisters(s); err != nil {
		return err
	}
	if err := c.checkPassed(s, t); err != nil {
		return err
	}
	if err := c.checkSent(s, t); err != nil {
		return err
	}
	for i := range s.Traces {
		if err := c.plastic.learners[i].checkTraces(&s.Traces[i], t); err != nil {
			return err
		}
	}
	return nil
}

// checkPassed refuses boundaries that no neuron has passed before tick t.
func (c *Core) checkPassed(s *State, t int32) error {
	if c.passed == nil {
		return nil
	}
	for i := range c.groups {
		g := &c.groups[i]
		for n := g.first; n < g.last; n++ {
			if !g.code.passes(uint(s.Passed[n]), int64(t)-g.depth) {
				return fmt.Errorf("state with %d boundaries that neuron %d passed before tick "+
					"%d: it can have passed no such number", s.Passed[n], n, t)
			}
		}
	}
	return nil
}

// checkRegisters refuses values that do not fit their registers.
func (c *Core) checkRegisters(s *State) error {
	for _, register := range []struct {
		name   string
		bits   uint8
		values []int32
	}{
		{"potential", c.widths.Potential, s.Potential},
		{"threshold", c.widths.Potential, s.Learned.Theta},
		{"current", c.widths.Current, s.Current},
		{"second current", c.widths.Current, s.Second},
	} {
		for n, v := range register.values {
			if v>>(register.bits-1) != v>>31 {
				return fmt.Errorf("state with %s %d of neuron %d: the register has %d bits",
					register.name, v, n, register.bits)
			}
		}
	}
	for i := range c.groups {
		g := &c.groups[i]
		for n := g.first; len(s.Refractory) > 0 && n < g.last; n++ {
			if s.Refractory[n] > g.refractory {
				return fmt.Errorf("state with %d refractory ticks of neuron %d: it has %d",
					s.Refractory[n], n, g.refractory)
			}
		}
	}
	return nil
}

// checkTraces refuses spikes from tick t on.
func (b *learner) checkTraces(s *Traces, t int32) error {
	if len(s.Pre) != len(b.lastPre) || len(s.Post) != len(b.lastPost) {
		return fmt.Errorf("state with traces of %d rows and %d neurons: %d and %d learn",
			len(s.Pre), len(s.Post), len(b.lastPre), len(b.lastPost))
	}
	if s.Coming < 0 || s.Coming > t {
		return fmt.Errorf("state of tick %d with spikes that arrive in tick %d", t, s.Coming)
	}
	for _, last := range [][]int32{s.Pre, s.Post} {
		for i, tick := range last {
			if tick != never && (tick < 0 || tick >= t) {
				return fmt.Errorf("state of tick %d with a spike of row or neuron %d in tick %d", t,
					i, tick)
			}
		}
	}
	return nil
}

package core

import "fmt"

// SentTick are the values of the spikes of a tick, by ascending neuron.
type SentTick struct {
	Tick            int32
	Neurons, Values []int32
}

// sentTicks are the values that the core keeps, by ascending tick.
func (c *Core) sentTicks() []SentTick {
	var out []SentTick
	for t := max(c.coming-int32(len(c.sent)), 0); t < c.coming; t++ {
		at := &c.sent[int(t)&(len(c.sent)-1)]
		if at.tick == t && len(at.neurons) > 0 {
			out = append(out, SentTick{t, append([]int32(nil), at.neurons...), append([]int32(nil),
				at.values...)})
		}
	}
	return out
}

// setValues puts back second currents and values that were sent before tick t.
func (c *Core) setValues(s *State, t int32) {
	c.beginValues()
	c.coming = t
	copy(c.second, s.Second)
	for _, tick := range s.Sent {
		for k, n := range tick.Neurons {
			c.send(tick.Tick, n, tick.Values[k])
		}
	}
}

// checkSent refuses values that no core has sent before tick t.
func (c *Core) checkSent(s *State, t int32) error {
	last := int32(-1)
	for _, tick := range s.Sent {
		if tick.Tick <= last || tick.Tick >= t || len(tick.Neurons) != len(tick.Values) {
			return fmt.Errorf("state of tick %d with %d values of %d spikes of tick %d", t,
				len(tick.Values), len(tick.Neurons), tick.Tick)
		}
		last = tick.Tick
		before := int32(-1)
		for k, n := range tick.Neurons {
			if v := tick.Values[k]; v>>maxGraded != v>>31 {
				return fmt.Errorf(
					"state of tick %d with value %d of neuron %d: it has at most %d bits",
					t, v, n, maxGraded)
			}
			if n <= before || int(n) >= len(c.potential) {
				return fmt.Errorf("state of tick %d with a value of neuron %d behind %d", t, n,
					before)
			}
			before = n
		}
	}
	return nil
}

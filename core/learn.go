package core

import (
	"fmt"

	"adder/fixedpoint"
)

// Seed sets the source of the random draws of the next sample, and the sample's number, which keys
// them. Until it is called a core draws from seed 0, sample 0.
func (c *Core) Seed(source fixedpoint.Source, sample uint64) {
	c.source, c.sample = source, sample
}

// SetLearning switches learning on or off, before a sample. A core that learns for the first time
// copies the plastic weights; forks made from it later start from the configuration's again.
func (c *Core) SetLearning(on bool) {
	if on && !c.learning && !c.learned {
		c.learned = true
		if c.plastic != nil {
			c.plastic = c.plastic.clone()
		}
		c.target = append([]int32(nil), c.target...)
	}
	c.learning = on
}

// SetBar sets the number of samples in which a neuron that has won, while learning, is barred from
// firing: those after the sample that it won.
func (c *Core) SetBar(samples uint16) {
	if samples > 0 && c.barred == nil {
		c.barred = make([]uint16, len(c.potential))
	}
	c.bar = samples
}

// learn applies a tick to the plastic weights, in learning mode.
func (c *Core) learn(tick int32, fired []int32) {
	if c.plastic == nil {
		return
	}
	for i := range c.plastic.learners {
		c.plastic.learners[i].learn(c, tick, fired)
	}
}

// EndSample ends a sample in learning mode, after its last Tick: targets move, the neurons that won
// are normalised, adaptive thresholds fall and barred neurons count down (docs/neurocore.md,
// section 6).
func (c *Core) EndSample() {
	if !c.learning {
		return
	}
	if c.plastic != nil {
		for i := range c.plastic.learners {
			b := &c.plastic.learners[i]
			c.countBars(b)
			b.endSample(c)
		}
	}
	for i := range c.groups {
		c.fall(&c.groups[i])
	}
}

// countBars starts the bar of neurons that won and shortens that of others.
func (c *Core) countBars(b *learner) {
	if c.barred == nil {
		return
	}
	barred := c.barred[b.first:][:b.count]
	for j := range barred {
		if b.lastPost[j] != never {
			barred[j] = c.bar
			continue
		}
		barred[j] = max(barred[j], 1) - 1
	}
}

// Learned is the learned state of a core: all that differs from its configuration between two
// samples.
type Learned struct {
	// Weights are the plastic weights, as Config.Plastic holds them.
	Weights []uint16
	// Theta and Target have one entry per neuron, or none where the core
	// has none.
	Theta, Target []int32
	// Barred has one entry per neuron, or none where none was ever barred.
	Barred []uint16
	// Pool and Samples have one entry per Plasticity: wins that no target
	// has yet, and samples since the last sweep.
	Pool, Samples []int32
}

// Learned returns a copy of what the core has learned.
func (c *Core) Learned() Learned {
	l := Learned{
		Theta:  append([]int32(nil), c.theta...),
		Target: append([]int32(nil), c.target...),
		Barred: append([]uint16(nil), c.barred...),
	}
	if c.plastic == nil {
		return l
	}
	l.Weights = append([]uint16(nil), c.initial...)
	for i := range c.plastic.learners {
		b := &c.plastic.learners[i]
		b.transpose(func(row, j int32, w *uint16) {
			l.Weights[c.rows[b.firstRow+row].Offset+int64(j)] = *w
		})
		l.Pool = append(l.Pool, b.pool)
		l.Samples = append(l.Samples, b.samples)
	}
	return l
}

// SetLearned sets the learned state to one that Learned returned, of this core or of one with the
// same configuration. The core must be in learning mode.
func (c *Core) SetLearned(l Learned) error {
	if !c.learning {
		return fmt.Errorf("a core takes what was learned in learning mode only")
	}
	if err := c.checkLearned(&l); err != nil {
		return err
	}
	copy(c.target, l.Target)
	copy(c.theta, l.Theta)
	c.raiseThresholds()
	c.barred = append([]uint16(nil), l.Barred...)
	if len(c.barred) == 0 {
		c.barred = nil
	}
	if c.plastic == nil {
		return nil
	}
	for i := range c.plastic.learners {
		b := &c.plastic.learners[i]
		b.pool, b.samples = l.Pool[i], l.Samples[i]
		b.transpose(func(row, j int32, w *uint16) {
			now := l.Weights[c.rows[b.firstRow+row].Offset+int64(j)]
			if now>>adderShift != *w>>adderShift {
				b.show(row, j, uint8(*w>>adderShift), uint8(now>>adderShift))
			}
			*w = now
		})
	}
	return nil
}

func (c *Core) checkLearned(l *Learned) error {
	learners := 0
	if c.plastic != nil {
		learners = len(c.plastic.learners)
	}
	for _, part := range []struct {
		name       string
		have, want int
	}{
		{"weights", len(l.Weights), len(c.initial)},
		{"thresholds", len(l.Theta), len(c.theta)},
		{"targets", len(l.Target), len(c.target)},
		{"pools", len(l.Pool), learners},
		{"sample counters", len(l.Samples), learners},
	} {
		if part.have != part.want {
			return fmt.Errorf("learned state with %d %s: this core has %d", part.have, part.name,
				part.want)
		}
	}
	if n := len(l.Barred); n != 0 && n != len(c.potential) {
		return fmt.Errorf("learned state with %d barred neurons: this core has %d", n,
			len(c.potential))
	}
	return nil
}

// AdaptiveThreshold is theta of neuron n, 0 for a neuron without.
func (c *Core) AdaptiveThreshold(n int) int32 {
	if c.theta == nil {
		return 0
	}
	return c.theta[n]
}

package core

import (
	"fmt"
	"slices"
)

// Faults are permanently broken neurons of a core (docs/neurocore.md, section 13). The zero Faults
// has none.
type Faults struct {
	// Dead neurons store nothing and never fire; Firing ones fire whenever they test. Both
	// are ascending, and no neuron is in both.
	Dead, Firing []int32
}

// none says that no neuron is broken.
func (f *Faults) none() bool { return len(f.Dead)+len(f.Firing) == 0 }

// health is the fault of a neuron.
type health uint8

const (
	sound health = iota
	dead
	firing
)

// NewBroken is New for a core with broken neurons.
func NewBroken(cfg *Config, f Faults) (*Core, error) {
	c, err := New(cfg)
	if err != nil || f.none() {
		return c, err
	}
	if c.tables.health, err = f.of(cfg); err != nil {
		return nil, err
	}
	for i := range c.tables.groups {
		g := &c.tables.groups[i]
		g.broken = slices.ContainsFunc(c.tables.health[g.first:g.last], func(h health) bool {
			return h != sound
		})
	}
	return newCore(c.tables), nil
}

// of has what is wrong with each neuron.
func (f *Faults) of(cfg *Config) ([]health, error) {
	out := make([]health, cfg.Neurons())
	for kind, list := range map[health][]int32{dead: f.Dead, firing: f.Firing} {
		for k, n := range list {
			switch {
			case n < 0 || int(n) >= len(out):
				return nil, fmt.Errorf("broken neuron %d: the core has %d", n, len(out))
			case k > 0 && n <= list[k-1]:
				return nil, fmt.Errorf("broken neuron %d behind %d: they are ascending", n,
					list[k-1])
			case kind == firing && !cfg.Fires(n):
				return nil, fmt.Errorf("neuron %d cannot be stuck firing: it never tests", n)
			}
		}
	}
	for _, n := range f.Firing {
		out[n] = firing
	}
	for _, n := range f.Dead {
		if out[n] != sound {
			return nil, fmt.Errorf("neuron %d is dead and stuck firing: it is one of these", n)
		}
		out[n] = dead
	}
	return out, nil
}

// Fires reports whether neuron n of a valid configuration can fire. An integrator cannot, and of a
// max-pooling window or a pair of compartments only the last neuron can.
func (c *Config) Fires(n int32) bool {
	i, _ := slices.BinarySearchFunc(c.Groups, n, func(g Group, n int32) int {
		return int(g.First + g.Count - 1 - n)
	})
	if i == len(c.Groups) || c.Groups[i].Integrator {
		return false
	}
	g := &c.Groups[i]
	if g.Together() <= 1 {
		return true
	}
	last := g.First - 1
	for last < n {
		last += g.Together()
	}
	return last == n
}

// fail makes dead neurons of a group store nothing, after an integration that left in the
// accumulator what changed.
func (c *Core) fail(g *group, done *tally) {
	for n := g.first; n < g.last; n++ {
		if c.health[n] != dead {
			continue
		}
		if c.accumulator[n] != 0 {
			c.accumulator[n] = 0
			done.active--
		}
		c.empty(n)
	}
}

// empty makes neuron n store nothing.
func (c *Core) empty(n int32) {
	c.potential[n] = 0
	if c.current != nil {
		c.current[n] = 0
	}
}

// emptyDead makes all dead neurons of the core store nothing.
func (c *Core) emptyDead() {
	for n, h := range c.health {
		if h == dead {
			c.empty(int32(n))
		}
	}
}

// stick leaves, from index before on, those neurons of a group that fire, given those that a test
// found there: no dead ones, and all that are stuck.
func (c *Core) stick(g *group, out []int32, before int) []int32 {
	found := append(c.found[:0], out[before:]...)
	c.found = found
	out = out[:before]
	for n := g.first; n < g.last; n++ {
		fires := c.health[n] == firing
		if len(found) > 0 && found[0] == n {
			found = found[1:]
			fires = c.health[n] != dead
		}
		if fires {
			out = append(out, n)
		}
	}
	return out
}

// fireBroken is fireByMultiple and fireByTable for a group with broken neurons: what one that
// is stuck sends is taken from a potential that may be below it.
func (c *Core) fireBroken(g *group, i uint, out []int32, done *tally) []int32 {
	k := &g.code
	shift, step := uint(0), uint16(1)
	if k.kind == CodeRadix {
		shift, step = (k.bits-1-i)&63, 1<<((k.bits-1-i)&15)
	}
	for n := k.first; n < g.last; n += k.step {
		x, next := int64(c.threshold[n])<<shift, uint16(0)
		if k.table != nil {
			next = c.passed[n] + step
			x = int64(k.table[next-1])
		}
		v := int64(c.potential[n])
		if c.health[n] == dead || c.health[n] == sound && v < x {
			continue
		}
		out = append(out, n)
		if k.table != nil {
			c.passed[n] = next
			continue
		}
		if v -= x; !c.registerV.fits(v) {
			v = c.registerV.limit(v)
			done.saturated++
		}
		c.potential[n] = int32(v)
	}
	return out
}

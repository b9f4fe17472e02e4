package chip

import (
	"fmt"
	"slices"

	"adder/core"
)

// valueSource is the source neuron of an axon whose spikes carry values.
type valueSource struct {
	core, axon   int32 // that receives
	from, neuron int32
}

// findValues lists the source neurons of axons with values, by the routes. It is an error if an
// axon would receive values of two neurons, or expects none.
func (c *Chip) findValues() error {
	known := map[[2]int32]bool{}
	for i := range c.image.Cores {
		cfg := &c.image.Cores[i].Config
		if !sendsValues(cfg) {
			continue
		}
		routes := &c.image.Routes.Neurons[c.image.Cores[i].Tile]
		for n := range routes.Sources() {
			sends := valuesOf(cfg, int32(n))
			for _, d := range routes.Of(n) {
				to := c.coreAt[d.Core]
				switch has := c.image.Cores[to].Config.Axons[d.Axon].Value > 0; {
				case sends && !has:
					return fmt.Errorf("neuron %d of tile %d sends values to axon %d of tile %d, "+
						"which has none",
						n, c.image.Cores[i].Tile, d.Axon, d.Core)
				case !has:
					continue
				}
				if graded(cfg, int32(n)) && c.cores[to].FeedsShiftNeurons(d.Axon) {
					return fmt.Errorf("neuron %d of tile %d sends graded spikes to axon %d of "+
						"tile %d, into "+
						"neurons of model shift", n, c.image.Cores[i].Tile, d.Axon, d.Core)
				}
				key := [2]int32{to, d.Axon}
				if known[key] {
					return fmt.Errorf("axon %d of tile %d has values of two neurons", d.Axon,
						d.Core)
				}
				known[key] = true
				c.valued = append(c.valued, valueSource{to, d.Axon, int32(i), int32(n)})
			}
		}
	}
	return nil
}

// sendsValues reports whether spikes of any neuron of a core carry values.
func sendsValues(cfg *core.Config) bool {
	for i := range cfg.Groups {
		if g := &cfg.Groups[i]; g.Graded > 0 || g.Shift.Most > 1 {
			return true
		}
	}
	return false
}

// valuesOf reports whether the spikes of a neuron carry values, graded whether they are
// graded.
func valuesOf(cfg *core.Config, n int32) bool {
	g := groupOf(cfg, n)
	return g.Graded > 0 || g.Shift.Most > 1
}

func graded(cfg *core.Config, n int32) bool { return groupOf(cfg, n).Graded > 0 }

// groupOf is the group of a neuron.
func groupOf(cfg *core.Config, n int32) *core.Group {
	return &cfg.Groups[slices.IndexFunc(cfg.Groups,
		func(g core.Group) bool { return n < g.First+g.Count })]
}

// wireValues connects forks of the cores so that they read the values of each other's spikes. They
// are kept for the longest delay of an axon, a window, and as long as a core can be ahead of its
// targets.
func (c *Chip) wireValues(cores []*core.Core) {
	if len(c.valued) == 0 {
		return
	}
	const longest = 256 + 2*windowTicks
	for _, k := range cores {
		k.KeepValues(longest + sharedTicks*len(cores))
	}
	for _, v := range c.valued {
		cores[v.core].SetValueSource(v.axon, cores[v.from], v.neuron)
	}
}

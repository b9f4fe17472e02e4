package chip

import (
	"fmt"

	"adder/chip/profile"
	"adder/core"
	"adder/router"
)

// cyclePlan is what the cycle engines of a chip share: the times of its parts
// and the route trees.
type cyclePlan struct {
	mesh   router.Timing
	forest *router.Forest
	// barrier is the time of one barrier.
	barrier int64
	// rows[i][a] is the time that core i works on a packet at axon entry a.
	rows [][]int64
	// neurons[i][n] and inputs[k] are the trees of multicast packets.
	neurons [][]router.Route
	inputs  []router.Route
}

func newCyclePlan(c *Chip) (*cyclePlan, error) {
	t := c.profile.Timing
	mesh, err := meshTiming(t, c.profile.Drops, c.topology.Classes())
	if err != nil {
		return nil, err
	}
	p := &cyclePlan{mesh: mesh, forest: router.NewForest(c.topology), barrier: c.barrier()}
	for i := range c.image.Cores {
		p.rows = append(p.rows, rowTimes(&t.Core, &c.image.Cores[i].Config))
	}
	if c.image.Routes.Unicast {
		return p, nil
	}
	for i := range c.image.Cores {
		tile := c.image.Cores[i].Tile
		p.neurons = append(p.neurons, plant(p.forest, c.topology.At(tile), &c.image.Routes.Neurons[tile]))
	}
	if len(c.image.Routes.Ports) > 0 {
		port := &c.image.Routes.Ports[c.image.Input.Port]
		p.inputs = plant(p.forest, port.At, &port.Routes)
	}
	return p, nil
}

// plant adds the trees of sources at a tile to a forest.
func plant(f *router.Forest, from router.Coord, routes *router.Routes) []router.Route {
	roots := make([]router.Route, routes.Sources())
	var cores []router.Core
	for i := range roots {
		cores = router.Cores(routes.Of(i), cores[:0])
		roots[i] = f.Add(from, cores)
	}
	return roots
}

// meshTiming is the timing of a mesh whose links have these classes.
func meshTiming(t *profile.Timing, drops profile.Drops, classes []string) (router.Timing, error) {
	r := &t.Router
	out := router.Timing{
		Pipeline: int64(r.Pipeline), Local: int64(r.Local),
		InputBuffer: r.InputBuffer, OutputFIFO: t.Core.OutputFIFO, DropWhenFull: drops == profile.DropWhenFull,
	}
	for c, class := range classes {
		time, ok := r.Link(class)
		if !ok {
			return out, fmt.Errorf("links of class %s have no time: the profile's router section gives none", class)
		}
		out.Links[c] = int64(time)
	}
	return out, out.Validate(classes)
}

// barrier is the time of a barrier across the tiles in use.
func (c *Chip) barrier() int64 {
	if len(c.image.Cores) == 0 {
		return 0
	}
	var tiles []router.Core
	for i := range c.image.Cores {
		tiles = append(tiles, c.image.Cores[i].Tile)
	}
	hops := router.Span(c.topology, tiles)
	return int64(c.profile.Timing.Barrier.Cycles(len(c.image.Cores), hops))
}

// rowTimes is how long a core works on a packet at each of its axon entries.
func rowTimes(t *profile.CoreTiming, cfg *core.Config) []int64 {
	byRow := make([]int64, len(cfg.Rows))
	for i := range cfg.Rows {
		byRow[i] = rowTime(t, &cfg.Widths, &cfg.Rows[i])
	}
	times := make([]int64, len(cfg.Axons))
	for a := range cfg.Axons {
		times[a] = byRow[cfg.Axons[a].Row]
	}
	return times
}

// rowTime is the time of one packet (profile.CoreTiming): the words of a row
// are read while the lanes add those read before.
func rowTime(t *profile.CoreTiming, w *core.Widths, r *core.Row) int64 {
	step := t.DenseStep
	switch r.Format {
	case core.Sparse:
		step = t.SparseStep
	case core.Others:
		step = t.OthersStep
	}
	words := (w.BitsRead(r) + t.MemoryWord - 1) / t.MemoryWord
	groups := (int64(r.Additions()) + int64(t.Lanes) - 1) / int64(t.Lanes)
	return int64(t.AxonLookup) + int64(t.RowStart) + max(words*int64(t.MemoryCycle), groups*int64(step))
}

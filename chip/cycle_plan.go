package chip

import (
	"fmt"
	"slices"

	"adder/chip/profile"
	"adder/core"
	"adder/router"
)

// cyclePlan is the tables shared by the cycle engines of a chip: the times of its parts and the
// route trees.
type cyclePlan struct {
	mesh   router.Timing
	forest *router.Forest
	// barrier is the time of one barrier.
	barrier int64
	// rows[i][a] is the time that core i works on a packet at axon entry a.
	rows [][]int64
	// delay is the time of a packet at an axon entry that holds it, delays says which cores
	// have such.
	delay  int64
	delays []bool
	// neurons[i][n] and inputs[k] are the trees of multicast packets.
	neurons [][]router.Route
	inputs  []router.Route
	// around are the routes of unicast packets that go around dead links, nil where they go
	// as the mesh has it.
	around map[way]router.Route
}

// way is a source of packets and the core that one goes to.
type way struct{ from, to router.Core }

func newCyclePlan(c *Chip) (*cyclePlan, error) {
	t := c.profile.Timing
	mesh, err := meshTiming(t, c.profile.Drops, c.topology.Classes())
	if err != nil {
		return nil, err
	}
	p := &cyclePlan{mesh: mesh, forest: router.NewForest(c.topology), barrier: c.barrier(),
		delay: int64(t.Core.AxonLookup) + int64(t.Core.DelayWrite)}
	rows := c.profile.RowTiming()
	for i := range c.image.Cores {
		cfg := &c.image.Cores[i].Config
		p.rows = append(p.rows, rowTimes(rows, cfg))
		p.delays = append(p.delays,
			slices.ContainsFunc(cfg.Axons, func(a core.Axon) bool { return a.Delay > 0 }))
	}
	if c.image.Routes.Unicast {
		p.leadAround(c)
		return p, nil
	}
	for i := range c.image.Cores {
		tile := c.image.Cores[i].Tile
		p.neurons = append(p.neurons,
			plant(p.forest, c.topology.At(tile), &c.image.Routes.Neurons[tile]))
	}
	if len(c.image.Routes.Ports) > 0 {
		port := &c.image.Routes.Ports[c.image.Input.Port]
		p.inputs = plant(p.forest, port.At, &port.Routes)
	}
	return p, nil
}

// leadAround finds the routes of unicast packets on a mesh with dead links.
func (p *cyclePlan) leadAround(c *Chip) {
	if c.broken.Topology == nil {
		return
	}
	p.around = map[way]router.Route{}
	add := func(source router.Core, at router.Coord, routes *router.Routes) {
		for _, d := range routes.Dests {
			// which has each once
			p.around[way{source, d.Core}] = p.forest.Add(at, []router.Core{d.Core})
		}
	}
	for i := range c.image.Cores {
		tile := c.image.Cores[i].Tile
		add(tile, c.topology.At(tile), &c.image.Routes.Neurons[tile])
	}
	for k := range c.image.Routes.Ports {
		port := &c.image.Routes.Ports[k]
		add(router.HostPort(k), port.At, &port.Routes)
	}
}

// routeOf is that of a unicast packet.
func (p *cyclePlan) routeOf(source, to router.Core) router.Route {
	if p.around == nil {
		return router.To(to)
	}
	return p.around[way{source, to}]
}

// treeOf is the tree of neuron n of core i, NoRoute on a unicast mesh.
func (p *cyclePlan) treeOf(i int, n int32) router.Route {
	if p.neurons == nil {
		return router.NoRoute
	}
	return p.neurons[i][n]
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
		InputBuffer: r.InputBuffer, OutputFIFO: t.Core.OutputFIFO,
		DropWhenFull: drops == profile.DropWhenFull,
	}
	for c, class := range classes {
		time, ok := r.Link(class)
		if !ok {
			return out, fmt.Errorf("links of class %s have no time: the profile gives no "+
				"timing.router.%s; "+
				"write it into one of your own, or take the fast engine", class, class)
		}
		out.Links[c], out.Gaps[c] = int64(time), int64(r.Interval(class))
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
	whole := c.image.Routes.Topology() // the barrier's wires are not those of the mesh
	cycles := c.profile.Timing.Barrier.Cycles(len(c.image.Cores), router.Span(whole, tiles))
	if b, ok := whole.(*router.Board); ok {
		cycles += c.profile.Timing.Barrier.PerBorder * profile.Cycles(b.Borders(tiles))
	}
	return int64(cycles)
}

// rowTimes is how long a core works on a packet at each of its axon entries.
func rowTimes(t *profile.CoreTiming, cfg *core.Config) []int64 {
	byRow := make([]int64, len(cfg.Rows))
	for i := range cfg.Rows {
		byRow[i] = int64(t.AxonLookup) + int64(t.RowStart) + rowTime(t, cfg, &cfg.Rows[i])
	}
	times := make([]int64, len(cfg.Axons))
	for a := range cfg.Axons {
		times[a] = byRow[cfg.Axons[a].Row]
		if bits := cfg.Axons[a].Value; bits > 0 { // a pass of the row for each bit but the sign
			row := times[a] - int64(t.AxonLookup) - int64(t.RowStart)
			times[a] += row * int64(bits-2)
		}
	}
	return times
}

// rowTime is the time of a row after its start (docs/cycle-engine.md, section 2): the words of a
// row are read while the lanes add those read before.
func rowTime(t *profile.CoreTiming, cfg *core.Config, r *core.Row) int64 {
	switch r.Format {
	case core.Sparse:
		entry := cfg.Widths.BitsRead(&core.Row{Format: core.Sparse, WeightBits: r.WeightBits,
			Count: 1})
		return sparseTime(t, entry, cfg.Sparse[r.Offset:][:r.Count])
	case core.Others:
		return max(words(t, cfg.BitsRead(r)), groups(t, r.Count, t.OthersStep))
	case core.Typed:
		return max(words(t, cfg.BitsRead(r)), groups(t, cfg.Additions(r), t.SparseStep))
	}
	return max(words(t, cfg.BitsRead(r)), groups(t, r.Count, t.DenseStep))
}

// words is the time of reading so many bits of synapse memory.
func words(t *profile.CoreTiming, bits int64) int64 {
	return (bits + t.MemoryWord - 1) / t.MemoryWord * int64(t.MemoryCycle)
}

// groups is the time of the additions of a run of neurons, a step per group of lanes.
func groups(t *profile.CoreTiming, count int32, step profile.Cycles) int64 {
	return (int64(count) + int64(t.Lanes) - 1) / int64(t.Lanes) * int64(step)
}

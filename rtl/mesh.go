package rtl

import (
	"adder/router"
)

// The ports of a router as its Verilog numbers them: the directions, then the core's.
const (
	corePort = 4
	ports    = 5
)

// meshDesign are the routers that packets pass.
type meshDesign struct {
	routers []routerDesign
	// at has the place of a tile's router in routers.
	at map[router.Coord]int
	// port is the tile where host packets enter.
	port router.Coord
}

// routerDesign is a router: what its table says, and by which ports packets come and
// go.
type routerDesign struct {
	at router.Coord
	// table has the ports by which each key leaves, 0 for one that does not pass.
	table []router.Ports
	// in are the ports by which keys come, out those by which they leave, and fixed
	// those inputs all of whose packets leave alike.
	in, out, fixed router.Ports
	// leave[i] are the ports by which packets leave that come by a fixed input.
	leave [ports]router.Ports
	// wires are the cycles of the wire into each input.
	wires [ports]int
	keys  int
}

func (d *Design) newMesh() meshDesign {
	topology := d.chip.Topology()
	m := meshDesign{at: map[router.Coord]int{}, port: d.img.Routes.Ports[d.img.Input.Port].At}
	for k := range d.keys.sources {
		s := &d.keys.sources[k]
		tree := router.NewTree(topology, s.tile, router.Cores(s.dests, nil))
		enters := map[router.Coord]int{s.tile: corePort}
		for _, b := range tree.Branches {
			r := m.router(d, b.At)
			r.pass(k, enters[b.At], b.Out)
			for dir := router.East; dir <= router.South; dir++ {
				if b.Out.Has(dir.Port()) {
					end, _ := topology.End(router.Link{From: b.At, Dir: dir})
					enters[end] = int(dir ^ 1)
				}
			}
		}
	}
	return m
}

// router finds or adds the router of a tile.
func (m *meshDesign) router(d *Design, at router.Coord) *routerDesign {
	if i, ok := m.at[at]; ok {
		return &m.routers[i]
	}
	r := routerDesign{at: at, table: make([]router.Ports, len(d.keys.sources))}
	topology, t := d.chip.Topology(), &d.timing.Router
	classes := topology.Classes()
	for dir := router.East; dir <= router.South; dir++ {
		r.wires[dir] = 1
		if from, ok := topology.End(router.Link{From: at, Dir: dir}); ok {
			time, _ := t.Link(classes[topology.Class(router.Link{From: from, Dir: dir ^ 1})])
			r.wires[dir] = max(int(time), 1)
		}
	}
	r.wires[corePort] = max(int(t.Local), 1)
	m.at[at] = len(m.routers)
	m.routers = append(m.routers, r)
	return &m.routers[len(m.routers)-1]
}

// pass has packets of a key come by an input and leave by some ports.
func (r *routerDesign) pass(key, in int, out router.Ports) {
	r.keys++
	r.table[key] = out
	r.out |= out
	bit := router.Ports(1) << in
	switch {
	case r.in&bit == 0:
		r.fixed |= bit
		r.leave[in] = out
	case r.leave[in] != out:
		r.fixed &^= bit
	}
	r.in |= bit
}

// memory is the table, a word per key.
func (r *routerDesign) memory(name string) *memory {
	m := &memory{name: name}
	for _, out := range r.table {
		m.add(new(word).put(int64(out), ports))
	}
	return m
}

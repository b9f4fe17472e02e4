package chip

import (
	"adder/router"
)

// Links is the traffic over the links of a chip, with Options.Links. Links are numbered by tile and
// direction (Chip.Link).
type Links struct {
	// Packets are those over each link: each hop of a packet, or of a copy of
	// it, once.
	Packets []int64
	// Stalls are the cycles that packets waited for each link, of the cycle engine; nil from the
	// fast one. With those on the way into the mesh, from core i of the image (Entry, which
	// includes the waits of the core) and from the host, they add up to Cycles.Stalls.
	Stalls, Entry []int64
	Host          int64
}

// linkShift is log2 of the links that leave a tile.
const linkShift = 2

func linkNumber(from router.Core, dir router.Direction) int {
	return int(from)<<linkShift + int(dir)
}

// Link is the tile that link i leaves and the one that it leads to; ok is false
// where there is none.
func (c *Chip) Link(i int) (from, to router.Core, ok bool) {
	from = router.Core(i >> linkShift)
	end, ok := c.topology.End(router.Link{From: c.topology.At(from),
		Dir: router.Direction(i & (1<<linkShift - 1))})
	if !ok {
		return from, 0, false
	}
	return from, c.topology.CoreAt(end), true
}

// LinkClass names the class of link i, which must exist.
func (c *Chip) LinkClass(i int) string {
	from := c.topology.At(router.Core(i >> linkShift))
	l := router.Link{From: from, Dir: router.Direction(i & (1<<linkShift - 1))}
	return c.topology.Classes()[c.topology.Class(l)]
}

// newLinks makes one without traffic.
func (c *Chip) newLinks(clocked bool) *Links {
	n := c.topology.Tiles() << linkShift
	l := &Links{Packets: make([]int64, n)}
	if clocked {
		l.Stalls, l.Entry = make([]int64, n), make([]int64, len(c.cores))
	}
	return l
}

// Add adds another sample's.
func (l *Links) Add(other *Links) {
	add := func(to *[]int64, from []int64) {
		if *to == nil && from != nil {
			*to = make([]int64, len(from))
		}
		for i, n := range from {
			(*to)[i] += n
		}
	}
	add(&l.Packets, other.Packets)
	add(&l.Stalls, other.Stalls)
	add(&l.Entry, other.Entry)
	l.Host += other.Host
}

// paths are the links that a spike of each source crosses.
type paths struct {
	start []int32
	links []int32
}

// of are those of source i.
func (p *paths) of(i int32) []int32 { return p.links[p.start[i]:p.start[i+1]] }

// trails are the paths of the input's port and of the neurons of each core.
type trails struct {
	port  paths
	cores []paths
}

// findTrails follows every route of the chip.
func (c *Chip) findTrails() *trails {
	t := &trails{}
	if len(c.image.Routes.Ports) > 0 {
		port := &c.image.Routes.Ports[c.image.Input.Port]
		t.port = c.follow(port.At, &port.Routes)
	}
	for i := range c.cores {
		tile := c.image.Cores[i].Tile
		t.cores = append(t.cores, c.follow(c.topology.At(tile), &c.image.Routes.Neurons[tile]))
	}
	return t
}

// follow lists the links that the sources at a tile use: every link of a tree
// once, or those of one packet per core.
func (c *Chip) follow(from router.Coord, routes *router.Routes) paths {
	p := paths{start: []int32{0}}
	crossed := map[int]int{} // link -> last source
	var cores []router.Core
	for i := range routes.Sources() {
		cores = router.Cores(routes.Of(i), cores[:0])
		for _, to := range cores {
			for l := range router.Links(c.topology, from, c.topology.At(to)) {
				link := linkNumber(c.topology.CoreAt(l.From), l.Dir)
				if !c.image.Routes.Unicast && crossed[link] == i+1 {
					continue
				}
				crossed[link] = i + 1
				p.links = append(p.links, int32(link))
			}
		}
		p.start = append(p.start, int32(len(p.links)))
	}
	return p
}

// cross counts spikes of a source on the links that they cross.
func (l *Links) cross(p *paths, source int32, spikes int64) {
	for _, link := range p.of(source) {
		l.Packets[link] += spikes
	}
}

// waits takes where packets waited in a sample.
func (e *Cycle) waits(l *Links) {
	e.mesh.Waits(func(from router.Core, dir router.Direction, cycles int64) {
		l.Stalls[linkNumber(from, dir)] += cycles
	}, func(at router.Core, host bool, cycles int64) {
		if host {
			l.Host += cycles
			return
		}
		l.Entry[e.run.chip.coreAt[at]] += cycles
	})
	for i := range e.cores {
		l.Entry[i] += e.cores[i].stalls
	}
}

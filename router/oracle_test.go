package router

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// slowMesh is the mesh of docs/cycle-engine.md, section 3, cycle by cycle and
// tile by tile: no events, no trees, no bits. A packet carries the cores that it
// still has to reach.
type slowMesh struct {
	mesh    Topology
	timing  Timing
	tiles   []slowTile
	now     int64
	wire    []slowPacket // on the wires, with the cycle of their arrival in since
	credits []slowCredit // on their way back
	parcels []parcel
	load    Load
	links   map[string]int32
	log     []string
}

type slowPacket struct {
	id    int32
	to    []Core
	class Class
	since int64
	tile  int
	port  int
}

type slowCredit struct {
	cycle      int64
	tile, port int
}

type slowTile struct {
	in         [ports][]slowPacket
	credits    [ports]int
	open       [ports]int64 // cycle from which a link takes the next packet
	turn       [ports]int
	fifo, host []slowPacket
	queue      []int32 // parcels that the core cannot offer yet
	waits      bool
	called     int64 // cycle of the next call for room, 0 for none
}

func newSlowMesh(m Topology, timing Timing) *slowMesh {
	s := &slowMesh{mesh: m, timing: timing, tiles: make([]slowTile, m.Tiles()),
		links: map[string]int32{}}
	for i := range s.tiles {
		for p := range ports {
			s.tiles[i].credits[p] = timing.InputBuffer
		}
	}
	return s
}

// wireTime is at least a cycle.
func (s *slowMesh) wireTime(tile, port int) int64 {
	if port == local {
		return max(1, s.timing.Local)
	}
	return max(1,
		s.timing.Links[s.mesh.Class(Link{From: s.mesh.At(Core(tile)), Dir: Direction(port)})])
}

// output is the port by which a packet leaves a tile for a core: the first link
// of the way.
func (s *slowMesh) output(tile int, core Core) int {
	links := walk(s.mesh, s.mesh.At(Core(tile)), s.mesh.At(core))
	if len(links) == 0 {
		return local
	}
	return int(links[0].Dir)
}

// beside is the tile next to another, and the side on which that lies there.
func (s *slowMesh) beside(tile, side int) (next, back int) {
	end, ok := s.mesh.End(Link{From: s.mesh.At(Core(tile)), Dir: Direction(side)})
	if !ok {
		panic("no link")
	}
	back = map[int]int{int(East): int(West), int(West): int(East), int(North): int(South),
		int(South): int(North)}[side]
	return int(s.mesh.CoreAt(end)), back
}

// run sends parcels, which ask for cycles after start, until none is left.
func (s *slowMesh) run(start int64, parcels []parcel) {
	s.now, s.parcels = start, parcels
	for id, p := range parcels {
		parcels[id].arrived, parcels[id].lost = map[Core]int64{}, 0
		if p.host {
			s.tiles[p.from].host = append(s.tiles[p.from].host,
				slowPacket{id: int32(id), to: p.to, class: ClassHost, since: start})
		}
	}
	for ; s.busy(start); s.now++ {
		s.receive()
		s.call(start)
		for tile := range s.tiles {
			s.step(tile)
		}
	}
}

// busy reports whether a packet is anywhere or to come.
func (s *slowMesh) busy(start int64) bool {
	for _, p := range s.parcels {
		if !p.host && start+p.at >= s.now {
			return true
		}
	}
	for i := range s.tiles {
		tile := &s.tiles[i]
		for _, in := range tile.in {
			if len(in) > 0 {
				return true
			}
		}
		if len(tile.fifo)+len(tile.host)+len(tile.queue) > 0 {
			return true
		}
	}
	return len(s.wire) > 0
}

// receive takes what is due in this cycle from the wires.
func (s *slowMesh) receive() {
	s.wire = slices.DeleteFunc(s.wire, func(p slowPacket) bool {
		if p.since > s.now {
			return false
		}
		in := &s.tiles[p.tile].in[p.port]
		*in = append(*in, p)
		s.load.MaxQueue = max(s.load.MaxQueue, len(*in))
		s.note("depth", p.tile, p.port, len(*in))
		return true
	})
	s.credits = slices.DeleteFunc(s.credits, func(c slowCredit) bool {
		if c.cycle > s.now {
			return false
		}
		s.tiles[c.tile].credits[c.port]++
		return true
	})
}

// call has cores offer what they have: what is new, and what found no room
// before.
func (s *slowMesh) call(start int64) {
	for id, p := range s.parcels {
		if tile := &s.tiles[p.from]; !p.host && start+p.at == s.now {
			if tile.queue = append(tile.queue, int32(id)); len(tile.queue) == 1 {
				s.offer(int(p.from))
			}
		}
	}
	for i := range s.tiles {
		if tile := &s.tiles[i]; tile.called == s.now && tile.called > 0 {
			tile.called = 0
			s.offer(i)
		}
	}
}

func (s *slowMesh) offer(i int) {
	tile := &s.tiles[i]
	for len(tile.queue) > 0 {
		if len(tile.fifo) == s.timing.OutputFIFO {
			tile.waits = true
			return
		}
		id := tile.queue[0]
		tile.queue = tile.queue[1:]
		tile.fifo = append(tile.fifo, slowPacket{id: id, to: s.parcels[id].to, class: ClassSpike,
			since: s.now})
	}
}

// step moves packets by each output of a router and one into it.
func (s *slowMesh) step(i int) {
	tile := &s.tiles[i]
	var left [ports]bool // inputs whose first packet may have left altogether
	for out := range ports {
		if in := s.choose(i, out); in >= 0 {
			s.forward(i, in, out)
			tile.turn[out] = in + 1
			left[in] = true
		}
	}
	for in := range ports {
		if left[in] && len(tile.in[in][0].to) == 0 {
			s.release(i, in)
		}
	}
	s.enter(i)
}

// choose is the input that sends by an output, -1 for none: of the lowest class
// and, among equals, the first from the output's turn on.
func (s *slowMesh) choose(i, out int) int {
	tile := &s.tiles[i]
	if out != local && !s.timing.DropWhenFull &&
		(tile.credits[out] == 0 || tile.open[out] > s.now) {
		return -1
	}
	best := -1
	for k := range ports {
		in := (tile.turn[out] + k) % ports
		if len(tile.in[in]) == 0 || !slices.ContainsFunc(tile.in[in][0].to, func(c Core) bool {
			return s.output(i, c) == out
		}) {
			continue
		}
		if best < 0 || tile.in[in][0].class < tile.in[best][0].class {
			best = in
		}
	}
	return best
}

// forward sends the part of a packet that leaves by an output.
func (s *slowMesh) forward(i, in, out int) {
	p := &s.tiles[i].in[in][0]
	var part, rest []Core
	for _, c := range p.to {
		if s.output(i, c) == out {
			part = append(part, c)
		} else {
			rest = append(rest, c)
		}
	}
	p.to = rest
	if out == local {
		s.load.Arrived++
		s.parcels[p.id].arrived[Core(i)] = s.now + s.wireTime(i, local)
		return
	}
	s.load.Hops++
	s.links[fmt.Sprint(i, " ", Direction(out))]++
	s.note("hop", i, out, int(p.id))
	next, from := s.beside(i, out)
	s.send(i, out, slowPacket{id: p.id, to: part, class: p.class, tile: next, port: from})
}

// send puts a packet on the wire of an output.
func (s *slowMesh) send(i, out int, p slowPacket) {
	if s.tiles[i].credits[out] == 0 || s.tiles[i].open[out] > s.now {
		s.load.Lost++
		s.parcels[p.id].lost += len(p.to)
		return
	}
	s.tiles[i].credits[out]--
	if out != local {
		from := Link{From: s.mesh.At(Core(i)), Dir: Direction(out)}
		s.tiles[i].open[out] = s.now + s.timing.Gaps[s.mesh.Class(from)]
	}
	p.since = s.now + s.wireTime(i, out) + s.timing.Pipeline
	s.wire = append(s.wire, p)
}

// release frees a place and sends the credit for it back over the wire that the
// packet came by.
func (s *slowMesh) release(i, in int) {
	tile := &s.tiles[i]
	s.load.Stalls += s.now - tile.in[in][0].since
	tile.in[in] = tile.in[in][1:]
	s.note("depth", i, in, len(tile.in[in]))
	c := slowCredit{tile: i, port: in}
	if in != local {
		c.tile, c.port = s.beside(i, in)
	}
	c.cycle = s.now + s.wireTime(c.tile, c.port)
	s.credits = append(s.credits, c)
}

// enter takes a packet of the core, or else of the host, into the router.
func (s *slowMesh) enter(i int) {
	tile := &s.tiles[i]
	if tile.credits[local] == 0 && !s.timing.DropWhenFull || len(tile.fifo)+len(tile.host) == 0 {
		return
	}
	s.load.Entered++
	from := &tile.host
	if len(tile.fifo) > 0 {
		from = &tile.fifo
		s.load.Stalls += s.now - tile.fifo[0].since
		if tile.waits {
			tile.waits, tile.called = false, s.now+1
		}
	}
	p := (*from)[0]
	*from = (*from)[1:]
	p.tile, p.port = i, local
	s.send(i, local, p)
}

// note logs what a Watcher sees.
func (s *slowMesh) note(what string, tile, port, n int) {
	s.log = append(s.log, fmt.Sprint(s.now, what, tile, port, n))
}

// witness logs what it sees.
type witness struct{ log []string }

func (w *witness) Hop(cycle int64, at Core, dir Direction, id int32) {
	w.log = append(w.log, fmt.Sprint(cycle, "hop", int(at), int(dir), int(id)))
}

func (w *witness) Depth(cycle int64, at Core, input, packets int) {
	w.log = append(w.log, fmt.Sprint(cycle, "depth", int(at), input, packets))
}

// TestClockedFollowsTheSlowMesh: every packet arrives, or is lost, in the cycle
// and over the links that going through all tiles in every cycle says, in two
// bursts after each other, on chips that wait and on chips that drop.
func TestClockedFollowsTheSlowMesh(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, timing, forest, parcels := drawParcels(t)
		for d := range timing.Links {
			timing.Links[d] = min(timing.Links[d], 50)
			timing.Gaps[d] = rapid.Int64Range(0, max(1, timing.Links[d])).Draw(t, "gap")
		}
		timing.DropWhenFull = rapid.Bool().Draw(t, "drops")
		slow, seen := newSlowMesh(m, timing), &witness{}
		fast := &script{}
		for burst := range 2 {
			start := int64(0)
			if burst == 0 {
				fast.parcels = slices.Clone(parcels[:len(parcels)/2])
				fast.begin(m, timing, forest, newRing())
				fast.mesh.Watch(seen)
			} else {
				start = slow.now + rapid.Int64Range(0, 100).Draw(t, "idle")
				fast.parcels = slices.Clone(parcels[len(parcels)/2:])
				fast.mesh.Start(start)
			}
			want := slices.Clone(fast.parcels)
			slow.run(start, want)
			fast.send(start)
			require.Equal(t, want, fast.parcels, "burst %d", burst)
			require.Equal(t, slow.load, fast.mesh.Load(), "burst %d", burst)
			slices.Sort(slow.log)
			slices.Sort(seen.log)
			require.Equal(t, slow.log, seen.log)
			links := map[string]int32{}
			fast.mesh.Loads(func(at Core, dir Direction, packets int32) {
				links[fmt.Sprint(int(at), " ", dir)] += packets
			})
			require.Equal(t, slow.links, links, "burst %d", burst)
			clear(slow.links)
		}
	})
}

package router

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// plain is a timing with everything one cycle.
func plain() Timing {
	return Timing{Pipeline: 1, Local: 1, Links: [MaxLinkClasses]int64{1, 1, 1, 1}, InputBuffer: 4,
		OutputFIFO: 4}
}

// parcel is a packet that a scripted client sends, and what became of it.
type parcel struct {
	from    Core
	route   Route
	to      []Core
	at      int64 // offered, or later if the FIFO is full
	host    bool
	arrived map[Core]int64
	lost    int
}

// script is a client that sends parcels from the FIFOs of cores, in order.
type script struct {
	mesh    *Clocked
	parcels []parcel
	queues  map[Core][]int32 // parcels that wait for room
	refused map[Core]bool    // and were refused, so that Room is to follow
}

func (s *script) Wake(_ int64, id int32) {
	p := &s.parcels[id]
	s.queues[p.from] = append(s.queues[p.from], id)
	if len(s.queues[p.from]) == 1 {
		s.offer(p.from)
	}
}

func (s *script) Room(_ int64, at Core) {
	if !s.refused[at] {
		panic("room for a core that was not refused")
	}
	s.refused[at] = false
	s.offer(at)
}

func (s *script) offer(at Core) {
	for len(s.queues[at]) > 0 {
		id := s.queues[at][0]
		if !s.mesh.Offer(at, id, s.parcels[id].route, ClassSpike) {
			s.refused[at] = true
			return
		}
		s.queues[at] = s.queues[at][1:]
	}
}

func (s *script) Arrive(cycle int64, at Core, id int32) {
	if _, twice := s.parcels[id].arrived[at]; twice {
		panic("a packet arrives twice")
	}
	s.parcels[id].arrived[at] = cycle
}

func (s *script) Lost(_ int64, at Core, id int32, rest Route) {
	// The cores that the rest of the route leads to.
	s.parcels[id].lost += len(ends(s.mesh, at, rest))
}

func ends(m *Clocked, at Core, rest Route) []Core {
	if rest < 0 {
		return []Core{Core(^rest)}
	}
	var out []Core
	n := m.forest.nodes[rest]
	if n.out.Has(Local) {
		out = append(out, at)
	}
	for d := East; d <= South; d++ {
		if n.out.Has(d.Port()) {
			next, _ := m.topology.End(Link{From: m.coords[at], Dir: d})
			out = append(out, ends(m, m.topology.CoreAt(next), m.forest.below(rest, d))...)
		}
	}
	return out
}

// run sends the parcels and lets time pass.
func (s *script) run(m Topology, timing Timing, forest *Forest, a agenda) {
	s.begin(m, timing, forest, a)
	s.send(0)
}

// begin makes a mesh.
func (s *script) begin(m Topology, timing Timing, forest *Forest, a agenda) {
	near := int64(days)
	if _, queue := a.(*heap); queue {
		near = 1 // all later steps go through the queue
	}
	s.mesh = newClocked(m, timing, forest, s, a, near)
	s.queues, s.refused = map[Core][]int32{}, map[Core]bool{}
}

// send sends the parcels, the present cycle being start, until the mesh is empty.
func (s *script) send(start int64) {
	for id := range s.parcels {
		p := &s.parcels[id]
		p.arrived, p.lost = map[Core]int64{}, 0
		if p.host {
			s.mesh.OfferHost(p.from, int32(id), p.route)
			continue
		}
		s.mesh.Wake(start+p.at, int32(id))
	}
	s.mesh.Run(1 << 30)
}

func TestZeroLoad(t *testing.T) {
	m := Mesh{Width: 5, Height: 4}
	for name, timing := range map[string]Timing{
		"plain": plain(),
		"loihi": {Pipeline: 0, Local: 21, Links: [MaxLinkClasses]int64{41, 41, 65, 65},
			InputBuffer: 16, OutputFIFO: 16},
		"uneven": {Pipeline: 3, Local: 2, Links: [MaxLinkClasses]int64{1, 2, 5, 7},
			InputBuffer: 1, OutputFIFO: 1},
		"no times": {InputBuffer: 1, OutputFIFO: 1},
		"far": {Pipeline: 10_000, Local: 5_000, Links: [MaxLinkClasses]int64{9, 9, 9, 9},
			InputBuffer: 1, OutputFIFO: 1},
	} {
		t.Run(name, func(t *testing.T) {
			for from := range Core(m.Tiles()) {
				for to := range Core(m.Tiles()) {
					s := &script{parcels: []parcel{{from: from, route: To(to), at: 3}}}
					s.run(m, timing, nil, newRing())
					want := 3 + timing.ZeroLoad(m, m.At(from), m.At(to))
					require.Equal(t, map[Core]int64{to: want}, s.parcels[0].arrived, "%d to %d",
						from, to)
					require.Zero(t, s.mesh.Load().Stalls)
				}
			}
		})
	}
	// In words: two wires of 1, five routers of 2 and four links of 1.
	timing := Timing{Pipeline: 2, Local: 1, Links: [MaxLinkClasses]int64{1, 1, 1, 1}}
	require.EqualValues(t, 16, timing.ZeroLoad(m, Coord{X: 0, Y: 0}, Coord{X: 3, Y: 1}))
}

func TestTreesReachAllTheirCores(t *testing.T) {
	m := Mesh{Width: 6, Height: 5}
	timing := plain()
	forest := NewForest(m)
	to := []Core{0, 3, 7, 14, 16, 17, 29}
	from := Core(14)
	root := forest.Add(m.At(from), to)
	require.Equal(t, root, forest.Add(m.At(from), to), "equal trees are kept once")
	require.Equal(t, NoRoute, forest.Add(m.At(from), nil))
	s := &script{parcels: []parcel{{from: from, route: root, to: to}}}
	s.run(m, timing, forest, newRing())
	require.Len(t, s.parcels[0].arrived, len(to))
	for _, c := range to {
		require.Equal(t, timing.ZeroLoad(m, m.At(from), m.At(c)), s.parcels[0].arrived[c])
	}
	want := NewTree(m, m.At(from), to).Hops(m)
	require.Equal(t, want, s.mesh.HopsBelow(from, root))
	require.Equal(t, want.Total(), s.mesh.Load().Hops)
	links := int64(0)
	s.mesh.Loads(func(at Core, dir Direction, packets int32) {
		require.EqualValues(t, 1, packets, "%d %s", at, dir)
		links++
	})
	require.Equal(t, want.Total(), links)
	s.mesh.Loads(func(Core, Direction, int32) { t.Fatal("loads are handed over once") })
}

// TestForestTellsFarTilesApart: trees of tiles that differ in any bit of their
// number or place are different trees.
func TestForestTellsFarTilesApart(t *testing.T) {
	m := Mesh{Width: MaxSide, Height: MaxSide}
	forest, seen := NewForest(m), map[Route]bool{}
	forest.tabled = false // trees of one core, too
	add := func(from Coord, to Core) {
		root := forest.Add(from, []Core{to})
		require.False(t, seen[root], "from %v to %d", from, to)
		seen[root] = true
		require.Equal(t, m.Counter().Paths(from, []Coord{m.At(to)}), forest.hops(root, from))
	}
	add(Coord{}, 0)
	for bit := int16(1); bit < MaxSide; bit += bit {
		add(Coord{X: bit}, 0)
		add(Coord{Y: bit}, 0)
	}
	for bit := Core(1); bit < Core(m.Tiles()); bit += bit {
		add(Coord{}, bit)
	}
}

// TestLinkSendsOnePacketPerCycle: packets of two cores share a link and arrive
// one per cycle, in turn.
func TestLinkSendsOnePacketPerCycle(t *testing.T) {
	m := Mesh{Width: 3, Height: 1}
	var parcels []parcel
	for range 8 {
		parcels = append(parcels, parcel{from: 0, route: To(2)}, parcel{from: 1, route: To(2)})
	}
	s := &script{parcels: parcels}
	timing := plain()
	timing.OutputFIFO, timing.InputBuffer = 16, 16
	s.run(m, timing, nil, newRing())
	var cycles []int64
	for i := range s.parcels {
		cycles = append(cycles, s.parcels[i].arrived[2])
	}
	slices.Sort(cycles)
	for i := range cycles[1:] {
		require.Equal(t, cycles[i]+1, cycles[i+1])
	}
	require.Positive(t, s.mesh.Load().Stalls)
}

func TestArbiter(t *testing.T) {
	var a station
	var order []uint8
	for range 4 {
		order = append(order, a.pick(0, 0b11011))
	}
	require.Equal(t, []uint8{0, 1, 3, 4}, order, "in turn")
	require.EqualValues(t, 0, a.pick(0, 0b00011), "around")
	require.EqualValues(t, 4, a.pick(1, 0b10000), "each output has its turn")

	c := NewClocked(Mesh{Width: 1, Height: 1}, plain(), nil, nil)
	for in, class := range []Class{ClassSpike, ClassSpike, ClassSync, ClassHost, ClassSpike} {
		c.hold(moving{way: way(in)<<wayIn | way(class)<<wayClass | way(Local)})
	}
	require.EqualValues(t, 0b00100, c.lowestClass(0, 0b11111), "sync goes first")
	require.EqualValues(t, 0b10011, c.lowestClass(0, 0b11011), "then spikes")
	require.EqualValues(t, 0b01000, c.lowestClass(0, 0b01000),
		"host packets when nothing else waits")
}

// TestSpikesGoBeforeHostPackets: at one tile the core's packets enter first.
func TestSpikesGoBeforeHostPackets(t *testing.T) {
	s := &script{parcels: []parcel{
		{from: 0, route: To(1), host: true}, {from: 0, route: To(1), host: true},
		{from: 0, route: To(1)},
	}}
	s.run(Mesh{Width: 2, Height: 1}, plain(), nil, newRing())
	require.Less(t, s.parcels[2].arrived[1], s.parcels[0].arrived[1])
	require.Less(t, s.parcels[0].arrived[1], s.parcels[1].arrived[1])
}

func TestDropWhenFull(t *testing.T) {
	m := Mesh{Width: 4, Height: 1}
	forest := NewForest(m)
	var parcels []parcel
	for range 200 {
		for from := range Core(3) {
			to := []Core{3}
			if from < 2 {
				to = []Core{2, 3}
			}
			parcels = append(parcels, parcel{from: from, route: forest.Add(m.At(from), to), to: to})
		}
	}
	timing := plain()
	timing.InputBuffer, timing.OutputFIFO, timing.DropWhenFull = 1, 4, true
	s := &script{parcels: parcels}
	s.run(m, timing, forest, newRing())
	require.Positive(t, s.mesh.Load().Lost)
	for i := range s.parcels {
		p := &s.parcels[i]
		require.Equal(t, len(p.to), len(p.arrived)+p.lost, "parcel %d", i)
	}
}

// drawParcels draws a topology, times and packets. Buffers of a torus are so large
// that no packet waits for another: rings of buffers that are full would be a
// deadlock.
func drawParcels(t *rapid.T) (Topology, Timing, *Forest, []parcel) {
	m := drawTopology(t, Mesh{Width: int16(rapid.IntRange(1, 5).Draw(t, "width")),
		Height: int16(rapid.IntRange(1, 5).Draw(t, "height"))})
	cycles := rapid.Int64Range(0, 5)
	timing := Timing{
		Pipeline: cycles.Draw(t, "pipeline"), Local: cycles.Draw(t, "local"),
		InputBuffer: rapid.SampledFrom([]int{1, 2, 3, 5, 8, 19}).Draw(t, "buffer"),
		OutputFIFO:  rapid.IntRange(1, 3).Draw(t, "fifo"),
	}
	for d := range timing.Links {
		timing.Links[d] = rapid.SampledFrom([]int64{0, 1, 2, 40, 5000}).Draw(t, "link")
	}
	if _, ring := m.(torus); ring {
		timing.InputBuffer = 1000
	}
	forest := NewForest(m)
	core := rapid.Custom(func(t *rapid.T) Core {
		return Core(rapid.IntRange(0, m.Tiles()-1).Draw(t, "core"))
	})
	parcels := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) parcel {
		p := parcel{from: core.Draw(t, "from"), at: rapid.Int64Range(0, 20).Draw(t, "at"),
			host: rapid.Bool().Draw(t, "host")}
		if p.host {
			p.at = 0 // the script offers them before the first cycle
		}
		p.to = rapid.SliceOfN(core, 1, 6).Draw(t, "to")
		slices.Sort(p.to)
		p.to = slices.Compact(p.to)
		if len(p.to) == 1 && rapid.Bool().Draw(t, "unicast") {
			p.route = To(p.to[0])
		} else {
			p.route = forest.Add(m.At(p.from), p.to)
		}
		return p
	}), rapid.SampledFrom([]int{0, 0, 60}).Draw(t, "least"), 150).Draw(t, "parcels")
	return m, timing, forest, parcels
}

// TestEveryPacketArrives: whatever the traffic, each packet reaches each of its
// cores once, no earlier than on an empty mesh, and over the links of its tree.
func TestEveryPacketArrives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, timing, forest, parcels := drawParcels(t)
		s := &script{parcels: parcels}
		s.run(m, timing, forest, newRing())
		var hops int64
		for i := range s.parcels {
			p := &s.parcels[i]
			require.Len(t, p.arrived, len(p.to))
			for _, c := range p.to {
				require.GreaterOrEqual(t, p.arrived[c],
					p.at+timing.ZeroLoad(m, m.At(p.from), m.At(c)))
			}
			hops += NewTree(m, m.At(p.from), p.to).Hops(m).Total()
		}
		load := s.mesh.Load()
		require.Equal(t, hops, load.Hops)
		require.EqualValues(t, len(parcels), load.Entered)
		require.LessOrEqual(t, load.MaxQueue, timing.InputBuffer)
		s.mesh.Rewind()
		s.mesh.checkEmpty()
	})
}

func TestTimingValidate(t *testing.T) {
	for want, change := range map[string]func(*Timing){
		"pipeline takes -1 cycles": func(t *Timing) { t.Pipeline = -1 },
		"south takes -2 cycles":    func(t *Timing) { t.Links[South] = -2 },
		"input buffer of 0":        func(t *Timing) { t.InputBuffer = 0 },
		"output FIFO of 0":         func(t *Timing) { t.OutputFIFO = 0 },
	} {
		timing := plain()
		change(&timing)
		require.ErrorContains(t, timing.Validate(Mesh{}.Classes()), want)
	}
	for _, timing := range []Timing{plain(), {InputBuffer: 1, OutputFIFO: 1}} {
		require.NoError(t, timing.Validate(Mesh{}.Classes()))
	}
}

// TestStatesOfNoLink: a state in which packets waited behind a link that is not there, or
// credits of one are on their way, is refused.
func TestStatesOfNoLink(t *testing.T) {
	for _, c := range []struct {
		name  string
		state RouterState
	}{
		{"waits", RouterState{Waits: [ports]int64{East: 1}}},
		{"credits", RouterState{Back: [ports][]int64{South: {1}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			mesh := NewClocked(Mesh{Width: 1, Height: 1}, plain(), nil, nil)
			require.ErrorContains(t, mesh.SetState(&ClockedState{Routers: []RouterState{c.state}}),
				"leads nowhere")
		})
	}
	mesh := NewClocked(Mesh{Width: 1, Height: 1}, plain(), nil, nil)
	require.NoError(t, mesh.SetState(&ClockedState{Routers: []RouterState{
		{Waits: [ports]int64{local: 1}}}}), "the core's way in")
}

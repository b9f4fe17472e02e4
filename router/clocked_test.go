package router

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// plain is a timing with everything one cycle.
func plain() Timing {
	return Timing{Pipeline: 1, Local: 1, Links: [4]int64{1, 1, 1, 1}, InputBuffer: 4, OutputFIFO: 4}
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
			out = append(out, ends(m, Core(m.neighbour(int32(at), d)), m.forest.below(rest, d))...)
		}
	}
	return out
}

// run sends the parcels and lets time pass.
func (s *script) run(m Mesh, timing Timing, forest *Forest, a agenda) {
	s.begin(m, timing, forest, a)
	s.send(0)
}

// begin makes a mesh.
func (s *script) begin(m Mesh, timing Timing, forest *Forest, a agenda) {
	s.mesh = newClocked(m, timing, forest, s, a)
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
	s.mesh.Run()
}

func TestZeroLoad(t *testing.T) {
	m := Mesh{Width: 5, Height: 4}
	for name, timing := range map[string]Timing{
		"plain":    plain(),
		"loihi":    {Pipeline: 0, Local: 21, Links: [4]int64{41, 41, 65, 65}, InputBuffer: 16, OutputFIFO: 16},
		"uneven":   {Pipeline: 3, Local: 2, Links: [4]int64{1, 2, 5, 7}, InputBuffer: 1, OutputFIFO: 1},
		"no times": {InputBuffer: 1, OutputFIFO: 1},
		"far":      {Pipeline: 10_000, Local: 5_000, Links: [4]int64{9, 9, 9, 9}, InputBuffer: 1, OutputFIFO: 1},
	} {
		t.Run(name, func(t *testing.T) {
			for from := range Core(m.Tiles()) {
				for to := range Core(m.Tiles()) {
					s := &script{parcels: []parcel{{from: from, route: To(to), at: 3}}}
					s.run(m, timing, nil, newRing())
					want := 3 + timing.ZeroLoad(m.At(from), m.At(to))
					require.Equal(t, map[Core]int64{to: want}, s.parcels[0].arrived, "%d to %d", from, to)
					require.Zero(t, s.mesh.Load().Stalls)
				}
			}
		})
	}
	// In words: two wires of 1, five routers of 2 and four links of 1.
	timing := Timing{Pipeline: 2, Local: 1, Links: [4]int64{1, 1, 1, 1}}
	require.EqualValues(t, 16, timing.ZeroLoad(Coord{X: 0, Y: 0}, Coord{X: 3, Y: 1}))
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
		require.Equal(t, timing.ZeroLoad(m.At(from), m.At(c)), s.parcels[0].arrived[c])
	}
	want := NewTree(m, m.At(from), to).Hops()
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
	add := func(from Coord, to Core) {
		root := forest.Add(from, []Core{to})
		require.False(t, seen[root], "from %v to %d", from, to)
		seen[root] = true
		require.Equal(t, routeHops(from, m.At(to)), forest.hops(root))
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
	var a arbiter
	class := [ports]Class{ClassSpike, ClassSpike, ClassSync, ClassHost, ClassSpike}
	require.EqualValues(t, 2, a.pick(0, 0b11111, &class), "sync goes first")
	var order []uint8
	for range 4 {
		order = append(order, a.pick(0, 0b11011, &class))
	}
	require.Equal(t, []uint8{4, 0, 1, 4}, order, "then spikes in turn")
	require.EqualValues(t, 3, a.pick(0, 0b01000, &class), "host packets when nothing else waits")
	require.EqualValues(t, 0, a.pick(1, 0b10001, &class), "each output has its turn")
}

// TestSpikesGoBeforeHostPackets: at one tile the core's packets enter first.
func TestSpikesGoBeforeHostPackets(t *testing.T) {
	s := &script{parcels: []parcel{
		{from: 0, route: To(1), host: true}, {from: 0, route: To(1), host: true}, {from: 0, route: To(1)},
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

// drawParcels draws a mesh, times and packets.
func drawParcels(t *rapid.T) (Mesh, Timing, *Forest, []parcel) {
	m := Mesh{Width: int16(rapid.IntRange(1, 5).Draw(t, "width")), Height: int16(rapid.IntRange(1, 5).Draw(t, "height"))}
	cycles := rapid.Int64Range(0, 5)
	timing := Timing{
		Pipeline: cycles.Draw(t, "pipeline"), Local: cycles.Draw(t, "local"),
		InputBuffer: rapid.IntRange(1, 3).Draw(t, "buffer"), OutputFIFO: rapid.IntRange(1, 3).Draw(t, "fifo"),
	}
	for d := range timing.Links {
		timing.Links[d] = rapid.SampledFrom([]int64{0, 1, 2, 40, 5000}).Draw(t, "link")
	}
	forest := NewForest(m)
	core := rapid.Custom(func(t *rapid.T) Core { return Core(rapid.IntRange(0, m.Tiles()-1).Draw(t, "core")) })
	parcels := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) parcel {
		p := parcel{from: core.Draw(t, "from"), at: rapid.Int64Range(0, 20).Draw(t, "at"), host: rapid.Bool().Draw(t, "host")}
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
				require.GreaterOrEqual(t, p.arrived[c], p.at+timing.ZeroLoad(m.At(p.from), m.At(c)))
			}
			hops += NewTree(m, m.At(p.from), p.to).Hops().Total()
		}
		load := s.mesh.Load()
		require.Equal(t, hops, load.Hops)
		require.EqualValues(t, len(parcels), load.Entered)
		require.LessOrEqual(t, load.MaxQueue, timing.InputBuffer)
		s.mesh.Rewind()
		s.mesh.checkEmpty()
	})
}

// TestAgendas: the ring hands over what the priority queue does.
func TestAgendas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		queue, ring := newHeap(), newRing()
		now, id := int64(0), int32(0)
		for range rapid.IntRange(1, 60).Draw(t, "cycles") {
			for range rapid.IntRange(0, 5).Draw(t, "events") {
				ahead := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 3*buckets), rapid.Int64Range(buckets-1, buckets+1)).Draw(t, "ahead")
				queue.push(now+ahead, event{id: id})
				ring.push(now+ahead, event{id: id})
				id++
			}
			until := now + rapid.Int64Range(0, 2*buckets).Draw(t, "until")
			want, some := queue.next(until)
			got, ok := ring.next(until)
			require.Equal(t, some, ok)
			if !ok {
				continue
			}
			require.Equal(t, want, got)
			now = want
			for {
				want, some := queue.pop()
				got, ok := ring.pop()
				require.Equal(t, some, ok)
				require.Equal(t, want, got)
				if !ok {
					break
				}
			}
		}
	})
}

// TestAgendaDoesNotMatter: the mesh does the same on either.
func TestAgendaDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, timing, forest, parcels := drawParcels(t)
		a, b := &script{parcels: slices.Clone(parcels)}, &script{parcels: slices.Clone(parcels)}
		a.run(m, timing, forest, newRing())
		b.run(m, timing, forest, newHeap())
		require.Equal(t, a.parcels, b.parcels)
		require.Equal(t, a.mesh.Load(), b.mesh.Load())
	})
}

// TestRewind: a second run from cycle 0 is the first one again.
func TestRewind(t *testing.T) {
	traffic := newTraffic(Mesh{Width: 4, Height: 4}, plain(), uniform, 0.3, 1)
	first := traffic.run(500)
	again := traffic.run(500)
	require.Equal(t, first, again)
}

// TestSaturation: beyond what the mesh can carry it keeps delivering, and in the
// end all arrives.
func TestSaturation(t *testing.T) {
	for _, p := range []pattern{uniform, transpose, neighbours} {
		for _, size := range []int{1, 4} {
			timing := plain()
			timing.InputBuffer = size
			traffic := newTraffic(Mesh{Width: 8, Height: 8}, timing, p, 1, 7)
			result := traffic.run(300)
			require.Equal(t, traffic.offered, traffic.arrived)
			require.Positive(t, result.accepted)
			traffic.mesh.Rewind()
			traffic.mesh.checkEmpty()
		}
	}
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
		require.ErrorContains(t, timing.Validate(), want)
	}
	for _, timing := range []Timing{plain(), {InputBuffer: 1, OutputFIFO: 1}} {
		require.NoError(t, timing.Validate())
	}
}

// pattern says where a tile's packets go.
type pattern func(m Mesh, r *rand.Rand, from Coord) Coord

// uniform sends to every other tile alike.
func uniform(m Mesh, r *rand.Rand, from Coord) Coord {
	for {
		to := Coord{X: int16(r.IntN(int(m.Width))), Y: int16(r.IntN(int(m.Height)))}
		if to != from {
			return to
		}
	}
}

// transpose swaps the coordinates. Tiles on the diagonal send nothing.
func transpose(_ Mesh, _ *rand.Rand, from Coord) Coord { return Coord{X: from.Y, Y: from.X} }

// neighbours sends one tile eastwards, around the row.
func neighbours(m Mesh, _ *rand.Rand, from Coord) Coord {
	return Coord{X: (from.X + 1) % m.Width, Y: from.Y}
}

// traffic is an open-loop generator: every tile makes a packet per cycle with a
// probability and queues it without end at its router.
type traffic struct {
	mesh     *Clocked
	m        Mesh
	pattern  pattern
	rate     float64
	seed     uint64
	random   *rand.Rand
	until    int64
	made     []int64 // cycle of each packet
	warm     int64
	offered  int64
	arrived  int64
	accepted int64 // arrived in the window [warm, until)
	latency  int64
	measured int64 // packets made in the window
}

// outcome is what a run of a generator measured.
type outcome struct {
	accepted float64 // packets per tile and cycle in the second half
	latency  float64 // mean, of the packets made then
	hops     int64
}

func newTraffic(m Mesh, timing Timing, p pattern, rate float64, seed uint64) *traffic {
	t := &traffic{m: m, pattern: p, rate: rate, seed: seed}
	t.mesh = NewClocked(m, timing, nil, t)
	return t
}

// run generates for some cycles and lets the mesh drain.
func (t *traffic) run(cycles int64) outcome {
	t.mesh.Rewind()
	t.random = rand.New(rand.NewPCG(t.seed, 0))
	t.until, t.warm, t.made = cycles, cycles/2, t.made[:0]
	t.offered, t.arrived, t.accepted, t.latency, t.measured = 0, 0, 0, 0, 0
	t.mesh.Wake(0, 0)
	t.mesh.Run()
	window := float64(t.until-t.warm) * float64(t.m.Tiles())
	return outcome{
		accepted: float64(t.accepted) / window, latency: float64(t.latency) / float64(max(t.measured, 1)),
		hops: t.mesh.Load().Hops,
	}
}

func (t *traffic) Wake(cycle int64, _ int32) {
	for tile, at := range t.mesh.coords {
		if t.random.Float64() >= t.rate {
			continue
		}
		if to := t.pattern(t.m, t.random, at); to != at {
			t.offered++
			t.mesh.OfferHost(Core(tile), int32(len(t.made)), To(t.m.CoreAt(to)))
			t.made = append(t.made, cycle)
		}
	}
	if cycle+1 < t.until {
		t.mesh.Wake(cycle+1, 0)
	}
}

func (t *traffic) Arrive(cycle int64, _ Core, id int32) {
	t.arrived++
	if cycle >= t.warm && cycle < t.until {
		t.accepted++
	}
	if made := t.made[id]; made >= t.warm {
		t.latency += cycle - made
		t.measured++
	}
}

func (t *traffic) Room(int64, Core)               {}
func (t *traffic) Lost(int64, Core, int32, Route) {}

// BenchmarkMesh answers how many links packets cross per CPU-second of the clocked
// mesh alone, 8 x 8, under uniform traffic of three strengths.
func BenchmarkMesh(b *testing.B) {
	for _, rate := range []float64{0.05, 0.2, 0.35} {
		b.Run(fmt.Sprintf("uniform/%g", rate), func(b *testing.B) {
			timing := Timing{Pipeline: 2, Local: 1, Links: [4]int64{1, 1, 1, 1}, InputBuffer: 4, OutputFIFO: 16}
			t := newTraffic(Mesh{Width: 8, Height: 8}, timing, uniform, rate, 1)
			var hops int64
			b.ReportAllocs()
			cpu := cpuSeconds(b)
			for b.Loop() {
				hops += t.run(2000).hops
			}
			b.ReportMetric(float64(hops)/(cpuSeconds(b)-cpu), "hops/CPU-s")
		})
	}
}

// BenchmarkAgenda compares the ring with the priority queue that it stands for,
// on the same traffic.
func BenchmarkAgenda(b *testing.B) {
	for name, make := range map[string]func() agenda{
		"ring": func() agenda { return newRing() }, "queue": func() agenda { return newHeap() },
	} {
		b.Run(name, func(b *testing.B) {
			m := Mesh{Width: 8, Height: 8}
			t := &traffic{m: m, pattern: uniform, rate: 0.2, seed: 1}
			t.mesh = newClocked(m, plain(), nil, t, make())
			var hops int64
			cpu := cpuSeconds(b)
			for b.Loop() {
				hops += t.run(2000).hops
			}
			b.ReportMetric(float64(hops)/(cpuSeconds(b)-cpu), "hops/CPU-s")
		})
	}
}

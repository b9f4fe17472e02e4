package router

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

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
	t.mesh.Run(1 << 30)
	window := float64(t.until-t.warm) * float64(t.m.Tiles())
	return outcome{
		accepted: float64(t.accepted) / window,
		latency:  float64(t.latency) / float64(max(t.measured, 1)),
		hops:     t.mesh.Load().Hops,
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

// BenchmarkMesh answers how many links packets cross per CPU-second of the clocked
// mesh alone under uniform traffic: 8 x 8 tiles with three strengths of it, and
// larger meshes with as many packets on each link of the middle as in the second.
func BenchmarkMesh(b *testing.B) {
	for _, c := range []struct {
		side   int16
		rate   float64
		cycles int64
	}{{8, 0.05, 2000}, {8, 0.2, 2000}, {8, 0.35, 2000}, {32, 0.05, 500}, {128, 0.0125, 100}} {
		b.Run(fmt.Sprintf("uniform/%dx%d/%g", c.side, c.side, c.rate), func(b *testing.B) {
			timing := Timing{Pipeline: 2, Local: 1, Links: [MaxLinkClasses]int64{1, 1, 1, 1},
				InputBuffer: 4, OutputFIFO: 16}
			t := newTraffic(Mesh{Width: c.side, Height: c.side}, timing, uniform, c.rate, 1)
			var hops int64
			b.ReportAllocs()
			cpu := cpuSeconds(b)
			for b.Loop() {
				hops += t.run(c.cycles).hops
			}
			b.ReportMetric(float64(hops)/(cpuSeconds(b)-cpu), "hops/CPU-s")
		})
	}
}

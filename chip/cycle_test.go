package chip

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/core"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// everything records all there is.
func everything(img *layout.Image, byTick bool) Options {
	opts := Options{ByTick: byTick, Links: true}
	for p := range img.Populations {
		opts.Spikes, opts.Potentials = append(opts.Spikes, p), append(opts.Potentials, p)
	}
	return opts
}

// requireSameState holds the cores of two engines against each other.
func requireSameState(t require.TestingT, a, b []*core.Core) {
	require.Len(t, b, len(a))
	for i := range a {
		for n := range a[i].Neurons() {
			require.Equal(t, a[i].Potential(n), b[i].Potential(n), "v of neuron %d of core %d", n,
				i)
			require.Equal(t, a[i].Current(n), b[i].Current(n), "u of neuron %d of core %d", n, i)
			require.Equal(t, a[i].Refractory(n), b[i].Refractory(n), "r of neuron %d of core %d", n,
				i)
		}
	}
}

// TestCycleEqualsFast: on any network, chip and placement, with any input, the
// two engines agree in spikes, potentials, counts and final state, and the
// times add up.
func TestCycleEqualsFast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := Load(drawImage(t))
		require.NoError(t, err)
		cycleEqualsFast(t, c)
	})
}

// cycleEqualsFast runs a chip on both engines.
func cycleEqualsFast(t *rapid.T, c *Chip) {
	img := c.image
	opts := everything(img, rapid.Bool().Draw(t, "by tick"))
	fast := c.NewFast(opts)
	cycle, err := c.NewCycle(opts, nil)
	require.NoError(t, err)
	var first *Cycles
	for run := range 2 {
		sample := &Sample{Number: uint64(run), Spikes: drawTrain(t, int(img.Input.Shape[0]),
			int(img.Encoder.Ticks))}
		want, err := fast.Run(t.Context(), sample)
		require.NoError(t, err)
		got, err := cycle.Run(t.Context(), sample)
		require.NoError(t, err)
		times := got.Cycles
		requireLinks(t, c, got)
		got.Cycles, got.Links.Stalls, got.Links.Entry, got.Links.Host = nil, nil, nil, 0
		require.Equal(t, sample.Number, want.Number)
		require.Equal(t, want, got)
		fresh, err := c.NewFast(opts).Run(t.Context(), sample)
		require.NoError(t, err)
		require.Equal(t, want, fresh, "an engine forgets the sample before")
		requireSameState(t, fast.cores, cycle.run.cores)
		require.Equal(t, want.Counts.Traffic.Hops.Total(), cycle.mesh.Load().Hops)
		require.Equal(t, want.Counts.Traffic.Packets, cycle.mesh.Load().Entered)
		requireTimes(t, c, times, int(want.Counts.Ticks))
		again, err := cycle.Run(t.Context(), sample)
		require.NoError(t, err)
		if run == 0 {
			first = times
		}
		require.Equal(t, times, again.Cycles, "a sample takes the same time again")
	}
	require.NotNil(t, first)
}

// requireLinks holds what went over links to the counts and times of all.
func requireLinks(t require.TestingT, c *Chip, o *Outcome) {
	var hops router.Hops
	for i, packets := range o.Links.Packets {
		from, to, ok := c.Link(i)
		if !ok {
			require.Zero(t, packets, "no link")
			continue
		}
		l := router.Link{From: c.Topology().At(from), Dir: router.Direction(i & 3)}
		end, _ := c.Topology().End(l)
		require.Equal(t, end, c.Topology().At(to))
		hops[c.Topology().Class(l)] += packets
	}
	require.Equal(t, o.Counts.Traffic.Hops, hops)
	stalls := o.Links.Host
	for _, waits := range [][]int64{o.Links.Stalls, o.Links.Entry} {
		for _, cycles := range waits {
			stalls += cycles
		}
	}
	require.Equal(t, o.Cycles.Stalls, stalls)
}

// requireTimes checks what holds for the times of any sample.
func requireTimes(t require.TestingT, c *Chip, times *Cycles, ticks int) {
	require.Len(t, times.ByTick, ticks)
	total := times.Reset + times.Settle
	plan, err := c.plan()
	require.NoError(t, err)
	for _, length := range times.ByTick {
		require.GreaterOrEqual(t, length, plan.barrier)
		total += length
	}
	require.Equal(t, total, times.Total)
	awaited := times.Settle + times.LastPacket + times.Barrier
	require.Equal(t, int64(ticks+1)*plan.barrier, times.Barrier)
	for i, last := range times.Last {
		require.GreaterOrEqual(t, last, int64(0), "core %d", i)
		awaited += last
	}
	require.Equal(t, total, awaited, "every cycle waits for a core, a packet, a barrier or what "+
		"is learned at the end")
	requireBusyByTick(t, times, ticks)
	require.GreaterOrEqual(t, times.Stalls, times.CoreStalls)
	require.LessOrEqual(t, times.MaxLinkLoad, times.LinkPackets)
	for i, busy := range times.Busy {
		require.LessOrEqual(t, busy, times.Total, "core %d", i)
	}
}

// requireBusyByTick: where ticks are told apart, those of a core add up to its work.
func requireBusyByTick(t require.TestingT, times *Cycles, ticks int) {
	if times.BusyByTick == nil {
		return
	}
	require.Len(t, times.BusyByTick, ticks*len(times.Busy))
	sum := make([]int64, len(times.Busy))
	for i, busy := range times.BusyByTick {
		sum[i%len(sum)] += busy
	}
	require.Equal(t, times.Busy, sum)
}

// line is a chip of one row of cores with one neuron each: a spike runs from
// the host to the first core and from each to the next.
func line(cores int, profile []byte) *layout.Image {
	img := &layout.Image{
		Model: "line", Chip: layout.Chip{Name: "adder", Profile: profile},
		Routes:  router.Table{Mesh: router.Mesh{Width: int16(cores), Height: 1}},
		Input:   layout.Input{Name: "in", Shape: []int32{1}},
		Encoder: layout.Encoder{Kind: "spikes", Ticks: 1},
	}
	for i := range cores {
		img.Cores = append(img.Cores, layout.PlacedCore{Tile: router.Core(i), Config: core.Config{
			Widths: core.Widths{Potential: 24, Current: 24, IndexBits: 10},
			Groups: []core.Group{{Count: 1, Population: int32(i), Depth: int32(i),
				DecayV: 4096}},
			Threshold: []int32{0}, Bias: []int32{0}, Reset: []int32{0}, V0: []int32{0},
			ID:    []uint32{uint32(i)},
			Axons: []core.Axon{{}}, Rows: []core.Row{{WeightBits: 8, Count: 1}}, Dense8: []int8{1},
		}})
		next := router.Routes{Start: []int32{0, 0}}
		if i+1 < cores {
			next = router.Routes{Start: []int32{0, 1},
				Dests: []router.Dest{{Core: router.Core(i + 1)}}}
		}
		img.Routes.Neurons = append(img.Routes.Neurons, next)
		img.Populations = append(img.Populations, layout.Population{
			Name: string(rune('a' + i)), Shape: []int32{1}, Depth: int32(i), Spikes: true,
			Segments: []layout.Segment{{Tile: router.Core(i), Count: 1}},
		})
	}
	img.Routes.Ports = []router.PortRoutes{{Name: "host",
		Routes: router.Routes{Start: []int32{0, 1}, Dests: []router.Dest{{}}}}}
	img.Readout = layout.Readout{Kind: layout.ReadoutCount, Population: int32(cores - 1),
		Classes: 1}
	return img
}

// TestCycleByHand follows one spike through two cores with a pencil
// (docs/cycle-engine.md has the formulas).
func TestCycleByHand(t *testing.T) {
	for _, c := range []struct {
		early        bool
		base, perHop int64
		deliver      int64 // of the work on a packet, what comes after the barrier
	}{
		{true, 100, 30, 0}, // done during the barrier, which is longer
		{true, 0, 0, 3 + 4 + 5},
		{false, 100, 30, 3 + 4 + 5},
	} {
		chip, err := Load(line(2, profileText("adder", map[string]any{
			"early_start": c.early, "axon_lookup": "3 cycles", "row_start": "4 cycles",
			"dense_step": "5 cycles", "neuron_update": "20 cycles",
			"neuron_idle": "10 cycles", "update_fill": "11 cycles", "spike_out": "6 cycles",
			"packet_out": "7 cycles", "reset_write": "9 cycles",
			"pipeline": "2 cycles", "local": "1 cycle", "east": "8 cycles",
			"base": fmt.Sprintf("%d cycles", c.base), "per_hop": fmt.Sprintf("%d cycles", c.perHop),
		})))
		require.NoError(t, err)
		e, err := chip.NewCycle(Options{}, nil)
		require.NoError(t, err)
		train := spike.NewTrain(1, 1)
		train.Set(0, 0)
		o, err := e.Run(t.Context(), &Sample{Spikes: train})
		require.NoError(t, err)
		require.EqualValues(t, 2, o.Counts.Core.Spikes)

		barrier := c.base + c.perHop     // two tiles, a hop apart
		reset := 2*9 + barrier           // v and A; the host's packet takes 1 + 2 + 1
		const row = 3 + 4 + 5            // one word, one group
		const slot = 11 + 20 + 6         // the fill, an active neuron that fires
		const flight = 1 + 2 + 8 + 2 + 1 // core, router, link, router, core
		require.EqualValues(t, reset, o.Cycles.Reset)
		// Tick 0: core 0 fires, its packet is formed and flies.
		// Tick 1: core 1 fires; it has no destination.
		require.Equal(t, []int64{c.deliver + slot + 7 + flight + barrier,
			c.deliver + slot + barrier}, o.Cycles.ByTick)
		require.Equal(t, []int64{row + slot + 7, row + slot}, o.Cycles.Busy)
		core, busy := o.Cycles.Slowest()
		require.Equal(t, 0, core)
		require.EqualValues(t, row+slot+7, busy)
		require.Zero(t, o.Cycles.Stalls)
		require.EqualValues(t, 1, o.Cycles.LinkPackets)
		require.EqualValues(t, 1, o.Cycles.MaxLinkLoad)
	}
}

// TestLoadsByHand sends three spikes down four cores: each crosses three links,
// a link a tick, and never meets another.
func TestLoadsByHand(t *testing.T) {
	img := line(4, profileText("adder", nil))
	img.Encoder.Ticks = 3
	chip, err := Load(img)
	require.NoError(t, err)
	e, err := chip.NewCycle(Options{}, nil)
	require.NoError(t, err)
	train := spike.NewTrain(1, 3)
	for tick := range 3 {
		train.Set(tick, 0)
	}
	for range 2 { // the second run counts anew
		o, err := e.Run(t.Context(), &Sample{Spikes: train})
		require.NoError(t, err)
		require.EqualValues(t, 3*4, o.Counts.Core.Spikes)
		require.EqualValues(t, 3*3, o.Cycles.LinkPackets)
		require.EqualValues(t, 3*3, o.Cycles.LinkTicks)
		require.EqualValues(t, 1, o.Cycles.MaxLinkLoad)
		require.EqualValues(t, 1, o.Cycles.MaxQueue)
		require.EqualValues(t, 1, o.Cycles.MaxIngress)
	}
}

// TestBarrierSpansTheCoresInUse: from corner to corner of the box around them.
func TestBarrierSpansTheCoresInUse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := Load(drawImage(t))
		require.NoError(t, err)
		mesh := c.image.Routes.Mesh
		var wide, high int16
		for i := range c.image.Cores {
			for k := range c.image.Cores {
				a, b := mesh.At(c.image.Cores[i].Tile), mesh.At(c.image.Cores[k].Tile)
				wide, high = max(wide, a.X-b.X), max(high, a.Y-b.Y)
			}
		}
		require.EqualValues(t, c.profile.Timing.Barrier.Cycles(len(c.cores), int(wide+high)),
			c.barrier())
	})
}

// TestResetByHand: a chip of one core writes v and A before its first tick, and
// a host current where its input is direct, and a barrier follows.
func TestResetByHand(t *testing.T) {
	img := line(1,
		profileText("adder", map[string]any{"reset_write": "9 cycles", "base": "100 cycles",
			"per_hop": "30 cycles"}))
	train := spike.NewTrain(1, 1)
	require.EqualValues(t, 2*9+100, resetOf(t, img, &Sample{Spikes: train}))
	img.Encoder.Kind, img.Host = layout.EncoderDirect, &layout.HostLayer{Weights: []int16{1}}
	require.EqualValues(t, 3*9+100, resetOf(t, img, &Sample{Levels: []int32{1}, MaxLevel: 1}))
}

func resetOf(t *testing.T, img *layout.Image, s *Sample) int64 {
	c, err := Load(img)
	require.NoError(t, err)
	e, err := c.NewCycle(Options{}, nil)
	require.NoError(t, err)
	o, err := e.Run(t.Context(), s)
	require.NoError(t, err)
	return o.Cycles.Reset
}

func TestCycleNeedsTiming(t *testing.T) {
	c, err := Load(line(1, profileText("adder", nil)))
	require.NoError(t, err)
	c.profile.Timing = nil
	_, err = c.NewCycle(Options{}, nil)
	require.ErrorContains(t, err, "has no timing")
}

package chip

import (
	"bytes"
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

// TestSlotsOfCodes counts, in each tick, the slots up to a neuron and the words of boundaries
// that they read, by what docs/neurocore.md says of each.
func TestSlotsOfCodes(t *testing.T) {
	groups := []core.Group{
		{Count: 2, Depth: 1},
		{First: 2, Count: 6, Depth: 1, Code: core.Code{Kind: core.CodeRadix, Window: 2, Bits: 3,
			Table: 1, Run: 3}},
		{First: 8, Count: 2, Code: core.Code{Kind: core.CodeLevel, Window: 2, Bits: 2, Table: 2}},
		{First: 10, Count: 2, Code: core.Code{Kind: core.CodeRadix, Window: 4}, Integrator: true},
		{First: 12, Count: 1},
	}
	const ticks = 3
	for tick, want := range [][13][2]int64{ // slots and words up to each neuron
		{8: {1, 0}, 9: {2, 0}, 10: {3, 0}, 11: {4, 0}, 12: {5, 0}},
		{{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}, {6, 0}, {7, 0}, {8, 0}, {9, 1}, {10, 2}, {11, 2},
			{12, 2}, {13, 2}},
		{{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 1}, {6, 1}, {7, 1}, {8, 2}, {9, 3}, {10, 4}, {11, 4},
			{12, 4}, {13, 4}},
		{{1, 0}, {2, 0}, 4: {3, 1}, 7: {4, 2}, 8: {5, 3}, 9: {6, 4}, 10: {7, 4}, 11: {8, 4}},
		{4: {1, 1}, 7: {2, 2}},
		{},
	} {
		w := slotWindow{groups: groups, tick: int32(tick), ticks: ticks}
		for n, of := range want {
			if of == [2]int64{} { // no slot
				continue
			}
			slots, words := w.through(int32(n))
			require.Equal(t, of, [2]int64{slots, words}, "up to neuron %d in tick %d", n, tick)
		}
	}
}

// TestSlotTimes compares the sums with slots taken one by one.
func TestSlotTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := []core.Group{{Count: 3, Depth: 0}, {First: 3, Count: 4, Depth: 2},
			{First: 7, Count: 5, Depth: 1}}
		const tick, ticks = 1, 5
		var changed, fired []int32
		slots, window := slotTimes{idle: 3, active: 8, mixed: true}, slotWindow{groups: groups,
			tick: tick, ticks: ticks}
		want := map[int32]int64{}
		var sum int64
		for _, g := range groups {
			if tick < g.Depth {
				continue
			}
			for n := g.First; n < g.First+g.Count; n++ {
				changes, fires := rapid.Bool().Draw(t, "changes"), rapid.Bool().Draw(t, "fires")
				if changes {
					changed = append(changed, n)
				}
				if fires {
					fired = append(fired, n)
				}
				if sum += 3; changes || fires {
					sum += 5
				}
				want[n] = sum
			}
		}
		slots.changed = changed
		plain := slotTimes{idle: 3, active: 8}
		for _, n := range fired {
			count, words := window.through(n)
			require.Zero(t, words)
			require.Equal(t, want[n], slots.through(n, count), "neuron %d", n)
			require.Equal(t, 8*count, plain.through(n, count), "neuron %d", n)
		}
		require.Equal(t, sum, slots.total(int64(len(want))))
		require.Equal(t, int64(8*len(want)), plain.total(int64(len(want))))
	})
}

// learner is a chip of one core whose rows learn from host input, with a winner
// per tick and normalisation after the sample.
func learner(inputs, neurons int) *layout.Image {
	img := line(1,
		profileText("adder", map[string]any{"neuron_idle": "1 cycle", "learning_update": "3 cycles",
			"draw": "0 cycles"}))
	cfg := &img.Cores[0].Config
	*cfg = core.Config{Widths: cfg.Widths, Groups: []core.Group{{
		Count: int32(neurons), DecayV: 4000, Refractory: 2,
		Theta:  core.Theta{Adaptive: true, Plus: 9000, Decay: 12},
		Winner: core.Winner{Arbiter: core.ArbiterFair},
	}}}
	routes := router.Routes{Start: []int32{0}}
	for i := range inputs {
		cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(i)})
		cfg.Rows = append(cfg.Rows, core.Row{Format: core.Plastic, WeightBits: 16,
			Count: int32(neurons), Exclude: -1, Offset: int64(i * neurons)})
		for n := range neurons {
			cfg.Plastic = append(cfg.Plastic, uint16(3000+(i*37+n*91)%4000))
		}
		routes.Dests, routes.Start = append(routes.Dests,
			router.Dest{Axon: int32(i)}), append(routes.Start, int32(i+1))
	}
	for n := range neurons {
		cfg.Threshold, cfg.Bias, cfg.Reset = append(cfg.Threshold, 150), append(cfg.Bias,
			0), append(cfg.Reset, 0)
		cfg.V0, cfg.ID, cfg.Target = append(cfg.V0, 0), append(cfg.ID,
			uint32(n)), append(cfg.Target, int32(inputs*3500))
	}
	cfg.Plasticity = []core.Plasticity{{
		Rows: int32(inputs), Rule: core.RulePostPre, LTP: 4, LTD: 8, Max: 65535,
		Pre: core.Trace{Length: 4}, Post: core.Trace{Length: 4},
		Norm: core.Norm{Kind: core.NormL1, Shift: 4},
	}}
	img.Routes.Ports[0].Routes = routes
	img.Routes.Neurons[0] = router.Routes{Start: make([]int32, neurons+1)}
	img.Input.Shape = []int32{int32(inputs)}
	img.Populations[0].Shape, img.Populations[0].Segments[0].Count = []int32{int32(neurons)}, int32(
		neurons)
	img.Readout.Classes, img.Encoder.Ticks = int32(neurons), 12
	return img
}

// TestCycleLearnsAsFast: in learning mode the engines leave the same behind, and
// what is written takes time.
func TestCycleLearnsAsFast(t *testing.T) {
	c, err := Load(learner(30, 12))
	require.NoError(t, err)
	opts := Options{Learn: true, Seed: 5, Spikes: []int{0}, Potentials: []int{0}}
	fast := c.NewFast(opts)
	require.ErrorContains(t, fast.SetLearned(nil), "learned state of 0 cores: line has 1")
	require.NoError(t, fast.SetLearned(fast.Learned()))
	l := &ledger{}
	cycle, err := c.NewCycle(opts, l)
	require.NoError(t, err)
	plain, err := c.NewCycle(Options{Seed: 5}, nil)
	require.NoError(t, err)
	var settled, updates int64
	for number := range uint64(6) {
		sample := &Sample{Number: number, Spikes: noise(30, 12, 0.1+0.1*float64(number))}
		want, err := fast.Run(t.Context(), sample)
		require.NoError(t, err)
		*l = *newLedger(t, c)
		got, err := cycle.Run(t.Context(), sample)
		require.NoError(t, err)
		l.requireUpdates(got, sample.Spikes)
		still, err := plain.Run(t.Context(), sample)
		require.NoError(t, err)
		require.Zero(t, still.Cycles.Settle)
		requireTimes(t, c, got.Cycles, 12)
		settled += got.Cycles.Settle
		updates += got.Counts.Core.LearningUpdates
		got.Cycles = nil
		require.Equal(t, want, got)
		require.Equal(t, fast.Learned(), cycle.run.Learned())
	}
	require.Positive(t, updates)
	require.Positive(t, settled)
}

// TestLearningByTick: what a sample costs at its end falls to its last tick, so
// that a longer run tells the earlier ones alike.
func TestLearningByTick(t *testing.T) {
	c, err := Load(learner(30, 12))
	require.NoError(t, err)
	train := noise(30, 12, 0.4)
	var runs [][]Counts
	for ticks := 2; ticks <= 12; ticks++ {
		o, err := c.NewFast(Options{Learn: true, Seed: 5, ByTick: true, Ticks: ticks}).Run(
			t.Context(), &Sample{Spikes: train})
		require.NoError(t, err)
		var bins []Counts
		for bin := range o.Attribution.Bins() {
			bins = append(bins, o.Attribution.OfBin(bin))
		}
		once, err := c.NewFast(Options{Learn: true, Seed: 5, Ticks: ticks}).Run(t.Context(),
			&Sample{Spikes: train})
		require.NoError(t, err)
		require.Equal(t, once.Counts, o.Counts)
		runs = append(runs, bins)
	}
	ends := 0
	for k := range runs[1:] {
		short, long := runs[k], runs[k+1]
		last := len(short) - 1
		require.Equal(t, long[:last], short[:last], "%d ticks", last+1)
		if short[last] != long[last] {
			ends++
		}
	}
	require.Positive(t, ends, "there is work at the end")
}

// TestDrawsFollowSeedAndSample: a chip's draws are those of its seed and of the
// sample's number, whatever the engine ran before.
func TestDrawsFollowSeedAndSample(t *testing.T) {
	c, err := Load(learner(30, 12))
	require.NoError(t, err)
	train := noise(30, 12, 0.4)
	learn := func(f *Fast, number uint64) Learned {
		before := f.Learned()
		_, err := f.Run(t.Context(), &Sample{Number: number, Spikes: train})
		require.NoError(t, err)
		after := f.Learned()
		require.NoError(t, f.SetLearned(before))
		return after
	}
	one := c.NewFast(Options{Learn: true, Seed: 5})
	first, second := learn(one, 1), learn(one, 2)
	require.Equal(t, first, learn(one, 1))
	require.NotEqual(t, first, second, "another sample draws anew")
	other := c.NewFast(Options{Learn: true, Seed: 6})
	require.NotEqual(t, first, learn(other, 1), "another seed draws anew")
	require.Equal(t, second, learn(c.NewFast(Options{Learn: true, Seed: 5}), 2))
}

// TestDropsAreCounted: a chip that drops loses packets into a small buffer, says
// how many, and counts only the links that were crossed.
func TestDropsAreCounted(t *testing.T) {
	text := profileText("adder", map[string]any{"drops": "when-full", "input_buffer": 1,
		"pipeline": "9 cycles", "neuron_update": "0 cycles", "neuron_idle": "0 cycles",
		"spike_out": "0 cycles"})
	c, err := Load(fan(t, 64, text))
	require.NoError(t, err)
	e, err := c.NewCycle(Options{}, nil)
	require.NoError(t, err)
	train := spike.NewTrain(64, 2)
	for i := range 64 {
		train.Set(0, i)
	}
	o, err := e.Run(t.Context(), &Sample{Spikes: train})
	require.NoError(t, err)
	require.Positive(t, o.Counts.Dropped)
	require.Equal(t, e.mesh.Load().Lost, o.Counts.Dropped)
	require.Equal(t, e.mesh.Load().Hops, o.Counts.Traffic.Hops.Total())
	require.Equal(t, int64(64), o.Counts.InputSpikes)
	require.Less(t, o.Counts.Core.AxonReads, int64(64))
}

// TestDropsAddUp: on any chip that drops, packets arrive or are dropped, and the
// links are those that the mesh says were crossed.
func TestDropsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		img := drawImage(t)
		img.Chip.Profile = bytes.Replace(img.Chip.Profile, []byte("drops: never"),
			[]byte("drops: when-full"), 1)
		c, err := Load(img)
		require.NoError(t, err)
		l := newLedger(t, c)
		e, err := c.NewCycle(Options{ByTick: rapid.Bool().Draw(t, "by tick")}, l)
		require.NoError(t, err)
		require.True(t, e.plan.mesh.DropWhenFull)
		o, err := e.Run(t.Context(),
			&Sample{Spikes: drawTrain(t, int(img.Input.Shape[0]), int(img.Encoder.Ticks))})
		require.NoError(t, err)
		load := e.mesh.Load()
		require.Equal(t, load.Lost, o.Counts.Dropped)
		require.Equal(t, load.Hops, o.Counts.Traffic.Hops.Total())
		require.Equal(t, load.Hops, o.Cycles.LinkPackets)
		require.Equal(t, load.Arrived, l.messages)
		require.Equal(t, load.Entered, o.Counts.Traffic.Packets)
	})
}

// fan is a chip whose host inputs each reach a neuron of their own, two cores
// away.
func fan(t require.TestingT, inputs int, profile []byte) *layout.Image {
	img := line(3, profile)
	cfg := &img.Cores[2].Config
	*cfg = core.Config{Widths: cfg.Widths,
		Groups: []core.Group{{Count: int32(inputs), Population: 2, Depth: 2, DecayV: 4096}}}
	routes := router.Routes{Start: []int32{0}}
	own := router.Routes{Start: []int32{0}}
	for n := range inputs {
		cfg.Threshold, cfg.Bias, cfg.Reset = append(cfg.Threshold, 0), append(cfg.Bias,
			0), append(cfg.Reset, 0)
		cfg.V0, cfg.ID = append(cfg.V0, 0), append(cfg.ID, uint32(2+n))
		cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(n)})
		cfg.Rows = append(cfg.Rows, core.Row{WeightBits: 8, First: int32(n), Count: 1,
			Offset: int64(n)})
		cfg.Dense8 = append(cfg.Dense8, 1)
		routes.Dests = append(routes.Dests, router.Dest{Core: 2, Axon: int32(n)})
		routes.Start = append(routes.Start, int32(n+1))
		own.Start = append(own.Start, 0)
	}
	img.Routes.Neurons[2] = own
	img.Routes.Ports[0].Routes = routes
	img.Input.Shape = []int32{int32(inputs)}
	img.Populations[2].Shape = []int32{int32(inputs)}
	img.Populations[2].Segments[0].Count = int32(inputs)
	img.Readout.Classes = int32(inputs)
	img.Encoder.Ticks = 2
	return img
}

func TestCycleNeedsTiming(t *testing.T) {
	c, err := Load(line(1, profileText("adder", nil)))
	require.NoError(t, err)
	c.profile.Timing = nil
	_, err = c.NewCycle(Options{}, nil)
	require.ErrorContains(t, err, "has no timing")
}

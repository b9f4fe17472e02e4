package core

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/core/kernel"
	"adder/fixedpoint"
)

// drawPanels draws a core with banks of dense rows, dense rows in other places, and rows
// of other forms among them, on groups that kernels can advance and others.
func drawPanels(t *rapid.T) *Config {
	cfg := &Config{Widths: Widths{
		Potential: rapid.SampledFrom([]uint8{8, 14, 24, 31, 32}).Draw(t, "potential"), Current: 24,
		WrapPotential:   rapid.IntRange(0, 5).Draw(t, "wrap") == 0,
		Align:           rapid.SampledFrom([]uint8{0, 0, 3}).Draw(t, "align"),
		MergeDuplicates: rapid.IntRange(0, 9).Draw(t, "merge") == 0,
	}}
	limit := fixedpoint.Limit(uint(cfg.Widths.Potential))
	value := func(name string, size int64) int32 {
		size = min(size, limit)
		return int32(rapid.Int64Range(-size, size).Draw(t, name))
	}
	for k := range rapid.Int32Range(1, 3).Draw(t, "groups") {
		g := Group{
			First: int32(cfg.Neurons()), Count: rapid.Int32Range(1, 150).Draw(t, "count"),
			Population: rapid.Int32Range(0, k).Draw(t, "population"),
			Depth:      rapid.Int32Range(0, 2).Draw(t, "depth"),
			DecayV: rapid.SampledFrom([]uint16{0, 3840, 4092, 4096, 4096, 2731}).Draw(t,
				"decay"),
			ResetMode:  ResetMode(rapid.IntRange(0, 1).Draw(t, "reset")),
			Refractory: rapid.SampledFrom([]uint16{0, 0, 1, 3}).Draw(t, "refractory"),
			WeightExp:  rapid.SampledFrom([]int8{0, 0, 2, -2}).Draw(t, "exponent"),
			Integrator: rapid.IntRange(0, 5).Draw(t, "integrator") == 0,
			HasFloor:   rapid.IntRange(0, 3).Draw(t, "floored") == 0, Floor: value("floor", 300),
			HasCurrent: rapid.IntRange(0, 7).Draw(t, "current") == 0, DecayU: 3000,
		}
		if !g.Integrator && rapid.IntRange(0, 5).Draw(t, "competes") == 0 {
			g.Winner.Arbiter = ArbiterMargin
		}
		biased := rapid.Bool().Draw(t, "biased")
		threshold, reset := value("threshold", 900), value("reset", 1<<30)
		for range g.Count {
			bias := int32(0)
			if biased {
				bias = value("bias", 40)
			}
			cfg.Threshold, cfg.Reset = append(cfg.Threshold, threshold), append(cfg.Reset, reset)
			cfg.Bias = append(cfg.Bias, bias)
			cfg.V0, cfg.ID = append(cfg.V0, 0), append(cfg.ID, uint32(len(cfg.ID)))
		}
		cfg.Groups = append(cfg.Groups, g)
	}
	for range rapid.IntRange(1, 4).Draw(t, "runs") {
		drawRun(t, cfg)
	}
	return cfg
}

// drawRun adds a run of axon entries: alike, with a base each, or any.
func drawRun(t *rapid.T, cfg *Config) {
	neurons := int32(cfg.Neurons())
	count := rapid.Int32Range(1, neurons).Draw(t, "row")
	first := rapid.Int32Range(0, neurons-count).Draw(t, "first")
	kind := rapid.IntRange(0, 4).Draw(t, "kind")
	bits := rapid.SampledFrom([]uint8{4, 8}).Draw(t, "bits")
	for range rapid.SampledFrom([]int{1, 20, 40, 100}).Draw(t, "entries") {
		r := Row{Format: Dense8, WeightBits: bits, Exclude: -1, First: first, Count: count}
		base := int32(0)
		switch {
		case kind == 1:
			r.First, base = 0, rapid.Int32Range(0, neurons-count).Draw(t, "base")
		case kind == 2 && rapid.IntRange(0, 3).Draw(t, "odd") == 0:
			r.Format = rapid.SampledFrom([]RowFormat{Dense16, Sparse, Others}).Draw(t, "format")
			r.Weight = 5
		case kind == 3:
			r.Count = rapid.Int32Range(0, count).Draw(t, "other row")
		case kind == 4:
			r.Format, r.First = Sparse, 0
			r.Count = rapid.Int32Range(0, count).Draw(t, "entries")
			base = rapid.Int32Range(0, neurons-count).Draw(t, "base")
		}
		cfg.Axons = append(cfg.Axons, Axon{Row: int32(len(cfg.Rows)), Base: base})
		drawWeights(t, cfg, r)
	}
}

// drawWeights adds a row and its weights, drawn from a few.
func drawWeights(t *rapid.T, cfg *Config, r Row) {
	seed := rapid.Uint8().Draw(t, "weights")
	switch r.Format {
	case Dense8:
		r.Offset = int64(len(cfg.Dense8))
	case Dense16:
		r.Offset = int64(len(cfg.Dense16))
	case Sparse:
		r.Offset = int64(len(cfg.Sparse))
	}
	for k := range r.Count {
		w := int8(uint8(int32(seed)*(k+1)*37) ^ seed)
		if seed < 20 {
			w = -128
		}
		w >>= 8 - r.WeightBits
		switch r.Format {
		case Dense8:
			cfg.Dense8 = append(cfg.Dense8, w)
		case Dense16:
			cfg.Dense16 = append(cfg.Dense16, int16(w))
		case Sparse:
			at := r.First + k
			if seed == 33 && k > 0 { // out of order
				at--
			}
			cfg.Sparse = append(cfg.Sparse, Synapse{Neuron: uint16(at), Weight: int16(w)})
		}
	}
	if r.Format == Sparse {
		r.First = 0
	}
	cfg.Rows = append(cfg.Rows, r)
}

// TestWindows: spikes that a core is given for many ticks at once do what they do one by
// one, tick by tick, with every set of instructions, whatever share of them is heard in
// one call.
func TestWindows(t *testing.T) {
	draws := map[string]func(t *rapid.T) *Config{"panels": drawPanels, "sets": drawSets}
	shared := new(Window)
	for name, draw := range draws {
		for _, set := range kernel.Sets() {
			t.Run(fmt.Sprint(name, " ", set), func(t *testing.T) {
				rapid.Check(t, func(t *rapid.T) { checkWindows(t, draw(t), set, shared) })
			})
		}
	}
}

// checkWindows has every window gathered in one that cores of other shapes have used, or in
// the core's own.
func checkWindows(t *rapid.T, cfg *Config, set kernel.Set, shared *Window) {
	plain, err := newWith(cfg, kernel.Plain)
	require.NoError(t, err)
	windows, err := newWith(cfg, set)
	require.NoError(t, err)
	windows, _ = windows.Ordered(drawOrder(t, cfg))
	current := rapid.SampledFrom([]int32{0, 0, 7, 1 << 30}).Draw(t, "host")
	host := slices.Repeat([]int32{current}, cfg.Neurons())
	for _, c := range []*Core{plain, windows} {
		c.SetLearning(len(cfg.Plasticity) > 0)
		c.Seed(fixedpoint.NewSource(3), 1)
		c.Begin()
		if host[0] != 0 {
			c.SetHost(host)
		}
	}
	part := make([]uint64, windows.SetWords())
	for i := range part {
		part[i] = rapid.Uint64().Draw(t, "part")
	}
	for tick := int32(0); tick < 9; {
		ticks := rapid.SampledFrom([]int{1, 2, 4, 9}).Draw(t, "window")
		due := drawDue(t, windows, ticks)
		if rapid.Bool().Draw(t, "lent") {
			windows.Lend(shared)
		}
		windows.Gather(due, ticks)
		if windows.Whole() && rapid.IntRange(0, 3).Draw(t, "whole") > 0 {
			compareWhole(t, plain, windows, tick, due, part)
			tick += int32(ticks)
		} else {
			for k := range ticks {
				compareTick(t, plain, windows, k, tick, due[k*len(part):][:len(part)], part)
				tick++
			}
		}
		windows.Return()
	}
}

// drawOrder draws an order of axon entries, with gaps, or none.
func drawOrder(t *rapid.T, cfg *Config) []int32 {
	if rapid.Bool().Draw(t, "in order") {
		return nil
	}
	order := make([]int32, len(cfg.Axons)+rapid.IntRange(0, 70).Draw(t, "gaps"))
	for i := range order {
		if order[i] = int32(i); i >= len(cfg.Axons) {
			order[i] = -1
		}
	}
	return rapid.Permutation(order).Draw(t, "order")
}

// compareWhole advances a core by a window at once, and the plain one tick by tick.
func compareWhole(t *rapid.T, plain, windows *Core, first int32, due, part []uint64) {
	ticks := len(due) / len(part)
	if rapid.Bool().Draw(t, "all") {
		windows.ReceiveAll()
	} else {
		for k := range ticks {
			windows.Select(k)
			hearParts(t, windows, part)
		}
	}
	middle := rapid.IntRange(0, ticks).Draw(t, "middle")
	fired := make([][]uint64, ticks)
	for _, span := range [][2]int{{0, middle}, {middle, ticks}} {
		windows.Advance(first, span[0], span[1], inputTicks)
		windows.CountTicks(span[0], span[1])
		sets := slices.Clone(windows.Fired(span[0], span[1]))
		for k := span[0]; k < span[1]; k++ {
			fired[k], sets = sets[:windows.FiredWords()], sets[windows.FiredWords():]
		}
		require.Empty(t, sets)
	}
	for k := range ticks {
		plain.DeliverAll(spikesOf(windows, due[k*len(part):][:len(part)]))
		want := plain.Tick(first+int32(k), inputTicks, []int32{})
		require.Equal(t, want, kernel.Plain.List([]int32{}, fired[k], 0))
	}
	requireSame(t, plain, windows)
}

// inputTicks is the length of a sample, which ends before its last windows.
const inputTicks = 7

// spikesOf lists the axon entries of a set.
func spikesOf(c *Core, due []uint64) []int32 {
	spikes := kernel.Plain.List(nil, due, 0)
	for i, place := range spikes {
		spikes[i] = c.at(place)
	}
	return spikes
}

// hearParts has a core hear a tick, at once or in two parts.
func hearParts(t *rapid.T, c *Core, part []uint64) {
	if !rapid.Bool().Draw(t, "in parts") {
		c.Receive(nil)
		return
	}
	c.Receive(part)
	rest := make([]uint64, len(part))
	for i := range part {
		rest[i] = ^part[i]
	}
	c.Receive(rest)
}

func requireSame(t *rapid.T, plain, windows *Core) {
	require.Equal(t, plain.potential, windows.potential)
	require.Equal(t, plain.refractory, windows.refractory)
	require.Equal(t, plain.Counts(), windows.Counts())
	require.Equal(t, plain.quiet, windows.quiet)
	require.Equal(t, plain.Learned(), windows.Learned())
}

// drawDue draws sets of spikes: none, few, many or all.
func drawDue(t *rapid.T, c *Core, ticks int) []uint64 {
	var due []uint64
	for range ticks {
		kind := rapid.IntRange(0, 3).Draw(t, "density")
		for w := range c.SetWords() {
			sparse := rapid.Uint64().Draw(t, "a") & rapid.Uint64().Draw(t, "b")
			word := [...]uint64{0, sparse, rapid.Uint64().Draw(t, "c"), ^uint64(0)}[kind]
			for i := range 64 {
				if at := w<<6 + i; at >= c.places() || c.at(int32(at)) < 0 {
					word &^= 1 << i
				}
			}
			due = append(due, word)
		}
	}
	return due
}

func compareTick(t *rapid.T, plain, windows *Core, k int, tick int32, due, part []uint64) {
	plain.DeliverAll(spikesOf(windows, due))
	windows.Select(k)
	hearParts(t, windows, part)
	want := plain.Tick(tick, inputTicks, []int32{})
	fired := make([]uint64, (plain.Neurons()+63)/64)
	require.Equal(t, len(want) > 0, windows.TickSet(tick, inputTicks, fired))
	require.Equal(t, want, kernel.Plain.List([]int32{}, fired, 0))
	requireSame(t, plain, windows)
}

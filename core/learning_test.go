package core

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/fixedpoint"
)

// drawMode gives a group some of what goes beyond a plain neuron.
func drawMode(t *rapid.T, cfg *Config, g *Group, limit int32) {
	if g.HasFloor = rapid.IntRange(0, 3).Draw(t, "has floor") == 0; g.HasFloor {
		g.Floor = rapid.OneOf(rapid.Int32Range(-min(limit, 100), min(limit, 10)),
			rapid.Int32Range(-1, 0)).Draw(t, "floor")
	}
	if g.Integrator {
		return
	}
	if rapid.IntRange(0, 3).Draw(t, "escapes") == 0 {
		table := EscapeTable{
			Shift: rapid.Uint8Range(0, 6).Draw(t, "escape shift"),
			Probability: rapid.SliceOfN(rapid.OneOf(rapid.Just(uint32(0)), rapid.Uint32()), 1,
				20).Draw(t, "escape"),
		}
		cfg.Escape = append(cfg.Escape, table)
		g.Escape = int32(len(cfg.Escape))
	}
	if rapid.IntRange(0, 2).Draw(t, "adapts") == 0 {
		g.Theta = Theta{
			Adaptive: true, Always: rapid.Bool().Draw(t, "always"),
			Plus:  rapid.Int32Range(-min(limit, 5), min(limit, 50)).Draw(t, "plus"),
			Decay: rapid.SampledFrom([]uint8{0, 1, 4, 23}).Draw(t, "theta decay"),
			Fall:  rapid.SampledFrom([]uint32{0, 1000, 65536, 200000}).Draw(t, "fall"),
			Min:   rapid.Int32Range(-min(limit, 50), min(limit, 10)).Draw(t, "minimum"),
		}
	}
	g.Winner = Winner{
		Arbiter:      Arbiter(rapid.IntRange(0, 2).Draw(t, "arbiter")),
		LateralReset: rapid.Bool().Draw(t, "lateral"), Alone: rapid.Bool().Draw(t, "alone"),
	}
}

// drawLearning adds plastic rows to some groups, and most of them learn.
func drawLearning(t *rapid.T, cfg *Config) {
	if rapid.Bool().Draw(t, "has theta") {
		limit := min(int32(1)<<(cfg.Widths.Potential-1)-1, 30)
		for range cfg.Threshold {
			cfg.Theta = append(cfg.Theta, rapid.Int32Range(-limit, limit).Draw(t, "theta"))
		}
	}
	for i := range cfg.Groups {
		if cfg.Groups[i].coded() || cfg.Groups[i].Pairs {
			continue
		}
		for range rapid.SampledFrom([]int{0, 0, 0, 1, 1, 1, 2}).Draw(t, "runs of plastic rows") {
			drawPlastic(t, cfg, int32(i))
		}
	}
}

func drawPlastic(t *rapid.T, cfg *Config, group int32) {
	g := &cfg.Groups[group]
	p := Plasticity{Group: group, FirstRow: int32(len(cfg.Rows)),
		Rows: rapid.Int32Range(1, 9).Draw(t, "plastic rows")}
	if g.Count < 9 && rapid.IntRange(0, 2).Draw(t, "many rows") == 0 {
		p.Rows += 64 // so that they take several words
	}
	for range p.Rows {
		cfg.Rows = append(cfg.Rows, Row{Format: Plastic, WeightBits: 16, Exclude: -1,
			First: g.First, Count: g.Count, Offset: int64(len(cfg.Plastic))})
		cfg.Axons = append(cfg.Axons, Axon{Row: int32(len(cfg.Rows) - 1)})
		for range g.Count {
			if p.Rows > 64 {
				cfg.Plastic = append(cfg.Plastic, uint16(len(cfg.Plastic)*40503))
				continue
			}
			cfg.Plastic = append(cfg.Plastic,
				rapid.OneOf(rapid.Uint16(), rapid.Uint16Range(0, 600)).Draw(t, "plastic"))
		}
	}
	if rapid.IntRange(0, 4).Draw(t, "frozen") == 0 {
		return
	}
	rate := rapid.OneOf(rapid.Uint8Range(1, 16), rapid.Just(uint8(RateOff)))
	p.Rule = Rule(rapid.IntRange(0, 2).Draw(t, "rule"))
	p.LTP, p.LTD = rate.Draw(t, "ltp"), rate.Draw(t, "ltd")
	p.Pre, p.Post = drawTrace(t), drawTrace(t)
	p.Offset = rapid.SampledFrom([]uint8{0, 0, 1, 25, 255}).Draw(t, "offset")
	p.Min = rapid.SampledFrom([]uint16{0, 0, 100, 20000}).Draw(t, "min")
	p.Max = rapid.SampledFrom([]uint16{65535, 65280, 30000}).Draw(t, "max")
	drawNorm(t, cfg, &p)
	cfg.Plasticity = append(cfg.Plasticity, p)
}

func drawTrace(t *rapid.T) Trace {
	if rapid.Bool().Draw(t, "box") {
		return Trace{TraceBox, rapid.Uint16Range(1, 6).Draw(t, "length")}
	}
	return Trace{TraceExponential, rapid.Uint16Range(1, 8).Draw(t, "shift")}
}

func drawNorm(t *rapid.T, cfg *Config, p *Plasticity) {
	p.Norm.Kind = NormKind(rapid.IntRange(0, 2).Draw(t, "norm"))
	if p.Norm.Kind == NormNone {
		return
	}
	p.Norm.Shift = rapid.Uint8Range(1, 8).Draw(t, "norm shift")
	p.Norm.Every = rapid.SampledFrom([]uint16{0, 1, 2, 3}).Draw(t, "every")
	p.Norm.Step = rapid.SampledFrom([]int32{0, 100, 5000}).Draw(t, "step")
	if len(cfg.Target) == 0 {
		for range cfg.Neurons() {
			cfg.Target = append(cfg.Target,
				rapid.OneOf(rapid.Int32Range(0, 1000), rapid.Int32Range(0, 300000),
					rapid.Just(int32(1<<31-1))).Draw(t, "target"))
		}
	}
}

// learnSome draws the mode of a sample.
func learnSome(t *rapid.T, o *oracle, c *Core) {
	o.learns.on = rapid.IntRange(0, 3).Draw(t, "learns") > 0
	c.SetLearning(o.learns.on)
	o.learns.bar = rapid.SampledFrom([]int{0, 0, 1, 2, 3}).Draw(t, "bar")
	c.SetBar(uint16(o.learns.bar))
}

func requireSameLearned(t require.TestingT, o *oracle, c *Core) {
	learned := c.Learned()
	for i, w := range o.learns.weights {
		require.Equal(t, w, int64(learned.Weights[i]), "plastic weight %d", i)
	}
	for n, target := range learned.Target {
		require.Equal(t, o.learns.target[n], int64(target), "target of neuron %d", n)
	}
	if len(learned.Barred) == 0 {
		require.Equal(t, make([]int, len(o.learns.barred)), o.learns.barred, "nobody is barred")
	}
	for n, barred := range learned.Barred {
		require.Equal(t, o.learns.barred[n], int(barred), "bar of neuron %d", n)
	}
	for i := range learned.Pool {
		require.Equal(t, o.learns.blocks[i].pool, int(learned.Pool[i]))
		require.Equal(t, o.learns.blocks[i].samples, int(learned.Samples[i]))
	}
}

// drawSamples is the input of a few samples: axons by sample and tick.
func drawSamples(t *rapid.T, cfg *Config, samples int) [][][]int32 {
	axon := rapid.Int32Range(0, int32(len(cfg.Axons)-1))
	out := make([][][]int32, samples)
	for s := range out {
		for range 6 {
			out[s] = append(out[s], rapid.SliceOfN(axon, 0, 15).Draw(t, "spikes"))
		}
	}
	return out
}

// teach runs samples in learning mode; first numbers them.
func teach(c *Core, first int, samples [][][]int32) (spikes []int32) {
	for s, ticks := range samples {
		c.Seed(fixedpoint.NewSource(7), uint64(first+s))
		c.Begin()
		for t, axons := range ticks {
			c.DeliverAll(axons)
			spikes = c.Tick(int32(t), int32(len(ticks)), spikes)
		}
		c.EndSample()
	}
	return spikes
}

// TestLearnedIsWhole holds that what Learned returns is all that samples leave
// behind: a core that is stopped between two samples and set up anew goes on
// as one that is not.
func TestLearnedIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := drawConfig(t)
		samples := drawSamples(t, cfg, 6)
		stop := rapid.IntRange(0, 6).Draw(t, "stop")
		whole, err := New(cfg)
		require.NoError(t, err)
		halted, other := whole.Fork(), whole.Fork()
		for _, c := range []*Core{whole, halted, other} {
			c.SetLearning(true)
			c.SetBar(1)
		}
		if rapid.Bool().Draw(t, "has learned something else") {
			teach(other, 6, drawSamples(t, cfg, 1))
		}
		want := teach(whole, 0, samples)
		got := teach(halted, 0, samples[:stop])
		require.NoError(t, other.SetLearned(halted.Learned()))
		got = append(got, teach(other, stop, samples[stop:])...)
		require.Equal(t, want, got)
		require.Equal(t, whole.Learned(), other.Learned())
	})
}

// TestDeliveryOrderTeachesTheSame delivers the spikes of each tick in reverse.
func TestDeliveryOrderTeachesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := drawConfig(t)
		cfg.Widths.MergeDuplicates = false
		samples := drawSamples(t, cfg, 3)
		one, err := New(cfg)
		require.NoError(t, err)
		other := one.Fork()
		one.SetLearning(true)
		other.SetLearning(true)
		want := teach(one, 0, samples)
		for _, ticks := range samples {
			for _, axons := range ticks {
				slices.Reverse(axons)
			}
		}
		require.Equal(t, want, teach(other, 0, samples))
		require.Equal(t, one.Learned(), other.Learned())
		require.Equal(t, one.Counts(), other.Counts())
	})
}

// TestLearningLeavesForksAlone holds that a core that learns changes neither its
// configuration nor its forks, and that without learning nothing moves.
func TestLearningLeavesForksAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := drawConfig(t)
		before := slices.Clone(cfg.Plastic)
		samples := drawSamples(t, cfg, 2)
		c, err := New(cfg)
		require.NoError(t, err)
		fork := c.Fork()
		want, shared := fork.Learned(), fmt.Sprint(fork.plastic)
		c.SetLearning(true)
		teach(c, 0, samples)
		require.Equal(t, before, cfg.Plastic)
		require.Equal(t, want, fork.Learned())
		teach(fork, 0, samples)
		deliverSome(t, newOracle(cfg), fork, samples[0][0])
		require.Equal(t, shared, fmt.Sprint(fork.plastic), "what forks share")
		after := fork.Learned()
		require.Equal(t, want.Weights, after.Weights)
		require.Equal(t, want.Target, after.Target)
	})
}

// TestBytesFollowWeights holds that deliveries see what learning writes: each
// byte is the upper half of its weight, and the nonzero ones are counted.
func TestBytesFollowWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := drawConfig(t)
		c, err := New(cfg)
		require.NoError(t, err)
		c.SetLearning(true)
		teach(c, 0, drawSamples(t, cfg, 3))
		requireSameBytes(t, cfg, c)
		learned := c.Learned()
		for i := range learned.Weights {
			learned.Weights[i] ^= uint16(i * 40503)
		}
		require.NoError(t, c.SetLearned(learned))
		requireSameBytes(t, cfg, c)
	})
}

func requireSameBytes(t require.TestingT, cfg *Config, c *Core) {
	weights := c.Learned().Weights
	for i := range cfg.Rows {
		r := &cfg.Rows[i]
		if r.Format != Plastic {
			continue
		}
		nonzero := int32(0)
		for k, w := range weights[r.Offset:][:r.Count] {
			require.Equal(t, biased(uint8(w>>8)), c.plastic.bytes.row(&c.rowBytes[i])[int(r.First&7)+k])
			if w>>8 != 0 {
				nonzero++
			}
		}
		require.Equal(t, nonzero, c.plastic.synops[i])
	}
}

// TestSetLearnedRefuses lists what does not fit a core, which it leaves alone.
func TestSetLearnedRefuses(t *testing.T) {
	c, err := New(boundsConfig())
	require.NoError(t, err)
	require.EqualError(t, c.SetLearned(c.Learned()), "a core takes what was learned in learning "+
		"mode only")
	c.SetLearning(true)
	c.SetBar(0)
	require.Empty(t, c.Learned().Barred, "nobody was ever barred")
	c.SetBar(1)
	before := c.Learned()
	for want, change := range map[string]func(*Learned){
		"learned state with 3 weights: this core has 4": func(l *Learned) {
			l.Weights = l.Weights[:3]
		},
		"learned state with 0 thresholds: this core has 4": func(l *Learned) { l.Theta = nil },
		"learned state with 5 targets: this core has 4": func(l *Learned) {
			l.Target = append(l.Target, 1)
		},
		"learned state with 2 pools: this core has 1": func(l *Learned) {
			l.Pool = append(l.Pool, 1)
		},
		"learned state with 0 sample counters: this core has 1": func(l *Learned) {
			l.Samples = nil
		},
		"learned state with 1 barred neurons: this core has 4": func(l *Learned) {
			l.Barred = l.Barred[:1]
		},
	} {
		l := c.Learned()
		change(&l)
		require.EqualError(t, c.SetLearned(l), want)
		require.Equal(t, before, c.Learned())
	}
	l := c.Learned()
	l.Barred = nil
	require.NoError(t, c.SetLearned(l))
	require.Empty(t, c.Learned().Barred)
}

func TestTraceTables(t *testing.T) {
	require.Equal(t, traceTable{255, 255, 255, 0}, makeTraceTable(Trace{TraceBox, 3}))
	require.Equal(t, traceTable{255, 128, 64, 32, 16, 8, 4, 2, 1, 0},
		makeTraceTable(Trace{TraceExponential, 1}))
	for k := uint16(1); k <= 8; k++ {
		table, x := makeTraceTable(Trace{TraceExponential, k}), int32(255)
		for age := int32(0); age < 400; age++ {
			require.Equal(t, uint8(x), table.at(age, 0), "shift %d, age %d", k, age)
			if x > 0 {
				x -= max(x>>k, 1)
			}
		}
		require.Zero(t, table.at(5, never))
	}
}

func TestSquares(t *testing.T) {
	for w, square := range makeSquares() {
		require.Equal(t, int32(w*w), square)
	}
}

// TestRoundingIsUnbiased sums many changes of a size far below one: their mean
// is the size, within five standard deviations.
func TestRoundingIsUnbiased(t *testing.T) {
	const n = 1 << 16
	stream := fixedpoint.NewSource(3).Stream(1, 2, fixedpoint.PurposeRoundLTD)
	r := rounding{quad: -1}
	for quad := range uint64(n / 4) {
		r.table = append(r.table, stream.Draw(quad))
	}
	sum := int32(0)
	for i := range int32(n) {
		sum += r.shift(3<<8, 15, i)
	}
	require.InDelta(t, n*(3<<8)>>15, sum, 5*39)
	require.Equal(t, int64(n/4), r.draws, "four synapses share a draw")
}

package core

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/fixedpoint"
)

// requireSameState compares everything a core shows with the oracle.
func requireSameState(t require.TestingT, o *oracle, c *Core) {
	for n := range c.Neurons() {
		require.Equal(t, o.v[n].Int64(), int64(c.Potential(n)), "v of neuron %d", n)
		require.Equal(t, o.u[n].Int64(), int64(c.Current(n)), "u of neuron %d", n)
		require.Equal(t, o.theta[n], int64(c.AdaptiveThreshold(n)), "theta of neuron %d", n)
		require.Equal(t, o.r[n], int(c.Refractory(n)), "r of neuron %d", n)
	}
	sum := Counts{}
	for k, p := range c.Populations() {
		want := *o.of(o.cfg.Groups[slices.IndexFunc(o.cfg.Groups, func(g Group) bool {
			return g.Population == p
		})].First)
		require.Equal(t, want, *c.into[k], "counts of population %d", p)
		sum.Add(&want)
	}
	require.Equal(t, sum, c.Counts())
}

// TestCoreFollowsTheOracle runs random samples on random cores and compares
// spikes, state and counts after every tick, in several rounds of draws: cores
// have more kinds of parts than one round meets.
func TestCoreFollowsTheOracle(t *testing.T) {
	for range 4 {
		rapid.Check(t, followOracle)
	}
}

func followOracle(t *rapid.T) { follow(t, drawConfig(t)) }

// follow runs samples on a core and on the oracle.
func follow(t *rapid.T, cfg *Config) {
	c, err := New(cfg)
	require.NoError(t, err)
	o, w := newOracle(cfg), NewWatch(c)
	axon := rapid.Int32Range(0, int32(len(cfg.Axons)-1))
	o.learns.source = fixedpoint.NewSource(rapid.Uint64().Draw(t, "seed"))
	for sample := range rapid.SampledFrom([]uint64{1, 2, 3, 4}).Draw(t, "samples") {
		learnSome(t, o, c)
		drawHost(t, cfg, o, c)
		c.Seed(o.learns.source, sample)
		o.learns.sample = sample
		if sample > 0 || rapid.Bool().Draw(t, "begins") { // a new core is as Begin leaves it
			deliverSome(t, o, c, rapid.SliceOfN(axon, 0, 3).Draw(t, "forgotten"))
			c.Begin()
			o.begin()
			w.Look()
		}
		runSample(t, cfg, o, c, w)
		c.EndSample()
		o.endSample()
		requireSameState(t, o, c)
		requireSameLearned(t, o, c)
	}
}

func drawHost(t *rapid.T, cfg *Config, o *oracle, c *Core) {
	switch rapid.IntRange(0, 2).Draw(t, "host") {
	case 0: // stays
		return
	case 1:
		clear(o.host)
		c.SetHost(nil)
		return
	}
	for n := range o.host {
		o.host[n] = rapid.OneOf(rapid.Just(int32(0)), rapid.Int32()).Draw(t, "host current")
	}
	c.SetHost(o.host)
}

func runSample(t *rapid.T, cfg *Config, o *oracle, c *Core, w *Watch) {
	inputTicks := rapid.SampledFrom([]int32{1, 4, 9}).Draw(t, "ticks")
	start := rapid.SampledFrom([]int32{0, 0, 0, 2}).Draw(t, "first tick")
	axon := rapid.Int32Range(0, int32(len(cfg.Axons)-1))
	pause := rapid.SampledFrom([]int32{-1, 1, 2, math.MaxInt32}).Draw(t, "ticks to the pause")
	for tick := start; tick < inputTicks+4; tick++ {
		axons := rapid.SliceOfN(axon, rapid.SampledFrom([]int{0, 8}).Draw(t, "least"), 20).Draw(t,
			"spikes")
		if tick > pause || rapid.IntRange(0, 2).Draw(t, "silent") == 0 {
			axons = nil
		}
		deliverSome(t, o, c, axons)
		u, v := slices.Clone(o.u), slices.Clone(o.v)
		require.Equal(t, append([]int32{}, o.tick(tick, inputTicks)...),
			c.Tick(tick, inputTicks, []int32{}), "spikes of tick %d", tick)
		requireSameState(t, o, c)
		require.Equal(t, o.changes(u, v), w.Changes([]int32{}), "changes in tick %d", tick)
	}
}

// deliverSome delivers spikes on axons to both, as a set where a set can hold
// them.
func deliverSome(t *rapid.T, o *oracle, c *Core, axons []int32) {
	for _, a := range axons {
		o.deliver(a)
	}
	first, count := int32(0), int32(c.Axons())
	switch rapid.IntRange(0, 3).Draw(t, "delivery") {
	case 0:
		c.DeliverAll(axons)
		return
	case 1:
		first = c.bank.first
		count = rapid.SampledFrom([]int32{c.bank.count, c.bank.count, c.bank.count >> 1}).Draw(t,
			"of the bank")
	case 2:
		first = rapid.Int32Range(0, count-1).Draw(t, "first of the set")
		count = rapid.Int32Range(0, count-first).Draw(t, "set")
	}
	words := make([]uint64, (count+63)>>6)
	for _, a := range axons {
		i := a - first
		if i < 0 || i >= count || words[i>>6]>>(i&63)&1 != 0 {
			c.Deliver(a)
			continue
		}
		words[i>>6] |= 1 << (i & 63)
	}
	c.DeliverSet(first, count, words)
}

// TestManySpikes drives accumulators far: hundreds of deliveries of extreme
// weights in one tick, by Deliver and DeliverAll.
func TestManySpikes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := drawConfig(t)
		cfg.Widths.MergeDuplicates = false
		c, err := New(cfg)
		require.NoError(t, err)
		o := newOracle(cfg)
		axon := rapid.Int32Range(0, int32(len(cfg.Axons)-1))
		for tick := range int32(3) {
			room := int64(math.MaxInt32 >> 1) // in accumulators
			for _, a := range rapid.SliceOfN(axon, 0, 10).Draw(t, "axons") {
				largest := o.largest(a)
				times := min(rapid.Int64Range(0, 700).Draw(t, "times"), room/largest)
				room -= times * largest
				axons := slices.Repeat([]int32{a}, int(times))
				c.DeliverAll(axons)
				for _, axon := range axons {
					o.deliver(axon)
				}
			}
			c.Deliver(0)
			o.deliver(0)
			require.Equal(t, append([]int32{}, o.tick(tick, 5)...), c.Tick(tick, 5, []int32{}))
			requireSameState(t, o, c)
		}
	})
}

// TestDeliveryOrderIsFree delivers the same spikes in two orders and in other
// batches.
func TestDeliveryOrderIsFree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := drawConfig(t)
		one, err := New(cfg)
		require.NoError(t, err)
		other := one.Fork()
		axon := rapid.Int32Range(0, int32(len(cfg.Axons)-1))
		for tick := range int32(4) {
			axons := rapid.SliceOfN(axon, 0, 30).Draw(t, "spikes")
			shuffled := rapid.Permutation(axons).Draw(t, "shuffled")
			one.DeliverAll(axons)
			for _, a := range shuffled {
				other.Deliver(a)
			}
			require.Equal(t, one.Tick(tick, 9, nil), other.Tick(tick, 9, nil))
			require.Equal(t, one.potential, other.potential)
			require.Equal(t, one.current, other.current)
			require.Equal(t, one.Counts(), other.Counts())
		}
	})
}

// TestForksAreIndependent holds that a fork starts before a sample and that
// running it leaves its origin alone.
func TestForksAreIndependent(t *testing.T) {
	cfg := &Config{
		Widths:    Widths{Potential: 24, Current: 24},
		Groups:    []Group{{Count: 2, DecayV: 4096, ResetMode: ResetSubtract}},
		Threshold: []int32{9, 9}, Bias: []int32{0, 1}, Reset: []int32{10, 10}, V0: []int32{5, 5},
		ID:    []uint32{0, 1},
		Axons: []Axon{{}}, Rows: []Row{{WeightBits: 8, Count: 2}}, Dense8: []int8{3, -3},
	}
	c, err := New(cfg)
	require.NoError(t, err)
	c.Deliver(0)
	require.Empty(t, c.Tick(0, 4, nil))
	c.SetHost([]int32{7, 0})
	fork := c.Fork()
	require.Equal(t, Counts{}, fork.Counts())
	require.Equal(t, int32(5), fork.Potential(0))
	fork.Deliver(0)
	require.Empty(t, fork.Tick(0, 4, nil), "the host current is not inherited")
	require.Equal(t, c.Potential(1), fork.Potential(1))
	fork.Begin()
	require.Equal(t, int32(8), c.Potential(0))
	require.Equal(t, []int32{0}, c.Tick(1, 4, nil))
}

func TestOutIsAppendedTo(t *testing.T) {
	cfg := &Config{
		Widths:    Widths{Potential: 8, Current: 8},
		Groups:    []Group{{Count: 2, DecayV: 4096}},
		Threshold: []int32{0, 0}, Bias: []int32{1, 1}, Reset: []int32{0, 0}, V0: []int32{0, 0},
		ID: []uint32{0, 1},
	}
	c, err := New(cfg)
	require.NoError(t, err)
	require.Equal(t, []int32{77, 0, 1}, c.Tick(0, 1, []int32{77}))
}

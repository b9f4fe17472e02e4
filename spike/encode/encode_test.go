package encode

import (
	"hash/fnv"
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/spike"
)

// mustNew returns the encoder of a configuration that New accepts.
func mustNew(t require.TestingT, c Config) Encoder {
	e, err := New(c)
	require.NoError(t, err)
	return e
}

// encode returns a sample's train and the work.
func encode(t require.TestingT, c Config, sample uint64, x []uint8) (*spike.Train, Work) {
	out := new(spike.Train)
	work := mustNew(t, c).Encode(sample, x, out)
	return out, work
}

// ticksOf lists the ticks in which a source spikes.
func ticksOf(train *spike.Train, source int) []int {
	ticks := []int{}
	for tick := range train.Ticks() {
		if train.Get(tick, source) {
			ticks = append(ticks, tick)
		}
	}
	return ticks
}

// lasting is a configuration of so many ticks, where they do not follow from the code.
func lasting(kind string, ticks int, seed uint64) Config {
	if IsCode(kind) {
		ticks = 0
	}
	return Config{Kind: kind, Ticks: ticks, Seed: seed}
}

// allValues is a sample with every value of an element, in order.
func allValues() []uint8 {
	x := make([]uint8, levels)
	for i := range x {
		x[i] = uint8(i)
	}
	return x
}

// anySample draws a sample in which many elements are 0.
func anySample(t *rapid.T) []uint8 {
	element := rapid.OneOf(rapid.Just(uint8(0)), rapid.Uint8(), rapid.Just(uint8(fullScale)))
	return rapid.SliceOfN(element, 0, 200).Draw(t, "x")
}

func TestNames(t *testing.T) {
	require.Equal(t, []string{"rate", "poisson", "poisson-renewal", "bernoulli", "rankorder",
		"rankorder-strict",
		"latency", "population", "direct", "radix", "level"}, Names())
	_, err := New(Config{Kind: "rated"})
	require.EqualError(t, err,
		`unknown encoder "rated": want one of rate, poisson, poisson-renewal, bernoulli, `+
			`rankorder, rankorder-strict, latency, population, direct, radix, level`)
}

func TestDefaults(t *testing.T) {
	for _, name := range Names() {
		c := Config{Kind: name, Ticks: 100, Intensity: 128, TickSeconds: 1e-3, Bits: 8, Fields: 8,
			Cut: 0.1}
		switch name {
		case KindRate, KindDirect:
			c.Ticks, c.Intensity = 32, 1000
		case KindRadix:
			c.Ticks, c.Intensity, c.Bits, c.Scale = 4, 1000, 4, 1.0/15
		case KindLevel:
			c.Ticks, c.Intensity, c.Bits, c.Scale = 15, 1000, 4, 1.0/15
		}
		require.Equal(t, c, Defaults(name))
		require.Equal(t, c, mustNew(t, Config{Kind: name}).Config())
	}
	require.Equal(t, Config{Kind: "rated"}, Defaults("rated"))
}

func TestConfigRefused(t *testing.T) {
	for _, test := range []struct {
		config Config
		want   string
	}{
		{Config{Ticks: -1}, "encoder poisson: -1 ticks: want 1 to 65536"},
		{Config{Ticks: 65537}, "65537 ticks"},
		{Config{TickSeconds: -1}, "a tick of -1 seconds: want 1e-09 to 1000"},
		{Config{TickSeconds: math.NaN()}, "a tick of NaN seconds"},
		{Config{TickSeconds: 1e-10}, "a tick of 1e-10 seconds"},
		{Config{Intensity: -5}, "an intensity of -5 Hz: want more than 0"},
		{Config{Intensity: math.Inf(1)}, "an intensity of +Inf Hz"},
		{Config{Intensity: math.NaN()}, "an intensity of NaN Hz"},
		{Config{Intensity: 1e6},
			"an intensity of 1e+06 Hz asks for 1000 spikes per tick of 0.001 s"},
		{Config{Bits: 17}, "17 bits: want 1 to 16"},
		{Config{Bits: -1}, "-1 bits"},
		{Config{Fields: 257}, "257 fields per element"},
		{Config{Cut: -0.5}, "a cut of -0.5"},
		{Config{Fields: 2}, "2 fields per element: want 3 to 256"},
		{Config{Cut: 1}, "a cut of 1: want more than 0 and less than 1"},
	} {
		test.config.Kind = KindPoisson
		_, err := New(test.config)
		require.ErrorContains(t, err, test.want)
		require.Zero(t, peak(test.config))
	}
	for _, last := range []Config{{Ticks: 1}, {Ticks: 65536}, {Bits: 1}, {Bits: 16}, {Fields: 3},
		{Fields: 256}} {
		last.Kind = KindRate
		mustNew(t, last)
	}
}

// TestFrozen pins the bits of every encoder: stored results depend on them.
func TestFrozen(t *testing.T) {
	x := digitLike(784)
	for _, test := range []struct {
		kind string
		hash uint64
	}{
		{KindRate, 0xf327e247a47d870e},
		{KindPoisson, 0x5199af76ab51e25b},
		{KindPoissonRenewal, 0x69762c75d4e660f},
		{KindBernoulli, 0xd564a6ca9b973e35},
		{KindRankOrder, 0x3db682952a665ab4},
		{KindRankOrderStrict, 0xac6e940950359dff},
		{KindLatency, 0x24e8ba5464c2e92f},
		{KindPopulation, 0x1c9b631ef4e11ba7},
	} {
		train, _ := encode(t, Config{Kind: test.kind, Ticks: 100, Seed: 42}, 7, x)
		hash := fnv.New64a()
		_, _ = hash.Write(train.AppendBytes(nil))
		assert.Equal(t, test.hash, hash.Sum64(), "%s: %#x", test.kind, hash.Sum64())
	}
}

// TestWorkersAgree encodes the same samples in order on one goroutine and out of order
// on several that share the encoder.
func TestWorkersAgree(t *testing.T) {
	const samples, workers = 24, 4
	x := digitLike(200)
	for _, name := range Names() {
		e := mustNew(t, lasting(name, 70, 3))
		want := make([]spike.Train, samples)
		works := make([]Work, samples)
		for sample := range want {
			works[sample] = e.Encode(uint64(sample), x, &want[sample])
		}
		var wg sync.WaitGroup
		got := make([]spike.Train, samples)
		for worker := range workers {
			wg.Go(func() {
				for sample := samples - 1 - worker; sample >= 0; sample -= workers {
					work := e.Encode(uint64(sample), x, &got[sample])
					if work != works[sample] {
						t.Errorf("%s: sample %d: work %v, want %v", name, sample, work,
							works[sample])
					}
				}
			})
		}
		wg.Wait()
		for sample := range want {
			require.True(t, want[sample].Equal(&got[sample]), "%s: sample %d", name, sample)
		}
	}
}

// TestReplacesTrain checks that what a train held before, and its size, are gone.
func TestReplacesTrain(t *testing.T) {
	x := digitLike(100)
	for _, name := range Names() {
		used := spike.NewTrain(900, 300)
		for tick := range used.Ticks() {
			used.Set(tick, tick)
		}
		e := mustNew(t, Config{Kind: name})
		e.Encode(5, x, used)
		fresh := new(spike.Train)
		e.Encode(5, x, fresh)
		require.True(t, fresh.Equal(used), name)
		require.Equal(t, e.Sources(len(x)), used.Sources(), name)
		require.Equal(t, e.Config().Ticks, used.Ticks(), name)
	}
}

// TestPrefix checks that the first ticks do not depend on how many follow.
func TestPrefix(t *testing.T) {
	for _, name := range []string{KindRate, KindPoisson, KindPoissonRenewal, KindBernoulli} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				x := anySample(t)
				long := rapid.IntRange(1, 150).Draw(t, "long")
				short := rapid.IntRange(1, long).Draw(t, "short")
				seed, sample := rapid.Uint64().Draw(t, "seed"), rapid.Uint64().Draw(t, "sample")
				a, _ := encode(t, Config{Kind: name, Ticks: short, Seed: seed}, sample, x)
				b, _ := encode(t, Config{Kind: name, Ticks: long, Seed: seed}, sample, x)
				for tick := range short {
					require.Equal(t, a.Row(tick), b.Row(tick), "tick %d", tick)
				}
			})
		})
	}
}

// TestZeroIsSilent checks that elements that are 0 give no spikes, and that an empty
// or black sample is no special case.
func TestZeroIsSilent(t *testing.T) {
	for _, name := range Names() {
		if name == KindPopulation {
			continue // 0 is a value there
		}
		rapid.Check(t, func(t *rapid.T) {
			x := anySample(t)
			train, _ := encode(t, lasting(name, 20, 0), 1, x)
			counts := make([]int32, len(x))
			train.AddCounts(counts)
			for i, value := range x {
				if value == 0 {
					require.Zero(t, counts[i], "%s: element %d", name, i)
				}
			}
		})
	}
}

func TestNoAllocation(t *testing.T) {
	x := digitLike(784)
	for _, name := range Names() {
		e := mustNew(t, lasting(name, 100, 0))
		out := new(spike.Train)
		e.Encode(0, x, out)
		require.Zero(t, testing.AllocsPerRun(5, func() { e.Encode(1, x, out) }), name)
	}
}

// TestWork checks the counts of the package's table.
func TestWork(t *testing.T) {
	x := digitLike(784) // 150 nonzero elements
	for name, want := range map[string]Work{
		KindRate:            {Adds: 150 * 100},
		KindRankOrder:       {Adds: 784 + 150, MACs: 3*150 + 1},
		KindRankOrderStrict: {Adds: 2*150 + 255, MACs: 2 * 150},
		KindLatency:         {},
		KindPopulation:      {},
		KindDirect:          {},
	} {
		_, work := encode(t, Config{Kind: name, Ticks: 100}, 0, x)
		require.Equal(t, want, work, name)
	}
	_, work := encode(t, Config{Kind: KindPoisson, Ticks: 100}, 0, x)
	require.EqualValues(t, 150*100, work.Adds)
	require.InDelta(t, 150*(7.33+6.5), work.Draws, 100)
	_, work = encode(t, Config{Kind: KindBernoulli, Ticks: 100}, 0, x)
	require.EqualValues(t, 784+150*100+work.Draws, work.Adds)
	require.InDelta(t, 75*(7.33+6.5), work.Draws, 75)

	total := Work{1, 2, 3, 4}
	total.Add(Work{10, 20, 30, 40})
	require.Equal(t, Work{11, 22, 33, 44}, total)
}

// TestPeak compares each promise with the spikes of a full-scale element.
func TestPeak(t *testing.T) {
	const samples = 2000
	for _, test := range []struct {
		config    Config
		want, tol float64
	}{
		{Config{Kind: KindRate}, 1, 0},
		{Config{Kind: KindRate, Intensity: 500}, 0.5, 0},
		{Config{Kind: KindRate, Intensity: 3000}, 1, 0},
		{Config{Kind: KindPoisson}, 1 - math.Exp(-0.128), 1e-15},
		{Config{Kind: KindPoissonRenewal}, 0.1242, 2e-4},
		{Config{Kind: KindPoissonRenewal, Intensity: 1000}, 0.731, 5e-4},
		{Config{Kind: KindBernoulli}, 1, 0},
		{Config{Kind: KindLatency, Ticks: 10}, 0.1, 0},
		{Config{Kind: KindRankOrder, Ticks: 10}, 0.1, 0},
		{Config{Kind: KindRankOrder, Ticks: 1}, 0, 0},
		{Config{Kind: KindRankOrderStrict, Ticks: 10}, 0.1, 0},
	} {
		require.InDelta(t, test.want, peak(test.config), test.tol, "%+v", test.config)
		e := mustNew(t, test.config)
		out, spikes := new(spike.Train), 0
		for sample := range uint64(samples) {
			e.Encode(sample, []uint8{fullScale, 1}, out)
			spikes += len(ticksOf(out, 0))
		}
		opportunities := float64(samples * e.Config().Ticks)
		deviation := 5 * math.Sqrt(e.Peak()*(1-e.Peak())/opportunities)
		require.InDelta(t, e.Peak(), float64(spikes)/opportunities, deviation+1e-12, "%+v",
			test.config)
	}
	require.Equal(t, 1.0, peak(Config{Kind: KindDirect}))
}

func TestTranspose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a tile
		for i := range a {
			a[i] = rapid.Uint64().Draw(t, "row")
		}
		b := a
		b.transpose()
		for i := range a {
			for j := range a {
				require.Equal(t, a[i]>>j&1, b[j]>>i&1, "%d %d", i, j)
			}
		}
	})
}

// peak returns New(c).Peak(), and 0 for an invalid configuration.
func peak(c Config) float64 {
	e, err := New(c)
	if err != nil {
		return 0
	}
	return e.Peak()
}

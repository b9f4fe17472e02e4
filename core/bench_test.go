package core

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	benchNeurons = 1024
	benchAxons   = 1024
)

// benchConfig is a core of one group, with a row of weights per axon.
func benchConfig(g Group, format RowFormat) *Config {
	rng := rand.New(rand.NewPCG(1, 2))
	g.Count = benchNeurons
	cfg := &Config{Widths: Widths{Potential: 24, Current: 24}, Groups: []Group{g}}
	for n := range benchNeurons {
		cfg.Threshold = append(cfg.Threshold, 1<<20)
		cfg.Bias = append(cfg.Bias, 0)
		cfg.Reset = append(cfg.Reset, 1<<20)
		cfg.V0 = append(cfg.V0, 1<<19)
		cfg.ID = append(cfg.ID, uint32(n))
	}
	for a := range benchAxons {
		r := Row{Format: format, WeightBits: 8, Count: benchNeurons, Exclude: -1}
		switch format {
		case Dense8:
			r.Offset = int64(len(cfg.Dense8))
			for range benchNeurons {
				cfg.Dense8 = append(cfg.Dense8, int8(1+rng.IntN(254)-127)|1)
			}
		case Dense16:
			r.Offset, r.WeightBits = int64(len(cfg.Dense16)), 9
			for range benchNeurons {
				cfg.Dense16 = append(cfg.Dense16, int16(1+rng.IntN(510)-255)|1)
			}
		case Sparse:
			r.Offset, r.Count = int64(len(cfg.Sparse)), benchNeurons/8
			for i := range benchNeurons / 8 {
				cfg.Sparse = append(cfg.Sparse, Synapse{Neuron: uint16(i*8 + rng.IntN(8)),
					Weight: int16(rng.IntN(127) + 1)})
			}
		case Others:
			r.Weight, r.Exclude = -100, int32(a)
		}
		cfg.Rows = append(cfg.Rows, r)
		cfg.Axons = append(cfg.Axons, Axon{Row: int32(a)})
	}
	return cfg
}

// benchSpikes is a random tenth of the axons for each of some ticks.
func benchSpikes(ticks int, share float64) [][]int32 {
	rng := rand.New(rand.NewPCG(3, 4))
	spikes := make([][]int32, ticks)
	for t := range spikes {
		for a := range int32(benchAxons) {
			if rng.Float64() < share {
				spikes[t] = append(spikes[t], a)
			}
		}
	}
	return spikes
}

var plainGroup = Group{DecayV: 4096, ResetMode: ResetSubtract}

// BenchmarkTick asks how many synaptic operations a second a core does when a
// share of 1024 axons spikes in each tick, neuron updates included.
func BenchmarkTick(b *testing.B) {
	for _, c := range []struct {
		name   string
		format RowFormat
		share  float64
	}{
		{"dense8", Dense8, 0.1}, {"dense8", Dense8, 0.01}, {"dense8", Dense8, 0.001},
		{"dense16", Dense16, 0.1}, {"sparse", Sparse, 0.1}, {"others", Others, 0.1},
	} {
		b.Run(fmt.Sprintf("%s/share=%g", c.name, c.share), func(b *testing.B) {
			core, err := New(benchConfig(plainGroup, c.format))
			require.NoError(b, err)
			spikes := benchSpikes(64, c.share)
			out := make([]int32, 0, benchNeurons)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				core.DeliverAll(spikes[i%len(spikes)])
				out = core.Tick(0, 1, out[:0])
			}
			b.ReportMetric(float64(core.Counts().Synops)/b.Elapsed().Seconds(), "synops/s")
		})
	}
}

const (
	learnRows    = 784
	learnNeurons = 100
	learnTicks   = 100
)

// learnConfig is a core of neurons that compete and learn, with plastic rows.
func learnConfig(rng *rand.Rand) *Config {
	const count = learnNeurons
	cfg := benchConfig(Group{DecayV: 4092, Refractory: 5,
		Winner: Winner{Arbiter: ArbiterMargin, LateralReset: true}}, Others)
	cfg.Groups[0].Count = count
	cfg.Threshold, cfg.Bias, cfg.Reset, cfg.V0, cfg.ID =
		cfg.Threshold[:count], cfg.Bias[:count], make([]int32, count), make([]int32, count),
		cfg.ID[:count]
	for n := range cfg.Threshold {
		cfg.Threshold[n] = 20000
	}
	cfg.Axons, cfg.Rows = cfg.Axons[:learnRows], nil
	for i := range learnRows {
		cfg.Rows = append(cfg.Rows, Row{Format: Plastic, WeightBits: 16, Count: count, Exclude: -1,
			Offset: int64(i * count)})
		for range count {
			cfg.Plastic = append(cfg.Plastic, uint16(rng.UintN(1<<14)))
		}
	}
	cfg.Plasticity = []Plasticity{{Rows: learnRows, LTP: 6, LTD: 10,
		Pre: Trace{TraceExponential, 4}, Post: Trace{TraceExponential, 4}, Max: 65535}}
	return cfg
}

// BenchmarkLearn asks what a tick of learning costs, and how many spikes a second
// that is: 13 spikes come as a set, and a neuron wins now and then.
func BenchmarkLearn(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 6))
	core, err := New(learnConfig(rng))
	require.NoError(b, err)
	core.SetLearning(true)
	sets := make([][]uint64, learnTicks)
	for t := range sets {
		sets[t] = make([]uint64, (learnRows+63)/64)
		for range 13 {
			i := rng.IntN(learnRows)
			sets[t][i/64] |= 1 << (i % 64)
		}
	}
	var out []int32
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		t := i % learnTicks
		if t == 0 {
			core.EndSample()
			core.Begin()
		}
		core.DeliverSet(0, learnRows, sets[t])
		out = core.Tick(int32(t), learnTicks, out[:0])
	}
	b.ReportMetric(float64(core.Counts().AxonReads)/b.Elapsed().Seconds(), "spikes/s")
	b.ReportMetric(float64(core.Counts().Spikes)/float64(b.N)*learnTicks, "wins/sample")
}

// BenchmarkUpdate asks what one neuron costs in a tick, by model; in the idle
// case no spike arrives.
func BenchmarkUpdate(b *testing.B) {
	for _, c := range []struct {
		name  string
		group Group
		idle  bool
	}{
		{"IF", plainGroup, false},
		{"idle", plainGroup, true},
		{"LIF", Group{DecayV: 3933}, false},
		{"leak", Group{DecayV: 4096 - 4}, false},
		{"CUBA", Group{DecayV: 3933, DecayU: 3686, HasCurrent: true}, false},
		{"refractory", Group{DecayV: 3933, DecayU: 3686, HasCurrent: true, Refractory: 3}, false},
	} {
		b.Run(c.name, func(b *testing.B) {
			core, err := New(benchConfig(c.group, Dense8))
			require.NoError(b, err)
			out := make([]int32, 0, benchNeurons)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				if !c.idle {
					core.touched = true
					core.accumulator[i&(benchNeurons-1)] = int32(i)
				}
				out = core.Tick(0, 1, out[:0])
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchNeurons,
				"ns/neuron")
		})
	}
}

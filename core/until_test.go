package core

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/core/kernel"
	"adder/fixedpoint"
	"adder/internal/draws"
)

// drawRivals draws a core of neurons that compete for inputs in a bank and inhibit each
// other, most of which learn, beside a few neurons that hear one of them.
func drawRivals(t *rapid.T) *Config {
	g := Group{
		Count: rapid.Int32Range(1, 140).Draw(t, "count"), Depth: rapid.Int32Range(0, 1).Draw(t, "depth"),
		DecayV:     rapid.SampledFrom([]uint16{4096, 4092, 3933}).Draw(t, "decay"),
		Refractory: rapid.SampledFrom([]uint16{0, 1, 5}).Draw(t, "refractory"),
		HasFloor:   rapid.Bool().Draw(t, "has floor"), Floor: -500,
		WeightExp: rapid.SampledFrom([]int8{0, 0, 1, -1}).Draw(t, "weight exponent"),
		Winner: Winner{Arbiter: ArbiterMargin, LateralReset: rapid.Bool().Draw(t, "lateral"),
			Alone: rapid.Bool().Draw(t, "alone")},
	}
	if rapid.Bool().Draw(t, "adapts") {
		g.Theta = Theta{Adaptive: true, Plus: 100, Fall: 3 << 14,
			Decay: rapid.SampledFrom([]uint8{0, 0, 0, 5}).Draw(t, "theta decay")}
	}
	few := Group{First: g.Count, Count: 3, DecayV: 4096}
	cfg := &Config{Widths: Widths{Potential: 24, Current: 24}, Groups: []Group{g, few}}
	threshold := rapid.Int32Range(200, 4000).Draw(t, "threshold")
	for n := range g.Count + few.Count {
		cfg.Threshold, cfg.Reset = append(cfg.Threshold, threshold), append(cfg.Reset, 20)
		cfg.Bias, cfg.V0, cfg.ID = append(cfg.Bias, 0), append(cfg.V0, 0), append(cfg.ID, uint32(n))
	}
	if rapid.IntRange(0, 9).Draw(t, "biased") == 0 {
		cfg.Bias[0] = 3
	}
	rows := rapid.SampledFrom([]int32{3, 70, 140}).Draw(t, "rows")
	r := Row{Format: Dense16, WeightBits: 9, Exclude: -1, Count: g.Count}
	if plastic := rapid.IntRange(0, 3).Draw(t, "plastic") > 0; plastic {
		r = Row{Format: Plastic, WeightBits: 16, Exclude: -1, Count: g.Count}
		cfg.Plasticity = []Plasticity{{
			Rows: rows, Rule: Rule(rapid.IntRange(0, 2).Draw(t, "rule")),
			LTP: rapid.SampledFrom([]uint8{2, 6, 9, RateOff}).Draw(t, "ltp"),
			LTD: rapid.SampledFrom([]uint8{2, 6, 9, RateOff}).Draw(t, "ltd"), Max: 65280,
			Pre: Trace{TraceExponential, 2}, Post: Trace{TraceExponential, 2},
			Norm: Norm{Kind: NormL1, Shift: 4},
		}}
		for range cfg.Neurons() {
			cfg.Target = append(cfg.Target, rows<<14)
		}
	}
	for k := range rows {
		cfg.Axons = append(cfg.Axons, Axon{Row: k})
		drawBankRow(t, cfg, r)
	}
	for n := range g.Count { // a winner inhibits the others
		cfg.Axons = append(cfg.Axons, Axon{Row: int32(len(cfg.Rows))})
		cfg.Rows = append(cfg.Rows, Row{Format: Others, WeightBits: 9, Weight: -200, Exclude: n,
			Count: g.Count})
	}
	cfg.Axons = append(cfg.Axons, Axon{Row: int32(len(cfg.Rows))})
	cfg.Sparse = append(cfg.Sparse, Synapse{Neuron: uint16(g.Count), Weight: 100})
	cfg.Rows = append(cfg.Rows, Row{Format: Sparse, WeightBits: 9, Exclude: -1, Count: 1})
	return cfg
}

// TestPass: ticks that are passed do what ticks do, whatever comes between them.
func TestPass(t *testing.T) {
	passed := 0
	rapid.Check(t, func(t *rapid.T) {
		cfg := drawRivals(t)
		plain, err := newWith(cfg, kernel.Plain)
		require.NoError(t, err)
		c, err := newWith(cfg, rapid.SampledFrom(kernel.Sets()).Draw(t, "set"))
		require.NoError(t, err)
		both, learning := []*Core{plain, c}, rapid.Bool().Draw(t, "learning")
		const ticks = 40
		first, count := c.Bank()
		words := int(count+63) >> 6
		for sample := range uint64(3) {
			bar := rapid.SampledFrom([]uint16{0, 0, 0, 1}).Draw(t, "bar")
			for _, c := range both {
				c.SetLearning(learning)
				c.SetBar(bar)
				c.Seed(fixedpoint.NewSource(3), sample)
				c.Begin()
			}
			due := drawSpikes(t, int(count), ticks)
			var last []int32
			for now, known := int32(0), int32(0); now < ticks; {
				if now == known && count > 0 {
					known = min(known+16, ticks)
					c.Foresee(now, due[words*int(now):words*int(known)], words, int(known-now))
				}
				if n := passIdle(c, now, ticks, last); n > 0 {
					for ; n > 0; n-- {
						plain.DeliverSet(first, count, due[words*int(now):][:words])
						require.Empty(t, plain.Tick(now, ticks, nil))
						now++
						passed++
					}
					require.Equal(t, plain.potential, c.potential)
					require.Equal(t, plain.Counts(), c.Counts())
					continue
				}
				var fired [2][]int32
				for k, c := range both {
					for _, n := range last {
						if n < cfg.Groups[0].Count {
							c.Deliver(int32(len(cfg.Axons)) - 1 - cfg.Groups[0].Count + n)
						}
					}
					if now == 20 {
						c.Deliver(int32(len(cfg.Axons)) - 1)
					}
					if count > 0 {
						c.DeliverSet(first, count, due[words*int(now):][:words])
					}
					fired[k] = c.Tick(now, ticks, nil)
				}
				require.Equal(t, fired[0], fired[1])
				require.Equal(t, plain.potential, c.potential)
				require.Equal(t, plain.Counts(), c.Counts())
				last = fired[0]
				now++
			}
			for _, c := range both {
				c.EndSample()
			}
			require.Equal(t, plain.Counts(), c.Counts())
			require.Equal(t, plain.Learned(), c.Learned())
		}
	})
	if draws.Number() >= 25 {
		require.Greater(t, passed, 100)
	}
}

// passIdle passes ticks where nothing is due of the spikes of the last one.
func passIdle(c *Core, now, ticks int32, last []int32) int32 {
	if _, count := c.Bank(); count == 0 || len(last) > 0 {
		return 0
	}
	return c.Pass(now, ticks, ticks)
}

// drawSpikes draws a set of some of so many numbers for each of some ticks.
func drawSpikes(t *rapid.T, count, ticks int) []uint64 {
	words := (count + 63) >> 6
	rng := fixedpoint.NewSource(rapid.Uint64().Draw(t, "spikes"))
	share := rapid.SampledFrom([]uint64{0, 2, 10, 128}).Draw(t, "share of 256")
	due := make([]uint64, words*ticks)
	for k := range ticks {
		for i := range count {
			if rng.Draw(uint64(k), uint64(i), 0, 0)&255 < share {
				due[words*k+i>>6] |= 1 << (i & 63)
			}
		}
	}
	return due
}

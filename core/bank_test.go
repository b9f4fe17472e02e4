package core

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/fixedpoint"
)

// drawSets draws a core whose axons mostly name rows that are alike: bytes
// without sign or plastic ones, from which a group may learn. A few rows are
// not quite like their neighbours and a few axons are out of order.
func drawSets(t *rapid.T) *Config {
	cfg := &Config{Widths: Widths{Potential: 24, Current: 24,
		MergeDuplicates: rapid.IntRange(0, 9).Draw(t, "merge") == 0}}
	for range 2 {
		g := Group{
			First: int32(cfg.Neurons()), Count: rapid.Int32Range(20, 40).Draw(t, "count"),
			Depth:     rapid.Int32Range(0, 1).Draw(t, "depth"),
			DecayV:    rapid.SampledFrom([]uint16{0, 3840, 4096}).Draw(t, "decay"),
			ResetMode: ResetSubtract,
		}
		for range g.Count {
			cfg.Threshold, cfg.Reset = append(cfg.Threshold, 400), append(cfg.Reset, 300)
			cfg.Bias, cfg.V0, cfg.ID = append(cfg.Bias, 0), append(cfg.V0, 0), append(cfg.ID,
				uint32(len(cfg.ID)))
		}
		cfg.Groups = append(cfg.Groups, g)
	}
	g := cfg.Groups[rapid.IntRange(0, 1).Draw(t, "group")]
	rows := rapid.SampledFrom([]int32{3, 10, 70, 140}).Draw(t, "rows")
	plastic := rapid.Bool().Draw(t, "plastic")
	r := Row{Format: Dense16, WeightBits: 9, Exclude: -1, Count: minLaneRow}
	r.First = rapid.Int32Range(0, 2).Draw(t, "first")
	if plastic {
		r = Row{Format: Plastic, WeightBits: 16, Exclude: -1, First: g.First, Count: g.Count}
	}
	learns := rapid.Bool().Draw(t, "learns")
	for k := range rows {
		own := r
		if !learns && rapid.IntRange(0, int(rows)).Draw(t, "odd") == 0 {
			own = drawNeighbour(t, r, int32(cfg.Neurons()))
		}
		cfg.Axons = append(cfg.Axons, Axon{Row: k})
		drawBankRow(t, cfg, own)
	}
	if plastic && learns {
		cfg.Plasticity = []Plasticity{{
			Group: int32(slices.IndexFunc(cfg.Groups, func(h Group) bool {
				return h.First == g.First
			})), Rows: rows,
			Rule: Rule(rapid.IntRange(0, 2).Draw(t, "rule")), LTP: 3, LTD: 4, Max: 65535,
			Pre: Trace{TraceExponential, 2}, Post: Trace{TraceExponential, 3},
		}}
	}
	for range rapid.IntRange(0, 2).Draw(t, "changed entries") {
		i := rapid.IntRange(0, len(cfg.Axons)-1).Draw(t, "entry")
		cfg.Axons[i].Row = rapid.Int32Range(0, rows-1).Draw(t, "row")
	}
	if cut := rapid.IntRange(0, 2*len(cfg.Axons)).Draw(t, "cut"); cut < len(cfg.Axons) {
		cfg.Axons = append(slices.Clone(cfg.Axons[cut:]), cfg.Axons[:cut]...)
	}
	return cfg
}

// drawNeighbour is a row that differs from those around it in one thing.
func drawNeighbour(t *rapid.T, r Row, neurons int32) Row {
	switch rapid.IntRange(0, 4).Draw(t, "difference") {
	case 0:
		r.First++
	case 1:
		r.First += laneNeurons
	case 2:
		r.Count--
	case 3:
		r.Format, r.WeightBits = Dense16, 8
	case 4:
		r.Format, r.WeightBits = Plastic, 16
	}
	r.First = min(r.First, neurons-r.Count)
	return r
}

// TestSetsAreTheirSpikes: a set delivers what a spike on each of its axons does,
// whatever was delivered before it in the tick, and teaches the same.
func TestSetsAreTheirSpikes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := drawSets(t)
		sets, err := New(cfg)
		require.NoError(t, err)
		spikes := sets.Fork()
		for _, c := range []*Core{sets, spikes} {
			c.SetLearning(len(cfg.Plasticity) > 0)
			c.Seed(fixedpoint.NewSource(3), 1)
			c.Begin()
		}
		first := rapid.Int32Range(0, 1).Draw(t, "first tick")
		for tick := first; tick < 9; tick++ {
			for range rapid.IntRange(0, 2).Draw(t, "sets") {
				deliverSet(t, sets, spikes)
			}
			require.Equal(t, spikes.Tick(tick, 7, nil), sets.Tick(tick, 7, nil))
			require.Equal(t, spikes.potential, sets.potential)
			require.Equal(t, spikes.Counts(), sets.Counts())
			require.Equal(t, spikes.Learned(), sets.Learned())
		}
	})
}

// deliverSet delivers a random set, of the bank or of any axons, to one core as
// a set and to the other spike by spike.
func deliverSet(t *rapid.T, sets, spikes *Core) {
	first, count := sets.bank.first, sets.bank.count
	if rapid.Bool().Draw(t, "any axons") {
		first = rapid.Int32Range(0, int32(sets.Axons())-1).Draw(t, "first axon")
		count = int32(sets.Axons()) - first
	}
	if rapid.Bool().Draw(t, "fewer") {
		count = rapid.Int32Range(0, count).Draw(t, "axons")
	}
	words := make([]uint64, (count+63)>>6)
	for w := range words {
		words[w] = rapid.Uint64().Draw(t, "word")
		if w == len(words)-1 && count&63 != 0 {
			words[w] &= 1<<(count&63) - 1
		}
	}
	sets.DeliverSet(first, count, words)
	for i := range count {
		if words[i>>6]>>(i&63)&1 != 0 {
			spikes.Deliver(first + i)
		}
	}
}

package core

import (
	"slices"
	"testing"

	"adder/internal/draws"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawCodeOn turns the last group of a core into one with a code, with constants that
// it may have.
func drawCodeOn(t *rapid.T, cfg *Config) {
	last := &cfg.Groups[len(cfg.Groups)-1]
	g := Group{
		First: last.First, Count: last.Count, Population: last.Population, Depth: last.Depth,
		WeightExp: last.WeightExp,
		Code: Code{
			Kind:   rapid.SampledFrom([]CodeKind{CodeRadix, CodeLevel}).Draw(t, "code"),
			Window: rapid.Int32Range(1, 6).Draw(t, "window"),
			Bits: uint8(rapid.IntRange(1, min(4, int(cfg.Widths.Potential)-1)).Draw(t,
				"code bits")),
		},
	}
	if rapid.IntRange(0, 4).Draw(t, "read") == 0 {
		g.Integrator, g.Code.Bits = true, 0
	} else if rapid.Bool().Draw(t, "maximum") {
		g.Code.Run = rapid.Int32Range(2, 4).Draw(t, "run")
	}
	table := !g.Integrator && rapid.Bool().Draw(t, "by table")
	*last = fitCode(t, cfg, g, table)
}

// fitCode gives a core what a group with a code, its last, names, and the group what
// it can have: whole runs, thresholds from 1 up.
func fitCode(t *rapid.T, cfg *Config, g Group, table bool) Group {
	if g.Code.Run > 0 && g.Count%g.Code.Run != 0 {
		if g.Code.Run = g.Count; g.Count < 2 {
			g.Code.Run = 0
		}
	}
	limit := int32(1)<<(cfg.Widths.Potential-1) - 1
	if g.Code.Table = 0; table {
		words := rapid.SliceOfN(rapid.Int32Range(-limit, limit), 1<<g.Code.Bits-1,
			1<<g.Code.Bits-1).Draw(t, "boundaries")
		slices.Sort(words)
		cfg.Boundaries = append(cfg.Boundaries, words)
		g.Code.Table = int32(len(cfg.Boundaries))
	}
	highest := max(limit>>max(int(g.Code.Bits)-1, 0), 1)
	for n := g.First; n < g.First+g.Count; n++ {
		cfg.V0[n], cfg.Threshold[n] = 0, rapid.OneOf(rapid.Int32Range(1, min(highest, 64)),
			rapid.Int32Range(1, highest)).Draw(t, "theta")
		cfg.Bias[n] = min(max(cfg.Bias[n], -limit), limit)
	}
	return g
}

// TestCodesFollowTheOracle: cores in which every group has a code.
func TestCodesFollowTheOracle(t *testing.T) {
	draws.Less(t, 2)
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.Uint8Range(5, 32).Draw(t, "bits")
		cfg := &Config{Widths: Widths{Potential: bits, Current: bits,
			WrapPotential: rapid.Bool().Draw(t, "wraps")}}
		for range rapid.IntRange(1, 3).Draw(t, "groups") {
			drawGroup(t, cfg)
			drawCodeOn(t, cfg)
		}
		drawIDs(t, cfg)
		for range 3 {
			drawRow(t, cfg)
			drawAxon(t, cfg)
		}
		follow(t, cfg)
	})
}

// oneCode is a core of two neurons, the second of which has twice the weights, and
// rows of 1, 2 and -3.
func oneCode(code Code, bias, theta int32, tables ...BoundaryTable) *Config {
	cfg := &Config{
		Widths: Widths{Potential: 12, Current: 12},
		Groups: []Group{{Count: 2, Code: code, Integrator: code.Bits == 0}},
		Bias:   []int32{bias, bias}, Threshold: []int32{theta, theta},
		Reset: make([]int32, 2), V0: make([]int32, 2), ID: []uint32{0, 1},
		Dense8: []int8{1, 2, 2, 4, -3, -6}, Boundaries: tables,
	}
	for r := range int64(3) {
		cfg.Rows = append(cfg.Rows, Row{Format: Dense8, WeightBits: 4, Count: 2, Offset: 2 * r,
			Exclude: -1})
		cfg.Axons = append(cfg.Axons, Axon{Row: int32(r)})
	}
	return cfg
}

// send runs the levels of three sources through a core and decodes what its neurons
// send.
func send(t require.TestingT, cfg *Config, levels [3]int) (sent [2]int, c *Core) {
	c, err := New(cfg)
	require.NoError(t, err)
	g := &cfg.Groups[0]
	for tick := range g.Span(0) {
		for axon, level := range levels {
			digit := level >> max(g.Code.Window-1-tick, 0) & 1
			if g.Code.Kind == CodeLevel {
				digit = 0
				if int(tick) < level {
					digit = 1
				}
			}
			if digit == 1 && tick < g.Code.Window {
				c.Deliver(int32(axon))
			}
		}
		fired := c.Tick(tick, 1, nil)
		for n := range sent {
			if g.Code.Kind == CodeRadix && tick >= g.Code.Window-1 {
				sent[n] *= 2
			}
			if slices.Contains(fired, int32(n)) {
				sent[n]++
			}
		}
	}
	return sent, c
}

// TestCodesAreExact sends all levels of three sources of two bits: what comes out is
// the activation that the sum has.
func TestCodesAreExact(t *testing.T) {
	table := BoundaryTable{-4, 0, 1, 5, 5, 9, 14}
	for _, kind := range []CodeKind{CodeRadix, CodeLevel} {
		for _, byTable := range []bool{false, true} {
			code := Code{Kind: kind, Window: 2, Bits: 3}
			if kind == CodeLevel {
				code.Window = 3
			}
			cfg := oneCode(code, 1, 3)
			if byTable {
				code.Table = 1
				cfg = oneCode(code, 1, 0, table)
			}
			for a := range 64 {
				levels := [3]int{a & 3, a >> 2 & 3, a >> 4}
				got, _ := send(t, cfg, levels)
				for n := range got {
					sum, want := 1+(n+1)*(levels[0]+2*levels[1]-3*levels[2]), 0
					for j := 1; j <= 7; j++ {
						if !byTable && sum >= 3*j || byTable && sum >= int(table[j-1]) {
							want++
						}
					}
					require.Equal(t, want, got[n],
						"code %d, table %t, levels %v, neuron %d of sum %d", kind, byTable, levels,
						n, sum)
				}
			}
		}
	}
}

// TestIntegratorWithACode: what is read is the sum with its bias, and it stays.
func TestIntegratorWithACode(t *testing.T) {
	_, c := send(t, oneCode(Code{Kind: CodeRadix, Window: 3}, -5, 0), [3]int{7, 5, 6})
	require.EqualValues(t, -5+7+10-18, c.Potential(0))
	require.EqualValues(t, -5+2*(7+10-18), c.Potential(1))
	c.Deliver(0)
	require.Empty(t, c.Tick(3, 1, nil), "the window is closed")
	require.EqualValues(t, -6, c.Potential(0))
}

// TestMaximumOfSums: the last of a run sends the largest sum, the others are silent.
func TestMaximumOfSums(t *testing.T) {
	cfg := oneCode(Code{Kind: CodeRadix, Window: 2, Bits: 4, Run: 2}, 0, 1)
	for a := range 64 {
		levels := [3]int{a & 3, a >> 2 & 3, a >> 4}
		got, _ := send(t, cfg, levels)
		sum := levels[0] + 2*levels[1] - 3*levels[2]
		require.Equal(t, [2]int{0, min(max(2*sum, sum, 0), 15)}, got, "%v", levels)
	}
}

func TestUpdatedNeurons(t *testing.T) {
	g := Group{Depth: 2, Count: 6, Code: Code{Kind: CodeRadix, Window: 3, Bits: 2, Table: 1,
		Run: 3}}
	require.EqualValues(t, 4, g.Span(100))
	all, last := Stride{0, 1}, Stride{2, 3}
	for tick, want := range [][2]Stride{{}, {}, {all}, {all}, {all, last}, {last, last}, {}} {
		slots, reads := g.Updated(int32(tick), 100)
		require.Equal(t, want, [2]Stride{slots, reads}, "tick %d", tick)
	}
	slots, reads := (&Group{Depth: 1, Count: 3}).Updated(4, 4)
	require.Equal(t, [2]Stride{all}, [2]Stride{slots, reads},
		"without a code, of so many input ticks")
}

func TestCodesRefused(t *testing.T) {
	radix := Code{Kind: CodeRadix, Window: 2, Bits: 3}
	for _, test := range []struct {
		change func(cfg *Config, g *Group)
		want   string
	}{
		{func(_ *Config, g *Group) {
			g.Code.Kind = CodeNone
		}, "group 0: a window of 2 ticks, 3 bits, table 0 and runs of 0 without a code"},
		{func(_ *Config, g *Group) { g.Code.Kind = 9 }, "code 9 is unknown"},
		{func(_ *Config, g *Group) {
			g.Code.Window = 0
		}, "a code of 3 bits with a window of 0 ticks"},
		{func(_ *Config, g *Group) { g.Code.Bits = 32 }, "a code of 32 bits"},
		{func(_ *Config, g *Group) {
			g.Code.Kind, g.Code.Bits = CodeLevel, 17
		}, "a code of 17 bits"},
		{func(c *Config, g *Group) {
			g.Code.Bits, g.Code.Table, c.Boundaries = 17, 1, []BoundaryTable{{}}
		}, "a code of 17 bits"},
		{func(_ *Config, g *Group) {
			g.Integrator = true
		}, "a code of 3 bits with a window of 2 ticks"},
		{func(_ *Config, g *Group) { g.Code.Bits = 0 }, "a code of 0 bits"},
		{func(_ *Config, g *Group) { g.Depth = MaxTicks }, "a chip runs for at most"},
		{func(_ *Config, g *Group) { g.Code.Table = 1 }, "table of boundaries 0: there are 0"},
		{func(_ *Config, g *Group) { g.Code.Table = -1 }, "table of boundaries -2"},
		{func(c *Config, g *Group) {
			g.Code.Table, c.Boundaries = 1, []BoundaryTable{{1, 2}}
		}, "a table of 2 boundaries for 3 bits: it has 7"},
		{func(c *Config, _ *Group) {
			c.Boundaries = []BoundaryTable{{2, 1}}
		}, "table of boundaries 0 does not ascend"},
		{func(c *Config, _ *Group) {
			c.Boundaries = []BoundaryTable{{4096}}
		}, "4096 does not fit 12 bits"},
		{func(_ *Config, g *Group) { g.Code.Run = 1 }, "runs of 1 neurons"},
		{func(_ *Config, g *Group) { g.Code.Run = -1 }, "runs of -1 neurons"},
		{func(_ *Config, g *Group) { g.Code.Run = 1<<31 - 1 }, "2 neurons in runs of 2147483647"},
		{func(_ *Config, g *Group) { g.Code.Run = 3 }, "2 neurons in runs of 3: a run is not cut"},
		{func(_ *Config, g *Group) { g.DecayV = 4096 }, "a code beside a current, a leak"},
		{func(_ *Config, g *Group) { g.Refractory = 1 }, "a code beside a current, a leak"},
		{func(c *Config, _ *Group) { c.V0[1] = 1 }, "neuron 1 starts at 1"},
		{func(c *Config, _ *Group) { c.Threshold[1] = 0 }, "neuron 1: threshold 0 with 3 bits"},
		{func(c *Config, _ *Group) {
			c.Threshold[0] = 512
		}, "neuron 0: threshold 512 with 3 bits: it is at least 1, and its multiples fit 12 bits"},
	} {
		cfg := oneCode(radix, 0, 1)
		test.change(cfg, &cfg.Groups[0])
		_, err := New(cfg)
		require.ErrorContains(t, err, test.want)
	}
	last := oneCode(radix, 0, 511)
	_, err := New(last)
	require.NoError(t, err)
}

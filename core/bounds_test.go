package core

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// boundsConfig is a core with a little of everything: an adaptive group that
// fires by chance and learns, a group with a current and one that integrates,
// and a row of every format.
func boundsConfig() *Config {
	return &Config{
		Widths: Widths{Potential: 12, Current: 10, Align: 16, IndexBits: 16},
		Groups: []Group{
			{Count: 2, DecayV: 4096, Escape: 1, Theta: Theta{Adaptive: true},
				Winner: Winner{Arbiter: ArbiterFair}},
			{First: 2, Count: 1, HasCurrent: true, DecayU: 4096, BiasToCurrent: true,
				ResetMode: ResetSubtract},
			{First: 3, Count: 1, Integrator: true, HasFloor: true},
		},
		Threshold: make([]int32, 4), Bias: make([]int32, 4), Reset: make([]int32, 4),
		V0: make([]int32, 4), ID: []uint32{0, 1, 2, 3},
		Axons: []Axon{{Row: 5}},
		Rows: []Row{
			{Format: Dense8, WeightBits: 8, Count: 2, Exclude: -1},
			{Format: Dense16, WeightBits: 9, Count: 2, Exclude: -1},
			{Format: Sparse, WeightBits: 4, Count: 2, Exclude: -1},
			{Format: Others, WeightBits: 16, Weight: 1, Count: 4, Exclude: 3},
			{Format: Plastic, WeightBits: 16, Count: 2, Exclude: -1},
			{Format: Plastic, WeightBits: 16, Count: 2, Exclude: -1, Offset: 2},
		},
		Dense8: []int8{1, 2}, Dense16: []int16{255, -256}, Sparse: []Synapse{{Neuron: 0, Weight: 7},
			{Neuron: 3, Weight: -8}}, Plastic: make([]uint16, 4),
		Theta: make([]int32, 4), Target: make([]int32, 4),
		Escape: []EscapeTable{{Probability: []uint32{1}}},
		Plasticity: []Plasticity{{
			FirstRow: 4, Rows: 2, LTP: 1, LTD: 16, Max: 65535,
			Pre: Trace{TraceExponential, 1}, Post: Trace{TraceBox, 1},
			Norm: Norm{Kind: NormL1, Shift: 1},
		}},
	}
}

// bound is a change to boundsConfig, and what of the error says why it is
// refused, nothing where it is accepted.
type bound struct {
	name   string
	change func(*Config)
	want   string
}

func requireBounds(t *testing.T, bounds []bound) {
	t.Helper()
	for _, b := range bounds {
		cfg := boundsConfig()
		b.change(cfg)
		_, err := New(cfg)
		if b.want == "" {
			require.NoError(t, err, b.name)
			continue
		}
		require.ErrorContains(t, err, b.want, b.name)
	}
}

// TestBoundsOfNeurons takes what a core says of its neurons to its bounds and
// one past them.
func TestBoundsOfNeurons(t *testing.T) {
	requireBounds(t, []bound{
		{"nothing", func(*Config) {}, ""},
		{"no neurons", func(c *Config) { *c = Config{Widths: c.Widths} }, ""},
		{"widest", func(c *Config) { c.Widths.Potential, c.Widths.Current = 32, 32 }, ""},
		{"narrowest", func(c *Config) { c.Widths.Potential, c.Widths.Current = 2, 2 }, ""},
		{"potential too wide", func(c *Config) {
			c.Widths.Potential = 33
		}, "widths: potential of 33 bits"},
		{"current too narrow", func(c *Config) {
			c.Widths.Current = 1
		}, "widths: current of 1 bits"},
		{"align", func(c *Config) { c.Widths.Align = 17 }, "align 17"},
		{"index", func(c *Config) { c.Widths.IndexBits = 17 }, "index of 17 bits"},
		{"lengths", func(c *Config) { c.Bias = c.Bias[:3] }, "bias has 3 entries for 4 neurons"},
		{"gap", func(c *Config) {
			c.Groups[1].First = 3
		}, "group 1 starts at neuron 3, but 2 is next"},
		{"empty group", func(c *Config) { c.Groups[2].Count = 0 }, "group 2 has 0 neurons"},
		{"long group", func(c *Config) {
			c.Groups[2].Count = 2
		}, "group 2 has 2 neurons from 3 on: the core has 4"},
		{"short groups", func(c *Config) {
			c.Groups = c.Groups[:2]
		}, "groups cover 3 of 4 neurons"},
		{"depth", func(c *Config) { c.Groups[0].Depth = -1 }, "depth -1"},
		{"decay of u", func(c *Config) { c.Groups[1].DecayU = 4097 }, "decay factors 4097 and 0"},
		{"decay of v", func(c *Config) { c.Groups[0].DecayV = 4097 }, "decay factors 0 and 4097"},
		{"exponents", func(c *Config) {
			c.Groups[0].WeightExp, c.Groups[1].WeightExp = -8, 15
		}, ""},
		{"small exponent", func(c *Config) { c.Groups[0].WeightExp = -9 }, "weight exponent -9"},
		{"large exponent", func(c *Config) { c.Groups[0].WeightExp = 16 }, "weight exponent 16"},
		{"bias", func(c *Config) { c.Groups[0].BiasToCurrent = true }, "the group has none"},
		{"reset mode", func(c *Config) { c.Groups[0].ResetMode = 2 }, "reset mode 2"},
		{"constants", func(c *Config) {
			c.Threshold[0], c.Bias[0], c.Reset[0], c.V0[0], c.Theta[0] =
				2047, 2047, 2047, 2047, 2047
			c.Threshold[1], c.Bias[1], c.Reset[1], c.V0[1], c.Theta[1] =
				-2047, -2047, -2047, -2047, -2047
			c.Bias[2] = -511
		}, ""},
		{"threshold", func(c *Config) {
			c.Threshold[1] = 2048
		}, "neuron 1: threshold 2048 does not fit 12 bits"},
		{"low threshold", func(c *Config) { c.Threshold[1] = -2048 }, "neuron 1: threshold -2048"},
		{"unused threshold", func(c *Config) { c.Threshold[3], c.Reset[3] = 1<<30, 1<<30 }, ""},
		{"bias to current", func(c *Config) {
			c.Bias[2] = 512
		}, "neuron 2: bias 512 does not fit 10 bits"},
		{"bias of an integrator", func(c *Config) { c.Bias[3] = 2048 }, "neuron 3: bias 2048"},
		{"v0 of an integrator", func(c *Config) { c.V0[3] = 2048 }, "neuron 3: v0 2048"},
		{"theta", func(c *Config) { c.Theta[1] = 2048 }, "neuron 1: theta 2048"},
		{"thetas", func(c *Config) { c.Theta = c.Theta[:3] }, "theta has 3 entries for 4 neurons"},
		{"theta of one neuron", func(c *Config) {
			*c = Config{
				Widths: c.Widths, Groups: []Group{{Count: 1}}, Threshold: c.V0[:1], Bias: c.V0[:1],
				Reset: c.V0[:1], V0: c.V0[:1],
				ID: c.ID[:1], Theta: []int32{2048},
			}
		}, "neuron 0: theta 2048"},
		{"no thetas", func(c *Config) { c.Theta = nil }, ""},
	})
}

// TestBoundsOfModes does so for what groups have beyond a plain neuron.
func TestBoundsOfModes(t *testing.T) {
	table := func(shift uint8, n int) func(*Config) {
		return func(c *Config) {
			c.Escape[0] = EscapeTable{Shift: shift, Probability: make([]uint32, n)}
		}
	}
	theta := func(theta Theta) func(*Config) {
		return func(c *Config) { c.Groups[0].Theta = theta }
	}
	requireBounds(t, []bound{
		{"largest table", table(24, 1<<16), ""},
		{"larger table", table(24, 1<<16+1), "escape table 0: 65537 probabilities"},
		{"no table", table(0, 0), "escape table 0: 0 probabilities"},
		{"coarse table", table(25, 1), "in steps of 2^25"},
		{"no escape", func(c *Config) { c.Groups[0].Escape = 0 }, ""},
		{"escape before the first", func(c *Config) { c.Groups[0].Escape = -1 }, "escape table -2"},
		{"escape behind the last", func(c *Config) {
			c.Groups[0].Escape = 2
		}, "escape table 1: there are 1"},
		{"floors", func(c *Config) {
			c.Groups[0].HasFloor, c.Groups[0].Floor, c.Groups[2].Floor = true, -2047, 2047
		}, ""},
		{"unused floor", func(c *Config) { c.Groups[0].Floor = 1 << 20 }, ""},
		{"low floor", func(c *Config) {
			c.Groups[2].Floor = -2048
		}, "floor -2048 does not fit 12 bits"},
		{"high floor", func(c *Config) {
			c.Groups[2].Floor = 2048
		}, "floor 2048 does not fit 12 bits"},
		{"arbiter", func(c *Config) { c.Groups[0].Winner.Arbiter = 3 }, "arbiter 3"},
		{"integrator that escapes", func(c *Config) {
			c.Groups[2].Escape = 1
		}, "an integrator never fires"},
		{"integrator that competes", func(c *Config) {
			c.Groups[2].Winner.Arbiter = ArbiterMargin
		}, "an integrator never fires"},
		{"integrator that adapts", func(c *Config) {
			c.Groups[2].Theta.Adaptive = true
		}, "an integrator never fires"},
		{"theta of nothing", func(c *Config) {
			c.Groups[1].Theta.Plus = 1
		}, "the threshold is not adaptive"},
		{"theta", theta(Theta{Adaptive: true, Plus: -2047, Min: -2047, Decay: 31}), ""},
		{"rise", theta(Theta{Adaptive: true, Plus: 2048}), "rise of the adaptive threshold 2048"},
		{"minimum", theta(Theta{Adaptive: true, Min: -2048}),
			"minimum of the adaptive threshold -2048"},
		{"decay", theta(Theta{Adaptive: true, Decay: 32}), "decay shift 32"},
	})
}

// TestBoundsOfRows does so for axons and rows.
func TestBoundsOfRows(t *testing.T) {
	row := func(i int, change func(*Row)) func(*Config) {
		return func(c *Config) { change(&c.Rows[i]) }
	}
	requireBounds(t, []bound{
		{"row before the first", func(c *Config) { c.Axons[0].Row = -1 }, "axon 0 names row -1"},
		{"plastic row that is moved", func(c *Config) {
			c.Axons[0].Base = 1
		}, "axon 0 starts row 5 at neuron 1"},
		{"row behind the last", func(c *Config) { c.Axons[0].Row = 6 }, "axon 0 names row 6"},
		{"no bits", row(0, func(r *Row) { r.WeightBits = 0 }), "row 0: weights of 0 bits"},
		{"many bits", row(1, func(r *Row) { r.WeightBits = 17 }), "row 1: weights of 17 bits"},
		{"bytes of 9 bits", row(0, func(r *Row) { r.WeightBits = 9 }), "store them as Dense16"},
		{"format", row(0, func(r *Row) { r.Format = 6 }), "format 6"},
		{"one bit", func(c *Config) {
			c.Rows[0].WeightBits, c.Dense8[0], c.Dense8[1] = 1, 0, -1
		}, ""},
		{"last neurons", row(0, func(r *Row) { r.First = 2 }), ""},
		{"past the neurons", row(0, func(r *Row) {
			r.First = 3
		}), "row 0: neurons from 3 on, 2 of them: the core has 4"},
		{"before the neurons", row(0, func(r *Row) { r.First = -1 }), "row 0: neurons from -1 on"},
		{"past the bytes", row(0, func(r *Row) {
			r.Offset = 1
		}), "2 entries at offset 1 of the 8-bit store: it has 2"},
		{"before the words", row(1, func(r *Row) {
			r.Offset = -1
		}), "offset -1 of the 16-bit store"},
		{"past the entries", row(2, func(r *Row) { r.Offset = 3 }), "offset 3 of the sparse store"},
		{"nothing at the end", row(0, func(r *Row) { r.Offset, r.Count = 2, 0 }), ""},
		{"nothing past the end", row(0, func(r *Row) {
			r.Offset, r.Count = 3, 0
		}), "offset 3 of the 8-bit store"},
		{"large weight", row(1, func(r *Row) {
			r.WeightBits = 8
		}), "weight 255 to neuron 0 does not fit 8 bits"},
		{"small weight", func(c *Config) {
			c.Dense16[1], c.Rows[1].First = -257, 1
		}, "weight -257 to neuron 2 does not fit 9 bits"},
		{"small entry", func(c *Config) {
			c.Sparse[1].Weight = -9
		}, "weight -9 to neuron 3 does not fit 4 bits"},
		{"entry past the neurons", func(c *Config) {
			c.Sparse[1].Neuron = 4
		}, "entry 1 names neuron 4"},
		{"others without exclusion", row(3, func(r *Row) { r.Exclude = -1 }), ""},
		{"excludes below", row(3, func(r *Row) { r.Exclude = -2 }), "excludes neuron -2"},
		{"excludes above", row(3, func(r *Row) { r.Exclude = 4 }), "excludes neuron 4"},
		{"others weight", row(3, func(r *Row) {
			r.WeightBits, r.Weight = 4, 8
		}), "weight 8 does not fit 4 bits"},
		{"others shift", row(3, func(r *Row) { r.Shift = 20 }), ""},
		{"others shifts", row(3, func(r *Row) { r.Shift = 21 }), "weight 1 shifted by 21"},
		{"others fits", row(3, func(r *Row) { r.Weight, r.Shift = math.MinInt16, 16 }), ""},
		{"others overflows", row(3, func(r *Row) {
			r.Weight, r.Shift = math.MinInt16, 17
		}), "weight -32768 shifted by 17"},
	})
}

// TestBoundsOfLearning does so for plastic rows and what learns from them.
func TestBoundsOfLearning(t *testing.T) {
	learns := func(change func(*Plasticity)) func(*Config) {
		return func(c *Config) { change(&c.Plasticity[0]) }
	}
	pre := func(kind TraceKind, length uint16) func(*Config) {
		return learns(func(p *Plasticity) { p.Pre = Trace{kind, length} })
	}
	requireBounds(t, []bound{
		{"plastic bits", func(c *Config) {
			c.Rows[4].WeightBits = 15
		}, "row 4: plastic weights of 15 bits"},
		{"shared weights", func(c *Config) {
			c.Rows[5].Offset = 1
		}, "row 5: plastic weights at offset 1, but 2 is next"},
		{"weights of no row", func(c *Config) {
			c.Plastic = make([]uint16, 5)
		}, "5 plastic weights for rows of 4"},
		{"weights of no row at all", func(c *Config) {
			c.Rows, c.Plasticity, c.Axons = c.Rows[:4], nil, nil
		}, "4 plastic weights for rows of 0"},
		{"group below", learns(func(p *Plasticity) {
			p.Group = -1
		}), "plasticity 0: group -1 learns"},
		{"group above", learns(func(p *Plasticity) {
			p.Group = 3
		}), "plasticity 0: group 3 learns: there are 3"},
		{"other group", learns(func(p *Plasticity) {
			p.Group = 1
		}), "row 4 is not plastic or does not reach just the neurons of group 1"},
		{"shorter row", func(c *Config) {
			c.Rows[5].Count, c.Plastic = 1, c.Plastic[:3]
		}, "row 5 is not plastic or does not reach"},
		{"row elsewhere", func(c *Config) {
			c.Rows[5].First = 1
		}, "row 5 is not plastic or does not reach"},
		{"no rows", learns(func(p *Plasticity) { p.Rows = 0 }), "0 rows from 4 on"},
		{"rows below", learns(func(p *Plasticity) { p.FirstRow = -1 }), "2 rows from -1 on"},
		{"rows above", learns(func(p *Plasticity) {
			p.Rows = 3
		}), "3 rows from 4 on: the core has 6"},
		{"row that is not plastic", learns(func(p *Plasticity) {
			p.FirstRow = 1
		}), "row 1 is not plastic"},
		{"half of the rows", learns(func(p *Plasticity) { p.FirstRow, p.Rows = 5, 1 }), ""},
		{"learns twice", func(c *Config) {
			c.Plasticity = append(c.Plasticity, c.Plasticity[0])
		}, "plasticity 1: row 4 learns twice"},
		{"rule", learns(func(p *Plasticity) { p.Rule = 3 }), "learning rule 3"},
		{"fast", learns(func(p *Plasticity) { p.LTP = 0 }), "a rate of 2^-0"},
		{"slow", learns(func(p *Plasticity) { p.LTD = 17 }), "a rate of 2^-17"},
		{"off", learns(func(p *Plasticity) { p.LTP, p.LTD = RateOff, RateOff }), ""},
		{"trace", pre(2, 1), "trace of kind 2"},
		{"longest trace", pre(TraceExponential, 8), ""},
		{"longer trace", pre(TraceExponential, 9), "trace of kind 0 and length 9"},
		{"no trace", pre(TraceExponential, 0), "trace of kind 0 and length 0"},
		{"longest box", pre(TraceBox, 4096), ""},
		{"longer box", pre(TraceBox, 4097), "trace of kind 1 and length 4097"},
		{"post trace", learns(func(p *Plasticity) {
			p.Post.Length = 0
		}), "trace of kind 1 and length 0"},
		{"one weight", learns(func(p *Plasticity) { p.Min = 65535 }), ""},
		{"no weight", learns(func(p *Plasticity) {
			p.Min, p.Max = 2, 1
		}), "weights between 2 and 1"},
		{"norm", learns(func(p *Plasticity) { p.Norm.Kind = 3 }), "normalisation 3"},
		{"no norm", func(c *Config) { c.Target, c.Plasticity[0].Norm = nil, Norm{} }, ""},
		{"no targets", func(c *Config) { c.Target = nil }, "a normalisation without targets"},
		{"targets", func(c *Config) {
			c.Target = c.Target[:3]
		}, "target has 3 entries for 4 neurons"},
		{"target", func(c *Config) { c.Target[1] = -1 }, "neuron 1: normalisation target -1"},
		{"smallest part", learns(func(p *Plasticity) { p.Norm.Shift = 8 }), ""},
		{"smaller part", learns(func(p *Plasticity) {
			p.Norm.Shift = 9
		}), "a normalisation by 2^-9"},
		{"everything", learns(func(p *Plasticity) { p.Norm.Shift = 0 }), "a normalisation by 2^-0"},
		{"step", learns(func(p *Plasticity) { p.Norm.Step = -1 }), "a scaling step of -1"},
	})
	sources := func(n int32) func(*Config) {
		return func(c *Config) {
			c.Rows, c.Plastic, c.Axons = c.Rows[:4], make([]uint16, n+n), nil
			for i := range int64(n) {
				c.Rows = append(c.Rows, Row{Format: Plastic, WeightBits: 16, Count: 2,
					Offset: i + i})
			}
			c.Plasticity[0].Rows = n
		}
	}
	requireBounds(t, []bound{
		{"most sources", sources(1<<15 - 1), ""},
		{"more sources", sources(1 << 15),
			"32768 weights per neuron: their norm does not fit 31 bits"},
	})
}

// TestMostNeurons holds as many neurons as a sparse entry can name.
func TestMostNeurons(t *testing.T) {
	cfg := func(n int) *Config {
		return &Config{
			Widths: Widths{Potential: 2, Current: 2}, Groups: []Group{{Count: int32(n)}},
			ID:        make([]uint32, n),
			Threshold: make([]int32, n), Bias: make([]int32, n), Reset: make([]int32, n),
			V0: make([]int32, n),
		}
	}
	_, err := New(cfg(MaxNeurons))
	require.NoError(t, err)
	_, err = New(cfg(MaxNeurons + 1))
	require.EqualError(t, err, "65537 neurons: a core holds at most 65536")
}

// TestLowestPotential: a potential that has wrapped around to the lowest number
// of 32 bits is still above a level that is lower than that.
func TestLowestPotential(t *testing.T) {
	for _, decay := range []uint16{4096, 3840} {
		c, err := New(&Config{
			Widths:    Widths{Potential: 32, Current: 2, WrapPotential: true},
			Groups:    []Group{{Count: 1, DecayV: decay, Theta: Theta{Adaptive: true}}},
			Threshold: []int32{-math.MaxInt32}, Bias: []int32{0}, Reset: []int32{0}, V0: []int32{0},
			ID: []uint32{0}, Theta: []int32{-2},
			Axons: []Axon{{}},
			Rows: []Row{{Format: Others, WeightBits: 16, Weight: math.MinInt16, Shift: 16,
				Count: 1, Exclude: -1}},
		})
		require.NoError(t, err)
		c.Deliver(0)
		require.Equal(t, []int32{0}, c.Tick(0, 1, nil))
	}
}

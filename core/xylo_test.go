package core

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// xylo is a chip of that family by its published order of operations (xylosim 0.1.3, v2):
// input events and the hidden spikes of the tick before into currents of 16 bits, each by
// itself; leaks by shifts; the change of the potential, whose additions saturate;
// repeated subtraction. It shares nothing with the core but the order.
type xylo struct {
	inputs, hidden, outputs    int
	in, rec                    [2][][]int // per current, [sources][hidden]
	out                        [][]int    // [hidden][outputs]
	inShift, recShift, outBy   int
	syn                        [2][]int // shifts of the leaks, hidden neurons and then outputs
	mem, threshold, bias       []int
	current                    [2][]int
	v                          []int
	spikes                     []int // of hidden neurons in the tick before
	saturated, several, fellTo int
}

func (x *xylo) sat16(n int) int {
	if n > 32767 {
		x.saturated++
		return 32767
	}
	if n < -32768 {
		x.saturated++
		return -32768
	}
	return n
}

// dash is what a leak takes: floor of x / 2^k, or the sign where that is 0.
func dash(x, k int) int {
	step := 1
	for range k {
		step *= 2
	}
	d := x / step
	if x < 0 && d*step != x {
		d--
	}
	if d == 0 && x > 0 {
		return 1
	}
	if d == 0 && x < 0 {
		return -1
	}
	return d
}

func times2(n, k int) int {
	for range k {
		n *= 2
	}
	return n
}

// tick takes the chip through a tick with so many events on each input, and returns how
// often each neuron fires, outputs last.
func (x *xylo) tick(events []int) []int {
	for c := range 2 {
		for i, n := range events {
			for range n {
				for j, w := range x.in[c][i] {
					x.current[c][j] = x.sat16(x.current[c][j] + times2(w, x.inShift))
				}
			}
		}
		for i, n := range x.spikes {
			for range n {
				for j, w := range x.rec[c][i] {
					x.current[c][j] = x.sat16(x.current[c][j] + times2(w, x.recShift))
				}
			}
		}
	}
	for i, n := range x.spikes { // outputs hear the hidden spikes of the tick before
		for range n {
			for j, w := range x.out[i] {
				x.current[0][x.hidden+j] = x.sat16(x.current[0][x.hidden+j] + times2(w, x.outBy))
			}
		}
	}
	fired := make([]int, x.hidden+x.outputs)
	for j := range fired {
		most := 31
		sum := 0
		for c := range 2 {
			if j >= x.hidden && c == 1 {
				continue // outputs have one current
			}
			x.current[c][j] -= dash(x.current[c][j], x.syn[c][j])
			sum += x.current[c][j]
		}
		if j >= x.hidden {
			most = 1
		}
		dv := -dash(x.v[j], x.mem[j])
		dv = x.sat16(dv + sum)
		dv = x.sat16(dv + x.bias[j])
		x.v[j] = x.sat16(x.v[j] + dv)
		for x.v[j] >= x.threshold[j] && fired[j] < most {
			fired[j]++
			x.v[j] -= x.threshold[j]
		}
		if fired[j] > 1 {
			x.several++
		}
		if fired[j] == most {
			x.fellTo++
		}
	}
	copy(x.spikes, fired)
	return fired
}

func drawXylo(r *rand.Rand) *xylo {
	x := &xylo{inputs: 1 + r.IntN(6), hidden: 1 + r.IntN(20), outputs: 1 + r.IntN(4),
		inShift: r.IntN(8), recShift: r.IntN(6), outBy: r.IntN(6)}
	matrix := func(rows, columns int) [][]int {
		m := make([][]int, rows)
		for i := range m {
			m[i] = make([]int, columns)
			for j := range m[i] {
				if r.IntN(3) > 0 {
					m[i][j] = r.IntN(256) - 128
				}
			}
		}
		return m
	}
	all := x.hidden + x.outputs
	for c := range 2 {
		x.in[c], x.rec[c] = matrix(x.inputs, x.hidden), matrix(x.hidden, x.hidden)
		x.current[c], x.syn[c] = make([]int, all), make([]int, all)
	}
	x.out, x.v, x.spikes = matrix(x.hidden, x.outputs), make([]int, all), make([]int, x.hidden)
	for j := range all {
		x.syn[0][j], x.syn[1][j] = r.IntN(16), r.IntN(16)
		x.mem = append(x.mem, r.IntN(16))
		x.threshold = append(x.threshold, 1+r.IntN([]int{200, 4000, 32766}[r.IntN(3)]))
		x.bias = append(x.bias, r.IntN(201)-100)
	}
	return x
}

// core is the chip as docs/chips/xylo-audio-2.md says it: a row per source and current, inputs
// before hidden neurons, those once more for the outputs.
func (x *xylo) core(t *testing.T) *Core {
	all := x.hidden + x.outputs
	cfg := &Config{Widths: Widths{Potential: 16, Current: 16}, Reset: make([]int32, all),
		V0: make([]int32, all), ID: make([]uint32, all)}
	for j := range all {
		g := Group{First: int32(j), Count: 1, ResetMode: ResetSubtract, Shift: Shift{Most: 1,
			V: uint8(x.mem[j]), U: uint8(x.syn[0][j])}}
		if j < x.hidden {
			g.Shift.Most, g.Shift.Second, g.Shift.W = 31, true, uint8(x.syn[1][j])
		}
		cfg.Groups = append(cfg.Groups, g)
		cfg.Threshold, cfg.Bias = append(cfg.Threshold, int32(x.threshold[j])), append(cfg.Bias,
			int32(x.bias[j]))
	}
	var origins []int
	add := func(weights [][]int, first, shift, current int, hidden bool) {
		for i, row := range weights {
			origin, value := -1, uint8(5)
			if hidden {
				origin, value = i, 6
			}
			origins = append(origins, origin)
			cfg.Axons = append(cfg.Axons, Axon{Row: int32(len(cfg.Rows)), Value: value})
			cfg.Rows = append(cfg.Rows, Row{
				Format: Dense8, WeightBits: 8, Exclude: -1, First: int32(first),
				Count:  int32(len(row)),
				Offset: int64(len(cfg.Dense8)),
				Shift:  uint8(shift), Second: current == 1,
			})
			for _, w := range row {
				cfg.Dense8 = append(cfg.Dense8, int8(w))
			}
		}
	}
	for c := range 2 {
		add(x.in[c], 0, x.inShift, c, false)
	}
	for c := range 2 {
		add(x.rec[c], 0, x.recShift, c, true)
	}
	add(x.out, x.hidden, x.outBy, 0, true)
	c, err := New(cfg)
	require.NoError(t, err)
	c.KeepValues(4)
	for axon, neuron := range origins {
		if neuron >= 0 {
			c.SetValueSource(int32(axon), c, int32(neuron))
		}
	}
	return c
}

// TestXyloOrder runs random networks beside the published order of operations: currents,
// potentials and spikes of every tick, on cores that are given their spikes in any order.
func TestXyloOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(61201, 2))
	steps, saturated, several, most := 0, 0, 0, 0
	for range 60 {
		x := drawXylo(r)
		c := x.core(t)
		var before []int32
		for tick := range int32(80) {
			events := make([]int, x.inputs)
			for i := range events {
				events[i] = max(r.IntN(22)-6, 0)
			}
			var late []valued
			for i, n := range events {
				for current := range 2 {
					if n > 0 {
						late = append(late, valued{int32(current*x.inputs + i), int32(n)})
					}
				}
			}
			r.Shuffle(len(late), func(i, j int) { late[i], late[j] = late[j], late[i] })
			half := len(late) / 2
			for _, v := range late[:half] {
				c.DeliverValue(v.axon, v.value)
			}
			for _, n := range before { // in an order that is not that of the axons
				first := int32(2 * x.inputs)
				c.DeliverAll([]int32{first + int32(2*x.hidden) + n, first + int32(x.hidden) + n,
					first + n})
			}
			for _, v := range late[half:] {
				c.DeliverValue(v.axon, v.value)
			}
			want := x.tick(events)
			fired := c.Tick(tick, 80, nil)
			before = before[:0]
			for _, n := range fired {
				require.Positive(t, want[n], "spike of neuron %d, tick %d", n, tick)
				if int(n) < x.hidden {
					before = append(before, n)
				}
			}
			for n, times := range want {
				steps++
				require.Equal(t, times > 0, slices.Contains(fired, int32(n)), "neuron %d, tick %d",
					n, tick)
				require.EqualValues(t, x.v[n], c.Potential(n), "v of neuron %d, tick %d", n, tick)
				require.EqualValues(t, x.current[0][n], c.Current(n), "u of neuron %d, tick %d", n,
					tick)
				if n < x.hidden {
					require.EqualValues(t, x.current[1][n], c.second[n], "w of neuron %d, tick %d",
						n, tick)
				}
			}
		}
		require.EqualValues(t, x.saturated, c.Counts().Saturations)
		saturated, several, most = saturated+x.saturated, several+x.several, most+x.fellTo
	}
	require.Greater(t, steps, 50_000)
	require.Positive(t, saturated)
	require.Positive(t, several)
	require.Positive(t, most)
}

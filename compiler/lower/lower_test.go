package lower

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/compiler/flat"
	"adder/snn"
)

// linearChain draws nodes that neurons may hear through, from a signal of the
// given shape on. All numbers are small integers, so that sums are exact in any
// order. A plain chain has no biases and may have delays, which refuse them.
type linearChain struct {
	t     *rapid.T
	net   *snn.Network
	at    int
	shape snn.Shape
	plain bool
}

func (c *linearChain) numbers(n int, label string) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(rapid.IntRange(-3, 3).Draw(c.t, label))
	}
	return out
}

func (c *linearChain) bias(n int) []float64 {
	if c.plain || rapid.Bool().Draw(c.t, "no bias") {
		return nil
	}
	return c.numbers(n, "bias")
}

func (c *linearChain) append(op snn.Op, out snn.Shape) {
	next := c.net.AddNode(fmt.Sprintf("%s%d", op.Kind(), len(c.net.Nodes)), op, c.shape, out)
	c.net.Connect(c.at, next)
	c.at, c.shape = next, out
}

func (c *linearChain) grow() {
	last := c.shape[len(c.shape)-1]
	switch rapid.SampledFrom([]string{"scale", "scale", "dense", "reshape", "conv", "pool", "delay",
		"gather"}).Draw(c.t, "op") {
	case "scale":
		n := rapid.SampledFrom([]int{1, c.shape[0], c.shape.Size()}).Draw(c.t, "factors")
		c.append(&snn.Scale{Factor: c.numbers(n, "factor"), Shift: c.bias(n)}, c.shape)
	case "dense":
		rows := rapid.IntRange(1, 4).Draw(c.t, "rows")
		out := append(append(snn.Shape{}, c.shape[:len(c.shape)-1]...), rows)
		c.append(&snn.Dense{W: &snn.Matrix64{Rows: rows, Cols: last,
			Data: c.numbers(rows*last, "weight")}, Bias: c.bias(rows)}, out)
	case "reshape":
		c.append(&snn.Reshape{}, snn.Shape{c.shape.Size()})
	case "gather":
		n := rapid.IntRange(1, 6).Draw(c.t, "elements")
		c.append(&snn.Gather{From: rapid.SliceOfN(rapid.Int32Range(-1, int32(c.shape.Size()-1)), n,
			n).Draw(c.t, "from")}, snn.Shape{n})
	case "delay":
		if !c.plain {
			return
		}
		ticks := make([]int, c.shape.Size())
		for i := range ticks {
			ticks[i] = rapid.IntRange(1, 3).Draw(c.t, "ticks")
		}
		c.append(&snn.Delay{Ticks: ticks}, c.shape)
	case "conv":
		if len(c.shape) == 3 {
			channels := rapid.IntRange(1, 2).Draw(c.t, "channels")
			w := snn.Window{KernelH: 1, KernelW: 2, StrideH: 1, StrideW: 1, DilationH: 1,
				DilationW: 1, PadLeft: 1, PadTop: 1}
			c.append(&snn.Conv{
				Window: w, InChannels: c.shape[0], OutChannels: channels, Groups: 1,
				Weight: c.numbers(channels*c.shape[0]*2, "kernel"), Bias: c.bias(channels),
			}, snn.Shape{channels, c.shape[1] + 1, last})
		}
	case "pool":
		if len(c.shape) == 3 && last > 1 {
			w := snn.Window{KernelH: 1, KernelW: 2, StrideH: 1, StrideW: 1, DilationH: 1,
				DilationW: 1}
			c.append(&snn.Pool{Window: w}, snn.Shape{c.shape[0], c.shape[1], last - 1})
		}
	}
}

// TestLowerIsTheLinearMap holds the weights and biases that lower folds from
// up to two chains against what the nodes make of one source at a time,
// evaluated one after the other.
func TestLowerIsTheLinearMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := &snn.Network{Name: "chain"}
		shape := rapid.SampledFrom([]snn.Shape{{3}, {2, 2}, {2, 2, 3}}).Draw(t, "shape")
		in := net.AddNode("in", &snn.Input{}, shape, shape)
		var chains [][]int
		var ends []*linearChain
		for range rapid.IntRange(1, 2).Draw(t, "chains") {
			c := &linearChain{t: t, net: net, at: in, shape: shape,
				plain: rapid.Bool().Draw(t, "plain")}
			first := len(net.Nodes)
			for range rapid.IntRange(1, 4).Draw(t, "length") {
				c.grow()
			}
			// Ends of one size meet in a population of two.
			c.append(&snn.Reshape{}, snn.Shape{c.shape.Size()})
			c.append(&snn.Dense{W: &snn.Matrix64{Rows: 2, Cols: c.shape[0],
				Data: c.numbers(2*c.shape[0], "last")}, Bias: c.bias(2)}, snn.Shape{2})
			if rapid.Bool().Draw(t, "scaled") {
				c.append(&snn.Scale{Factor: c.numbers(2, "gain")}, snn.Shape{2})
			}
			if rapid.Bool().Draw(t, "turned") {
				c.append(&snn.Gather{From: rapid.SliceOfN(rapid.Int32Range(-1, 1), 2, 2).Draw(t,
					"turn")}, snn.Shape{2})
			}
			nodes := make([]int, 0, len(net.Nodes)-first)
			for n := first; n < len(net.Nodes); n++ {
				nodes = append(nodes, n)
			}
			chains, ends = append(chains, nodes), append(ends, c)
		}
		pop := net.AddNode("pop", &snn.Neuron{Model: snn.ModelIF, VThreshold: []float64{1},
			UnitStep: true}, snn.Shape{2}, snn.Shape{2})
		for _, c := range ends {
			net.Connect(c.at, pop)
		}
		net.Connect(pop, net.AddNode("out", &snn.Output{}, snn.Shape{2}, snn.Shape{2}))

		got, err := Network(net)
		require.NoError(t, err)
		require.Equal(t, mapOf(t, net, chains, shape.Size()), weightsOf(t, got))
		bias := respond(t, net, chains, make([]float64, shape.Size()))[0]
		for k := range 2 {
			require.Equal(t, snn.At(bias, k, 0), snn.At(got.Populations[0].Bias, k, 0), "bias %d",
				k)
		}
	})
}

// link is a synapse of a population: source, target and the delay in ticks.
type link struct{ source, target, wait int }

// mapOf applies chains to one source at a time.
func mapOf(t *rapid.T, net *snn.Network, chains [][]int, sources int) map[link]float64 {
	out := map[link]float64{}
	none := respond(t, net, chains, make([]float64, sources))[0]
	for s := range sources {
		unit := make([]float64, sources)
		unit[s] = 1
		for wait, y := range respond(t, net, chains, unit) {
			for k, v := range y {
				if wait == 0 {
					v -= snn.At(none, k, 0)
				}
				if v != 0 {
					out[link{s, k, wait}] = v
				}
			}
		}
	}
	return out
}

// respond is what chains make of a signal of one tick, by delay, biases
// included in that of no delay.
func respond(t *rapid.T, net *snn.Network, chains [][]int, x []float64) map[int][]float64 {
	total := map[int][]float64{0: {0, 0}}
	for _, nodes := range chains {
		signal := map[int][]float64{0: x}
		for _, n := range nodes {
			signal = through(t, &net.Nodes[n], signal)
		}
		for wait, y := range signal {
			if total[wait] == nil {
				total[wait] = []float64{0, 0}
			}
			for k, v := range y {
				total[wait][k] += v
			}
		}
	}
	return total
}

func through(t *rapid.T, node *snn.Node, signal map[int][]float64) map[int][]float64 {
	out := map[int][]float64{}
	for wait, x := range signal {
		switch op := node.Op.(type) {
		case *snn.Reshape:
			out[wait] = x
		case *snn.Delay:
			for i, v := range x {
				to := wait + op.Ticks[i]
				if out[to] == nil {
					out[to] = make([]float64, len(x))
				}
				out[to][i] += v
			}
		default:
			linear, err := snn.NewLinear(node)
			require.NoError(t, err)
			out[wait] = make([]float64, node.Out.Size())
			linear.Forward(x, out[wait])
		}
	}
	return out
}

// weightsOf lists the synapses of a network of one population.
func weightsOf(t *rapid.T, f *flat.Network) map[link]float64 {
	out := map[link]float64{}
	for _, p := range f.Projections {
		require.Equal(t, flat.FromInput, p.Source)
		require.Zero(t, p.Lag)
		p.Weights.EachEntry(func(s, k int, v float64) {
			if v != 0 {
				key := link{s, k, p.Wait}
				require.NotContains(t, out, key, "one synapse stands in two projections")
				out[key] = v
			}
		})
		again := p.Weights.List()
		listed := 0
		again.EachEntry(func(s, k int, v float64) {
			require.NotZero(t, v)
			require.Equal(t, out[link{s, k, p.Wait}], v, "the list is the matrix")
			listed++
		})
		for key := range out {
			if key.wait == p.Wait {
				listed--
			}
		}
		require.Zero(t, listed)
	}
	return out
}

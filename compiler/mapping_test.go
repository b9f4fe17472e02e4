package compiler

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/core"
	"adder/layout"
	"adder/snn"
)

// mapped is a network of the table in docs/mapping.md and a chip for it.
type mapped struct {
	name, chip string
	// start is the state before the first pass that the network needs.
	start func(chip *profile.Profile) *state
}

var mappedNetworks = []mapped{
	{"CNN of 28x28-8C5-P2-16C5-P2-10", "adder", trained(poolNetwork)},
	{"CNN of 28x28-8C5-P2-16C5-P2-10", "loihi", trained(poolNetwork)},
	{"MLP of 784-1024-1024-10", "adder", trained(layeredNetwork)},
	{"MLP of 784-1024-1024-10", "loihi", trained(layeredNetwork)},
	{"random sparse, 8 x 2048, fan-in 32", "adder", sparse(2048)},
	{"random sparse, 8 x 2048, fan-in 32", "loihi", sparse(2048)},
	{"sparse with neighbourhoods of 64", "adder", sparse(64)},
	{"sparse with neighbourhoods of 64", "loihi", sparse(64)},
}

func trained(build func() *snn.Network) func(*profile.Profile) *state {
	return func(chip *profile.Profile) *state {
		return &state{spiking: build(), opts: Options{Chip: chip, WeightBits: 8, Encoder: layout.Encoder{Kind: "rate", Ticks: 32}}}
	}
}

func sparse(reach int) func(*profile.Profile) *state {
	return func(chip *profile.Profile) *state {
		return &state{net: sparseNetwork(chip, 8, 2048, 32, reach), opts: Options{Chip: chip}}
	}
}

// place runs the passes up to the placement.
func (c *mapped) place(t *testing.T) *state {
	chip, err := profile.Load(c.chip)
	require.NoError(t, err)
	s := c.start(chip)
	for _, p := range passes {
		if p.name == "route" {
			break
		}
		if s.net == nil || p.name == "partition" || p.name == "place" {
			require.NoError(t, p.run(s), "%s on %s", c.name, c.chip)
		}
	}
	return s
}

// chain builds a network as a chain of nodes.
type chain struct {
	net    *snn.Network
	at     int
	shape  snn.Shape
	random *rand.Rand
}

func newChain(name string, shape ...int) *chain {
	c := &chain{net: &snn.Network{Name: name}, shape: shape, random: rand.New(rand.NewPCG(5, 6))}
	c.at = c.net.AddNode("in", &snn.Input{}, shape, shape)
	return c
}

func (c *chain) add(op snn.Op, shape ...int) {
	next := c.net.AddNode(fmt.Sprintf("%s%d", op.Kind(), len(c.net.Nodes)), op, c.shape, shape)
	c.net.Connect(c.at, next)
	c.at, c.shape = next, shape
}

// neurons adds neurons that reset to a value, which every chip has.
func (c *chain) neurons() {
	n := integrateAndFire()
	n.Reset, n.VReset, n.AtLeast = snn.ResetToValue, []float64{0}, false
	c.add(n, c.shape...)
}

func (c *chain) window(size, stride int) snn.Window {
	return snn.Window{KernelH: size, KernelW: size, StrideH: stride, StrideW: stride, DilationH: 1, DilationW: 1}
}

func (c *chain) conv(channels, size int) {
	op := &snn.Conv{InChannels: c.shape[0], OutChannels: channels, Groups: 1, Window: c.window(size, 1), Weight: make([]float64, channels*c.shape[0]*size*size)}
	for i := range op.Weight {
		op.Weight[i] = c.random.NormFloat64()
	}
	c.add(op, channels, c.shape[1]-size+1, c.shape[2]-size+1)
	c.neurons()
}

func (c *chain) dense(outputs int) {
	w := &snn.Matrix32{Rows: outputs, Cols: c.shape.Size(), Data: make([]float32, outputs*c.shape.Size())}
	for i := range w.Data {
		w.Data[i] = float32(c.random.NormFloat64())
	}
	if len(c.shape) > 1 {
		c.add(&snn.Reshape{}, c.shape.Size())
	}
	c.add(&snn.Dense{W: w}, outputs)
	c.neurons()
}

func (c *chain) end() *snn.Network {
	c.add(&snn.Output{}, c.shape...)
	return c.net
}

func poolNetwork() *snn.Network {
	c := newChain("cnn", 1, 28, 28)
	c.conv(8, 5)
	c.add(&snn.Pool{Average: true, Window: c.window(2, 2)}, 8, 12, 12)
	c.conv(16, 5)
	c.add(&snn.Pool{Average: true, Window: c.window(2, 2)}, 16, 4, 4)
	c.dense(10)
	return c.end()
}

func layeredNetwork() *snn.Network {
	c := newChain("mlp", 784)
	c.dense(1024)
	c.dense(1024)
	c.dense(10)
	return c.end()
}

// sparseNetwork is layers of neurons that hear a number of sources drawn
// from a neighbourhood of the layer before, with neighbours spread over
// each layer so that their numbers do not tell.
func sparseNetwork(chip *profile.Profile, layers, size, fanIn, reach int) *ir.Network {
	random := rand.New(rand.NewPCG(7, 8))
	net := &ir.Network{Name: "sparse", Input: ir.Input{Name: "in", Shape: []int{size}, Size: size}, Output: layers - 1, Widths: fit.Widths(chip)}
	place := random.Perm(size) // place[n] is where source n of a layer lies
	for l := range layers {
		net.Populations = append(net.Populations, plainPopulation(fmt.Sprintf("l%d", l), l, size))
		next := random.Perm(size)
		net.Projections = append(net.Projections, ir.Projection{
			Name: fmt.Sprintf("p%d", l), Source: l - 1, Target: l, WeightBits: 8, Weights: neighbours(random, place, next, fanIn, reach),
		})
		place = next
	}
	return net
}

func plainPopulation(name string, depth, size int) ir.Population {
	p := ir.Population{
		Name: name, Shape: []int{size}, Size: size, Depth: depth,
		Groups:    []core.Group{{Count: int32(size), Population: int32(depth), Depth: int32(depth), DecayV: 4096}},
		Threshold: slices.Repeat([]int32{4096}, size), Bias: make([]int32, size), Reset: make([]int32, size), V0: make([]int32, size),
		Unit: []float64{1}, Rest: []float64{0},
	}
	return p
}

// neighbours draws for each target sources whose place is at most reach / 2
// from its own, around the layer.
func neighbours(random *rand.Rand, from, to []int, fanIn, reach int) ir.Weights {
	size := len(from)
	at := make([]int, size) // place -> source
	for n, p := range from {
		at[p] = n
	}
	lists := make([][]int32, size)
	for t, p := range to {
		for _, k := range random.Perm(reach)[:fanIn] {
			s := at[(p+k-reach/2+size)%size]
			lists[s] = append(lists[s], int32(t))
		}
	}
	w := ir.Weights{Sources: size, Targets: size, Start: []int64{0}}
	for _, list := range lists {
		for _, t := range list {
			w.Target = append(w.Target, t)
			w.Value = append(w.Value, int16(1+random.IntN(127)))
		}
		w.Start = append(w.Start, int64(len(w.Target)))
	}
	return w
}

// The table stands between these lines of docs/mapping.md.
const (
	mappingDoc   = "../docs/mapping.md"
	mappingBegin = "<!-- measured -->\n"
	mappingEnd   = "<!-- end -->\n"
)

// TestMappingTable measures the table of docs/mapping.md (-update writes
// it) and holds the placement to what the page claims of it.
func TestMappingTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("| network | chip | cores | row by row | along the curve | placed | lower bound | than row by row | above the bound |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|\n")
	for _, c := range mappedNetworks {
		s := c.place(t)
		m, o := s.mapping, s.objective
		parts := len(m.parts)
		placed, rows := o.hops(m.tiles), o.hops(rowMajor(parts))
		curve := o.hops(hilbert(m.chip.Mesh, m.chip.Ports[0])[:parts])
		bound := o.hopsBound(parts)
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d | %d %% fewer | %d %% |\n", c.name, c.chip, parts, rows, curve, placed, bound, 100*(rows-placed)/rows, 100*(placed-bound)/bound)
		require.LessOrEqual(t, placed, min(rows, curve))
		require.GreaterOrEqual(t, placed, bound)
		if parts > 4 {
			require.LessOrEqual(t, 5*placed, 4*rows, "%s on %s saves less than a fifth", c.name, c.chip)
		}
	}
	text, err := os.ReadFile(mappingDoc)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), mappingBegin)
	require.True(t, ok)
	measured, after, ok := strings.Cut(rest, mappingEnd)
	require.True(t, ok)
	if *update {
		require.NoError(t, os.WriteFile(mappingDoc, []byte(before+mappingBegin+b.String()+mappingEnd+after), 0o644))
		return
	}
	require.Equal(t, b.String(), measured, "run with -update")
}

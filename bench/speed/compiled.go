package speed

import (
	"context"
	"fmt"
	"math/rand/v2"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/place"
	"adder/snn"
	"adder/spike"
)

// speedTicks is the length of a sample.
const speedTicks = 32

// layers is a chain of layers whose weights are drawn around 0; density is the share of
// them that is not 0, active the share of inputs that spike in a tick.
type layers struct {
	widths          []int
	density, active float64
	bits            int // of a weight; 0 stands for 8
}

func (l layers) build(ctx context.Context) (*chip.Chip, *spike.Train, error) {
	rnd := rand.New(rand.NewPCG(1, uint64(len(l.widths))))
	net := &snn.Network{Name: "speed"}
	at := net.AddNode("input", &snn.Input{}, snn.Shape{l.widths[0]}, snn.Shape{l.widths[0]})
	for k := 1; k < len(l.widths); k++ {
		at = addDense(net, rnd, at, l.widths[k], l.density, 16)
	}
	c, err := compiled(ctx, net, at, l.bits)
	return c, noise(l.widths[0], speedTicks, l.active), err
}

// convolutions are 5 x 5 convolutions over a plane, each but the first after an average pool of 2 x
// 2, and ten classes.
type convolutions struct {
	side     int
	channels []int
	active   float64
}

func (n convolutions) build(ctx context.Context) (*chip.Chip, *spike.Train, error) {
	rnd := rand.New(rand.NewPCG(3, 4))
	net := &snn.Network{Name: "speed"}
	shape := snn.Shape{1, n.side, n.side}
	at := net.AddNode("input", &snn.Input{}, shape, shape)
	for i, channels := range n.channels {
		stride := 1 + i
		conv := &snn.Conv{InChannels: shape[0], OutChannels: channels, Groups: 1,
			Window: snn.Window{
				KernelH: 5, KernelW: 5, StrideH: stride, StrideW: stride, DilationH: 1,
				DilationW: 1,
			}}
		conv.Weight = make([]float64, channels*shape[0]*25)
		for k := range conv.Weight {
			conv.Weight[k] = rnd.NormFloat64()
		}
		next := snn.Shape{channels, (shape[1]-5)/stride + 1, (shape[2]-5)/stride + 1}
		c := net.AddNode(fmt.Sprintf("conv%d", i), conv, shape, next)
		net.Connect(at, c)
		at, shape = addNeurons(net, c, fmt.Sprintf("plane%d", i), next, 6), next
	}
	flat := snn.Shape{shape.Size()}
	f := net.AddNode("flat", &snn.Reshape{}, shape, flat)
	net.Connect(at, f)
	c, err := compiled(ctx, net, addDense(net, rnd, f, 10, 1, 16), 0)
	return c, noise(n.side*n.side, speedTicks, n.active), err
}

// addDense adds a fully connected layer of neurons after a node.
func addDense(net *snn.Network, rnd *rand.Rand, at, width int, density, threshold float64) int {
	in, out := net.Nodes[at].Out, snn.Shape{width}
	data := make([]float64, in.Size()*width)
	for i := range data {
		if rnd.Float64() < density {
			data[i] = rnd.NormFloat64()
		}
	}
	name := fmt.Sprint(len(net.Nodes))
	dense := net.AddNode("weights"+name,
		&snn.Dense{W: &snn.Matrix64{Rows: width, Cols: in.Size(), Data: data}}, in, out)
	net.Connect(at, dense)
	return addNeurons(net, dense, "layer"+name, out, threshold)
}

// addNeurons adds neurons that fire now and then.
func addNeurons(net *snn.Network, at int, name string, shape snn.Shape, threshold float64) int {
	n := net.AddNode(name, &snn.Neuron{
		Model: snn.ModelIF, R: []float64{1}, UnitStep: true, VThreshold: []float64{threshold},
		Reset: snn.ResetSubtract,
	}, shape, shape)
	net.Connect(at, n)
	return n
}

// compiled is a network on chip adder.
func compiled(ctx context.Context, net *snn.Network, last, bits int) (*chip.Chip, error) {
	shape := net.Nodes[last].Out
	net.Connect(last, net.AddNode("output", &snn.Output{}, shape, shape))
	p, err := profile.Load("adder")
	if err != nil {
		return nil, err
	}
	result, err := compiler.Compile(ctx, net,
		compiler.Options{Chip: p, WeightBits: bits, Placement: place.Options{Moves: -1}})
	if err != nil {
		return nil, err
	}
	return chip.Load(result.Image)
}

// noise spikes at random, the same every time.
func noise(sources, ticks int, active float64) *spike.Train {
	rnd := rand.New(rand.NewPCG(2, 2))
	train := spike.NewTrain(sources, ticks)
	for t := range ticks {
		for i := range sources {
			if rnd.Float64() < active {
				train.Set(t, i)
			}
		}
	}
	return train
}

// Package testnets builds the networks that tests of the compiler's passes share.
package testnets

import (
	"fmt"
	"math/rand/v2"

	"adder/snn"
)

// IF is the neuron that a ReLU becomes: it counts its input up to 1.
func IF() *snn.Neuron {
	return &snn.Neuron{
		Model: snn.ModelIF, R: []float64{1}, UnitStep: true,
		VThreshold: []float64{1}, V0: []float64{0.5},
		Reset: snn.ResetSubtract, AtLeast: true,
	}
}

// Chain builds a network as a chain of nodes.
type Chain struct {
	Net *snn.Network
	// At and Shape are the last node and its shape.
	At    int
	Shape snn.Shape
	// Random draws weights; every chain draws the same.
	Random *rand.Rand
}

// NewChain starts a chain with an input.
func NewChain(name string, shape ...int) *Chain {
	c := &Chain{Net: &snn.Network{Name: name}, Shape: shape, Random: rand.New(rand.NewPCG(5, 6))}
	c.At = c.Net.AddNode("in", &snn.Input{}, shape, shape)
	return c
}

// Add appends a node with an output of the given shape.
func (c *Chain) Add(op snn.Op, shape ...int) {
	next := c.Net.AddNode(fmt.Sprintf("%s%d", op.Kind(), len(c.Net.Nodes)), op, c.Shape, shape)
	c.Net.Connect(c.At, next)
	c.At, c.Shape = next, shape
}

// neurons adds neurons that reset to a value, which every chip has.
func (c *Chain) neurons() {
	n := IF()
	n.Reset, n.VReset, n.AtLeast = snn.ResetToValue, []float64{0}, false
	c.Add(n, c.Shape...)
}

func (c *Chain) window(size, stride int) snn.Window {
	return snn.Window{KernelH: size, KernelW: size, StrideH: stride, StrideW: stride, DilationH: 1,
		DilationW: 1}
}

func (c *Chain) conv(channels, size int) {
	op := &snn.Conv{InChannels: c.Shape[0], OutChannels: channels, Groups: 1,
		Window: c.window(size, 1), Weight: make([]float64, channels*c.Shape[0]*size*size)}
	for i := range op.Weight {
		op.Weight[i] = c.Random.NormFloat64()
	}
	c.Add(op, channels, c.Shape[1]-size+1, c.Shape[2]-size+1)
	c.neurons()
}

func (c *Chain) dense(outputs int) {
	w := &snn.Matrix32{Rows: outputs, Cols: c.Shape.Size(),
		Data: make([]float32, outputs*c.Shape.Size())}
	for i := range w.Data {
		w.Data[i] = float32(c.Random.NormFloat64())
	}
	if len(c.Shape) > 1 {
		c.Add(&snn.Reshape{}, c.Shape.Size())
	}
	c.Add(&snn.Dense{W: w}, outputs)
	c.neurons()
}

// End appends the output and returns the network.
func (c *Chain) End() *snn.Network {
	c.Add(&snn.Output{}, c.Shape...)
	return c.Net
}

// Pool is 28x28-8C5-P2-16C5-P2-10, with means as pools.
func Pool() *snn.Network {
	c := NewChain("cnn", 1, 28, 28)
	c.conv(8, 5)
	c.Add(&snn.Pool{Average: true, Window: c.window(2, 2)}, 8, 12, 12)
	c.conv(16, 5)
	c.Add(&snn.Pool{Average: true, Window: c.window(2, 2)}, 16, 4, 4)
	c.dense(10)
	return c.End()
}

// Layered is 784-1024-1024-10.
func Layered() *snn.Network {
	c := NewChain("mlp", 784)
	c.dense(1024)
	c.dense(1024)
	c.dense(10)
	return c.End()
}

// TwoReLUs is two ReLUs, each of one input times a weight.
func TwoReLUs(first, second float64) *snn.Network {
	net := &snn.Network{Name: "relus"}
	two := snn.Shape{2}
	last := net.AddNode("in", &snn.Input{}, two, two)
	for _, op := range []snn.Op{&snn.Dense{W: &snn.Matrix64{Rows: 2, Cols: 2,
		Data: []float64{first, 0, 0, second}}}, &snn.Relu{}, &snn.Output{}} {
		next := net.AddNode(op.Kind(), op, two, two)
		net.Connect(last, next)
		last = next
	}
	return net
}

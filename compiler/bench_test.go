package compiler

import (
	"context"
	"math/rand/v2"
	"testing"

	"adder/chip/profile"
	"adder/compiler/testnets"
	"adder/layout"
	"adder/snn"
)

// denseNetwork is an input of so many elements that reaches as many
// integrate-and-fire neurons.
func denseNetwork(size int) *snn.Network {
	random := rand.New(rand.NewPCG(1, 2))
	w := &snn.Matrix32{Rows: size, Cols: size, Data: make([]float32, size*size)}
	for i := range w.Data {
		w.Data[i] = float32(random.NormFloat64())
	}
	net := &snn.Network{Name: "dense"}
	shape := snn.Shape{size}
	in := net.AddNode("in", &snn.Input{}, shape, shape)
	fc := net.AddNode("fc", &snn.Dense{W: w}, shape, shape)
	a := net.AddNode("a", testnets.IF(), shape, shape)
	out := net.AddNode("out", &snn.Output{}, shape, shape)
	net.Connect(in, fc)
	net.Connect(fc, a)
	net.Connect(a, out)
	return net
}

// convNetwork is two 5 x 5 convolutions over a plane of side x side, of 8
// and 16 channels.
func convNetwork(side int) *snn.Network {
	random := rand.New(rand.NewPCG(3, 4))
	net := &snn.Network{Name: "conv"}
	shape := snn.Shape{1, side, side}
	at := net.AddNode("in", &snn.Input{}, shape, shape)
	for i, channels := range []int{8, 16} {
		conv := &snn.Conv{InChannels: shape[0], OutChannels: channels, Groups: 1,
			Window: snn.Window{KernelH: 5, KernelW: 5, StrideH: 1, StrideW: 1, DilationH: 1,
				DilationW: 1}}
		conv.Weight = make([]float64, channels*shape[0]*25)
		for k := range conv.Weight {
			conv.Weight[k] = random.NormFloat64()
		}
		next := snn.Shape{channels, shape[1] - 4, shape[2] - 4}
		name := string(rune('a' + i))
		c := net.AddNode("conv"+name, conv, shape, next)
		n := net.AddNode(name, testnets.IF(), next, next)
		net.Connect(at, c)
		net.Connect(c, n)
		at, shape = n, next
	}
	out := net.AddNode("out", &snn.Output{}, shape, shape)
	net.Connect(at, out)
	return net
}

// BenchmarkCompile asks how long a network takes from float weights to a
// verified image.
func BenchmarkCompile(b *testing.B) {
	for _, c := range []struct {
		name, chip string
		net        func() *snn.Network
	}{
		{"conv of 1.1 M synapses", "adder", func() *snn.Network { return convNetwork(26) }},
		{"conv of 8 M synapses", "adder", func() *snn.Network { return convNetwork(56) }},
		{"dense of 1 M synapses", "adder", func() *snn.Network { return denseNetwork(1000) }},
		{"dense of 100 M synapses", "wide", func() *snn.Network { return denseNetwork(10_000) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			chip, err := profile.Load(c.chip)
			if err != nil {
				b.Fatal(err)
			}
			net := c.net()
			b.ReportAllocs()
			for b.Loop() {
				r, err := Compile(context.Background(), net,
					Options{Chip: chip, Encoder: layout.Encoder{Kind: "rate", Ticks: 32}})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(r.Report.Synapses), "synapses")
			}
		})
	}
}

package compiler

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/layout"
	"adder/snn"
)

// hashed is a dense matrix of pseudo-random weights that takes no memory.
type hashed struct{ rows, cols int }

func (m hashed) Dims() (rows, cols int) { return m.rows, m.cols }

func (m hashed) Row(r int, buf []float64) []float64 {
	for c := range m.cols {
		x := uint64(r*m.cols+c) * 0x9e3779b97f4a7c15
		buf[c] = float64(int64(x^x>>29)>>40) / (1 << 23)
	}
	return buf[:m.cols]
}

// computedNetwork is a chain of dense layers of IF neurons.
func computedNetwork(sizes ...int) *snn.Network {
	net := &snn.Network{Name: "dense"}
	at := net.AddNode("in", &snn.Input{}, snn.Shape{sizes[0]}, snn.Shape{sizes[0]})
	for k := 1; k < len(sizes); k++ {
		in, out := snn.Shape{sizes[k-1]}, snn.Shape{sizes[k]}
		fc := net.AddNode(fmt.Sprint("fc", k), &snn.Dense{W: hashed{sizes[k], sizes[k-1]}}, in, out)
		n := net.AddNode(fmt.Sprint("if", k),
			&snn.Neuron{Model: snn.ModelIF, VThreshold: []float64{4}, UnitStep: true}, out, out)
		net.Connect(at, fc)
		net.Connect(fc, n)
		at = n
	}
	last := snn.Shape{sizes[len(sizes)-1]}
	net.Connect(at, net.AddNode("out", &snn.Output{}, last, last))
	return net
}

// BenchmarkCompileDense asks how long compiling takes, and how much memory
// beside the synapses of the image: a multilayer perceptron, and a layer of
// a hundred million synapses.
func BenchmarkCompileDense(b *testing.B) {
	for _, c := range []struct {
		name  string
		sizes []int
		chip  string
		long  bool
	}{
		{"784-1024-1024-10", []int{784, 1024, 1024, 10}, "chip adder\n", false},
		{"10000-10000", []int{10000, 10000}, "chip adder width=16 height=16 input_axons=16384\n",
			true},
	} {
		b.Run(c.name, func(b *testing.B) {
			if c.long && testing.Short() {
				b.Skip("takes a minute and a gigabyte")
			}
			s, err := parseScript(c.chip)
			require.NoError(b, err)
			net := computedNetwork(c.sizes...)
			b.ReportAllocs()
			for b.Loop() {
				r, err := Compile(context.Background(), net,
					Options{Chip: s.opts.Chip, Encoder: layout.Encoder{Kind: "rate", Ticks: 32}})
				require.NoError(b, err)
				b.ReportMetric(float64(r.Report.SynapseBits)/8/(1<<20), "MiB-of-synapses")
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.Sys)/(1<<20), "MiB-peak")
		})
	}
}

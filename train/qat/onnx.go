package qat

import (
	"fmt"
	"io"

	"adder/internal/wholefile"
	"adder/train/layer"
	"adder/train/onnxfile"
)

// WriteONNX writes the network as QuantizeLinear and DequantizeLinear nodes around its layers, in
// the form of ONNX Runtime: uint8 signals, with a Clip between the pair where they have fewer than
// 8 bits; int8 weights; int32 biases of the scale of the sums. The input is "input", pixels divided
// by 255 and channels first, the output "logits". Equal networks give equal bytes.
func (n *Network) WriteONNX(w io.Writer) error {
	_, err := w.Write(n.model())
	return err
}

// SaveONNX writes the network to the file at path as WriteONNX does, whole or not at all.
func (n *Network) SaveONNX(path string) error {
	if err := wholefile.Write(path, n.WriteONNX); err != nil {
		return fmt.Errorf("save network: %w", err)
	}
	return nil
}

func (n *Network) model() []byte {
	g, x := &onnxfile.Graph{}, "input"
	in := planes(n.input)
	if n.flat() {
		in = []int{n.input.Size()}
	}
	x = signal(g, "in", x, n.stages[0].in, n.cfg.InputBits)
	for i := range n.stages {
		s := &n.stages[i]
		x = s.pool(g, x)
		if n.last(i) {
			s.layer(g, x, "logits", i == 0)
			break
		}
		sum := s.Name + "_sum"
		s.layer(g, x, sum, i == 0)
		g.Node("Relu", s.Name+"_relu", []string{sum})
		x = signal(g, s.Name+"_act", s.Name+"_relu", s.out, n.cfg.ActivationBits)
	}
	doc := fmt.Sprintf("quantised in training: inputs of %d, activations of %d, weights of %d "+
		"bits; inputs are pixels divided by 255",
		n.cfg.InputBits, n.cfg.ActivationBits, n.cfg.WeightBits)
	return g.Model("quantised", doc, onnxfile.Value{Name: "input", Shape: in},
		onnxfile.Value{Name: "logits", Shape: []int{n.Outputs()}})
}

// flat reports whether the first layer reads samples element by element, so that their shape does
// not matter.
func (n *Network) flat() bool {
	_, dense := n.stages[0].Linear.(*layer.Dense)
	return dense && len(n.stages[0].Pools) == 0
}

// signal quantises a signal and returns the name of its dequantised value.
func signal(g *onnxfile.Graph, name, x string, scale float32, bits int) string {
	g.Floats(name+"_s", []float32{scale}, 1)
	g.Uint8s(name+"_z", []uint8{0}, 1)
	q := name + "_q"
	g.Node("QuantizeLinear", q, []string{x, name + "_s", name + "_z"})
	if bits < 8 {
		g.Uint8s(name+"_min", []uint8{0}, 1)
		g.Uint8s(name+"_max", []uint8{uint8(top(bits))}, 1)
		g.Node("Clip", name+"_c", []string{q, name + "_min", name + "_max"})
		q = name + "_c"
	}
	g.Node("DequantizeLinear", name+"_d", []string{q, name + "_s", name + "_z"})
	return name + "_d"
}

// pool writes the pools before a layer.
func (s *stage) pool(g *onnxfile.Graph, x string) string {
	for k, p := range s.Pools {
		op, y := "AveragePool", fmt.Sprintf("%s_pool%d", s.Name, k+1)
		if p.Max {
			op = "MaxPool"
		}
		g.Node(op, y, []string{x}, onnxfile.Ints("kernel_shape", p.Kernel, p.Kernel),
			onnxfile.Ints("strides", p.Kernel, p.Kernel))
		x = y
	}
	return x
}

// layer writes a layer of weights.
func (s *stage) layer(g *onnxfile.Graph, x, y string, first bool) {
	weights := make([]int8, len(s.w))
	for k, v := range layer.Export(s.Linear, s.w) {
		weights[k] = int8(v)
	}
	biases := make([]int32, len(s.b))
	for k, v := range s.b {
		biases[k] = int32(v)
	}
	in, out := s.Linear.In(), s.Linear.Out()
	shape := []int{out.Channels, in.Size()}
	conv, isConv := s.Linear.(*layer.Conv)
	if isConv {
		shape = []int{out.Channels, in.Channels, conv.Kernel, conv.Kernel}
	}
	constant(g, s.Name+"_w", s.step, func() {
		g.Int8s(s.Name+"_w", weights, shape...)
		g.Int8s(s.Name+"_wz", []int8{0}, 1)
	})
	constant(g, s.Name+"_b", float32(s.unit()), func() {
		g.Int32s(s.Name+"_b", biases, len(biases))
		g.Int32s(s.Name+"_bz", []int32{0}, 1)
	})
	names := []string{x, s.Name + "_wd", s.Name + "_bd"}
	if isConv {
		p := conv.Padding
		g.Node("Conv", y, names, onnxfile.Ints("kernel_shape", conv.Kernel, conv.Kernel),
			onnxfile.Ints("strides", conv.Stride, conv.Stride), onnxfile.Ints("pads", p, p, p, p))
		return
	}
	if !in.Vector() && (!first || len(s.Pools) > 0) {
		g.Node("Flatten", s.Name+"_flat", []string{x}, onnxfile.Int("axis", 1))
		names[0] = s.Name + "_flat"
	}
	g.Node("Gemm", y, names, onnxfile.Int("transB", 1))
}

// constant writes a scale and the dequantisation of a constant, which add writes.
func constant(g *onnxfile.Graph, name string, scale float32, add func()) {
	add()
	g.Floats(name+"s", []float32{scale}, 1)
	g.Node("DequantizeLinear", name+"d", []string{name, name + "s", name + "z"})
}

// planes is a shape channels first.
func planes(s layer.Shape) []int {
	if s.Vector() {
		return []int{s.Channels}
	}
	return []int{s.Channels, s.Height, s.Width}
}

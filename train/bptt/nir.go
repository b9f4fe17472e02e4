package bptt

import (
	"fmt"
	"io"
	"slices"

	"adder/internal/hdf5"
	"adder/internal/wholefile"
	"adder/train/layer"
)

// DT is the length of a tick in seconds that the written time constants mean: the one that readers
// of NIR take by default.
const DT = 1e-4

// nirVersion is the version of the format that a file says it has.
const nirVersion = "1.0.6"

// WriteNIR writes the network as a NIR graph in HDF5. With Config.Bits the weights are on their
// grids, so that quantisation to as many bits yields the same integers. Inputs are channels first.
// Equal networks give equal bytes.
func (n *Network) WriteNIR(w io.Writer) error {
	data, err := hdf5.Encode(n.tree())
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// SaveNIR writes the network to the file at path as WriteNIR does, whole or not at all.
func (n *Network) SaveNIR(path string) error {
	if err := wholefile.Write(path, n.WriteNIR); err != nil {
		return fmt.Errorf("save network: %w", err)
	}
	return nil
}

// graph collects the nodes of a NIR graph, each fed by the one before.
type graph struct {
	nodes hdf5.Tree
	edges []string
	last  string
}

func (g *graph) add(name, kind string, fields hdf5.Tree) {
	fields["type"] = hdf5.Text(kind)
	g.nodes[name] = fields
	if g.last != "" {
		g.edges = append(g.edges, g.last, name)
	}
	g.last = name
}

// tree is the file.
func (n *Network) tree() hdf5.Tree {
	g := &graph{nodes: hdf5.Tree{}}
	g.add("input", "Input", hdf5.Tree{"shape": integers(planes(n.input)...)})
	for i := range n.stages {
		s := &n.stages[i]
		for k, p := range s.Pools {
			g.add(fmt.Sprintf("%s_pool%d", s.Name, k+1), "AvgPool2d", hdf5.Tree{
				"kernel_size": pair(p.Kernel), "stride": pair(p.Kernel), "padding": pair(0),
			})
		}
		g.weights(s)
		out := s.Linear.Out()
		if n.last(i) {
			g.add(s.Name+"_sum", "I", hdf5.Tree{"r": each(out, 1)})
			continue
		}
		n.addNeurons(g, s.Name, out)
	}
	g.add("result", "Output", hdf5.Tree{"shape": integers(n.classes)})
	return hdf5.Tree{"version": hdf5.Text(nirVersion), "node": hdf5.Tree{
		"type": hdf5.Text("NIRGraph"), "nodes": g.nodes,
		"edges": hdf5.Texts{Shape: []int{len(g.edges) / 2, 2}, Values: g.edges},
	}}
}

// addNeurons adds a layer's neurons: tau is such that a tick keeps what it did in training, and r
// such that the input is not scaled.
func (n *Network) addNeurons(g *graph, name string, shape layer.Shape) {
	fields := hdf5.Tree{"r": each(shape, 1), "v_threshold": each(shape, 1),
		"v_reset": each(shape, 0)}
	kind := "IF"
	if n.cfg.Neuron == "lif" {
		kind = "LIF"
		lost := 1 - n.cfg.keep()
		fields["tau"], fields["r"], fields["v_leak"] = each(shape, float32(DT/lost)), each(shape,
			float32(1/lost)), each(shape, 0)
	}
	g.add(name+"_neurons", kind, fields)
}

// weights adds a layer's weights and biases as real values.
func (g *graph) weights(s *stage) {
	bias := make([]float32, len(s.bias))
	for c, b := range s.bias {
		bias[c] = float32(b * s.unit[c])
	}
	real := make([]float32, len(s.forward))
	for k, w := range s.forward {
		real[k] = float32(w * s.step(k))
	}
	real = layer.Export(s.Linear, real)
	in, out := s.Linear.In(), s.Linear.Out()
	fields := hdf5.Tree{"bias": hdf5.Floats{Shape: []int{len(bias)}, Values: bias}}
	conv, ok := s.Linear.(*layer.Conv)
	if !ok {
		if !in.Vector() {
			g.add(s.Name+"_flatten", "Flatten", hdf5.Tree{
				"start_dim": integer(0), "end_dim": integer(-1),
				"input_type": integers(planes(in)...),
			})
		}
		fields["weight"] = hdf5.Floats{Shape: []int{out.Channels, in.Size()}, Values: real}
		g.add(s.Name, "Affine", fields)
		return
	}
	fields["weight"] = hdf5.Floats{Shape: []int{out.Channels, in.Channels, conv.Kernel,
		conv.Kernel}, Values: real}
	fields["input_shape"], fields["stride"], fields["padding"] = integers(in.Height,
		in.Width), pair(conv.Stride), pair(conv.Padding)
	fields["dilation"], fields["groups"] = pair(1), integer(1)
	g.add(s.Name, "Conv2d", fields)
}

// step is the unit of weight k.
func (s *stage) step(k int) float32 { return float32(s.unit[s.Linear.Channel(k)] * s.scale) }

// planes is a shape as NIR has it: channels first, and nothing else of a vector.
func planes(s layer.Shape) []int {
	if s.Vector() {
		return []int{s.Channels}
	}
	return []int{s.Channels, s.Height, s.Width}
}

// each is a parameter that is the same in all neurons of a layer.
func each(s layer.Shape, x float32) hdf5.Floats {
	return hdf5.Floats{Shape: planes(s), Values: slices.Repeat([]float32{x}, s.Size())}
}

func integer(x int) hdf5.Integers { return hdf5.Integers{Values: []int64{int64(x)}} }

func pair(x int) hdf5.Integers { return integers(x, x) }

func integers(x ...int) hdf5.Integers {
	out := hdf5.Integers{Shape: []int{len(x)}}
	for _, v := range x {
		out.Values = append(out.Values, int64(v))
	}
	return out
}

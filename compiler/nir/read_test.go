package nir

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/snn"
)

// TestOperations checks what each primitive becomes.
func TestOperations(t *testing.T) {
	tests := []struct {
		name  string
		shape []int
		node  memory
		out   snn.Shape
		want  snn.Op
	}{
		{
			"Affine", []int{2}, memory{"type": "Affine", "weight": filled(3, 2),
				"bias": []float64{1, 2, 3}}, snn.Shape{3},
			&snn.Dense{W: &snn.Matrix32{Rows: 3, Cols: 2, Data: []float32{1, 2, 3, 4, 5, 6}},
				Bias: []float64{1, 2, 3}},
		}, {
			"Affine with one bias for all and a leading axis", []int{2},
			memory{"type": "Affine", "weight": filled(1, 3, 2), "bias": 4.0}, snn.Shape{3},
			&snn.Dense{W: &snn.Matrix32{Rows: 3, Cols: 2, Data: []float32{1, 2, 3, 4, 5, 6}},
				Bias: []float64{4, 4, 4}},
		}, {
			"Linear of numbers that float32 cannot hold", []int{1},
			memory{"type": "Linear",
				"weight": &array{extents: []int{1, 1}, numbers: []float64{0.1}}}, snn.Shape{1},
			&snn.Dense{W: &snn.Matrix64{Rows: 1, Cols: 1, Data: []float64{0.1}}},
		}, {
			"Linear on the last axis", []int{4, 2},
			memory{"type": "Linear", "weight": filled(1, 2)}, snn.Shape{4, 1},
			&snn.Dense{W: &snn.Matrix32{Rows: 1, Cols: 2, Data: []float32{1, 2}}},
		}, {
			"Scale", []int{2, 2}, memory{"type": "Scale", "scale": filled(2, 1)}, snn.Shape{2, 2},
			&snn.Scale{Factor: []float64{1, 1, 2, 2}},
		}, {
			"Conv1d", []int{2, 9}, memory{"type": "Conv1d", "weight": filled(1, 2, 3),
				"bias": []float64{7}, "stride": 2, "padding": 1, "dilation": 2, "groups": 1,
				"input_shape": 9}, snn.Shape{1, 4},
			&snn.Conv{Weight: []float64{1, 2, 3, 4, 5, 6}, Bias: []float64{7}, InChannels: 2,
				OutChannels: 1, Groups: 1, Window: snn.Window{
					KernelH: 1, KernelW: 3, StrideH: 1, StrideW: 2, DilationH: 1, DilationW: 2,
					PadLeft: 1, PadRight: 1,
				}},
		}, {
			"Conv1d with an even kernel and same padding", []int{1, 5},
			memory{"type": "Conv1d", "weight": filled(1, 1, 4), "padding": "same", "stride": 1},
			snn.Shape{1, 5},
			&snn.Conv{Weight: []float64{1, 2, 3, 4}, InChannels: 1, OutChannels: 1, Groups: 1,
				Window: snn.Window{
					KernelH: 1, KernelW: 4, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1,
					PadLeft: 1, PadRight: 2,
				}},
		}, {
			"Conv2d with groups and scalars", []int{2, 4, 4},
			memory{"type": "Conv2d", "weight": filled(2, 1, 2, 2), "bias": []float64{0, 0},
				"stride": 2, "padding": []int{0, 1}, "dilation": 1, "groups": 2}, snn.Shape{2, 2,
				3},
			&snn.Conv{Weight: []float64{1, 2, 3, 4, 5, 6, 7, 8}, Bias: []float64{0, 0},
				InChannels: 2, OutChannels: 2, Groups: 2, Window: snn.Window{
					KernelH: 2, KernelW: 2, StrideH: 2, StrideW: 2, DilationH: 1, DilationW: 1,
					PadLeft: 1, PadRight: 1,
				}},
		}, {
			"Conv2d with valid padding", []int{1, 3, 3},
			memory{"type": "Conv2d", "weight": filled(1, 1, 1, 2), "bias": 0.0, "padding": "valid"},
			snn.Shape{1, 3, 2},
			&snn.Conv{Weight: []float64{1, 2}, Bias: []float64{0}, InChannels: 1, OutChannels: 1,
				Groups: 1, Window: snn.Window{
					KernelH: 1, KernelW: 2, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1,
				}},
		}, {
			"SumPool2d", []int{1, 4, 6}, memory{"type": "SumPool2d", "kernel_size": []int{2, 3},
				"stride": []int{2, 3}, "padding": []int{0, 0}}, snn.Shape{1, 2, 2},
			&snn.Pool{Window: snn.Window{KernelH: 2, KernelW: 3, StrideH: 2, StrideW: 3,
				DilationH: 1, DilationW: 1}},
		}, {
			"AvgPool2d with scalars and no stride", []int{1, 4, 4},
			memory{"type": "AvgPool2d", "kernel_size": 2, "padding": 0}, snn.Shape{1, 2, 2},
			&snn.Pool{Average: true, Window: snn.Window{KernelH: 2, KernelW: 2, StrideH: 2,
				StrideW: 2, DilationH: 1, DilationW: 1}},
		}, {
			"Flatten", []int{2, 3, 4}, memory{"type": "Flatten", "start_dim": 0, "end_dim": -1,
				"input_type": []int{2, 3, 4}}, snn.Shape{24}, &snn.Reshape{},
		}, {
			"Flatten of some axes", []int{2, 3, 4}, memory{"type": "Flatten", "start_dim": 1,
				"end_dim": 2}, snn.Shape{2, 12}, &snn.Reshape{},
		}, {
			"Flatten counting the batch axis", []int{2, 3, 4},
			memory{"type": "Flatten", "start_dim": 1, "end_dim": -1,
				"input_type": []int{0, 0, 0, 0}}, snn.Shape{24}, &snn.Reshape{},
		}, {
			"Flatten counting the batch axis over one channel", []int{1, 3, 4},
			memory{"type": "Flatten", "start_dim": 2, "end_dim": 3,
				"input_type": []int{1, 1, 3, 4}}, snn.Shape{1, 12}, &snn.Reshape{},
		}, {
			"I", []int{2}, memory{"type": "I", "r": []int{1, 1}}, snn.Shape{2},
			&snn.Neuron{Model: snn.ModelI, R: []float64{1, 1}, UnitStep: true},
		}, {
			"LI", []int{2}, memory{"type": "LI", "tau": 0.01, "r": []float64{2}, "v_leak": 0},
			snn.Shape{2},
			&snn.Neuron{Model: snn.ModelLI, Tau: []float64{0.01}, R: []float64{2},
				VLeak: []float64{0}},
		}, {
			"IF per tick", []int{2}, memory{"type": "IF", "r": 1.0, "v_threshold": 1.0,
				"v_reset": 0.0}, snn.Shape{2},
			&snn.Neuron{Model: snn.ModelIF, R: []float64{1}, VThreshold: []float64{1},
				VReset: []float64{0}, UnitStep: true},
		}, {
			"IF over time", []int{2}, memory{"type": "IF", "r": 1e4, "v_threshold": 1.0},
			snn.Shape{2},
			&snn.Neuron{Model: snn.ModelIF, R: []float64{1e4}, VThreshold: []float64{1}},
		}, {
			"LIF with a batch axis", []int{2, 2, 1},
			memory{"type": "LIF", "tau": &array{extents: []int{1, 2, 2, 1},
				numbers: []float64{0.1, 0.2, 0.3, 0.4}}, "r": filled(1), "v_leak": 0,
				"v_threshold": filled(1, 2, 2, 1), "v_reset": filled(1, 1, 1, 1)}, snn.Shape{2, 2,
				1},
			&snn.Neuron{Model: snn.ModelLIF, Tau: []float64{0.1, 0.2, 0.3, 0.4}, R: []float64{1},
				VLeak: []float64{0}, VThreshold: []float64{1, 2, 3, 4}, VReset: []float64{1}},
		}, {
			"CubaLI", []int{1}, memory{"type": "CubaLI", "tau_syn": 0.01, "tau_mem": 0.02, "r": 1.0,
				"v_leak": 0.0, "w_in": 3.0}, snn.Shape{1},
			&snn.Neuron{Model: snn.ModelCubaLI, Tau: []float64{0.02}, TauSyn: []float64{0.01},
				R: []float64{1}, VLeak: []float64{0}, WIn: []float64{3}},
		}, {
			"CubaLIF without w_in", []int{1}, memory{"type": "CubaLIF", "tau_syn": 0.01,
				"tau_mem": 0.02, "r": 1.0, "v_leak": 0.0, "v_threshold": 1.0}, snn.Shape{1},
			&snn.Neuron{Model: snn.ModelCubaLIF, Tau: []float64{0.02}, TauSyn: []float64{0.01},
				R: []float64{1}, VLeak: []float64{0}, VThreshold: []float64{1}},
		}, {
			"Threshold", []int{2}, memory{"type": "Threshold", "threshold": []float64{1, 2}},
			snn.Shape{2},
			&snn.Neuron{Model: snn.ModelThreshold, VThreshold: []float64{1, 2}},
		}, {
			"Delay", []int{3}, memory{"type": "Delay", "delay": []float64{0, 1e-4, 3e-4}},
			snn.Shape{3},
			&snn.Delay{Ticks: []int{0, 1, 3}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := read(t, path(tt.shape, tt.node), Options{})
			a := find(t, n, "a")
			require.Equal(t, tt.want, a.Op)
			require.Equal(t, tt.out, a.Out)
			require.Equal(t, tt.out, find(t, n, "output").Out)
			require.Empty(t, n.Warnings)
			require.Equal(t, DefaultDT, n.DT)
			require.Equal(t, "model", n.Name)
		})
	}
}

func TestOptions(t *testing.T) {
	n := read(t, path([]int{1}, lif(1.0)), Options{DT: 1e-3, Reset: snn.ResetSubtract})
	require.Equal(t, 1e-3, n.DT)
	require.Equal(t, snn.ResetSubtract, find(t, n, "a").Op.(*snn.Neuron).Reset)
	_, err := fromTree("m", path([]int{1}), Options{DT: -1})
	require.ErrorContains(t, err, "a tick of -1 s")
}

// TestWarnings checks what is read although it is odd.
func TestWarnings(t *testing.T) {
	neuron := func(changes memory) memory {
		m := lif(1.0)
		for name, v := range changes {
			m[name] = v
		}
		return m
	}
	subtract := Options{Reset: snn.ResetSubtract}
	tests := []struct {
		name string
		file memory
		opts Options
		want string
	}{
		{"short tau", path([]int{1}, neuron(memory{"tau": 1e-5})), Options{},
			`node "a" (LIF): tau is 1e-05 s at the least, shorter than a tick of 0.0001 s`},
		{"tau in ticks", path([]int{1}, neuron(memory{"tau": 2.5})), Options{},
			`tau is up to 2.5 s, 2.5e+04 ticks`},
		{"rest", path([]int{2}, neuron(memory{"v_leak": []float64{0, 1}})), Options{},
			"v_leak is not 0 everywhere"},
		{"reset above the threshold", path([]int{2}, neuron(memory{"v_reset": []float64{0, 3}})),
			Options{}, "v_reset[1] is 3, above the threshold of 1"},
		{"reset that is ignored", path([]int{2}, neuron(memory{"v_reset": []float64{0, 3}})),
			subtract, "v_reset is not 0 everywhere, and is ignored"},
		{"r of both kinds",
			path([]int{2}, memory{"type": "IF", "r": []float64{1, 1e4}, "v_threshold": 1}),
			Options{}, "r is 1/dt for 1 of 2 neurons"},
		{"declared output",
			file(memory{"i": memory{"type": "Input", "shape": 3},
				"o": memory{"type": "Output", "shape": 2}}, [][2]string{{"i", "o"}}), Options{},
			`node "o" (Output) declares the shape 2, but the signal is 3`},
		{"declared input of a convolution",
			path([]int{1, 5}, memory{"type": "Conv1d", "weight": filled(1, 1, 2),
				"input_shape": 4}), Options{}, `declares an input of 4, but the signal is 1x5`},
		{"batch axis",
			path([]int{1, 2, 5}, lif(1.0), memory{"type": "Conv1d", "weight": filled(1, 2, 2)}),
			Options{}, `the shape 1x2x5 has a batch axis, which is dropped`},
		{"flatten by what follows", path([]int{2, 3}, memory{"type": "Flatten", "start_dim": 1},
			memory{"type": "Linear", "weight": filled(1, 6)}), Options{},
			`read as counting a batch axis, because the next layer takes 6`},
		{"delay between ticks", path([]int{1}, memory{"type": "Delay", "delay": 1.4e-4}), Options{},
			"delays are rounded to ticks of 0.0001 s"},
		{"repeated edge",
			file(memory{"i": memory{"type": "Input", "shape": 3}, "o": memory{"type": "Output"}},
				[][2]string{{"i", "o"}, {"i", "o"}, {"i", "o"}}), Options{},
			"edge (i, o) is listed more than once"},
		{"no edges",
			file(memory{"i": memory{"type": "Input", "shape": 3},
				"o": memory{"type": "Output", "shape": 3}}, &array{extents: []int{0}}), Options{},
			`node "o": no edge leads to it`},
		{"a lone primitive", memory{"node": lif([]float64{1, 2})}, Options{},
			"the file holds a single LIF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := read(t, tt.file, tt.opts)
			require.Contains(t, strings.Join(n.Warnings, "\n"), tt.want)
		})
	}
}

// TestRefusals checks that broken files name the node or edge at fault.
func TestRefusals(t *testing.T) {
	ends := func() memory {
		return memory{"i": memory{"type": "Input", "shape": 3}, "o": memory{"type": "Output"}}
	}
	with := func(name string, n any) memory {
		e := ends()
		e[name] = n
		return e
	}
	one := [][2]string{{"i", "o"}}
	tests := []struct {
		name string
		file memory
		want string
	}{
		{"empty file", memory{}, `no group "node"`},
		{"no type", memory{"node": memory{}}, `group node: it has no dataset "type"`},
		{"type of numbers", memory{"node": memory{"type": 4}},
			`dataset "type" is not a string but numbers of shape scalar`},
		{"no nodes", memory{"node": memory{"type": "NIRGraph"}}, `graph: it has no group "nodes"`},
		{"no edges", memory{"node": memory{"type": "NIRGraph", "nodes": memory{}}},
			`graph: it has no dataset "edges"`},
		{"odd edges", file(ends(), []float64{1, 2}), "want pairs of strings"},
		{"unreadable", file(memory{"unreadable": 1}, one), "graph: cannot be read"},
		{"unreadable dataset", file(with("i", memory{"type": "Input", "shape": errors.New("torn")}),
			one), `node "i" (Input): dataset "shape": torn`},
		{"a node that is a dataset", file(with("x", 4), one), `node "x": it is a dataset`},
		{"a node without a type", file(with("x", memory{}), one),
			`node "x": it has no dataset "type"`},
		{"an unknown type", file(with("x", memory{"type": "Gru", "r": filled(3)}), one),
			`node "x" (Gru): unknown type; known are Input`},
		{"unknown nodes", file(ends(), [][2]string{{"i", "q"}, {"p", "o"}}),
			`graph: edges (i, q), (p, o) name unknown node "p"`},
		{"no input", file(memory{"o": memory{"type": "Output"}}, &array{extents: []int{0}}),
			"the graph has no Input node"},
		{"no output", file(memory{"i": memory{"type": "Input", "shape": 3}},
			&array{extents: []int{0}}), "the graph has no Output node"},
		{"no shape", file(with("i", memory{"type": "Input"}), one),
			`node "i" (Input): it has no dataset "shape"`},
		{"empty extent", file(with("i", memory{"type": "Input", "shape": 0}), one),
			"has an extent below 1"},
		{"half an element", file(with("i", memory{"type": "Input", "shape": 1.5}), one),
			"shape has the element 1.5"},
		{"shapes that meet", file(with("w", memory{"type": "Linear", "weight": filled(2, 3)}),
			[][2]string{{"i", "o"}, {"i", "w"}, {"w", "o"}}), "edge (w, o): the source puts out " +
			"2, the target takes 3"},
		{"nothing to infer from", file(with("s", memory{"type": "Scale", "scale": 1.0}), one),
			`node "s" (Scale): no Input leads to it`},
		{"weight", path([]int{3}, memory{"type": "Linear", "weight": filled(3)}),
			`node "a" (Linear): weight is numbers of shape 3`},
		{"missing weight", path([]int{3}, memory{"type": "Linear"}), `it has no dataset "weight"`},
		{"bias", path([]int{3}, memory{"type": "Affine", "weight": filled(2, 3),
			"bias": filled(3)}), "bias has shape 3, want one entry for each of 2 outputs"},
		{"parameter", path([]int{3}, lif([]float64{1, 2})),
			`node "a" (LIF): v_threshold has shape 2, the signal 3`},
		{"parameter of strings", path([]int{3}, lif("x")), "v_threshold is strings of shape " +
			"scalar, want numbers"},
		{"missing parameter", path([]int{3}, memory{"type": "LIF"}), `it has no dataset "tau"`},
		{"tau", path([]int{2}, memory{"type": "LI", "tau": []float64{1, 0}, "r": 1, "v_leak": 0}),
			"tau[1] is 0 s, a time constant must be above 0"},
		{"channels", path([]int{3, 5}, memory{"type": "Conv1d", "weight": filled(1, 2, 2)}),
			"weight has shape 1x2x2 for 1 groups, the signal 3x5"},
		{"axes", path([]int{5}, memory{"type": "Conv2d", "weight": filled(1, 2, 2, 2)}),
			"takes a signal of 3 axes"},
		{"axes of a pool", path([]int{5}, memory{"type": "SumPool2d", "kernel_size": 2}),
			"takes a signal of 3 axes"},
		{"kernel", path([]int{1, 3}, memory{"type": "Conv1d", "weight": filled(1, 1, 9)}),
			"the kernel spans 9 elements, the padded signal has 3"},
		{"padding",
			path([]int{1, 3}, memory{"type": "Conv1d", "weight": filled(1, 1, 1),
				"padding": "full"}), `padding is "full"`},
		{"same with stride",
			path([]int{1, 3}, memory{"type": "Conv1d", "weight": filled(1, 1, 1), "padding": "same",
				"stride": 2}), `padding "same" needs a stride of 1`},
		{"stride",
			path([]int{1, 3, 3}, memory{"type": "SumPool2d", "kernel_size": 2,
				"stride": []int{1, 1, 1}}), "stride has 3 entries, want 2"},
		{"stride of 0",
			path([]int{1, 3, 3}, memory{"type": "SumPool2d", "kernel_size": 2, "stride": 0}),
			"stride is 0"},
		{"axes to flatten",
			path([]int{2, 3}, memory{"type": "Flatten", "start_dim": 4, "end_dim": -1}),
			"start_dim 4 and end_dim -1 do not name axes of the signal 2x3"},
		{"negative delay", path([]int{1}, memory{"type": "Delay", "delay": -1.0}),
			"delay[0] is -1 s"},
		{"loop without a neuron", file(with("s", memory{"type": "Scale", "scale": 1.0}),
			[][2]string{{"i", "s"}, {"s", "s"}, {"s", "o"}}), "nodes o, s form or follow a loop"},
		{"graph that feeds itself",
			file(with("g", memory{"type": "NIRGraph", "nodes": ends(), "edges": one}),
				[][2]string{{"i", "g"}, {"g", "g"}, {"g", "o"}}), "form or follow a loop"},
		{"graph without an output",
			file(with("g", memory{"type": "NIRGraph", "nodes": memory{},
				"edges": &array{extents: []int{0}}}), [][2]string{{"g", "o"}}),
			`edge (g, o) leaves graph "g", which has no Output`},
		{"graph without an input",
			file(with("g", memory{"type": "NIRGraph", "nodes": memory{},
				"edges": &array{extents: []int{0}}}), [][2]string{{"i", "g"}}),
			`edge (i, g) enters graph "g", which has no Input`},
		{"unknown node in a graph",
			file(with("g", memory{"type": "NIRGraph", "nodes": memory{},
				"edges": [][2]string{{"x", "y"}}}), one),
			`graph "g": edge (x, y) names unknown node "g.x"`},
		{"edge into an input", file(ends(), [][2]string{{"i", "o"}, {"i", "i"}}),
			`edge ("i", "i") enters an Input`},
		{"graphs without end", endless(), "graphs lie more than 32 deep in graphs"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := fromTree("model", tt.file, Options{})
			require.ErrorContains(t, err, tt.want)
		})
	}
}

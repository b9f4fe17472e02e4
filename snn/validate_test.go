package snn

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// small is a valid network: input(4) -> fc -> lif -> output(2), with lif
// feeding itself.
func small() *Network {
	n := &Network{Name: "small", DT: 1e-3}
	in := n.AddNode("input", &Input{}, Shape{4}, Shape{4})
	fc := n.AddNode("fc", &Dense{W: &Matrix64{2, 4, make([]float64, 8)}}, Shape{4}, Shape{2})
	lif := n.AddNode("lif", &Neuron{Model: ModelLIF, Tau: []float64{1},
		VThreshold: []float64{1, 2}}, Shape{2}, Shape{2})
	rec := n.AddNode("rec", &Dense{W: &Matrix64{2, 2, make([]float64, 4)}}, Shape{2}, Shape{2})
	out := n.AddNode("output", &Output{}, Shape{2}, Shape{2})
	n.Connect(in, fc)
	n.Connect(fc, lif)
	n.Edges = append(n.Edges, Edge{From: lif, To: rec, Delayed: true})
	n.Connect(rec, lif)
	n.Connect(lif, out)
	return n
}

func TestValidateAcceptsLoopThroughNeuron(t *testing.T) {
	require.NoError(t, small().Validate())
}

func TestValidateNamesTheFault(t *testing.T) {
	conv := func(c *Conv) func(*Network) {
		return func(n *Network) {
			n.AddNode("conv", c, Shape{2, 4, 4}, Shape{2, 2, 2})
		}
	}
	tests := []struct {
		name   string
		damage func(n *Network)
		want   string
	}{
		{"twin names", func(n *Network) { n.Nodes[1].Name = "lif" }, `two nodes are called "lif"`},
		{"no name", func(n *Network) { n.Nodes[1].Name = "" }, "node number 1 has no name"},
		{"no operation", func(n *Network) { n.Nodes[1].Op = nil }, `node "fc" has no operation`},
		{"no input", func(n *Network) { n.Nodes[0].Op = &Reshape{} }, "no Input node"},
		{"no output", func(n *Network) { n.Nodes[4].Op = &Reshape{} }, "no Output node"},
		{"edge out of range", func(n *Network) {
			n.Connect(0, 9)
		}, "edge (0, 9) names a node out of range"},
		{"shapes along an edge", func(n *Network) {
			n.Connect(0, 4)
		}, `edge ("input", "output"): the source puts out 4, the target takes 2`},
		{"edge into an input", func(n *Network) {
			n.Connect(1, 0)
		}, `edge ("fc", "input") enters an Input`},
		{"edge out of an output", func(n *Network) {
			n.Connect(4, 2)
		}, `edge ("output", "lif") leaves an Output`},
		{"loop without delay", func(n *Network) {
			n.Edges[2].Delayed = false
		}, "lif, rec, output form or follow a loop"},
		{"delay without neuron", func(n *Network) {
			n.Edges[0].Delayed = true
		}, `edge ("input", "fc") is delayed by a tick, but its source is of kind input`},
		{"weights", func(n *Network) {
			n.Nodes[1].Op = &Dense{W: &Matrix64{2, 3, make([]float64, 6)}}
		}, `node "fc" (dense): the weight matrix is 2x3`},
		{"no weights", func(n *Network) { n.Nodes[1].Op = &Dense{} }, "no weight matrix"},
		{"backing", func(n *Network) {
			n.Nodes[1].Op = &Dense{W: &Matrix32{2, 4, make([]float32, 6)}}
		}, "is 2x4 but has 6 elements"},
		{"weight not a number", func(n *Network) {
			n.Nodes[1].Op.(*Dense).W.(*Matrix64).Data[5] = math.NaN()
		}, "output 1: its weight[1] is NaN"},
		{"bias", func(n *Network) {
			n.Nodes[1].Op.(*Dense).Bias = make([]float64, 3)
		}, "bias has 3 entries, want one of [0 2]"},
		{"declared output", func(n *Network) {
			n.Nodes[1].Out = Shape{3}
		}, "makes 2 of 4, but its output is declared 3"},
		{"threshold", func(n *Network) {
			n.Nodes[2].Op.(*Neuron).VThreshold = make([]float64, 3)
		}, `node "lif" (neuron): v_threshold has 3 entries, want one of [0 1 2]; the signal is 2`},
		{"no threshold", func(n *Network) {
			n.Nodes[2].Op.(*Neuron).VThreshold = nil
		}, "model LIF needs v_threshold"},
		{"tau", func(n *Network) {
			n.Nodes[2].Op.(*Neuron).Tau = []float64{1, 0}
		}, "tau[1] is 0, a time constant must be above 0"},
		{"r", func(n *Network) {
			n.Nodes[2].Op.(*Neuron).R = []float64{math.Inf(1)}
		}, "r[0] is +Inf"},
		{"empty shape", func(n *Network) {
			n.Nodes[0].In = nil
		}, `node "input" (input): the shape has no axis`},
		{"vast shape", func(n *Network) { n.Nodes[0].In = Shape{1 << 40, 1 << 40} }, "at most"},
		{"reshape", func(n *Network) {
			n.AddNode("r", &Reshape{}, Shape{4}, Shape{5})
		}, `node "r" (reshape): 4 has 4 elements, 5 has 5`},
		{"gather", func(n *Network) {
			n.AddNode("g", &Gather{From: []int32{0}}, Shape{4}, Shape{2})
		}, `node "g" (gather): it lists 1 elements, its output 2 has 2`},
		{"gather out of range", func(n *Network) {
			n.AddNode("g", &Gather{From: []int32{0, 4}}, Shape{4}, Shape{2})
		}, `node "g" (gather): element 1 is element 4 of a signal of 4 elements`},
		{"ceiling", func(n *Network) {
			n.AddNode("r", &Relu{Ceil: math.NaN()}, Shape{4}, Shape{4})
		}, "the ceiling is NaN"},
		{"scale", func(n *Network) {
			n.AddNode("s", &Scale{Factor: make([]float64, 3)}, Shape{2, 4}, Shape{2, 4})
		}, "factor has 3 entries, want one of [1 2 8]"},
		{"no delay", func(n *Network) {
			n.AddNode("d", &Delay{}, Shape{2}, Shape{2})
		}, "ticks has 0 entries"},
		{"negative delay", func(n *Network) {
			n.AddNode("d", &Delay{Ticks: []int{-1}}, Shape{2}, Shape{2})
		}, "a delay of -1 ticks"},
		{"window axes", func(n *Network) {
			n.AddNode("p", &Pool{Window: square(2, 2, 0)}, Shape{4}, Shape{4})
		}, "needs a signal of shape CxL or CxHxW, not 4"},
		{"window size", func(n *Network) {
			n.AddNode("p", &Pool{Window: square(5, 1, 0)}, Shape{1, 4, 4}, Shape{1, 1, 1})
		}, "the kernel spans 5 elements, the padded signal has 4"},
		{"stride", func(n *Network) {
			n.AddNode("p", &Pool{Window: square(2, 0, 0)}, Shape{1, 4, 4}, Shape{1, 1, 1})
		}, "stride is 0"},
		{"channels", conv(&Conv{InChannels: 3, OutChannels: 2, Groups: 1, Window: square(3, 1, 0)}),
			"takes 3 channels, the signal 2x4x4 has 2"},
		{"groups", conv(&Conv{InChannels: 2, OutChannels: 3, Groups: 2, Window: square(3, 1, 0)}),
			"2 groups do not divide 2 input and 3 output"},
		{"kernel",
			conv(&Conv{InChannels: 2, OutChannels: 2, Groups: 2, Window: square(3, 1, 0),
				Weight: make([]float64, 9)}), "has 9 weights, its extents 2x1x3x3 ask for 18"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := small()
			tt.damage(n)
			require.ErrorContains(t, n.Validate(), tt.want)
		})
	}
}

func TestAnalogEvaluatesResidualNet(t *testing.T) {
	n := &Network{Name: "residual"}
	in := n.AddNode("in", &Input{}, Shape{2}, Shape{2})
	fc := n.AddNode("fc", &Dense{W: &Matrix64{2, 2, []float64{1, 2, 3, 4}}, Bias: []float64{0, -1}},
		Shape{2}, Shape{2})
	add := n.AddNode("add", &Relu{Ceil: 6}, Shape{2}, Shape{2})
	out := n.AddNode("out", &Output{}, Shape{2}, Shape{2})
	n.Connect(in, fc)
	n.Connect(fc, add)
	n.Connect(in, add)
	n.Connect(add, out)
	a, err := NewAnalog(n)
	require.NoError(t, err)
	b := a.Clone()
	y, err := a.Run([]float64{0, 2})
	require.NoError(t, err)
	require.Equal(t, []float64{4, 6}, y, "relu(W x + b + x) with a ceiling of 6")
	require.Equal(t, []float64{4, 7}, a.Activation(fc))
	require.EqualValues(t, 2, a.EffectiveMACs(fc))
	y, err = b.Run([]float64{-3, 1})
	require.NoError(t, err)
	require.Equal(t, []float64{0, 0}, y)
	require.EqualValues(t, 4, b.EffectiveMACs(fc))
	_, err = a.Run([]float64{1})
	require.ErrorContains(t, err, "the sample has 1 elements, the inputs take 2")
}

func TestAnalogRefusesState(t *testing.T) {
	_, err := NewAnalog(small())
	require.ErrorContains(t, err, `node "lif" is a neuron`)
}

func TestInferAcceptsLeadingAxes(t *testing.T) {
	d := &Dense{W: &Matrix64{2, 3, []float64{1, 0, 0, 0, 0, 1}}}
	out, err := Infer(d, Shape{2, 3})
	require.NoError(t, err)
	require.Equal(t, Shape{2, 2}, out)
	y := make([]float64, 4)
	Forward(&Node{Op: d, In: Shape{2, 3}, Out: out}, []float64{1, 2, 3, 4, 5, 6}, y)
	require.Equal(t, []float64{1, 3, 4, 6}, y)
}

package rewrite

import (
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/snn"
)

// graph builds networks by name; every signal has one axis.
type graph struct {
	t   *testing.T
	net *snn.Network
	at  map[string]int
}

func newGraph(t *testing.T) *graph {
	return &graph{t, &snn.Network{Name: "graph", DT: 1e-3}, map[string]int{}}
}

func (g *graph) add(name string, op snn.Op, in, out int) *graph {
	g.at[name] = g.net.AddNode(name, op, snn.Shape{in}, snn.Shape{out})
	return g
}

func (g *graph) edges(pairs ...string) *snn.Network {
	for i := 0; i < len(pairs); i += 2 {
		g.net.Connect(g.at[pairs[i]], g.at[pairs[i+1]])
	}
	g.net.MarkDelays()
	require.NoError(g.t, g.net.Validate())
	return g.net
}

func lif() *snn.Neuron {
	return &snn.Neuron{Model: snn.ModelLIF, Tau: []float64{4e-3}, R: []float64{4},
		VThreshold: []float64{1}, VReset: []float64{0}}
}

func dense(rows, cols int, bias bool, data ...float64) *snn.Dense {
	d := &snn.Dense{W: &snn.Matrix64{Rows: rows, Cols: cols, Data: data}}
	if bias {
		d.Bias = make([]float64, rows)
		for i := range d.Bias {
			d.Bias[i] = 0.25 * float64(i+1)
		}
	}
	return d
}

// TestEqual: what is rewritten puts out what it put out before, and its neurons do what
// they did.
func TestEqual(t *testing.T) {
	threshold := &snn.Neuron{Model: snn.ModelThreshold, VThreshold: []float64{0.75}}
	for _, c := range []struct {
		name  string
		net   *snn.Network
		added []string // populations that were not there
		gone  []string
	}{
		{"a linear end", newGraph(t).add("in", &snn.Input{}, 2, 2).add("a", lif(), 2, 2).add("fc",
			dense(3, 2, true, 1, 2, 3, 4, 5, 6), 2, 3).
			add("out", &snn.Output{}, 3, 3).edges("in", "a", "a", "fc", "fc", "out"),
			[]string{"fc.readout"}, nil},
		{"an end of several sources", newGraph(t).add("in", &snn.Input{}, 2, 2).add("a", lif(), 2,
			2).add("b", lif(), 2, 2).
			add("out", &snn.Output{}, 2, 2).edges("in", "a", "in", "b", "a", "out", "b", "out"),
			[]string{"out.readout"}, nil},
		{"spikes that leave late", newGraph(t).add("in", &snn.Input{}, 2, 2).add("a", lif(), 2,
			2).add("late", &snn.Delay{Ticks: []int{2, 0}}, 2, 2).
			add("out", &snn.Output{}, 2, 2).edges("in", "a", "a", "late", "late", "out"),
			[]string{"late.readout"}, nil},
		{"no neurons", newGraph(t).add("in", &snn.Input{}, 2, 2).add("fc",
			dense(3, 2, false, 1, 2, 3, 4, 5, 6), 2, 3).
			add("out", &snn.Output{}, 3, 3).edges("in", "fc", "fc", "out"), []string{"fc.readout"},
			nil},
		{"a bias before a delay", newGraph(t).add("in", &snn.Input{}, 2, 2).add("fc",
			dense(2, 2, true, 1, 2, 3, 4), 2, 2).
			add("late", &snn.Delay{Ticks: []int{3, 1}}, 2, 2).add("more",
			dense(2, 2, true, 1, -1, 0.5, 1), 2, 2).add("later", &snn.Delay{Ticks: []int{2}}, 2, 2).
			add("a", lif(), 2, 2).add("out", &snn.Output{}, 2, 2).
			edges("in", "fc", "fc", "late", "late", "more", "more", "later", "later", "a", "late",
				"a", "fc", "a", "a", "out"), []string{"constant"}, nil},
		{"LI before a threshold", newGraph(t).add("in", &snn.Input{}, 2, 2).
			add("li", &snn.Neuron{Model: snn.ModelLI, Tau: []float64{4e-3}, R: []float64{4},
				VLeak: []float64{0.5}}, 2, 2).
			add("shape", &snn.Reshape{}, 2, 2).add("z", threshold, 2, 2).add("out", &snn.Output{},
			2, 2).
			edges("in", "li", "li", "shape", "shape", "z", "z", "out"), nil, []string{"li"}},
		{"CubaLI before two thresholds", newGraph(t).add("in", &snn.Input{}, 2, 2).
			add("li", &snn.Neuron{Model: snn.ModelCubaLI, Tau: []float64{4e-3},
				TauSyn: []float64{2e-3}, R: []float64{4}, WIn: []float64{2}, VLeak: []float64{0}},
				2, 2).
			add("z", threshold, 2, 2).add("y",
			&snn.Neuron{Model: snn.ModelThreshold, VThreshold: []float64{0.25, 1}}, 2, 2).add("a",
			lif(), 2, 2).add("out", &snn.Output{}, 2, 2).
			edges("in", "li", "li", "z", "li", "y", "z", "a", "y", "a", "a", "out"), nil,
			[]string{"li"}},
		{"I that is also read", newGraph(t).add("in", &snn.Input{}, 2, 2).
			add("i", &snn.Neuron{Model: snn.ModelI, R: []float64{0.5}, UnitStep: true}, 2, 2).
			add("z", threshold, 2, 2).add("out", &snn.Output{}, 2, 2).edges("in", "i", "i", "z",
			"i", "out"), nil, nil},
		{"two inputs", newGraph(t).add("in", &snn.Input{}, 2, 2).add("more", &snn.Input{}, 3,
			3).add("fc", dense(2, 3, false, 1, 2, 3, 4, 5, 6), 3, 2).
			add("a", lif(), 2, 2).add("out", &snn.Output{}, 2, 2).edges("in", "a", "more", "fc",
			"fc", "a", "a", "out"), nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, warnings, err := Network(c.net)
			require.NoError(t, err)
			require.NotSame(t, c.net, got)
			require.Len(t, got.Inputs(), 1)
			require.Len(t, warnings, len(c.net.Inputs())-1)
			for _, name := range c.added {
				_, was := c.net.Find(name)
				_, is := got.Find(name)
				require.True(t, is && !was, name)
			}
			for _, name := range c.gone {
				_, is := got.Find(name)
				require.False(t, is, name)
			}
			requireEqual(t, c.net, got)
			again, _, err := Network(got)
			require.NoError(t, err)
			require.Same(t, got, again, "nothing is left to do")
		})
	}
}

// requireEqual runs two networks on the same random spikes.
func requireEqual(t *testing.T, want, got *snn.Network) {
	t.Helper()
	size := 0
	for _, i := range want.Inputs() {
		size += want.Nodes[i].Out.Size()
	}
	r := rand.New(rand.NewSource(1))
	input := make([][]float64, 40)
	for k := range input {
		input[k] = make([]float64, size)
		for i := range input[k] {
			input[k][i] = float64(r.Intn(2))
		}
	}
	var probes snn.Probes
	for _, node := range want.Nodes {
		_, kept := got.Find(node.Name)
		if op, ok := node.Op.(*snn.Neuron); ok && kept && op.Model.Spikes() {
			probes.Spikes = append(probes.Spikes, node.Name)
		}
	}
	run := func(n *snn.Network) *snn.Record {
		engine, err := snn.NewReference(n, snn.ReferenceOptions{})
		require.NoError(t, err)
		record, err := engine.Run(input, probes)
		require.NoError(t, err)
		return record
	}
	a, b := run(want), run(got)
	for tick := range a.Output {
		require.InDeltaSlice(t, a.Output[tick], b.Output[tick], 1e-9, "tick %d", tick)
	}
	require.Equal(t, a.Spikes, b.Spikes)
}

// TestSeveralOutputs: the first is read, and the layers before the others stay.
func TestSeveralOutputs(t *testing.T) {
	net := newGraph(t).add("in", &snn.Input{}, 2, 2).add("a", lif(), 2, 2).add("b", lif(), 2,
		2).add("fc", dense(1, 2, false, 1, 2), 2, 1).
		add("first", &snn.Output{}, 2, 2).add("second", &snn.Output{}, 1, 1).add("third",
		&snn.Output{}, 2, 2).
		edges("in", "a", "a", "b", "a", "first", "b", "fc", "fc", "second", "b", "third")
	got, warnings, err := Network(net)
	require.NoError(t, err)
	require.Equal(t, []string{"the outputs are first, second, third, and a chip is read at one: " +
		"it is first; --probe and --probe-v record the layers before the others"}, warnings)
	require.Len(t, got.Outputs(), 1)
	require.Equal(t, "first", got.Nodes[got.Outputs()[0]].Name)
	for _, name := range []string{"a", "b", "fc.readout"} {
		_, ok := got.Find(name)
		require.True(t, ok, name)
	}
}

// TestNothingToDo gives the network itself, and potentials that others hear stay as they
// are, for lower to refuse.
func TestNothingToDo(t *testing.T) {
	plain := newGraph(t).add("in", &snn.Input{}, 2, 2).add("a", lif(), 2, 2).add("late",
		&snn.Delay{Ticks: []int{2}}, 2, 2).add("b", lif(), 2, 2).
		add("shape", &snn.Reshape{}, 2, 2).add("out", &snn.Output{}, 2, 2).edges("in", "a", "a",
		"late", "late", "b", "b", "shape", "shape", "out")
	graded := newGraph(t).add("in", &snn.Input{}, 1, 1).add("i",
		&snn.Neuron{Model: snn.ModelI, UnitStep: true}, 1, 1).
		add("z", &snn.Neuron{Model: snn.ModelThreshold, VThreshold: []float64{1}}, 1, 1).add("out",
		&snn.Output{}, 1, 1).
		edges("in", "i", "i", "z", "in", "z", "z", "out")
	for _, net := range []*snn.Network{plain, graded} {
		got, warnings, err := Network(net)
		require.NoError(t, err)
		require.Same(t, net, got)
		require.Empty(t, warnings)
	}
}

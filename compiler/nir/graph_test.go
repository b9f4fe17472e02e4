package nir

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/snn"
)

// edges lists a network's edges by name, delayed ones with a mark.
func edges(n *snn.Network) []string {
	var out []string
	for _, e := range n.Edges {
		arrow := " > "
		if e.Delayed {
			arrow = " ~> "
		}
		out = append(out, n.Nodes[e.From].Name+arrow+n.Nodes[e.To].Name)
	}
	return out
}

func linear(rows, cols int) memory {
	return memory{"type": "Linear", "weight": filled(rows, cols)}
}

func TestNestedGraphIsFlattened(t *testing.T) {
	inner := memory{"type": "NIRGraph", "nodes": memory{
		"in": memory{"type": "Input", "shape": 2}, "out": memory{"type": "Output", "shape": 2},
		"lif": lif(1.0), "w": linear(2, 2),
	}, "edges": [][2]string{{"in", "lif"}, {"lif", "w"}, {"w", "lif"}, {"lif", "out"}}}
	outer := memory{"type": "NIRGraph", "nodes": memory{
		"input":  memory{"type": "Input", "shape": 2},
		"output": memory{"type": "Output", "shape": 2}, "cell": inner,
	}, "edges": [][2]string{{"input", "cell"}, {"cell", "output"}}}
	n := read(t, path([]int{3}, linear(2, 3), outer, linear(1, 2)), Options{})
	require.Empty(t, n.Warnings)
	require.ElementsMatch(t, []string{
		"input > a", "a > b.cell.lif", "b.cell.lif ~> b.cell.w", "b.cell.w > b.cell.lif",
		"b.cell.lif > c", "c > output",
	}, edges(n))
}

func TestGraphWithSeveralPorts(t *testing.T) {
	// Two sources into a graph whose Input feeds two nodes: joining the
	// edges would multiply them, so the Input stays, and sums.
	cell := memory{"type": "NIRGraph", "nodes": memory{
		"in": memory{"type": "Input", "shape": 9}, "out": memory{"type": "Output"},
		"a": linear(2, 2), "b": linear(2, 2),
	}, "edges": [][2]string{{"in", "a"}, {"in", "b"}, {"a", "out"}, {"b", "out"}}}
	n := read(t, file(memory{
		"i": memory{"type": "Input", "shape": 2}, "j": memory{"type": "Input", "shape": 2},
		"o": memory{"type": "Output"}, "cell": cell,
	}, [][2]string{{"i", "cell"}, {"j", "cell"}, {"cell", "o"}}), Options{})
	require.ElementsMatch(t, []string{
		"i > cell.in", "j > cell.in", "cell.in > cell.a", "cell.in > cell.b", "cell.a > o",
		"cell.b > o",
	}, edges(n))
	require.Equal(t, snn.Shape{2}, find(t, n, "cell.in").Out)
	require.Equal(t,
		[]string{`node "cell.in" (Input) declares the shape 9, but the signal is 2, which counts`},
		n.Warnings)
}

func TestLoopThroughTwoPopulationsWarns(t *testing.T) {
	n := read(t, file(memory{
		"i": memory{"type": "Input", "shape": 2}, "o": memory{"type": "Output"},
		"a": lif(1.0), "b": lif(1.0), "w": linear(2, 2),
	}, [][2]string{{"i", "a"}, {"a", "b"}, {"b", "w"}, {"w", "a"}, {"b", "o"}}), Options{})
	require.ElementsMatch(t, []string{"i > a", "a > b", "b ~> w", "w > a", "b > o"}, edges(n))
	require.Equal(t, []string{"a loop leads through several populations (a, b), and tools differ " +
		"in how long it takes; here the edges (b, w) take one tick, the others none"}, n.Warnings)
}

func TestPartsWithoutInputTellTheirShape(t *testing.T) {
	n := read(t, file(memory{
		"i": memory{"type": "Input", "shape": 1}, "o": memory{"type": "Output"},
		"p":   memory{"type": "Output"},
		"fed": lif(1.0), "w": linear(4, 4),
		"conv": memory{"type": "Conv2d", "weight": filled(2, 1, 2, 2), "bias": 0,
			"input_shape": []int{3, 3}},
		"alone": lif(filled(4)), "scale": memory{"type": "Scale", "scale": 2.0},
	}, [][2]string{{"i", "fed"}, {"fed", "o"}, {"w", "alone"}, {"alone", "w"}, {"alone", "scale"},
		{"conv", "p"}}), Options{})
	require.Equal(t, snn.Shape{4}, find(t, n, "scale").Out)
	require.Equal(t, snn.Shape{2, 2, 2}, find(t, n, "p").Out)
}

func TestFitBroadcasts(t *testing.T) {
	tests := []struct {
		name   string
		a      *array
		signal snn.Shape
		want   []float64
	}{
		{"scalar", filled(), snn.Shape{2, 3}, []float64{1}},
		{"one element", filled(1, 1), snn.Shape{2, 3}, []float64{1}},
		{"all", filled(2, 3), snn.Shape{2, 3}, []float64{1, 2, 3, 4, 5, 6}},
		{"batch axis", filled(1, 2, 3), snn.Shape{2, 3}, []float64{1, 2, 3, 4, 5, 6}},
		{"signal with a batch axis", filled(3), snn.Shape{1, 3}, []float64{1, 2, 3}},
		{"last axis", filled(3), snn.Shape{2, 3}, []float64{1, 2, 3, 1, 2, 3}},
		{"channels", filled(2, 1), snn.Shape{2, 3}, []float64{1, 1, 1, 2, 2, 2}},
		{"middle axis", filled(2, 1, 2), snn.Shape{2, 2, 2}, []float64{1, 2, 1, 2, 3, 4, 3, 4}},
		{"other shape", filled(2), snn.Shape{2, 3}, nil},
		{"more axes", filled(2, 3), snn.Shape{3}, nil},
		{"vast", filled(1, 2), snn.Shape{1 << 25, 2}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := fit(tt.a, tt.signal)
			require.Equal(t, tt.want == nil, err != nil)
			require.Equal(t, tt.want, got)
		})
	}
}

// TestEdgeOrderHasNoEffect: exporters list edges in any order.
func TestEdgeOrderHasNoEffect(t *testing.T) {
	nodes := memory{
		"i": memory{"type": "Input", "shape": 2}, "o": memory{"type": "Output"},
		"a": linear(2, 2), "b": linear(2, 2), "x": lif(1.0), "y": lif(1.0), "r": linear(2, 2),
		"s": linear(2, 2),
	}
	all := [][2]string{{"i", "a"}, {"i", "b"}, {"a", "x"}, {"b", "x"}, {"x", "y"}, {"y", "r"},
		{"r", "x"}, {"x", "s"}, {"s", "x"}, {"y", "o"}}
	want := read(t, file(nodes, all), Options{})
	rapid.Check(t, func(t *rapid.T) {
		got, err := fromTree("model", file(nodes, rapid.Permutation(all).Draw(t, "edges")),
			Options{})
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

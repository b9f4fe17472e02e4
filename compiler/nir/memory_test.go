package nir

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/snn"
)

// memory is a model file in memory. Members are memory for groups, and for
// datasets a string, a number, numbers, pairs of strings, or an array.
type memory map[string]any

func (m memory) members() ([]string, error) {
	if _, ok := m["unreadable"]; ok {
		return nil, errors.New("cannot be read")
	}
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

func (m memory) folder(name string) (folder, error) {
	if f, ok := m[name].(memory); ok {
		return f, nil
	}
	return nil, nil
}

func (m memory) array(name string) (*array, error) {
	switch v := m[name].(type) {
	case string:
		return &array{text: []string{v}}, nil
	case float64:
		return &array{numbers: []float64{v}}, nil
	case int:
		return &array{numbers: []float64{float64(v)}}, nil
	case []float64:
		return &array{extents: []int{len(v)}, numbers: v}, nil
	case []int:
		return vector(v), nil
	case [][2]string:
		a := &array{extents: []int{len(v), 2}, text: []string{}}
		for _, pair := range v {
			a.text = append(a.text, pair[0], pair[1])
		}
		return a, nil
	case *array:
		return v, nil
	case error:
		return nil, v
	}
	return nil, nil
}

func vector(v []int) *array {
	a := &array{extents: []int{len(v)}}
	for _, x := range v {
		a.numbers = append(a.numbers, float64(x))
	}
	return a
}

// filled is an array of the given shape with elements 1, 2, 3 and so on.
func filled(shape ...int) *array {
	a := &array{extents: shape}
	for i := range snn.Shape(shape).Size() {
		a.numbers = append(a.numbers, float64(i+1))
	}
	return a
}

// path is a file whose graph is a chain: an Input of the given shape, the
// nodes "a", "b" and so on, and an Output.
func path(shape []int, nodes ...memory) memory {
	group := memory{"input": memory{"type": "Input", "shape": shape}}
	var edges [][2]string
	last := "input"
	for i, n := range nodes {
		name := string(rune('a' + i))
		group[name] = n
		edges = append(edges, [2]string{last, name})
		last = name
	}
	group["output"] = memory{"type": "Output"}
	edges = append(edges, [2]string{last, "output"})
	return file(group, edges)
}

func file(nodes memory, edges any) memory {
	return memory{"version": "1.0", "node": memory{"type": "NIRGraph", "nodes": nodes,
		"edges": edges}}
}

func lif(threshold any) memory {
	return memory{"type": "LIF", "tau": 0.01, "r": 1.0, "v_leak": 0.0, "v_threshold": threshold}
}

func read(t *testing.T, f memory, opts Options) *snn.Network {
	n, err := fromTree("model", f, opts)
	require.NoError(t, err)
	require.NoError(t, n.Validate())
	return n
}

func find(t *testing.T, n *snn.Network, name string) *snn.Node {
	i, ok := n.Find(name)
	require.True(t, ok, "node %q", name)
	return &n.Nodes[i]
}

// endless is a graph that holds itself, as hard links can make it.
func endless() memory {
	g := memory{"type": "NIRGraph", "edges": &array{extents: []int{0}}}
	g["nodes"] = memory{"g": g}
	return memory{"node": g}
}

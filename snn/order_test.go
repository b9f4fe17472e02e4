package snn

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// graph builds nodes of one element from words: a name that starts with i
// is an Input, o an Output, n a Neuron, d a Delay of two ticks, everything
// else a Scale. Edges are "a>b".
func graph(nodes, edges string) *Network {
	n := &Network{Name: "graph"}
	one := Shape{1}
	for _, name := range strings.Fields(nodes) {
		var op Op
		switch name[0] {
		case 'i':
			op = &Input{}
		case 'o':
			op = &Output{}
		case 'n':
			op = &Neuron{Model: ModelIF, UnitStep: true, VThreshold: []float64{1}}
		case 'd':
			op = &Delay{Ticks: []int{2}}
		default:
			op = &Scale{Factor: []float64{1}}
		}
		n.AddNode(name, op, one, one)
	}
	for _, e := range strings.Fields(edges) {
		from, to, _ := strings.Cut(e, ">")
		a, _ := n.Find(from)
		b, _ := n.Find(to)
		n.Connect(a, b)
	}
	return n
}

func delayed(n *Network) []string {
	var out []string
	for _, e := range n.Edges {
		if e.Delayed {
			out = append(out, n.Nodes[e.From].Name+">"+n.Nodes[e.To].Name)
		}
	}
	return out
}

func TestMarkDelays(t *testing.T) {
	tests := []struct {
		name, nodes, edges string
		want               []string
	}{
		{"no loop", "i n1 n2 o", "i>n1 n1>n2 n2>o", nil},
		{"a neuron onto itself", "i n1 o", "i>n1 n1>n1 n1>o", []string{"n1>n1"}},
		{"through an operation", "i n1 w o", "i>n1 n1>w w>n1 n1>o", []string{"n1>w"}},
		{"through two operations", "i n1 w v o", "i>n1 n1>w w>v v>n1 n1>o", []string{"n1>w"}},
		{"an operation that also leads on", "i n1 w n2 o", "i>n1 n1>w w>n1 w>n2 n2>o",
			[]string{"n1>w"}},
		{"two neurons", "i n1 w n2 v o", "i>n1 n1>w w>n2 n2>v v>n1 n2>o", []string{"n2>v"}},
		{"two neurons, named against the flow", "i n1 w n2 v o", "i>n2 n1>w w>n2 n2>v v>n1 n1>o",
			[]string{"n1>w"}},
		{"both, and each onto itself", "i n1 n2 a b w v o", "i>n1 n1>a a>n1 n2>b b>n2 n1>w w>n2 " +
			"n2>v v>n1 n2>o", []string{"n1>a", "n2>b", "n2>v"}},
		{"three in a ring", "i n1 n2 n3 o", "i>n1 n1>n2 n2>n3 n3>n1 n3>o", []string{"n3>n1"}},
		{"a ring out of reach", "i o n1 n2", "i>o n1>n2 n2>n1", []string{"n2>n1"}},
		{"a delay on the loop", "i n1 d o", "i>n1 n1>d d>n1 n1>o", []string{"n1>d"}},
		{"a loop without a neuron stays", "i w v o", "i>w w>v v>w v>o", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := graph(tt.nodes, tt.edges)
			n.MarkDelays()
			require.ElementsMatch(t, tt.want, delayed(n))
		})
	}
}

// TestMarkDelaysBreaksEveryLoop: whatever the graph, an order exists
// afterwards unless a loop has no neuron, and the order in which edges
// were added plays no part.
func TestMarkDelaysBreaksEveryLoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"i"}
		for k := range rapid.IntRange(1, 8).Draw(t, "nodes") {
			names = append(names, fmt.Sprint(rapid.SampledFrom([]string{"n", "w"}).Draw(t, "kind"),
				k))
		}
		pairs := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) string {
			a := rapid.SampledFrom(names).Draw(t, "from")
			b := rapid.SampledFrom(names[1:]).Draw(t, "to")
			return a + ">" + b
		}), 0, 20, rapid.ID[string]).Draw(t, "edges")
		nodes := strings.Join(names, " ")
		n := graph(nodes, strings.Join(pairs, " "))
		n.MarkDelays()
		stateless := graph(nodes, strings.Join(pairs, " "))
		for i := range stateless.Edges {
			stateless.Edges[i].Delayed = stateless.isNeuron(stateless.Edges[i].From)
		}
		_, wantErr := stateless.Order()
		order, err := n.Order()
		require.Equal(t, wantErr == nil, err == nil, "%v", err)
		if err == nil {
			requireOrder(t, n, order)
		}
		shuffled := rapid.Permutation(pairs).Draw(t, "shuffled")
		m := graph(nodes, strings.Join(shuffled, " "))
		m.MarkDelays()
		require.ElementsMatch(t, delayed(n), delayed(m))
	})
}

// requireOrder checks that every node comes after its sources of this tick.
func requireOrder(t require.TestingT, n *Network, order []int) {
	require.Len(t, order, len(n.Nodes))
	at := make(map[int]int, len(order))
	for k, i := range order {
		at[i] = k
	}
	for _, e := range n.Edges {
		if !e.Delayed {
			require.Less(t, at[e.From], at[e.To])
		}
	}
}

func TestOrderPrefersTheNodeAddedFirst(t *testing.T) {
	n := graph("w1 i w2 o", "i>w1 i>w2 w2>o w1>o")
	order, err := n.Order()
	require.NoError(t, err)
	require.Equal(t, []int{1, 0, 2, 3}, order)
}

func TestOrderNamesTheLoop(t *testing.T) {
	_, err := graph("i w1 w2 o", "i>w1 w1>w2 w2>w1 i>o").Order()
	require.ErrorContains(t, err, "nodes w1, w2 form or follow a loop")
}

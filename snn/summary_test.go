package snn

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"adder/internal/golden"

	"github.com/stretchr/testify/require"
)

// TestSummary compares the text with testdata/summary.golden.
func TestSummary(t *testing.T) {
	n := &Network{Name: "mixed", DT: 1e-3, Encoder: "poisson",
		Warnings: []string{"something is odd"}}
	chain(t, n, Shape{2, 6, 6},
		&Conv{Weight: make([]float64, 2*9), Bias: []float64{-1, 0.5}, InChannels: 2, OutChannels: 2,
			Groups: 2, Window: square(3, 2, 1)},
		&Neuron{Model: ModelIF, UnitStep: true, AtLeast: true, VThreshold: []float64{1},
			Reset: ResetSubtract},
		&Pool{Window: Window{KernelH: 1, KernelW: 2, StrideH: 1, StrideW: 1, DilationH: 1,
			DilationW: 2, PadRight: 1}, Average: true},
		&Scale{Factor: []float64{0.5, 1}, Shift: []float64{0}},
		&Delay{Ticks: []int{2}},
		&Dense{W: &Matrix64{1, 2, []float64{-3, 4}}},
		&Neuron{Model: ModelCubaLIF, Tau: []float64{0.02}, TauSyn: []float64{0.01}, R: []float64{1},
			VThreshold: []float64{1, 2, 3, 4, 5, 6}},
		&Relu{Ceil: 6},
	)
	n.Edges = append(n.Edges, Edge{From: 7, To: 7, Delayed: true})
	require.NoError(t, n.Validate())
	var text strings.Builder
	require.NoError(t, n.Summary().Write(&text))
	golden.Equal(t, filepath.Join("testdata", "summary.golden"), text.String())
	require.Error(t, n.Summary().Write(full{}))
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestSummaryListsNodesAsTheyAreEvaluated(t *testing.T) {
	n := graph("o w1 n2 i", "i>n2 n2>w1 w1>n2 n2>o")
	n.MarkDelays()
	s := n.Summary()
	var names []string
	for _, v := range s.Nodes {
		names = append(names, v.Name)
	}
	require.Equal(t, []string{"w1", "i", "n2", "o"}, names)
	require.Equal(t, []Source{{Name: "n2", Delayed: true}}, s.Nodes[0].Sources)
	require.Equal(t, 1, s.Neurons)
}

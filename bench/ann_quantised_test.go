package bench

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/compiler/levels"
	"adder/sample"
	"adder/snn"
)

// TestQuantisedAccuracy: 8 bits lose nothing to speak of on digits, 1 bit does, and zeros are
// those of the levels.
func TestQuantisedAccuracy(t *testing.T) {
	f, err := fixture()
	require.NoError(t, err)
	values := &sample.Values{Set: f.set}
	vectors, err := sample.Vectors(values, 60)
	require.NoError(t, err)
	run := ANNRun{Network: f.ann.Network, Samples: values, Workers: 2}
	got, err := evaluateQuantised(context.Background(), run, vectors, []int{8, 1})
	require.NoError(t, err)
	unlike := func(classes []int) (n int) {
		for i, class := range classes {
			if class != f.ann.Classes[i] {
				n++
			}
		}
		return n
	}
	require.LessOrEqual(t, unlike(got[0].Classes), 2)
	require.Greater(t, unlike(got[1].Classes), 10)
	require.InDelta(t, f.ann.Effective(), got[0].Evaluation.Effective(), f.ann.Effective()/20)
	require.Less(t, got[1].Evaluation.Effective(), got[0].Evaluation.Effective())
	require.Equal(t, f.ann.MACs, got[1].Evaluation.MACs)
	require.Equal(t, []int{8, 6}, annWidths(fairBits(nil, 32), false))
	require.Equal(t, []int{8}, annWidths(fairBits(nil, 255), false))
}

// TestZerosOfLevels counts the operations of an ANN by hand whose levels are known.
func TestZerosOfLevels(t *testing.T) {
	net := &snn.Network{Name: "two"}
	in := net.AddNode("in", &snn.Input{}, snn.Shape{2}, snn.Shape{2})
	fc := net.AddNode("fc",
		&snn.Dense{W: &snn.Matrix64{Rows: 2, Cols: 2, Data: []float64{1, 0, 0, 1}}}, snn.Shape{2},
		snn.Shape{2})
	relu := net.AddNode("relu", &snn.Relu{}, snn.Shape{2}, snn.Shape{2})
	last := net.AddNode("last",
		&snn.Dense{W: &snn.Matrix64{Rows: 1, Cols: 2, Data: []float64{1, 1}}}, snn.Shape{2},
		snn.Shape{1})
	out := net.AddNode("out", &snn.Output{}, snn.Shape{1}, snn.Shape{1})
	for _, e := range [][2]int{{in, fc}, {fc, relu}, {relu, last}, {last, out}} {
		net.Connect(e[0], e[1])
	}
	q, _, err := levels.Network(context.Background(), net,
		levels.Options{Calibration: [][]float64{{1, 0}, {0, 1}, {0.5, 0.5}}, InputBits: 2,
			ActivationBits: 1})
	require.NoError(t, err)
	samples := &sample.Graded{Title: "two", Signals: [][][]float64{{{1, 0.1}}, {{0.1, 0.1}}},
		Labels: []int{1, 0}}
	e, err := evaluateNetwork(context.Background(),
		ANNRun{Network: net, Samples: samples, Workers: 1}, q, 2)
	require.NoError(t, err)
	// 0.1 is level 0 of thirds. One input of the first sample is left, with two weights,
	// and one activation, with one weight.
	require.Equal(t, []int64{0, 2, 0, 1, 0}, e.Evaluation.EffectiveMACs)
	require.Equal(t, []int64{0, 1, 0, 1, 0}, e.Evaluation.NonzeroMACs)
	require.Equal(t, 2, widest(q))
	require.Equal(t, 2, fairBits(q, 255))
}

package bench

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/layout"
	"adder/sample"
	"adder/snn"
	"adder/spike"
)

// TestNeuroBenchByHand works the metrics out for three inputs, two hidden neurons and one
// integrator over two ticks:
//
//	weights into the hidden neurons (1 0 1) and (1 1 0), threshold 1, reset by subtraction;
//	tick 0: inputs 0 and 1 spike, tick 1: input 2 alone.
//
// Hidden neuron 0 hears 1 and fires, then 1 and fires; neuron 1 hears 2 and fires, keeping
// 1, which makes it fire again without input. So 4 of 4 hidden places spike. Synops: tick
// 0: input 0 meets 2 nonzero weights, input 1 one; tick 1: input 2 meets one; each hidden
// spike meets one: 4 + 4 = 8.
func TestNeuroBenchByHand(t *testing.T) {
	net := &snn.Network{Name: "hand", DT: 1}
	in := net.AddNode("in", &snn.Input{}, snn.Shape{3}, snn.Shape{3})
	fc1 := net.AddNode("fc1",
		&snn.Dense{W: &snn.Matrix64{Rows: 2, Cols: 3, Data: []float64{1, 0, 1, 1, 1, 0}}},
		snn.Shape{3}, snn.Shape{2})
	hidden := net.AddNode("hidden", &snn.Neuron{
		Model: snn.ModelIF, R: []float64{1}, VThreshold: []float64{0.99}, Reset: snn.ResetSubtract,
		UnitStep: true,
	}, snn.Shape{2}, snn.Shape{2})
	fc2 := net.AddNode("fc2", &snn.Dense{W: &snn.Matrix64{Rows: 1, Cols: 2, Data: []float64{1, 1}}},
		snn.Shape{2}, snn.Shape{1})
	sum := net.AddNode("sum", &snn.Neuron{Model: snn.ModelIF, R: []float64{1},
		VThreshold: []float64{100}, UnitStep: true}, snn.Shape{1}, snn.Shape{1})
	out := net.AddNode("out", &snn.Output{}, snn.Shape{1}, snn.Shape{1})
	for _, e := range [][2]int{{in, fc1}, {fc1, hidden}, {hidden, fc2}, {fc2, sum}, {sum, out}} {
		net.Connect(e[0], e[1])
	}
	p, err := profile.Load("adder")
	require.NoError(t, err)
	r, err := compiler.Compile(t.Context(), net,
		compiler.Options{Chip: p, Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 2}})
	require.NoError(t, err)
	c, err := chip.Load(r.Image)
	require.NoError(t, err)
	train := spike.NewTrain(3, 2)
	train.Set(0, 0)
	train.Set(0, 1)
	train.Set(1, 2)
	e, err := Evaluate(context.Background(), Run{
		Chip: c, Source: &sample.Trains{Title: "hand", Trains: []*spike.Train{train}},
		Options: chip.Options{Ticks: 2, ByTick: true},
	})
	require.NoError(t, err)
	trained := &snn.Network{}
	trained.AddNode("fc1", net.Nodes[fc1].Op, snn.Shape{3}, snn.Shape{2})
	trained.AddNode("relu", &snn.Relu{}, snn.Shape{2}, snn.Shape{2})
	trained.AddNode("fc2", net.Nodes[fc2].Op, snn.Shape{2}, snn.Shape{1})
	got := neuroBench(&Comparison{Chip: c, SNN: e, ANN: &ANNEvaluation{Network: trained}})
	require.InDelta(t, 2.0/8, got.ConnectionSparsity, 1e-12, "2 of 6 + 2 weights are 0")
	require.InDelta(t, 1-4.0/6, got.ActivationSparsity, 1e-12, "4 spikes of 3 neurons in 2 ticks")
	require.Equal(t, SynapticOperations{Dense: 2 * 8, EffectiveACs: 8}, got.SynapticOperations)
	require.Equal(t, 4.0*3*2, got.NeuronOperations)
	// Tick 0 counts all 3 neurons. In tick 1 of its layer neuron 0 and 1 change (fire), and
	// the sum hears two spikes.
	require.Equal(t, 3.0+3, got.MembraneUpdates)
	require.Positive(t, got.Footprint)

	bare := neuroBench(&Comparison{Chip: c, SNN: e})
	require.Zero(t, bare.ConnectionSparsity, "the chip's sparse rows hold no weight of 0")
	require.Equal(t, 2.0*6, bare.SynapticOperations.Dense)
}

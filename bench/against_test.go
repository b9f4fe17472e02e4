package bench

import (
	"context"
	"math"
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

// relay is in -> fire -> end: fire hears the first of two sources with the
// given weight and spikes above 1, end is a population of one neuron.
func relay(weight float64, end *snn.Neuron) *snn.Network {
	n := &snn.Network{Name: "relay", DT: 1e-3}
	in := n.AddNode("in", &snn.Input{}, snn.Shape{2}, snn.Shape{2})
	w := n.AddNode("w", &snn.Dense{W: &snn.Matrix64{Rows: 1, Cols: 2, Data: []float64{weight, 0}}},
		snn.Shape{2}, snn.Shape{1})
	fire := n.AddNode("fire", &snn.Neuron{Model: snn.ModelIF, UnitStep: true,
		VThreshold: []float64{1}}, snn.Shape{1}, snn.Shape{1})
	last := n.AddNode("end", end, snn.Shape{1}, snn.Shape{1})
	out := n.AddNode("out", &snn.Output{}, snn.Shape{1}, snn.Shape{1})
	for _, e := range [][2]int{{in, w}, {w, fire}, {fire, last}, {last, out}} {
		n.Connect(e[0], e[1])
	}
	return n
}

func spikingEnd() *snn.Neuron {
	return &snn.Neuron{Model: snn.ModelIF, UnitStep: true, VThreshold: []float64{0.5}}
}

func loadChip(t *testing.T, net *snn.Network) *chip.Chip {
	p, err := profile.Load("adder")
	require.NoError(t, err)
	r, err := compiler.Compile(t.Context(), net,
		compiler.Options{Chip: p, Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 6}})
	require.NoError(t, err)
	c, err := chip.Load(r.Image)
	require.NoError(t, err)
	return c
}

// threeTrains are three samples of six ticks: source 0 always, source 0 never,
// source 0 in the last three.
func threeTrains() *sample.Trains {
	out := &sample.Trains{Title: "trains", Labels: []int{0, 0, 0}}
	for _, first := range []int{0, 6, 3} {
		train := spike.NewTrain(2, 6)
		for t := first; t < 6; t++ {
			train.Set(t, 0)
		}
		out.Trains = append(out.Trains, train)
	}
	return out
}

func TestAgainstItself(t *testing.T) {
	net := relay(0.6, spikingEnd())
	e, a, err := EvaluateAgainst(context.Background(),
		Run{Chip: loadChip(t, net), Source: threeTrains(), Workers: 2}, net)
	require.NoError(t, err)
	require.Equal(t, 3, e.Samples)
	require.Nil(t, a.First)
	require.Equal(t, 1.0, a.Agreement())
	require.Equal(t, e.Accuracy(), a.Accuracy())
	require.Equal(t, []LayerDifference{
		{Layer: "fire", Spikes: true, Chip: 4, Reference: 4},
		{Layer: "end", Spikes: true, Chip: 4, Reference: 4},
	}, a.Layers)
}

// TestAgainstAnother compares a chip with a network of which its image was
// not made: weight 0.6 fires in every second tick, 0.4 in every third.
func TestAgainstAnother(t *testing.T) {
	c := loadChip(t, relay(0.6, spikingEnd()))
	asked := chip.Options{Spikes: []int{1}}
	seen := 0
	r := Run{Chip: c, Source: threeTrains(), Options: asked,
		Each: func(sample int, o *chip.Outcome) error {
			require.Len(t, o.Spikes, 1, "only what was asked for")
			require.Empty(t, o.Potentials)
			require.Equal(t, seen, sample)
			seen++
			return nil
		}}
	_, a, err := EvaluateAgainst(context.Background(), r, relay(0.4, spikingEnd()))
	require.NoError(t, err)
	require.Equal(t, 3, seen)
	// Sample 0: ticks 1, 3, 5 against 2, 5. Sample 2: tick 4 against 5.
	fire := a.Layers[0]
	require.Equal(t, LayerDifference{Layer: "fire", Spikes: true, Chip: 4, Reference: 3,
		Differing: 5, Diverged: 2,
		First: &Divergence{Layer: "fire", Sample: 0, Tick: 1}}, fire)
	spikes, relative := fire.Difference()
	require.EqualValues(t, 1, spikes)
	require.InDelta(t, 1.0/3, relative, 1e-12)
	require.Equal(t, &Divergence{Layer: "fire", Sample: 0, Tick: 1}, a.First,
		"the first layer of those that differ in that tick")
}

func TestAgainstSilence(t *testing.T) {
	c := loadChip(t, relay(0.6, spikingEnd()))
	_, a, err := EvaluateAgainst(context.Background(), Run{Chip: c, Source: threeTrains()},
		relay(-1, spikingEnd()))
	require.NoError(t, err)
	_, relative := a.Layers[0].Difference()
	require.True(t, math.IsInf(relative, 1))
}

// TestAgainstPotentials: an output that does not spike is compared by its
// potential.
func TestAgainstPotentials(t *testing.T) {
	end := &snn.Neuron{Model: snn.ModelI, UnitStep: true}
	c := loadChip(t, relay(0.6, end))
	_, a, err := EvaluateAgainst(context.Background(), Run{Chip: c, Source: threeTrains()},
		relay(0.4, end))
	require.NoError(t, err)
	// The integrator counts spikes: 0 1 1 2 2 3 against 0 0 1 1 1 2, silence,
	// and 0 0 0 0 1 1 against 0 0 0 0 0 1.
	last := a.Layers[1]
	require.False(t, last.Spikes)
	require.Zero(t, last.Chip)
	require.InDelta(t, math.Sqrt(5.0/18), last.RMSError, 1e-3)
	require.InDelta(t, math.Sqrt(8.0/18), last.RMS, 1e-12)
}

func TestAgainstAStranger(t *testing.T) {
	other := relay(1, spikingEnd())
	other.Nodes[2].Name = "elsewhere"
	_, _, err := EvaluateAgainst(context.Background(),
		Run{Chip: loadChip(t, relay(1, spikingEnd())), Source: threeTrains()}, other)
	require.ErrorContains(t, err, "no layer fire")
}

// TestGradedSamples: the reference takes real numbers, a chip refuses them.
func TestGradedSamples(t *testing.T) {
	net := relay(2, spikingEnd())
	graded := &sample.Graded{Title: "graded", Labels: []int{0, 0}, Signals: [][][]float64{
		{{0.75, 0}, {0.25, 9}, {0, 0}}, // 1.5 fires, 0.5 does not
		{{0.25, 0}, {0.25, 0}, {0.25, 0}},
	}}
	e, err := EvaluateReference(context.Background(), ReferenceRun{Network: net, Source: graded,
		Workers: 2})
	require.NoError(t, err)
	fire, _ := net.Find("fire")
	require.EqualValues(t, 2, e.Spikes[fire])
	require.Equal(t, 3, e.Ticks)

	_, err = Evaluate(context.Background(), Run{Chip: loadChip(t, net), Source: graded})
	require.ErrorContains(t, err, "use the engine reference")
}

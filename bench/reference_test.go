package bench

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/sample"
	"adder/snn"
	"adder/spike"
)

// pair is two inputs and two outputs: output k repeats input k, as spikes or as
// a running sum.
func pair(spiking bool) *snn.Network {
	n := &snn.Network{Name: "pair", DT: 1e-3}
	two := snn.Shape{2}
	end := &snn.Neuron{Model: snn.ModelI, UnitStep: true}
	if spiking {
		end = spikingEnd()
	}
	in := n.AddNode("in", &snn.Input{}, two, two)
	w := n.AddNode("w", &snn.Dense{W: &snn.Matrix64{Rows: 2, Cols: 2, Data: []float64{1, 0, 0, 1}}},
		two, two)
	last := n.AddNode("end", end, two, two)
	out := n.AddNode("out", &snn.Output{}, two, two)
	n.Connect(in, w)
	n.Connect(w, last)
	n.Connect(last, out)
	return n
}

// TestReferenceClass runs 130 samples of three ticks, more than fit side by
// side: input 1 spikes twice or, in every third sample, never, and input 0 in
// the last tick.
func TestReferenceClass(t *testing.T) {
	source := &sample.Trains{Title: "pairs"}
	for i := range 130 {
		train := spike.NewTrain(2, 3)
		train.Set(2, 0)
		if i%3 > 0 {
			train.Set(0, 1)
			train.Set(1, 1)
		}
		source.Trains = append(source.Trains, train)
		source.Labels = append(source.Labels, min(i%3, 1))
	}
	source.Labels[4] = 0 // which is wrong
	for name, spiking := range map[string]bool{"count": true, "last value": false} {
		t.Run(name, func(t *testing.T) {
			net := pair(spiking)
			var done, order []int
			e, err := EvaluateReference(context.Background(), ReferenceRun{
				Network: net, Source: source, Workers: 2,
				Progress: func(n, total int) {
					require.Equal(t, 130, total)
					done = append(done, n)
				},
				Each: func(sample int, r *snn.Record) error {
					order = append(order, sample)
					return nil
				},
			})
			require.NoError(t, err)
			require.True(t, e.Labelled)
			require.Equal(t, 130, e.Samples)
			require.Equal(t, 129, e.Correct)
			require.EqualValues(t, 130+2*86, e.InputSpikes, "86 of 0..129 are no multiple of 3")
			require.Equal(t, 130, done[len(done)-1])
			require.IsIncreasing(t, done)
			require.Len(t, order, 130)
			require.IsIncreasing(t, order)
			end, _ := net.Find("end")
			if spiking {
				require.EqualValues(t, 130+2*86, e.Spikes[end])
			}
		})
	}
	source.Labels = nil
	e, err := EvaluateReference(context.Background(),
		ReferenceRun{Network: pair(true), Source: source})
	require.NoError(t, err)
	require.False(t, e.Labelled)
	require.Zero(t, e.Correct)
	require.Len(t, e.Classes, 130)
	require.Equal(t, []int{0, 1, 1, 0, 1, 1}, e.Classes[:6])
}

// TestLevelsAreConstantSignals as spikes are signals of 0 and 1.
func TestLevelsAreConstantSignals(t *testing.T) {
	levels := &chip.Sample{Levels: []int32{0, 3, 12}, MaxLevel: 12}
	require.Equal(t, [][]float64{{0, 0.25, 1}, {0, 0.25, 1}}, RealSignal(levels, 2))
	train := spike.NewTrain(2, 2)
	train.Set(1, 0)
	require.Equal(t, [][]float64{{0, 0}, {1, 0}}, RealSignal(&chip.Sample{Spikes: train}, 2))
}

// TestReferenceStops when it is told to.
func TestReferenceStops(t *testing.T) {
	done, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := EvaluateReference(done, ReferenceRun{Network: relay(1, spikingEnd()),
		Source: threeTrains()})
	require.ErrorIs(t, err, context.Canceled)
}

package compiler

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/compiler/convert"
	"adder/compiler/ir/irtest"
	"adder/layout"
	"adder/snn"
	"adder/spike"
)

// TestIntegersAreExact converts random ANNs whose numbers the integers hold
// without rounding: weights of 9 bits with a largest of 255 per neuron, and
// activations that saturate at powers of two. The integer network then does
// what the float reference does on the converted network, spike by spike,
// and its potentials are the same numbers.
func TestIntegersAreExact(t *testing.T) {
	chip, err := profile.Load("wide")
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		net := exactANN(t)
		// Samples far beyond the ceilings, so that these become the scales.
		loud := make([]float64, net.Nodes[0].Out.Size())
		samples := [][]float64{}
		for i := range loud {
			x := make([]float64, len(loud))
			x[i] = 1e6
			samples = append(samples, x)
		}
		r, err := Compile(t.Context(), net, Options{
			Chip: chip, WeightBits: 9, Encoder: layout.Encoder{Kind: "spikes", Ticks: 12},
			Conversion: convert.Options{Calibration: samples, Percentile: 100},
		})
		require.NoError(t, err)
		input := drawInput(t, len(loud), 12)
		requireSame(t, r, input)
	})
}

// exactANN draws one or two hidden layers and a readout.
func exactANN(t *rapid.T) *snn.Network {
	net := &snn.Network{Name: "exact"}
	size := rapid.IntRange(2, 5).Draw(t, "inputs")
	at := net.AddNode("in", &snn.Input{}, snn.Shape{size}, snn.Shape{size})
	dense := func(name string, outputs int) {
		d := &snn.Matrix64{Rows: outputs, Cols: size}
		bias := make([]float64, outputs)
		for n := range outputs {
			row := rapid.SliceOfN(rapid.IntRange(-255, 255), size, size).Draw(t, "weights")
			largest := rapid.IntRange(0, size-1).Draw(t, "largest")
			row[largest] = 255 // positive, so that the layer can be driven to its ceiling
			// Without a common step, by which weights would be scaled to fewer
			// units and leave biases to rounding.
			row[(largest+1)%size] = 254
			for _, w := range row {
				d.Data = append(d.Data, float64(w))
			}
			bias[n] = float64(rapid.IntRange(-64, 64).Draw(t, "bias"))
		}
		next := net.AddNode(name, &snn.Dense{W: d, Bias: bias}, snn.Shape{size}, snn.Shape{outputs})
		net.Connect(at, next)
		at, size = next, outputs
	}
	for k := range rapid.IntRange(1, 2).Draw(t, "hidden layers") {
		dense(fmt.Sprint("fc", k), rapid.IntRange(2, 5).Draw(t, "neurons"))
		relu := net.AddNode(fmt.Sprint("relu", k),
			&snn.Relu{Ceil: float64(int(1) << rapid.IntRange(7, 9).Draw(t, "ceiling"))},
			snn.Shape{size}, snn.Shape{size})
		net.Connect(at, relu)
		at = relu
	}
	dense("readout", rapid.IntRange(1, 4).Draw(t, "classes"))
	out := net.AddNode("out", &snn.Output{}, snn.Shape{size}, snn.Shape{size})
	net.Connect(at, out)
	return net
}

func drawInput(t *rapid.T, sources, ticks int) *spike.Train {
	train := spike.NewTrain(sources, ticks)
	for tick := range ticks {
		train.Row(tick)[0] = rapid.Uint64Range(0, 1<<sources-1).Draw(t, "spikes")
	}
	return train
}

// requireSame compares the integer network with the float reference on the
// network it was made from.
func requireSame(t *rapid.T, r *Result, input *spike.Train) {
	reference, err := snn.NewReference(r.Spiking, snn.ReferenceOptions{})
	require.NoError(t, err)
	signal := make([][]float64, input.Ticks())
	for tick := range signal {
		signal[tick] = make([]float64, input.Sources())
		input.Each(tick, func(source int) { signal[tick][source] = 1 })
	}
	var probes snn.Probes
	for p := range r.Network.Populations {
		name := r.Network.Populations[p].Name
		probes.Potentials = append(probes.Potentials, name)
		if !r.Network.Populations[p].Groups[0].Integrator {
			probes.Spikes = append(probes.Spikes, name)
		}
	}
	want, err := reference.Run(signal, probes)
	require.NoError(t, err)
	got := irtest.Interpret(t, r.Network, input)
	for p := range r.Network.Populations {
		pop := &r.Network.Populations[p]
		for tick := range input.Ticks() {
			for n := range pop.Size {
				v := float64(got.Potentials[p][tick*pop.Size+n])/pop.Unit[n] + pop.Rest[n]
				require.Equal(t, want.Potentials[pop.Name][tick][n], v,
					"potential of %s neuron %d in tick %d", pop.Name, n, tick)
				if spikes := want.Spikes[pop.Name]; spikes != nil {
					require.Equal(t, spikes[tick][n] == 1, got.Spikes[p].Get(tick, n),
						"spike of %s neuron %d in tick %d", pop.Name, n, tick)
				}
			}
		}
	}
}

// TestQuantisedWeightsStayExact: weights that are multiples of a step come
// back as those multiples, whatever the step, in as many bits as they need.
func TestQuantisedWeightsStayExact(t *testing.T) {
	for _, bits := range []int{4, 8, 16} {
		for _, end := range []snn.Model{snn.ModelIF, snn.ModelI} {
			const step = 0.0371
			g := newGraph(t, 4).add("w",
				&snn.Dense{W: &snn.Matrix32{Rows: 2, Cols: 4, Data: []float32{
					-5 * step, 3 * step, 0, step,
					2 * step, -7 * step, step, 4 * step,
				}}}, 4, 2).add("n", &snn.Neuron{Model: end, UnitStep: true,
				VThreshold: []float64{8 * step}}, 2, 2).add("out", &snn.Output{}, 2, 2)
			r, err := compileOn(t, "wide", g.edges("in", "w", "w", "n", "n", "out"),
				func(o *Options) {
					o.WeightBits = bits
				})
			require.NoError(t, err)
			require.Less(t, r.Report.Layers[0].WeightError, 1e-6, "%d bits, %s", bits, end)
			require.Less(t, r.Report.Layers[0].ThresholdError, 1e-6, "%d bits, %s", bits, end)
		}
	}
}

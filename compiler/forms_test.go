package compiler

import (
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/snn"
	"adder/spike"
)

// TestFormsThatAChipHasNot: networks that a chip runs in another form put out what the
// reference does, in every tick. No potential comes near a threshold, so that rounding
// changes no spike.
func TestFormsThatAChipHasNot(t *testing.T) {
	half := &snn.Scale{Factor: []float64{0.5}, Shift: []float64{0.25}}
	li := &snn.Neuron{Model: snn.ModelLI, Tau: []float64{4e-3}, R: []float64{4},
		VLeak: []float64{0}}
	fire := func() *snn.Neuron {
		return &snn.Neuron{Model: snn.ModelIF, UnitStep: true, VThreshold: []float64{1.4},
			VReset: []float64{0}}
	}
	out := &snn.Output{}
	for name, net := range map[string]*snn.Network{
		"a linear end": newGraph(t, 1).relay("a").add("half", half, 1, 1).add("out", out, 1,
			1).edges("in", "a", "a", "half", "half", "out"),
		"several sources": newGraph(t, 1).relay("a").add("b", fire(), 1, 1).add("out", out, 1,
			1).edges("in", "a", "in", "b", "a", "out", "b", "out"),
		"a late end": newGraph(t, 1).relay("a").add("late", &snn.Delay{Ticks: []int{3}}, 1,
			1).add("out", out, 1, 1).edges("in", "a", "a", "late", "late", "out"),
		"no neurons": newGraph(t, 1).add("half", half, 1, 1).add("out", out, 1, 1).edges("in",
			"half", "half", "out"),
		"a delayed bias": newGraph(t, 1).add("half", half, 1, 1).add("late",
			&snn.Delay{Ticks: []int{3}}, 1, 1).add("a", fire(), 1, 1).add("out", out, 1,
			1).edges("in", "half", "half", "late", "late", "a", "a", "out"),
		"LI and Threshold": newGraph(t, 1).add("li", li, 1, 1).add("z",
			&snn.Neuron{Model: snn.ModelThreshold, VThreshold: []float64{1.25}}, 1, 1).add("out",
			out, 1, 1).edges("in", "li", "li", "z", "z", "out"),
		"two inputs": newGraph(t, 1).add("more", &snn.Input{}, 1, 1).add("half", half, 1,
			1).add("a", fire(), 1, 1).add("out", out, 1, 1).edges("in", "a", "more", "half", "half",
			"a", "a", "out"),
		"two outputs": newGraph(t, 1).relay("a").add("b", fire(), 1, 1).add("out", out, 1,
			1).add("more", &snn.Output{}, 1, 1).edges("in", "a", "a", "out", "a", "b", "b", "more"),
		"subtract delayed": newGraph(t, 1).add("a",
			&snn.Neuron{Model: snn.ModelLIF, Tau: []float64{4e-3}, R: []float64{4},
				VThreshold: []float64{0.75}, Reset: snn.ResetSubtractDelayed}, 1, 1).
			add("out", out, 1, 1).edges("in", "a", "a", "out"),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := compileOn(t, "wide", net, func(o *Options) {
				o.WeightBits, o.Encoder.Ticks = 16, 40
			})
			require.NoError(t, err)
			requireOutput(t, r, net)
		})
	}
}

// requireOutput compares what comes out of a chip and of the reference.
func requireOutput(t *testing.T, r *Result, net *snn.Network) {
	t.Helper()
	want, got := runBoth(t, r, net)
	require.InDeltaSlice(t, want, got, 1e-3)
	require.NotEqual(t, make([]float64, len(want)), want, "something came out")
}

// runBoth gives the output in each tick of the reference and of a chip, on the same
// random spikes.
func runBoth(t *testing.T, r *Result, net *snn.Network) (want, got []float64) {
	t.Helper()
	const ticks = 40
	size := len(net.Inputs())
	train, input := spike.NewTrain(size, ticks), make([][]float64, ticks)
	draw := rand.New(rand.NewSource(1))
	for tick := range ticks {
		input[tick] = make([]float64, size)
		for i := range size {
			if draw.Intn(3) > 0 {
				train.Set(tick, i)
				input[tick][i] = 1
			}
		}
	}
	engine, err := snn.NewReference(net, snn.ReferenceOptions{})
	require.NoError(t, err)
	record, err := engine.Run(input, snn.Probes{})
	require.NoError(t, err)
	c, err := chip.Load(r.Image)
	require.NoError(t, err)
	p := int(r.Image.Readout.Population)
	pop := &c.Image().Populations[p]
	options := chip.Options{Ticks: ticks, Potentials: []int{p}}
	if pop.Spikes {
		options = chip.Options{Ticks: ticks, Spikes: []int{p}}
	}
	o, err := c.NewFast(options).Run(t.Context(), &chip.Sample{Spikes: train})
	require.NoError(t, err)
	for tick := range ticks {
		want = append(want, record.Output[tick][0])
		switch {
		case !pop.Spikes:
			got = append(got, chip.ModelUnits(pop, 0, o.Potentials[0][tick]))
		case o.Spikes[0].Get(tick, 0):
			got = append(got, 1)
		default:
			got = append(got, 0)
		}
	}
	return want, got
}

// TestDelaysThatAreTooLong name the node and the tick that would do.
func TestDelaysThatAreTooLong(t *testing.T) {
	g := newGraph(t, 1).relay("a").add("n1", &snn.Delay{Ticks: []int{70}}, 1,
		1).relay("b").add("out", &snn.Output{}, 1, 1)
	_, err := compileOn(t, "adder", g.edges("in", "a", "a", "n1", "n1", "b", "b", "out"), nil)
	require.ErrorContains(t, err, "the Delay n1 waits 70 ticks of 0.001 s: longer ticks make "+
		"them fewer, --dt 0.0012 or more")
}

// TestExactIntegersDecideAsTheModel: neurons without a leak, whose weights are multiples
// of one step, get the least exponent, and every spike is the model's: also where
// potentials meet the threshold, and where they sink for long.
func TestExactIntegersDecideAsTheModel(t *testing.T) {
	draw, least := rand.New(rand.NewSource(5)), 0
	for range 60 {
		threshold := []float64{0.3, 0.5, 0.75, 1, 1.7, 2}[draw.Intn(6)]
		neuron := &snn.Neuron{Model: snn.ModelIF, UnitStep: true, VThreshold: []float64{threshold},
			VReset: []float64{0}, AtLeast: draw.Intn(2) == 0}
		if draw.Intn(2) == 0 && threshold != 0.3 && threshold != 1.7 {
			neuron.Reset = snn.ResetSubtract
		}
		g := newGraph(t, 1).add("second", &snn.Input{}, 1, 1).add("third", &snn.Input{}, 1, 1)
		bias := 0.25 * float64(draw.Intn(3))
		for _, name := range []string{"a", "b", "c"} {
			g.add(name, &snn.Scale{Factor: []float64{0.25 * float64(draw.Intn(17)-8)},
				Shift: []float64{bias}}, 1, 1)
			bias = 0
		}
		g.add("n", neuron, 1, 1).add("out", &snn.Output{}, 1, 1)
		net := g.edges("in", "a", "second", "b", "third", "c", "a", "n", "b", "n", "c", "n", "n",
			"out")
		r, err := compileOn(t, "adder", net, func(o *Options) { o.Encoder.Ticks = 40 })
		require.NoError(t, err)
		want, got := runBoth(t, r, net)
		require.Equal(t, want, got)
		if r.Report.Layers[0].Exponent == 0 {
			least++
		}
	}
	require.Greater(t, least, 40, "the others hear nothing")
}

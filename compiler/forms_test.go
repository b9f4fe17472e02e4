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
	li := &snn.Neuron{Model: snn.ModelLI, Tau: []float64{4e-3}, R: []float64{4}, VLeak: []float64{0}}
	fire := func() *snn.Neuron {
		return &snn.Neuron{Model: snn.ModelIF, UnitStep: true, VThreshold: []float64{1.4}, VReset: []float64{0}}
	}
	out := &snn.Output{}
	for name, net := range map[string]*snn.Network{
		"a linear end":     newGraph(t, 1).relay("a").add("half", half, 1, 1).add("out", out, 1, 1).edges("in", "a", "a", "half", "half", "out"),
		"several sources":  newGraph(t, 1).relay("a").add("b", fire(), 1, 1).add("out", out, 1, 1).edges("in", "a", "in", "b", "a", "out", "b", "out"),
		"a late end":       newGraph(t, 1).relay("a").add("late", &snn.Delay{Ticks: []int{3}}, 1, 1).add("out", out, 1, 1).edges("in", "a", "a", "late", "late", "out"),
		"no neurons":       newGraph(t, 1).add("half", half, 1, 1).add("out", out, 1, 1).edges("in", "half", "half", "out"),
		"a delayed bias":   newGraph(t, 1).add("half", half, 1, 1).add("late", &snn.Delay{Ticks: []int{3}}, 1, 1).add("a", fire(), 1, 1).add("out", out, 1, 1).edges("in", "half", "half", "late", "late", "a", "a", "out"),
		"LI and Threshold": newGraph(t, 1).add("li", li, 1, 1).add("z", &snn.Neuron{Model: snn.ModelThreshold, VThreshold: []float64{1.25}}, 1, 1).add("out", out, 1, 1).edges("in", "li", "li", "z", "z", "out"),
		"two inputs":       newGraph(t, 1).add("more", &snn.Input{}, 1, 1).add("half", half, 1, 1).add("a", fire(), 1, 1).add("out", out, 1, 1).edges("in", "a", "more", "half", "half", "a", "a", "out"),
		"two outputs":      newGraph(t, 1).relay("a").add("b", fire(), 1, 1).add("out", out, 1, 1).add("more", &snn.Output{}, 1, 1).edges("in", "a", "a", "out", "a", "b", "b", "more"),
		"subtract delayed": newGraph(t, 1).add("a", &snn.Neuron{Model: snn.ModelLIF, Tau: []float64{4e-3}, R: []float64{4}, VThreshold: []float64{0.75}, Reset: snn.ResetSubtractDelayed}, 1, 1).
			add("out", out, 1, 1).edges("in", "a", "a", "out"),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := compileOn(t, "wide", net, func(o *Options) { o.WeightBits, o.Encoder.Ticks = 16, 40 })
			require.NoError(t, err)
			requireOutput(t, r, net)
		})
	}
}

// requireOutput runs random spikes on a chip and in the reference.
func requireOutput(t *testing.T, r *Result, net *snn.Network) {
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
	seen := false
	for tick := range ticks {
		want, got := record.Output[tick][0], 0.0
		if pop.Spikes {
			if o.Spikes[0].Get(tick, 0) {
				got = 1
			}
		} else {
			got = chip.Model(pop, 0, o.Potentials[0][tick])
		}
		require.InDelta(t, want, got, 1e-3, "tick %d", tick)
		seen = seen || want != 0
	}
	require.True(t, seen, "something came out")
}

// TestDelaysThatAreTooLong name the node and the tick that would do.
func TestDelaysThatAreTooLong(t *testing.T) {
	g := newGraph(t, 1).relay("a").add("n1", &snn.Delay{Ticks: []int{70}}, 1, 1).relay("b").add("out", &snn.Output{}, 1, 1)
	_, err := compileOn(t, "adder", g.edges("in", "a", "a", "n1", "n1", "b", "b", "out"), nil)
	require.ErrorContains(t, err, "the Delay n1 waits 70 ticks of 0.001 s: longer ticks make them fewer, --dt 0.0012 or more")
}

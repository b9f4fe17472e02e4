package snn

import (
	"math"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDelayedSubtraction holds ResetSubtractDelayed to the recurrence as snnTorch's
// documentation of Leaky and Synaptic states it: mem[t+1] = beta mem[t] + x[t+1] -
// threshold z[t], the threshold taken a tick after the spike.
func TestDelayedSubtraction(t *testing.T) {
	const alpha, beta, threshold = 0.75, 0.875, 0.6
	r := rand.New(rand.NewSource(1))
	leaky := &Neuron{Model: ModelLIF, Tau: []float64{1 / (1 - beta)}, R: []float64{1 / (1 - beta)},
		VThreshold: []float64{threshold}, Reset: ResetSubtractDelayed}
	synaptic := &Neuron{Model: ModelCubaLIF, Tau: leaky.Tau, TauSyn: []float64{1 / (1 - alpha)},
		R: leaky.R, WIn: []float64{1 / (1 - alpha)},
		VThreshold: leaky.VThreshold, Reset: ResetSubtractDelayed}
	for name, op := range map[string]*Neuron{"Leaky": leaky, "Synaptic": synaptic} {
		engine, err := NewReference(single(t, op, 1), ReferenceOptions{})
		require.NoError(t, err)
		var input [][]float64
		for range 2000 {
			input = append(input, []float64{r.NormFloat64()*0.3 + 0.1})
		}
		record, err := engine.Run(input, Probes{Potentials: []string{"1"}})
		require.NoError(t, err)
		var syn, mem, z float64
		spikes := 0.0
		for tick, x := range input {
			drive := x[0]
			if name == "Synaptic" {
				syn = alpha*syn + drive
				drive = syn
			}
			mem = beta*mem + drive - threshold*z
			z = 0
			if mem > threshold {
				z = 1
			}
			require.Equal(t, z, record.Output[tick][0], "%s, tick %d", name, tick)
			require.InDelta(t, mem-z*threshold/beta, record.Potentials["1"][tick][0], 1e-9)
			spikes += z
		}
		require.Greater(t, spikes, 100.0)
		require.Equal(t, int64(spikes), record.Counts[1])
	}
}

// TestSeveralSpikes holds ResetSubtractMulti to Sinabs's rule: the whole number of
// thresholds in v, which are all taken from it.
func TestSeveralSpikes(t *testing.T) {
	op := &Neuron{Model: ModelIF, R: []float64{1}, UnitStep: true, VThreshold: []float64{0.5},
		Reset: ResetSubtractMulti}
	engine, err := NewReference(single(t, op, 1), ReferenceOptions{})
	require.NoError(t, err)
	record, err := engine.Run([][]float64{{1.75}, {0}, {0.25}, {-3}, {1}},
		Probes{Spikes: []string{"1"}, Potentials: []string{"1"}})
	require.NoError(t, err)
	require.Equal(t, []float64{3, 0, 1, 0, 0}, column(record.Output))
	require.Equal(t, []float64{0.25, 0.25, 0, -3, -2}, column(record.Potentials["1"]))
	require.Equal(t, []uint8{3}, record.Spikes["1"][0])
	require.Equal(t, int64(4), record.Counts[1])
}

func TestNoReset(t *testing.T) {
	op := &Neuron{Model: ModelIF, R: []float64{1}, UnitStep: true, VThreshold: []float64{1},
		Reset: ResetNone}
	engine, err := NewReference(single(t, op, 1), ReferenceOptions{})
	require.NoError(t, err)
	record, err := engine.Run([][]float64{{1}, {1}, {0}, {-1}}, Probes{})
	require.NoError(t, err)
	require.Equal(t, []float64{0, 1, 1, 0}, column(record.Output))
}

func TestResetsThatHaveNoMeaning(t *testing.T) {
	delayed, multi := ResetSubtractDelayed, ResetSubtractMulti
	n := single(t, &Neuron{Model: ModelLIF, Tau: []float64{1}, VThreshold: []float64{1}}, 1)
	_, err := NewReference(n, ReferenceOptions{Reset: &delayed})
	require.ErrorContains(t, err,
		`node "1" (LIF): neuron 0 keeps nothing of its potential (tau 1 s in ticks of 1 s)`)
	n = single(t, &Neuron{Model: ModelIF, VThreshold: []float64{0}}, 1)
	_, err = NewReference(n, ReferenceOptions{Reset: &multi})
	require.ErrorContains(t, err, "neuron 0 has the threshold 0, and several spikes in a tick "+
		"need one above 0")
	for i, name := range ResetNames() {
		mode, err := ParseReset(name)
		require.NoError(t, err)
		require.Equal(t, ResetMode(i), mode)
		require.Equal(t, name, mode.String())
	}
	_, err = ParseReset("hard")
	require.ErrorContains(t, err, "a spike resets by one of zero, subtract, subtract-delayed, "+
		"subtract-multi, none")
	require.True(t,
		math.IsInf((&Neuron{Model: ModelLIF, Tau: []float64{1}, VThreshold: []float64{1},
			Reset: delayed}).ResetAmount(0, 1), 1))
}

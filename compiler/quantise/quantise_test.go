package quantise

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler/flat"
	"adder/compiler/ir"
	"adder/snn"
)

// TestWeightsByHand rounds weights of three neurons with gains 2, 1 and 1 and
// scales 1, 1/2 and 4 in each form that they can take.
func TestWeightsByHand(t *testing.T) {
	full := flat.Weights{Sources: 2, Targets: 3, Start: []int64{0, 2, 5},
		Target: []int32{0, 1, 0, 1, 2}, Value: []float64{3, 5, -100, 7, 0.3}}
	matrix := flat.Weights{Sources: 2, Targets: 3,
		Matrix: &snn.Matrix64{Rows: 3, Cols: 2, Data: []float64{3, -200, 5, 14, 0, 0.6}},
		Column: []float64{1, 0.5}}
	few := flat.Weights{Sources: 3, Targets: 3, Start: []int64{0, 1, 1, 4},
		Target: []int32{1, 0, 1, 2}, Value: []float64{5, -100, 7, 0.1}}
	// 3*2*1, 5/2 to the even side, -100*2*1, 7/2 to the even side, 0.3*4
	for name, c := range map[string]struct {
		w    flat.Weights
		bits int
		want ir.Weights
	}{
		"a list that is full": {full, 8,
			ir.Weights{Sources: 2, Targets: 3, Dense: []int8{6, 2, 0, -127, 4, 1}}},
		"a matrix": {matrix, 8,
			ir.Weights{Sources: 2, Targets: 3, Dense: []int8{6, 2, 0, -127, 4, 1}}},
		"four bits": {matrix, 4,
			ir.Weights{Sources: 2, Targets: 3, Dense: []int8{6, 2, 0, -7, 4, 1}}},
		"nine bits": {matrix, 9,
			ir.Weights{Sources: 2, Targets: 3, Dense16: []int16{6, 2, 0, -200, 4, 1}}},
		"a list, whose last weight rounds to none": {few, 8,
			ir.Weights{Sources: 3, Targets: 3, Start: []int64{0, 1, 1, 3}, Target: []int32{1, 0, 1},
				Value: []int16{2, -127, 4}}},
	} {
		t.Run(name, func(t *testing.T) {
			l := &layer{
				q: Options{WeightBits: c.bits}, maxWeight: float64(int(1)<<(c.bits-1) - 1),
				constants: []flat.Constants{{Gain: 2}, {Gain: 1}, {Gain: 1}},
				scale:     []float64{1, 0.5, 4},
			}
			require.Equal(t, c.want, l.weights(&c.w))
			if name == "a matrix" {
				require.InDelta(t, math.Sqrt((1+73*73+1+0.05*0.05)/(6*6+5*5+200*200+7*7+0.3*0.3)),
					l.report.WeightError, 1e-12)
			}
		})
	}
	h := hostLayer(7, ir.Weights{Sources: 2, Targets: 3, Dense: []int8{6, 2, 0, -127, 4, 1}}, 3)
	require.Equal(t, &ir.Host{Target: 7, WeightExp: 3, Weights: []int16{6, -127, 2, 4, 0, 1}}, h,
		"a row per target")
}

// TestRegistersByHand rounds thresholds and biases to what a chip stores.
func TestRegistersByHand(t *testing.T) {
	l := &layer{
		pop: &flat.Population{Neuron: &snn.Neuron{Model: snn.ModelIF}},
		chip: &profile.Profile{Widths: profile.Widths{
			PotentialBits: 12, ThresholdShift: 3, ThresholdUnsigned: true, BiasBits: 4,
			BiasExponentMax: 2}},
	}
	for _, c := range []struct {
		x       float64
		atLeast bool
		want    int32
	}{
		{24, false, 24}, {27.9, false, 24}, {28.1, false, 32}, {28, false, 32}, {20, false, 16},
		{0, false, 0},
		{25, true, 24}, {24, true, 16}, {24.4, true, 16}, {32.6, true, 32}, {1, true, 0},
	} {
		l.pop.Neuron.AtLeast = c.atLeast
		got, err := l.threshold(c.x)
		require.NoError(t, err)
		require.Equal(t, c.want, got, "%v, at least %t", c.x, c.atLeast)
	}
	_, err := l.threshold(-9)
	require.ErrorContains(t, err, "below rest")
	l.chip.Widths.ThresholdUnsigned = false
	got, err := l.threshold(-9)
	require.NoError(t, err)
	require.EqualValues(t, -16, got, "at least -9 is above -16")

	for x, want := range map[float64]int32{7: 7, -7: -7, 7.5: 8, 8: 8, 9: 8, 11: 12, 14.9: 14,
		15: 16, 15.1: 16, 28: 28, -29: -28, 0.4: 0} {
		got, err := l.bias(x)
		require.NoError(t, err)
		require.Equal(t, want, got, "bias %v", x)
	}
	_, err = l.bias(31)
	require.ErrorContains(t, err, "does not fit 4 bits")
	for x, fits := range map[float64]bool{2047: true, -2047.4: true, 2047.6: false, -2048: false} {
		_, err := l.register("reset", x)
		require.Equal(t, fits, err == nil, "%v", x)
	}
}

// TestHostCurrentsAreAligned: the host's currents enter a potential as they
// are, behind the shift that aligns the sum of synapses.
func TestHostCurrentsAreAligned(t *testing.T) {
	l := &layer{
		flat: &flat.Network{}, pop: &flat.Population{}, index: 1, exponent: 2,
		chip: &profile.Profile{Widths: profile.Widths{Align: 6}},
		q:    Options{WeightBits: 8, Host: true}, maxWeight: 127,
		constants: []flat.Constants{{Gain: 1}}, scale: []float64{1},
	}
	net := &ir.Network{}
	l.addProjection(net, &flat.Projection{Source: flat.FromInput, Target: 1,
		Weights: flat.Weights{Sources: 1, Targets: 1, Start: []int64{0, 1}, Target: []int32{0},
			Value: []float64{5}}})
	require.Empty(t, net.Projections)
	require.Equal(t, &ir.Host{Target: 1, WeightExp: 8, Weights: []int16{5}}, net.Host)
}

// bounded is a layer of one neuron whose weights and bias sum to 3 at a unit of
// 1, over ten ticks.
func bounded(model snn.Model, c flat.Constants, w profile.Widths) *layer {
	return &layer{
		pop: &flat.Population{Neuron: &snn.Neuron{Model: model}, Bias: []float64{3}}, size: 1,
		q:         Options{Ticks: 10},
		constants: []flat.Constants{c}, sum: []float64{3}, largest: []float64{1},
		scale: []float64{1}, chip: &profile.Profile{Widths: w},
	}
}

// TestHorizonByHand: a register that keeps three quarters holds at most four
// ticks' worth, and none holds more than a sample.
func TestHorizonByHand(t *testing.T) {
	l := &layer{q: Options{Ticks: 10}}
	for keep, want := range map[float64]float64{0: 1, 0.5: 2, 0.75: 4, 0.99: 10, 1: 10} {
		require.Equal(t, want, l.horizon(keep), "keeps %v", keep)
	}
}

// TestHighestByHand bounds an integrator's potential, and its current by the
// share of the register that it takes.
func TestHighestByHand(t *testing.T) {
	w := profile.Widths{PotentialBits: 12, CurrentBits: 12}
	c := flat.Constants{KeepV: 0.75, KeepU: 0.5, V0: -2, Gain: 1}
	require.Equal(t, 3.0*4+2, bounded(snn.ModelLI, c, w).highest())
	require.Equal(t, 3.0*2*4+2, bounded(snn.ModelCubaLI, c, w).highest())
	w.CurrentBits = 8
	require.Equal(t, 3.0*4+2, bounded(snn.ModelLI, c, w).highest(), "there is no current")
	require.InDelta(t, 3.0*2*2047/127, bounded(snn.ModelCubaLI, c, w).highest(), 1e-12)
}

// TestRoomForMoreByHand lets one register at a time be the one that is too
// narrow for twice the scale.
func TestRoomForMoreByHand(t *testing.T) {
	// Twice 10 + 3*10 + 1 + 2 is 86, twice the threshold 20, twice the bias
	// of gain 1 is 6, and twice the current of two ticks 12.
	c := flat.Constants{Threshold: -10, KeepV: 1, KeepU: 0.5, V0: -1, Reset: -2, Gain: 1}
	roomy := profile.Widths{PotentialBits: 8, ThresholdBits: 5, ThresholdUnsigned: true,
		BiasBits: 4, CurrentBits: 5}
	for name, tt := range map[string]struct {
		model  snn.Model
		change func(c *flat.Constants, w *profile.Widths)
		want   bool
	}{
		"room": {snn.ModelLIF, func(*flat.Constants, *profile.Widths) {}, true},
		"potential": {snn.ModelLIF, func(_ *flat.Constants, w *profile.Widths) {
			w.PotentialBits = 7
		}, false},
		"threshold": {snn.ModelLIF, func(_ *flat.Constants, w *profile.Widths) {
			w.ThresholdBits = 4
		}, false},
		"sign of one": {snn.ModelLIF, func(_ *flat.Constants, w *profile.Widths) {
			w.ThresholdUnsigned = false
		}, false},
		"shifted one": {snn.ModelLIF, func(_ *flat.Constants, w *profile.Widths) {
			w.ThresholdBits, w.ThresholdShift = 4, 1
		}, true},
		"bias": {snn.ModelLIF, func(_ *flat.Constants, w *profile.Widths) {
			w.BiasBits = 3
		}, false},
		"bias of a gain": {snn.ModelLIF, func(c *flat.Constants, _ *profile.Widths) {
			c.Gain = 2
		}, false},
		"shifted bias": {snn.ModelLIF, func(_ *flat.Constants, w *profile.Widths) {
			w.BiasBits, w.BiasExponentMax = 3, 1
		}, true},
		"no current": {snn.ModelLIF, func(_ *flat.Constants, w *profile.Widths) {
			w.CurrentBits = 2
		}, true},
		"current": {snn.ModelCubaLIF, func(_ *flat.Constants, w *profile.Widths) {
			w.CurrentBits, w.PotentialBits = 4, 16
		}, false},
		"room of current": {snn.ModelCubaLIF, func(_ *flat.Constants, w *profile.Widths) {
			w.PotentialBits = 16
		}, true},
		// The swing ends at a fixed number of ticks, a leak earlier.
		"a leak": {snn.ModelLIF, func(c *flat.Constants, w *profile.Widths) {
			c.KeepV, w.PotentialBits = 0.5, 7
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			c, w := c, roomy
			tt.change(&c, &w)
			require.Equal(t, tt.want, bounded(tt.model, c, w).roomForMore())
		})
	}
}

// TestPileByHand: what keeps a half or three quarters of itself lags two or four
// bits behind, and what keeps all or nothing one.
func TestPileByHand(t *testing.T) {
	for _, c := range []struct {
		keepV, keepU, want float64
	}{{1, 0, 1}, {0, 0, 1}, {0.5, 0, 2}, {0.75, 0, 4}, {0.5, 0.75, 8}, {1, 0.5, 2}} {
		require.Equal(t, c.want, pile(&flat.Constants{KeepV: c.keepV, KeepU: c.keepU}))
	}
}

// TestWeightsThatNoScaleHolds are refused by the layer's name.
func TestWeightsThatNoScaleHolds(t *testing.T) {
	chip, err := profile.Load("adder")
	require.NoError(t, err)
	for _, weight := range []float64{1e300, 1e-300} {
		f := &flat.Network{
			Name: "vast", InputName: "in", InputShape: snn.Shape{1},
			Populations: []flat.Population{{Name: "y", Shape: snn.Shape{1},
				Neuron: &snn.Neuron{Model: snn.ModelI, R: []float64{1}, UnitStep: true}}},
			Projections: []flat.Projection{{
				Source: flat.FromInput, Weights: flat.Weights{Sources: 1, Targets: 1,
					Start: []int64{0, 1}, Target: []int32{0}, Value: []float64{weight}},
			}},
		}
		_, _, err = Network(f, Options{WeightBits: 8, Ticks: 4}, chip)
		require.ErrorContains(t, err, "y: neuron 0: its weights reach 1e", "weight %g", weight)
	}
}

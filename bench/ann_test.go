package bench

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/energy"
	"adder/internal/dataset"
	"adder/sample"
	"adder/snn"
)

// tinyANN has 4 inputs, 2 ReLUs and 2 outputs. Its classes are whether the
// left or the right half of an image is brighter.
func tinyANN() *snn.Network {
	net := &snn.Network{Name: "tiny"}
	in, out := snn.Shape{4}, snn.Shape{2}
	a := net.AddNode("input", &snn.Input{}, in, in)
	b := net.AddNode("dense1",
		&snn.Dense{W: &snn.Matrix64{Rows: 2, Cols: 4, Data: []float64{1, 1, -1, -1, -1, -1, 1, 1}},
			Bias: []float64{0, 0}}, in, out)
	c := net.AddNode("relu", &snn.Relu{}, out, out)
	d := net.AddNode("dense2",
		&snn.Dense{W: &snn.Matrix64{Rows: 2, Cols: 2, Data: []float64{1, 0, 0, 1}},
			Bias: []float64{0, 0}}, out, out)
	e := net.AddNode("output", &snn.Output{}, out, out)
	net.Connect(a, b)
	net.Connect(b, c)
	net.Connect(c, d)
	net.Connect(d, e)
	return net
}

// tinySet has two images of 2x2 pixels; three of four pixels of each are
// black.
func tinySet() *dataset.Set {
	return &dataset.Set{Name: "tiny", Shape: []int{2, 2}, Classes: 2,
		Bytes: []uint8{255, 0, 0, 0, 0, 0, 0, 255}, Labels: []int32{0, 1}}
}

func evaluateTiny(t testing.TB) *ANNEvaluation {
	t.Helper()
	e, err := EvaluateANN(context.Background(),
		ANNRun{Network: tinyANN(), Samples: &sample.Values{Set: tinySet()}, Workers: 2})
	require.NoError(t, err)
	return e
}

func TestEvaluateANN(t *testing.T) {
	e := evaluateTiny(t)
	require.Equal(t, 1.0, e.Accuracy())
	require.Equal(t, int64(4*2+2*2), e.MACs)
	// One pixel meets 2 weights, one active ReLU another 2.
	require.Equal(t, 4.0, e.Effective())
}

func TestEvaluateANNDoesNotDependOnWorkers(t *testing.T) {
	set, err := dataset.Digits(dataset.Test, dataset.DigitsOptions{Test: 150})
	require.NoError(t, err)
	net := prototypes(t)
	var first *ANNEvaluation
	for _, workers := range []int{1, 2, 7, 1000} {
		e, err := EvaluateANN(context.Background(),
			ANNRun{Network: net, Samples: &sample.Values{Set: set}, Workers: workers})
		require.NoError(t, err)
		if first == nil {
			first = e
		}
		require.Equal(t, first, e)
	}
}

func TestEvaluateANNFaults(t *testing.T) {
	set := tinySet()
	set.Shape = []int{1, 2}
	_, err := EvaluateANN(context.Background(),
		ANNRun{Network: tinyANN(), Samples: &sample.Values{Set: set}})
	require.ErrorContains(t, err, "takes 4 elements; a sample of tiny has 2")

	_, err = EvaluateANN(context.Background(),
		ANNRun{Network: tinyANN(), Samples: &sample.Values{Set: tinySet().Head(0)}})
	require.ErrorContains(t, err, "no samples")

	stateful := &snn.Network{Name: "spiking"}
	stateful.AddNode("n", &snn.Neuron{Model: snn.ModelIF, R: []float64{1}, VThreshold: []float64{1},
		UnitStep: true}, snn.Shape{1}, snn.Shape{1})
	_, err = EvaluateANN(context.Background(),
		ANNRun{Network: stateful, Samples: &sample.Values{Set: tinySet()}})
	require.ErrorContains(t, err, "the ANN")

	done, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = EvaluateANN(done, ANNRun{Network: tinyANN(), Samples: &sample.Values{Set: tinySet()}})
	require.ErrorIs(t, err, context.Canceled)
}

func TestANNLedger(t *testing.T) {
	e := evaluateTiny(t)
	dense, skipped := annLedger(e,
		annDesign{precision: energy.Int8(), flow: Compulsory}), annLedger(e,
		annDesign{precision: energy.Int8(), flow: Compulsory, zeros: zerosOfActivations})
	for _, c := range []struct {
		event          string
		dense, skipped float64
	}{
		{"ann_macs", 12, 4},
		{"ann_multiplications", 12, 4},
		{"ann_additions", 12, 4},
		{"ann_comparisons", 2, 2},
		{"ann_requantisations", 2, 2},
		{"ann_weight_reads", 12, 4},
		{"ann_bias_reads", 4, 4},
		{"ann_activation_reads", 6, 6},
		{"ann_activation_writes", 4, 4},
		{"ann_accumulator_reads", 0, 0},
		{"ann_register_reads", 0, 0},
		{"ann_pad_bits", 4 + 2, 4 + 2},
	} {
		require.Equal(t, c.dense, dense.Count(c.event), c.event)
		require.Equal(t, c.skipped, skipped.Count(c.event), c.event)
	}
	fp32 := energy.Precision{WeightBits: 32, ActivationBits: 32, AccumulatorBits: 32}
	require.Zero(t,
		annLedger(e, annDesign{precision: fp32, flow: Compulsory}).Count("ann_requantisations"))
	// 12 weights and 6 activations of a byte, 4 biases of 4 bytes.
	require.Equal(t, int64(12+6+16), annFootprint(e, energy.Int8()))
	require.Equal(t, int64(4*(12+6+4)), annFootprint(e, fp32))
}

func TestANNEnergyByHand(t *testing.T) {
	e := evaluateTiny(t)
	ops, err := energy.LoadTable("45nm-ops")
	require.NoError(t, err)
	// 12 MACs x 0.3, 2 comparisons x 0.1, 2 requantisations x 3.1
	require.InDelta(t, 3.6+0.2+6.2,
		ops.Bill(annLedger(e, annDesign{precision: *ops.ANN, flow: Compulsory})).PJ, 1e-12)
	require.InDelta(t, 1.2+0.2+6.2,
		ops.Bill(annLedger(e, annDesign{precision: *ops.ANN, flow: Compulsory,
			zeros: zerosOfActivations})).PJ, 1e-12)

	// With 4-bit activations a multiplication is half as dear.
	narrow := *ops.ANN
	narrow.ActivationBits = 4
	require.InDelta(t, 12*(0.1+0.1)+0.2+6.2,
		ops.Bill(annLedger(e, annDesign{precision: narrow, flow: Compulsory})).PJ, 1e-12)

	memory, err := energy.LoadTable("45nm")
	require.NoError(t, err)
	// A memory of n bytes below 512 costs n/512 x 1.10/64 pJ per bit. Layer 1 keeps 8 bytes
	// of weights, 8 of biases, 4 in and 2 out, layer 2 keeps 4, 8, 2 and 2; each is moved
	// once.
	perBit := 1.10 / 64
	compulsory := 10 + (8.0*8+8*8+4*4+2*2+4*4+8*8+2*2+2*2)*8/512*perBit
	bill := func(d annDesign) float64 {
		d.precision = *memory.ANN
		return memory.Bill(annLedger(e, d)).PJ
	}
	require.InDelta(t, compulsory, bill(annDesign{flow: Compulsory}), 1e-12)
	// A register file of 512 bytes is read for a weight, an activation and a sum and written
	// for a sum, by each of 12 MACs.
	require.InDelta(t, compulsory+12*(8+8+32+32)*perBit, bill(annDesign{flow: RegisterFile}), 1e-12)
	// As the SNN, each MAC reads a weight (layer 1 does 8 from 8 bytes, layer 2 does 4 from
	// 4, as many as before) and reads and writes a sum in 8 bytes.
	require.InDelta(t, compulsory+12*2*32*8.0/512*perBit, bill(annDesign{flow: AsSNN}), 1e-12)
}

// TestSharedWeightsAreCounted: a kernel of 2x2 over 3x3 pixels keeps 4 weights
// that 4 outputs use each, and a scale has a factor and a shift per channel.
func TestSharedWeightsAreCounted(t *testing.T) {
	net := &snn.Network{Name: "conv"}
	in, out := snn.Shape{1, 3, 3}, snn.Shape{2, 2, 2}
	window := snn.Window{KernelH: 2, KernelW: 2, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1}
	net.AddNode("conv", &snn.Conv{
		Window: window, InChannels: 1, OutChannels: 2, Groups: 1, Weight: make([]float64, 8),
		Bias: make([]float64, 2)}, in, out)
	net.AddNode("scale", &snn.Scale{Factor: make([]float64, 2), Shift: make([]float64, 2)},
		out, out)
	e := &ANNEvaluation{Network: net, Samples: 3, EffectiveMACs: []int64{33, 12},
		NonzeroMACs: []int64{30, 6}}
	dense, skipped := annLedger(e,
		annDesign{precision: energy.Int8(), flow: Compulsory}), annLedger(e,
		annDesign{precision: energy.Int8(), flow: Compulsory, zeros: zerosOfActivations})
	for _, c := range []struct {
		event          string
		dense, skipped float64
	}{
		{"ann_macs", 32 + 8, 11 + 4},
		{"ann_weight_reads", 8 + 2, 8 + 2},
		{"ann_bias_reads", 2 + 2, 2 + 2},
		{"ann_activation_reads", 9 + 8, 9 + 8},
		{"ann_activation_writes", 8 + 8, 8 + 8},
		{"ann_accumulator_reads", 0, 0},
	} {
		require.Equal(t, c.dense, dense.Count(c.event), c.event)
		require.Equal(t, c.skipped, skipped.Count(c.event), c.event)
	}
	// 10 weights and 9 + 8 activations of a byte, 4 biases of 4 bytes.
	require.Equal(t, int64(10+17+16), annFootprint(e, energy.Int8()))
	require.Equal(t, int64(7),
		annFootprint(e, energy.Precision{WeightBits: 1, ActivationBits: 1, AccumulatorBits: 6}),
		"51 bits")
}

func TestPoolingIsCounted(t *testing.T) {
	net := &snn.Network{Name: "pool"}
	in, out := snn.Shape{1, 6, 4}, snn.Shape{1, 2, 2}
	window := snn.Window{KernelH: 3, KernelW: 2, StrideH: 3, StrideW: 2, DilationH: 1, DilationW: 1}
	net.AddNode("mean", &snn.Pool{Window: window, Average: true}, in, out)
	net.AddNode("max", &snn.MaxPool{Window: window}, in, out)
	net.AddNode("relu", &snn.Relu{}, in, in)
	l := annLedger(&ANNEvaluation{Network: net, Samples: 3, EffectiveMACs: make([]int64, 3),
		NonzeroMACs: make([]int64, 3)},
		annDesign{precision: energy.Int8(), flow: Compulsory})
	require.Equal(t, 24.0, l.Count("ann_adds"))
	require.Equal(t, 20.0+24, l.Count("ann_comparisons"))
	require.Equal(t, 24.0, l.Count("ann_requantisations"))
	require.Equal(t, 48.0, l.Count("ann_activation_reads"))
	require.Equal(t, 8.0, l.Count("ann_activation_writes"))
}

package bench

import (
	"context"
	"fmt"

	"adder/compiler/convert"
	"adder/compiler/levels"
	"adder/quantised"
	"adder/snn"
)

// annWeightBits is the width of weights of an ANN in integers.
const annWeightBits = 8

// maxBranchExponent bounds the powers of two by which an accelerator shifts the branches of
// a sum.
const maxBranchExponent = 8

// QuantisedANN is the result of an ANN with activations of ActivationBits bits.
type QuantisedANN struct {
	ActivationBits int
	// Classes has the class of each sample.
	Classes []int
	// Evaluation has the operations of the same ANN where zeros are those of its levels.
	Evaluation *ANNEvaluation
}

// evaluateQuantised runs an ANN at several widths of its inputs and activations on the samples of a
// run, as on an integer accelerator: 8-bit weights, and grids that are set on calibration samples
// (package levels). A width at which the ANN cannot be quantised is left out.
func evaluateQuantised(ctx context.Context, r ANNRun, calibration [][]float64,
	widths []int) ([]QuantisedANN, error) {
	real, err := convert.Prepare(r.Network, convert.Options{Pool: convert.PoolFold})
	if err != nil {
		return nil, err
	}
	o := levels.Options{Calibration: calibration, WeightBits: annWeightBits,
		MaxExponent: maxBranchExponent, Pool: convert.PoolFold}
	measured, err := levels.Measure(ctx, real, o)
	if err != nil {
		return nil, ctx.Err()
	}
	var out []QuantisedANN
	for _, width := range widths {
		o.InputBits, o.ActivationBits = width, width
		net, _, err := measured.Network(ctx, o)
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			continue
		}
		e, err := evaluateNetwork(ctx, r, net, width)
		if err != nil {
			return nil, err
		}
		out = append(out, *e)
	}
	return out, nil
}

// evaluateNetwork runs a quantised network as the ANN.
func evaluateNetwork(ctx context.Context, r ANNRun, net *quantised.Network,
	bits int) (*QuantisedANN, error) {
	integers, err := quantised.NewEvaluator(net)
	if err != nil {
		return nil, err
	}
	r.Stage = fmt.Sprintf("%s, %d bits", r.Stage, bits)
	e, err := evaluateANN(ctx, r, integers)
	if err != nil {
		return nil, err
	}
	return &QuantisedANN{ActivationBits: bits, Classes: e.Classes, Evaluation: e}, nil
}

// widest is the width of the activations of a quantised network, its input's included.
func widest(net *quantised.Network) int {
	bits := net.Input.Bits
	for i := range net.Populations {
		bits = max(bits, net.Populations[i].Bits)
	}
	return bits
}

// annWidths are the widths of activations of the ANNs that a report compares with an SNN: 8 bits,
// and as many as the SNN's ticks or code distinguish, unless a quantised network has that width.
func annWidths(fair int, given bool) []int {
	if fair < annWeightBits && !given {
		return []int{annWeightBits, fair}
	}
	return []int{annWeightBits}
}

// annEngine runs an ANN for a worker in real numbers or, if integers is not nil, in integers; it
// then counts operations on the real numbers that the integers represent.
type annEngine struct {
	analog   *snn.Analog
	integers *quantised.Evaluator
	// of maps each node that has levels to its source in the quantised network: 1 + the population,
	// 0 for none. Inputs are not in it.
	of    []int
	input int
	net   *quantised.Network
}

// newANNEngine copies its arguments.
func newANNEngine(n *snn.Network, analog *snn.Analog, integers *quantised.Evaluator) *annEngine {
	e := &annEngine{analog: analog.Clone()}
	if integers == nil {
		return e
	}
	e.integers, e.net = integers.Clone(), integers.Network()
	net := e.net
	e.of, e.input = make([]int, len(n.Nodes)), n.Inputs()[0]
	for p := range net.Populations {
		if i, ok := n.Find(net.Populations[p].Name); ok && p != net.Output {
			e.of[i] = p + 1
		}
	}
	return e
}

// run gives the class of a sample.
func (e *annEngine) run(x []float64) (int, error) {
	if e.integers == nil {
		y, err := e.analog.Run(x)
		if err != nil {
			return 0, err
		}
		return classOf(y), nil
	}
	sums, err := e.integers.Run(x)
	if err != nil {
		return 0, err
	}
	if _, err := e.analog.RunWith(x, e.replace); err != nil {
		return 0, err
	}
	return classOfSums(sums), nil
}

// replace replaces the output of a node by the values that its levels represent.
func (e *annEngine) replace(node int, y []float64) {
	if node == e.input {
		in := &e.net.Input
		for i, level := range e.integers.Levels(quantised.FromInput) {
			y[i] = float64(level-in.Zero) * in.Scale
		}
		return
	}
	p := e.of[node] - 1
	if p < 0 {
		return
	}
	pop := &e.net.Populations[p]
	switch len(y) {
	case pop.Size():
		for i, level := range e.integers.Levels(p) {
			y[i] = float64(level-pop.Zero) * snn.At(pop.Scale, min(i, len(pop.Scale)-1), 1)
		}
	case pop.Neurons:
		for i, sum := range e.integers.Sums(p) {
			y[i] = float64(pop.Level(i, sum)-pop.Zero) * snn.At(pop.Scale, i, 1)
		}
	}
}

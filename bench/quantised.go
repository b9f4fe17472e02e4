package bench

import (
	"context"
	"fmt"
	"math"

	"adder/snn"
)

// Quantise gives an ANN as an integer accelerator has it: weights of each layer on one grid
// of weightBits, signed and symmetric; inputs and activations on one grid each of
// 2^activationBits levels from 0 up to a ceiling. A ceiling is the share of the largest
// activation on the calibration samples that has the least squared error there. Biases are
// left as they are: an accelerator has 32 bits for them. Inputs below 0 stay as they are.
func Quantise(n *snn.Network, calibration [][]float64, weightBits, activationBits int) (*snn.Network, error) {
	ranges, err := activationsOf(n, calibration)
	if err != nil {
		return nil, err
	}
	levels := 1<<activationBits - 1
	out := &snn.Network{Name: fmt.Sprintf("%s, %d-bit weights, %d-bit activations", n.Name, weightBits, activationBits), DT: n.DT}
	at := make([]int, len(n.Nodes))
	for i := range n.Nodes {
		node := &n.Nodes[i]
		op := onGrid(node.Op, weightBits)
		if relu, ok := op.(*snn.Relu); ok {
			ceil := relu.Ceil
			if ceil == 0 {
				ceil = bestCeiling(ranges[i], levels)
			}
			op = &snn.Relu{Ceil: ceil, Levels: levels}
		}
		at[i] = out.AddNode(node.Name, op, node.In, node.Out)
		if _, input := node.Op.(*snn.Input); input && least(ranges[i]) >= 0 {
			rounded := out.AddNode(node.Name+".quantised", &snn.Relu{Ceil: bestCeiling(ranges[i], levels), Levels: levels}, node.Out, node.Out)
			out.Connect(at[i], rounded)
			at[i] = rounded
		}
	}
	for _, e := range n.Edges {
		to := at[e.To]
		out.Connect(at[e.From], to)
	}
	return out, out.Validate()
}

// activationsOf collects what inputs and activations put out on samples.
func activationsOf(n *snn.Network, samples [][]float64) (map[int][]float64, error) {
	analog, err := snn.NewAnalog(n)
	if err != nil {
		return nil, fmt.Errorf("quantise the ANN: %w", err)
	}
	out := map[int][]float64{}
	for _, x := range samples {
		if _, err := analog.Run(x); err != nil {
			return nil, fmt.Errorf("quantise the ANN: %w", err)
		}
		for i := range n.Nodes {
			switch n.Nodes[i].Op.(type) {
			case *snn.Input, *snn.Relu:
				out[i] = append(out[i], analog.Activation(i)...)
			}
		}
	}
	return out, nil
}

func least(x []float64) float64 {
	low := math.Inf(1)
	for _, v := range x {
		low = min(low, v)
	}
	return low
}

// bestCeiling is the ceiling of so many levels with the least squared error.
func bestCeiling(x []float64, levels int) float64 {
	top := 0.0
	for _, v := range x {
		top = max(top, v)
	}
	if top == 0 {
		return 1
	}
	const steps = 20
	best, bestError := top, math.Inf(1)
	for s := steps; s > steps/4; s-- {
		ceil := top * float64(s) / steps
		sum := 0.0
		for _, v := range x {
			q := ceil * math.Floor(min(v, ceil)/ceil*float64(levels)+0.5) / float64(levels)
			sum += float64((v - q) * (v - q))
		}
		if sum < bestError {
			best, bestError = ceil, sum
		}
	}
	return best
}

// onGrid rounds a layer's weights, ties to even, to a symmetric grid of so many bits. The
// largest magnitude is on it.
func onGrid(op snn.Op, weightBits int) snn.Op {
	switch op := op.(type) {
	case *snn.Dense:
		rows, cols := op.W.Dims()
		data := make([]float64, rows*cols)
		for r := range rows {
			op.W.Row(r, data[r*cols:(r+1)*cols])
		}
		return &snn.Dense{W: &snn.Matrix64{Rows: rows, Cols: cols, Data: roundAll(data, weightBits)}, Bias: op.Bias}
	case *snn.Conv:
		rounded := *op
		rounded.Weight = roundAll(append([]float64(nil), op.Weight...), weightBits)
		return &rounded
	}
	return op
}

func roundAll(w []float64, bits int) []float64 {
	top := 0.0
	for _, v := range w {
		top = max(top, math.Abs(v))
	}
	if top == 0 {
		return w
	}
	step := top / float64(int(1)<<(bits-1)-1)
	for i, v := range w {
		w[i] = step * math.RoundToEven(v/step)
	}
	return w
}

// EvaluateQuantised runs an ANN at several widths of its activations on the samples of a
// run. Weights have 8 bits.
func EvaluateQuantised(ctx context.Context, r ANNRun, calibration [][]float64, widths []int) ([]QuantisedANN, error) {
	var out []QuantisedANN
	for _, width := range widths {
		net, err := Quantise(r.Network, calibration, 8, width)
		if err != nil {
			return nil, err
		}
		run := r
		run.Network = net
		e, err := EvaluateANN(ctx, run)
		if err != nil {
			return nil, err
		}
		out = append(out, QuantisedANN{ActivationBits: width, Classes: e.Classes})
	}
	return out, nil
}

// QuantisedWidths are the widths of activations that a report wants of an ANN beside the
// SNN of so many ticks: 8 bits, and what is fair for the ticks.
func QuantisedWidths(ticks int) []int {
	if fair := fairBits(ticks); fair < 8 {
		return []int{8, fair}
	}
	return []int{8}
}

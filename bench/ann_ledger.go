package bench

import "adder/bench/energy"

// annReuse states what the ANN's traffic assumes.
const annReuse = "batch 1; compulsory: every weight, bias and activation is moved once per layer " +
	"and partial " +
	"sums cost nothing, which is a lower bound; with zeros skipped, the weights of nonzero " +
	"inputs are moved"

// annDesign is the accelerator that an ANN is priced on: it depends on the ANN alone.
type annDesign struct {
	precision energy.Precision
	flow      Dataflow
	zeros     zeros
}

// annLedger lists the events of an ANN. Memories are as large as what a layer keeps in them.
func annLedger(e *ANNEvaluation, d annDesign) *energy.Ledger {
	l := &energy.Ledger{Samples: int64(max(e.Samples, 1))}
	layers := annLayers(e)
	for i := range layers {
		enterANNLayer(l, &layers[i], d)
	}
	enterANNPads(l, e, d.precision)
	return l
}

// enterANNLayer adds a layer's events, which are totals over all samples.
func enterANNLayer(l *energy.Ledger, a *annLayer, d annDesign) {
	n := l.Samples
	macs := a.done(d.zeros, n)
	l.Add("ann_macs", macs)
	l.Entries = append(l.Entries, energy.Entry{
		Event: "ann_multiplications", Count: macs, Width: multiplierWidth(d.precision),
	})
	l.Add("ann_additions", macs)
	l.Add("ann_adds", a.adds*n)
	l.Add("ann_comparisons", a.comparisons*n)
	if a.activates {
		if d.precision.Integer() {
			l.Add("ann_requantisations", a.outputs*n)
		}
		return
	}
	enterANNMoves(l, a, d, macs)
}

// multiplierWidth is the energy of a multiplication by that of 8 bits by 8: as many
// partial products as the operands have bits. A price is that of the table's own ANN.
func multiplierWidth(p energy.Precision) float64 {
	if !p.Integer() {
		return 1
	}
	return float64(p.WeightBits*p.ActivationBits) / 64
}

// enterANNMoves adds what a layer that is no activation moves.
func enterANNMoves(l *energy.Ledger, a *annLayer, d annDesign, macs int64) {
	n, p := l.Samples, d.precision
	keep := func(kept int64, width int) float64 { return float64(kept) * float64(width) / 8 }
	if a.weights > 0 {
		weights := a.weights * n
		switch {
		case d.flow == AsSNN:
			weights = macs
		case d.zeros != zerosKept:
			weights = min(weights, macs) // a weight that meets only zeros is not fetched
		}
		l.Touch("ann_weight_reads", weights, p.WeightBits, keep(a.weights, p.WeightBits))
		l.Touch("ann_bias_reads", a.biases*n, p.BiasBits(), keep(a.biases, p.BiasBits()))
	}
	l.Touch("ann_activation_reads", a.inputs*n, p.ActivationBits, keep(a.inputs, p.ActivationBits))
	l.Touch("ann_activation_writes", a.outputs*n, p.ActivationBits,
		keep(a.outputs, p.ActivationBits))
	switch d.flow {
	case RegisterFile:
		for _, width := range []int{p.WeightBits, p.ActivationBits, p.AccumulatorBits} {
			l.Touch("ann_register_reads", macs, width, registerFileBytes)
		}
		l.Touch("ann_register_writes", macs, p.AccumulatorBits, registerFileBytes)
	case AsSNN:
		sums := keep(a.outputs, p.AccumulatorBits)
		l.Touch("ann_accumulator_reads", macs, p.AccumulatorBits, sums)
		l.Touch("ann_accumulator_writes", macs, p.AccumulatorBits, sums)
	}
}

// enterANNPads adds what crosses the pads: the inputs in, the outputs' sums out.
func enterANNPads(l *energy.Ledger, e *ANNEvaluation, p energy.Precision) {
	var in, out int64
	for _, i := range e.Network.Inputs() {
		in += int64(e.Network.Nodes[i].Out.Size())
	}
	for _, i := range e.Network.Outputs() {
		out += int64(e.Network.Nodes[i].Out.Size())
	}
	l.Touch("ann_pad_bits", in*l.Samples, p.ActivationBits, 0)
	l.Touch("ann_pad_bits", out*l.Samples, p.AccumulatorBits, 0)
}

// annFootprint is the memory of an ANN in bytes: weights, biases, and
// the largest layer's inputs and outputs.
func annFootprint(e *ANNEvaluation, p energy.Precision) int64 {
	var bits, activations int64
	for _, layer := range annLayers(e) {
		bits += layer.weights*int64(p.WeightBits) + layer.biases*int64(p.BiasBits())
		activations = max(activations, (layer.inputs+layer.outputs)*int64(p.ActivationBits))
	}
	return (bits + activations + 7) / 8
}

package bench

import (
	"adder/bench/energy"
	"adder/snn"
)

// annReuse states what the ANN's traffic assumes.
const annReuse = "batch 1; every weight and bias is read once per inference, every activation is written once and read once per layer, " +
	"partial sums stay in the multiplier's register; with zeros skipped, the weights of nonzero inputs are read, " +
	"and partial sums are kept in accumulators, as the SNN's are"

// annLayer is a node of an ANN that computes, in numbers.
type annLayer struct {
	macs, effective   int64 // effective is a total over all samples
	weights, biases   int64
	adds, comparisons int64
	inputs, outputs   int64
	// activates marks an activation, which works on the accumulator before
	// it is written and so moves nothing.
	activates bool
}

// annLayers reads the computing nodes of a network in their order.
func annLayers(e *ANNEvaluation) []annLayer {
	var layers []annLayer
	for i := range e.Network.Nodes {
		node := &e.Network.Nodes[i]
		l := annLayer{
			macs: snn.MACs(node), effective: e.EffectiveMACs[i],
			inputs: int64(node.In.Size()), outputs: int64(node.Out.Size()),
		}
		switch op := node.Op.(type) {
		case *snn.Dense:
			l.biases = int64(len(op.Bias))
		case *snn.Conv:
			l.biases = int64(len(op.Bias))
		case *snn.Scale:
			l.biases = int64(len(op.Shift))
		case *snn.Pool:
			l.adds = l.outputs * int64(op.Window.KernelH*op.Window.KernelW)
		case *snn.MaxPool:
			l.comparisons = l.outputs * int64(op.Window.KernelH*op.Window.KernelW-1)
		case *snn.Relu:
			l.comparisons, l.activates = l.outputs, true
		default:
			continue
		}
		l.weights = snn.Parameters(node) - l.biases
		layers = append(layers, l)
	}
	return layers
}

// annLedger lists the events of an ANN of a precision; skip is the ANN
// that skips inputs of 0. Memories are as large as what a layer keeps in them,
// its weights in banks of at most bank bytes, if that is not 0.
func annLedger(e *ANNEvaluation, p energy.Precision, bank float64, skip bool) *energy.Ledger {
	l := &energy.Ledger{Samples: int64(max(e.Samples, 1))}
	for _, layer := range annLayers(e) {
		enterLayer(l, &layer, p, bank, skip)
	}
	return l
}

// enterLayer adds a layer's events, which are totals over all samples.
func enterLayer(l *energy.Ledger, a *annLayer, p energy.Precision, bank float64, skip bool) {
	add := func(event string, n int64) { l.Entries = append(l.Entries, energy.Entry{Event: event, Count: n}) }
	touch := func(event string, n int64, bits int, kept int64, most float64) {
		bytes := float64(kept) * float64(bits) / 8
		if most > 0 {
			bytes = min(bytes, most)
		}
		l.Entries = append(l.Entries, energy.Entry{Event: event, Count: n, Bits: float64(bits), Bytes: bytes})
	}
	n := l.Samples
	macs, weights := a.macs*n, a.weights*n
	if skip {
		macs, weights = a.effective, a.effective
	}
	add("ann_macs", macs)
	add("ann_adds", a.adds*n)
	add("ann_comparisons", a.comparisons*n)
	if a.activates {
		if p.Integer() {
			add("ann_requantisations", a.outputs*n)
		}
		return
	}
	if a.weights > 0 {
		touch("ann_weight_reads", weights, p.WeightBits, a.weights, bank)
		touch("ann_bias_reads", a.biases*n, p.BiasBits(), a.biases, 0)
	}
	touch("ann_activation_reads", a.inputs*n, p.ActivationBits, a.inputs, 0)
	touch("ann_activation_writes", a.outputs*n, p.ActivationBits, a.outputs, 0)
	if skip && a.weights > 0 {
		touch("ann_accumulator_reads", macs, p.AccumulatorBits, a.outputs, 0)
		touch("ann_accumulator_writes", macs, p.AccumulatorBits, a.outputs, 0)
	}
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

package bench

import "adder/snn"

// annLayer is a node of an ANN that computes, in numbers.
type annLayer struct {
	name string
	// macs are per inference. effective, whose input is not 0, and nonzero, whose input
	// and weight are not, are totals over all samples.
	macs, effective, nonzero int64
	weights, biases          int64
	adds, comparisons        int64
	inputs, outputs          int64
	// activates marks an activation, which works on the accumulator before
	// it is written and so moves nothing.
	activates bool
}

// done is how many multiply-accumulates are done over all samples.
func (a *annLayer) done(z zeros, samples int64) int64 {
	switch z {
	case zerosOfActivations:
		return a.effective
	case zerosOfBoth:
		return a.nonzero
	}
	return a.macs * samples
}

// annLayers reads the computing nodes of a network in their order.
func annLayers(e *ANNEvaluation) []annLayer {
	var layers []annLayer
	for i := range e.Network.Nodes {
		node := &e.Network.Nodes[i]
		l := annLayer{
			name: node.Name,
			macs: snn.MACs(node), effective: e.EffectiveMACs[i], nonzero: e.NonzeroMACs[i],
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
		l.weights = snn.Weights(node)
		layers = append(layers, l)
	}
	return layers
}

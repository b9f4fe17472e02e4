package snn

// MACs is the number of multiply-accumulates of one evaluation of the node: rows x columns of a
// Dense (for each leading axis element), the taps of a Conv inside the signal (zero padding costs
// nothing), one per element of a Scale. Pooling adds without multiplying and counts 0, as does
// everything else. The node must be valid.
func MACs(node *Node) int64 {
	switch op := node.Op.(type) {
	case *Dense:
		_, cols := op.W.Dims()
		return int64(node.Out.Size()) * int64(cols)
	case *Conv:
		_, h, w, _ := spatial(node.In)
		vertical, horizontal := op.Window.axes(h, w)
		perTap := int64(op.InChannels/op.Groups) * int64(op.OutChannels)
		return perTap * vertical.insideTotal() * horizontal.insideTotal()
	case *Scale:
		return int64(node.In.Size())
	}
	return 0
}

// parameters is the number of trained numbers that the node stores:
// weights, biases, factors and shifts. Neuron parameters are not counted.
func parameters(node *Node) int64 {
	switch op := node.Op.(type) {
	case *Dense:
		rows, cols := op.W.Dims()
		return int64(rows)*int64(cols) + int64(len(op.Bias))
	case *Conv:
		return int64(len(op.Weight) + len(op.Bias))
	case *Scale:
		return int64(len(op.Factor) + len(op.Shift))
	}
	return 0
}

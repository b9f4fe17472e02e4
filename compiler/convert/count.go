package convert

import "adder/snn"

// Neurons is the number of neurons of a converted ANN: one for each element of an activation and of
// the output, and those of the form for each max-pooling layer. It needs no calibration. For a
// network with neurons it is their number.
func Neurons(net *snn.Network, c Options) (int, error) {
	total := 0
	if !net.IsANN() {
		for i := range net.Nodes {
			if net.Nodes[i].Op.Kind() == "neuron" {
				total += net.Nodes[i].Out.Size()
			}
		}
		return total, nil
	}
	net, err := Prepare(net, c)
	if err != nil {
		return 0, err
	}
	for i := range net.Nodes {
		total += neuronsOf(&net.Nodes[i], c.MaxPool)
	}
	return total, nil
}

// neuronsOf counts the neurons that a node becomes.
func neuronsOf(node *snn.Node, form MaxPool) int {
	size := node.Out.Size()
	switch op := node.Op.(type) {
	case *snn.Relu, *snn.Output:
		return size
	case *snn.MaxPool:
		if form == MaxPoolFirst {
			return 2 * size * op.Window.KernelH * op.Window.KernelW
		}
		return size
	}
	return 0
}

package snn

// NonzeroMACs is the number of multiply-accumulates of node i in the last Run with a nonzero input
// and a nonzero weight.
func (a *Analog) NonzeroMACs(i int) int64 {
	reach := a.plan.reach(i)
	if reach == nil {
		return a.macs[i]
	}
	var n int64
	for k, v := range a.plan.arriving(a.signals, i) {
		if v != 0 {
			n += int64(reach[k])
		}
	}
	return n
}

// reach has, per input of node i, the nonzero weights that it meets. It is nil where the
// node has no weight of 0, and where it has no weights.
func (p *plan) reach(i int) []int32 {
	p.reached[i].once.Do(func() {
		node := &p.net.Nodes[i]
		if MACs(node) > 0 {
			p.reached[i].of = reachOf(node)
		}
	})
	return p.reached[i].of
}

func reachOf(node *Node) []int32 {
	reach, zeros := make([]int32, node.In.Size()), false
	for src := range reach {
		Fanout(node, src, func(_ int, w float64) {
			if w != 0 {
				reach[src]++
			} else {
				zeros = true
			}
		})
	}
	if !zeros {
		return nil
	}
	return reach
}

// Weights is the number of weights that a node stores, without biases and shifts.
func Weights(node *Node) int64 {
	switch op := node.Op.(type) {
	case *Dense:
		return parameters(node) - int64(len(op.Bias))
	case *Conv:
		return parameters(node) - int64(len(op.Bias))
	case *Scale:
		return parameters(node) - int64(len(op.Shift))
	}
	return 0
}

// ZeroWeights counts the weights of a node that are 0, without biases and shifts.
func ZeroWeights(node *Node) int64 {
	var n int64
	count := func(weights []float64) {
		for _, w := range weights {
			if w == 0 {
				n++
			}
		}
	}
	switch op := node.Op.(type) {
	case *Dense:
		rows, cols := op.W.Dims()
		buf := make([]float64, cols)
		for r := range rows {
			count(op.W.Row(r, buf))
		}
	case *Conv:
		count(op.Weight)
	case *Scale:
		count(op.Factor)
	}
	return n
}

package qat

import (
	"errors"
	"fmt"

	"adder/snn"
	"adder/train/layer"
)

// From returns a network that begins with the weights of a trained one: a chain of fully
// connected and convolutional layers with ReLU between them, and pools. cfg.Net is not used.
func From(cfg Config, net *snn.Network, input layer.Shape) (*Network, error) {
	c := chain{shape: input}
	if err := c.walk(net); err != nil {
		return nil, fmt.Errorf("%s: %w", net.Name, err)
	}
	n, err := newNetwork(cfg, input, c.stages)
	if err != nil {
		return nil, err
	}
	for i := range n.stages {
		s := &n.stages[i]
		copy(s.weights, layer.Import(s.Linear, c.weights[i]))
		for k, b := range c.biases[i] {
			s.biases[k] = float32(b)
		}
	}
	return n, nil
}

// chain is a network that is read node by node.
type chain struct {
	shape           layer.Shape
	pools           []*layer.Pool
	stages          []layer.Stage
	weights         [][]float32
	biases          [][]float64
	activated       bool // the last layer has its ReLU
	denses, squares int
}

func (c *chain) walk(net *snn.Network) error {
	inputs := net.Inputs()
	if len(inputs) != 1 || len(net.Outputs()) != 1 {
		return errors.New("it has several inputs or outputs: a chain of layers can be fine-tuned")
	}
	at := inputs[0]
	for {
		next := -1
		for _, e := range net.Edges {
			if e.From == at && next >= 0 || e.From == at && len(net.Incoming(e.To)) > 1 {
				return fmt.Errorf("the signal of node %q goes or joins several ways: a chain of "+
					"layers can be fine-tuned", net.Nodes[at].Name)
			}
			if e.From == at {
				next = e.To
			}
		}
		if next < 0 {
			return errors.New("it ends before its output")
		}
		at = next
		node := &net.Nodes[at]
		if node.Op.Kind() == "output" {
			return c.finish()
		}
		if err := c.node(node); err != nil {
			return fmt.Errorf("node %q (%s): %w", node.Name, node.Op.Kind(), err)
		}
	}
}

func (c *chain) finish() error {
	if len(c.stages) == 0 || c.activated || len(c.pools) > 0 {
		return errors.New("it must end with a layer of weights without an activation")
	}
	return nil
}

func (c *chain) node(node *snn.Node) error {
	switch op := node.Op.(type) {
	case *snn.Reshape:
		return nil
	case *snn.Relu:
		if c.activated || len(c.stages) == 0 || len(c.pools) > 0 {
			return errors.New("an activation must follow its layer of weights")
		}
		c.activated = true
		return nil
	case *snn.Dense:
		rows, cols := op.W.Dims()
		if cols != c.shape.Size() {
			return fmt.Errorf("it hears %d of %d inputs", cols, c.shape.Size())
		}
		c.denses++
		w, row := make([]float32, 0, rows*cols), make([]float64, cols)
		for r := range rows {
			for _, v := range op.W.Row(r, row) {
				w = append(w, float32(v))
			}
		}
		return c.add(fmt.Sprintf("fc%d", c.denses), &layer.Dense{Of: c.shape, Outputs: rows}, w,
			op.Bias)
	case *snn.Conv:
		return c.conv(op)
	case *snn.Pool:
		if !op.Average {
			return errors.New("sums of windows cannot be fine-tuned: use means")
		}
		return c.pool(op.Window, false)
	case *snn.MaxPool:
		return c.pool(op.Window, true)
	}
	return errors.New("such nodes cannot be fine-tuned: dense, conv, pools and ReLU can")
}

func (c *chain) conv(op *snn.Conv) error {
	w := op.Window
	square := snn.Window{
		KernelH: w.KernelH, KernelW: w.KernelH, StrideH: w.StrideH, StrideW: w.StrideH,
		DilationH: 1, DilationW: 1,
		PadTop: w.PadTop, PadLeft: w.PadTop, PadBottom: w.PadTop, PadRight: w.PadTop,
	}
	if w != square || op.Groups > 1 || op.InChannels != c.shape.Channels {
		return errors.New("convolutions with square kernels, equal padding, one group and no " +
			"dilation can be fine-tuned")
	}
	c.squares++
	weights := make([]float32, len(op.Weight))
	for i, v := range op.Weight {
		weights[i] = float32(v)
	}
	return c.add(fmt.Sprintf("conv%d", c.squares), &layer.Conv{
		Of: c.shape, Outputs: op.OutChannels, Kernel: w.KernelH, Stride: w.StrideH,
		Padding: w.PadTop,
	}, weights, op.Bias)
}

func (c *chain) add(name string, l layer.Linear, weights []float32, biases []float64) error {
	if len(c.stages) > 0 && !c.activated {
		return errors.New("two layers of weights without an activation between them: fold them " +
			"into one")
	}
	c.stages = append(c.stages, layer.Stage{Name: name, Pools: c.pools, Linear: l})
	c.weights, c.biases = append(c.weights, weights), append(c.biases, biases)
	c.pools, c.shape, c.activated = nil, l.Out(), false
	return nil
}

func (c *chain) pool(w snn.Window, largest bool) error {
	square := snn.Window{
		KernelH: w.KernelH, KernelW: w.KernelH, StrideH: w.KernelH, StrideW: w.KernelH,
		DilationH: 1, DilationW: 1,
	}
	if w != square {
		return errors.New("pools with square windows side by side and no padding can be fine-tuned")
	}
	if len(c.stages) == 0 || !c.activated {
		return errors.New("a pool must follow an activation to be fine-tuned")
	}
	p := &layer.Pool{Of: c.shape, Kernel: w.KernelH, Max: largest}
	c.pools, c.shape = append(c.pools, p), p.Out()
	return nil
}

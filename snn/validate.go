package snn

import (
	"errors"
	"fmt"
)

// Validate checks that the network can be evaluated: it has inputs and
// outputs, names are unique, edges connect nodes that exist and shapes
// that agree, parameters fit their signals and are finite, and every loop
// has an edge that is Delayed and leaves a neuron. The first fault is
// returned, with the node or edge it is in.
func (n *Network) Validate() error {
	if err := n.checkNames(); err != nil {
		return fmt.Errorf("network %s: %w", n.Name, err)
	}
	for i := range n.Nodes {
		if err := n.Nodes[i].check(); err != nil {
			return fmt.Errorf("network %s: %w", n.Name, err)
		}
	}
	for _, e := range n.Edges {
		if err := n.checkEdge(e); err != nil {
			return fmt.Errorf("network %s: %w", n.Name, err)
		}
	}
	_, err := n.Order()
	return err
}

func (n *Network) checkNames() error {
	seen := make(map[string]bool, len(n.Nodes))
	for i := range n.Nodes {
		v := &n.Nodes[i]
		if v.Name == "" {
			return fmt.Errorf("node number %d has no name", i)
		}
		if seen[v.Name] {
			return fmt.Errorf("two nodes are called %q", v.Name)
		}
		if v.Op == nil {
			return fmt.Errorf("node %q has no operation", v.Name)
		}
		seen[v.Name] = true
	}
	if len(n.Inputs()) == 0 {
		return errors.New("no Input node: nothing can be fed")
	}
	if len(n.Outputs()) == 0 {
		return errors.New("no Output node: nothing can be read")
	}
	return nil
}

// check compares the node's output shape with what its operation makes of
// its input shape.
func (v *Node) check() error {
	out, err := Infer(v.Op, v.In)
	if err != nil {
		return fmt.Errorf("node %q (%s): %w", v.Name, v.Op.Kind(), err)
	}
	if err := v.Out.check(); err != nil {
		return fmt.Errorf("node %q (%s): output: %w", v.Name, v.Op.Kind(), err)
	}
	switch op := v.Op.(type) {
	case *Reshape:
		if v.In.Size() != v.Out.Size() {
			return fmt.Errorf("node %q (reshape): %s has %d elements, %s has %d", v.Name, v.In,
				v.In.Size(), v.Out, v.Out.Size())
		}
		return nil
	case *Gather:
		if err := op.check(v.In, v.Out); err != nil {
			return fmt.Errorf("node %q (gather): %w", v.Name, err)
		}
		return nil
	}
	if !out.Equal(v.Out) {
		return fmt.Errorf("node %q (%s): makes %s of %s, but its output is declared %s", v.Name,
			v.Op.Kind(), out, v.In, v.Out)
	}
	return nil
}

func (n *Network) checkEdge(e Edge) error {
	if e.From < 0 || e.From >= len(n.Nodes) || e.To < 0 || e.To >= len(n.Nodes) {
		return fmt.Errorf("edge (%d, %d) names a node out of range, there are %d", e.From, e.To,
			len(n.Nodes))
	}
	from, to := &n.Nodes[e.From], &n.Nodes[e.To]
	label := fmt.Sprintf("edge (%q, %q)", from.Name, to.Name)
	if from.Op.Kind() == "output" {
		return fmt.Errorf("%s leaves an Output", label)
	}
	if to.Op.Kind() == "input" {
		return fmt.Errorf("%s enters an Input", label)
	}
	if e.Delayed && from.Op.Kind() != "neuron" {
		return fmt.Errorf("%s is delayed by a tick, but its source is of kind %s; only a "+
			"neuron's signal can be", label, from.Op.Kind())
	}
	if !from.Out.Equal(to.In) {
		return fmt.Errorf("%s: the source puts out %s, the target takes %s", label, from.Out, to.In)
	}
	return nil
}

package onnx

import (
	"errors"
	"fmt"
	"strings"
)

// indexGraph records the node of each name; a name defined twice is an error.
func (b *builder) indexGraph() error {
	for i := range b.graph.initializers {
		t := &b.graph.initializers[i]
		if t.name == "" || b.initializers[t.name] != nil {
			return fmt.Errorf("initializer %d '%s' has no name of its own; export the model again",
				i, printable(t.name))
		}
		b.initializers[t.name] = t
	}
	for i := range b.graph.nodes {
		n := &b.graph.nodes[i]
		for _, out := range n.outputs {
			if out == "" {
				continue
			}
			if first, ok := b.producers[out]; ok {
				return fmt.Errorf("%s gives '%s', which %s gives too; export the model again",
					nodeLabel(i, n), printable(out), nodeLabel(first, &b.graph.nodes[first]))
			}
			if b.initializers[out] != nil {
				return fmt.Errorf("%s gives '%s', which is an initializer; export the model again",
					nodeLabel(i, n), printable(out))
			}
			if b.graphInput(out) != nil {
				return fmt.Errorf("%s gives '%s', which is an input of the graph; export the "+
					"model again", nodeLabel(i, n), printable(out))
			}
			b.producers[out] = i
		}
	}
	return nil
}

// chooseOutput takes the output that the options name, which may be any
// name that a node gives, else the first.
func (b *builder) chooseOutput() error {
	if name := b.opts.Output; name != "" {
		if _, ok := b.producers[name]; !ok {
			return fmt.Errorf("no node gives the output '%s' that --output names; the graph's "+
				"outputs are %s", printable(name), nameList(b.graph.outputs))
		}
		b.output = name
		return nil
	}
	outputs := b.graph.outputs
	if len(outputs) == 0 {
		return errors.New("the graph has no output; export the model again")
	}
	if b.output = outputs[0].name; b.output == "" {
		return errors.New("the graph's output has no name; export the model again")
	}
	if len(outputs) > 1 {
		b.warn("the graph has %d outputs; the first, '%s', is read, and --output NAME chooses "+
			"another (%s)", len(outputs), printable(b.output), nameList(outputs[1:]))
	}
	return nil
}

// nameList writes the names of inputs or outputs for a message.
func nameList(values []valueProto) string {
	const most = 8
	var names []string
	for i := range values {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(values)-most))
			break
		}
		names = append(names, "'"+printable(values[i].name)+"'")
	}
	return strings.Join(names, ", ")
}

// findNeeded counts how often each name is read by the nodes on which the
// output depends, and puts these in an order in which they can be
// evaluated: that of the file where it is one.
func (b *builder) findNeeded() error {
	needed := make([]bool, len(b.graph.nodes))
	b.uses[b.output]++
	pending := []string{b.output}
	for len(pending) > 0 {
		name := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		i, ok := b.producers[name]
		if !ok || needed[i] {
			continue
		}
		needed[i] = true
		for _, in := range b.graph.nodes[i].inputs {
			b.uses[in]++
			pending = append(pending, in)
		}
	}
	s := &sorter{b: b, state: make([]uint8, len(needed))}
	for i, wanted := range needed {
		if !wanted {
			continue
		}
		if err := s.visit(i); err != nil {
			return err
		}
	}
	b.order = s.order
	return nil
}

// sorter puts nodes after those that they read.
type sorter struct {
	b     *builder
	state []uint8
	order []int
}

// The states of a node while nodes are sorted.
const (
	sortOpen = iota + 1
	sortDone
)

func (s *sorter) visit(i int) error {
	node := &s.b.graph.nodes[i]
	switch s.state[i] {
	case sortDone:
		return nil
	case sortOpen:
		return fmt.Errorf("%s: it reads what depends on its own output: the nodes form a loop; "+
			"train a recurrent network as a spiking one and give it as NIR", nodeLabel(i, node))
	}
	s.state[i] = sortOpen
	for _, in := range node.inputs {
		if j, ok := s.b.producers[in]; ok {
			if err := s.visit(j); err != nil {
				return err
			}
		}
	}
	s.state[i] = sortDone
	s.order = append(s.order, i)
	return nil
}

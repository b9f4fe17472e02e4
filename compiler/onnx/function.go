package onnx

import (
	"errors"
	"fmt"
	"slices"
)

const (
	maxFunctions = 1 << 10
	// maxDepth is how deep functions may call functions.
	maxDepth = 64
	// maxInlined bounds the bytes that copies of nodes take.
	maxInlined = 1 << 27
)

// functionProto is an operator that the model defines by a graph (FunctionProto).
type functionProto struct {
	name, domain, overload string
	inputs, outputs        []string
	// defaults are attributes with the value they have where a call gives
	// none.
	defaults []attributeProto
	nodes    []nodeProto
	opsets   []opsetProto
}

func (p *functionProto) field(f field) (err error) {
	switch f.number {
	case 1:
		p.name, err = f.text()
	case 4:
		err = appendText(f, &p.inputs)
	case 5:
		err = appendText(f, &p.outputs)
	case 7:
		err = appendDecoded(f, &p.nodes, maxNodes, "nodes in a function", (*nodeProto).field)
	case 9:
		err = appendDecoded(f, &p.opsets, maxPerNode, "operator sets", (*opsetProto).field)
	case 10:
		p.domain, err = f.text()
	case 11:
		err = appendDecoded(f, &p.defaults, maxPerNode, "attributes in a function",
			(*attributeProto).field)
	case 13:
		p.overload, err = f.text()
	}
	return err
}

// defaultOpset is the version of the standard operators in a list, 0 where
// it has none.
func defaultOpset(opsets []opsetProto) int64 {
	version := int64(0)
	for _, o := range opsets {
		if standardDomain(o.domain) {
			version = o.version
		}
	}
	return version
}

func standardDomain(domain string) bool { return domain == "" || domain == "ai.onnx" }

// functionKey identifies a function.
type functionKey struct{ domain, name, overload string }

// inliner puts the nodes of functions in the place of the nodes that call
// them.
type inliner struct {
	functions map[functionKey]*functionProto
	out       []nodeProto
	// calls counts the calls so far, for names of their own.
	calls int
	// left is how many bytes copies may still take.
	left int
}

// inlineFunctions rewrites the graph without functions.
func inlineFunctions(m *modelProto) error {
	if len(m.functions) == 0 {
		return nil
	}
	in := &inliner{functions: map[functionKey]*functionProto{}, left: maxInlined}
	for i := range m.functions {
		p := &m.functions[i]
		in.functions[functionKey{p.domain, p.name, p.overload}] = p
	}
	for i := range m.graph.nodes {
		if err := in.add(m.graph.nodes[i], 0); err != nil {
			return fmt.Errorf("%s: %w", nodeLabel(i, &m.graph.nodes[i]), err)
		}
	}
	m.graph.nodes = in.out
	return nil
}

// add appends a node, or the nodes of the function that it calls.
func (in *inliner) add(n nodeProto, depth int) error {
	p, ok := in.functions[functionKey{n.domain, n.op, n.overload}]
	if !ok {
		if len(in.out) >= maxNodes {
			return fmt.Errorf("with its functions inlined the model has more than %d nodes, the "+
				"most that Adder reads", maxNodes)
		}
		in.out = append(in.out, n)
		return nil
	}
	if depth >= maxDepth {
		return errors.New("its functions call each other too deeply, or themselves; inline the " +
			"functions and export again")
	}
	return in.call(p, &n, depth)
}

var errTooManyCalls = errors.New("its functions are called so often that the model expands to " +
	"far more than the file holds; inline the functions and export again")

// bytes is about what a copy of the node takes.
func (n *nodeProto) bytes() int {
	const perName, perAttribute = 48, 160
	total := perName*(len(n.inputs)+len(n.outputs)) + perAttribute*len(n.attributes)
	for _, names := range [][]string{n.inputs, n.outputs} {
		for _, name := range names {
			total += len(name)
		}
	}
	return total
}

// call appends the nodes of a function with the names and attributes of
// one call of it.
func (in *inliner) call(p *functionProto, n *nodeProto, depth int) error {
	if len(n.inputs) > len(p.inputs) || len(n.outputs) > len(p.outputs) {
		return fmt.Errorf("it has %d inputs and %d outputs, its function %d and %d; export the "+
			"model again", len(n.inputs), len(n.outputs), len(p.inputs), len(p.outputs))
	}
	if in.calls++; in.calls > maxNodes {
		return errTooManyCalls
	}
	name := n.name
	if name == "" {
		name = fmt.Sprintf("%s_%d", n.op, in.calls)
	}
	rename := in.names(p, n)
	for i := range p.nodes {
		if in.left -= p.nodes[i].bytes(); in.left < 0 {
			return errTooManyCalls
		}
		inner := p.instance(&p.nodes[i], n, rename)
		if inner.name == "" {
			inner.name = fmt.Sprintf("%s_%d", inner.op, i)
		}
		inner.name = shortened(name + "/" + inner.name)
		if err := in.add(inner, depth+1); err != nil {
			return err
		}
	}
	return in.forward(p, n, rename)
}

// names maps the function's names to those of the graph around the call.
func (in *inliner) names(p *functionProto, n *nodeProto) func(string) string {
	known := map[string]string{"": ""}
	for i, name := range p.inputs {
		known[name] = ""
		if i < len(n.inputs) {
			known[name] = n.inputs[i]
		}
	}
	for i, name := range p.outputs {
		if _, isInput := known[name]; !isInput && i < len(n.outputs) && n.outputs[i] != "" {
			known[name] = n.outputs[i]
		}
	}
	call := in.calls
	return func(name string) string {
		if outer, ok := known[name]; ok {
			return outer
		}
		return fmt.Sprintf("function call %d: %s", call, name)
	}
}

// forward gives outputs of a function that are its inputs.
func (in *inliner) forward(p *functionProto, n *nodeProto, rename func(string) string) error {
	for i, name := range p.outputs {
		if i >= len(n.outputs) || n.outputs[i] == "" || !slices.Contains(p.inputs, name) {
			continue
		}
		pass := nodeProto{op: "Identity", inputs: []string{rename(name)},
			outputs: []string{n.outputs[i]}, name: n.name}
		if err := in.add(pass, maxDepth); err != nil {
			return err
		}
	}
	return nil
}

// instance is a node of the function for one call.
func (p *functionProto) instance(n, call *nodeProto, rename func(string) string) nodeProto {
	out := *n
	out.opset = defaultOpset(p.opsets)
	out.inputs, out.outputs, out.attributes = nil, nil, nil
	for _, name := range n.inputs {
		out.inputs = append(out.inputs, rename(name))
	}
	for _, name := range n.outputs {
		out.outputs = append(out.outputs, rename(name))
	}
	for i := range n.attributes {
		a, ok := p.attribute(&n.attributes[i], call)
		if ok {
			out.attributes = append(out.attributes, a)
		}
	}
	return out
}

// attribute resolves a reference to an attribute of the call; one that has neither a value in the
// call nor a default is omitted.
func (p *functionProto) attribute(a *attributeProto, call *nodeProto) (attributeProto, bool) {
	if a.ref == "" {
		return *a, true
	}
	for _, list := range [][]attributeProto{call.attributes, p.defaults} {
		for i := range list {
			if list[i].name == a.ref {
				out := list[i]
				out.name = a.name
				return out, true
			}
		}
	}
	return attributeProto{}, false
}

// shortened cuts a name that nesting made too long from the left, its least specific end.
func shortened(name string) string {
	if len(name) <= maxName {
		return name
	}
	return name[len(name)-maxName:]
}

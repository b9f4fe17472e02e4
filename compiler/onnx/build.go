package onnx

import (
	"errors"
	"fmt"
	"strings"

	"adder/snn"
)

// builder turns a graph into a network, node by node in the order of the
// file.
type builder struct {
	model *modelProto
	graph *graphProto
	net   *snn.Network
	ext   *externalData
	// opset is the version of the default operator set.
	opset int64
	// values are the names given so far.
	values map[string]*value
	// initializers are the constants of the graph that are not yet read.
	initializers map[string]*tensorProto
	// producers is the index of the node that gives each name.
	producers map[string]int
	// uses counts the readers of each name among the nodes that matter.
	uses map[string]int
	// needed marks the nodes on which the output depends.
	needed []bool
	// names counts how often a name was asked for a node of the network.
	names map[string]int
	// outputName is kept for the Output node.
	outputName string
	// checked are tensors found finite.
	checked map[*tensor]bool
	// matrices are transposed weights, flat are weights without leading
	// axes, kernels are those of convolutions: kept so that nodes that share a tensor share these too.
	matrices map[*tensor]snn.Matrix
	flat     map[*tensor]*tensor
	kernels  map[*tensor][]float64
	// filled are signals whose margin became a node.
	filled map[*value]*value
	budget budget
	// fixedBatch is the batch of a model that fixes it above 1, else 0.
	fixedBatch int
}

func newBuilder(m *modelProto, name string, ext *externalData) *builder {
	return &builder{
		model:        m,
		graph:        m.graph,
		net:          &snn.Network{Name: name},
		ext:          ext,
		values:       map[string]*value{},
		initializers: map[string]*tensorProto{},
		producers:    map[string]int{},
		uses:         map[string]int{},
		names:        map[string]int{},
		checked:      map[*tensor]bool{},
		matrices:     map[*tensor]snn.Matrix{},
		flat:         map[*tensor]*tensor{},
		kernels:      map[*tensor][]float64{},
		filled:       map[*value]*value{},
		budget:       budget{elements: budgetBase},
	}
}

// The oldest operator set whose broadcasting the operators here have, and
// the newest versions that were read when they were written.
const (
	minOpset = 7
	maxOpset = 25
	maxIR    = 13
)

func (b *builder) build() error {
	steps := []func() error{b.version, b.indexGraph, b.findNeeded, b.addInput, b.translate, b.addOutput}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) warn(format string, args ...any) {
	b.net.Warnings = append(b.net.Warnings, fmt.Sprintf(format, args...))
}

func (b *builder) version() error {
	for _, o := range b.model.opsets {
		if o.domain == "" || o.domain == "ai.onnx" {
			b.opset = o.version
		}
	}
	switch {
	case b.opset == 0:
		return errors.New("the model names no version of the ONNX operator set; export it again")
	case b.opset < minOpset:
		return fmt.Errorf("the model uses operator set %d; Adder reads %d and later: bring it up with onnx.version_converter, or export it again", b.opset, minOpset)
	case b.opset > maxOpset:
		b.warn("operator set %d is newer than %d, the newest that Adder knows: operators are read with their meaning in %d", b.opset, maxOpset, maxOpset)
	}
	if b.model.ir > maxIR {
		b.warn("format version %d is newer than %d, the newest that Adder knows: what is new in it is not read", b.model.ir, maxIR)
	}
	return nil
}

// indexGraph notes who gives each name; a name given twice is an error.
func (b *builder) indexGraph() error {
	for i := range b.graph.initializers {
		t := &b.graph.initializers[i]
		if t.name == "" || b.initializers[t.name] != nil {
			return fmt.Errorf("initializer %d '%s' has no name of its own; export the model again", i, printable(t.name))
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
				return fmt.Errorf("%s gives '%s', which %s gives too; export the model again", nodeLabel(i, n), printable(out), nodeLabel(first, &b.graph.nodes[first]))
			}
			if b.initializers[out] != nil {
				return fmt.Errorf("%s gives '%s', which is an initializer; export the model again", nodeLabel(i, n), printable(out))
			}
			b.producers[out] = i
		}
	}
	return nil
}

// findNeeded marks the nodes on which the first output depends and counts
// how often each name is read by them.
func (b *builder) findNeeded() error {
	outputs := b.graph.outputs
	if len(outputs) == 0 {
		return errors.New("the graph has no output; export the model again")
	}
	if outputs[0].name == "" {
		return errors.New("the graph's output has no name; export the model again")
	}
	if len(outputs) > 1 {
		b.warn("the graph has %d outputs; the first, '%s', is read", len(outputs), printable(outputs[0].name))
	}
	b.needed = make([]bool, len(b.graph.nodes))
	b.uses[outputs[0].name]++
	pending := []string{outputs[0].name}
	for len(pending) > 0 {
		name := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		i, ok := b.producers[name]
		if !ok || b.needed[i] {
			continue
		}
		b.needed[i] = true
		for _, in := range b.graph.nodes[i].inputs {
			b.uses[in]++
			pending = append(pending, in)
		}
	}
	return nil
}

// addInput adds the Input node for the first graph input that is not an
// initializer (older files list those too).
func (b *builder) addInput() error {
	for i := range b.graph.inputs {
		in := &b.graph.inputs[i]
		if b.initializers[in.name] != nil {
			continue
		}
		if in.name == "" {
			return errors.New("the graph's input has no name; export the model again")
		}
		v, err := b.inputValue(in)
		if err != nil {
			return fmt.Errorf("input '%s': %w", printable(in.name), err)
		}
		shape := v.shape()
		v.node = b.net.AddNode(b.unique(in.name), &snn.Input{}, shape, shape)
		b.outputName = b.unique(b.graph.outputs[0].name)
		return b.define(in.name, v)
	}
	return errors.New("the graph has no input; export the model with its input")
}

// inputValue interprets an input's shape: of two or more axes the first is
// the batch.
func (b *builder) inputValue(in *valueProto) (*value, error) {
	if !in.shaped {
		return nil, errors.New("the file does not give its shape; export the model with a fixed shape (only the batch may be dynamic)")
	}
	v := &value{batch: -1}
	for i, a := range in.axes {
		size := a.size
		switch {
		case i == 0 && len(in.axes) > 1:
			b.noteBatch(in.name, a)
			v.batch, size = 0, 1
		case a.param != "" || size <= 0:
			return nil, fmt.Errorf("axis %d is dynamic (%s); only the batch may be: export the model with fixed sizes", i, axisText(a))
		case size > maxSignal:
			return nil, fmt.Errorf("axis %d has %d elements, more than the %d that Adder reads", i, size, maxSignal)
		}
		v.dims = append(v.dims, int(size))
	}
	return v, checkSignal(v.dims)
}

func axisText(a axisProto) string {
	if a.param != "" {
		return "'" + printable(a.param) + "'"
	}
	return fmt.Sprint(a.size)
}

func (b *builder) noteBatch(input string, a axisProto) {
	if a.param != "" || a.size <= 1 || a.size > maxSignal {
		return
	}
	b.fixedBatch = int(a.size)
	b.warn("input '%s' fixes a batch of %d; Adder runs one sample at a time", printable(input), a.size)
}

// translate turns the needed nodes into nodes of the network, or into
// constants.
func (b *builder) translate() error {
	for i := range b.graph.nodes {
		if !b.needed[i] {
			continue
		}
		c := &call{b: b, index: i, node: &b.graph.nodes[i]}
		if err := c.translate(); err != nil {
			return fmt.Errorf("%s: %w", c.label(), err)
		}
	}
	return nil
}

func (b *builder) addOutput() error {
	name := b.graph.outputs[0].name
	v, err := b.lookup(name)
	if err != nil {
		return fmt.Errorf("output: %w", err)
	}
	if v.constant != nil {
		return fmt.Errorf("the output '%s' is a constant: it does not depend on the input; export the model again", printable(name))
	}
	if !v.margin.empty() {
		return fmt.Errorf("the output '%s' is a Pad; end the model with a layer", printable(name))
	}
	shape := v.shape()
	out := b.net.AddNode(b.outputName, &snn.Output{}, shape, shape)
	b.net.Connect(v.node, out)
	return nil
}

// lookup gives what a name stands for. Initializers are decoded here, when
// they are first read.
func (b *builder) lookup(name string) (*value, error) {
	if v, ok := b.values[name]; ok {
		return v, nil
	}
	if t, ok := b.initializers[name]; ok {
		v, err := b.decode(t)
		if err != nil {
			return nil, fmt.Errorf("tensor '%s': %w", printable(name), err)
		}
		b.values[name] = v
		return v, nil
	}
	if i, ok := b.producers[name]; ok {
		return nil, fmt.Errorf("'%s' is read before %s gives it; the nodes are not in order or form a loop: export the model again", printable(name), nodeLabel(i, &b.graph.nodes[i]))
	}
	if b.otherInput(name) {
		return nil, fmt.Errorf("'%s' is a further input of the graph; Adder feeds one input: export the model with one", printable(name))
	}
	return nil, fmt.Errorf("nothing gives '%s'; export the model again", printable(name))
}

func (b *builder) otherInput(name string) bool {
	for _, in := range b.graph.inputs {
		if in.name == name {
			return true
		}
	}
	return false
}

func (b *builder) decode(p *tensorProto) (*value, error) {
	t, err := p.decode(b.ext)
	if err != nil {
		return nil, err
	}
	b.budget.earn(t.size())
	return &value{constant: t}, nil
}

// define gives a name its value.
func (b *builder) define(name string, v *value) error {
	if _, ok := b.values[name]; ok {
		return fmt.Errorf("'%s' is given twice; export the model again", printable(name))
	}
	b.values[name] = v
	return nil
}

// unique makes a name for a node of the network that no other node has.
func (b *builder) unique(name string) string {
	name = strings.ToValidUTF8(name, "?")
	b.names[name]++
	if b.names[name] == 1 {
		return name
	}
	for {
		free := fmt.Sprintf("%s_%d", name, b.names[name])
		if b.names[free] == 0 {
			b.names[free] = 1
			return free
		}
		b.names[name]++
	}
}

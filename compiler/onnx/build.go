package onnx

import (
	"errors"
	"fmt"
	"strings"

	"adder/snn"
)

// builder turns a graph into a network, node by node.
type builder struct {
	model *modelProto
	graph *graphProto
	opts  Options
	net   *snn.Network
	ext   *externalData
	// version is that of the default operator set.
	version int64
	// unbatched takes the input's first axis as part of the sample.
	unbatched bool
	// values are the names given so far.
	values map[string]*value
	// initializers are the constants of the graph that are not yet read.
	initializers map[string]*tensorProto
	// producers is the index of the node that gives each name.
	producers map[string]int
	// output is the name whose signal is read.
	output string
	// uses counts the readers of each name among the nodes that matter.
	uses map[string]int
	// order lists the nodes on which the output depends, each after those whose signals it reads.
	order []int
	// names counts how often a name was asked for a node of the network.
	names map[string]int
	// outputName is kept for the Output node.
	outputName string
	// checked are tensors found finite.
	checked map[*tensor]bool
	// matrices are transposed weights, flat are weights without leading axes, kernels are those of
	// convolutions: kept so that nodes that share a tensor share these too.
	matrices map[*tensor]snn.Matrix
	flat     map[*tensor]*tensor
	kernels  map[*tensor][]float64
	// filled are signals whose margin became a node, materialised those whose
	// axes a node moved.
	filled       map[*value]*value
	materialised map[*view]*value
	budget       budget
	// fixedBatch is the batch of a model that fixes it above 1, else 0;
	// singleBatch says that the model fixes it at 1.
	fixedBatch  int
	singleBatch bool
}

func newBuilder(m *modelProto, name string, opts Options, ext *externalData) *builder {
	return &builder{
		model:        m,
		graph:        m.graph,
		opts:         opts,
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
		materialised: map[*view]*value{},
		budget:       budget{elements: budgetBase},
	}
}

// The oldest operator set that is read, and the newest versions that were
// read when the operators here were written.
const (
	minOpset = 6
	maxOpset = 25
	maxIR    = 13
)

func (b *builder) build() error {
	steps := []func() error{b.checkVersion, b.indexGraph, b.chooseOutput, b.findNeeded, b.addInput,
		b.translate, b.addOutput}
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

func (b *builder) checkVersion() error {
	b.version = defaultOpset(b.model.opsets)
	switch {
	case b.version == 0:
		return errors.New("the model names no version of the ONNX operator set; export it again")
	case b.version < minOpset:
		return fmt.Errorf("the model uses operator set %d; Adder reads %d and later: bring it up "+
			"with onnx.version_converter, or export it again", b.version, minOpset)
	case b.version > maxOpset:
		b.warn("operator set %d is newer than %d, the newest that Adder knows: operators are "+
			"read with their meaning in %d", b.version, maxOpset, maxOpset)
	}
	if b.model.ir > maxIR {
		b.warn("format version %d is newer than %d, the newest that Adder knows: what is new in "+
			"it is not read", b.model.ir, maxIR)
	}
	return nil
}

// translate turns the needed nodes into nodes of the network, or into
// constants.
func (b *builder) translate() error {
	for _, i := range b.order {
		c := &call{b: b, index: i, node: &b.graph.nodes[i]}
		if err := c.translate(); err != nil {
			return fmt.Errorf("%s: %w", c.label(), err)
		}
	}
	return nil
}

func (b *builder) addOutput() error {
	v, err := b.lookup(b.output)
	if err != nil {
		return fmt.Errorf("output '%s': %w", printable(b.output), err)
	}
	if v.constant != nil {
		return fmt.Errorf("the output '%s' is a constant: it does not depend on the input; "+
			"export the model again", printable(b.output))
	}
	if v.grid != nil {
		return fmt.Errorf("the output '%s' is of the integers that a QuantizeLinear gives: "+
			"export the model with the DequantizeLinear behind it, or read the signal in front "+
			"of it (--output NAME)", printable(b.output))
	}
	if v, err = b.materialise(v); err != nil {
		return fmt.Errorf("output '%s': %w", printable(b.output), err)
	}
	shape := v.shape()
	out := b.net.AddNode(b.outputName, &snn.Output{}, shape, shape)
	b.net.Connect(v.node, out)
	return nil
}

// lookup returns the value of a name. Initializers are decoded here, when they are first read.
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
		return nil, fmt.Errorf("'%s' is an output of %s that Adder does not read; export the "+
			"model without it", printable(name), nodeLabel(i, &b.graph.nodes[i]))
	}
	if b.graphInput(name) != nil {
		return nil, fmt.Errorf("'%s' is a further input of the graph; Adder feeds one: export "+
			"the model with it as a constant, or read the model up to a name that does not "+
			"depend on it (--output NAME)", printable(name))
	}
	return nil, fmt.Errorf("nothing gives '%s'; export the model again", printable(name))
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

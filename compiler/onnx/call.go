package onnx

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"adder/snn"
)

// call is the translation of one node of the graph.
type call struct {
	b     *builder
	index int
	node  *nodeProto
	// perm is how the axes of what the node gives wait to be moved, nil
	// where they do not; permName names the Transpose.
	perm     []int
	permName string
}

// opset is the version of the operator that the node has.
func (c *call) opset() int64 {
	if c.node.opset != 0 {
		return c.node.opset
	}
	return c.b.version
}

// label names the node in messages.
func (c *call) label() string { return nodeLabel(c.index, c.node) }

func nodeLabel(index int, n *nodeProto) string {
	if n.name == "" {
		return fmt.Sprintf("node %d (%s)", index, printable(n.op))
	}
	return fmt.Sprintf("node %d '%s' (%s)", index, printable(n.name), printable(n.op))
}

// printable escapes what a terminal should not get from a file and cuts
// what is too long to read.
func printable(s string) string {
	const longest = 120
	if len(s) > longest {
		s = s[:longest] + "..."
	}
	quoted := strconv.Quote(s)
	return quoted[1 : len(quoted)-1]
}

// nodeName is the name that the network's node gets, before it is made
// unique.
func (c *call) nodeName() string {
	if c.node.name != "" {
		return c.node.name
	}
	return fmt.Sprintf("%s_%d", c.node.op, c.index)
}

// input gives input i, nil where it is left out.
func (c *call) input(i int) (*value, error) {
	if i >= len(c.node.inputs) || c.node.inputs[i] == "" {
		return nil, nil
	}
	return c.b.lookup(c.node.inputs[i])
}

// need gives input i, which must be there.
func (c *call) need(i int) (*value, error) {
	v, err := c.input(i)
	if err == nil && v == nil {
		err = fmt.Errorf("input %d is missing; export the model again", i)
	}
	return v, err
}

// raw gives input i, which must be a signal; it may have a margin, and axes
// that wait to be moved.
func (c *call) raw(i int) (*value, error) {
	v, err := c.need(i)
	if err != nil {
		return nil, err
	}
	if v.constant != nil {
		return nil, fmt.Errorf("input %d ('%s') is a constant where a signal is needed", i,
			printable(c.node.inputs[i]))
	}
	if v.ended != "" {
		return nil, errAfterEnd(v)
	}
	return v, nil
}

// padded gives input i, which must be a signal; it may have a margin.
func (c *call) padded(i int) (*value, error) {
	v, err := c.raw(i)
	if err != nil || v.view == nil {
		return v, err
	}
	return c.b.materialise(v)
}

// signal gives input i, which must be a signal, as a node gives it.
func (c *call) signal(i int) (*value, error) { return c.materialInput(c.raw(i)) }

// constant gives input i, which must be known when the model is read; nil
// where it is left out.
func (c *call) constant(i int) (*tensor, error) {
	v, err := c.input(i)
	if err != nil || v == nil {
		return nil, err
	}
	if v.constant == nil {
		return nil, fmt.Errorf("input %d ('%s') depends on the sample where a constant is needed",
			i, printable(c.node.inputs[i]))
	}
	return v.constant, nil
}

// weights gives input i, which must be a constant of finite floats.
func (c *call) weights(i int) (*tensor, error) {
	t, err := c.constant(i)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, fmt.Errorf("input %d is missing; export the model again", i)
	}
	return t, c.checkFinite(i, t)
}

func (c *call) checkFinite(i int, t *tensor) error {
	if c.b.checked[t] {
		return nil
	}
	if err := t.finite(); err != nil {
		return fmt.Errorf("input %d ('%s'): %w", i, printable(c.node.inputs[i]), err)
	}
	c.b.checked[t] = true
	return nil
}

// exclusive reports whether only this node reads input i, and the input is its network node's own
// name: then that node may be changed.
func (c *call) exclusive(i int, v *value) bool {
	return v.fresh && v.margin.empty() && c.b.uses[c.node.inputs[i]] == 1
}

// give makes v the value of output i, if the output has a name.
func (c *call) give(i int, v *value) error {
	if i >= len(c.node.outputs) || c.node.outputs[i] == "" {
		return nil
	}
	if c.perm != nil {
		v = viewed(v, c.perm, c.permName)
	}
	return c.b.define(c.node.outputs[i], v)
}

// giveConstant makes t the value of the first output.
func (c *call) giveConstant(t *tensor) error { return c.give(0, &value{constant: t}) }

// append adds a node to the network that applies op to the signals and
// returns its signal of extents dims.
func (c *call) append(suffix string, op snn.Op, dims []int, batch int,
	from ...*value) (*value, error) {
	if err := errors.Join(checkSignal(dims), checkParameters(op)); err != nil {
		return nil, err
	}
	out := &value{dims: dims, batch: batch, fresh: true}
	for _, v := range from {
		out.integer = out.integer || v.integer
	}
	if grid := from[0].grid; grid != nil {
		if len(from) > 1 || !keepsGrid(op) {
			return nil, errors.New("it stands between a QuantizeLinear and its DequantizeLinear, " +
				"where Clip, MaxPool and moves of elements are read; export the model with the " +
				"pairs side by side")
		}
		out.grid = grid
	}
	if out.integer && !keepsIntegers(op) {
		return nil, errors.New("it computes with integers, which wrap and cut off fractions; " +
			"export the model with its input cast to float first")
	}
	out.node = c.b.net.AddNode(c.b.unique(c.nodeName()+suffix), op, from[0].shape(), out.shape())
	for _, v := range from {
		c.b.net.Connect(v.node, out.node)
	}
	return out, nil
}

// keepsIntegers reports whether an operation is the same of integers as of
// real numbers.
func keepsIntegers(op snn.Op) bool {
	switch op.(type) {
	case *snn.Reshape, *snn.Gather, *snn.Relu, *snn.MaxPool:
		return true
	}
	return false
}

// keepsGrid reports whether an operation commutes with dequantisation: it does the same on the
// integers of a grid as on their values.
func keepsGrid(op snn.Op) bool {
	switch op.(type) {
	case *snn.Reshape, *snn.Gather, *snn.MaxPool:
		return true
	}
	return false
}

// checkParameters refuses biases and scales that are not finite: the
// constants are, but what is computed from them may overflow.
func checkParameters(op snn.Op) error {
	switch op := op.(type) {
	case *snn.Dense:
		return finite(op.Bias)
	case *snn.Conv:
		return finite(op.Bias)
	case *snn.Scale:
		return errors.Join(finite(op.Factor), finite(op.Shift))
	default:
		return nil
	}
}

// emit adds a node with the same extents after as before as the first
// output.
func (c *call) emit(op snn.Op, v *value) error {
	return c.emitAs(op, v.dims, v.batch, v)
}

// emitAs adds a node as the first output.
func (c *call) emitAs(op snn.Op, dims []int, batch int, from ...*value) error {
	out, err := c.append("", op, dims, batch, from...)
	if err != nil {
		return err
	}
	return c.give(0, out)
}

// rename gives v other extents of the same product, with a Reshape where
// the network sees a difference.
func (c *call) rename(suffix string, v *value, dims []int, batch int) (*value, error) {
	u := v.alias()
	u.dims, u.batch = dims, batch
	if u.shape().Equal(v.shape()) {
		return u, nil
	}
	out, err := c.append(suffix, &snn.Reshape{}, dims, batch, v)
	if err != nil {
		return nil, err
	}
	out.nonNegative, out.pooled = v.nonNegative, v.pooled
	return out, nil
}

var errAttributeReference = errors.New("is that of a model function, which Adder does not read; " +
	"inline the functions and export again")

// attribute finds an attribute and checks its type, which older files leave
// out; nil where there is none.
func (c *call) attribute(name string, kind int64) (*attributeProto, error) {
	i := slices.IndexFunc(c.node.attributes, func(a attributeProto) bool { return a.name == name })
	if i < 0 {
		return nil, nil
	}
	a := &c.node.attributes[i]
	if a.ref != "" {
		return nil, fmt.Errorf("attribute %s %w", name, errAttributeReference)
	}
	if a.kind != 0 && a.kind != kind {
		return nil, fmt.Errorf("attribute %s has type %d where the operator needs %d; export the "+
			"model again", name, a.kind, kind)
	}
	return a, nil
}

// The values of AttributeProto.AttributeType that are read.
const (
	attributeFloat  = 1
	attributeInt    = 2
	attributeString = 3
	attributeTensor = 4
	attributeFloats = 6
	attributeInts   = 7
)

func (c *call) intAttribute(name string, def int64) (int64, error) {
	a, err := c.attribute(name, attributeInt)
	if err != nil || a == nil {
		return def, err
	}
	return a.i, nil
}

func (c *call) floatAttribute(name string, def float64) (float64, error) {
	a, err := c.attribute(name, attributeFloat)
	if err != nil || a == nil {
		return def, err
	}
	return float64(a.f), nil
}

func (c *call) stringAttribute(name, def string) (string, error) {
	a, err := c.attribute(name, attributeString)
	if err != nil || a == nil {
		return def, err
	}
	return a.s, nil
}

// intsAttribute gives a list attribute, nil where it is left out.
func (c *call) intsAttribute(name string) ([]int64, error) {
	a, err := c.attribute(name, attributeInts)
	if err != nil || a == nil {
		return nil, err
	}
	v, err := integers(a.ints)
	if err != nil {
		return nil, fmt.Errorf("attribute %s is damaged (%w); export the model again", name, err)
	}
	return v, nil
}

// integerList gives a list that is an attribute in older operator sets and
// an input in newer ones; nil where it is left out.
func (c *call) integerList(name string, input int) ([]int64, error) {
	list, err := c.intsAttribute(name)
	if err != nil || list != nil {
		return list, err
	}
	t, err := c.constant(input)
	if err != nil || t == nil {
		return nil, err
	}
	if t.kind != kindInt || len(t.dims) > 1 {
		return nil, fmt.Errorf("input %d (%s) is not a list of integers; export the model again",
			input, name)
	}
	if t.ints == nil {
		return []int64{}, nil
	}
	return t.ints, nil
}

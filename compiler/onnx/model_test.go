package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"adder/snn"
)

// modelBuilder writes small ONNX models in protobuf's wire format.
type modelBuilder struct {
	graph     []byte
	opsets    []byte
	functions []byte
	elem      uint64 // of inputs, float where it is 0
}

func model(opset uint64) *modelBuilder {
	return (&modelBuilder{}).opset("", opset)
}

func (m *modelBuilder) opset(domain string, version uint64) *modelBuilder {
	o := putString(nil, 1, domain)
	m.opsets = putBytes(m.opsets, 8, putVarint(o, 2, version))
	return m
}

func (m *modelBuilder) bytes() []byte {
	out := putVarint(nil, 1, 8)
	out = putString(out, 2, "a test") // producer_name: not read
	return append(append(putBytes(out, 7, m.graph), m.opsets...), m.functions...)
}

// elements sets the type of the inputs that follow.
func (m *modelBuilder) elements(dataType uint64) *modelBuilder {
	m.elem = dataType
	return m
}

// function adds a function "Name: input input > output" of domain "local"
// with the nodes of another builder.
func (m *modelBuilder) function(text string, body *modelBuilder, more ...[]byte) *modelBuilder {
	name, rest, _ := strings.Cut(text, ":")
	left, right, _ := strings.Cut(rest, ">")
	p := putString(nil, 1, name)
	for _, in := range strings.Fields(left) {
		p = putString(p, 4, in)
	}
	for _, out := range strings.Fields(right) {
		p = putString(p, 5, out)
	}
	p = putString(p, 10, "local")
	// A graph holds its nodes in field 1, a function in field 7.
	_ = message{data: body.graph}.each(func(f field) error {
		p = putBytes(p, 7, f.bytes)
		return nil
	})
	for _, part := range more {
		p = append(p, part...)
	}
	m.functions = putBytes(m.functions, 25, p)
	return m
}

// local is the domain of a node that calls a function.
func local() []byte { return putString(nil, 7, "local") }

// refAttr is an attribute that stands for one of the function's call.
func refAttr(name, of string, kind uint64) []byte {
	return attribute(name, kind, func(a []byte) []byte { return putString(a, 21, of) })
}

// input declares a graph input; an axis is an int or the name of a dynamic
// size.
func (m *modelBuilder) input(name string, axes ...any) *modelBuilder {
	var shape []byte
	for _, a := range axes {
		var axis []byte
		switch a := a.(type) {
		case int:
			axis = putVarint(nil, 1, uint64(a))
		case string:
			axis = putString(nil, 2, a)
		}
		shape = putBytes(shape, 1, axis)
	}
	elem := m.elem
	if elem == 0 {
		elem = typeFloat
	}
	tensorType := putBytes(putVarint(nil, 1, elem), 2, shape)
	info := putBytes(putString(nil, 1, name), 2, putBytes(nil, 1, tensorType))
	m.graph = putBytes(m.graph, 11, info)
	return m
}

func (m *modelBuilder) output(names ...string) *modelBuilder {
	for _, name := range names {
		m.graph = putBytes(m.graph, 12, putString(nil, 1, name))
	}
	return m
}

// node adds "Op name: input input > output"; the name may be missing, and
// an input left out is "_".
func (m *modelBuilder) node(text string, attributes ...[]byte) *modelBuilder {
	head, body, _ := strings.Cut(text, ":")
	left, right, _ := strings.Cut(body, ">")
	op, name, _ := strings.Cut(head, " ")
	var n []byte
	for _, in := range strings.Fields(left) {
		n = putString(n, 1, strings.TrimSuffix(in, "_"))
	}
	for _, out := range strings.Fields(right) {
		n = putString(n, 2, out)
	}
	if name != "" {
		n = putString(n, 3, name)
	}
	n = putString(n, 4, op)
	for _, a := range attributes {
		n = append(n, a...)
	}
	m.graph = putBytes(m.graph, 1, n)
	return m
}

// floats adds a float initializer as raw data. With one value for several
// elements the value is repeated.
func (m *modelBuilder) floats(name string, dims []int, values ...float32) *modelBuilder {
	return m.initializer(floatTensor(name, dims, values...))
}

func (m *modelBuilder) ints(name string, values ...int64) *modelBuilder {
	return m.initializer(intsTensor(name, values...))
}

func (m *modelBuilder) initializer(t []byte) *modelBuilder {
	m.graph = putBytes(m.graph, 5, t)
	return m
}

func floatTensor(name string, dims []int, values ...float32) []byte {
	t := tensorHead(name, typeFloat, dims...)
	n, _ := product(dims)
	if len(values) == 1 {
		for len(values) < n {
			values = append(values, values[0])
		}
	}
	return putBytes(t, 9, rawFloats(values...))
}

func rawFloats(values ...float32) []byte {
	raw := []byte{}
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return raw
}

func intsTensor(name string, values ...int64) []byte {
	t := tensorHead(name, typeInt64, len(values))
	raw := []byte{}
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return putBytes(t, 9, raw)
}

func tensorHead(name string, dataType uint64, dims ...int) []byte {
	t := putString(nil, 8, name)
	for _, d := range dims {
		t = putVarint(t, 1, uint64(d))
	}
	return putVarint(t, 2, dataType)
}

// ones are counted 1, 2, 3, ... for weights whose place matters.
func counting(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(i + 1)
	}
	return out
}

func attribute(name string, kind uint64, value func([]byte) []byte) []byte {
	a := value(putString(nil, 1, name))
	return putBytes(nil, 5, putVarint(a, 20, kind))
}

func intAttr(name string, v int64) []byte {
	return attribute(name, attributeInt, func(a []byte) []byte {
		return putVarint(a, 3, uint64(v))
	})
}

func floatAttr(name string, v float32) []byte {
	return attribute(name, attributeFloat, func(a []byte) []byte {
		return protowire.AppendFixed32(protowire.AppendTag(a, 2, protowire.Fixed32Type),
			math.Float32bits(v))
	})
}

func stringAttr(name, v string) []byte {
	return attribute(name, attributeString, func(a []byte) []byte { return putString(a, 4, v) })
}

func tensorAttr(name string, t []byte) []byte {
	return attribute(name, attributeTensor, func(a []byte) []byte { return putBytes(a, 5, t) })
}

// intsAttr writes a list unpacked, as older writers do.
func intsAttr(name string, v ...int64) []byte {
	return attribute(name, attributeInts, func(a []byte) []byte {
		for _, x := range v {
			a = putVarint(a, 8, uint64(x))
		}
		return a
	})
}

// packedAttr writes a list packed.
func packedAttr(name string, v ...int64) []byte {
	var list []byte
	for _, x := range v {
		list = protowire.AppendVarint(list, uint64(x))
	}
	return attribute(name, attributeInts, func(a []byte) []byte { return putBytes(a, 8, list) })
}

func putBytes(dst []byte, field protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(dst, field, protowire.BytesType), v)
}

func putString(dst []byte, field protowire.Number, v string) []byte {
	return putBytes(dst, field, []byte(v))
}

func putVarint(dst []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(dst, field, protowire.VarintType), v)
}

// describe writes a network as one line per node: name, kind, parameters,
// shapes and sources.
func describe(net *snn.Network) string {
	var lines []string
	for i := range net.Nodes {
		n := &net.Nodes[i]
		line := n.Name + " " + n.Op.Kind() + parameters(n.Op) + " " + n.In.String()
		if !n.In.Equal(n.Out) {
			line += ">" + n.Out.String()
		}
		for _, e := range net.Incoming(i) {
			line += " <" + net.Nodes[e.From].Name
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func parameters(op snn.Op) string {
	switch op := op.(type) {
	case *snn.Dense:
		return fmt.Sprintf("%v%s", rowsOf(op.W), listText("+", op.Bias))
	case *snn.Conv:
		groups := ""
		if op.Groups != 1 {
			groups = fmt.Sprintf(" groups %d", op.Groups)
		}
		return listText(" ", op.Weight) + listText("+", op.Bias) + groups + windowText(op.Window)
	case *snn.Pool:
		mode := " sum"
		if op.Average {
			mode = " average"
		}
		if op.ExcludePadding {
			mode += " excluding padding"
		}
		return mode + windowText(op.Window)
	case *snn.MaxPool:
		return windowText(op.Window)
	case *snn.Scale:
		return listText("*", op.Factor) + listText("+", op.Shift)
	case *snn.Gather:
		return fmt.Sprintf("%d", op.From)
	case *snn.Relu:
		if op.Ceil != 0 {
			return fmt.Sprintf(" to %g", op.Ceil)
		}
	}
	return ""
}

func listText(sign string, v []float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%s%g", sign, v)
}

func windowText(w snn.Window) string {
	s := fmt.Sprintf(" k%dx%d", w.KernelH, w.KernelW)
	if w.StrideH != 1 || w.StrideW != 1 {
		s += fmt.Sprintf(" s%dx%d", w.StrideH, w.StrideW)
	}
	if w.DilationH != 1 || w.DilationW != 1 {
		s += fmt.Sprintf(" d%dx%d", w.DilationH, w.DilationW)
	}
	if p := [4]int{w.PadTop, w.PadLeft, w.PadBottom, w.PadRight}; p != [4]int{} {
		s += fmt.Sprintf(" p%v", p)
	}
	return s
}

func rowsOf(m snn.Matrix) [][]float64 {
	rows, cols := m.Dims()
	out := make([][]float64, rows)
	for r := range out {
		out[r] = m.Row(r, make([]float64, cols))
	}
	return out
}

// network parses a model that must be read, and checks it.
func network(t testing.TB, m *modelBuilder) *snn.Network {
	t.Helper()
	net, err := parse(m.bytes(), "test", t.TempDir(), Options{})
	require.NoError(t, err)
	require.NoError(t, net.Validate())
	return net
}

// run evaluates a model on one sample.
func run(t testing.TB, m *modelBuilder, x ...float64) []float64 {
	t.Helper()
	analog, err := snn.NewAnalog(network(t, m))
	require.NoError(t, err)
	y, err := analog.Run(x)
	require.NoError(t, err)
	return y
}

// Package onnxfile writes ONNX files: a graph of nodes and constants, as bytes of the format's
// protocol buffers. Field numbers are those of onnx.proto3 in the ONNX repository
// (github.com/onnx/onnx). What is written is opset 13 with IR 8, in the default domain.
package onnxfile

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

const (
	irVersion = 8
	opset     = 13
	producer  = "adder"
)

// Kinds of tensor elements.
const (
	kindFloat = 1
	kindUint8 = 2
	kindInt8  = 3
	kindInt32 = 6
)

// Graph is a graph that is being written. The zero value is empty.
type Graph struct{ nodes, tensors []byte }

// Attribute is an attribute of a node.
type Attribute func([]byte) []byte

// Ints is an attribute of several integers.
func Ints(name string, values ...int) Attribute {
	return func(b []byte) []byte {
		b = text(b, 1, name)
		for _, v := range values {
			b = number(b, 8, v)
		}
		return number(b, 20, 7)
	}
}

// Int is an attribute of an integer.
func Int(name string, value int) Attribute {
	return func(b []byte) []byte { return number(number(text(b, 1, name), 3, value), 20, 2) }
}

// Node appends a node with one output. Its name is that of the output.
func (g *Graph) Node(op, output string, inputs []string, attributes ...Attribute) {
	g.nodes = message(g.nodes, 1, func(b []byte) []byte {
		for _, in := range inputs {
			b = text(b, 1, in)
		}
		b = text(text(text(b, 2, output), 3, output), 4, op)
		for _, a := range attributes {
			b = message(b, 5, a)
		}
		return b
	})
}

// Floats appends a constant of float32.
func (g *Graph) Floats(name string, values []float32, shape ...int) {
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	g.tensor(name, kindFloat, raw, shape)
}

// Int32s appends a constant of int32.
func (g *Graph) Int32s(name string, values []int32, shape ...int) {
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
	}
	g.tensor(name, kindInt32, raw, shape)
}

// Int8s appends a constant of int8.
func (g *Graph) Int8s(name string, values []int8, shape ...int) {
	raw := make([]byte, len(values))
	for i, v := range values {
		raw[i] = uint8(v)
	}
	g.tensor(name, kindInt8, raw, shape)
}

// Uint8s appends a constant of uint8.
func (g *Graph) Uint8s(name string, values []uint8, shape ...int) {
	g.tensor(name, kindUint8, values, shape)
}

func (g *Graph) tensor(name string, kind int, raw []byte, shape []int) {
	g.tensors = message(g.tensors, 5, func(b []byte) []byte {
		for _, d := range shape {
			b = number(b, 1, d)
		}
		b = text(number(b, 2, kind), 8, name)
		return protowire.AppendBytes(protowire.AppendTag(b, 9, protowire.BytesType), raw)
	})
}

// Value is an input or an output of a graph, of float32; its first axis is the batch, of any
// size, and Shape has the others.
type Value struct {
	Name  string
	Shape []int
}

// Model returns the file of the graph.
func (g *Graph) Model(name, doc string, in, out Value) []byte {
	b := text(text(number(nil, 1, irVersion), 2, producer), 6, doc)
	b = message(b, 7, func(b []byte) []byte {
		b = text(append(b, g.nodes...), 2, name)
		return value(value(append(b, g.tensors...), 11, in), 12, out)
	})
	return message(b, 8, func(b []byte) []byte { return number(b, 2, opset) })
}

// value appends a ValueInfoProto.
func value(b []byte, field protowire.Number, v Value) []byte {
	shape := func(b []byte) []byte {
		b = message(b, 1, func(b []byte) []byte { return text(b, 2, "batch") })
		for _, d := range v.Shape {
			b = message(b, 1, func(b []byte) []byte { return number(b, 1, d) })
		}
		return b
	}
	return message(b, field, func(b []byte) []byte {
		return message(text(b, 1, v.Name), 2, func(b []byte) []byte {
			return message(b, 1, func(b []byte) []byte {
				return message(number(b, 1, kindFloat), 2, shape)
			})
		})
	})
}

func number(b []byte, field protowire.Number, v int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), uint64(v))
}

func text(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

// message appends what write appends, with its length before it.
func message(b []byte, field protowire.Number, write func([]byte) []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), write(nil))
}

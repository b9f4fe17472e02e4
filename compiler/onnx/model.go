package onnx

import (
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Limits on what a file may hold. They are far above any network that fits
// a neuromorphic chip, and keep the memory that a hostile file can claim in
// proportion to its size.
const (
	maxModelBytes = 1<<31 - 1 // protobuf's own limit, external data included
	maxNodes      = 1 << 14
	maxTensors    = 1 << 16
	maxPerNode    = 1 << 10 // inputs, outputs or attributes of a node
	maxName       = 1 << 12 // bytes of a string other than tensor data
	maxRank       = 8
)

// The protobuf messages of ONNX, cut down to the fields that a converter
// needs. Field numbers are those of onnx.proto.
type (
	modelProto struct {
		ir     int64
		opsets []opsetProto
		graph  *graphProto
		// functions are the operators that the model itself defines.
		functions []functionProto
	}
	opsetProto struct {
		domain  string
		version int64
	}
	graphProto struct {
		nodes        []nodeProto
		initializers []tensorProto
		inputs       []valueProto
		outputs      []valueProto
	}
	nodeProto struct {
		inputs, outputs  []string
		name, op, domain string
		overload         string
		attributes       []attributeProto
		// opset is the version of the default operator set where the node
		// came from a function, else 0: the model's.
		opset int64
	}
	attributeProto struct {
		name   string
		kind   int64
		ref    string
		f      float32
		i      int64
		s      string
		t      *tensorProto
		floats []byte
		ints   []byte
	}
	// valueProto is a graph input or output. Axes is nil where the file
	// gives no shape.
	valueProto struct {
		name string
		elem int64
		axes []axisProto
		// shaped says that a shape is present, perhaps of no axes.
		shaped bool
	}
	// axisProto is one axis: a size, or a name where it is dynamic.
	axisProto struct {
		size  int64
		param string
	}
)

func decodeModel(data []byte) (*modelProto, error) {
	m := &modelProto{}
	err := message{data: data}.each(func(f field) (err error) {
		switch f.number {
		case 1:
			m.ir, err = f.integer()
		case 7:
			m.graph = &graphProto{}
			err = decodeInto(f, m.graph.field)
		case 8:
			err = appendDecoded(f, &m.opsets, maxPerNode, "operator sets", (*opsetProto).field)
		case 25:
			err = appendDecoded(f, &m.functions, maxFunctions, "functions", (*functionProto).field)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if m.graph == nil {
		return nil, errors.New("not an ONNX model: it has no graph; give the .onnx file that the " +
			"training tool exported")
	}
	return m, nil
}

// decodeInto reads the message in f field by field.
func decodeInto(f field, visit func(field) error) error {
	m, err := f.message()
	if err != nil {
		return err
	}
	return m.each(visit)
}

// appendDecoded reads the message in f into a new element of list.
func appendDecoded[T any](f field, list *[]T, limit int, what string,
	visit func(*T, field) error) error {
	if len(*list) >= limit {
		return fmt.Errorf("the model has more than %d %s, the most that Adder reads", limit, what)
	}
	var v T
	*list = append(*list, v)
	last := &(*list)[len(*list)-1]
	return decodeInto(f, func(f field) error { return visit(last, f) })
}

func appendText(f field, list *[]string) error {
	if len(*list) >= maxPerNode {
		return fmt.Errorf("a node has more than %d inputs or outputs, the most that Adder reads",
			maxPerNode)
	}
	s, err := f.text()
	*list = append(*list, s)
	return err
}

func (o *opsetProto) field(f field) (err error) {
	switch f.number {
	case 1:
		o.domain, err = f.text()
	case 2:
		o.version, err = f.integer()
	}
	return err
}

func (g *graphProto) field(f field) error {
	switch f.number {
	case 1:
		return appendDecoded(f, &g.nodes, maxNodes, "nodes", (*nodeProto).field)
	case 5:
		return appendDecoded(f, &g.initializers, maxTensors, "initializers", (*tensorProto).field)
	case 11:
		return appendDecoded(f, &g.inputs, maxTensors, "inputs", (*valueProto).field)
	case 12:
		return appendDecoded(f, &g.outputs, maxTensors, "outputs", (*valueProto).field)
	}
	return nil
}

func (n *nodeProto) field(f field) (err error) {
	switch f.number {
	case 1:
		err = appendText(f, &n.inputs)
	case 2:
		err = appendText(f, &n.outputs)
	case 3:
		n.name, err = f.text()
	case 4:
		n.op, err = f.text()
	case 5:
		err = appendDecoded(f, &n.attributes, maxPerNode, "attributes in a node",
			(*attributeProto).field)
	case 7:
		n.domain, err = f.text()
	case 8:
		n.overload, err = f.text()
	}
	return err
}

func (a *attributeProto) field(f field) (err error) {
	switch f.number {
	case 1:
		a.name, err = f.text()
	case 2:
		var bits uint32
		bits, err = f.float32bits()
		a.f = math.Float32frombits(bits)
	case 3:
		a.i, err = f.integer()
	case 4:
		// A string attribute may be any text (a doc string, code); only
		// short ones mean something here.
		err = f.want(protowire.BytesType)
		a.s = string(f.bytes[:min(len(f.bytes), maxName)])
	case 5:
		a.t = &tensorProto{}
		err = decodeInto(f, a.t.field)
	case 7:
		a.floats, err = f.elements(a.floats, protowire.Fixed32Type)
	case 8:
		a.ints, err = f.elements(a.ints, protowire.VarintType)
	case 20:
		a.kind, err = f.integer()
	case 21:
		a.ref, err = f.text()
	}
	return err
}

// field reads ValueInfoProto: 1 name, 2 type, in which 1 is the tensor
// type, in which 1 is the element type and 2 the shape, in which 1 is an
// axis, in which 1 is a size and 2 a name.
func (v *valueProto) field(f field) (err error) {
	switch f.number {
	case 1:
		v.name, err = f.text()
	case 2:
		err = decodeInto(f, v.typeField)
	}
	return err
}

func (v *valueProto) typeField(f field) error {
	if f.number != 1 {
		return nil
	}
	return decodeInto(f, func(f field) (err error) {
		switch f.number {
		case 1:
			v.elem, err = f.integer()
		case 2:
			v.shaped = true
			err = decodeInto(f, v.shapeField)
		}
		return err
	})
}

func (v *valueProto) shapeField(f field) error {
	if f.number != 1 {
		return nil
	}
	return appendDecoded(f, &v.axes, maxRank, "axes in a shape",
		func(a *axisProto, f field) (err error) {
			switch f.number {
			case 1:
				a.size, err = f.integer()
			case 2:
				a.param, err = f.text()
			}
			return err
		})
}

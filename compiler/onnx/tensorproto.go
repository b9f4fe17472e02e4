package onnx

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// tensorProto is a constant as encoded; its slices alias the file. It is
// decoded only where a node that matters reads it.
type tensorProto struct {
	name     string
	dims     []byte
	dataType int64
	raw      []byte
	hasRaw   bool
	// floats, int32s, int64s, doubles and uint64s are the typed encodings,
	// of which a tensor without raw data uses one.
	floats, int32s, int64s, doubles, uint64s []byte
	external                                 []entryProto
	// location is 1 where the data is in another file.
	location int64
}

// entryProto is a key with a value.
type entryProto struct{ key, value string }

func (t *tensorProto) field(f field) (err error) {
	switch f.number {
	case 1:
		t.dims, err = f.elements(t.dims, protowire.VarintType)
	case 2:
		t.dataType, err = f.integer()
	case 4:
		t.floats, err = f.elements(t.floats, protowire.Fixed32Type)
	case 5:
		t.int32s, err = f.elements(t.int32s, protowire.VarintType)
	case 7:
		t.int64s, err = f.elements(t.int64s, protowire.VarintType)
	case 8:
		t.name, err = f.text()
	case 9:
		t.raw, t.hasRaw, err = f.bytes, true, f.want(protowire.BytesType)
	case 10:
		t.doubles, err = f.elements(t.doubles, protowire.Fixed64Type)
	case 11:
		t.uint64s, err = f.elements(t.uint64s, protowire.VarintType)
	case 13:
		err = appendDecoded(f, &t.external, 16, "external data entries in a tensor",
			(*entryProto).field)
	case 14:
		t.location, err = f.integer()
	}
	return err
}

func (e *entryProto) field(f field) (err error) {
	switch f.number {
	case 1:
		e.key, err = f.text()
	case 2:
		e.value, err = f.text()
	}
	return err
}

// shape checks the extents and their product against the largest file that
// is read, one byte per element.
func (t *tensorProto) shape() ([]int, error) {
	encoded, err := integers(t.dims)
	if err != nil {
		return nil, err
	}
	if len(encoded) > maxRank {
		return nil, fmt.Errorf("it has %d axes, more than the %d that Adder reads", len(encoded),
			maxRank)
	}
	dims := make([]int, len(encoded))
	for i, d := range encoded {
		if d < 0 || d > maxModelBytes {
			return nil, fmt.Errorf("axis %d has the impossible size %d", i, d)
		}
		dims[i] = int(d)
	}
	if _, ok := product(dims); !ok {
		return nil, fmt.Errorf("its shape %v has more elements than a model file can hold", dims)
	}
	return dims, nil
}

// product multiplies extents and reports whether the product, and each partial product, is within
// what a model file can hold. A zero extent does not hide a large one.
func product(dims []int) (int, bool) {
	n, bound := int64(1), int64(1)
	for _, d := range dims {
		n *= int64(d)
		bound *= int64(max(d, 1))
		if bound > maxModelBytes {
			return 0, false
		}
	}
	return int(n), true
}

// elementType is how an element of a TensorProto.DataType is stored.
type elementType struct {
	name string
	kind kind
	// bytes is the size of an element in raw data.
	bytes int
	// typed gives the field that holds it where there is no raw data.
	typed func(*tensorProto) []byte
	// wire is the encoding of that field's elements.
	wire protowire.Type
}

func int32Field(t *tensorProto) []byte { return t.int32s }

// elementTypeOf describes a TensorProto.DataType.
func elementTypeOf(dataType int64) (elementType, error) {
	switch dataType {
	case typeFloat:
		return elementType{"float", kindFloat32, 4, func(t *tensorProto) []byte {
			return t.floats
		}, protowire.Fixed32Type}, nil
	case typeDouble:
		return elementType{"double", kindFloat64, 8, func(t *tensorProto) []byte {
			return t.doubles
		}, protowire.Fixed64Type}, nil
	case typeInt64:
		return elementType{"int64", kindInt, 8, func(t *tensorProto) []byte {
			return t.int64s
		}, protowire.VarintType}, nil
	case typeFloat16:
		return elementType{"float16", kindFloat32, 2, int32Field, protowire.VarintType}, nil
	case typeBfloat16:
		return elementType{"bfloat16", kindFloat32, 2, int32Field, protowire.VarintType}, nil
	case typeInt32:
		return elementType{"int32", kindInt, 4, int32Field, protowire.VarintType}, nil
	case typeInt16:
		return elementType{"int16", kindInt, 2, int32Field, protowire.VarintType}, nil
	case typeInt8:
		return elementType{"int8", kindInt, 1, int32Field, protowire.VarintType}, nil
	case typeUint16:
		return elementType{"uint16", kindInt, 2, int32Field, protowire.VarintType}, nil
	case typeUint8:
		return elementType{"uint8", kindInt, 1, int32Field, protowire.VarintType}, nil
	case typeBool:
		return elementType{"bool", kindInt, 1, int32Field, protowire.VarintType}, nil
	case typeUint32:
		return elementType{"uint32", kindInt, 4, func(t *tensorProto) []byte {
			return t.uint64s
		}, protowire.VarintType}, nil
	default:
		return elementType{}, fmt.Errorf("its data type %d is not one that Adder reads (float, "+
			"float16, bfloat16, double and integers); export the model in float32", dataType)
	}
}

// The values of TensorProto.DataType that are read.
const (
	typeFloat    = 1
	typeUint8    = 2
	typeInt8     = 3
	typeUint16   = 4
	typeInt16    = 5
	typeInt32    = 6
	typeInt64    = 7
	typeBool     = 9
	typeFloat16  = 10
	typeDouble   = 11
	typeUint32   = 12
	typeBfloat16 = 16
)

// floating reports whether a TensorProto.DataType is a float type.
func floating(dataType int64) bool {
	return dataType == typeFloat || dataType == typeDouble || dataType == typeFloat16 ||
		dataType == typeBfloat16
}

// decode gives the constant's values. Lengths are compared with the shape
// before anything is allocated.
func (t *tensorProto) decode(ext *externalData) (*tensor, error) {
	dims, err := t.shape()
	if err != nil {
		return nil, err
	}
	et, err := elementTypeOf(t.dataType)
	if err != nil {
		return nil, err
	}
	n, _ := product(dims)
	if t.location == elsewhere {
		return ext.decode(t, et, dims, n)
	}
	if t.hasRaw {
		return decodeRaw(t, et, dims, n)
	}
	return decodeTyped(t, et, dims, n)
}

func decodeRaw(t *tensorProto, et elementType, dims []int, n int) (*tensor, error) {
	if len(t.raw) != n*et.bytes {
		return nil, fmt.Errorf("it holds %d bytes where its shape %v of %s needs %d: the file is "+
			"damaged; export it again", len(t.raw), dims, et.name, n*et.bytes)
	}
	out := newTensor(et.kind, dims, n)
	out.fillRaw(t.dataType, t.raw, 0)
	return out, nil
}

func decodeTyped(t *tensorProto, et elementType, dims []int, n int) (*tensor, error) {
	encoded := et.typed(t)
	have, err := countElements(encoded, et.wire)
	if err != nil {
		return nil, err
	}
	if have != n {
		return nil, fmt.Errorf("it holds %d elements where its shape %v of %s needs %d: the file "+
			"is damaged; export it again", have, dims, et.name, n)
	}
	out := newTensor(et.kind, dims, n)
	if et.wire != protowire.VarintType {
		out.fillRaw(t.dataType, encoded, 0)
		return out, nil
	}
	for i := range n {
		v, size := protowire.ConsumeVarint(encoded)
		out.setVarint(t.dataType, i, v)
		encoded = encoded[size:]
	}
	return out, nil
}

var errPartial = errors.New("its data ends inside an element: the file is damaged; export it again")

func countElements(encoded []byte, wire protowire.Type) (int, error) {
	switch wire {
	case protowire.Fixed32Type:
		if len(encoded)%4 != 0 {
			return 0, errPartial
		}
		return len(encoded) / 4, nil
	case protowire.Fixed64Type:
		if len(encoded)%8 != 0 {
			return 0, errPartial
		}
		return len(encoded) / 8, nil
	}
	n := 0
	for len(encoded) > 0 {
		_, size := protowire.ConsumeVarint(encoded)
		if size < 0 {
			return 0, errPartial
		}
		encoded = encoded[size:]
		n++
	}
	return n, nil
}

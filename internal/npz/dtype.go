package npz

import (
	"fmt"
	"strconv"
)

// DType is the element type of an array. The zero value is invalid.
type DType uint8

// The element types that the package reads.
const (
	Bool DType = iota + 1
	Int8
	Uint8
	Int16
	Uint16
	Int32
	Uint32
	Int64
	Uint64
	Float16
	Float32
	Float64
	String // NumPy's fixed-width unicode string, four bytes a code point
)

var dtypes = [...]struct {
	name, code string
	size       int
}{
	Bool:    {"bool", "b1", 1},
	Int8:    {"int8", "i1", 1},
	Uint8:   {"uint8", "u1", 1},
	Int16:   {"int16", "i2", 2},
	Uint16:  {"uint16", "u2", 2},
	Int32:   {"int32", "i4", 4},
	Uint32:  {"uint32", "u4", 4},
	Int64:   {"int64", "i8", 8},
	Uint64:  {"uint64", "u8", 8},
	Float16: {"float16", "f2", 2},
	Float32: {"float32", "f4", 4},
	Float64: {"float64", "f8", 8},
	String:  {"str", "U", 4},
}

// String returns NumPy's name of the type, such as "float32" or "str".
func (d DType) String() string {
	if int(d) >= len(dtypes) || dtypes[d].name == "" {
		return "DType(" + strconv.Itoa(int(d)) + ")"
	}
	return dtypes[d].name
}

// isInteger reports whether the type is a signed or unsigned integer.
func (d DType) isInteger() bool { return d >= Int8 && d <= Uint64 }

// layout is an element type as a descr string gives it.
type layout struct {
	dtype DType
	item  int // bytes an element
	unit  int // bytes that are swapped together when big is set
	big   bool
}

// maxStringWidth bounds the code points of one string element. NumPy itself
// keeps the item size in an int32.
const maxStringWidth = (1<<31 - 1) / 4

// parseDescr understands an array-protocol type string such as "<f4".
func parseDescr(descr string) (layout, error) {
	if len(descr) < 2 {
		return layout{}, fmt.Errorf("dtype %q is not understood", descr)
	}
	order, code := descr[0], descr[1:]
	if order != '<' && order != '>' && order != '|' && order != '=' {
		return layout{}, fmt.Errorf("dtype %q is not understood: no byte order", descr)
	}
	big := order == '>'
	if code[0] == 'U' {
		return parseStringDescr(descr, big)
	}
	for d := Bool; d < String; d++ {
		t := dtypes[d]
		if t.code != code {
			continue
		}
		if order == '|' && t.size > 1 {
			return layout{}, fmt.Errorf("dtype %q has no byte order", descr)
		}
		return layout{dtype: d, item: t.size, unit: t.size, big: big}, nil
	}
	if code[0] == 'O' {
		return layout{}, fmt.Errorf("dtype %q holds Python objects, which need pickle: save a "+
			"plain numeric or string array", descr)
	}
	return layout{}, fmt.Errorf("dtype %q is not supported: save as bool, an integer, a float up "+
		"to 64 bits, or str", descr)
}

func parseStringDescr(descr string, big bool) (layout, error) {
	n, err := strconv.Atoi(descr[2:])
	if err != nil || n < 1 || n > maxStringWidth {
		return layout{}, fmt.Errorf("dtype %q has a bad string width", descr)
	}
	return layout{dtype: String, item: 4 * n, unit: 4, big: big}, nil
}

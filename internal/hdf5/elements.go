package hdf5

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// elements is typed access to the values of a dataset or an attribute, in
// row-major order. Nothing is kept: each call reads and decodes again.
type elements struct {
	file   *File
	where  string
	dtype  Type
	shape  []int
	count  int
	empty  bool // a null dataspace
	source func() ([]byte, error)
}

// set fills in shape and type; inner are the dimensions of an array type.
func (e *elements) set(f *File, where string, t Type, space dataspace, inner []int) error {
	e.file, e.where, e.dtype, e.empty = f, where, t, space.null
	e.shape = append(append([]int{}, space.dims...), inner...)
	n, ok := product(append(append([]int{}, e.shape...), t.Size))
	if !ok {
		return fmt.Errorf("shape %v of %d-byte elements is absurd", e.shape, t.Size)
	}
	if !space.null {
		e.count = n / t.Size
	}
	return nil
}

// Shape returns the dimensions, those of an array type last; it is empty for a
// scalar and for a null dataspace. The caller owns the slice.
func (e *elements) Shape() []int { return append([]int{}, e.shape...) }

// Len returns the number of elements: 1 for a scalar, 0 for a null dataspace.
func (e *elements) Len() int { return e.count }

// Null reports whether there is a type but no value, not even an empty one
// (h5py's Empty).
func (e *elements) Null() bool { return e.empty }

// Type returns the type of an element.
func (e *elements) Type() Type { return e.dtype }

func (e *elements) bytes() int { return e.count * e.dtype.Size }

func (e *elements) wrap(err error) error { return e.file.wrap(e.where, err) }

// raw reads the elements and charges for the results, each of out bytes.
func (e *elements) raw(want string, ok bool, out int) ([]byte, error) {
	if !ok {
		return nil, e.wrap(fmt.Errorf("the elements are %s: %s is needed", e.dtype, want))
	}
	if e.count == 0 {
		return nil, nil
	}
	if int64(e.count) > e.file.budget/int64(out) {
		return nil, e.wrap(errBudget)
	}
	if err := e.file.charge(int64(e.count) * int64(out)); err != nil {
		return nil, e.wrap(err)
	}
	b, err := e.source()
	if err == nil && len(b) < e.bytes() {
		err = fmt.Errorf("%d bytes of elements where %d are needed", len(b), e.bytes())
	}
	if err != nil {
		return nil, e.wrap(err)
	}
	return b, nil
}

// Int64s reads integers and enumerations. Floats are refused, and so is an
// unsigned value beyond the range of int64.
func (e *elements) Int64s() ([]int64, error) {
	t := e.dtype
	b, err := e.raw("an integer type", t.Class == ClassInteger || t.Class == ClassEnum, 8)
	if err != nil {
		return nil, err
	}
	out := make([]int64, e.count)
	for i := range out {
		v := t.rawInteger(b[i*t.Size:])
		if out[i] = int64(v); !t.Signed && out[i] < 0 {
			return nil, e.wrap(fmt.Errorf("element %d is %d, which int64 cannot hold", i, v))
		}
	}
	return out, nil
}

// Float64s reads floats of any width, integers and enumerations. An integer
// that float64 cannot hold exactly is an error; floats wider than 64 bits are
// rounded.
func (e *elements) Float64s() ([]float64, error) {
	t := e.dtype
	ok := t.Class == ClassFloat || t.Class == ClassInteger || t.Class == ClassEnum
	b, err := e.raw("a numeric type", ok, 8)
	if err != nil {
		return nil, err
	}
	out := make([]float64, e.count)
	for i := range out {
		if t.Class == ClassFloat {
			out[i] = t.rawFloat(b[i*t.Size:])
			continue
		}
		if out[i], ok = exact(t.rawInteger(b[i*t.Size:]), t.Signed); !ok {
			return nil, e.wrap(
				fmt.Errorf("element %d is beyond the integers that float64 holds exactly", i))
		}
	}
	return out, nil
}

// exact converts an integer if nothing is lost. The bounds keep the conversion
// back within range.
func exact(v uint64, signed bool) (float64, bool) {
	if signed {
		f := float64(int64(v))
		return f, f < 1<<63 && int64(f) == int64(v)
	}
	f := float64(v)
	return f, f < 1<<64 && uint64(f) == v
}

// Strings reads fixed and variable strings, without their padding. The bytes are returned as they
// are: the format says UTF-8, but a file may not be.
func (e *elements) Strings() ([]string, error) {
	t := e.dtype
	const header = 16 // of a Go string
	b, err := e.raw("a string type", t.Class == ClassString, header+t.Size)
	if err != nil {
		return nil, err
	}
	out := make([]string, e.count)
	if !t.Variable {
		for i := range out {
			out[i] = fixedString(b[i*t.Size:(i+1)*t.Size], t.padding)
		}
		return out, nil
	}
	heaps := newGlobalHeaps(e.file)
	for i := range out {
		if out[i], err = variableString(heaps, b[i*t.Size:(i+1)*t.Size]); err != nil {
			return nil, e.wrap(fmt.Errorf("string %d: %w", i, err))
		}
	}
	return out, nil
}

// fixedString takes off the padding: 0 zero-terminated, 1 zeros, 2 spaces.
func fixedString(b []byte, padding int) string {
	switch padding {
	case 0:
		if n := bytes.IndexByte(b, 0); n >= 0 {
			b = b[:n]
		}
	case 1:
		b = bytes.TrimRight(b, "\x00")
	case 2:
		b = bytes.TrimRight(b, " ")
	}
	return string(b)
}

// variableString follows a reference: length, collection, index.
func variableString(heaps *globalHeaps, ref []byte) (string, error) {
	f := heaps.f
	c := f.cursor(ref, 0)
	n := uint64(c.u32())
	addr := c.offset()
	index := int(binary.LittleEndian.Uint32(ref[c.pos:]))
	if addr == 0 || addr == undefined || n == 0 {
		return "", nil
	}
	b, err := heaps.object(addr, index)
	if err != nil {
		return "", err
	}
	if n > uint64(len(b)) {
		return "", fmt.Errorf("global heap at offset %#x: %d bytes of object %d, which has %d",
			addr, n, index, len(b))
	}
	if err := f.charge(int64(n)); err != nil {
		return "", err
	}
	return string(bytes.TrimRight(b[:n], "\x00")), nil
}

// Bools reads h5py booleans and enumerations or integers of 0 and 1. Other
// values are an error.
func (e *elements) Bools() ([]bool, error) {
	v, err := e.Int64s()
	if err != nil {
		return nil, err
	}
	out := make([]bool, len(v))
	for i, x := range v {
		if x != 0 && x != 1 {
			return nil, e.wrap(fmt.Errorf("element %d is %d, neither 0 nor 1", i, x))
		}
		out[i] = x == 1
	}
	return out, nil
}

// one returns the only element.
func one[T any](e *elements, all func() ([]T, error)) (T, error) {
	var zero T
	if e.count != 1 {
		return zero, e.wrap(fmt.Errorf("%d elements of shape %v where one is needed", e.count,
			e.shape))
	}
	v, err := all()
	if err != nil {
		return zero, err
	}
	if len(v) != 1 {
		return zero, e.wrap(errors.New("no element"))
	}
	return v[0], nil
}

// Int64 reads the only element as Int64s does, whatever the number of
// dimensions.
func (e *elements) Int64() (int64, error) { return one(e, e.Int64s) }

// Float64 reads the only element as Float64s does.
func (e *elements) Float64() (float64, error) { return one(e, e.Float64s) }

// Text reads the only element as Strings does.
func (e *elements) Text() (string, error) { return one(e, e.Strings) }

// Bool reads the only element as Bools does.
func (e *elements) Bool() (bool, error) { return one(e, e.Bools) }

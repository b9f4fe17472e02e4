package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// kind is how a tensor holds its elements in memory.
type kind uint8

const (
	kindFloat32 kind = iota
	kindFloat64
	kindInt
)

// tensor is a constant: row-major, one of f32, f64 and ints in use. It is
// not changed once it is made, so tensors may share their data.
type tensor struct {
	kind kind
	dims []int
	f32  []float32
	f64  []float64
	ints []int64
}

func newTensor(k kind, dims []int, n int) *tensor {
	t := &tensor{kind: k, dims: dims}
	switch k {
	case kindFloat32:
		t.f32 = make([]float32, n)
	case kindFloat64:
		t.f64 = make([]float64, n)
	default:
		t.ints = make([]int64, n)
	}
	return t
}

func intTensor(values ...int64) *tensor {
	return &tensor{kind: kindInt, dims: []int{len(values)}, ints: values}
}

// size is the number of elements.
func (t *tensor) size() int { return len(t.f32) + len(t.f64) + len(t.ints) }

// at gives element i as a float64.
func (t *tensor) at(i int) float64 {
	switch t.kind {
	case kindFloat32:
		return float64(t.f32[i])
	case kindFloat64:
		return t.f64[i]
	default:
		return float64(t.ints[i])
	}
}

// floats gives all elements as a new float64 slice.
func (t *tensor) floats() []float64 {
	out := make([]float64, t.size())
	for i := range out {
		out[i] = t.at(i)
	}
	return out
}

// finite is an error where an element is NaN or infinite.
func (t *tensor) finite() error {
	for i := range t.size() {
		if v := t.at(i); math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("element %d is %v; train or export the model again", i, v)
		}
	}
	return nil
}

// finite is an error where a computed parameter is NaN or infinite.
func finite(values []float64) error {
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf(
				"its parameters give %v at element %d; train or export the model again", v, i)
		}
	}
	return nil
}

// reshaped is the same data under other extents of the same product.
func (t *tensor) reshaped(dims []int) *tensor {
	u := *t
	u.dims = dims
	return &u
}

// take is a new tensor whose element i is element from(i) of t.
func (t *tensor) take(dims []int, n int, from func(int) int) *tensor {
	out := newTensor(t.kind, dims, n)
	for i := range n {
		j := from(i)
		switch t.kind {
		case kindFloat32:
			out.f32[i] = t.f32[j]
		case kindFloat64:
			out.f64[i] = t.f64[j]
		default:
			out.ints[i] = t.ints[j]
		}
	}
	return out
}

// converted is t with its elements in kind k; floats become integers by
// truncation, as Cast has it.
func (t *tensor) converted(k kind) *tensor {
	if k == t.kind {
		return t
	}
	out := newTensor(k, t.dims, t.size())
	for i := range t.size() {
		switch k {
		case kindFloat32:
			out.f32[i] = float32(t.at(i))
		case kindFloat64:
			out.f64[i] = t.at(i)
		default:
			out.ints[i] = int64(t.at(i))
		}
	}
	return out
}

// fillRaw decodes little-endian elements of a data type, the first into
// element first.
func (t *tensor) fillRaw(dataType int64, raw []byte, first int) {
	switch dataType {
	case typeFloat:
		dst := t.f32[first : first+len(raw)/4]
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	case typeDouble:
		dst := t.f64[first : first+len(raw)/8]
		for i := range dst {
			dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
		}
	case typeInt64:
		dst := t.ints[first : first+len(raw)/8]
		for i := range dst {
			dst[i] = int64(binary.LittleEndian.Uint64(raw[8*i:]))
		}
	case typeInt32, typeUint32:
		for i := range len(raw) / 4 {
			t.setVarint(dataType, first+i, uint64(binary.LittleEndian.Uint32(raw[4*i:])))
		}
	case typeFloat16, typeBfloat16, typeInt16, typeUint16:
		for i := range len(raw) / 2 {
			t.setVarint(dataType, first+i, uint64(binary.LittleEndian.Uint16(raw[2*i:])))
		}
	default:
		for i, b := range raw {
			t.setVarint(dataType, first+i, uint64(b))
		}
	}
}

// setVarint stores an element given by the bits that the integer fields
// hold: 16-bit floats as their bit pattern, integers sign-extended.
func (t *tensor) setVarint(dataType int64, i int, v uint64) {
	switch dataType {
	case typeFloat16:
		t.f32[i] = float16(uint16(v))
	case typeBfloat16:
		t.f32[i] = math.Float32frombits(uint32(uint16(v)) << 16)
	case typeInt32:
		t.ints[i] = int64(int32(v))
	case typeInt16:
		t.ints[i] = int64(int16(v))
	case typeInt8:
		t.ints[i] = int64(int8(v))
	case typeUint32:
		t.ints[i] = int64(uint32(v))
	case typeUint16:
		t.ints[i] = int64(uint16(v))
	case typeUint8, typeBool:
		t.ints[i] = int64(uint8(v))
	default:
		t.ints[i] = int64(v)
	}
}

// float16 decodes an IEEE 754 binary16 value.
func float16(bits uint16) float32 {
	sign := uint32(bits>>15) << 31
	exponent := uint32(bits>>10) & 0x1f
	mantissa := uint32(bits) & 0x3ff
	switch {
	case exponent == 0x1f:
		return math.Float32frombits(sign | 0xff<<23 | mantissa<<13)
	case exponent != 0:
		return math.Float32frombits(sign | (exponent+127-15)<<23 | mantissa<<13)
	}
	// Zero and subnormals: the mantissa counts units of 2^-24.
	v := float32(mantissa) * 0x1p-24
	return math.Float32frombits(sign | math.Float32bits(v))
}

// strides are the distances between neighbours along each axis.
func strides(dims []int) []int {
	out := make([]int, len(dims))
	step := 1
	for i := len(dims) - 1; i >= 0; i-- {
		out[i] = step
		step *= max(dims[i], 1)
	}
	return out
}

// walk gives, for the row-major positions of dims in turn, the offset that
// steps along the axes lead to, beginning at start. It must be called with
// positions 0, 1, 2, ...
func walk(dims, steps []int, start int) func(int) int {
	index := make([]int, len(dims))
	offset := start
	return func(i int) int {
		if i == 0 {
			return offset
		}
		for a := len(dims) - 1; a >= 0; a-- {
			index[a]++
			offset += steps[a]
			if index[a] < dims[a] {
				break
			}
			offset -= steps[a] * dims[a]
			index[a] = 0
		}
		return offset
	}
}

// broadcastSteps are the strides of a tensor of extents from as read in
// the frame of extents to: 0 along axes that it repeats. From must be
// broadcastable to to.
func broadcastSteps(from, to []int) []int {
	own := strides(from)
	out := make([]int, len(to))
	lead := len(to) - len(from)
	for i, d := range from {
		if d != 1 {
			out[lead+i] = own[i]
		}
	}
	return out
}

// broadcast gives the common extents of two shapes under ONNX's
// multidirectional broadcasting.
func broadcast(a, b []int) ([]int, bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := slices.Clone(a)
	lead := len(a) - len(b)
	for i, d := range b {
		switch have := out[lead+i]; {
		case have == d || d == 1:
		case have == 1:
			out[lead+i] = d
		default:
			return nil, false
		}
	}
	_, ok := product(out)
	return out, ok
}

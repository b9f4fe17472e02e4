package npz

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// Array is a decoded array: elements in C order, the last dimension fastest.
type Array struct {
	Name  string // the member's name; empty for a bare .npy file
	Shape []int  // empty for a 0-d array
	Type  DType

	item  int    // bytes an element
	count int    // elements
	data  []byte // little-endian, C order
}

// Len returns the number of elements, 1 for a 0-d array.
func (a *Array) Len() int { return a.count }

// Bytes returns the elements in C order and little-endian, four bytes a code
// point for strings. The slice is the array's own.
func (a *Array) Bytes() []byte { return a.data }

func (a *Array) refuse(want string) error {
	if a.Name == "" {
		return fmt.Errorf("the array is %s: %s", a.Type, want)
	}
	return fmt.Errorf("array %q is %s: %s", a.Name, a.Type, want)
}

// Uint8s returns the elements of a uint8 or bool array. The slice is the
// array's own. Any other type is an error.
func (a *Array) Uint8s() ([]uint8, error) {
	if a.Type != Uint8 && a.Type != Bool {
		return nil, a.refuse("uint8 or bool is needed")
	}
	return a.data, nil
}

// Bools returns the elements of a bool array, where any nonzero byte is true.
// Any other type is an error.
func (a *Array) Bools() ([]bool, error) {
	if a.Type != Bool {
		return nil, a.refuse("bool is needed")
	}
	out := make([]bool, a.count)
	for i := range out {
		out[i] = a.data[i] != 0
	}
	return out, nil
}

// Int64s returns the elements of an integer or bool array. Floats are refused,
// and so is a uint64 beyond the range of int64.
func (a *Array) Int64s() ([]int64, error) {
	if a.Type != Bool && !a.Type.isInteger() {
		return nil, a.refuse("an integer type or bool is needed")
	}
	out := make([]int64, a.count)
	for i := range out {
		out[i] = a.integer(i)
		if a.Type == Uint64 && out[i] < 0 {
			return nil, a.refuse(fmt.Sprintf("element %d is %d, which int64 cannot hold", i,
				uint64(out[i])))
		}
	}
	return out, nil
}

// integer returns element i of an integer or bool array; a uint64 is returned as the int64 of the
// same bits.
func (a *Array) integer(i int) int64 {
	d := a.data[i*a.item:]
	switch a.Type {
	case Int8:
		return int64(int8(d[0]))
	case Int16:
		return int64(int16(binary.LittleEndian.Uint16(d)))
	case Uint16:
		return int64(binary.LittleEndian.Uint16(d))
	case Int32:
		return int64(int32(binary.LittleEndian.Uint32(d)))
	case Uint32:
		return int64(binary.LittleEndian.Uint32(d))
	case Int64, Uint64:
		return int64(binary.LittleEndian.Uint64(d))
	case Bool:
		if d[0] != 0 {
			return 1
		}
		return 0
	}
	return int64(d[0])
}

// Float64s returns the elements of any numeric or bool array. Integers beyond
// 2^53 that float64 would round are refused rather than changed.
func (a *Array) Float64s() ([]float64, error) {
	switch {
	case a.Type == String:
		return nil, a.refuse("a numeric type is needed")
	case a.Type == Bool || a.Type.isInteger():
		return a.exactFloats()
	}
	out := make([]float64, a.count)
	for i := range out {
		out[i] = a.float(i)
	}
	return out, nil
}

// float returns element i of an array of floats.
func (a *Array) float(i int) float64 {
	d := a.data[i*a.item:]
	switch a.Type {
	case Float16:
		return float64(halfToFloat(binary.LittleEndian.Uint16(d)))
	case Float32:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(d)))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(d))
}

func (a *Array) exactFloats() ([]float64, error) {
	out := make([]float64, a.count)
	for i := range out {
		v := a.integer(i)
		if a.Type == Uint64 {
			u := uint64(v)
			out[i] = float64(u)
			// 2^64 itself would not convert back.
			if out[i] >= 1<<64 || uint64(out[i]) != u {
				return nil, a.refuse(
					fmt.Sprintf("element %d is %d, which float64 cannot hold exactly", i, u))
			}
			continue
		}
		out[i] = float64(v)
		if out[i] >= 1<<63 || int64(out[i]) != v {
			return nil, a.refuse(fmt.Sprintf("element %d is %d, which float64 cannot hold exactly",
				i, v))
		}
	}
	return out, nil
}

// Float32s returns the elements of a float16 or float32 array. Any other type
// is an error, because it might lose digits.
func (a *Array) Float32s() ([]float32, error) {
	if a.Type != Float16 && a.Type != Float32 {
		return nil, a.refuse("float16 or float32 is needed")
	}
	out := make([]float32, a.count)
	for i := range out {
		if a.Type == Float16 {
			out[i] = halfToFloat(binary.LittleEndian.Uint16(a.data[2*i:]))
		} else {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(a.data[4*i:]))
		}
	}
	return out, nil
}

// Reals returns the elements of any numeric or bool array as float32, rounded where float32 does
// not hold them; numbers beyond its range become infinite.
func (a *Array) Reals() ([]float32, error) {
	if a.Type == String {
		return nil, a.refuse("a numeric type is needed")
	}
	out := make([]float32, a.count)
	for i := range out {
		out[i] = a.real(i)
	}
	return out, nil
}

// real returns element i of a numeric or bool array.
func (a *Array) real(i int) float32 {
	d := a.data[i*a.item:]
	switch a.Type {
	case Float16:
		return halfToFloat(binary.LittleEndian.Uint16(d))
	case Float32:
		return math.Float32frombits(binary.LittleEndian.Uint32(d))
	case Float64:
		return float32(math.Float64frombits(binary.LittleEndian.Uint64(d)))
	case Uint64:
		return float32(binary.LittleEndian.Uint64(d))
	}
	return float32(a.integer(i))
}

// Strings returns the elements of a str array without the padding zeros.
// Code points that are not Unicode characters are an error.
func (a *Array) Strings() ([]string, error) {
	if a.Type != String {
		return nil, a.refuse("str is needed")
	}
	out := make([]string, a.count)
	for i := range out {
		s, err := decodeUTF32(a.data[i*a.item : (i+1)*a.item])
		if err != nil {
			return nil, a.refuse(fmt.Sprintf("element %d: %v", i, err))
		}
		out[i] = s
	}
	return out, nil
}

func decodeUTF32(d []byte) (string, error) {
	for len(d) > 0 && binary.LittleEndian.Uint32(d[len(d)-4:]) == 0 {
		d = d[:len(d)-4]
	}
	var b strings.Builder
	for ; len(d) > 0; d = d[4:] {
		c := binary.LittleEndian.Uint32(d)
		if c > utf8.MaxRune || !utf8.ValidRune(rune(c)) {
			return "", fmt.Errorf("code point %#x is not a Unicode character", c)
		}
		b.WriteRune(rune(c))
	}
	return b.String(), nil
}

// halfToFloat widens an IEEE 754 binary16, which float32 holds exactly.
func halfToFloat(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exp := uint32(h >> 10 & 0x1f)
	frac := uint32(h & 0x3ff)
	switch {
	case exp == 0x1f:
		return math.Float32frombits(sign | 0xff<<23 | frac<<13)
	case exp != 0:
		return math.Float32frombits(sign | (exp+127-15)<<23 | frac<<13)
	}
	// Zero and the subnormals: frac counts units of 2^-24.
	v := float32(frac) * (1.0 / (1 << 24))
	if sign != 0 {
		v = -v
	}
	return v
}

// array puts raw elements into the canonical order: C and little-endian.
func (h *header) array(data []byte) *Array {
	if h.big && h.unit > 1 {
		swapUnits(data, h.unit)
	}
	if h.fortran {
		data = fromFortran(data, h.shape, h.item)
	}
	return &Array{Shape: h.shape, Type: h.dtype, item: h.item, count: h.count, data: data}
}

func swapUnits(data []byte, unit int) {
	for ; len(data) >= unit; data = data[unit:] {
		for i, j := 0, unit-1; i < j; i, j = i+1, j-1 {
			data[i], data[j] = data[j], data[i]
		}
	}
}

// fromFortran reorders elements stored with the first dimension fastest.
func fromFortran(data []byte, shape []int, item int) []byte {
	if len(shape) < 2 || len(data) == 0 {
		return data
	}
	strides := make([]int, len(shape))
	step := item
	for i, d := range shape {
		strides[i] = step
		step *= d
	}
	out := make([]byte, 0, len(data))
	index := make([]int, len(shape))
	from := 0
	for len(out) < len(data) {
		out = append(out, data[from:from+item]...)
		for k := len(shape) - 1; k >= 0; k-- {
			index[k]++
			from += strides[k]
			if index[k] < shape[k] {
				break
			}
			from -= index[k] * strides[k]
			index[k] = 0
		}
	}
	return out
}

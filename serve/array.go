package serve

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Array is an array of a frame, row-major in little-endian order.
type Array struct {
	Name string
	// Type is one of u1, i4, f4, f8 and b: bytes, int32, float32, float64, and raw bytes
	// of a file.
	Type  string
	Shape []int
	Data  []byte
}

type arrayHeader struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Shape []int  `json:"shape"`
}

func (a *Array) header() arrayHeader { return arrayHeader{a.Name, a.Type, a.Shape} }

// sizes are those of elements.
func sizeOf(kind string) (int64, error) {
	switch kind {
	case "u1", "b":
		return 1, nil
	case "i4", "f4":
		return 4, nil
	case "f8":
		return 8, nil
	}
	return 0, fmt.Errorf("elements of type %q: the types are u1, i4, f4, f8 and b", kind)
}

// readArrays cuts the bytes after a header into the arrays that it lists; nothing is copied. Bytes
// and list must agree.
func readArrays(list []arrayHeader, data []byte) ([]Array, error) {
	if len(list) > maxArrays {
		return nil, fmt.Errorf("%d arrays: the most are %d", len(list), maxArrays)
	}
	var out []Array
	for _, h := range list {
		size, err := sizeOf(h.Type)
		if err != nil {
			return nil, fmt.Errorf("array %q: %w", h.Name, err)
		}
		if len(h.Shape) > 32 {
			return nil, fmt.Errorf("array %q has %d axes: the most are 32", h.Name, len(h.Shape))
		}
		for _, d := range h.Shape {
			if d < 0 || d > 0 && size > int64(MaxFrame)/int64(d) {
				return nil, fmt.Errorf("array %q of shape %v is larger than a frame", h.Name,
					h.Shape)
			}
			size *= int64(d)
		}
		if size > int64(len(data)) {
			return nil, fmt.Errorf("array %q of shape %v takes %d bytes, and the frame has %d left",
				h.Name, h.Shape, size, len(data))
		}
		out = append(out, Array{Name: h.Name, Type: h.Type, Shape: h.Shape, Data: data[:size:size]})
		data = data[size:]
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("%d bytes of the frame belong to no array", len(data))
	}
	return out, nil
}

// array finds an array by name.
func (f *Frame) array(name string) *Array {
	for i := range f.Arrays {
		if f.Arrays[i].Name == name {
			return &f.Arrays[i]
		}
	}
	return nil
}

func (a *Array) float32s() []float32 {
	out := make([]float32, len(a.Data)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(a.Data[4*i:]))
	}
	return out
}

func (a *Array) int32s() []int32 {
	out := make([]int32, len(a.Data)/4)
	for i := range out {
		out[i] = int32(binary.LittleEndian.Uint32(a.Data[4*i:]))
	}
	return out
}

func ofBytes(name, kind string, x []uint8, shape ...int) Array {
	return Array{Name: name, Type: kind, Shape: shape, Data: x}
}

func ofInt32s(name string, x []int32, shape ...int) Array {
	data := make([]byte, 0, 4*len(x))
	for _, v := range x {
		data = binary.LittleEndian.AppendUint32(data, uint32(v))
	}
	return Array{Name: name, Type: "i4", Shape: shape, Data: data}
}

func ofFloat32s(name string, x []float32, shape ...int) Array {
	data := make([]byte, 0, 4*len(x))
	for _, v := range x {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	return Array{Name: name, Type: "f4", Shape: shape, Data: data}
}

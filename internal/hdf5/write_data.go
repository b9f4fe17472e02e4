package hdf5

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Text is a scalar string, of variable length and in UTF-8.
type Text string

// Texts are strings in a shape.
type Texts struct {
	Shape  []int
	Values []string
}

// Floats are 32-bit floats in a shape, which is empty for a scalar.
type Floats struct {
	Shape  []int
	Values []float32
}

// Integers are signed 64-bit integers in a shape, which is empty for a scalar.
type Integers struct {
	Shape  []int
	Values []int64
}

// The messages of a data set's object header.
const (
	messageDataspace   = 0x01
	messageDatatype    = 0x03
	messageFill        = 0x05
	messageLayout      = 0x08
	messageSymbolTable = 0x11
)

func (t Text) write(w *writer) (uint64, error) {
	return Texts{Values: []string{string(t)}}.write(w)
}

func (t Texts) write(w *writer) (uint64, error) {
	at := w.align()
	for _, s := range t.Values {
		// The collection and the index follow with the heap.
		w.references = append(w.references, len(w.b)+4)
		w.strings = append(w.strings, s)
		w.u32(len(s))
		w.u64(0)
		w.u32(0)
	}
	kind := &writer{}
	kind.u8(0x19, 1, 1, 0) // of variable length, a string, in UTF-8
	kind.u32(16)
	kind.u8(0x10, 0, 0, 0) // of bytes
	kind.u32(1)
	kind.u16(0)
	kind.u16(8)
	return w.dataset(at, kind.b, t.Shape, len(t.Values))
}

func (f Floats) write(w *writer) (uint64, error) {
	at := w.align()
	for _, x := range f.Values {
		w.b = binary.LittleEndian.AppendUint32(w.b, math.Float32bits(x))
	}
	kind := &writer{}
	kind.u8(0x11, 0x20, 31, 0) // IEEE, little-endian, sign at bit 31
	kind.u32(4)
	kind.u16(0)
	kind.u16(32)
	kind.u8(23, 8, 0, 23)
	kind.u32(127)
	return w.dataset(at, kind.b, f.Shape, len(f.Values))
}

func (n Integers) write(w *writer) (uint64, error) {
	at := w.align()
	for _, x := range n.Values {
		w.u64(uint64(x))
	}
	kind := &writer{}
	kind.u8(0x10, 8, 0, 0) // little-endian, signed
	kind.u32(8)
	kind.u16(0)
	kind.u16(64)
	return w.dataset(at, kind.b, n.Shape, len(n.Values))
}

// dataset appends the header of data from an address to the end.
func (w *writer) dataset(at uint64, kind []byte, shape []int, count int) (uint64, error) {
	size := uint64(len(w.b)) - at
	space := &writer{}
	space.u8(1, uint8(len(shape)), 0, 0, 0, 0, 0, 0)
	n := 1
	for _, extent := range shape {
		space.u64(uint64(extent))
		n *= extent
	}
	if n != count {
		return 0, fmt.Errorf("shape %v for %d elements", shape, count)
	}
	layout := &writer{}
	layout.u8(3, 1)
	layout.u64(at)
	layout.u64(size)
	return w.header(
		headerMessage{messageDataspace, space.b}, headerMessage{messageDatatype, kind},
		headerMessage{messageFill, []byte{2, 2, 2, 1, 0, 0, 0, 0}},
		headerMessage{messageLayout, layout.b},
	), nil
}

const (
	// leastCollection is the least size of a global heap collection, and about the most
	// that several strings share.
	leastCollection, fullCollection = 4096, 1 << 16
	collectionHead, objectHead      = 16, 16
)

// writeHeap appends the strings, in collections, and completes the references to them.
func (w *writer) writeHeap() {
	for first := 0; first < len(w.strings); {
		last, size := first, collectionHead
		for last < len(w.strings) && (last == first || size < fullCollection) {
			size += objectHead + (len(w.strings[last])+7)/8*8
			last++
		}
		w.collection(first, last, max(size, leastCollection))
		first = last
	}
}

// collection appends one.
func (w *writer) collection(first, last, size int) {
	at := w.align()
	w.b = append(w.b, "GCOL"...)
	w.u32(1)
	w.u64(uint64(size))
	for i, s := range w.strings[first:last] {
		reference := w.b[w.references[first+i]:]
		binary.LittleEndian.PutUint64(reference, at)
		binary.LittleEndian.PutUint32(reference[8:], uint32(i+1))
		w.u16(i + 1)
		w.u16(0)
		w.u32(0)
		w.u64(uint64(len(s)))
		w.b = append(w.b, s...)
		w.align()
	}
	if left := int(at) + size - len(w.b); left >= objectHead {
		w.u64(0) // object 0 is free space
		w.u64(uint64(left))
		w.b = append(w.b, make([]byte, left-objectHead)...)
	}
}

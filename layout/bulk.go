package layout

import (
	"encoding/binary"
	"slices"
	"unsafe"

	"adder/core"
	"adder/router"
)

// plain are the items of arrays: their memory on a little-endian machine is
// their form in the file. The lines below fail to compile should one of the
// structs change size.
type plain interface {
	int8 | int16 | uint16 | int32 | uint32 | core.Synapse | router.Dest
}

var (
	_ [4]byte = [unsafe.Sizeof(core.Synapse{})]byte{}
	_ [8]byte = [unsafe.Sizeof(router.Dest{})]byte{}
)

// wordSize is the size of the numbers that items of type T consist of.
func wordSize[T plain]() int {
	var item any = *new(T)
	switch item.(type) {
	case int8:
		return 1
	case int16, uint16, core.Synapse:
		return 2
	}
	return 4
}

func sizeOf[T plain]() int { return int(unsafe.Sizeof(*new(T))) }

// isLittleEndian reports whether arrays in memory and in the file look alike.
func isLittleEndian() bool {
	return binary.NativeEndian.Uint16([]byte{1, 0}) == 1
}

// memory is the memory of a slice.
func memory[T plain](items []T) []byte {
	if len(items) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(items))), len(items)*sizeOf[T]())
}

// toFile returns the form of items in a file. The result may be the memory of
// items itself.
func toFile[T plain](items []T, littleEndian bool) []byte {
	bytes := memory(items)
	if !littleEndian {
		bytes = slices.Clone(bytes)
		swap(bytes, wordSize[T]())
	}
	return bytes
}

// fromFile returns the items that bytes, whose length is a multiple of an item's size, are in a
// file. They share the memory of bytes where machine and alignment allow it.
func fromFile[T plain](bytes []byte, littleEndian bool) []T {
	n := len(bytes) / sizeOf[T]()
	if n == 0 {
		return nil
	}
	first := unsafe.Pointer(unsafe.SliceData(bytes))
	if littleEndian && uintptr(first)%unsafe.Alignof(*new(T)) == 0 {
		return unsafe.Slice((*T)(first), n)
	}
	items := make([]T, n)
	copy(memory(items), bytes)
	if !littleEndian {
		swap(memory(items), wordSize[T]())
	}
	return items
}

// swap reverses the bytes of each word.
func swap(bytes []byte, word int) {
	if word == 1 {
		return
	}
	for chunk := range slices.Chunk(bytes, word) {
		slices.Reverse(chunk)
	}
}

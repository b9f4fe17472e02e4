package hdf5

import (
	"bytes"
	"fmt"
)

// localHeap holds the names of a symbol-table group.
type localHeap struct {
	data []byte
	at   uint64
}

func (f *File) localHeap(addr uint64) (localHeap, error) {
	c, err := f.cursorAt(addr, uint64(8+2*f.lengthSize+f.offsetSize))
	if err != nil {
		return localHeap{}, fmt.Errorf("local heap: %w", err)
	}
	if string(c.bytes(4)) != "HEAP" {
		return localHeap{}, fmt.Errorf("local heap: offset %#x: no HEAP signature", addr)
	}
	c.version("local heap", 0)
	c.skip(3)
	size := c.length()
	c.length() // free list
	at := c.offset()
	if c.err != nil {
		return localHeap{}, c.err
	}
	data, err := f.block(at, size)
	if err != nil {
		return localHeap{}, fmt.Errorf("local heap: %w", err)
	}
	return localHeap{data, at}, nil
}

// text returns the zero-terminated string at an offset.
func (h localHeap) text(offset uint64) (string, error) {
	if offset >= uint64(len(h.data)) {
		return "", fmt.Errorf("local heap at offset %#x: name at %d of %d bytes", h.at, offset,
			len(h.data))
	}
	b := h.data[offset:]
	n := bytes.IndexByte(b, 0)
	if n < 0 {
		return "", fmt.Errorf("local heap at offset %#x: name at %d has no end", h.at, offset)
	}
	return string(b[:n]), nil
}

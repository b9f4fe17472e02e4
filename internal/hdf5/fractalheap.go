package hdf5

import (
	"fmt"
	"math/bits"
)

// fractalHeap stores the links and attributes of objects that have many.
type fractalHeap struct {
	f *File

	idSize, offsetBytes, lengthBytes int
	checksums                        bool // direct blocks carry one
	hugeTree                         uint64

	width         uint64 // blocks in a row
	start, direct uint64 // sizes of the first and of the largest direct block
	maxBits       int
	root          uint64
	rootRows      int // 0: the root is a direct block

	blocks map[uint64][]byte // direct blocks read so far, by address
}

func (f *File) fractalHeap(addr uint64) (*fractalHeap, error) {
	size := 4 + 1 + 2 + 2 + 1 + 4 + 12*f.lengthSize + 3*f.offsetSize + 2 + 2 + 2 + 2 + 4
	c, err := f.checked(addr, uint64(size), "FRHP")
	if err != nil {
		// A heap with filters has a longer header and a checksum further on.
		return nil, fmt.Errorf("fractal heap: %w", err)
	}
	c.version("fractal heap", 0)
	h := &fractalHeap{f: f, blocks: map[uint64][]byte{}}
	h.idSize = c.u16()
	if n := c.u16(); c.err == nil && n != 0 {
		c.fail("filtered heaps are not supported")
	}
	h.checksums = c.u8()&2 != 0
	maxManaged := uint64(c.u32())
	c.length() // next huge identifier
	h.hugeTree = c.offset()
	c.length() // free space
	c.offset() // its manager
	for range 8 {
		c.length() // statistics
	}
	h.width = uint64(c.u16())
	h.start, h.direct = c.length(), c.length()
	h.maxBits = c.u16()
	c.skip(2) // starting rows
	h.root = c.offset()
	h.rootRows = c.u16()
	if c.err == nil {
		h.check(c, maxManaged)
	}
	if c.err != nil {
		return nil, fmt.Errorf("fractal heap: %w", c.err)
	}
	return h, nil
}

// check refuses impossible parameters and derives the widths of identifiers.
func (h *fractalHeap) check(c *cursor, maxManaged uint64) {
	power := func(v uint64) bool { return bits.OnesCount64(v) == 1 }
	if !power(h.width) || !power(h.start) || !power(h.direct) || h.direct < h.start ||
		h.direct > 1<<32 || h.maxBits < 1 || h.maxBits > 64 || h.rootRows > 64 || maxManaged == 0 {
		c.fail("parameters of the heap are absurd")
		return
	}
	h.offsetBytes = (h.maxBits + 7) / 8
	h.lengthBytes = min((bits.Len64(h.direct)-1+7)/8, encodedSize(maxManaged))
	if 1+h.offsetBytes+h.lengthBytes > h.idSize {
		c.fail("identifiers of %d bytes are too short", h.idSize)
	}
}

// object returns the object of a heap identifier.
func (h *fractalHeap) object(id *cursor) ([]byte, uint64, error) {
	flags := id.u8()
	if id.err != nil {
		return nil, 0, id.err
	}
	switch {
	case flags>>6 != 0:
		return nil, 0, fmt.Errorf("fractal heap: identifier version %d is not supported", flags>>6)
	case flags>>4&3 == 0:
		offset, length := id.uint(h.offsetBytes), id.uint(h.lengthBytes)
		if id.err != nil {
			return nil, 0, id.err
		}
		return h.managed(offset, length)
	case flags>>4&3 == 1:
		return h.huge(id)
	case h.idSize > 18:
		n := flags&15<<8 | id.u8()
		return id.bytes(n + 1), id.at, id.err
	}
	return id.bytes(flags&15 + 1), id.at, id.err
}

// managed finds an object by its position in the heap's own address space.
func (h *fractalHeap) managed(offset, length uint64) ([]byte, uint64, error) {
	addr, size, first, err := h.locate(offset)
	if err != nil {
		return nil, 0, fmt.Errorf("fractal heap: %w", err)
	}
	block, err := h.directBlock(addr, size)
	if err != nil {
		return nil, 0, fmt.Errorf("fractal heap: %w", err)
	}
	at := offset - first
	if at > size || length > size-at {
		return nil, 0, fmt.Errorf("fractal heap: offset %#x: object of %d bytes at %d of %d", addr,
			length, at, size)
	}
	return block[at : at+length], addr + at, nil
}

func (h *fractalHeap) directBlock(addr, size uint64) ([]byte, error) {
	if b, ok := h.blocks[addr]; ok && uint64(len(b)) == size {
		return b, nil
	}
	b, err := h.f.block(addr, size)
	if err != nil {
		return nil, err
	}
	head := 5 + h.f.offsetSize + h.offsetBytes
	if len(b) < head+4 || string(b[:4]) != "FHDB" || b[4] != 0 {
		return nil, fmt.Errorf("offset %#x: no direct block", addr)
	}
	if h.checksums {
		if err := verifyInside(b, head, addr); err != nil {
			return nil, err
		}
	}
	h.blocks[addr] = b
	return b, nil
}

// verifyInside checks a checksum that is within the data it covers and counts there as zero.
func verifyInside(b []byte, at int, addr uint64) error {
	whole := append(append([]byte(nil), b...), b[at:at+4]...)
	clear(whole[at : at+4])
	return verify(whole, addr)
}

// rowSize is the size of each block in a row of the doubling table: rows 0 and 1
// have the starting size, each further row doubles.
func (h *fractalHeap) rowSize(row int) uint64 {
	if row < 2 {
		return h.start
	}
	return h.start << (row - 1)
}

// directRows is the number of rows whose blocks are direct.
func (h *fractalHeap) directRows() int {
	return bits.Len64(h.direct) - bits.Len64(h.start) + 2
}

// locate descends to the direct block that holds a heap offset and returns its
// address, its size and the offset that it starts at.
func (h *fractalHeap) locate(offset uint64) (addr, size, first uint64, err error) {
	addr, rows := h.root, h.rootRows
	if rows == 0 {
		return addr, h.start, 0, nil
	}
	for range 64 {
		row, column, start, ok := h.position(offset-first, rows)
		if !ok {
			return 0, 0, 0, fmt.Errorf("offset %#x: the heap does not reach to %d", addr, offset)
		}
		child, err := h.child(addr, rows, row, column)
		if err != nil {
			return 0, 0, 0, err
		}
		first += start
		if row < h.directRows() {
			return child, h.rowSize(row), first, nil
		}
		// An indirect block covers as many rows as add up to its size.
		addr = child
		rows = bits.Len64(h.rowSize(row)) - bits.Len64(h.start*h.width) + 1
		if rows < 1 {
			break
		}
	}
	return 0, 0, 0, fmt.Errorf("offset %#x: indirect blocks are nested too deep", addr)
}

// position finds the row and column of an offset relative to its indirect block.
func (h *fractalHeap) position(offset uint64, rows int) (row, column int, start uint64, ok bool) {
	var at uint64
	for row := range rows {
		size := h.rowSize(row)
		over, span := bits.Mul64(size, h.width)
		if over != 0 || bits.Len64(size) < bits.Len64(h.start) {
			return 0, 0, 0, false
		}
		if offset-at < span {
			n := (offset - at) / size
			return row, int(n), at + n*size, true
		}
		at += span
	}
	return 0, 0, 0, false
}

// child reads one address out of an indirect block.
func (h *fractalHeap) child(addr uint64, rows, row, column int) (uint64, error) {
	head := 5 + h.f.offsetSize + h.offsetBytes
	n := uint64(rows) * h.width
	size := uint64(head) + n*uint64(h.f.offsetSize) + 4
	b, ok := h.blocks[addr]
	if !ok || uint64(len(b)) != size {
		c, err := h.f.checked(addr, size, "FHIB")
		if err != nil {
			return 0, err
		}
		b = c.b[:size]
		h.blocks[addr] = b
	}
	c := h.f.cursor(b, addr)
	c.skip(head + (row*int(h.width)+column)*h.f.offsetSize)
	child := c.offset()
	if c.err == nil && child == undefined {
		c.fail("a heap object lies in a block that does not exist")
	}
	return child, c.err
}

// huge reads an object that is stored on its own: the identifier has its address
// and length if they fit, and a number to look up in a B-tree otherwise.
func (h *fractalHeap) huge(id *cursor) ([]byte, uint64, error) {
	if h.idSize >= 1+h.f.offsetSize+h.f.lengthSize {
		return h.hugeAt(id.offset(), id.length(), id.err)
	}
	number := id.uint(min(8, h.idSize-1))
	t, err := h.f.btree2(h.hugeTree)
	if err != nil {
		return nil, 0, err
	}
	if t.kind != btree2Huge {
		return nil, 0, fmt.Errorf("fractal heap: huge objects in a tree of record type %d are "+
			"not supported", t.kind)
	}
	var addr, length uint64
	found := false
	err = t.walk(func(c *cursor) error {
		a, l, n := c.offset(), c.length(), c.length()
		if n == number {
			addr, length, found = a, l, true
		}
		return c.err
	})
	if err == nil && !found {
		err = fmt.Errorf("fractal heap: no huge object %d", number)
	}
	return h.hugeAt(addr, length, err)
}

func (h *fractalHeap) hugeAt(addr, length uint64, err error) ([]byte, uint64, error) {
	if err != nil {
		return nil, 0, err
	}
	b, err := h.f.block(addr, length)
	if err != nil {
		return nil, 0, fmt.Errorf("fractal heap: huge object: %w", err)
	}
	return b, addr, nil
}

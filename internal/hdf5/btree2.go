package hdf5

import (
	"fmt"
	"math/bits"
)

// Record types of a version 2 B-tree.
const (
	btree2Huge          = 1
	btree2LinkName      = 5
	btree2AttrName      = 8
	btree2Chunk         = 10
	btree2FilteredChunk = 11
)

// btree2 is a version 2 B-tree.
type btree2 struct {
	f          *File
	kind       int
	nodeSize   uint64
	recordSize int
	depth      int
	root       uint64
	rootCount  int

	countSize  int   // bytes of a child's record count
	totalSizes []int // by level: bytes of a child's total count
	seen       map[uint64]bool
}

// encodedSize is the bytes that numbers up to limit take.
func encodedSize(limit uint64) int { return (bits.Len64(limit)-1)/8 + 1 }

// btree2 reads the header of the tree at addr.
func (f *File) btree2(addr uint64) (*btree2, error) {
	c, err := f.checked(addr, uint64(4+1+1+4+2+2+2+f.offsetSize+2+f.lengthSize+4), "BTHD")
	if err != nil {
		return nil, fmt.Errorf("b-tree: %w", err)
	}
	c.version("B-tree", 0)
	t := &btree2{f: f, kind: c.u8(), seen: map[uint64]bool{}}
	t.nodeSize = uint64(c.u32())
	t.recordSize, t.depth = c.u16(), c.u16()
	c.skip(2) // split and merge percentages
	t.root, t.rootCount = c.offset(), c.u16()
	if c.err == nil && (t.recordSize == 0 || t.nodeSize < uint64(10+t.recordSize) || t.depth > 16) {
		c.fail("a tree of depth %d with records of %d in nodes of %d bytes", t.depth, t.recordSize,
			t.nodeSize)
	}
	if c.err != nil {
		return nil, fmt.Errorf("b-tree: %w", c.err)
	}
	return t, t.pointerSizes()
}

// pointerSizes computes the width of the counts next to child addresses: as wide as the fullest
// possible subtree needs.
func (t *btree2) pointerSizes() error {
	leafMax := (t.nodeSize - 10) / uint64(t.recordSize)
	t.countSize = encodedSize(leafMax)
	t.totalSizes = []int{0}
	total := leafMax
	for level := 1; level <= t.depth; level++ {
		pointer := uint64(t.f.offsetSize + t.countSize + t.totalSizes[level-1])
		if t.nodeSize < 10+pointer {
			return fmt.Errorf("b-tree: nodes of %d bytes cannot have children", t.nodeSize)
		}
		most := (t.nodeSize - 10 - pointer) / (uint64(t.recordSize) + pointer)
		if over, _ := bits.Mul64(most+1, total); over != 0 || most == 0 {
			return fmt.Errorf("b-tree: a depth of %d is absurd", t.depth)
		}
		total = (most+1)*total + most
		t.totalSizes = append(t.totalSizes, encodedSize(total))
	}
	return nil
}

// walk visits every record in order.
func (t *btree2) walk(record func(c *cursor) error) error {
	if t.root == undefined || t.rootCount == 0 {
		return nil
	}
	if err := t.node(t.root, t.rootCount, t.depth, record); err != nil {
		return fmt.Errorf("b-tree: %w", err)
	}
	return nil
}

func (t *btree2) node(addr uint64, count, level int, record func(c *cursor) error) error {
	if t.seen[addr] {
		return fmt.Errorf("offset %#x: the node is reached twice", addr)
	}
	t.seen[addr] = true
	signature := "BTLF"
	size := 10 + count*t.recordSize
	pointer := 0
	if level > 0 {
		signature = "BTIN"
		pointer = t.f.offsetSize + t.countSize + t.totalSizes[level-1]
		size += (count + 1) * pointer
	}
	if uint64(size) > t.nodeSize {
		return fmt.Errorf("offset %#x: %d records do not fit a node of %d bytes", addr, count,
			t.nodeSize)
	}
	c, err := t.f.checked(addr, uint64(size), signature)
	if err != nil {
		return err
	}
	c.version("B-tree node", 0)
	if kind := c.u8(); c.err == nil && kind != t.kind {
		c.fail("record type %d where %d is needed", kind, t.kind)
	}
	records := t.f.cursor(c.bytes(count*t.recordSize), c.at+uint64(c.pos))
	for i := 0; i <= count && c.err == nil; i++ {
		if level > 0 {
			child, n := c.offset(), int(c.uint(t.countSize))
			c.skip(t.totalSizes[level-1])
			if c.err != nil {
				break
			}
			if err := t.node(child, n, level-1, record); err != nil {
				return err
			}
		}
		if i == count {
			break
		}
		at := records.at + uint64(records.pos)
		if err := record(t.f.cursor(records.bytes(t.recordSize), at)); err != nil {
			return err
		}
	}
	return c.err
}

package hdf5

import "fmt"

// Node types of a version 1 B-tree.
const (
	btree1Group = 0
	btree1Chunk = 1
)

// btree1 walks a version 1 B-tree, leaves in order. Levels must fall by one
// from node to child and no node may come twice, so that a walk ends.
type btree1 struct {
	f       *File
	kind    int
	keySize int
	seen    map[uint64]bool
	leaf    func(key *cursor, child uint64) error
}

// walk visits every entry of the tree at addr.
func (b *btree1) walk(addr uint64) error {
	b.seen = map[uint64]bool{}
	if err := b.node(addr, -1); err != nil {
		return fmt.Errorf("b-tree: %w", err)
	}
	return nil
}

// node visits a node, whose level must be as given unless that is negative.
func (b *btree1) node(addr uint64, level int) error {
	if b.seen[addr] {
		return fmt.Errorf("offset %#x: the node is reached twice", addr)
	}
	b.seen[addr] = true
	head := 8 + 2*b.f.offsetSize
	c, err := b.f.cursorAt(addr, uint64(head))
	if err != nil {
		return err
	}
	if string(c.bytes(4)) != "TREE" {
		return fmt.Errorf("offset %#x: no TREE signature", addr)
	}
	kind, own, used := c.u8(), c.u8(), c.u16()
	if kind != b.kind {
		return fmt.Errorf("offset %#x: node type %d where %d is needed", addr, kind, b.kind)
	}
	if level >= 0 && own != level {
		return fmt.Errorf("offset %#x: a node of level %d where %d is needed", addr, own, level)
	}
	step := b.keySize + b.f.offsetSize
	c, err = b.f.cursorAt(addr+uint64(head), uint64(used*step))
	if err != nil {
		return err
	}
	for range used {
		key := b.f.cursor(c.bytes(b.keySize), c.at+uint64(c.pos-b.keySize))
		child := c.offset()
		if c.err != nil {
			return c.err
		}
		if own > 0 {
			err = b.node(child, own-1)
		} else {
			err = b.leaf(key, child)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

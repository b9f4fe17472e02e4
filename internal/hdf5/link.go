package hdf5

import (
	"errors"
	"fmt"
)

// link is one entry of a group.
type link struct {
	kind   linkKind
	addr   uint64 // of a hard link: the object header
	target string // of a soft link: a path; of an external one: the file
}

type linkKind uint8

const (
	hardLink linkKind = iota
	softLink
	externalLink
	otherLink
)

// parseLink reads a link message (version 1).
func parseLink(c *cursor) (string, link) {
	c.version("link", 1)
	flags := c.u8()
	kind := 0
	if flags&0x08 != 0 {
		kind = c.u8()
	}
	if flags&0x04 != 0 {
		c.skip(8) // creation order
	}
	if flags&0x10 != 0 {
		c.skip(1) // character set
	}
	n := c.uint(1 << (flags & 3))
	if n > uint64(c.left()) {
		c.fail("a link name of %d bytes in %d", n, c.left())
		return "", link{}
	}
	name := string(c.bytes(int(n)))
	switch kind {
	case 0:
		return name, link{kind: hardLink, addr: c.offset()}
	case 1:
		return name, link{kind: softLink, target: string(c.bytes(c.u16()))}
	case 64:
		value := externalFile(c.bytes(c.u16()))
		return name, link{kind: externalLink, target: value}
	}
	return name, link{kind: otherLink}
}

// externalFile takes the file name out of an external link's value: flags, file,
// zero, path, zero.
func externalFile(b []byte) string {
	for i := 1; i < len(b); i++ {
		if b[i] == 0 {
			return string(b[1:i])
		}
	}
	return ""
}

// links reads all links of the group with header h.
func (f *File) links(h header) (map[string]link, error) {
	links := map[string]link{}
	add := func(name string, l link) error {
		if name == "" {
			return errors.New("a link without a name")
		}
		if _, ok := links[name]; ok {
			return fmt.Errorf("two links are named %q", name)
		}
		links[name] = l
		return nil
	}
	for _, m := range h {
		var err error
		c := f.cursor(m.body, m.at)
		switch m.kind {
		case msgSymbolTable:
			err = f.symbolTable(c, add)
		case msgLinkInfo:
			err = f.denseLinks(c, add)
		case msgLink:
			name, l := parseLink(c)
			if err = c.err; err == nil {
				err = add(name, l)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return links, nil
}

// symbolTable reads an old-style group: a B-tree of symbol table nodes whose names are in a local
// heap.
func (f *File) symbolTable(c *cursor, add func(string, link) error) error {
	tree, heapAddr := c.offset(), c.offset()
	if c.err != nil {
		return c.err
	}
	heap, err := f.localHeap(heapAddr)
	if err != nil {
		return err
	}
	b := &btree1{f: f, kind: btree1Group, keySize: f.lengthSize}
	b.leaf = func(_ *cursor, child uint64) error { return f.symbolNode(child, heap, add) }
	return b.walk(tree)
}

// symbolNode reads one SNOD.
func (f *File) symbolNode(addr uint64, heap localHeap, add func(string, link) error) error {
	c, err := f.cursorAt(addr, 8)
	if err != nil {
		return fmt.Errorf("symbol table node: %w", err)
	}
	if string(c.bytes(4)) != "SNOD" {
		return fmt.Errorf("offset %#x: no SNOD signature", addr)
	}
	c.version("symbol table node", 1)
	c.skip(1)
	n := c.u16()
	if c.err != nil {
		return c.err
	}
	c, err = f.cursorAt(addr+8, uint64(n*(2*f.offsetSize+24)))
	if err != nil {
		return fmt.Errorf("symbol table node: %w", err)
	}
	for range n {
		nameAt, l := c.offset(), link{addr: c.offset()}
		cached := c.u32()
		c.skip(4)
		scratch := f.cursor(c.bytes(16), addr)
		if c.err != nil {
			return c.err
		}
		name, err := heap.text(nameAt)
		if err != nil {
			return err
		}
		if cached == 2 {
			l.kind = softLink
			if l.target, err = heap.text(uint64(scratch.u32())); err != nil {
				return err
			}
		}
		// Names may overlap in the heap, so the file does not bound their sum.
		if err := f.charge(int64(len(name) + len(l.target))); err != nil {
			return err
		}
		if err := add(name, l); err != nil {
			return fmt.Errorf("offset %#x: %w", addr, err)
		}
	}
	return nil
}

// denseLinks reads a new-style group whose links are in a fractal heap. A group with few has no
// heap; its links are messages of their own.
func (f *File) denseLinks(c *cursor, add func(string, link) error) error {
	c.version("link info", 0)
	if c.u8()&1 != 0 {
		c.skip(8) // highest creation order
	}
	heapAddr, tree := c.offset(), c.offset()
	if c.err != nil || heapAddr == undefined {
		return c.err
	}
	return f.dense(heapAddr, tree, btree2LinkName, 4, func(c *cursor) error {
		name, l := parseLink(c)
		if c.err != nil {
			return c.err
		}
		return add(name, l)
	})
}

// dense visits every object of a heap by way of its name index. The heap
// identifier is at position at of a record.
func (f *File) dense(heapAddr, treeAddr uint64, kind, at int, object func(c *cursor) error) error {
	heap, err := f.fractalHeap(heapAddr)
	if err != nil {
		return err
	}
	t, err := f.btree2(treeAddr)
	if err != nil {
		return err
	}
	if t.kind != kind {
		return fmt.Errorf("offset %#x: record type %d where %d is needed", treeAddr, t.kind, kind)
	}
	return t.walk(func(c *cursor) error {
		c.skip(at)
		id := f.cursor(c.bytes(heap.idSize), c.at+uint64(at))
		if c.err != nil {
			return c.err
		}
		b, addr, err := heap.object(id)
		if err != nil {
			return err
		}
		// Identifiers may overlap, so the file does not bound their sum.
		if err := f.charge(int64(len(b))); err != nil {
			return err
		}
		return object(f.cursor(b, addr))
	})
}

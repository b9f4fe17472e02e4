package hdf5

import "fmt"

// globalHeaps reads variable-length data. It keeps the collections that it has
// read for the time of one request.
type globalHeaps struct {
	f           *File
	collections map[uint64]map[int][]byte
}

func newGlobalHeaps(f *File) *globalHeaps {
	return &globalHeaps{f, map[uint64]map[int][]byte{}}
}

// object returns the object with an index in the collection at addr.
func (g *globalHeaps) object(addr uint64, index int) ([]byte, error) {
	objects, ok := g.collections[addr]
	if !ok {
		var err error
		if objects, err = g.f.collection(addr); err != nil {
			return nil, fmt.Errorf("global heap: %w", err)
		}
		g.collections[addr] = objects
	}
	b, ok := objects[index]
	if !ok {
		return nil, fmt.Errorf("global heap at offset %#x: no object %d", addr, index)
	}
	return b, nil
}

func (f *File) collection(addr uint64) (map[int][]byte, error) {
	head := uint64(8 + f.lengthSize)
	c, err := f.cursorAt(addr, head)
	if err != nil {
		return nil, err
	}
	if string(c.bytes(4)) != "GCOL" {
		return nil, fmt.Errorf("offset %#x: no GCOL signature", addr)
	}
	c.version("global heap", 1)
	c.skip(3)
	size := c.length()
	if c.err != nil {
		return nil, c.err
	}
	if c, err = f.cursorAt(addr, size); err != nil {
		return nil, err
	}
	c.skip(int(head))
	objects := map[int][]byte{}
	for c.err == nil && c.left() >= 8+f.lengthSize {
		index := c.u16()
		c.skip(6) // reference count, reserved
		n := c.length()
		if index == 0 { // the free space at the end
			break
		}
		if n > uint64(c.left()) {
			c.fail("object %d of %d bytes in %d", index, n, c.left())
			break
		}
		if err := f.charge(readCost); err != nil { // what its map entry takes
			return nil, err
		}
		objects[index] = c.bytes(int(n))
		c.skip(min(int(-n&7), c.left()))
	}
	return objects, c.err
}

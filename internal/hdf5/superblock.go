package hdf5

import (
	"errors"
	"fmt"
	"io"
)

const signature = "\x89HDF\r\n\x1a\n"

// readSuperblock finds and reads the superblock and returns the address of the
// root group's object header.
func (f *File) readSuperblock() (uint64, error) {
	if err := f.findSuperblock(); err != nil {
		return 0, err
	}
	// The longest superblock, version 1 with 8-byte fields, has 100 bytes; the
	// shortest, version 2 with 2-byte fields, has 24.
	head, err := f.block(0, uint64(min(f.size-f.base, 104)))
	if err != nil {
		return 0, err
	}
	c := f.cursor(head, 0)
	c.skip(len(signature))
	var root uint64
	switch v := c.version("superblock", 0, 1, 2, 3); v {
	case 0, 1:
		root = f.superblock0(c, v)
	default:
		root = f.superblock2(c)
	}
	if c.err != nil {
		return 0, fmt.Errorf("superblock: %w", c.err)
	}
	return root, nil
}

// findSuperblock looks at 0, 512, 1024 and so on, doubling: what comes before is
// a user block. Addresses count from where the superblock is.
func (f *File) findSuperblock() error {
	var b [len(signature)]byte
	for at := int64(0); at+int64(len(b)) <= f.size; at = max(512, at*2) {
		if _, err := f.r.ReadAt(b[:], at); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if string(b[:]) == signature {
			f.base = at
			return nil
		}
	}
	if f.size >= 4 {
		if _, err := f.r.ReadAt(b[:4], 0); err == nil && string(b[:4]) == "PK\x03\x04" {
			return errors.New("not an HDF5 file but a zip archive, such as PyTorch writes: " +
				"export the network to NIR")
		}
	}
	return errors.New("not an HDF5 file: no signature: it is damaged, or a file of another kind")
}

func (f *File) fieldSizes(c *cursor) {
	f.offsetSize, f.lengthSize = c.u8(), c.u8()
	for _, n := range []int{f.offsetSize, f.lengthSize} {
		if n != 2 && n != 4 && n != 8 {
			c.fail("addresses of %d and sizes of %d bytes are not supported", f.offsetSize,
				f.lengthSize)
		}
	}
	c.offsetSize, c.lengthSize = f.offsetSize, f.lengthSize
}

func (f *File) superblock0(c *cursor, version int) uint64 {
	c.skip(4) // versions of the free-space, root-group and shared-header parts
	f.fieldSizes(c)
	c.skip(1 + 2 + 2 + 4) // reserved, the two group K, flags
	if version == 1 {
		c.skip(4) // chunk K, reserved
	}
	stored := c.offset() // base address
	c.offset()           // free space
	f.checkEnd(c, stored, c.offset())
	c.offset()        // driver information
	c.offset()        // the root's name
	return c.offset() // cached scratch data follows
}

func (f *File) superblock2(c *cursor) uint64 {
	f.fieldSizes(c)
	c.skip(1) // flags
	stored := c.offset()
	c.offset() // extension
	f.checkEnd(c, stored, c.offset())
	root := c.offset()
	c.skip(4)
	if c.err == nil {
		c.err = verify(c.b[:c.pos], 0)
	}
	return root
}

// checkEnd refuses a file shorter than its superblock says. Extra bytes at the end are ignored. The
// end counts from where the base address does.
func (f *File) checkEnd(c *cursor, stored, end uint64) {
	if c.err != nil {
		return
	}
	if have := uint64(f.size-f.base) + stored; end == undefined || stored > uint64(f.size) ||
		end > have {
		c.fail("the file is truncated: it should end at %#x but has %#x bytes", end, f.size)
	}
}

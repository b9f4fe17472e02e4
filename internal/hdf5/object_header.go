package hdf5

import (
	"errors"
	"fmt"
)

// Types of object header messages.
const (
	msgDataspace    = 0x01
	msgLinkInfo     = 0x02
	msgDatatype     = 0x03
	msgOldFill      = 0x04
	msgFill         = 0x05
	msgLink         = 0x06
	msgExternal     = 0x07
	msgLayout       = 0x08
	msgFilters      = 0x0b
	msgAttribute    = 0x0c
	msgContinuation = 0x10
	msgSymbolTable  = 0x11
	msgAttrInfo     = 0x15
)

// flagShared marks a message whose body is kept elsewhere.
const flagShared = 0x02

// message is one object header message.
type message struct {
	kind  int
	flags int
	body  []byte
	at    uint64 // address of body
}

// header is the object header.
type header []message

// find returns the first message of a kind, or nil.
func (h header) find(kind int) *message {
	for i := range h {
		if h[i].kind == kind {
			return &h[i]
		}
	}
	return nil
}

// headerBlock is a stretch of the file that holds messages.
type headerBlock struct{ addr, size uint64 }

// readHeader reads all messages of the object header at addr, with those of its
// continuation blocks.
func (f *File) readHeader(addr uint64) (header, error) {
	if err := f.charge(openCost); err != nil {
		return nil, err
	}
	start, err := f.cursorAt(addr, 6)
	if err != nil {
		return nil, fmt.Errorf("object header: %w", err)
	}
	var h header
	if string(start.b[:4]) == "OHDR" {
		h, err = f.header2(addr, start)
	} else {
		h, err = f.header1(addr, start)
	}
	if err != nil {
		return nil, fmt.Errorf("object header: %w", err)
	}
	return h, nil
}

// header1 reads a version 1 header: 12 bytes, 4 of padding, then messages.
func (f *File) header1(addr uint64, c *cursor) (header, error) {
	c.version("object header", 1)
	if c.err != nil {
		return nil, c.err
	}
	c, err := f.cursorAt(addr, 16)
	if err != nil {
		return nil, err
	}
	c.skip(8)
	blocks := []headerBlock{{addr + 16, uint64(c.u32())}}
	var h header
	for i := 0; i < len(blocks); i++ {
		before := len(h)
		c, err := f.cursorAt(blocks[i].addr, blocks[i].size)
		if err != nil {
			return nil, err
		}
		for c.err == nil && c.left() >= 8 {
			kind, size, flags := c.u16(), c.u16(), c.u8()
			c.skip(3)
			h = append(h, message{kind, flags, nil, c.at + uint64(c.pos)})
			h[len(h)-1].body = c.bytes(size)
		}
		if c.err != nil {
			return nil, c.err
		}
		if blocks, err = f.continuations(h[before:], blocks); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// continuations appends to the blocks known so far those that new messages
// name. A block named twice is a cycle.
func (f *File) continuations(messages header, known []headerBlock) ([]headerBlock, error) {
	for _, m := range messages {
		if m.kind != msgContinuation {
			continue
		}
		c := f.cursor(m.body, m.at)
		b := headerBlock{c.offset(), c.length()}
		if c.err != nil {
			return nil, fmt.Errorf("continuation: %w", c.err)
		}
		for _, k := range known {
			if k.addr == b.addr {
				return nil, fmt.Errorf("continuation: block %#x is used twice", b.addr)
			}
		}
		if len(known) > 1<<10 {
			return nil, errors.New("more than 1024 continuation blocks")
		}
		known = append(known, b)
	}
	return known, nil
}

// header2 reads a version 2 header, whose blocks carry checksums.
func (f *File) header2(addr uint64, c *cursor) (header, error) {
	c.skip(4)
	c.version("object header", 2)
	flags := c.u8()
	if c.err != nil {
		return nil, c.err
	}
	fixed := 6
	if flags&0x20 != 0 {
		fixed += 16 // times
	}
	if flags&0x10 != 0 {
		fixed += 4 // attribute phase change
	}
	width := 1 << (flags & 3)
	c, err := f.cursorAt(addr, uint64(fixed+width))
	if err != nil {
		return nil, err
	}
	c.skip(fixed)
	size := c.uint(width)
	if size > uint64(f.size) {
		return nil, fmt.Errorf("offset %#x: %d bytes of messages in a file of %d", addr, size,
			f.size)
	}
	prefix := uint64(fixed + width)
	blocks := []headerBlock{{addr, prefix + size + 4}}
	var h header
	for i := 0; i < len(blocks); i++ {
		before := len(h)
		signature, skip := "OCHK", 0
		if i == 0 {
			signature, skip = "OHDR", int(prefix)-4
		}
		c, err := f.checked(blocks[i].addr, blocks[i].size, signature)
		if err != nil {
			return nil, err
		}
		c.skip(skip)
		if h, err = messages2(h, c, flags&0x04 != 0); err != nil {
			return nil, err
		}
		if blocks, err = f.continuations(h[before:], blocks); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// messages2 appends the messages of a version 2 block. A tail too short for a
// message is a gap.
func messages2(h header, c *cursor, ordered bool) (header, error) {
	prefix := 4
	if ordered {
		prefix = 6
	}
	for c.err == nil && c.left() >= prefix {
		kind, size, flags := c.u8(), c.u16(), c.u8()
		c.skip(prefix - 4) // creation order
		h = append(h, message{kind, flags, nil, c.at + uint64(c.pos)})
		h[len(h)-1].body = c.bytes(size)
	}
	return h, c.err
}

// sharedAddress reads the body of a shared message: the address of the object
// header (a committed datatype) that has the message itself.
func (f *File) sharedAddress(c *cursor) (uint64, error) {
	version := c.version("shared message", 1, 2, 3)
	kind := c.u8()
	if version == 1 {
		c.skip(6)
	}
	if version == 3 && kind != 2 {
		c.fail("messages in a shared-message table are not supported")
	}
	addr := c.offset()
	return addr, c.err
}

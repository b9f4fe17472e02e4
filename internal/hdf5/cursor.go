package hdf5

import (
	"bytes"
	"fmt"
)

// cursor takes little-endian fields off a byte slice. After the first field
// that is not there it yields zeros and keeps the error, so that a run of fields
// needs one check.
type cursor struct {
	b          []byte
	pos        int
	at         uint64 // address of b[0], for messages
	offsetSize int
	lengthSize int
	err        error
}

func (c *cursor) left() int { return len(c.b) - c.pos }

func (c *cursor) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("offset %#x: %s", c.at+uint64(c.pos), fmt.Sprintf(format, args...))
	}
}

// bytes returns the next n bytes, or nil when they are not there.
func (c *cursor) bytes(n int) []byte {
	if c.err == nil && (n < 0 || n > c.left()) {
		c.fail("%d bytes are needed where %d are left", n, c.left())
	}
	if c.err != nil {
		return nil
	}
	b := c.b[c.pos : c.pos+n : c.pos+n]
	c.pos += n
	return b
}

func (c *cursor) skip(n int) { c.bytes(n) }

// uint takes an unsigned number of n bytes, at most 8.
func (c *cursor) uint(n int) uint64 {
	var v uint64
	b := c.bytes(n)
	for i := len(b) - 1; i >= 0; i-- {
		v = v<<8 | uint64(b[i])
	}
	return v
}

func (c *cursor) u8() int     { return int(c.uint(1)) }
func (c *cursor) u16() int    { return int(c.uint(2)) }
func (c *cursor) u32() uint32 { return uint32(c.uint(4)) }
func (c *cursor) u64() uint64 { return c.uint(8) }

// length takes a size in the file's width.
func (c *cursor) length() uint64 { return c.uint(c.lengthSize) }

// offset takes an address in the file's width; all ones means undefined.
func (c *cursor) offset() uint64 {
	v := c.uint(c.offsetSize)
	if c.offsetSize < 8 && v == 1<<(8*c.offsetSize)-1 {
		return undefined
	}
	return v
}

// text takes a zero-terminated string and the zero.
func (c *cursor) text() string {
	if c.err != nil {
		return ""
	}
	n := bytes.IndexByte(c.b[c.pos:], 0)
	if n < 0 {
		c.fail("a name has no end")
		return ""
	}
	s := string(c.bytes(n))
	c.skip(1)
	return s
}

// version takes a version byte that must be one of those given.
func (c *cursor) version(what string, want ...int) int {
	v := c.u8()
	if c.err != nil {
		return 0
	}
	for _, w := range want {
		if v == w {
			return v
		}
	}
	c.fail("%s version %d is not supported", what, v)
	return 0
}

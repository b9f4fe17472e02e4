package chip

import (
	"encoding/binary"
	"errors"
)

// codec writes or reads the fields of a saved state, in one order for both.
type codec struct {
	reading bool
	// bytes are those written, or those that are left to read.
	bytes []byte
	err   error
}

var errShort = errors.New("it ends within a field")

// take is the next n bytes to read, nil after the end.
func (c *codec) take(n int) []byte {
	if c.err != nil || n > len(c.bytes) {
		c.fail(errShort)
		return nil
	}
	next := c.bytes[:n]
	c.bytes = c.bytes[n:]
	return next
}

// fail keeps the first error.
func (c *codec) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// fixed is a field of a fixed size, such as a struct of integers; v is a pointer or a slice
// of the right length.
func (c *codec) fixed(v any) {
	if !c.reading {
		bytes, err := binary.Append(c.bytes, binary.LittleEndian, v)
		c.bytes = bytes
		c.fail(err)
		return
	}
	if next := c.take(binary.Size(v)); next != nil {
		_, err := binary.Decode(next, binary.LittleEndian, v)
		c.fail(err)
	}
}

// length is the number of elements of a list, each of at least so many bytes: more than
// the bytes that are left can hold is an error before anything is allocated.
func (c *codec) length(n, size int) int {
	length := uint32(n)
	c.fixed(&length)
	if c.reading && c.err == nil && int64(length)*int64(size) > int64(len(c.bytes)) {
		c.fail(errShort)
	}
	if c.err != nil {
		return 0
	}
	return int(length)
}

// list is a list of elements of a fixed size. An empty one is read as nil.
func list[T any](c *codec, s *[]T) {
	var zero T
	n := c.length(len(*s), max(binary.Size(&zero), 1))
	if c.reading {
		*s = nil
		if n > 0 {
			*s = make([]T, n)
		}
	}
	if n > 0 {
		c.fixed(*s)
	}
}

// structs is a list of elements with a code of their own, each of at least one byte.
func structs[T any](c *codec, s *[]T, code func(*codec, *T)) {
	n := c.length(len(*s), 1)
	if c.reading {
		*s = nil
		if n > 0 {
			*s = make([]T, n)
		}
	}
	for i := range *s {
		if c.err != nil {
			return
		}
		code(c, &(*s)[i])
	}
}

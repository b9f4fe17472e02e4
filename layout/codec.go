package layout

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
	"unsafe"
)

// codec writes or reads one section. The functions below do one or the other,
// so that a description of a section serves both and the two cannot disagree.
type codec struct {
	reading      bool
	littleEndian bool
	// version is that of the format.
	version uint32

	// parts are the bytes written so far, size their number; tail gathers
	// small writes for the next part. Arrays are not copied.
	parts [][]byte
	tail  []byte
	size  int

	// data is the section that is read and at the place in it.
	data []byte
	at   int
	// err is the first fault, which stops all reading.
	err *fault
}

// fault is a fault at a place in a section.
type fault struct {
	at      int
	problem string
}

func (c *codec) fail(at int, format string, args ...any) {
	if c.err == nil {
		c.err = &fault{at: at, problem: fmt.Sprintf(format, args...)}
	}
}

// write copies a few bytes.
func (c *codec) write(bytes []byte) {
	c.tail = append(c.tail, bytes...)
	c.size += len(bytes)
}

// refer adds bytes without a copy.
func (c *codec) refer(bytes []byte) {
	if len(bytes) == 0 {
		return
	}
	c.flush()
	c.parts = append(c.parts, bytes)
	c.size += len(bytes)
}

func (c *codec) flush() {
	if len(c.tail) > 0 {
		c.parts = append(c.parts, c.tail)
		c.tail = nil
	}
}

// take returns the next n bytes, or nil if there are fewer.
func (c *codec) take(n uint64) []byte {
	if c.err != nil {
		return nil
	}
	if n > uint64(len(c.data)-c.at) {
		c.fail(c.at, "%d bytes are due and %d are left", n, len(c.data)-c.at)
		return nil
	}
	bytes := c.data[c.at : c.at+int(n) : c.at+int(n)]
	c.at += int(n)
	return bytes
}

// end checks that nothing is left.
func (c *codec) end() {
	if c.err == nil && c.at != len(c.data) {
		c.fail(c.at, "%d bytes follow the section's content", len(c.data)-c.at)
	}
}

// integer is a number of 1, 2, 4 or 8 bytes.
type integer interface {
	~uint8 | ~int8 | ~uint16 | ~int16 | ~uint32 | ~int32 | ~uint64 | ~int64
}

func number[T integer](c *codec, x *T) {
	size := int(unsafe.Sizeof(*x))
	if !c.reading {
		for shift := range size {
			c.tail = append(c.tail, byte(uint64(*x)>>(8*shift)))
		}
		c.size += size
		return
	}
	var bytes [8]byte
	if copy(bytes[:], c.take(uint64(size))) == size {
		*x = T(binary.LittleEndian.Uint64(bytes[:]))
	}
}

func boolean(c *codec, x *bool) {
	var b uint8
	if *x {
		b = 1
	}
	number(c, &b)
	if c.reading {
		if b > 1 {
			c.fail(c.at-1, "a flag is %d: it is 0 or 1", b)
		}
		*x = b == 1
	}
}

func bytesOf(c *codec, x *[]byte) {
	n := uint32(len(*x))
	number(c, &n)
	if !c.reading {
		c.write(*x)
		return
	}
	if bytes := c.take(uint64(n)); len(bytes) > 0 {
		*x = bytes
	}
}

func text(c *codec, x *string) {
	bytes := []byte(*x)
	start := c.at
	bytesOf(c, &bytes)
	if c.reading {
		if !utf8.Valid(bytes) {
			c.fail(start, "a name is not UTF-8")
		}
		*x = string(bytes)
	}
}

// list writes or reads a list by its items, each of which takes at least
// `least` bytes: that many must be there before memory is taken.
func list[T any](c *codec, items *[]T, least int, each func(*codec, *T)) {
	n := uint32(len(*items))
	start := c.at
	number(c, &n)
	if c.reading {
		if left := len(c.data) - c.at; uint64(n)*uint64(least) > uint64(left) {
			c.fail(start, "a list of %d items needs at least %d bytes and %d are left", n,
				uint64(n)*uint64(least), left)
		}
		if c.err != nil || n == 0 {
			return
		}
		*items = make([]T, n)
	}
	for i := range *items {
		if c.err != nil {
			return
		}
		each(c, &(*items)[i])
	}
}

// arrayAlign is the alignment of arrays within a section.
const arrayAlign = 8

// array writes or reads an array as one piece.
func array[T plain](c *codec, items *[]T) {
	n := uint64(len(*items))
	number(c, &n)
	c.align()
	if !c.reading {
		c.refer(toFile(*items, c.littleEndian))
		return
	}
	size := uint64(sizeOf[T]())
	if left := uint64(len(c.data) - c.at); n > left/size {
		c.fail(c.at, "an array of %d items of %d bytes is due and %d bytes are left", n, size, left)
		return
	}
	if bytes := c.take(n * size); len(bytes) > 0 {
		*items = fromFile[T](bytes, c.littleEndian)
	}
}

// align fills up with zeros to where an array may start.
func (c *codec) align() {
	if !c.reading {
		c.write(make([]byte, -c.size&(arrayAlign-1)))
		return
	}
	start := c.at
	for _, b := range c.take(uint64(-c.at & (arrayAlign - 1))) {
		if b != 0 {
			c.fail(start, "filler before an array is not zero")
			return
		}
	}
}

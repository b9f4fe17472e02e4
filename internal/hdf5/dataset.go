package hdf5

import (
	"errors"
	"fmt"
)

// Dataset is an array of elements of one type.
type Dataset struct {
	object
	elements
	layout  layout
	filters []filter
	fill    []byte // one element, or nil for zeros
	space   dataspace
	inner   int // elements of an array type in each element of the dataspace
}

func (f *File) openDataset(addr uint64, path string) (*Dataset, error) {
	h, err := f.readHeader(addr)
	if err != nil {
		return nil, err
	}
	if k := kindOf(h); k != KindDataset {
		return nil, fmt.Errorf("not a dataset but a %s", k)
	}
	d := &Dataset{object: object{f, path, addr, h}}
	for _, m := range h {
		if m.flags&flagShared != 0 && (m.kind == msgDataspace || m.kind == msgFill ||
			m.kind == msgOldFill || m.kind == msgFilters) {
			return nil, fmt.Errorf("offset %#x: messages in a shared-message table are not "+
				"supported", m.at)
		}
	}
	if h.find(msgExternal) != nil {
		return nil, errors.New("the data lies in other files: external data is not supported")
	}
	for _, part := range []func() error{d.readSpace, d.readLayout, d.readFilters, d.readFill} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	d.elements.source = d.load
	return d, nil
}

func (d *Dataset) readSpace() error {
	space, dtype := d.head.find(msgDataspace), d.head.find(msgDatatype)
	if space == nil || dtype == nil {
		return errors.New("the dataset has no dataspace or no datatype")
	}
	c := d.f.cursor(space.body, space.at)
	d.space = parseDataspace(c)
	if c.err != nil {
		return c.err
	}
	t, inner, err := d.f.datatype(dtype)
	if err != nil {
		return fmt.Errorf("datatype: %w", err)
	}
	d.inner, _ = product(inner)
	return d.elements.set(d.f, d.path, t, d.space, inner)
}

// elementSize is the bytes of one element of the dataspace.
func (d *Dataset) elementSize() int { return d.inner * d.dtype.Size }

func (d *Dataset) readLayout() error {
	m := d.head.find(msgLayout)
	c := d.f.cursor(m.body, m.at)
	d.layout = parseLayout(c)
	if c.err != nil {
		return fmt.Errorf("layout: %w", c.err)
	}
	if d.layout.class != layoutChunked {
		return nil
	}
	return d.checkChunks(m.at)
}

// checkChunks holds a chunked layout against the dataspace and the type.
func (d *Dataset) checkChunks(at uint64) error {
	l := &d.layout
	rank := len(d.space.dims)
	if rank == 0 || len(l.chunk) != rank+1 {
		return fmt.Errorf("layout: offset %#x: chunks of %d dimensions in a dataset of %d", at,
			len(l.chunk)-1, rank)
	}
	if l.chunk[rank] != d.elementSize() {
		return fmt.Errorf("layout: offset %#x: chunks of %d-byte elements in a dataset of "+
			"%d-byte ones", at, l.chunk[rank], d.elementSize())
	}
	n, ok := product(l.chunk)
	if !ok || n == 0 || int64(n) > 1<<32 {
		return fmt.Errorf("layout: offset %#x: chunks of %v bytes are absurd", at, l.chunk)
	}
	l.chunkBytes = n
	l.chunk = l.chunk[:rank]
	return nil
}

func (d *Dataset) readFilters() error {
	m := d.head.find(msgFilters)
	if m == nil {
		return nil
	}
	c := d.f.cursor(m.body, m.at)
	d.filters = parseFilters(c)
	if c.err != nil {
		return fmt.Errorf("filters: %w", c.err)
	}
	return nil
}

// readFill takes the value of elements that were never written.
func (d *Dataset) readFill() error {
	var value []byte
	if m := d.head.find(msgFill); m != nil {
		c := d.f.cursor(m.body, m.at)
		value = parseFill(c)
		if c.err != nil {
			return fmt.Errorf("fill value: %w", c.err)
		}
	} else if m := d.head.find(msgOldFill); m != nil {
		c := d.f.cursor(m.body, m.at)
		value = c.bytes(int(c.u32()))
		if c.err != nil {
			return fmt.Errorf("fill value: %w", c.err)
		}
	}
	if len(value) == 0 {
		return nil
	}
	if len(value) != d.elementSize() {
		return fmt.Errorf("fill value: %d bytes for elements of %d", len(value), d.elementSize())
	}
	for _, b := range value {
		if b != 0 {
			d.fill = value
			break
		}
	}
	return nil
}

// parseFill reads a fill value message, versions 1 to 3.
func parseFill(c *cursor) []byte {
	switch version := c.version("fill value", 1, 2, 3); version {
	case 1, 2:
		c.skip(2) // allocation and writing time
		defined := c.u8()
		if version == 2 && defined == 0 {
			return nil
		}
	default:
		if c.u8()&0x20 == 0 {
			return nil
		}
	}
	return c.bytes(int(c.u32()))
}

// load reads all elements in row-major order, as the file stores them.
func (d *Dataset) load() ([]byte, error) {
	n := d.bytes()
	if n == 0 {
		return nil, nil
	}
	switch d.layout.class {
	case layoutCompact:
		if len(d.layout.data) < n {
			return nil, fmt.Errorf("compact data of %d bytes where %d are needed",
				len(d.layout.data), n)
		}
		return d.layout.data[:n], nil
	case layoutContiguous:
		if d.layout.addr == undefined {
			return d.filled(n)
		}
		if d.layout.size < uint64(n) {
			return nil, fmt.Errorf("contiguous data of %d bytes where %d are needed", d.layout.size,
				n)
		}
		return d.f.block(d.layout.addr, uint64(n))
	}
	return d.loadChunks(n)
}

// filled makes n bytes of fill values.
func (d *Dataset) filled(n int) ([]byte, error) {
	if err := d.f.charge(int64(n)); err != nil {
		return nil, err
	}
	out := make([]byte, n)
	if d.fill == nil {
		return out, nil
	}
	for done := copy(out, d.fill); done < n; done *= 2 {
		copy(out[done:], out[:done])
	}
	return out, nil
}

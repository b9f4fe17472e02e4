package hdf5

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Filters that are understood.
const (
	filterDeflate  = 1
	filterShuffle  = 2
	filterFletcher = 3
	filterLZF      = 32000
)

// filterNames names the registered filters that are refused.
var filterNames = map[int]string{4: "szip", 5: "n-bit", 6: "scale-offset", 307: "bzip2",
	32001: "blosc", 32004: "lz4", 32008: "bitshuffle", 32015: "zstd"}

// filterSlack is how much longer than the chunk data may be between filters:
// a checksum or two.
const filterSlack = 64

// filter is a step of the pipeline that chunks went through.
type filter struct {
	id     int
	values []uint32
}

// parseFilters reads a filter pipeline message, version 1 or 2.
func parseFilters(c *cursor) []filter {
	version := c.version("filter pipeline", 1, 2)
	n := c.u8()
	if version == 1 {
		c.skip(6)
	}
	if n > 32 {
		c.fail("%d filters: at most 32 are possible", n)
	}
	var filters []filter
	for i := 0; i < n && c.err == nil; i++ {
		f := filter{id: c.u16()}
		name := 0
		if version == 1 || f.id >= 256 {
			name = c.u16()
		}
		c.skip(2) // flags
		values := c.u16()
		if version == 1 {
			name = (name + 7) &^ 7
		}
		c.skip(name)
		for j := 0; j < values && c.err == nil; j++ {
			f.values = append(f.values, c.u32())
		}
		if version == 1 && values%2 != 0 {
			c.skip(4)
		}
		filters = append(filters, f)
	}
	return filters
}

// pipeline undoes filters. It keeps the inflater between chunks.
type pipeline struct {
	f       *File
	filters []filter
	inflate io.ReadCloser
}

// decode undoes the filters that mask does not exclude, last first. No result
// is longer than size bytes and a little.
func (p *pipeline) decode(b []byte, mask uint32, size int) ([]byte, error) {
	for i := len(p.filters) - 1; i >= 0; i-- {
		if mask>>i&1 != 0 {
			continue
		}
		var err error
		if b, err = p.undo(p.filters[i], b, size+filterSlack); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (p *pipeline) undo(f filter, b []byte, limit int) ([]byte, error) {
	switch f.id {
	case filterDeflate:
		return p.deflated(b, limit)
	case filterShuffle:
		return p.unshuffle(f, b)
	case filterFletcher:
		return unfletcher(b)
	case filterLZF:
		if err := p.f.charge(int64(min(limit, len(b)*lzfRatio))); err != nil {
			return nil, err
		}
		return lzf(b, limit)
	}
	name := filterNames[f.id]
	if name == "" {
		name = "unknown"
	}
	return nil, fmt.Errorf("filter %d (%s) is not supported: write the file with gzip, lzf or no "+
		"compression", f.id, name)
}

// deflated inflates at most limit bytes. Memory grows with what comes out.
func (p *pipeline) deflated(b []byte, limit int) ([]byte, error) {
	var err error
	if p.inflate == nil {
		p.inflate, err = zlib.NewReader(bytes.NewReader(b))
	} else {
		err = p.inflate.(zlib.Resetter).Reset(bytes.NewReader(b), nil)
	}
	if err != nil {
		p.inflate = nil
		return nil, fmt.Errorf("deflate: %w", err)
	}
	out := make([]byte, 0, min(limit, max(4*len(b), 512)))
	for {
		if len(out) == cap(out) {
			if len(out) == limit {
				return nil, fmt.Errorf("deflate: more than %d bytes", limit)
			}
			out = append(make([]byte, 0, min(limit, 2*cap(out))), out...)
		}
		n, err := p.inflate.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
		if chargeErr := p.f.charge(int64(n)); chargeErr != nil {
			return nil, chargeErr
		}
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("deflate: %w", err)
		}
	}
}

// unshuffle puts the bytes of each element together again; the first bytes of all elements come
// first, and the remainder is unchanged.
func (p *pipeline) unshuffle(f filter, b []byte) ([]byte, error) {
	if len(f.values) < 1 || f.values[0] < 1 {
		return nil, errors.New("shuffle: no element size")
	}
	size := int(f.values[0])
	n := len(b) / size
	if size == 1 || n < 2 {
		return b, nil
	}
	if err := p.f.charge(int64(len(b))); err != nil {
		return nil, err
	}
	out := make([]byte, len(b))
	for k := range size {
		part := b[k*n : (k+1)*n]
		for i, v := range part {
			out[i*size+k] = v
		}
	}
	copy(out[n*size:], b[n*size:])
	return out, nil
}

func unfletcher(b []byte) ([]byte, error) {
	if len(b) < 4 {
		return nil, errors.New("fletcher32: no checksum")
	}
	body, want := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if got := fletcher32(body); got != want {
		return nil, fmt.Errorf(
			"fletcher32: checksum %#08x does not match %#08x: the data is damaged", got, want)
	}
	return body, nil
}

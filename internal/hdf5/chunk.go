package hdf5

import (
	"fmt"
	"math"
)

// chunk is a stored chunk.
type chunk struct {
	addr uint64
	size uint64 // bytes in the file
	mask uint32 // bit i: filter i was left out
	at   []int  // element where it starts, in each dimension
}

// loadChunks assembles a chunked dataset of n bytes: fill values, then every
// chunk that the index has.
func (d *Dataset) loadChunks(n int) ([]byte, error) {
	out, err := d.filled(n)
	if err != nil || d.layout.addr == undefined {
		return out, err
	}
	pipe := pipeline{f: d.f, filters: d.filters}
	place := func(c chunk) error {
		if err := d.f.charge(chunkCost); err != nil {
			return err
		}
		raw, err := d.chunkData(&pipe, c)
		if err != nil {
			return fmt.Errorf("chunk at %v, offset %#x: %w", c.at, c.addr, err)
		}
		d.place(out, raw, c.at)
		return nil
	}
	return out, d.chunks(place)
}

// chunks visits every stored chunk.
func (d *Dataset) chunks(visit func(chunk) error) error {
	switch d.layout.index {
	case indexBtree1:
		return d.chunksBtree1(visit)
	case indexSingle:
		c := chunk{addr: d.layout.addr, size: uint64(d.layout.chunkBytes),
			at: make([]int, len(d.space.dims))}
		if s := d.layout.single; s != nil {
			c.size, c.mask = s.size, s.mask
		}
		return visit(c)
	case indexImplicit:
		return d.chunksImplicit(visit)
	case indexFixed:
		return d.chunksFixed(visit)
	case indexExtensible:
		return d.chunksExtensible(visit)
	}
	return d.chunksBtree2(visit)
}

// chunksBtree1 visits the chunks of a version 1 B-tree, whose keys are size,
// mask and the first element in each dimension.
func (d *Dataset) chunksBtree1(visit func(chunk) error) error {
	rank := len(d.space.dims)
	b := &btree1{f: d.f, kind: btree1Chunk, keySize: 8 + 8*(rank+1)}
	b.leaf = func(key *cursor, child uint64) error {
		c := chunk{addr: child, size: uint64(key.u32()), mask: key.u32(), at: make([]int, rank)}
		for i := range c.at {
			v := key.u64()
			if v > math.MaxInt64 || int(v)%d.layout.chunk[i] != 0 {
				key.fail("a chunk starts at %d in dimension %d", v, i)
				return key.err
			}
			c.at[i] = int(v)
		}
		return visit(c)
	}
	return b.walk(d.layout.addr)
}

// chunksBtree2 visits the chunks of a version 2 B-tree, whose records have the
// chunk's number in each dimension.
func (d *Dataset) chunksBtree2(visit func(chunk) error) error {
	t, err := d.f.btree2(d.layout.addr)
	if err != nil {
		return err
	}
	kind, rank := btree2Chunk, len(d.space.dims)
	entry := chunkEntry{width: t.recordSize - 8*rank}
	if len(d.filters) > 0 {
		kind, entry.filtered = btree2FilteredChunk, true
	}
	if t.kind != kind {
		return fmt.Errorf("b-tree: record type %d where %d is needed", t.kind, kind)
	}
	return t.walk(func(rec *cursor) error {
		c := d.chunkEntry(rec, entry)
		c.at = make([]int, rank)
		for i := range c.at {
			v := rec.u64()
			if v > uint64(math.MaxInt/d.layout.chunk[i]) {
				rec.fail("chunk number %d in dimension %d", v, i)
			}
			c.at[i] = int(v) * d.layout.chunk[i]
		}
		if rec.err != nil {
			return rec.err
		}
		return visit(c)
	})
}

// chunksImplicit visits chunks that are stored one after the other.
func (d *Dataset) chunksImplicit(visit func(chunk) error) error {
	grid, err := d.chunkGrid(-1)
	if err != nil {
		return err
	}
	size := uint64(d.layout.chunkBytes)
	if room := uint64(d.f.size - d.f.base); d.layout.addr > room ||
		uint64(grid.count) > (room-d.layout.addr)/size {
		return fmt.Errorf("%d chunks of %d bytes reach beyond the end of the file", grid.count,
			size)
	}
	for i := range grid.count {
		at, ok := grid.start(i)
		if !ok {
			continue
		}
		if err := visit(chunk{addr: d.layout.addr + uint64(i)*size, size: size,
			at: at}); err != nil {
			return err
		}
	}
	return nil
}

// chunkEntry describes how an index stores a chunk: the address and, with
// filters, its size in the bytes that are left and its mask.
type chunkEntry struct {
	width    int // bytes
	filtered bool
}

func (d *Dataset) chunkEntry(c *cursor, e chunkEntry) chunk {
	out := chunk{addr: c.offset(), size: uint64(d.layout.chunkBytes)}
	if !e.filtered {
		if e.width != d.f.offsetSize {
			c.fail("chunk entries of %d bytes", e.width)
		}
		return out
	}
	n := e.width - d.f.offsetSize - 4
	if n < 1 || n > 8 {
		c.fail("chunk entries of %d bytes", e.width)
		return out
	}
	out.size, out.mask = c.uint(n), c.u32()
	return out
}

// chunkGrid numbers chunks row by row over the dataset's maximum shape.
type chunkGrid struct {
	dims, chunk []int
	order       []int // dimensions from the slowest to the fastest
	down        []int // chunks that a step in each dimension of order passes
	count       int   // chunks within the present shape's reach
}

// chunkGrid makes the numbering. The dimension first (unless negative) is the
// unlimited one, which becomes the slowest.
func (d *Dataset) chunkGrid(first int) (chunkGrid, error) {
	g := chunkGrid{dims: d.space.dims, chunk: d.layout.chunk}
	if first >= 0 {
		g.order = append(g.order, first)
	}
	for i := range g.dims {
		if i != first {
			g.order = append(g.order, i)
		}
	}
	g.down = make([]int, len(g.order))
	n := 1
	for k := len(g.order) - 1; k >= 0; k-- {
		i := g.order[k]
		g.down[k] = n
		most := d.space.max[i]
		if k == 0 {
			most = uint64(g.dims[i])
		}
		if most == 0 || most > math.MaxInt {
			return g, fmt.Errorf("a maximum of %d in dimension %d does not fit the chunk index",
				most, i)
		}
		blocks := int((most-1)/uint64(g.chunk[i])) + 1
		if int64(n) > min(1<<48, math.MaxInt)/int64(blocks) {
			return g, fmt.Errorf("shape %v has too many chunks", g.dims)
		}
		n *= blocks
	}
	g.count = n
	return g, nil
}

// start gives the first element of chunk number i; ok is false when it is outside the present
// shape.
func (g *chunkGrid) start(i int) (at []int, ok bool) {
	at = make([]int, len(g.dims))
	for k, dim := range g.order {
		at[dim] = i / g.down[k] * g.chunk[dim]
		i %= g.down[k]
		if at[dim] >= g.dims[dim] {
			return nil, false
		}
	}
	return at, true
}

// chunkData reads and decodes one chunk.
func (d *Dataset) chunkData(pipe *pipeline, c chunk) ([]byte, error) {
	raw, err := d.f.block(c.addr, c.size)
	if err != nil {
		return nil, err
	}
	if !(d.layout.edgesPlain && d.partial(c.at)) {
		if raw, err = pipe.decode(raw, c.mask, d.layout.chunkBytes); err != nil {
			return nil, err
		}
	}
	if len(raw) != d.layout.chunkBytes {
		return nil, fmt.Errorf("%d bytes where %d are needed", len(raw), d.layout.chunkBytes)
	}
	return raw, nil
}

// partial reports whether a chunk reaches over the edge of the dataset.
func (d *Dataset) partial(at []int) bool {
	for i, a := range at {
		if a > d.space.dims[i]-d.layout.chunk[i] {
			return true
		}
	}
	return false
}

// place copies the part of a chunk that is within the dataset, run by run of the last dimension.
func (d *Dataset) place(out, raw []byte, at []int) {
	dims, size := d.space.dims, d.layout.chunk
	rank := len(dims)
	extent := make([]int, rank)
	for i := range extent {
		if at[i] >= dims[i] {
			return // a chunk left behind when the dataset shrank
		}
		extent[i] = min(size[i], dims[i]-at[i])
	}
	item := d.elementSize()
	run := extent[rank-1] * item
	index := make([]int, rank)
	for {
		from, to := 0, 0
		for i := range rank {
			from = from*size[i] + index[i]
			to = to*dims[i] + at[i] + index[i]
		}
		copy(out[to*item:to*item+run], raw[from*item:])
		k := rank - 2
		for ; k >= 0; k-- {
			if index[k]++; index[k] < extent[k] {
				break
			}
			index[k] = 0
		}
		if k < 0 {
			return
		}
	}
}

package hdf5

// Layout classes.
const (
	layoutCompact    = 0
	layoutContiguous = 1
	layoutChunked    = 2
	layoutVirtual    = 3
)

// Chunk indexes, numbered as layout version 4 does; 0 is the version 1 B-tree of
// layout version 3.
const (
	indexBtree1     = 0
	indexSingle     = 1
	indexImplicit   = 2
	indexFixed      = 3
	indexExtensible = 4
	indexBtree2     = 5
)

// layout says where a dataset's elements are.
type layout struct {
	class int
	addr  uint64 // of the data or of the chunk index
	size  uint64 // of contiguous data
	data  []byte // compact data

	chunk      []int // elements of a chunk in each dimension
	chunkBytes int   // bytes of an unfiltered chunk
	index      int
	edgesPlain bool   // partial chunks at the edges skip the filters
	single     *chunk // size and mask of a filtered single chunk
}

// parseLayout reads a layout message, version 3 or 4. The last chunk dimension
// is the size of an element.
func parseLayout(c *cursor) layout {
	version := c.version("layout", 3, 4)
	l := layout{class: c.u8()}
	switch {
	case c.err != nil:
	case l.class == layoutCompact:
		l.data = c.bytes(c.u16())
	case l.class == layoutContiguous:
		l.addr, l.size = c.offset(), c.length()
	case l.class == layoutChunked && version == 3:
		rank := c.u8()
		l.addr = c.offset()
		l.dims(c, rank, 4)
	case l.class == layoutChunked:
		l.chunked4(c)
	case l.class == layoutVirtual:
		c.fail("virtual datasets are not supported")
	default:
		c.fail("class %d is not known", l.class)
	}
	return l
}

func (l *layout) dims(c *cursor, rank, width int) {
	if rank < 1 || rank > maxRank+1 || width < 1 || width > 8 {
		c.fail("%d chunk dimensions of %d bytes", rank, width)
	}
	for i := 0; i < rank && c.err == nil; i++ {
		d := c.uint(width)
		if d == 0 || d > 1<<32 {
			c.fail("a chunk dimension of %d", d)
		}
		l.chunk = append(l.chunk, int(d))
	}
}

func (l *layout) chunked4(c *cursor) {
	flags, rank := c.u8(), c.u8()
	l.edgesPlain = flags&1 != 0
	l.dims(c, rank, c.u8())
	l.index = c.u8()
	switch l.index {
	case indexSingle:
		if flags&2 != 0 {
			l.single = &chunk{size: c.length(), mask: c.u32()}
		}
	case indexImplicit:
	case indexFixed:
		c.skip(1) // parameters that the index's own header repeats, as below
	case indexExtensible:
		c.skip(5)
	case indexBtree2:
		c.skip(6)
	default:
		c.fail("chunk index %d is not known", l.index)
	}
	l.addr = c.offset()
}

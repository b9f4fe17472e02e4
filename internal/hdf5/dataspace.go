package hdf5

import "math"

// maxRank is the most dimensions that HDF5 allows.
const maxRank = 32

// unlimited is a maximum dimension without bound.
const unlimited = ^uint64(0)

// dataspace is the shape of a dataset or an attribute.
type dataspace struct {
	dims []int
	max  []uint64 // the same length as dims
	null bool
}

// parseDataspace reads a dataspace message, version 1 or 2.
func parseDataspace(c *cursor) dataspace {
	version := c.version("dataspace", 1, 2)
	rank, flags := c.u8(), c.u8()
	kind := 1
	if version == 1 {
		c.skip(5)
	} else {
		kind = c.u8()
	}
	if rank > maxRank {
		c.fail("%d dimensions: at most %d are possible", rank, maxRank)
	}
	if kind > 2 {
		c.fail("dataspace type %d is not known", kind)
	}
	s := dataspace{null: kind == 2, dims: []int{}}
	for i := 0; i < rank && c.err == nil; i++ {
		d := c.length()
		if d > math.MaxInt64 {
			c.fail("dimension %d is absurd", d)
			break
		}
		s.dims = append(s.dims, int(d))
		s.max = append(s.max, d)
	}
	for i := 0; i < len(s.dims) && flags&1 != 0 && c.err == nil; i++ {
		s.max[i] = c.length()
		if c.lengthSize < 8 && s.max[i] == 1<<(8*c.lengthSize)-1 {
			s.max[i] = unlimited
		}
		if s.max[i] < uint64(s.dims[i]) {
			c.fail("dimension %d is %d, above its maximum %d", i, s.dims[i], s.max[i])
		}
	}
	return s
}

// product multiplies dimensions; ok is false beyond half of what an int holds.
func product(dims []int) (n int, ok bool) {
	n = 1
	for _, d := range dims {
		if d == 0 {
			return 0, true
		}
	}
	for _, d := range dims {
		if d < 0 || n > (math.MaxInt/2+1)/d {
			return 0, false
		}
		n *= d
	}
	return n, true
}

package hdf5

import (
	"fmt"
	"math/bits"
)

// extensibleArray is the chunk index of datasets with one unlimited dimension. The first entries
// are in the index block, then come data blocks of growing size, the larger of them reached through
// super blocks. Super block k, counted whether or not it is stored, has 2^(k/2) data blocks of
// minEntries * 2^((k+1)/2) entries.
type extensibleArray struct {
	block      arrayBlock // the template of data blocks
	maxBits    int
	inIndex    int // entries in the index block
	minEntries int
	minBlocks  int
	blockBits  int // page size
	offsetSize int // bytes of a block's offset
	index      uint64
}

func (d *Dataset) chunksExtensible(visit func(chunk) error) error {
	free := -1
	for i, m := range d.space.max {
		if m == unlimited {
			free = i
			break
		}
	}
	grid, err := d.chunkGrid(free)
	if err != nil {
		return err
	}
	a := extensibleArray{block: arrayBlock{d: d, grid: &grid, visit: visit}}
	if err := a.header(); err != nil {
		return fmt.Errorf("extensible array: %w", err)
	}
	if a.index == undefined {
		return nil
	}
	if err := a.walk(); err != nil {
		return fmt.Errorf("extensible array: %w", err)
	}
	return nil
}

func (a *extensibleArray) header() error {
	d := a.block.d
	c, err := d.f.checked(d.layout.addr, uint64(12+6*d.f.lengthSize+d.f.offsetSize+4), "EAHD")
	if err != nil {
		return err
	}
	c.version("extensible array", 0)
	a.block.entry = chunkEntry{filtered: d.arrayClient(c), width: c.u8()}
	a.maxBits, a.inIndex, a.minEntries, a.minBlocks, a.blockBits =
		c.u8(), c.u8(), c.u8(), c.u8(), c.u8()
	for range 6 {
		c.length() // statistics
	}
	a.index = c.offset()
	power := func(v int) bool { return bits.OnesCount(uint(v)) == 1 }
	if c.err == nil && (a.maxBits > 60 || a.blockBits > 32 || !power(a.minEntries) ||
		!power(a.minBlocks) ||
		a.minBlocks < 2 || a.maxBits < bits.Len(uint(a.minEntries)) || a.block.entry.width == 0) {
		c.fail("parameters of the array are absurd")
	}
	a.offsetSize = (a.maxBits + 7) / 8
	a.block.page = 1 << a.blockBits
	return c.err
}

// supers is the number of super blocks, of which the first skipped are not
// stored: the index block has their data blocks.
func (a *extensibleArray) supers() (total, skipped int) {
	return 1 + a.maxBits - (bits.Len(uint(a.minEntries)) - 1), 2 * (bits.Len(uint(a.minBlocks)) - 1)
}

// walk visits the entries of the index block and then those of all blocks.
func (a *extensibleArray) walk() error {
	f := a.block.d.f
	total, skipped := a.supers()
	direct := 2 * (a.minBlocks - 1)
	stored := max(total-skipped, 0)
	head := 6 + f.offsetSize
	size := head + a.inIndex*a.block.entry.width + (direct+stored)*f.offsetSize + 4
	c, err := f.checked(a.index, uint64(size), "EAIB")
	if err != nil {
		return err
	}
	c.skip(head - 4)
	if err := a.block.entries(c, 0, a.inIndex); err != nil {
		return err
	}
	first := a.inIndex
	for k := 0; k < total && first < a.block.grid.count; k++ {
		blocks, entries := 1<<(k/2), a.minEntries<<((k+1)/2)
		if k < skipped {
			for range blocks {
				if err := a.data(c.offset(), first, entries, nil, 0); err != nil {
					return err
				}
				first += entries
			}
		} else {
			if err := a.super(c.offset(), first, blocks, entries); err != nil {
				return err
			}
			first += blocks * entries
		}
		if c.err != nil {
			return c.err
		}
	}
	return nil
}

// super visits the data blocks of a stored super block.
func (a *extensibleArray) super(addr uint64, first, blocks, entries int) error {
	if addr == undefined {
		return nil
	}
	f := a.block.d.f
	pages, bitmap := 0, 0
	if entries > a.block.page {
		pages = entries / a.block.page
		bitmap = (pages + 7) / 8
	}
	head := 6 + f.offsetSize + a.offsetSize
	size := uint64(head) + uint64(blocks)*uint64(bitmap+f.offsetSize) + 4
	c, err := f.checked(addr, size, "EASB")
	if err != nil {
		return err
	}
	c.skip(head - 4)
	written := c.bytes(blocks * bitmap)
	for i := range blocks {
		if first+i*entries >= a.block.grid.count {
			break
		}
		// The bits of all blocks follow each other without padding.
		if err := a.data(c.offset(), first+i*entries, entries, written, i*pages); err != nil {
			return err
		}
	}
	return c.err
}

// data visits the entries of a data block.
func (a *extensibleArray) data(addr uint64, first, entries int, written []byte, bit int) error {
	if addr == undefined {
		return nil
	}
	b := a.block
	b.addr, b.first, b.count = addr, first, entries
	head := uint64(6 + b.d.f.offsetSize + a.offsetSize)
	if entries <= b.page {
		return b.unpaged(head, "EADB")
	}
	if _, err := b.d.f.checked(addr, head+4, "EADB"); err != nil {
		return err
	}
	return b.paged(addr+head+4, written, bit)
}

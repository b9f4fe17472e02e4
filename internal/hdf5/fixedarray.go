package hdf5

import "fmt"

// chunksFixed visits the chunks of a fixed array: a header, then a data block
// with an entry for each chunk, in pages if there are many.
func (d *Dataset) chunksFixed(visit func(chunk) error) error {
	grid, err := d.chunkGrid(-1)
	if err != nil {
		return err
	}
	f := d.f
	c, err := f.checked(d.layout.addr, uint64(8+f.lengthSize+f.offsetSize+4), "FAHD")
	if err != nil {
		return fmt.Errorf("fixed array: %w", err)
	}
	c.version("fixed array", 0)
	entry := chunkEntry{filtered: d.arrayClient(c), width: c.u8()}
	pageBits := c.u8()
	count := c.length()
	addr := c.offset()
	if c.err == nil && (pageBits > 32 || entry.width == 0 || count > uint64(f.size)) {
		c.fail("%d entries of %d bytes in pages of 2^%d", count, entry.width, pageBits)
	}
	if c.err != nil {
		return fmt.Errorf("fixed array: %w", c.err)
	}
	if addr == undefined {
		return nil
	}
	b := arrayBlock{d: d, grid: &grid, entry: entry, visit: visit, addr: addr, count: int(count),
		page: 1 << pageBits}
	if err := b.fixed(); err != nil {
		return fmt.Errorf("fixed array: %w", err)
	}
	return nil
}

// arrayClient reads which kind of chunks an array indexes.
func (d *Dataset) arrayClient(c *cursor) (filtered bool) {
	client := c.u8()
	if c.err == nil && (client > 1 || client == 1 != (len(d.filters) > 0)) {
		c.fail("chunk array of client %d with %d filters", client, len(d.filters))
	}
	return client == 1
}

// arrayBlock is a data block of a fixed or extensible array: count entries
// from chunk number first on.
type arrayBlock struct {
	d     *Dataset
	grid  *chunkGrid
	entry chunkEntry
	visit func(chunk) error
	addr  uint64
	first int
	count int
	page  int // entries of a page
}

func (b *arrayBlock) fixed() error {
	f := b.d.f
	head := uint64(6 + f.offsetSize)
	if b.count <= b.page {
		return b.unpaged(head, "FADB")
	}
	pages := (b.count-1)/b.page + 1
	bitmap := uint64(pages+7) / 8
	c, err := f.checked(b.addr, head+bitmap+4, "FADB")
	if err != nil {
		return err
	}
	c.skip(int(head) - 4)
	return b.paged(b.addr+head+bitmap+4, c.bytes(int(bitmap)), 0)
}

// unpaged reads entries that follow the block's prefix of head bytes.
func (b *arrayBlock) unpaged(head uint64, signature string) error {
	c, err := b.d.f.checked(b.addr, head+uint64(b.count*b.entry.width)+4, signature)
	if err != nil {
		return err
	}
	c.skip(int(head) - 4)
	return b.entries(c, b.first, b.count)
}

// paged reads pages, each with its checksum, from addr on. Bit number bit of the
// bitmap, highest first in each byte, says whether the first page was written.
func (b *arrayBlock) paged(addr uint64, bitmap []byte, bit int) error {
	for done := 0; done < b.count; done += b.page {
		n := min(b.page, b.count-done)
		size := uint64(n*b.entry.width) + 4
		if bit/8 >= len(bitmap) {
			return fmt.Errorf("offset %#x: the page bitmap is too short", b.addr)
		}
		if bitmap[bit/8]&(0x80>>(bit%8)) != 0 {
			c, err := b.d.f.checked(addr, size, "")
			if err != nil {
				return err
			}
			if err := b.entries(c, b.first+done, n); err != nil {
				return err
			}
		}
		addr += size
		bit++
	}
	return nil
}

// entries visits n chunks whose entries c has, from chunk number first on.
func (b *arrayBlock) entries(c *cursor, first, n int) error {
	for i := range n {
		e := b.d.chunkEntry(c, b.entry)
		if c.err != nil {
			return c.err
		}
		if e.addr == undefined || first+i >= b.grid.count {
			continue
		}
		at, ok := b.grid.start(first + i)
		if !ok {
			continue
		}
		e.at = at
		if err := b.visit(e); err != nil {
			return err
		}
	}
	return nil
}

package hdf5

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

const (
	// DefaultBudget and BudgetPerByte give the bytes that a File may read and
	// decode in its life: the first plus the second times the file's size.
	DefaultBudget int64 = 256 << 20
	// BudgetPerByte is the budget that every byte of the file adds.
	BudgetPerByte int64 = 64

	// Reading a block costs its size plus readCost, opening an object openCost
	// and taking up a chunk chunkCost, so that many small steps count too.
	readCost  = 128
	openCost  = 1024
	chunkCost = 512
)

// undefined is the address of something that does not exist.
const undefined = ^uint64(0)

var errBudget = errors.New("the file asks for more memory or work than its size justifies: it is " +
	"damaged, or SetBudget must be raised")

// File is an open HDF5 file. It is not safe for use by several goroutines.
type File struct {
	name   string
	r      io.ReaderAt
	size   int64
	base   int64 // what addresses count from: the superblock's own position
	closer io.Closer

	offsetSize int // bytes of an address
	lengthSize int // bytes of a size

	budget int64
	spent  int64
	root   *Group
	tables map[uint64]*linkTable // of the groups opened so far, by address
}

// Open opens the HDF5 file at path. Close releases it.
func Open(path string) (*File, error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := r.Stat()
	if err != nil {
		r.Close()
		return nil, err
	}
	f, err := New(path, r, info.Size())
	if err != nil {
		r.Close()
		return nil, err
	}
	f.closer = r
	return f, nil
}

// New opens an HDF5 file of size bytes; errors call it name.
func New(name string, r io.ReaderAt, size int64) (*File, error) {
	f := &File{name: name, r: r, size: size, budget: DefaultBudget, tables: map[uint64]*linkTable{}}
	if size <= (1<<62)/BudgetPerByte {
		f.budget += size * BudgetPerByte
	}
	rootAddr, err := f.readSuperblock()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f.root, err = f.openGroup(rootAddr, nil, "/")
	if err != nil {
		return nil, f.wrap("/", err)
	}
	return f, nil
}

// Close closes the file that Open opened; after New it does nothing.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// SetBudget sets how many bytes the File may read and decode in its life.
func (f *File) SetBudget(bytes int64) { f.budget = bytes }

// Root returns the group at the top of the file.
func (f *File) Root() *Group { return f.root }

// wrap names the file and the object. A path from the file is quoted if it has
// anything unprintable.
func (f *File) wrap(path string, err error) error {
	if q := strconv.Quote(path); q != `"`+path+`"` {
		path = q
	}
	return fmt.Errorf("%s: %s: %w", f.name, path, err)
}

// charge spends n bytes of the budget.
func (f *File) charge(n int64) error {
	if n < 0 || n > f.budget-f.spent {
		return errBudget
	}
	f.spent += n
	return nil
}

// block reads n bytes at an address. Nothing is allocated unless the file has
// that many.
func (f *File) block(addr, n uint64) ([]byte, error) {
	if addr == undefined {
		return nil, errors.New("an address is undefined where one is needed")
	}
	room := uint64(f.size - f.base)
	if addr > room || n > room-addr {
		return nil, fmt.Errorf("offset %#x: %d bytes reach beyond the end of the file at %#x", addr,
			n, room)
	}
	if err := f.charge(int64(n) + readCost); err != nil {
		return nil, err
	}
	b := make([]byte, n)
	if _, err := f.r.ReadAt(b, f.base+int64(addr)); err != nil {
		return nil, fmt.Errorf("offset %#x: %w", addr, err)
	}
	return b, nil
}

// cursorAt reads n bytes at an address for parsing.
func (f *File) cursorAt(addr, n uint64) (*cursor, error) {
	b, err := f.block(addr, n)
	if err != nil {
		return nil, err
	}
	return f.cursor(b, addr), nil
}

// cursor parses bytes that come from address addr.
func (f *File) cursor(b []byte, addr uint64) *cursor {
	return &cursor{b: b, at: addr, offsetSize: f.offsetSize, lengthSize: f.lengthSize}
}

// checked reads a structure of n bytes that begins with a signature and ends in a checksum, and
// returns the bytes between.
func (f *File) checked(addr, n uint64, signature string) (*cursor, error) {
	b, err := f.block(addr, n)
	if err != nil {
		return nil, err
	}
	if n < uint64(len(signature))+4 {
		return nil, fmt.Errorf("offset %#x: %d bytes are too few for a %s structure", addr, n,
			signature)
	}
	if string(b[:len(signature)]) != signature {
		return nil, fmt.Errorf("offset %#x: no %s signature", addr, signature)
	}
	if err := verify(b, addr); err != nil {
		return nil, err
	}
	c := f.cursor(b[:n-4], addr)
	c.skip(len(signature))
	return c, nil
}

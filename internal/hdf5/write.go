package hdf5

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// Tree is a group to be written: its members by their names.
type Tree map[string]Member

// Member is a member of a group: a [Tree], [Text], [Texts], [Floats] or [Integers].
type Member interface {
	// write appends the member and returns the address of its object header.
	write(w *writer) (uint64, error)
}

// Encode returns the file whose root group is a tree. Equal trees give equal bytes. The
// form is the oldest, which every tool reads: superblock 0, object headers 1, symbol
// tables, contiguous data, as h5py writes by default.
func Encode(root Tree) ([]byte, error) {
	w := &writer{leaf: max(leastLeafK, (root.most()+4*internalK-1)/(4*internalK))}
	if w.leaf > maxLeafK {
		return nil, fmt.Errorf("write HDF5: a group of %d members is too large", root.most())
	}
	w.b = make([]byte, superblockSize)
	address, err := root.write(w)
	if err != nil {
		return nil, fmt.Errorf("write HDF5: %w", err)
	}
	w.writeHeap()
	w.superblock(address)
	return w.b, nil
}

const (
	superblockSize = 96
	// internalK is half the children of a node of a group's B-tree, leaf half the
	// links of one of its symbol nodes: h5py's defaults, leaf more where a group is large.
	internalK, leastLeafK, maxLeafK = 16, 4, 1 << 14
)

// most is the number of members of the largest group.
func (t Tree) most() int {
	n := len(t)
	for _, m := range t {
		if sub, ok := m.(Tree); ok {
			n = max(n, sub.most())
		}
	}
	return n
}

// writer appends to a file. Addresses are places in b.
type writer struct {
	b    []byte
	leaf int
	// strings go to global heaps, which are written last; references are the places that refer to
	// them.
	strings    []string
	references []int
}

func (w *writer) u8(x ...uint8) { w.b = append(w.b, x...) }
func (w *writer) u16(x int)     { w.b = binary.LittleEndian.AppendUint16(w.b, uint16(x)) }
func (w *writer) u32(x int)     { w.b = binary.LittleEndian.AppendUint32(w.b, uint32(x)) }
func (w *writer) u64(x uint64)  { w.b = binary.LittleEndian.AppendUint64(w.b, x) }

// align moves the end to a multiple of eight and returns it.
func (w *writer) align() uint64 {
	for len(w.b)%8 != 0 {
		w.b = append(w.b, 0)
	}
	return uint64(len(w.b))
}

// superblock fills in the file's head, version 0.
func (w *writer) superblock(root uint64) {
	end := w.align()
	head := &writer{b: append(make([]byte, 0, superblockSize), signature...)}
	head.u8(0, 0, 0, 0, 0, 8, 8, 0)
	head.u16(w.leaf)
	head.u16(internalK)
	head.u32(0)
	head.u64(0)
	head.u64(undefined)
	head.u64(end)
	head.u64(undefined)
	head.entry(0, root)
	copy(w.b, head.b)
}

// entry appends a link of a symbol table, without anything cached.
func (w *writer) entry(name int, header uint64) {
	w.u64(uint64(name))
	w.u64(header)
	w.b = append(w.b, make([]byte, 24)...)
}

// headerMessage is a part of an object header.
type headerMessage struct {
	kind int
	body []byte
}

// header appends an object header, version 1.
func (w *writer) header(messages ...headerMessage) uint64 {
	at := w.align()
	size := 0
	for i := range messages {
		for len(messages[i].body)%8 != 0 {
			messages[i].body = append(messages[i].body, 0)
		}
		size += 8 + len(messages[i].body)
	}
	w.u8(1, 0)
	w.u16(len(messages))
	w.u32(1)
	w.u32(size)
	w.u32(0)
	for _, m := range messages {
		w.u16(m.kind)
		w.u16(len(m.body))
		w.u32(0)
		w.b = append(w.b, m.body...)
	}
	return at
}

// write appends the members, a heap of their names, symbol nodes of up to 2 leaf links, and
// the one node of a B-tree above them.
func (t Tree) write(w *writer) (uint64, error) {
	names := make([]string, 0, len(t))
	for name := range t {
		if name == "" || name == "." || strings.ContainsAny(name, "/\x00") {
			return 0, fmt.Errorf("the name %q: names are not empty and hold no '/'", name)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	headers, places := make([]uint64, len(names)), make([]int, len(names))
	heap := make([]byte, 8) // the empty name
	for i, name := range names {
		if t[name] == nil {
			return 0, fmt.Errorf("member %q is missing", name)
		}
		var err error
		if headers[i], err = t[name].write(w); err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		places[i] = len(heap)
		heap = append(heap, name...)
		heap = append(heap, make([]byte, 8-len(name)%8)...)
	}
	tree := w.linkTable(headers, places)
	heapAt := w.nameHeap(heap)
	table := &writer{}
	table.u64(tree)
	table.u64(heapAt)
	return w.header(headerMessage{kind: messageSymbolTable, body: table.b}), nil
}

// nameHeap appends a local heap without free space.
func (w *writer) nameHeap(data []byte) uint64 {
	at := w.align()
	w.b = append(w.b, "HEAP"...)
	w.u32(0)
	w.u64(uint64(len(data)))
	w.u64(1) // no free block
	w.u64(at + 32)
	w.b = append(w.b, data...)
	return at
}

// linkTable appends symbol nodes and their B-tree.
func (w *writer) linkTable(headers []uint64, names []int) uint64 {
	tree := &writer{}
	tree.b = append(tree.b, "TREE"...)
	children := (len(headers) + 2*w.leaf - 1) / (2 * w.leaf)
	tree.u8(0, 0)
	tree.u16(children)
	tree.u64(undefined)
	tree.u64(undefined)
	tree.u64(0)
	for first := 0; first < len(headers); first += 2 * w.leaf {
		last := min(first+2*w.leaf, len(headers))
		tree.u64(w.symbols(headers[first:last], names[first:last]))
		tree.u64(uint64(names[last-1]))
	}
	at := w.align()
	full := 24 + 8*(2*internalK+1) + 8*2*internalK
	w.b = append(w.b, tree.b...)
	w.b = append(w.b, make([]byte, full-len(tree.b))...)
	return at
}

// symbols appends a symbol node.
func (w *writer) symbols(headers []uint64, names []int) uint64 {
	at := w.align()
	w.b = append(w.b, "SNOD"...)
	w.u8(1, 0)
	w.u16(len(headers))
	for i, header := range headers {
		w.entry(names[i], header)
	}
	w.b = append(w.b, make([]byte, 40*(2*w.leaf-len(headers)))...)
	return at
}

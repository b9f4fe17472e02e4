// Package hdf5 reads and writes HDF5 files: the container of NIR networks.
//
// It owns the file format alone, as the "HDF5 File Format Specification
// Version 3.0" of The HDF Group describes it; what a group or dataset means is
// the caller's business.
//
// What is written ([Encode]) is a tree of groups, strings, 32-bit floats and 64-bit integers in the
// oldest form, as h5py writes it by default; a file is made whole, never changed.
//
// What is read: superblocks 0 to 3 after any user block; object headers 1 and 2; groups as symbol
// tables, compact links and dense links; hard and soft links; compact, contiguous and chunked data
// under every chunk index of layout versions 3 and 4 (B-tree 1 and 2, single chunk, implicit, fixed
// array, extensible array); the filters deflate, shuffle, fletcher32 and h5py's LZF; fill values;
// integers, floats, enums, arrays of them, fixed and variable strings; attributes, compact and
// dense.
//
// What is refused, with a message: external links and external data, virtual
// datasets, other filters (szip, n-bit, scale-offset and plug-ins), layout
// versions 1 and 2 (libraries before 1.6.3), shared-message tables, filtered
// fractal heaps, and reading elements of compound, opaque, reference, bitfield,
// time and variable-sequence type.
//
// Files are taken to be hostile. Every size is checked before memory is allocated, checksums are
// verified, cycles among links, headers and trees are refused, and a File spends a budget on all
// that it reads and decodes, so that time and memory are within a multiple of the file's size plus
// a constant. No input makes the package panic. Errors name the file, the object's path and the
// offset.
//
//	file.go, cursor.go                     a file and its budget; fields off a byte slice
//	superblock.go, object_header.go        offsets and headers of objects
//	group.go, link.go, localheap.go        names of groups
//	btree1.go, btree2.go, fractalheap.go   groups of many objects
//	dataset.go, dataspace.go, layout.go    arrays: their shape and location
//	datatype.go, number.go                 types of elements
//	chunk.go, fixedarray.go                chunks and their indices
//	extensiblearray.go                     chunks of data that grow
//	filters.go, lzf.go, checksum.go        filters of chunks
//	elements.go, globalheap.go             values; strings of variable length
//	attribute.go                           attributes
//	write.go, write_data.go                files that are written
package hdf5

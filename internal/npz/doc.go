// Package npz reads and writes NumPy's .npy and .npz files.
//
// It owns the byte formats alone: the .npy header in versions 1 to 3 (NumPy
// Enhancement Proposal 1, "A Simple File Format for NumPy Arrays") and the zip
// container around it. What an array means is the caller's business.
//
// Reading. Open gives a File whose members are decoded one at a time, when
// Array asks for them. Booleans, integers of 8 to 64 bits, floats of 16 to 64
// bits and unicode strings are understood, in either byte order and in C or
// Fortran order; an Array is always C order. Object arrays (which need
// pickle), structured, complex, bytes and date types are refused by name.
//
// Files are taken to be hostile: every size is checked against what the file
// can hold before memory is allocated, a checksum mismatch is an error, and no
// input makes the package panic. Errors name the file and the member.
//
// Writing. Create streams arrays into a temporary file that Close renames, so
// that a reader sees the whole file or none. The bytes depend on the arrays
// alone: time stamps are fixed and the compressor is the module's pinned one.
// NumPy opens the result without allow_pickle.
//
//	file.go                          File: members of an archive, or one array
//	array.go                         Array: its elements as Go types
//	record.go                        arrays of records
//	reader.go                        arrays larger than memory, piece by piece
//	writer.go, stream.go             archives and arrays written, whole or in pieces
//	header.go, literal.go, dtype.go  the header of an array
//	compressor.go                    the compressor, whose bytes are the same everywhere
package npz

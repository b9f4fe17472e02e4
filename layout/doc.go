// Package layout owns the image, the complete contents of a chip: core configurations, route
// tables, the input map, the encoder's settings and the readout, integers and names only. It owns
// the image's file format and the check that the parts of an image agree with each other.
//
// It does not interpret the numbers: package core checks a core's configuration when it is loaded,
// package chip runs the image, and the compiler decides what goes into it.
//
// # File format
//
// All numbers are little-endian. The same image gives the same bytes on every
// machine, and a file that is accepted is the only one with its content: every
// byte is covered by a checksum and unused bytes are zero.
//
//	offset  size  header
//	0       8     magic 89 41 44 52 0d 0a 1a 0a
//	8       4     format version (Version)
//	12      4     number of sections n
//	16      8     size of the file
//	24      4     CRC-32C of the section table
//	28      4     CRC-32C of bytes 0 to 27
//	32      24 n  section table
//
// An entry of the section table has a name of 4 letters, the CRC-32C of the section, and its offset
// and length of 8 bytes each. Sections start at multiples of 64 in the order of the table, with
// zeros between them and none after the last. The table is META, ROUT, then SAMP if the host
// prepares samples, HOST if it computes the first layer, and one CORE for each core. The fields of
// a section are defined once for both directions, in sections.go.
//
// Within a section, a list is its length in 4 bytes and its items, a text its length in 4 bytes and
// its UTF-8, a flag one byte of 0 or 1. An array of numbers is its length in 8 bytes, zeros up to a
// multiple of 8 from the section's start, and the numbers; a reader can use it in place.
//
//	image.go                    the types of an image
//	sections.go                 the fields of each section, for reading and writing
//	codec.go                    numbers, texts and lists of a section
//	bulk.go                     arrays of numbers, used in place where the byte order allows
//	format.go                   header, section table, versions, checksums
//	file.go                     files written and read whole
//	validate.go, references.go  whether the parts of an image agree
//	preparation.go              real numbers of the host: how samples are prepared
//	depth.go                    populations in the order of their depth
//	footprint.go                bits of memory that an image takes on its chip
package layout

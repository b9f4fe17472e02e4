package layout

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

const (
	// magic starts a file. Its first byte and line ends show files that were
	// sent as text.
	magic        = "\x89ADR\r\n\x1a\n"
	headerSize   = 32
	entrySize    = 24
	sectionAlign = 64
)

// The names of the sections.
const (
	nameMeta   = "META"
	nameRoutes = "ROUT"
	nameSample = "SAMP"
	nameHost   = "HOST"
	nameCore   = "CORE"
)

// FormatError is the error of a file that is not a valid image.
type FormatError struct {
	// File is the name given to Open or Read.
	File string
	// Section is the part of the file, e.g. "header" or "core 3".
	Section string
	// Offset is the place of the fault in the file, in bytes.
	Offset int64
	// Problem says what is wrong and what to do.
	Problem string
}

// Error names the file, the section and the place and says what to do.
func (e *FormatError) Error() string {
	return fmt.Sprintf("image %s: %s at byte %d: %s", e.File, e.Section, e.Offset, e.Problem)
}

// again is the advice for a file that was good once.
const again = "copy the file again or compile the model again"

func checksum(parts ...[]byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	var sum uint32
	for _, part := range parts {
		sum = crc32.Update(sum, table, part)
	}
	return sum
}

// entry is a line of the section table.
type entry struct {
	name           string
	sum            uint32
	offset, length uint64
}

func alignUp(n uint64) uint64 { return (n + sectionAlign - 1) &^ (sectionAlign - 1) }

// header writes the header and the section table of sections whose names,
// checksums and lengths are set, and sets their offsets.
func header(entries []entry, version uint32) []byte {
	tableEnd := headerSize + entrySize*len(entries)
	out := make([]byte, tableEnd)
	end := uint64(tableEnd)
	for i := range entries {
		e := &entries[i]
		e.offset = alignUp(end)
		end = e.offset + e.length
		line := out[headerSize+entrySize*i:]
		copy(line, e.name)
		binary.LittleEndian.PutUint32(line[4:], e.sum)
		binary.LittleEndian.PutUint64(line[8:], e.offset)
		binary.LittleEndian.PutUint64(line[16:], e.length)
	}
	copy(out, magic)
	binary.LittleEndian.PutUint32(out[8:], version)
	binary.LittleEndian.PutUint32(out[12:], uint32(len(entries)))
	binary.LittleEndian.PutUint64(out[16:], end)
	binary.LittleEndian.PutUint32(out[24:], checksum(out[headerSize:]))
	binary.LittleEndian.PutUint32(out[28:], checksum(out[:28]))
	return out
}

// checkHeader checks the first bytes of a file of the given size. It needs no
// more than headerSize of them, so that a file can be refused before memory is
// taken for it.
func checkHeader(file string, data []byte, size int64) error {
	fail := func(at int64, format string, args ...any) error {
		return &FormatError{File: file, Section: "header", Offset: at,
			Problem: fmt.Sprintf(format, args...)}
	}
	known := min(len(data), len(magic))
	if string(data[:known]) != magic[:known] || len(data) == 0 {
		return fail(0, "this is not an image: give a file that `adder compile` wrote")
	}
	if len(data) < headerSize {
		return fail(int64(len(data)), "the file ends within the header: %s", again)
	}
	switch v := version(data); {
	case v > Version:
		return fail(8, "the file has format version %d and this program reads up to %d: use a "+
			"newer adder or compile the model again", v, Version)
	case v == 0:
		return fail(8, "there is no format version %d: %s", v, again)
	}
	if checksum(data[:28]) != binary.LittleEndian.Uint32(data[28:]) {
		return fail(28, "the checksum is wrong, the file is damaged: %s", again)
	}
	stated := binary.LittleEndian.Uint64(data[16:])
	if stated > uint64(size) {
		return fail(16, "the file has %d of %d bytes, it is truncated: %s", size, stated, again)
	}
	if stated < uint64(size) {
		return fail(16, "the file has %d bytes and should have %d, something was appended: %s",
			size, stated, again)
	}
	return nil
}

// version is the format version that a header states.
func version(data []byte) uint32 { return binary.LittleEndian.Uint32(data[8:]) }

// table reads the section table of a file whose header is good and checks that
// sections fill the file and are as they were written.
func table(file string, data []byte) ([]entry, error) {
	fail := func(section string, at uint64, format string, args ...any) error {
		return &FormatError{File: file, Section: section, Offset: int64(at),
			Problem: fmt.Sprintf(format, args...) + ": " + again}
	}
	n := uint64(binary.LittleEndian.Uint32(data[12:]))
	if n > uint64(len(data)-headerSize)/entrySize {
		return nil, fail("header", 12, "%d sections do not fit the file", n)
	}
	end := headerSize + entrySize*n
	lines := data[headerSize:end]
	if checksum(lines) != binary.LittleEndian.Uint32(data[24:]) {
		return nil, fail("section table", headerSize, "the checksum is wrong, the file is damaged")
	}
	entries := make([]entry, n)
	for i := range entries {
		line := lines[entrySize*i:]
		e := entry{
			name: string(line[:4]), sum: binary.LittleEndian.Uint32(line[4:]),
			offset: binary.LittleEndian.Uint64(line[8:]),
			length: binary.LittleEndian.Uint64(line[16:]),
		}
		place := uint64(headerSize + entrySize*i)
		if e.offset != alignUp(end) || e.offset > uint64(len(data)) || e.length > uint64(len(data))-
			e.offset {
			return nil, fail("section table", place, "section %d of %d bytes at %d does not "+
				"follow the one before it within the file", i, e.length, e.offset)
		}
		for _, b := range data[end:e.offset] {
			if b != 0 {
				return nil, fail("section table", end, "bytes between sections are not zero, the "+
					"file is damaged")
			}
		}
		end = e.offset + e.length
		if checksum(data[e.offset:end]) != e.sum {
			return nil, fail(label(entries[:i], e.name), e.offset,
				"the checksum is wrong, the file is damaged")
		}
		entries[i] = e
	}
	if end != uint64(len(data)) {
		return nil, fail("section table", headerSize, "sections end at %d of %d bytes", end,
			len(data))
	}
	return entries, nil
}

// label names the section that follows others in messages.
func label(before []entry, name string) string {
	switch name {
	case nameMeta:
		return "section meta"
	case nameRoutes:
		return "section routes"
	case nameSample:
		return "section samples"
	case nameHost:
		return "section host"
	case nameCore:
		n := 0
		for _, e := range before {
			if e.name == nameCore {
				n++
			}
		}
		return fmt.Sprintf("section core %d", n)
	}
	return fmt.Sprintf("section %q", name)
}

package layout

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"adder/internal/wholefile"
)

// Write writes an image in the oldest form that holds it. An image that Validate refuses
// is not written.
func Write(w io.Writer, img *Image) error {
	if err := Validate(img); err != nil {
		return fmt.Errorf("write image of %s: %w", img.Model, err)
	}
	for _, part := range encode(img, isLittleEndian()) {
		if _, err := w.Write(part); err != nil {
			return fmt.Errorf("write image of %s: %w", img.Model, err)
		}
	}
	return nil
}

// Save writes an image to a file under a temporary name in the same folder and renames it, so that
// the file is whole or absent.
func Save(path string, img *Image) error {
	if err := wholefile.Write(path, func(w io.Writer) error { return Write(w, img) }); err != nil {
		return fmt.Errorf("save image: %w", err)
	}
	return nil
}

// Open reads the image in a file. An invalid file is a *FormatError.
func Open(path string) (*Image, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	if !info.Mode().IsRegular() {
		// A pipe has no size to go by.
		return Read(file, path)
	}
	start := make([]byte, min(headerSize, info.Size()))
	if _, err := file.ReadAt(start, 0); err != nil {
		return nil, fmt.Errorf("image %s: %w", path, err)
	}
	if err := checkHeader(path, start, info.Size()); err != nil {
		return nil, err
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, fmt.Errorf("image %s: %w", path, err)
	}
	return decode(path, data)
}

// Read reads an image from r to its end. Errors call it name.
func Read(r io.Reader, name string) (*Image, error) {
	start := make([]byte, headerSize)
	n, err := io.ReadFull(r, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("image %s: %w", name, err)
	}
	if n < headerSize {
		return decode(name, start[:n])
	}
	// A stream without an end is not an image, or states its length.
	size := int64(binary.LittleEndian.Uint64(start[16:]))
	if err := checkHeader(name, start, size); err != nil {
		return nil, err
	}
	rest, err := io.ReadAll(io.LimitReader(r, size-headerSize+1))
	if err != nil {
		return nil, fmt.Errorf("image %s: %w", name, err)
	}
	return decode(name, append(start, rest...))
}

// decode reads a whole file and checks what it holds.
func decode(file string, data []byte) (*Image, error) {
	img, err := parse(file, data, isLittleEndian())
	if err != nil {
		return nil, err
	}
	if err := Validate(img); err != nil {
		return nil, &FormatError{File: file, Section: "content",
			Problem: fmt.Sprintf("%v: compile the model again", err)}
	}
	return img, nil
}

// encode returns the bytes of an image in pieces, some of which are the
// image's own memory.
func encode(img *Image, littleEndian bool) [][]byte {
	var entries []entry
	var sections [][][]byte
	version := versionOf(img)
	add := func(name string, describe func(*codec)) {
		c := &codec{littleEndian: littleEndian, version: version}
		describe(c)
		c.flush()
		entries = append(entries, entry{name: name, sum: checksum(c.parts...),
			length: uint64(c.size)})
		sections = append(sections, c.parts)
	}
	add(nameMeta, func(c *codec) { metaSection(c, img) })
	add(nameRoutes, func(c *codec) { routesSection(c, img) })
	if img.Preparation != nil {
		add(nameSample, func(c *codec) { preparationSection(c, img.Preparation) })
	}
	if img.Host != nil {
		add(nameHost, func(c *codec) { hostSection(c, img.Host) })
	}
	for i := range img.Cores {
		add(nameCore, func(c *codec) { coreSection(c, &img.Cores[i]) })
	}
	out := [][]byte{header(entries, version)}
	end := uint64(len(out[0]))
	for i, parts := range sections {
		out = append(out, make([]byte, entries[i].offset-end))
		out = append(out, parts...)
		end = entries[i].offset + entries[i].length
	}
	return out
}

// parse reads a whole file without checking that its parts agree. The image
// shares memory with data.
func parse(file string, data []byte, littleEndian bool) (*Image, error) {
	if err := checkHeader(file, data[:min(headerSize, len(data))], int64(len(data))); err != nil {
		return nil, err
	}
	entries, err := table(file, data)
	if err != nil {
		return nil, err
	}
	if err := checkOrder(file, entries); err != nil {
		return nil, err
	}
	img := new(Image)
	for i, e := range entries {
		c := &codec{reading: true, littleEndian: littleEndian, version: version(data),
			data: data[e.offset : e.offset+e.length]}
		switch e.name {
		case nameMeta:
			metaSection(c, img)
		case nameRoutes:
			routesSection(c, img)
		case nameSample:
			img.Preparation = new(Preparation)
			preparationSection(c, img.Preparation)
		case nameHost:
			img.Host = new(HostLayer)
			hostSection(c, img.Host)
		default:
			img.Cores = append(img.Cores, PlacedCore{})
			coreSection(c, &img.Cores[len(img.Cores)-1])
		}
		c.end()
		if c.err != nil {
			return nil, &FormatError{
				File: file, Section: label(entries[:i], e.name), Offset: int64(e.offset) +
					int64(c.err.at),
				Problem: c.err.problem + ": compile the model again",
			}
		}
	}
	return img, nil
}

// checkOrder checks that the sections are META, ROUT, SAMP and HOST if any, CORE...
func checkOrder(file string, entries []entry) error {
	order := []string{nameMeta, nameRoutes}
	for _, name := range []string{nameSample, nameHost} {
		if at := len(order); len(entries) > at && entries[at].name == name {
			order = append(order, name)
		}
	}
	order = append(order, nameCore)
	if len(entries) < len(order)-1 {
		return &FormatError{File: file, Section: "section table", Offset: headerSize,
			Problem: "sections are missing: compile the model again"}
	}
	for i, e := range entries {
		if due := order[min(i, len(order)-1)]; e.name != due {
			return &FormatError{
				File: file, Section: "section table", Offset: int64(headerSize + entrySize*i),
				Problem: fmt.Sprintf("section %d is %q and should be %q: compile the model again",
					i, e.name, due),
			}
		}
	}
	return nil
}

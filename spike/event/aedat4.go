package event

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

const aedat4Magic = "#!AER-DAT4.0"

// aedat4 reads AEDAT 4.0 (iniVation, "AEDAT 4.0 file format"): a FlatBuffer that says
// how packets are compressed and, in XML, which streams there are; then packets, each
// the number of its stream, its size and a FlatBuffer, compressed. Of the streams of
// events the first is read; others are passed over.
type aedat4 struct {
	in     *input
	unpack unpacker
	stream int32
	end    int64 // the bytes that are left where the packets end
	packet []byte
}

const (
	aedat4Event = 16
	// maxAEDAT4Header bounds the FlatBuffer at the beginning, which is some
	// kilobytes long.
	maxAEDAT4Header = 1 << 20
	// maxAEDAT4Packet bounds a packet's events, compressed or not. Recorders write
	// a packet every 10 ms or so.
	maxAEDAT4Packet = 1 << 26
)

func openAEDAT4(in *input) (decoder, Info, error) {
	info := Info{Format: "AEDAT 4.0"}
	size := in.left
	if _, err := in.line(); err != nil {
		return nil, info, err
	}
	root, err := aedat4Root(in)
	if err != nil {
		return nil, info, fmt.Errorf("header: %w", err)
	}
	d := &aedat4{in: in, unpack: unpacker{kind: root.int32(0, 0)}}
	if err := d.unpack.check(); err != nil {
		return nil, info, err
	}
	if at := root.int64(1, -1); at > 0 {
		if at > size || size-at > in.left {
			return nil, info, fmt.Errorf("header: the table of packets is at byte %d of a file "+
				"of %d: the file is cut off or damaged", at, size)
		}
		d.end = size - at
	}
	text, err := root.text(2)
	if err != nil {
		return nil, info, fmt.Errorf("header: %w", err)
	}
	return d, info, d.choose(text, &info)
}

// aedat4Root reads the FlatBuffer of a header.
func aedat4Root(in *input) (flatTable, error) {
	prefix, err := in.bytes(4, 4)
	if err != nil {
		return flatTable{}, err
	}
	body, err := in.bytes(int64(binary.LittleEndian.Uint32(prefix)), maxAEDAT4Header)
	if err != nil {
		return flatTable{}, err
	}
	return flatRoot(body, "IOHE")
}

// choose takes the first stream of events and says which there are besides.
func (d *aedat4) choose(text string, info *Info) error {
	streams, err := aedat4Streams(text)
	if err != nil {
		return fmt.Errorf("header: %w", err)
	}
	var others []string
	found := false
	for _, s := range streams {
		if s.kind == "EVTS" && !found {
			d.stream, info.Width, info.Height, found = s.number, s.width, s.height, true
			continue
		}
		others = append(others, fmt.Sprintf("%d (%s)", s.number, s.kind))
	}
	if !found {
		return fmt.Errorf("the file has no stream of events (EVTS), but %s",
			strings.Join(others, ", "))
	}
	if len(others) > 0 {
		info.Notes = append(info.Notes, fmt.Sprintf("the events are stream %d; passed over: %s",
			d.stream, strings.Join(others, ", ")))
	}
	return nil
}

func (d *aedat4) read(dst []Event) (int, error) {
	for len(d.packet) == 0 {
		if err := d.next(); err != nil {
			return 0, err
		}
	}
	n := min(len(dst), len(d.packet)/aedat4Event)
	for i := range n {
		b := d.packet[i*aedat4Event:]
		x, y := int16(binary.LittleEndian.Uint16(b[8:])), int16(binary.LittleEndian.Uint16(b[10:]))
		if x < 0 || y < 0 {
			return 0, fmt.Errorf("an event at column %d, row %d: the file is damaged", x, y)
		}
		dst[i] = Event{T: int64(binary.LittleEndian.Uint64(b)), X: uint16(x), Y: uint16(y),
			On: b[12] != 0}
	}
	d.packet = d.packet[n*aedat4Event:]
	return n, nil
}

// next goes to the next packet of the stream.
func (d *aedat4) next() error {
	const header = 8
	if d.in.left <= d.end {
		d.unpack.close()
		return io.EOF
	}
	b, err := d.in.records(header, 1)
	if err != nil {
		return noEOF(err)
	}
	stream, size := int32(binary.LittleEndian.Uint32(b)), int64(
		int32(binary.LittleEndian.Uint32(b[4:])))
	d.in.take(header)
	if size <= 0 || size > d.in.left-d.end {
		return fmt.Errorf("a packet of %d bytes, and %d are left: the file is damaged or cut off",
			size, d.in.left-d.end)
	}
	if stream != d.stream {
		return d.in.skip(size)
	}
	raw, err := d.in.bytes(size, maxAEDAT4Packet)
	if err != nil {
		return err
	}
	body, err := d.unpack.unpack(raw)
	if err != nil {
		return fmt.Errorf("a packet of stream %d: %w", stream, err)
	}
	root, err := flatRoot(body, "EVTS")
	if err != nil {
		return fmt.Errorf("a packet of stream %d: %w", stream, err)
	}
	d.packet, err = root.structs(0, aedat4Event)
	return err
}

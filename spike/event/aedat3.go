package event

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

const aedat3Magic = "#!AER-DAT3.1"

// aedat3 reads AEDAT 3.1 (iniVation, "AEDAT 3.1 file format"): a header of lines with
// a hash sign, then packets of one kind of event each, a header of 28 bytes before the
// events. Polarity events are read, those that are marked as valid; the other kinds
// (frames, inertia, triggers) are passed over. Where several sensors recorded, the
// first is read.
type aedat3 struct {
	in *input
	// Of the packet that is being read: events left, bytes after them, and the upper bits of the
	// time.
	events int
	behind int64
	epoch  int64
	source int // the sensor that is read, -1 before the first packet
}

const (
	aedat3Header   = 28
	aedat3Record   = 8
	aedat3Polarity = 1
)

func refuseAEDAT(in *input) (decoder, Info, error) {
	line, err := in.line()
	if err != nil {
		return nil, Info{}, err
	}
	return nil, Info{}, fmt.Errorf("%q: of AEDAT the versions 3.1 and 4.0 are read: DV and jAER "+
		"convert older ones", line)
}

// aedat3Sensors are the sizes of the sensors that a header's "Source" names.
func aedat3Sensors() map[string][2]int {
	return map[string][2]int{
		"DVS128": {128, 128}, "EDVS": {128, 128}, "DAVIS240A": {240, 180}, "DAVIS240B": {240, 180},
		"DAVIS240C": {240, 180},
		"DAVIS128":  {128, 128}, "DAVIS346A": {346, 260}, "DAVIS346B": {346, 260},
		"DAVIS640": {640, 480}, "DAVIS208": {208, 192},
	}
}

func openAEDAT3(in *input) (decoder, Info, error) {
	info := Info{Format: "AEDAT 3.1"}
	for lines := 0; ; lines++ {
		line, err := in.line()
		switch {
		case err != nil:
			return nil, info, fmt.Errorf("header: %w", err)
		case lines > maxHeaderLines:
			return nil, info, fmt.Errorf("header: more than %d lines", maxHeaderLines)
		case line == "#!END-HEADER":
			return &aedat3{in: in, source: -1}, info, nil
		case !strings.HasPrefix(line, "#"):
			return nil, info, errors.New("header: a line without # before #!END-HEADER")
		}
		name, value, _ := strings.Cut(strings.TrimLeft(line, "# "), ":")
		value = strings.TrimSpace(value)
		switch {
		case name == "Format" && value != "RAW":
			return nil, info, fmt.Errorf("header: format %q: RAW is read: record or convert "+
				"without compression", value)
		case strings.HasPrefix(name, "Source") && info.Width == 0:
			size := aedat3Sensors()[value]
			info.Width, info.Height = size[0], size[1]
		}
	}
}

func (d *aedat3) read(dst []Event) (int, error) {
	for {
		for d.events == 0 {
			if err := d.packet(); err != nil {
				return 0, err
			}
		}
		b, err := d.in.records(aedat3Record, min(d.events, len(dst)))
		if err != nil {
			return 0, noEOF(err)
		}
		n := d.decode(b, dst)
		d.in.take(len(b))
		d.events -= len(b) / aedat3Record
		if n > 0 {
			return n, nil
		}
	}
}

// decode reads events and leaves those out that are marked as invalid.
func (d *aedat3) decode(b []byte, dst []Event) int {
	n := 0
	for ; len(b) > 0; b = b[aedat3Record:] {
		data, t := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
		if data&1 == 0 {
			continue
		}
		dst[n] = Event{T: d.epoch | int64(t&(1<<31-1)), X: uint16(data >> 17),
			Y: uint16(data >> 2 & 0x7fff), On: data>>1&1 != 0}
		n++
	}
	return n
}

// packet goes to the next packet of polarity events.
func (d *aedat3) packet() error {
	if err := d.in.skip(d.behind); err != nil {
		return err
	}
	d.behind = 0
	b, err := d.in.records(aedat3Header, 1)
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	kind, source := le.Uint16(b), int(le.Uint16(b[2:]))
	size, overflow := int64(int32(le.Uint32(b[4:]))), int64(int32(le.Uint32(b[12:])))
	capacity, number := int64(int32(le.Uint32(b[16:]))), int64(int32(le.Uint32(b[20:])))
	d.in.take(aedat3Header)
	if size <= 0 || number < 0 || capacity < number || overflow < 0 || capacity > d.in.left/size {
		return fmt.Errorf("a packet of %d events (room for %d) of %d bytes, and %d bytes are "+
			"left: the file is damaged or cut off", number, capacity, size, d.in.left)
	}
	if kind == aedat3Polarity && d.source < 0 {
		d.source = source
	}
	if kind != aedat3Polarity || source != d.source {
		d.behind = capacity * size
		return nil
	}
	if size != aedat3Record {
		return fmt.Errorf("polarity events of %d bytes; they have %d", size, aedat3Record)
	}
	d.events, d.behind, d.epoch = int(number), (capacity-number)*size, overflow<<31
	return nil
}

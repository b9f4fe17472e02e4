package event

import (
	"encoding/binary"
	"fmt"
	"strconv"
)

// dat reads Prophesee's DAT files of change-detection events: a header of lines with
// a percent sign, a byte of the kind of event and one of its size, then two
// little-endian words an event, the microseconds and the address. The clock has 32
// bits; a step back by more than half of them is its overflow.
type dat struct {
	in    *input
	early bool // version 1 packs addresses for a smaller sensor
	clock wrapping
}

const datRecord = 8

func openDAT(in *input) (decoder, Info, error) {
	lines, err := percentHeader(in)
	if err != nil {
		return nil, Info{}, err
	}
	d := &dat{in: in, early: true, clock: wrapping{bits: 32}}
	info := Info{Format: "DAT 1"}
	if version, err := strconv.Atoi(field(lines, "Version")); err == nil && version >= 2 {
		d.early, info.Format = false, fmt.Sprintf("DAT %d", version)
	}
	info.Width, info.Height = sensorSize(field(lines, "Width"), field(lines, "Height"))
	if len(lines) == 0 {
		return d, info, nil
	}
	kind, err := in.bytes(2, 2)
	if err != nil {
		return nil, Info{}, fmt.Errorf("the kind of event behind the header: %w", err)
	}
	if kind[1] != datRecord {
		return nil, Info{}, fmt.Errorf("events of kind %d have %d bytes: change-detection "+
			"events, of %d bytes, are read", kind[0], kind[1], datRecord)
	}
	return d, info, nil
}

// sensorSize takes a size that a header says, 0 for both where it is none.
func sensorSize(width, height string) (w, h int) {
	const most = 1 << 16
	w, errW := strconv.Atoi(width)
	h, errH := strconv.Atoi(height)
	if errW != nil || errH != nil || w <= 0 || h <= 0 || w > most || h > most {
		return 0, 0
	}
	return w, h
}

func (d *dat) read(dst []Event) (int, error) {
	b, err := d.in.records(datRecord, len(dst))
	if err != nil {
		return 0, err
	}
	n := len(b) / datRecord
	for i := range n {
		t, address := binary.LittleEndian.Uint32(b[i*datRecord:]), binary.LittleEndian.Uint32(
			b[i*datRecord+4:])
		e := Event{T: d.clock.time(uint64(t))}
		if d.early {
			e.X, e.Y, e.On = uint16(address&0x1ff), uint16(address>>9&0xff), address>>17&1 != 0
		} else {
			e.X, e.Y, e.On = uint16(address&0x3fff), uint16(address>>14&0x3fff), address>>28&1 != 0
		}
		dst[i] = e
	}
	d.in.take(len(b))
	return n, nil
}

// wrapping is a clock of few bits that starts anew when it is over.
type wrapping struct {
	bits  uint
	last  uint64
	past  int64
	going bool
}

// time returns the full time of a reading: a reading that falls by more than half of the clock's
// range is of the next round, and one that rises by as much right after is late, of the round
// before.
func (w *wrapping) time(now uint64) int64 {
	round := int64(1) << w.bits
	half := uint64(1) << (w.bits - 1)
	switch {
	case !w.going:
		w.going = true
	case now < w.last && w.last-now > half:
		w.past += round
	case now > w.last && now-w.last > half && w.past > 0:
		return int64(now) + w.past - round
	}
	w.last = now
	return int64(now) + w.past
}

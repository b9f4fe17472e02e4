package event

import (
	"encoding/binary"
	"fmt"
)

// evt2 reads EVT 2.0 (Prophesee, "EVT 2.0 Format"): little-endian words of 32 bits.
// The 4 bits at the top say what a word is; a time word has the upper 28 bits of the
// microseconds, an event the lower 6, its column and its row.
type evt2 struct {
	in    *input
	high  wrapping
	base  int64
	timed bool // a time word was seen; events before the first have no time
}

const (
	evt2Word     = 4
	evt2HighBits = 28
	evt2LowBits  = 6

	evt2Off     = 0x0
	evt2On      = 0x1
	evt2Time    = 0x8
	evt2Trigger = 0xa
	evt2Others  = 0xe
	evt2More    = 0xf
)

func (d *evt2) read(dst []Event) (int, error) {
	for {
		b, err := d.in.records(evt2Word, len(dst))
		if err != nil {
			return 0, err
		}
		n, err := d.decode(b, dst)
		if err != nil {
			return 0, err
		}
		d.in.take(len(b))
		if n > 0 {
			return n, nil
		}
	}
}

// decode reads words into dst, which must hold an event for each.
func (d *evt2) decode(b []byte, dst []Event) (int, error) {
	n := 0
	for ; len(b) > 0; b = b[evt2Word:] {
		word := binary.LittleEndian.Uint32(b)
		switch kind := word >> 28; kind {
		case evt2Off, evt2On:
			if !d.timed {
				continue
			}
			low := int64(word >> 22 & (1<<evt2LowBits - 1))
			dst[n] = Event{T: d.base | low, X: uint16(word >> 11 & 0x7ff), Y: uint16(word & 0x7ff),
				On: kind == evt2On}
			n++
		case evt2Time:
			d.base, d.timed = d.high.time(uint64(word&(1<<evt2HighBits-1)))<<evt2LowBits, true
		case evt2Trigger, evt2Others, evt2More:
		default:
			return 0, fmt.Errorf(
				"a word of the unknown kind %#x: the file is damaged, or not in EVT 2.0", kind)
		}
	}
	return n, nil
}

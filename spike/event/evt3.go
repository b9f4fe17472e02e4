package event

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// evt3 reads EVT 3.0 (Prophesee, "EVT 3.0 Format"): little-endian words of 16 bits,
// each of which changes one part of the state of the decoder. Times come as 12 upper
// and 12 lower bits of the microseconds, then a row, then columns: one at a time, or
// as a first column and vectors of 12 or 8 bits, one a column. Nothing is an event
// before the first upper bits of the time.
type evt3 struct {
	in      *input
	high    wrapping
	base    int64
	low     int64
	y       uint16
	x       uint16 // the first column of the next vector
	on      bool   // the polarity of vectors
	timed   bool
	pending []Event // of a vector that did not fit dst
	vector  [12]Event
	words   []byte // peeked at and not decoded yet
	held    int    // bytes peeked at
}

const (
	evt3Word     = 2
	evt3HighBits = 12
	evt3LowBits  = 12

	evt3AddressY = 0x0
	evt3AddressX = 0x2
	evt3VectorX  = 0x3
	evt3Vector12 = 0x4
	evt3Vector8  = 0x5
	evt3TimeLow  = 0x6
	evt3More4    = 0x7
	evt3TimeHigh = 0x8
	evt3Trigger  = 0xa
	evt3Others   = 0xe
	evt3More12   = 0xf
)

func (d *evt3) read(dst []Event) (int, error) {
	n := 0
	for n < len(dst) {
		if len(d.pending) > 0 {
			k := copy(dst[n:], d.pending)
			d.pending = d.pending[k:]
			n += k
			continue
		}
		word, err := d.next()
		if err != nil {
			if n > 0 {
				return n, nil // the next call meets the error again
			}
			return 0, err
		}
		if err := d.step(word); err != nil {
			return n, err
		}
	}
	return n, nil
}

// next gives the next word.
func (d *evt3) next() (uint16, error) {
	if len(d.words) == 0 {
		d.in.take(d.held)
		d.held = 0
		b, err := d.in.records(evt3Word, inputBuffer/evt3Word)
		if err != nil {
			return 0, err
		}
		d.words, d.held = b, len(b)
	}
	word := binary.LittleEndian.Uint16(d.words)
	d.words = d.words[evt3Word:]
	return word, nil
}

// step takes one word and leaves its events in pending.
func (d *evt3) step(word uint16) error {
	switch kind := word >> 12; kind {
	case evt3AddressY:
		d.y = word & 0x7ff
	case evt3AddressX:
		d.on = word>>11&1 != 0
		d.emit(word&0x7ff, 1)
	case evt3VectorX:
		d.x, d.on = word&0x7ff, word>>11&1 != 0
	case evt3Vector12:
		d.emit(d.x, word&0xfff)
		d.x += 12
	case evt3Vector8:
		d.emit(d.x, word&0xff)
		d.x += 8
	case evt3TimeLow:
		d.low = int64(word & 0xfff)
	case evt3TimeHigh:
		d.base, d.timed = d.high.time(uint64(word&0xfff))<<evt3LowBits, true
	case evt3More4, evt3Trigger, evt3Others, evt3More12:
	default:
		return fmt.Errorf("a word of the unknown kind %#x: the file is damaged, or not in EVT 3.0",
			kind)
	}
	return nil
}

// emit makes an event of every bit of a mask, the lowest at column x.
func (d *evt3) emit(x, mask uint16) {
	if !d.timed {
		return
	}
	d.pending = d.vector[:0]
	for ; mask != 0; mask &= mask - 1 {
		column := x + uint16(bits.TrailingZeros16(mask))
		d.pending = append(d.pending, Event{T: d.base | d.low, X: column, Y: d.y, On: d.on})
	}
}

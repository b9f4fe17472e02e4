package event

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/stretchr/testify/require"
)

// form is a way to write events that the tests know: what its events may be, and the
// bytes of a file of them.
type form struct {
	name, file string
	info       Info
	width      uint16
	height     uint16
	// step is the largest time between two events, chosen so that clocks overflow.
	step  int64
	write func(t testing.TB, events []Event) []byte
}

func forms() []form {
	aedat4 := func(kind int32) func(testing.TB, []Event) []byte {
		return func(t testing.TB, events []Event) []byte { return writeAEDAT4(t, events, kind) }
	}
	aedat4Info := Info{Format: "AEDAT 4.0", Width: 346, Height: 260,
		Notes: []string{"the events are stream 1; passed over: 2 (IMUS)"}}
	return []form{
		{"nmnist", "a.bin", Info{Format: "N-MNIST"}, 256, 240, 5000, writeNMNIST},
		{"dat 1", "a.dat", Info{Format: "DAT 1"}, 512, 256, 1 << 30, writeDAT1},
		{"dat 2", "a.dat", Info{Format: "DAT 2", Width: 1280, Height: 720}, 1280, 720, 1 << 30,
			writeDAT2},
		{"evt2", "a.raw", Info{Format: "EVT 2.0", Width: 640, Height: 480}, 640, 480, 1 << 32,
			writeEVT2},
		{"evt3", "a.raw", Info{Format: "EVT 3.0", Width: 1280, Height: 720}, 1280, 720, 1 << 22,
			writeEVT3},
		{"aedat 3.1", "a.aedat", Info{Format: "AEDAT 3.1", Width: 240, Height: 180}, 240, 180,
			1 << 29, writeAEDAT3},
		{"aedat4 plain", "a.aedat4", aedat4Info, 346, 260, 1 << 40, aedat4(aedat4Plain)},
		{"aedat4 lz4", "a.aedat4", aedat4Info, 346, 260, 1 << 40, aedat4(aedat4LZ4)},
		{"aedat4 zstd", "a.aedat4", aedat4Info, 346, 260, 1 << 40, aedat4(aedat4Zstd)},
		{"npy", "a.npy", Info{Format: "NumPy"}, 65535, 65535, 1 << 40, writeNPY},
		{"npy of other types", "a.npy", Info{Format: "NumPy"}, 128, 128, 1 << 20, writeNPYBig},
	}
}

// writeNMNIST marks every 2^13 us that the clock went over, once an event's time no
// longer fits its 23 bits.
func writeNMNIST(_ testing.TB, events []Event) []byte {
	var out []byte
	past := int64(0)
	for _, e := range events {
		for e.T-past >= 1<<23 {
			out = append(out, 0, nmnistMarker, 0, 0, 0)
			past += nmnistOverflow
		}
		word := uint32(e.Y)<<24 | uint32(e.T-past)
		if e.On {
			word |= 1 << 23
		}
		out = binary.BigEndian.AppendUint32(append(out, byte(e.X)), word)
	}
	return out
}

func writeDAT1(_ testing.TB, events []Event) []byte {
	out := []byte("% Data file containing CD events\n\x00\x08")
	for _, e := range events {
		out = binary.LittleEndian.AppendUint32(out, uint32(e.T))
		out = binary.LittleEndian.AppendUint32(out, uint32(e.X)|uint32(e.Y)<<9|bit(e.On)<<17)
	}
	return out
}

func writeDAT2(_ testing.TB, events []Event) []byte {
	out := []byte("% Version 2\n% Width 1280\n% Height 720\n\x0c\x08")
	for _, e := range events {
		out = binary.LittleEndian.AppendUint32(out, uint32(e.T))
		out = binary.LittleEndian.AppendUint32(out, uint32(e.X)|uint32(e.Y)<<14|bit(e.On)<<28)
	}
	return out
}

func bit(on bool) uint32 {
	if on {
		return 1
	}
	return 0
}

// writeEVT2 repeats the time word whenever it changes, with a trigger between.
func writeEVT2(_ testing.TB, events []Event) []byte {
	out := []byte("% evt 2.0\n% geometry 640x480\n% end\n")
	high := int64(-1)
	word := func(w uint32) { out = binary.LittleEndian.AppendUint32(out, w) }
	for _, e := range events {
		for high != e.T>>6 {
			// The clock of 28 bits is followed by at most half a round.
			high = min(e.T>>6, max(high, 0)+1<<26)
			word(evt2Time<<28 | uint32(high)&(1<<28-1))
			word(evt2Trigger << 28)
		}
		word(bit(e.On)<<28 | uint32(e.T&63)<<22 | uint32(e.X)<<11 | uint32(e.Y))
	}
	return out
}

// writeEVT3 writes events of one time, row and polarity whose columns ascend as
// vectors, others one by one.
func writeEVT3(_ testing.TB, events []Event) []byte {
	out := []byte("% evt 3.0\n% format EVT3;height=720;width=1280\n% end\n")
	word := func(kind, value uint16) {
		out = binary.LittleEndian.AppendUint16(out, kind<<12|value&0xfff)
	}
	high, low, row := int64(-1), int64(-1), -1
	for len(events) > 0 {
		e := events[0]
		for high != e.T>>12 {
			high = min(e.T>>12, max(high, 0)+1<<10)
			word(evt3TimeHigh, uint16(high))
		}
		if low != e.T&0xfff {
			low = e.T & 0xfff
			word(evt3TimeLow, uint16(low))
		}
		if row != int(e.Y) {
			row = int(e.Y)
			word(evt3AddressY, e.Y)
		}
		mask, n := vector(events)
		events = events[n:]
		if n == 1 {
			word(evt3AddressX, e.X|uint16(bit(e.On))<<11)
			continue
		}
		word(evt3VectorX, e.X|uint16(bit(e.On))<<11)
		word(evt3More4, 0)
		if bits.Len16(mask) <= 8 {
			word(evt3Vector8, mask)
		} else {
			word(evt3Vector12, mask)
		}
	}
	return out
}

// vector gives the events at the beginning that fit one vector.
func vector(events []Event) (mask uint16, n int) {
	first := events[0]
	for last := -1; n < len(events); n++ {
		e := events[n]
		column := int(e.X) - int(first.X)
		if e.T != first.T || e.Y != first.Y || e.On != first.On || column <= last || column >= 12 {
			break
		}
		mask, last = mask|1<<column, column
	}
	return mask, n
}

// writeAEDAT3 writes packets of at most 100 events, each behind one of another kind and
// one of another sensor, with invalid events between and room that is not used.
func writeAEDAT3(_ testing.TB, events []Event) []byte {
	out := []byte("#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DAVIS240C\r\n#Start-Time: " +
		"2020-01-01 00:00:00\r\n#!END-HEADER\r\n")
	header := func(kind, source uint16, size, overflow, capacity, number int) {
		out = binary.LittleEndian.AppendUint16(out, kind)
		out = binary.LittleEndian.AppendUint16(out, source)
		for _, v := range []int{size, 4, overflow, capacity, number, number} {
			out = binary.LittleEndian.AppendUint32(out, uint32(v))
		}
	}
	event := func(e Event, valid uint32) {
		out = binary.LittleEndian.AppendUint32(out, valid|bit(e.On)<<1|uint32(e.Y)<<2|
			uint32(e.X)<<17)
		out = binary.LittleEndian.AppendUint32(out, uint32(e.T&(1<<31-1)))
	}
	for len(events) > 0 {
		n := 1
		for n < min(len(events), 100) && events[n].T>>31 == events[0].T>>31 {
			n++
		}
		header(aedat3Polarity, 1, 8, int(events[0].T>>31), n+2, n+1)
		event(Event{X: 7}, 0)
		for _, e := range events[:n] {
			event(e, 1)
		}
		event(Event{X: 9}, 1) // room that is not used
		header(3, 1, 36, 0, 1, 1)
		out = append(out, make([]byte, 36)...)
		header(aedat3Polarity, 2, 8, 0, 1, 1)
		event(Event{}, 1)
		events = events[n:]
	}
	return out
}

const aedat4XML = `<dv version="2.0"><node name="outInfo" path="/mainloop/Recorder/outInfo/">
<node name="2"><attr key="typeIdentifier" type="string">IMUS</attr></node>
<node name="1"><attr key="compression" type="string">X</attr><attr key="typeIdentifier" type="string">EVTS</attr>
<node name="info"><attr key="sizeX" type="int">346</attr><attr key="sizeY" type="int">260</attr></node></node></node></dv>`

// writeAEDAT4 writes packets of at most 100 events, each before one of another stream,
// and a table of packets, of which only the place matters here.
func writeAEDAT4(t testing.TB, events []Event, kind int32) []byte {
	le := binary.LittleEndian
	// The vtable of three fields, the table, then the text.
	header := le.AppendUint32(nil, 20)
	header = append(header, "IOHE"...)
	// sizes, then offsets 4, 8 and 16
	header = append(header, 10, 0, 20, 0, 4, 0, 8, 0, 16, 0, 0, 0)
	// the table at 20, its vtable at 8
	header = le.AppendUint32(header, 12)
	header = le.AppendUint32(header, uint32(kind))
	place := len(header)
	header = le.AppendUint64(header, 0)
	header = le.AppendUint32(header, 4)
	header = le.AppendUint32(header, uint32(len(aedat4XML)))
	header = append(header, aedat4XML...)

	out := []byte(aedat4Magic + "\r\n")
	start := len(out) + 4
	out = append(le.AppendUint32(out, uint32(len(header))), header...)
	packet := func(stream uint32, b []byte) {
		out = le.AppendUint32(out, stream)
		out = append(le.AppendUint32(out, uint32(len(b))), b...)
	}
	for len(events) > 0 {
		n := min(len(events), 100)
		packet(1, packed(t, eventPacket(events[:n]), kind))
		packet(2, []byte("not events"))
		events = events[n:]
	}
	le.PutUint64(out[start+place:], uint64(len(out)))
	return append(out, "the table of packets"...)
}

// eventPacket is a FlatBuffer of events behind its size.
func eventPacket(events []Event) []byte {
	le := binary.LittleEndian
	body := le.AppendUint32(nil, 16)
	body = append(body, "EVTS"...)
	body = append(body, 6, 0, 8, 0, 4, 0, 0, 0)
	body = le.AppendUint32(body, 8) // the table at 16, its vtable at 8
	body = le.AppendUint32(body, 8) // the vector at 28, so that times stand at multiples of 8
	body = le.AppendUint32(body, 0)
	body = le.AppendUint32(body, uint32(len(events)))
	for _, e := range events {
		body = le.AppendUint64(body, uint64(e.T))
		body = le.AppendUint16(body, e.X)
		body = le.AppendUint16(body, e.Y)
		body = append(body, byte(bit(e.On)), 0, 0, 0)
	}
	return append(le.AppendUint32(nil, uint32(len(body))), body...)
}

func packed(t testing.TB, b []byte, kind int32) []byte {
	var out bytes.Buffer
	switch kind {
	case aedat4LZ4:
		w := lz4.NewWriter(&out)
		_, err := w.Write(b)
		require.NoError(t, err)
		require.NoError(t, w.Close())
	case aedat4Zstd:
		w, err := zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1))
		require.NoError(t, err)
		_, err = w.Write(b)
		require.NoError(t, err)
		require.NoError(t, w.Close())
	default:
		return b
	}
	return out.Bytes()
}

// npyHeader is the header of a structured array.
func npyHeader(descr string, n int) []byte {
	text := fmt.Sprintf("{'descr': %s, 'fortran_order': False, 'shape': (%d,), }\n", descr, n)
	return append(binary.LittleEndian.AppendUint16([]byte(npyMagic+"\x01\x00"), uint16(len(text))),
		text...)
}

func writeNPY(_ testing.TB, events []Event) []byte {
	out := npyHeader("[('t', '<i8'), ('x', '<u2'), ('y', '<u2'), ('p', '|b1')]", len(events))
	for _, e := range events {
		out = binary.LittleEndian.AppendUint64(out, uint64(e.T))
		out = binary.LittleEndian.AppendUint16(out, e.X)
		out = binary.LittleEndian.AppendUint16(out, e.Y)
		out = append(out, byte(bit(e.On)))
	}
	return out
}

// writeNPYBig has the fields in another order, big-endian, with padding, and -1 for off.
func writeNPYBig(_ testing.TB, events []Event) []byte {
	out := npyHeader("[('x', '|i1'), ('y', '|u1'), ('polarity', '|i1'), ('', '|V1'), "+
		"('timestamp', '>u4')]", len(events))
	for _, e := range events {
		p := byte(1)
		if !e.On {
			p = 0xff
		}
		out = append(out, byte(e.X), byte(e.Y), p, 0)
		out = binary.BigEndian.AppendUint32(out, uint32(e.T))
	}
	return out
}

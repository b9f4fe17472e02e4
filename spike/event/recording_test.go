package event

import (
	"bytes"
	"errors"
	"io"
	"math/rand"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// draw gives n events of a form in order of time; rows of neighbours at one time are
// among them.
func draw(r *rand.Rand, f form, n int) []Event {
	var out []Event
	at := r.Int63n(1000)
	for len(out) < n {
		if r.Intn(2) == 0 {
			at += 1 + r.Int63n(f.step)
		}
		e := Event{T: at, X: uint16(r.Intn(int(f.width))), Y: uint16(r.Intn(int(f.height))),
			On: r.Intn(2) == 0}
		for range 1 + r.Intn(6) {
			out = append(out, e)
			if e.X += uint16(1 + r.Intn(2)); e.X >= f.width {
				break
			}
		}
	}
	return out[:n]
}

// readAll reads a file with buffers of changing sizes.
func readAll(name string, b []byte, sizes ...int) ([]Event, Info, error) {
	r, err := newRecording(name, bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, Info{}, err
	}
	var out []Event
	for i := 0; ; i++ {
		dst := make([]Event, sizes[i%len(sizes)])
		n, err := r.Read(dst)
		out = append(out, dst[:n]...)
		if errors.Is(err, io.EOF) {
			return out, r.Info, r.Close()
		}
		if err != nil {
			return out, r.Info, err
		}
	}
}

// TestEventForEvent writes random events in every form and reads the same ones back,
// in pieces of any size, past the overflow of each clock.
func TestEventForEvent(t *testing.T) {
	for _, f := range forms() {
		t.Run(f.name, func(t *testing.T) {
			for seed := range int64(8) {
				r := rand.New(rand.NewSource(seed))
				want := draw(r, f, 1+r.Intn(700))
				if f.name == "npy of other types" {
					require.Less(t, want[len(want)-1].T, int64(1<<32),
						"the form has 32 bits of time")
				}
				got, info, err := readAll(f.file, f.write(t, want), 1+r.Intn(5), 1000, 1+r.Intn(50))
				require.NoError(t, err)
				require.Equal(t, f.info, info)
				require.Equal(t, want, got)
			}
		})
	}
}

// TestCutOff: a file that ends within an event is refused after the events before it,
// or, where the format cannot tell, gives no event that was not written.
func TestCutOff(t *testing.T) {
	for _, f := range forms() {
		t.Run(f.name, func(t *testing.T) {
			want := draw(rand.New(rand.NewSource(1)), f, 300)
			whole := f.write(t, want)
			for _, cut := range []int{1, 3, 7, len(whole) / 2, len(whole) - 20} {
				got, _, err := readAll(f.file, whole[:len(whole)-cut], 64)
				require.Truef(t, slices.Equal(want[:len(got)], got), "cut by %d", cut)
				if err != nil {
					require.NotErrorIs(t, err, io.EOF)
					require.ErrorContains(t, err, f.file)
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"empty", "a.bin", "", "a.bin: the file is empty"},
		{"unknown", "a.xyz", "hello", "not a recording that is known"},
		{"half an event", "a.bin", "1234567",
			"after 1 events: 2 bytes are left, and 5 are one record"},
		{"raw without a header", "a.raw", "\x00\x00\x00\x00", "a .raw file begins with lines"},
		{"raw of no form", "a.raw", "% Date 2020\n\x00\x00",
			"it does not say how events are written"},
		{"EVT 2.1", "a.raw", "% evt 2.1\n\x00\x00",
			`events in the form "2.1": EVT 2.0 and EVT 3.0 are read`},
		{"EVT4", "a.raw", "% format EVT4;height=1\n\x00\x00", `events in the form "EVT4"`},
		{"unknown word", "a.raw", "% evt 3.0\n\x00\x90", "a word of the unknown kind 0x9"},
		{"unknown word", "a.raw", "% evt 2.0\n\x00\x00\x00\x90", "a word of the unknown kind 0x9"},
		{"frames in dat", "a.dat", "% Version 2\n\x01\x10", "events of kind 1 have 16 bytes"},
		{"old AEDAT", "a.aedat", "#!AER-DAT2.0\r\n",
			`"#!AER-DAT2.0": of AEDAT the versions 3.1 and 4.0 are read`},
		{"compressed AEDAT 3", "a.aedat", "#!AER-DAT3.1\r\n#Format: Serial-TS,PNG-Frames\r\n",
			`format "Serial-TS,PNG-Frames": RAW is read`},
		{"long line", "a.aedat", "#!AER-DAT3.1\r\n#" + string(make([]byte, 5000)) + "\n",
			"more than 4096 bytes"},
		{"plain array", "a.npy", npyMagic + "\x01\x00\x39\x00{'descr': '<i8', 'fortran_order': " +
			"False, 'shape': (2, 4)}\n",
			"the array is int64 of shape (2, 4): a structured one is needed; events are an array " +
				"of the fields t, x, y and p"},
		{"seconds", "a.npy",
			string(npyHeader("[('t', '<f8'), ('x', '<i2'), ('y', '<i2'), ('p', '|b1')]", 0)),
			`field "t" is float64: integers are read, times in microseconds`},
		{"no polarity", "a.npy", string(npyHeader("[('t', '<i8'), ('x', '<i2'), ('y', '<i2')]", 0)),
			`no field "p": the array has ["t" "x" "y"]`},
		{"more events than bytes", "a.npy",
			string(npyHeader("[('t', '<i8'), ('x', '<i2'), ('y', '<i2'), ('p', '|b1')]", 1<<40)),
			"1099511627776 events of 13 bytes, and 0 bytes are left"},
		{"a negative column", "a.npy",
			string(npyHeader("[('t', '|i1'), ('x', '|i1'), ('y', '|i1'), ('p', '|b1')]", 1)) +
				"\x01\xff\x01\x01",
			"an event at column -1, row 1"},
		{"polarity 2", "a.npy",
			string(npyHeader("[('t', '|i1'), ('x', '|i1'), ('y', '|i1'), ('p', '|i1')]", 1)) +
				"\x01\x01\x01\x02",
			"an event of polarity 2: it is 1 or 0, or 1 or -1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := readAll(c.file, []byte(c.text), 16)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, c.file)
		})
	}
}

// TestAEDAT4Refusals changes a good file in one place each.
func TestAEDAT4Refusals(t *testing.T) {
	good := func(kind int32) []byte {
		return writeAEDAT4(t,
			draw(rand.New(rand.NewSource(1)), form{width: 10, height: 10, step: 9}, 5), kind)
	}
	change := func(b []byte, old, new string) []byte {
		return bytes.Replace(b, []byte(old), []byte(new), 1)
	}
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"compression", good(9), "compression 9 is not known: 0 to 4 are"},
		{"no events", change(good(0), "EVTS</attr>", "FRME</attr>"),
			"no stream of events (EVTS), but 1 (FRME), 2 (IMUS)"},
		{"no streams", change(good(0), `name="outInfo"`, `name="noInfos"`),
			"the description of the streams names none"},
		{"no XML", change(good(0), "<dv", "dv<"), "the description of the streams: "},
		{"no header", change(good(0), "IOHE", "IOHO"), "no FlatBuffer of the kind IOHE"},
		{"no packet", change(good(0), "\x00EVTS", "\x00EVTX"),
			"a packet of stream 1: no FlatBuffer of the kind EVTS"},
		{"plain as lz4", change(good(0), "\x0c\x00\x00\x00\x00\x00\x00\x00",
			"\x0c\x00\x00\x00\x01\x00\x00\x00"), "a packet of stream 1: compressed data: "},
		{"plain as zstd", change(good(0), "\x0c\x00\x00\x00\x00\x00\x00\x00",
			"\x0c\x00\x00\x00\x03\x00\x00\x00"), "a packet of stream 1: compressed data: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := readAll("a.aedat4", c.file, 16)
			require.ErrorContains(t, err, c.want)
		})
	}
}

package event

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"adder/internal/npz"
)

const npyMagic = "\x93NUMPY"

// npyEvents reads structured arrays of NumPy, as tonic and others keep events: fields t
// (microseconds), x, y and p, each an integer of any width or a bool. A polarity is 1 or
// 0, or 1 or -1.
type npyEvents struct {
	in         *input
	size, left int
	t, x, y, p npz.Field
}

// npyNames are the names of each field, the usual one first.
func npyNames() [4][]string {
	return [4][]string{{"t", "ts", "timestamp"}, {"x"}, {"y"}, {"p", "polarity", "on"}}
}

func openNPY(in *input) (decoder, Info, error) {
	info := Info{Format: "NumPy"}
	record, err := npz.ReadRecord(in)
	if err != nil {
		return nil, info, fmt.Errorf("%w; events are an array of the fields t, x, y and p", err)
	}
	if int64(record.Count) > in.left/int64(record.Size) {
		return nil, info, fmt.Errorf("%d events of %d bytes, and %d bytes are left: the file is "+
			"cut off or damaged", record.Count, record.Size, in.left)
	}
	d := &npyEvents{in: in, size: record.Size, left: record.Count}
	for i, to := range []*npz.Field{&d.t, &d.x, &d.y, &d.p} {
		if *to, err = npyField(record, npyNames()[i]); err != nil {
			return nil, info, err
		}
	}
	return d, info, nil
}

// npyField finds a field under one of its names.
func npyField(r *npz.Record, names []string) (npz.Field, error) {
	var have []string
	for _, f := range r.Fields {
		have = append(have, f.Name)
		if !slices.Contains(names, f.Name) {
			continue
		}
		if !f.IsInteger() {
			return f, fmt.Errorf("field %q is %s: integers are read, times in microseconds", f.Name,
				f.Type)
		}
		return f, nil
	}
	return npz.Field{}, fmt.Errorf("no field %q: the array has %q", names[0], have)
}

func (d *npyEvents) read(dst []Event) (int, error) {
	if d.left == 0 {
		return 0, io.EOF
	}
	b, err := d.in.records(d.size, min(d.left, len(dst)))
	if err != nil {
		return 0, noEOF(err)
	}
	n := len(b) / d.size
	for i := range n {
		if dst[i], err = d.event(b[i*d.size:][:d.size]); err != nil {
			return 0, err
		}
	}
	d.in.take(len(b))
	d.left -= n
	return n, nil
}

// event reads one element.
func (d *npyEvents) event(b []byte) (Event, error) {
	t, errT := d.t.Integer(b)
	x, errX := d.x.Integer(b)
	y, errY := d.y.Integer(b)
	p, errP := d.p.Integer(b)
	if err := errors.Join(errT, errX, errY, errP); err != nil {
		return Event{}, err
	}
	const most = 1<<16 - 1
	switch {
	case x < 0 || y < 0 || x > most || y > most:
		return Event{}, fmt.Errorf("an event at column %d, row %d: both are 0 to %d", x, y, most)
	case p < -1 || p > 1:
		return Event{}, fmt.Errorf("an event of polarity %d: it is 1 or 0, or 1 or -1", p)
	}
	return Event{T: t, X: uint16(x), Y: uint16(y), On: p > 0}, nil
}

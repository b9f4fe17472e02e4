package spike

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// eventHeader is the first line of an event file.
const eventHeader = "sample,tick,source"

// maxEventLine bounds a line; three 64-bit numbers need 62 bytes.
const maxEventLine = 256

// EventWriter writes spikes as a list of addresses and times (address-event representation), a text
// file that opens as a table anywhere: a header line "sample,tick,source", then one line per spike,
// ascending by sample, tick and source. Samples without spikes have no line.
type EventWriter struct {
	w    *bufio.Writer
	line []byte
	last uint64 // the sample written last, where any is true
	any  bool
}

// NewEventWriter returns a writer of an event file and writes its header.
func NewEventWriter(w io.Writer) (*EventWriter, error) {
	e := &EventWriter{w: bufio.NewWriter(w)}
	if _, err := e.w.WriteString(eventHeader + "\n"); err != nil {
		return nil, fmt.Errorf("write events: %w", err)
	}
	return e, nil
}

// ContinueEvents returns a writer that appends to an event file, whose header is written.
func ContinueEvents(w io.Writer) *EventWriter { return &EventWriter{w: bufio.NewWriter(w)} }

// Write appends the spikes of a sample, whose number is larger than those written
// before.
func (e *EventWriter) Write(sample uint64, train *Train) error {
	if e.any && sample <= e.last {
		return fmt.Errorf("write events: sample %d after sample %d: samples must ascend", sample,
			e.last)
	}
	e.last, e.any = sample, true
	for tick := range train.Ticks() {
		train.Each(tick, func(source int) {
			line := strconv.AppendUint(e.line[:0], sample, 10)
			line = strconv.AppendInt(append(line, ','), int64(tick), 10)
			line = strconv.AppendInt(append(line, ','), int64(source), 10)
			e.line = append(line, '\n')
			_, _ = e.w.Write(e.line) // a bufio.Writer keeps its error until Flush
		})
	}
	return nil
}

// Flush writes what is buffered and returns the first error of all writes.
func (e *EventWriter) Flush() error {
	if err := e.w.Flush(); err != nil {
		return fmt.Errorf("write events: %w", err)
	}
	return nil
}

// event is a line of an event file.
type event struct {
	sample, tick, source uint64
}

// before reports whether a line may come before another.
func (e event) before(next event) bool {
	if e.sample != next.sample {
		return e.sample < next.sample
	}
	if e.tick != next.tick {
		return e.tick < next.tick
	}
	return e.source < next.source
}

// EventReader reads the files that EventWriter writes, sample by sample. Lines must
// ascend, so that a spike that is listed twice, or a file put together in the
// wrong order, is an error.
type EventReader struct {
	r       *bufio.Reader
	name    string
	line    int
	pending event // the next sample's first event, where has is true
	has     bool
	ended   bool
	spikes  int64
}

// NewEventReader returns a reader of an event file and reads its header. Errors
// call the file by name.
func NewEventReader(r io.Reader, name string) (*EventReader, error) {
	e := &EventReader{r: bufio.NewReaderSize(r, maxEventLine), name: name}
	line, err := e.readLine()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if string(line) != eventHeader {
		return nil, e.errorf("want the header %q, have %q", eventHeader, line)
	}
	return e, nil
}

// Next replaces the spikes of train, whose size is unchanged, by those of the next sample in the
// file and returns the sample's number. It returns io.EOF after the last one, and an error with
// file and line when the file is not well formed or a spike is outside the train.
func (e *EventReader) Next(train *Train) (sample uint64, err error) {
	train.Clear()
	if !e.has {
		if err := e.advance(); err != nil {
			return 0, err
		}
	}
	sample = e.pending.sample
	for e.has && e.pending.sample == sample {
		if err := e.store(train); err != nil {
			return 0, err
		}
		if err := e.advance(); err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
	}
	return sample, nil
}

// Extent reads the rest of the file and returns its last sample and the latest tick of its spikes,
// or io.EOF if there are none. It is for choosing the size of the trains that another reader fills.
func (e *EventReader) Extent() (sample, tick uint64, err error) {
	if err := e.advance(); err != nil {
		return 0, 0, err
	}
	for err == nil {
		sample, tick = e.pending.sample, max(tick, e.pending.tick)
		err = e.advance()
	}
	if errors.Is(err, io.EOF) {
		return sample, tick, nil
	}
	return 0, 0, err
}

// Spikes is the number of spikes that were read so far.
func (e *EventReader) Spikes() int64 { return e.spikes }

// store puts the pending event into a train.
func (e *EventReader) store(train *Train) error {
	if e.pending.tick >= uint64(train.Ticks()) {
		return e.errorf("tick %d, but a sample has %d ticks (0 to %d)", e.pending.tick,
			train.Ticks(), train.Ticks()-1)
	}
	if e.pending.source >= uint64(train.Sources()) {
		return e.errorf("source %d, but there are %d sources (0 to %d)", e.pending.source,
			train.Sources(), train.Sources()-1)
	}
	train.Set(int(e.pending.tick), int(e.pending.source))
	return nil
}

// advance reads one event into pending.
func (e *EventReader) advance() error {
	e.has = false
	line, err := e.readLine()
	if err != nil {
		return err
	}
	next, err := e.parse(line)
	if err != nil {
		return err
	}
	if e.line > 2 && !e.pending.before(next) {
		return e.errorf("%d,%d,%d does not come after %d,%d,%d: sort the lines by sample, tick "+
			"and source, each once",
			next.sample, next.tick, next.source, e.pending.sample, e.pending.tick, e.pending.source)
	}
	e.pending, e.has = next, true
	e.spikes++
	return nil
}

// parse splits a line into its three numbers.
func (e *EventReader) parse(line []byte) (event, error) {
	var numbers [3]uint64
	rest := line
	for i := range numbers {
		field, tail, more := bytes.Cut(rest, []byte{','})
		if more != (i < len(numbers)-1) {
			return event{}, e.errorf("want three numbers %q, have %q", eventHeader, line)
		}
		n, err := strconv.ParseUint(string(field), 10, 64)
		if err != nil {
			return event{}, e.errorf("%q is not a number of %q", field, eventHeader)
		}
		numbers[i], rest = n, tail
	}
	return event{numbers[0], numbers[1], numbers[2]}, nil
}

// readLine returns the next line without its end, or io.EOF.
func (e *EventReader) readLine() ([]byte, error) {
	if e.ended {
		return nil, io.EOF
	}
	e.line++
	line, err := e.r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, e.errorf("line longer than %d bytes", maxEventLine)
	case errors.Is(err, io.EOF):
		e.ended = true
		if len(line) == 0 {
			return nil, io.EOF
		}
	case err != nil:
		return nil, fmt.Errorf("%s:%d: read events: %w", e.name, e.line, err)
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte{'\n'}), []byte{'\r'}), nil
}

// errorf is an error at the current line.
func (e *EventReader) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", e.name, e.line, fmt.Sprintf(format, args...))
}

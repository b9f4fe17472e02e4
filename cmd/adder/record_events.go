package main

import (
	"bytes"
	"fmt"
	"io"

	"adder/bench"
	"adder/chip"
	"adder/internal/wholefile"
	"adder/spike"
)

// eventRecorder is the recorder of an event file, which lists the spikes of one layer:
// that of --probe, else the one that is read.
type eventRecorder struct {
	path string
	file *wholefile.File
	w    *spike.EventWriter
	// text is the written text, for a checkpoint.
	text *bytes.Buffer
}

func newEventRecorder(c *chip.Chip, f *runFlags, r *bench.Run) (*eventRecorder, error) {
	if len(f.probe) > 1 || len(f.probeV) > 0 {
		return nil, fmt.Errorf("--out %s: an event file lists the spikes of one layer: end the "+
			"name in .npz for several, or for potentials", f.out)
	}
	layer := int(c.Image().Readout.Population)
	if len(f.probe) == 1 {
		named, err := populations(c, f.probe)
		if err != nil {
			return nil, err
		}
		layer = named[0]
	}
	if p := &c.Image().Populations[layer]; !p.Spikes {
		return nil, fmt.Errorf("--out %s: layer %s does not spike: name one that does with "+
			"--probe, or end the name in .npz for potentials", f.out, p.Name)
	}
	rec := &eventRecorder{path: f.out}
	if f.checkpoint != "" {
		rec.text = &bytes.Buffer{}
	}
	r.Options.Spikes = []int{layer}
	r.Each = func(sample int, o *chip.Outcome) error {
		if err := rec.begin(); err != nil {
			return err
		}
		return rec.w.Write(uint64(sample), o.Spikes[0])
	}
	return rec, nil
}

// begin begins the file, once.
func (r *eventRecorder) begin() (err error) {
	if r.file != nil {
		return nil
	}
	if r.file, err = wholefile.Create(r.path); err != nil {
		return err
	}
	r.w, err = spike.NewEventWriter(r.target())
	return err
}

// target is the file of the list.
func (r *eventRecorder) target() io.Writer {
	if r.text == nil {
		return r.file
	}
	return io.MultiWriter(r.file, r.text)
}

func (r *eventRecorder) kept() []bench.Kept { return []bench.Kept{r} }

// SaveState implements bench.Kept.
func (r *eventRecorder) SaveState() ([]byte, error) {
	if err := r.begin(); err != nil {
		return nil, err
	}
	err := r.w.Flush()
	return bytes.Clone(r.text.Bytes()), err
}

// RestoreState implements bench.Kept.
func (r *eventRecorder) RestoreState(state []byte) (err error) {
	if r.file, err = wholefile.Create(r.path); err != nil {
		return err
	}
	if _, err := r.target().Write(state); err != nil {
		return err
	}
	r.w = spike.ContinueEvents(r.target())
	return nil
}

// close implements record.
func (r *eventRecorder) close(failed error) error {
	if r.file != nil {
		defer r.file.Abort()
	}
	if failed != nil {
		return failed
	}
	if err := r.begin(); err != nil {
		return err
	}
	if err := r.w.Flush(); err != nil {
		return fmt.Errorf("%s: %w", r.path, err)
	}
	return r.file.Commit()
}

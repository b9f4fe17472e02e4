package main

import (
	"encoding/json"
	"fmt"

	"adder/bench"
	"adder/internal/npz"
	"adder/sample"
	"adder/snn"
)

// referenceRecorder is the recorder of the reference engine: potentials and
// graded outputs are float64.
type referenceRecorder struct {
	path           string
	samples, ticks int
	net            *snn.Network
	probes         snn.Probes
	spiking        bool
	out            []float64
	spikes         map[string][]uint8
	v              map[string][]float64
}

func newReferenceRecorder(net *snn.Network, f *runFlags, s sample.Source,
	r *bench.ReferenceRun) (*referenceRecorder, error) {
	if f.out == "" {
		return &referenceRecorder{}, nil
	}
	if isEvents(f.out) {
		return nil, fmt.Errorf("--out %s: the reference engine writes .npz", f.out)
	}
	rec := &referenceRecorder{path: f.out, ticks: s.Ticks(), net: net, probes: r.Probes,
		spikes: map[string][]uint8{}, v: map[string][]float64{}}
	for _, o := range net.Outputs() {
		for _, e := range net.Incoming(o) {
			rec.spiking = net.Spiking(e.From)
		}
	}
	r.Each = func(_ int, record *snn.Record) error { rec.samples++; rec.add(record); return nil }
	return rec, nil
}

func (r *referenceRecorder) add(record *snn.Record) {
	for _, tick := range record.Output {
		r.out = append(r.out, tick...)
	}
	for name, ticks := range record.Spikes {
		for _, tick := range ticks {
			r.spikes[name] = append(r.spikes[name], tick...)
		}
	}
	for name, ticks := range record.Potentials {
		for _, tick := range ticks {
			r.v[name] = append(r.v[name], tick...)
		}
	}
}

// savedReference is a recorder's state after the samples so far.
type savedReference struct {
	Samples int
	Out     []byte
	Spikes  map[string][]byte
	V       map[string][]byte
}

func (r *referenceRecorder) kept() []bench.Kept {
	if r.path == "" {
		return nil
	}
	return []bench.Kept{r}
}

// SaveState implements bench.Kept.
func (r *referenceRecorder) SaveState() ([]byte, error) {
	s := savedReference{Samples: r.samples, Out: packed(r.out), Spikes: r.spikes,
		V: map[string][]byte{}}
	for name, x := range r.v {
		s.V[name] = packed(x)
	}
	return json.Marshal(s)
}

// RestoreState implements bench.Kept.
func (r *referenceRecorder) RestoreState(state []byte) error {
	var s savedReference
	if err := json.Unmarshal(state, &s); err != nil {
		return err
	}
	r.samples, r.out = s.Samples, unpacked[float64](s.Out)
	for name, x := range s.Spikes {
		r.spikes[name] = x
	}
	for name, x := range s.V {
		r.v[name] = unpacked[float64](x)
	}
	return nil
}

func (r *referenceRecorder) close(failed error) error {
	if failed != nil || r.path == "" {
		return failed
	}
	return writeArrays(r.path, r.write)
}

func (r *referenceRecorder) write(w *npz.Writer) error {
	if err := r.writeOut(w); err != nil {
		return err
	}
	for _, name := range r.probes.Spikes {
		if err := npz.Write(w, "spikes."+name, r.shape(len(r.spikes[name])),
			r.spikes[name]); err != nil {
			return err
		}
	}
	for _, name := range r.probes.Potentials {
		if err := npz.Write(w, "v."+name, r.shape(len(r.v[name])), r.v[name]); err != nil {
			return err
		}
	}
	return nil
}

func (r *referenceRecorder) writeOut(w *npz.Writer) error {
	if !r.spiking {
		return npz.Write(w, "out", r.shape(len(r.out)), r.out)
	}
	bytes := make([]uint8, len(r.out))
	for i, v := range r.out {
		bytes[i] = uint8(v)
	}
	return npz.Write(w, "out", r.shape(len(bytes)), bytes)
}

// shape is [samples, ticks, neurons] of so many elements.
func (r *referenceRecorder) shape(elements int) []int {
	return []int{r.samples, r.ticks, elements / max(r.samples*r.ticks, 1)}
}

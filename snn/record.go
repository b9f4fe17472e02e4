package snn

import (
	"fmt"
	"math"
	"slices"
)

// Probes names the nodes that a run records.
type Probes struct {
	// Spikes are spiking neuron nodes.
	Spikes []string
	// Potentials are neuron nodes.
	Potentials []string
}

// Record is the result of a sample.
type Record struct {
	// Output has, per tick, the signals of the Output nodes one after the
	// other in the order of Network.Outputs.
	Output [][]float64
	// Spikes has, per probed node and tick, 1 for every neuron that
	// spiked; with ResetSubtractMulti its spikes, 255 at most.
	Spikes map[string][][]uint8
	// Potentials has, per probed node and tick, the potentials after the
	// reset.
	Potentials map[string][][]float64
	// Counts is the number of spikes of each node, by its index.
	Counts []int64
}

// Run resets the engine and runs one sample. input has, per tick, the
// signals of the Input nodes one after the other in the order of
// Network.Inputs; there are as many ticks as entries.
func (r *Reference) Run(input [][]float64, probes Probes) (*Record, error) {
	return runSample(r, input, probes)
}

// RunSpikes is Run for spike trains: an element is the number of spikes, usually 0 or 1.
func (r *Reference) RunSpikes(input [][]uint8, probes Probes) (*Record, error) {
	return runSample(r, input, probes)
}

func runSample[T float64 | uint8](r *Reference, input [][]T, probes Probes) (*Record, error) {
	rec, err := r.newRecorder(probes, len(input))
	if err != nil {
		return nil, err
	}
	r.Reset()
	for t, signal := range input {
		if len(signal) != len(r.fed) {
			return nil, fmt.Errorf("network %s: tick %d has %d input elements, the inputs take %d",
				r.plan.net.Name, t, len(signal), len(r.fed))
		}
		for i, v := range signal {
			r.fed[i] = float64(v)
		}
		r.plan.feed(r.signals, r.fed)
		r.advance()
		rec.take(r)
	}
	copy(rec.record.Counts, r.spikes)
	return rec.record, nil
}

// recorder knows the indices of the probed nodes.
type recorder struct {
	record             *Record
	spikes, potentials []int
	output             int
}

func (r *Reference) newRecorder(probes Probes, ticks int) (*recorder, error) {
	n := r.plan.net
	rec := &recorder{output: r.plan.size(r.plan.outputs), record: &Record{
		Output:     make([][]float64, 0, ticks),
		Spikes:     make(map[string][][]uint8, len(probes.Spikes)),
		Potentials: make(map[string][][]float64, len(probes.Potentials)),
		Counts:     make([]int64, len(n.Nodes)),
	}}
	for _, name := range unique(probes.Spikes) {
		i, err := r.probe(name)
		if err != nil {
			return nil, err
		}
		if !r.populations[i].model.Spikes() {
			return nil, fmt.Errorf("network %s: node %q (%s) does not spike; probe its potential",
				n.Name, name, r.populations[i].model)
		}
		rec.spikes = append(rec.spikes, i)
		rec.record.Spikes[name] = make([][]uint8, 0, ticks)
	}
	for _, name := range unique(probes.Potentials) {
		i, err := r.probe(name)
		if err != nil {
			return nil, err
		}
		rec.potentials = append(rec.potentials, i)
		rec.record.Potentials[name] = make([][]float64, 0, ticks)
	}
	return rec, nil
}

// unique drops repeated names.
func unique(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return slices.Compact(names)
}

// probe finds a neuron node by its name.
func (r *Reference) probe(name string) (int, error) {
	n := r.plan.net
	i, ok := n.Find(name)
	if !ok {
		return 0, fmt.Errorf("network %s: no node %q to probe", n.Name, name)
	}
	if r.populations[i] == nil {
		return 0, fmt.Errorf("network %s: node %q is of kind %s; only neurons can be probed",
			n.Name, name, n.Nodes[i].Op.Kind())
	}
	return i, nil
}

// take records the tick that the engine has just finished.
func (rec *recorder) take(r *Reference) {
	n := r.plan.net
	out := make([]float64, rec.output)
	r.plan.gather(r.signals, out)
	rec.record.Output = append(rec.record.Output, out)
	for _, i := range rec.spikes {
		row := make([]uint8, len(r.signals.out[i]))
		for k, z := range r.signals.out[i] {
			row[k] = uint8(min(z, math.MaxUint8))
		}
		name := n.Nodes[i].Name
		rec.record.Spikes[name] = append(rec.record.Spikes[name], row)
	}
	for _, i := range rec.potentials {
		name := n.Nodes[i].Name
		row := append([]float64(nil), r.membranes[i].v...)
		rec.record.Potentials[name] = append(rec.record.Potentials[name], row)
	}
}

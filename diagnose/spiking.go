package diagnose

import (
	"context"
	"math"

	"adder/bench"
	"adder/chip"
	"adder/snn"
	"adder/spike"
)

// spikingForm runs neurons in float64.
type spikingForm struct {
	c         *Case
	reference *snn.Reference
	scales    map[string]layerScale
	probes    snn.Probes
}

func (f *spikingForm) run(_ context.Context, i int) (*step, error) {
	var fed chip.Sample
	if _, err := f.c.Source.Feed(i, &fed); err != nil {
		return nil, err
	}
	net := f.c.Compiled.Spiking
	if f.probes.Spikes == nil {
		for k := range net.Nodes {
			if op, ok := net.Nodes[k].Op.(*snn.Neuron); ok && op.Model.Spikes() {
				f.probes.Spikes = append(f.probes.Spikes, net.Nodes[k].Name)
			}
		}
		f.probes.Potentials = f.probes.Spikes
	}
	record, err := f.reference.Run(bench.RealSignal(&fed, f.c.Source.Ticks()), f.probes)
	if err != nil {
		return nil, err
	}
	s := &step{class: bench.ReferenceClass(net, record), values: map[string][]float64{},
		trains: map[string]*spike.Train{}}
	for name, rows := range record.Spikes {
		s.spikes(name, trainOf(rows), f.scales)
	}
	s.margin = func(layer string, tick, n int) float64 {
		v, ok := record.Potentials[layer]
		if !ok {
			return math.NaN()
		}
		node, _ := net.Find(layer)
		op := net.Nodes[node].Op.(*snn.Neuron)
		threshold := snn.At(op.VThreshold, n, 1)
		before := v[tick][n]
		if record.Spikes[layer][tick][n] != 0 && op.Reset.Subtracts() {
			before += threshold
		}
		return (before - threshold) / threshold
	}
	return s, nil
}

func trainOf(rows [][]uint8) *spike.Train {
	out := spike.NewTrain(len(rows[0]), len(rows))
	for t, row := range rows {
		for n, z := range row {
			if z != 0 {
				out.Set(t, n)
			}
		}
	}
	return out
}

// spikes records the spikes of a layer, and their value.
func (s *step) spikes(layer string, train *spike.Train, scales map[string]layerScale) {
	s.trains[layer] = train
	scale, ok := scales[layer]
	if !ok {
		return
	}
	counts := make([]float64, train.Sources())
	for t := range train.Ticks() {
		train.Each(t, func(n int) { counts[n]++ })
	}
	for n := range counts {
		counts[n] *= scale.of(n, len(counts)) / float64(train.Ticks())
	}
	s.values[layer] = counts
}

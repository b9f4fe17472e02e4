package chip

import "adder/spike"

// probes are what is recorded of each population.
type probes []probe

// probe records spikes and potentials of a population; nil for not.
type probe struct {
	train      *spike.Train
	potentials []int32
}

// begin makes the records that the options ask for, and the outcome's.
func (p *probes) begin(r *run) {
	*p = make(probes, len(r.chip.image.Populations))
	r.out.Spikes, r.out.Potentials = make([]*spike.Train, len(r.opts.Spikes)), make([][]int32, len(r.opts.Potentials))
	for k, q := range r.opts.Spikes {
		of := &(*p)[q]
		if of.train == nil {
			of.train = spike.NewTrain(r.chip.Size(q), int(r.ticks))
		}
		r.out.Spikes[k] = of.train
	}
	for k, q := range r.opts.Potentials {
		of := &(*p)[q]
		if of.potentials == nil {
			of.potentials = make([]int32, int(r.ticks)*r.chip.Size(q))
		}
		r.out.Potentials[k] = of.potentials
	}
}

// spike records a spike of a neuron of population q in a compensated tick.
func (p probes) spike(q, slot int32, logical int) {
	if train := p[q].train; train != nil {
		train.Set(int(slot), logical)
	}
}

// tick records potentials after tick t.
func (p probes) tick(r *run, t int32) {
	for q := range p {
		if p[q].potentials == nil {
			continue
		}
		if slot, inside := r.slot(q, t); inside {
			r.potentials(q, p[q].potentials[int(slot)*r.chip.Size(q):])
		}
	}
}

package chip

import "adder/spike"

// probes are the records of each population.
type probes []probe

// probe records spikes and potentials of a population; nil for not.
type probe struct {
	// records is set where spikes are kept: in train or, of a run that is
	// stepped, those of the present tick in latest.
	records    bool
	train      *spike.Train
	latest     []int32
	potentials []int32
}

// begin allocates the records of the options, and the outcome's.
func (p *probes) begin(r *run) {
	if len(*p) == 0 {
		*p = make(probes, len(r.chip.image.Populations))
	}
	for _, of := range [...][]int{r.opts.Spikes, r.opts.Potentials} {
		for _, q := range of { // what was recorded before belongs to an outcome
			(*p)[q] = probe{}
		}
	}
	ticks := r.ticks
	switch {
	case r.stepping != nil && r.stepping.whole:
		ticks = r.stepping.ticks
	case r.stepping != nil:
		for _, q := range r.opts.Spikes {
			(*p)[q].records = true
		}
		return
	}
	r.out.Spikes, r.out.Potentials = make([]*spike.Train, len(r.opts.Spikes)), make([][]int32,
		len(r.opts.Potentials))
	for k, q := range r.opts.Spikes {
		of := &(*p)[q]
		if of.train == nil {
			of.records = true
			of.train = spike.NewTrain(r.chip.Size(q), int(r.chip.span(q, ticks)))
		}
		r.out.Spikes[k] = of.train
	}
	for k, q := range r.opts.Potentials {
		of := &(*p)[q]
		if of.potentials == nil {
			of.potentials = make([]int32, int(r.chip.span(q, ticks))*r.chip.Size(q))
		}
		r.out.Potentials[k] = of.potentials
	}
}

// forget drops the spikes of a tick of a run that is stepped.
func (p probes) forget() {
	for q := range p {
		p[q].latest = p[q].latest[:0]
	}
}

// spike records a spike of a neuron of population q in a model tick.
func (p probes) spike(q, at int32, logical int) {
	of := &p[q]
	switch {
	case !of.records:
	case of.train != nil:
		of.train.Set(int(at), logical)
	default:
		of.latest = append(of.latest, int32(logical))
	}
}

// tick records potentials after tick t.
func (p probes) tick(r *run, t int32) {
	for q := range p {
		if p[q].potentials == nil {
			continue
		}
		if at, inside := r.inWindow(q, t); inside {
			r.potentials(q, p[q].potentials[int(at)*r.chip.Size(q):])
		}
	}
}

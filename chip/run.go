package chip

import (
	"fmt"

	"adder/core"
	"adder/fixedpoint"
	"adder/router"
	"adder/spike"
)

// run is the state of a run that both engines share: the cores, what is due (schedule), what was
// counted (tally), and what is recorded and read (probes, readout). It defines the effects within a
// tick, but neither their order nor their time, which the engines choose.
type run struct {
	chip     *Chip
	opts     Options
	ticks    int32 // of the input
	source   fixedpoint.Source
	cores    []*core.Core
	schedule *router.Schedule
	tally    tally
	probes   probes
	readout  readout
	out      *Outcome
	spent    error     // why the engine cannot be used again
	stepping *stepping // a sample that is run tick by tick, else nil
	whole    bool      // samples that are stepped are recorded as whole ones
	taken    []int32   // scratch of take
	current  []int32   // scratch of writeCurrents: host currents of one core
	retired  retired
}

// newRun makes the state of an engine.
func newRun(c *Chip, cores []*core.Core, opts Options) *run {
	if opts.Ticks == 0 {
		opts.Ticks = int(c.image.Encoder.Ticks)
	}
	r := &run{
		chip: c, opts: opts, ticks: int32(opts.Ticks), source: fixedpoint.NewSource(opts.Seed),
		schedule: router.NewSchedule(len(c.cores)), retired: newRetired(len(c.cores)),
	}
	r.tally = newTally(c, &r.opts)
	for _, loaded := range cores {
		fork := loaded.Fork()
		fork.SetLearning(opts.Learn)
		r.cores = append(r.cores, fork)
	}
	c.wireValues(r.cores)
	return r
}

// end is the number of ticks that the chip runs.
func (r *run) end() int32 { return r.ticks + r.chip.latency(r.ticks) }

// interrupt ends the use of an engine whose context is done, in the middle of a sample.
func (r *run) interrupt(s *Sample, err error) error {
	r.spent = fmt.Errorf("sample %d: %w", s.Number, err)
	return r.spent
}

// check refuses a sample that does not match the image or is too short.
func (r *run) check(s *Sample) error {
	if r.spent != nil {
		return r.spent
	}
	if err := r.chip.check(s); err != nil {
		return err
	}
	if r.ticks < 1 {
		return fmt.Errorf(
			"sample %d: a run of %d ticks; give the number of ticks, which %s does not", s.Number,
			r.ticks, r.chip.image.Model)
	}
	if r.chip.image.Host == nil && s.Spikes.Ticks() < int(r.ticks) {
		return fmt.Errorf("sample %d has %d ticks of %d", s.Number, s.Spikes.Ticks(), r.ticks)
	}
	return nil
}

// begin puts the chip into its initial state.
func (r *run) begin(s *Sample) {
	r.reset(s.Number)
	r.schedule.Reset()
	for _, i := range r.retired.live {
		r.cores[i].Seed(r.source, s.Number)
		if !r.dead(int(i)) {
			r.cores[i].Begin()
		}
	}
	r.tally.start(r.cores, r.retired.live)
	if r.chip.image.Host != nil {
		r.writeCurrents(s)
	}
}

// reset makes the outcome of a sample, and what it is filled from.
func (r *run) reset(number uint64) {
	r.out = &Outcome{Number: number, Class: -1,
		SpikesByPopulation: make([]int64, len(r.chip.image.Populations))}
	if !r.retired.allowed {
		r.retired.recall()
	}
	r.tally.begin(r.cores, r.retired.live, r.attribution())
	r.probes.begin(r)
	r.readout.begin(r)
}

// writeCurrents gives each core the host currents of its neurons.
func (r *run) writeCurrents(s *Sample) {
	currents, macs := r.chip.hostCurrents(s)
	r.tally.reset(accountHost).HostMACs += macs
	target := r.chip.image.Host.Population
	for i, c := range r.cores {
		r.current = append(r.current[:0], make([]int32, c.Neurons())...)
		for n, p := range r.chip.owner[i] {
			if p == target {
				r.current[n] = currents[r.chip.logical[i][n]-r.chip.first[p]]
			}
		}
		c.SetHost(r.current)
	}
}

// sends reports whether the host sends spikes in tick t.
func (r *run) sends(t int32) bool { return t < r.ticks && r.chip.image.Host == nil }

// take counts the host's spikes of tick t and returns their inputs, valid until
// the next call.
func (r *run) take(t int32, train *spike.Train) []int32 {
	_, costs := r.chip.port()
	counts := r.tally.at(accountHost, t)
	r.taken = train.AppendTick(r.row(t), r.taken[:0])
	counts.InputSpikes += int64(len(r.taken))
	for _, i := range r.taken {
		counts.Traffic.AddSpike(&costs[i])
	}
	return r.taken
}

// receive delivers the spikes due at core i in tick t, and counts each in the tick that causes it.
func (r *run) receive(t int32, i int, axons []int32) {
	if r.tally.leads == nil {
		r.cores[i].DeliverAll(axons)
		return
	}
	leads := r.tally.leads[i]
	for len(axons) > 0 {
		n, lead := 1, leads[axons[0]]
		for n < len(axons) && leads[axons[n]] == lead {
			n++
		}
		r.tally.countDeliveries(i, r.cores[i], t-lead)
		r.cores[i].DeliverAll(axons[:n])
		axons = axons[n:]
	}
}

// cell is where a spike of neuron n of core i in tick t counts.
func (r *run) cell(i int, t, n int32) *Counts {
	return r.tally.at(r.chip.account[i][n], r.modelTick(r.chip.owner[i][n], t))
}

// leave counts and records that a spike left neuron n of core i in tick t. It
// returns the cell that the spike counts in.
func (r *run) leave(i int, t, n int32) *Counts {
	p := r.chip.owner[i][n]
	at := r.modelTick(p, t)
	counts := r.tally.at(r.chip.account[i][n], at)
	counts.Traffic.AddSpike(&r.chip.costs.Neurons[r.chip.image.Cores[i].Tile][n])
	logical := int(r.chip.logical[i][n] - r.chip.first[p])
	r.probes.spike(p, at, logical)
	r.readout.spike(p, logical)
	return counts
}

// leaveAll counts and records the spikes that left core i in tick t, in the order of its neurons:
// those of one population are consecutive.
func (r *run) leaveAll(i int, t int32, fired []int32) {
	accounts := r.chip.account[i]
	for len(fired) > 0 {
		n, account := 1, accounts[fired[0]]
		for n < len(fired) && accounts[fired[n]] == account {
			n++
		}
		r.leaveTogether(i, t, account, fired[:n])
		fired = fired[n:]
	}
}

// leaveTogether is leaveAll for the spikes of one account.
func (r *run) leaveTogether(i int, t, account int32, fired []int32) {
	p := r.chip.owner[i][fired[0]]
	at := r.modelTick(p, t)
	traffic, costs := &r.tally.at(account,
		at).Traffic, r.chip.costs.Neurons[r.chip.image.Cores[i].Tile]
	for _, n := range fired {
		traffic.AddSpike(&costs[n])
	}
	if !r.probes[p].records && !r.readout.reads(p) {
		return
	}
	for _, n := range fired {
		logical := int(r.chip.logical[i][n] - r.chip.first[p])
		r.probes.spike(p, at, logical)
		r.readout.spike(p, logical)
	}
}

// record reads probes and the readout after tick t.
func (r *run) record(t int32) {
	r.probes.tick(r, t)
	r.readout.tick(r, t)
}

// finish totals the counts and reads the class.
func (r *run) finish() *Outcome {
	r.tally.reset(accountHost).OutputReads += int64(len(r.out.Output))
	r.tally.finish(r.out)
	if r.out.Output != nil {
		r.out.Class = class(&r.chip.image.Readout, r.out.Output, int32(r.ticks))
	}
	r.readout.finish(r)
	return r.out
}

// modelTick returns the tick of population p at tick t of the chip: t less the population's depth.
func (r *run) modelTick(p, t int32) int32 { return t - r.chip.image.Populations[p].Depth }

// inWindow returns modelTick, and whether it is in the population's window.
func (r *run) inWindow(p int, t int32) (at int32, inside bool) {
	at = r.modelTick(int32(p), t)
	return at, at >= 0 && at < r.chip.span(p, r.ticks)
}

// potentials copies the potentials of a population in logical order.
func (r *run) potentials(p int, dst []int32) {
	k := 0
	for _, s := range r.chip.image.Populations[p].Segments {
		c := r.cores[r.chip.coreAt[s.Tile]]
		for n := range s.Count {
			dst[k] = c.Potential(int(s.First + n))
			k++
		}
	}
}

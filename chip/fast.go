package chip

import (
	"cmp"
	"fmt"
	"slices"

	"adder/core"
	"adder/fixedpoint"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// Fast is the engine that advances a tick at a time.
type Fast struct {
	chip     *Chip
	straight straight
	opts     Options
	ticks    int32
	cores    []*core.Core
	schedule *router.Schedule
	fired    []int32
	probes   []probe // per population
	out      *Outcome
	depths   []int32   // per core: the least depth of its groups
	leads    [][]int32 // per core and axon, with Options.ByTick
	current  []int32   // host currents of one core
	source   fixedpoint.Source
}

// probe is what is recorded of a population.
type probe struct {
	train      *spike.Train
	potentials []int32
}

// NewFast makes a fast engine.
func (c *Chip) NewFast(opts Options) *Fast {
	if opts.Ticks == 0 {
		opts.Ticks = int(c.image.Encoder.Ticks)
	}
	f := &Fast{chip: c, opts: opts, ticks: int32(opts.Ticks), schedule: router.NewSchedule(len(c.cores)), depths: make([]int32, len(c.cores))}
	f.source = fixedpoint.NewSource(opts.Seed)
	for i, loaded := range c.cores {
		fork := loaded.Fork()
		fork.SetLearning(opts.Learn)
		f.cores = append(f.cores, fork)
		f.depths[i] = leastDepth(c.image.Cores[i].Config.Groups)
	}
	if opts.ByTick {
		f.leads = c.leads()
	}
	f.straight = f.straighten()
	return f
}

func leastDepth(groups []core.Group) int32 {
	if len(groups) == 0 {
		return 0
	}
	return slices.MinFunc(groups, func(a, b core.Group) int { return cmp.Compare(a.Depth, b.Depth) }).Depth
}

// leads gives, for every axon entry of every core, the ticks from the
// compensated tick that causes a delivery to the delivery. A run of so many
// ticks makes a delivery if its spike is emitted within it and due before
// the chip stops, a latency later; so it belongs to the tick of the spike
// or, where that is later, a latency before it is due. An entry that
// sources of several depths share goes by the deepest.
func (c *Chip) leads() [][]int32 {
	leads := make([][]int32, len(c.cores))
	for i := range leads {
		leads[i] = make([]int32, len(c.image.Cores[i].Config.Axons))
	}
	note := func(d router.Dest, emitted int32) {
		at := c.slot[d.Core]
		lead := min(emitted+c.cores[at].AxonDelay(d.Axon), int32(c.latency))
		leads[at][d.Axon] = max(leads[at][d.Axon], lead)
	}
	for _, d := range c.image.Routes.Ports[c.image.Input.Port].Dests {
		note(d, 0)
	}
	for i := range c.cores {
		routes := &c.image.Routes.Neurons[c.image.Cores[i].Tile]
		for n, p := range c.owner[i] {
			for _, d := range routes.Of(n) {
				note(d, c.image.Populations[p].Depth+1)
			}
		}
	}
	return leads
}

// Run implements Engine.
func (f *Fast) Run(s *Sample) (*Outcome, error) {
	if err := f.check(s); err != nil {
		return nil, err
	}
	f.begin(s)
	end := f.ticks + int32(f.chip.latency)
	for t := int32(0); t < end; t++ {
		f.deliver(t, s)
		for i := range f.cores {
			f.tick(i, t)
		}
		f.record(t)
	}
	f.endSample()
	f.finish()
	return f.out, nil
}

// check refuses a sample that does not match the image or is too short.
func (f *Fast) check(s *Sample) error {
	if err := f.chip.check(s); err != nil {
		return err
	}
	if f.ticks < 1 {
		return fmt.Errorf("sample %d: a run of %d ticks; give the number of ticks, which %s does not", s.Number, f.ticks, f.chip.image.Model)
	}
	if f.chip.image.Host == nil && s.Spikes.Ticks() < int(f.ticks) {
		return fmt.Errorf("sample %d has %d ticks of %d", s.Number, s.Spikes.Ticks(), f.ticks)
	}
	return nil
}

// begin brings the chip to its initial state.
func (f *Fast) begin(s *Sample) {
	img := f.chip.image
	f.out = &Outcome{Number: s.Number, Class: -1, SpikesByPopulation: make([]int64, len(img.Populations))}
	if f.opts.ByTick {
		f.out.CountsByTick, f.out.ClassByTick = make([]Counts, f.ticks), make([]int, f.ticks)
		for t := range f.out.ClassByTick {
			f.out.ClassByTick[t] = -1
		}
	}
	f.schedule.Reset()
	for _, c := range f.cores {
		c.ResetCounts()
		c.Seed(f.source, s.Number)
		c.Begin()
	}
	if img.Host != nil {
		f.writeCurrents(s)
	}
	f.beginProbes()
}

func (f *Fast) beginProbes() {
	f.probes = make([]probe, len(f.chip.image.Populations))
	f.out.Spikes, f.out.Potentials = make([]*spike.Train, len(f.opts.Spikes)), make([][]int32, len(f.opts.Potentials))
	for k, p := range f.opts.Spikes {
		if f.probes[p].train == nil {
			f.probes[p].train = spike.NewTrain(f.chip.Size(p), int(f.ticks))
		}
		f.out.Spikes[k] = f.probes[p].train
	}
	for k, p := range f.opts.Potentials {
		if f.probes[p].potentials == nil {
			f.probes[p].potentials = make([]int32, int(f.ticks)*f.chip.Size(p))
		}
		f.out.Potentials[k] = f.probes[p].potentials
	}
	if f.chip.image.Readout.Kind != layout.ReadoutNone {
		f.out.Output = make([]int32, f.chip.Size(int(f.chip.image.Readout.Population)))
	}
}

// writeCurrents gives each core the host currents of its neurons.
func (f *Fast) writeCurrents(s *Sample) {
	currents, macs := f.chip.hostCurrents(s)
	f.slot(0).HostMACs += macs
	target := f.chip.image.Host.Population
	for i, c := range f.cores {
		f.current = append(f.current[:0], make([]int32, c.Neurons())...)
		for n, p := range f.chip.owner[i] {
			if p == target {
				f.current[n] = currents[f.chip.logical[i][n]-f.chip.first[p]]
			}
		}
		c.SetHost(f.current)
	}
}

// take counts the host's spikes of tick t and returns their inputs, valid until
// the next call.
func (f *Fast) take(t int32, train *spike.Train) []int32 {
	costs, counts := f.chip.costs.Ports[f.chip.image.Input.Port], f.slot(t)
	f.fired = train.AppendTick(int(t), f.fired[:0])
	counts.InputSpikes += int64(len(f.fired))
	for _, i := range f.fired {
		counts.Traffic.AddSpike(&costs[i])
	}
	return f.fired
}

// send schedules a spike at every destination; from is the tick in which
// it is due without axonal delay.
func (f *Fast) send(from int32, dests []router.Dest) {
	for _, d := range dests {
		at := f.chip.slot[d.Core]
		f.schedule.Add(from+f.cores[at].AxonDelay(d.Axon), router.Core(at), d.Axon)
	}
}

// deliver delivers what is due in tick t, the host's spikes of the tick included.
func (f *Fast) deliver(t int32, s *Sample) {
	host := t < f.ticks && f.chip.image.Host == nil
	if host && f.straight.core < 0 {
		f.inject(t, s.Spikes)
	}
	for {
		at, axons, ok := f.schedule.Pop(t)
		if !ok {
			break
		}
		f.hear(t, int(at), axons)
	}
	if host && f.straight.core >= 0 {
		f.injectStraight(t, s.Spikes)
	}
}

// hear delivers what is due at core i in tick t and counts each delivery in
// the tick that causes it.
func (f *Fast) hear(t int32, i int, axons []int32) {
	if f.leads == nil {
		f.cores[i].DeliverAll(axons)
		return
	}
	leads := f.leads[i]
	for len(axons) > 0 {
		n, lead := 1, leads[axons[0]]
		for n < len(axons) && leads[axons[n]] == lead {
			n++
		}
		f.cores[i].DeliverAll(axons[:n])
		f.settle(i, t-lead)
		axons = axons[n:]
	}
}

// settle moves what core i has counted to a compensated tick. What it
// counted before the sample began falls to the first.
func (f *Fast) settle(i int, slot int32) {
	c := f.cores[i]
	f.slot(slot).Core.Add(c.Counts())
	c.ResetCounts()
}

// tick advances core i and sends the spikes that leave it.
func (f *Fast) tick(i int, t int32) {
	routes := &f.chip.image.Routes.Neurons[f.chip.image.Cores[i].Tile]
	f.fired = f.cores[i].Tick(t, f.ticks, f.fired[:0])
	for _, n := range f.fired {
		f.leave(i, t, n)
		f.send(t+1, routes.Of(int(n)))
	}
}

// leave counts and records that a spike left neuron n of core i in tick t. It
// returns the compensated tick.
func (f *Fast) leave(i int, t, n int32) (slot int32) {
	p := f.chip.owner[i][n]
	slot = t - f.chip.image.Populations[p].Depth
	f.slot(slot).Traffic.AddSpike(&f.chip.costs.Neurons[f.chip.image.Cores[i].Tile][n])
	f.out.SpikesByPopulation[p]++
	logical := int(f.chip.logical[i][n] - f.chip.first[p])
	if train := f.probes[p].train; train != nil {
		train.Set(int(slot), logical)
	}
	if r := &f.chip.image.Readout; p == r.Population && f.out.Output != nil && r.Kind != layout.ReadoutPotential {
		f.out.Output[logical]++
	}
	return slot
}

// slot is where what happened in a compensated tick is counted. A core with
// groups of several depths is counted by the least, so that its last ticks
// lie behind the end.
func (f *Fast) slot(t int32) *Counts {
	if f.opts.ByTick {
		return &f.out.CountsByTick[min(max(t, 0), f.ticks-1)]
	}
	return &f.out.Counts
}

// record reads probes and the readout after tick t.
func (f *Fast) record(t int32) {
	if f.opts.ByTick {
		for i := range f.cores {
			f.settle(i, t-f.depths[i])
		}
	}
	for p := range f.probes {
		if f.probes[p].potentials != nil {
			f.recordPotentials(p, t)
		}
	}
	r := &f.chip.image.Readout
	if r.Kind == layout.ReadoutNone {
		return
	}
	slot := t - f.chip.image.Populations[r.Population].Depth
	if slot < 0 || slot >= f.ticks {
		return
	}
	if r.Kind == layout.ReadoutPotential && (f.opts.ByTick || slot == f.ticks-1) {
		f.potentials(int(r.Population), f.out.Output)
	}
	if f.opts.ByTick {
		f.out.ClassByTick[slot] = class(r, f.out.Output)
	}
}

func (f *Fast) recordPotentials(p int, t int32) {
	slot := t - f.chip.image.Populations[p].Depth
	if slot < 0 || slot >= f.ticks {
		return
	}
	size := f.chip.Size(p)
	f.potentials(p, f.probes[p].potentials[int(slot)*size:])
}

// potentials copies the potentials of a population in logical order.
func (f *Fast) potentials(p int, dst []int32) {
	k := 0
	for _, s := range f.chip.image.Populations[p].Segments {
		c := f.cores[f.chip.slot[s.Tile]]
		for n := range s.Count {
			dst[k] = c.Potential(int(s.First + n))
			k++
		}
	}
}

// finish totals the counts and reads the class.
func (f *Fast) finish() {
	for i := range f.cores {
		f.settle(i, f.ticks-1)
	}
	f.slot(0).Ticks += int64(f.chip.latency)
	for t := range f.ticks {
		f.slot(t).Ticks++
	}
	for k := range f.out.CountsByTick {
		f.out.Counts.Add(&f.out.CountsByTick[k])
	}
	if f.out.Output != nil {
		f.out.Class = class(&f.chip.image.Readout, f.out.Output)
	}
}

package chip

import (
	"context"

	"adder/router"
)

// Fast is the engine that advances a tick at a time.
type Fast struct {
	*run
	straight straight
	fired    []int32
	trails   *trails // with Options.Links
}

// NewFast makes a fast engine.
func (c *Chip) NewFast(opts Options) *Fast {
	f := &Fast{run: newRun(c, opts)}
	f.straight = f.straighten()
	if opts.Links {
		f.trails = c.trails()
	}
	return f
}

// Run implements Engine.
func (f *Fast) Run(ctx context.Context, s *Sample) (*Outcome, error) {
	f.leaveSteps()
	if err := f.check(s); err != nil {
		return nil, err
	}
	f.begin(s)
	f.beginLinks()
	for t := range f.end() {
		if err := ctx.Err(); err != nil {
			return nil, f.interrupt(s, err)
		}
		f.advance(t, s)
	}
	f.endSample()
	return f.finish(), nil
}

// beginLinks makes the outcome's record of links, where it is asked for.
func (f *Fast) beginLinks() {
	if f.trails != nil {
		f.out.Links = f.chip.newLinks(false)
	}
}

// advance runs tick t.
func (f *Fast) advance(t int32, s *Sample) {
	f.deliver(t, s)
	for i := range f.cores {
		f.tick(i, t)
	}
	f.record(t)
}

// deliver delivers what is due in tick t, the host's spikes of the tick included.
func (f *Fast) deliver(t int32, s *Sample) {
	if f.sends(t) && f.straight.core < 0 {
		f.inject(t, s.Spikes)
	}
	for {
		at, axons, ok := f.schedule.Pop(t)
		if !ok {
			break
		}
		f.hear(t, int(at), axons)
	}
	if f.sends(t) && f.straight.core >= 0 {
		f.injectStraight(t, s.Spikes)
	}
}

// send schedules a spike at every destination; from is the tick in which
// it is due without axonal delay.
func (f *Fast) send(from int32, dests []router.Dest) {
	for _, d := range dests {
		at := f.chip.slot[d.Core]
		f.schedule.Add(from+f.cores[at].AxonDelay(d.Axon), router.Core(at), d.Axon)
	}
}

// tick advances core i and sends the spikes that leave it.
func (f *Fast) tick(i int, t int32) {
	routes := &f.chip.image.Routes.Neurons[f.chip.image.Cores[i].Tile]
	f.tally.update(i, f.cores[i], t)
	f.fired = f.cores[i].Tick(t, f.ticks, f.fired[:0])
	f.leaveAll(i, t, f.fired)
	for _, n := range f.fired {
		if f.trails != nil {
			f.out.Links.cross(&f.trails.cores[i], n, 1)
		}
		f.send(t+1, routes.Of(int(n)))
	}
}

// endSample lets the cores finish what they learn from a sample.
func (f *Fast) endSample() {
	for _, c := range f.cores {
		c.EndSample()
	}
}

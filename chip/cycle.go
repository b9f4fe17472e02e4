package chip

import (
	"context"
	"fmt"

	"adder/router"
)

// Cycle is the engine that runs cores and mesh under a clock. Spikes and counts are those of the
// Fast engine, by the same cores; Cycle adds times (docs/cycle-engine.md).
//
// A tick has no global step. Each core works on the packets that are due and
// then on its neurons, as fast as packets leave it; the mesh runs event by
// event; and when all cores are done and all packets have arrived, the barrier
// passes. Packets of the next tick collect in the second half of a double
// buffer, and a core that is done may start on them.
type Cycle struct {
	run    *run
	plan   *cyclePlan
	mesh   *router.Clocked
	cores  []clockedCore
	sleep  sleep
	tracer Tracer // nil for none
	// faulty says that packets have fates (fault.go).
	faulty bool
	// early lets cores start on packets before the barrier.
	early bool
	// flights are the packets of the present tick.
	flights []flight
	tick    int32
	// release is when the present tick began, last when its last packet
	// arrived or was lost.
	release, last int64
	cycles        *Cycles
}

// NewCycle makes a cycle engine. A tracer, if not nil, sees what it does. The
// chip's profile needs timing; where it leaves out a figure that the image depends on, the
// error is a *NotTimedError.
func (c *Chip) NewCycle(opts Options, tracer Tracer) (*Cycle, error) {
	t := c.profile.Timing
	if t == nil {
		return nil, fmt.Errorf("chip %s has no timing: the cycle engine needs a profile with a "+
			"section timing, the fast engine does not", c.profile.Name)
	}
	if lacking := c.Untimed(opts.Learn); len(lacking) > 0 {
		return nil, &NotTimedError{Chip: c.profile.Name, Figures: lacking}
	}
	plan, err := c.plan()
	if err != nil {
		return nil, fmt.Errorf("chip %s: %w", c.profile.Name, err)
	}
	e := &Cycle{run: newRun(c, c.cores, opts), plan: plan, tracer: tracer, early: t.Core.EarlyStart,
		faulty: c.broken.ByPacket()}
	e.makeMesh()
	for i := range c.cores {
		e.cores = append(e.cores, e.makeCore(i))
	}
	e.makeSleep()
	return e, nil
}

// makeMesh makes a mesh at cycle 0.
func (e *Cycle) makeMesh() {
	e.mesh = router.NewClocked(e.run.chip.topology, e.plan.mesh, e.plan.forest, e)
	if e.tracer != nil {
		e.mesh.Watch(e.tracer)
	}
}

// askEvery is the number of cycles with events after which the engine asks whether it
// was interrupted: some hundredths of a second on a large mesh.
const askEvery = 1 << 10

// Run implements Engine.
func (e *Cycle) Run(ctx context.Context, s *Sample) (*Outcome, error) {
	e.run.leaveSteps()
	if err := e.run.check(s); err != nil {
		return nil, err
	}
	e.run.begin(s)
	e.beginClock()
	for t := range e.run.end() {
		if err := e.step(ctx, s, t); err != nil {
			return nil, e.run.interrupt(s, err)
		}
	}
	return e.end(ctx, s)
}

// beginClock sets the clock to its initial state, before the first tick: cores write their initial
// state while the host sends the spikes of tick 0.
func (e *Cycle) beginClock() {
	e.resetClock()
	if e.tracer != nil {
		e.tracer.Sample(e.run.out.Number)
	}
	e.writeInitial()
}

// resetClock takes the clock back to cycle 0, with an empty mesh. Packets of a sample
// that was left wait for a mesh that is not used again.
func (e *Cycle) resetClock() {
	if len(e.flights) > 0 {
		e.flights = e.flights[:0]
		e.makeMesh()
	}
	e.mesh.Rewind()
	e.tick, e.release, e.last = -1, 0, 0
	if e.run.opts.Links {
		e.run.out.Links = e.run.chip.newLinks(true)
	}
	e.cycles = &Cycles{Busy: make([]int64, len(e.cores)), Last: make([]int64, len(e.cores))}
	if e.run.opts.ByTick && e.run.stepping == nil {
		e.cycles.BusyByTick = make([]int64, 0, int(e.run.end())*len(e.cores))
	}
	for i := range e.cores {
		e.cores[i].begin()
	}
	e.sleep.forget()
}

// writeInitial has cores write their initial state.
func (e *Cycle) writeInitial() {
	write := int64(e.run.chip.profile.Timing.Core.ResetWrite)
	host := e.run.chip.image.Host
	for i := range e.cores {
		if e.run.dead(i) {
			continue
		}
		words := e.run.tally.resetWrites(i)
		if host != nil {
			for _, p := range e.run.chip.owner[i] {
				if p == host.Population {
					words++
				}
			}
		}
		e.cores[i].end = words * write
		e.work(i, PhaseReset, 0, e.cores[i].end)
	}
}

// step ends the tick before t and updates the neurons in tick t: it delivers the due spikes, and
// packets leave when their slots end, as time advances in the next step.
func (e *Cycle) step(ctx context.Context, s *Sample, t int32) error {
	if err := e.passTick(ctx, s); err != nil {
		return err
	}
	e.tick = t
	for i, length := range e.sleep.lengths {
		if length == awake {
			e.update(i)
		}
	}
	e.run.record(t)
	return nil
}

// passTick spends the time of the present tick, or of the reset before the first one.
func (e *Cycle) passTick(ctx context.Context, s *Sample) error {
	began := e.release
	err := e.pass(ctx, s)
	if e.tick < 0 {
		e.cycles.Reset = e.release
		return err
	}
	e.cycles.ByTick = append(e.cycles.ByTick, e.release-began)
	return err
}

// end spends the time of the last tick and totals the sample.
func (e *Cycle) end(ctx context.Context, s *Sample) (*Outcome, error) {
	if err := e.passTick(ctx, s); err != nil {
		return nil, e.run.interrupt(s, err)
	}
	e.wakeAll()
	return e.finish()
}

// pass has the host send its spikes of the next tick, lets the mesh run empty,
// and takes the barrier to the next tick. It returns early when ctx is done.
func (e *Cycle) pass(ctx context.Context, s *Sample) error {
	began := e.release
	e.last, e.sleep.began = began, began
	if next := e.tick + 1; e.run.sends(next) {
		e.inject(s, next)
	}
	for e.mesh.Run(askEvery) {
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	done := e.awaited(began)
	e.cycles.Barrier += e.plan.barrier
	e.release = done + e.plan.barrier
	e.mesh.Start(e.release)
	e.loads()
	if e.tick+1 < e.run.end() {
		e.due(e.tick + 1)
		if e.sleep.changes[e.tick+1] {
			e.wakeAll()
		}
		for i, length := range e.sleep.lengths {
			if length == awake {
				e.collect(i)
			}
		}
	}
	if e.tracer != nil {
		e.tracer.Tick(e.tick, began, done, e.release)
	}
	e.flights = e.flights[:0]
	return nil
}

// awaited is the cycle at which all cores and packets of the present tick are done, and counts
// what it waited for since the tick began.
func (e *Cycle) awaited(began int64) int64 {
	done, last := began, -1
	for i, length := range e.sleep.lengths {
		end := began + length
		if length == awake {
			end = e.cores[i].end
		}
		if end > done {
			done, last = end, i
		}
	}
	if last >= 0 {
		e.cycles.Last[last] += done - began
	}
	if e.last > done {
		e.cycles.LastPacket += e.last - done
		done = e.last
	}
	return done
}

// worked counts cycles that core i worked in a tick.
func (e *Cycle) worked(i int, tick int32, cycles int64) {
	e.cycles.Busy[i] += cycles
	if !e.run.opts.ByTick {
		return
	}
	of := &e.cycles.BusyByTick
	if first := int(tick) * len(e.cores); len(*of) == first {
		*of = append(*of, make([]int64, len(e.cores))...)
	}
	(*of)[int(tick)*len(e.cores)+i] += cycles
}

// loads takes stock of the links of a tick.
func (e *Cycle) loads() {
	links := e.run.out.Links
	e.mesh.Loads(func(at router.Core, dir router.Direction, packets int32) {
		if links != nil {
			links.Packets[linkNumber(at, dir)] += int64(packets)
		}
		e.cycles.LinkTicks++
		e.cycles.LinkPackets += int64(packets)
		e.cycles.MaxLinkLoad = max(e.cycles.MaxLinkLoad, int64(packets))
	})
}

// due moves what delayed axons hold for tick t to their cores.
func (e *Cycle) due(t int32) {
	for {
		i, axons, ok := e.run.schedule.Pop(t)
		if !ok {
			return
		}
		e.wake(int(i))
		e.cores[i].hold(axons, int64(e.run.chip.profile.Timing.Core.DelayRead))
	}
}

// settle spends the time after the last tick: in learning mode cores write what
// they learn from the sample as a whole, side by side.
func (e *Cycle) settle() {
	for i, c := range e.run.cores {
		if e.run.dead(i) {
			continue
		}
		before := c.Work()
		c.EndSample()
		after := c.Work()
		e.cycles.Settle = max(e.cycles.Settle, e.learned(0, &before, &after))
	}
}

// finish totals the sample.
func (e *Cycle) finish() (*Outcome, error) {
	e.settle()
	load := e.mesh.Load()
	e.cycles.Total = e.release + e.cycles.Settle
	e.cycles.Stalls = load.Stalls + e.cycles.CoreStalls
	e.cycles.MaxQueue = int64(load.MaxQueue)
	out := e.run.finish()
	out.Cycles = e.cycles
	if out.Links != nil {
		e.waits(out.Links)
	}
	if e.tracer != nil {
		if err := e.tracer.End(e.cycles.Total); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e *Cycle) traceMessage(p *flight, at router.Core, cycle int64) {
	topology := e.run.chip.topology
	m := Message{Packet: p.Packet, From: p.Source, Send: p.sent, Arrive: cycle}
	m.Packet.To.Core = at
	if port, ok := p.FromHost(); ok {
		m.From = topology.CoreAt(e.run.chip.image.Routes.Ports[port].At)
	}
	from, to := topology.At(m.From), topology.At(at)
	m.Hops = topology.Distance(from, to)
	m.Wait = cycle - p.sent - e.plan.mesh.ZeroLoad(topology, from, to)
	e.tracer.Message(&m)
}

// work reports a phase of core i.
func (e *Cycle) work(i int, p Phase, from, to int64) {
	if e.tracer != nil && from < to {
		e.tracer.Work(i, p, from, to)
	}
}

package chip

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"adder/core"
	"adder/layout"
	"adder/spike"
)

// Stepper is an engine that also runs a sample of any length tick by tick: Start, Step for each
// input tick, Finish. It computes what Run computes from the same spikes, bit for bit, and
// allocates nothing in advance per tick. Between two steps it can be read, and its state saved.
//
// Steps are ticks of the chip: a population at depth d responds in step t to the input of tick t -
// d, which is entry t - d of the records of Run.
type Stepper interface {
	Engine
	// Start begins a sample of open length. s gives its number and, for direct input, its levels;
	// its spikes are those of the steps. An unfinished sample is abandoned; what was learned from
	// it is kept.
	Start(s *Sample) error
	// Step advances by a tick, in which the host feeds a spike on each of the inputs,
	// each named at most once. Inputs that the image does not have are an error
	// that changes nothing. When ctx is done the engine may be left in the middle of
	// a tick; it then cannot be used again.
	Step(ctx context.Context, inputs []int32) error
	// Tick is the number of steps of the sample.
	Tick() int
	// Spikes are the neurons of population p that fired in the last step, ascending, for the
	// populations of Options.Spikes; the slice is valid until the next step. After Restore it is
	// empty.
	Spikes(p int) ([]int32, error)
	// Potentials appends the potentials of population p after the last step to dst, in
	// least significant bits (ModelUnits converts them).
	Potentials(p int, dst []int32) []int32
	// Output returns the readout's values after the last step, nil without a readout, and Class the
	// class read from them, -1 without.
	Output() []int32
	Class() int
	// Counts returns the counts so far.
	Counts() Counts
	// Finish ends the input, runs the ticks that the last spikes take through the
	// network, and returns the outcome, without Spikes and Potentials.
	Finish(ctx context.Context) (*Outcome, error)
	// Save returns the state between two steps, and Restore continues from one that an engine of
	// the same kind, image and options saved (state.go).
	Save() ([]byte, error)
	Restore(state []byte) error
}

var (
	_ Stepper = (*Fast)(nil)
	_ Stepper = (*Cycle)(nil)
)

// stepping is a sample that is run tick by tick.
type stepping struct {
	sample Sample
	tick   int32 // the next one
	// ticks are those of the engine's whole samples, and whole says that the sample is one
	// of them: all of it is recorded.
	ticks int32
	whole bool
}

// errNotStarted is the error of a step without a sample.
var errNotStarted = errors.New("no sample is being stepped: call Start first")

// row is the place of tick t in the spikes of a sample: one that is stepped has only
// those of the present tick.
func (r *run) row(t int32) int {
	if r.stepping != nil {
		return 0
	}
	return int(t)
}

// start checks a sample that is to be stepped and puts the chip into its initial state.
func (r *run) start(s *Sample) error {
	if r.spent != nil {
		return r.spent
	}
	of := Sample{Number: s.Number, Levels: slices.Clone(s.Levels), MaxLevel: s.MaxLevel,
		Spikes: spike.NewTrain(r.chip.inputs(), 1)}
	if err := r.chip.check(&of); err != nil {
		return err
	}
	r.open(of)
	r.begin(&of)
	return nil
}

// open makes a run one of open length.
func (r *run) open(s Sample) {
	r.leaveSteps()
	r.stepping = &stepping{sample: s, ticks: r.ticks, whole: r.whole}
	r.ticks, r.opts.Ticks = core.MaxTicks-r.chip.latency(0), 0
}

// leaveSteps makes a run one of whole samples again.
func (r *run) leaveSteps() {
	if r.stepping == nil {
		return
	}
	r.ticks, r.opts.Ticks = r.stepping.ticks, int(r.stepping.ticks)
	r.stepping = nil
}

// put takes the host's spikes of the coming tick, and returns the tick.
func (r *run) put(ctx context.Context, inputs []int32) (tick int32, err error) {
	switch {
	case r.spent != nil:
		return 0, r.spent
	case r.stepping == nil:
		return 0, errNotStarted
	case r.stepping.tick >= r.ticks:
		return 0, fmt.Errorf("a sample of %d ticks is as long as one can be", r.ticks)
	case len(inputs) > 0 && r.chip.image.Host != nil:
		return 0, fmt.Errorf("%s takes levels when a sample starts, and no spikes",
			r.chip.image.Model)
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	train := r.stepping.sample.Spikes
	train.Clear()
	for _, i := range inputs {
		if i < 0 || int(i) >= train.Sources() {
			return 0, fmt.Errorf("input %d: %s has inputs 0 to %d", i, r.chip.image.Model,
				train.Sources()-1)
		}
		if train.Get(0, int(i)) {
			return 0, fmt.Errorf("input %d is named twice in a tick", i)
		}
		train.Set(0, int(i))
	}
	r.tally.of.extend(int(r.stepping.tick) + 1)
	r.probes.forget()
	return r.stepping.tick, nil
}

// shut ends the input of a sample that is stepped, whose length is now known.
func (r *run) shut() error {
	switch {
	case r.spent != nil:
		return r.spent
	case r.stepping == nil:
		return errNotStarted
	case r.stepping.tick == 0:
		return errors.New("a sample without a step: step before the end")
	}
	r.ticks = r.stepping.tick
	r.opts.Ticks = int(r.ticks)
	r.tally.of.extend(r.opts.Ticks)
	if r.opts.ByTick && r.out.Output == nil { // without a readout no tick has a class
		r.out.ClassByTick = slices.Repeat([]int{-1}, r.opts.Ticks)
	}
	return nil
}

// readLast reads the potentials of the readout: those of the last tick of their window.
func (r *run) readLast() {
	if o := r.readout.layout; o.Kind == layout.ReadoutPotential {
		r.potentials(int(o.Population), r.out.Output)
	}
}

// Tick implements Stepper.
func (r *run) Tick() int {
	if r.stepping == nil {
		return 0
	}
	return int(r.stepping.tick)
}

// Spikes implements Stepper.
func (r *run) Spikes(p int) ([]int32, error) {
	if r.stepping == nil {
		return nil, errNotStarted
	}
	if !slices.Contains(r.opts.Spikes, p) {
		return nil, fmt.Errorf("the spikes of population %d are not recorded: name it in "+
			"Options.Spikes", p)
	}
	latest := r.probes[p].latest
	slices.Sort(latest) // cores come in their own order
	return latest, nil
}

// Potentials implements Stepper.
func (r *run) Potentials(p int, dst []int32) []int32 {
	n := r.chip.Size(p)
	dst = slices.Grow(dst, n)[:len(dst)+n]
	r.potentials(p, dst[len(dst)-n:])
	return dst
}

// Output implements Stepper.
func (r *run) Output() []int32 {
	if r.stepping == nil || r.out.Output == nil {
		return nil
	}
	r.readLast()
	return slices.Clone(r.out.Output)
}

// Class implements Stepper.
func (r *run) Class() int {
	values := r.Output()
	if values == nil {
		return -1
	}
	o := &r.chip.image.Readout
	return class(o, values, max(r.modelTick(o.Population, r.stepping.tick), 0))
}

// Counts implements Stepper.
func (r *run) Counts() Counts {
	if r.stepping == nil {
		return Counts{}
	}
	return r.tally.of.Total()
}

// Start implements Stepper.
func (f *Fast) Start(s *Sample) error {
	if err := f.start(s); err != nil {
		return err
	}
	f.beginLinks()
	return nil
}

// Step implements Stepper.
func (f *Fast) Step(ctx context.Context, inputs []int32) error {
	t, err := f.put(ctx, inputs)
	if err != nil {
		return err
	}
	f.advance(t, &f.stepping.sample)
	f.stepping.tick++
	return nil
}

// Finish implements Stepper.
func (f *Fast) Finish(ctx context.Context) (*Outcome, error) {
	if err := f.shut(); err != nil {
		return nil, err
	}
	s := &f.stepping.sample
	for t := f.ticks; t < f.end(); t++ {
		if err := ctx.Err(); err != nil {
			return nil, f.interrupt(s, err)
		}
		f.advance(t, s)
	}
	f.readLast()
	f.endSample()
	out := f.finish()
	f.leaveSteps()
	return out, nil
}

// Start implements Stepper.
func (e *Cycle) Start(s *Sample) error {
	if err := e.run.start(s); err != nil {
		return err
	}
	e.beginClock()
	return nil
}

// Step implements Stepper.
func (e *Cycle) Step(ctx context.Context, inputs []int32) error {
	t, err := e.run.put(ctx, inputs)
	if err != nil {
		return err
	}
	s := &e.run.stepping.sample
	if err := e.step(ctx, s, t); err != nil {
		return e.run.interrupt(s, err)
	}
	e.run.stepping.tick++
	return nil
}

// Finish implements Stepper.
func (e *Cycle) Finish(ctx context.Context) (*Outcome, error) {
	if err := e.run.shut(); err != nil {
		return nil, err
	}
	s := &e.run.stepping.sample
	for t := e.run.ticks; t < e.run.end(); t++ {
		if err := e.step(ctx, s, t); err != nil {
			return nil, e.run.interrupt(s, err)
		}
	}
	e.run.readLast()
	out, err := e.end(ctx, s)
	e.run.leaveSteps()
	return out, err
}

// Tick, Spikes, Potentials, Output, Class and Counts are Fast's.

// Tick implements Stepper.
func (e *Cycle) Tick() int { return e.run.Tick() }

// Spikes implements Stepper.
func (e *Cycle) Spikes(p int) ([]int32, error) { return e.run.Spikes(p) }

// Potentials implements Stepper.
func (e *Cycle) Potentials(p int, dst []int32) []int32 { return e.run.Potentials(p, dst) }

// Output implements Stepper.
func (e *Cycle) Output() []int32 { return e.run.Output() }

// Class implements Stepper.
func (e *Cycle) Class() int { return e.run.Class() }

// Counts implements Stepper.
func (e *Cycle) Counts() Counts { return e.run.Counts() }

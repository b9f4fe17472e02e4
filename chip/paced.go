package chip

import (
	"context"
	"fmt"

	"adder/spike"
)

// Paced is an engine that runs whole samples tick by tick, so that a sample can be interrupted and
// resumed by another process. Its outcomes are those of Run, bit for bit; it is slower.
type Paced struct {
	// Ticks is the number of ticks between two states that are kept.
	Ticks int
	// Keep receives the state of a sample after so many of its ticks, every Ticks ticks and when
	// the context ends the run. Kept returns the last state that Keep stored of a sample, nil if
	// the sample starts anew.
	Keep func(number uint64, state []byte) error
	Kept func(number uint64) []byte

	engine pacedEngine
	inputs []int32
}

// pacedEngine is an engine of this package.
type pacedEngine interface {
	Stepper
	state() *run
}

// state is the state that Fast and Cycle share.
func (r *run) state() *run { return r }

func (e *Cycle) state() *run { return e.run }

// Pace makes an engine run by steps. Engines of other packages, and those that are traced,
// are an error: they have no state between two ticks.
func Pace(e Engine, p Paced) (*Paced, error) {
	engine, ok := e.(pacedEngine)
	if cycle, clocked := e.(*Cycle); clocked && cycle.tracer != nil {
		ok = false
	}
	if !ok || p.Ticks < 1 {
		return nil, fmt.Errorf("a %T cannot be left in the middle of a sample after %d ticks", e,
			p.Ticks)
	}
	p.engine = engine
	return &p, nil
}

// Run implements Engine. When ctx is done, the state between two ticks is kept before Run
// returns its error.
func (p *Paced) Run(ctx context.Context, s *Sample) (*Outcome, error) {
	r := p.engine.state()
	r.leaveSteps()
	if err := r.check(s); err != nil {
		return nil, err
	}
	ticks := int(r.ticks)
	if err := p.begin(s, r); err != nil {
		return nil, fmt.Errorf("sample %d: %w", s.Number, err)
	}
	for p.engine.Tick() < ticks {
		if err := ctx.Err(); err != nil {
			return nil, p.leave(s.Number, r, err)
		}
		if err := p.step(ctx, s, r); err != nil {
			return nil, err
		}
		if t := p.engine.Tick(); t%p.Ticks == 0 && t < ticks {
			if err := p.save(s.Number, r); err != nil {
				return nil, err
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, p.leave(s.Number, r, err)
	}
	return p.engine.Finish(ctx)
}

// begin starts a sample, or resumes it from its kept state.
func (p *Paced) begin(s *Sample, r *run) error {
	r.whole = true
	defer func() { r.whole = false }()
	kept := p.Kept(s.Number)
	if kept == nil {
		return p.engine.Start(s)
	}
	var state []byte
	c := &codec{reading: true, bytes: kept}
	list(c, &state)
	if c.err != nil {
		return c.err
	}
	if err := p.engine.Restore(state); err != nil {
		return err
	}
	if have := r.stepping.sample.Number; have != s.Number || r.stepping.tick > r.stepping.ticks {
		return fmt.Errorf("the state of sample %d after %d ticks is that of another", have,
			r.stepping.tick)
	}
	r.records(c)
	if c.err == nil && len(c.bytes) > 0 {
		c.err = fmt.Errorf("%d bytes follow the state", len(c.bytes))
	}
	return c.err
}

// step feeds the host's spikes of the next tick. A tick is never left in its middle.
func (p *Paced) step(ctx context.Context, s *Sample, r *run) error {
	p.inputs = p.inputs[:0]
	if r.chip.image.Host == nil {
		p.inputs = s.Spikes.AppendTick(p.engine.Tick(), p.inputs)
	}
	return p.engine.Step(context.WithoutCancel(ctx), p.inputs)
}

// leave keeps the state of a sample that the context ended.
func (p *Paced) leave(number uint64, r *run, err error) error {
	if p.engine.Tick() > 0 {
		if kept := p.save(number, r); kept != nil {
			return kept
		}
	}
	return fmt.Errorf("sample %d: %w", number, err)
}

func (p *Paced) save(number uint64, r *run) error {
	state, err := p.engine.Save()
	if err != nil {
		return err
	}
	c := &codec{}
	list(c, &state)
	if r.records(c); c.err != nil {
		return c.err
	}
	return p.Keep(number, c.bytes)
}

// records writes or reads what was recorded of a sample in the steps so far.
func (r *run) records(c *codec) {
	for q := range r.probes {
		of := &r.probes[q]
		rows := int(min(max(r.modelTick(int32(q), r.stepping.tick), 0),
			r.chip.span(q, r.stepping.ticks)))
		if of.train != nil {
			recordedSpikes(c, of.train, rows)
		}
		if of.potentials != nil {
			c.fixed(of.potentials[:rows*r.chip.Size(q)])
		}
	}
}

func recordedSpikes(c *codec, train *spike.Train, rows int) {
	for t := range rows {
		c.fixed(train.Row(t))
	}
	if c.reading && c.err == nil && !train.PaddingClear() {
		c.fail(fmt.Errorf("a spike of a neuron beyond the last of %d", train.Sources()))
	}
}

package adder

import (
	"context"
	"fmt"

	"adder/chip"
	"adder/sample"
)

// SessionOptions are the options of NewSession.
type SessionOptions struct {
	// Engine is EngineFast, the default, or EngineCycle.
	Engine string
	// Seed and Number key all random draws.
	Seed, Number uint64
	// Spikes names the layers whose spikes can be read; none means all.
	Spikes []string
	// Learn enables learning in networks with plastic rows.
	Learn bool
	// Input is the sample of an image with direct input, whose first layer the host
	// computes once; nil for all others.
	Input *Samples
}

// Session runs one sample tick by tick, of any length. It computes what Run computes from the same
// spikes, bit for bit. A layer at depth d responds in step t to the input of step t - d. It is not
// safe for concurrent use.
type Session struct {
	image   *Image
	engine  chip.Stepper
	options SessionOptions
	sample  chip.Sample
}

// NewSession returns a session in the state before a sample.
func (m *Image) NewSession(o SessionOptions) (*Session, error) {
	opts := chip.Options{Seed: o.Seed, Learn: o.Learn}
	var err error
	if opts.Spikes, err = m.layers(o.Spikes); err != nil {
		return nil, err
	}
	for p := range m.chip.Image().Populations {
		if len(o.Spikes) == 0 {
			opts.Spikes = append(opts.Spikes, p)
		}
	}
	s := &Session{image: m, options: o, sample: chip.Sample{Number: o.Number}}
	if err := s.feed(); err != nil {
		return nil, err
	}
	if s.engine, err = newEngine(m.chip, o.Engine, opts); err != nil {
		return nil, err
	}
	return s, s.Reset()
}

// feed prepares direct input.
func (s *Session) feed() error {
	switch direct := s.image.chip.Image().Host != nil; {
	case s.options.Input == nil && direct:
		return fmt.Errorf("%s takes direct input: give the session the sample", s.image.Model())
	case s.options.Input == nil:
		return nil
	case !direct:
		return fmt.Errorf("%s takes spikes in every step, and no sample when a session begins",
			s.image.Model())
	case s.options.Input.Len() != 1:
		return fmt.Errorf("a session runs one sample, not %d", s.options.Input.Len())
	}
	source, err := s.image.source(s.options.Input, &RunOptions{Seed: s.options.Seed})
	if err != nil {
		return err
	}
	_, err = source.Feed(0, &s.sample)
	s.sample.Number = s.options.Number
	return err
}

// Image is the image that the session runs.
func (s *Session) Image() *Image { return s.image }

// Reset goes back to the state before a sample. What was learned is kept.
func (s *Session) Reset() error { return s.engine.Start(&s.sample) }

// Step advances by one tick with a spike on each of the inputs: row-major indices into the input's
// shape, each at most once.
func (s *Session) Step(ctx context.Context, inputs []int32) error {
	return s.engine.Step(ctx, inputs)
}

// Tick is the number of steps since the session began.
func (s *Session) Tick() int { return s.engine.Tick() }

// Spikes are the neurons of a layer that fired in the last step, ascending; the slice is
// valid until the next step.
func (s *Session) Spikes(layer string) ([]int32, error) {
	p, err := s.image.chip.Population(layer)
	if err != nil {
		return nil, err
	}
	return s.engine.Spikes(p)
}

// Potentials returns the potentials of a layer after the last step, in the units of the model.
func (s *Session) Potentials(layer string) ([]float32, error) {
	p, err := s.image.chip.Population(layer)
	if err != nil {
		return nil, err
	}
	return s.image.model(nil, p, s.engine.Potentials(p, nil)), nil
}

// Output returns the values of the readout after the last step, nil without a readout: potentials
// in the units of the model, or numbers of spikes so far.
func (s *Session) Output() []float32 {
	values := s.engine.Output()
	if values == nil {
		return nil
	}
	return s.image.values(nil, &s.image.chip.Image().Readout, values)
}

// Class is the class read from Output, -1 without a readout.
func (s *Session) Class() int { return s.engine.Class() }

// Counts are the counts since the session began, by name.
func (s *Session) Counts() map[string]int64 {
	counts := s.engine.Counts()
	return s.image.byName(&counts)
}

// Finish ends the input, runs the ticks that the last spikes take through the network and
// returns class, output, counts and times as Run does for one sample. Reset begins anew.
func (s *Session) Finish(ctx context.Context) (*Result, error) {
	ticks := s.engine.Tick()
	out, err := s.engine.Finish(ctx)
	if err != nil {
		return nil, err
	}
	c := &collector{image: s.image, result: &Result{Samples: 1, Ticks: ticks}}
	c.add(out)
	return c.finish(), nil
}

// Save returns the session's state, which depends only on what was run.
func (s *Session) Save() ([]byte, error) { return s.engine.Save() }

// Restore continues from a state that a session of the same image and options saved.
func (s *Session) Restore(state []byte) error { return s.engine.Restore(state) }

// Inputs lists the sources that are set in a tick of zeros and ones, for Step.
func Inputs(tick []uint8) []int32 {
	var out []int32
	for i, b := range tick {
		if b != 0 {
			out = append(out, int32(i))
		}
	}
	return out
}

// Encode turns one sample into the spikes that Run would feed, shape [Ticks, inputs] of
// zeros and ones, so that a session can be stepped with them.
func (m *Image) Encode(s *Samples, i int, o RunOptions) ([]uint8, error) {
	source, err := m.source(s, &o)
	if err != nil {
		return nil, err
	}
	if i < 0 || i >= s.Len() {
		return nil, fmt.Errorf("sample %d of %d", i, s.Len())
	}
	var fed chip.Sample
	if _, err := source.Feed(i, &fed); err != nil {
		return nil, err
	}
	if fed.Spikes == nil {
		return nil, fmt.Errorf("%s takes levels, not spikes", m.Model())
	}
	return fed.Spikes.AppendBytes(make([]uint8, 0, source.Ticks()*sample.Size(m.InputShape()))), nil
}

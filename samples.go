package adder

import (
	"fmt"

	"adder/chip"
	"adder/compiler"
	"adder/internal/dataset"
	"adder/sample"
	"adder/spike"
	"adder/spike/encode"
)

// Samples are N samples, row-major. Exactly one of Bytes, Reals and Spikes is set. Bytes and Reals
// may have any shape with the input's number of elements; channels last are transposed if
// CompileOptions.Layout was "hwc".
type Samples struct {
	// Shape is the shape of a sample; for Spikes that of a tick.
	Shape []int
	// Bytes are elements in 255ths, such as pixels: 255 is 1.
	Bytes []uint8
	// Reals are elements as the input of the training pipeline; each is finite.
	Reals []float32
	// Spikes has a byte per source and tick, 0 or 1, shape [N, Ticks, Shape...].
	Spikes []uint8
	// Ticks is the number of ticks of Spikes.
	Ticks int
	// Labels has the class of each sample, or is nil.
	Labels []int32
}

// Digits are generated pictures of the ten digits, [n, 28, 28] bytes with labels, for
// trying things out: they are not MNIST. split is "train" or "test"; a larger set begins
// with the smaller one.
func Digits(split string, n int) (*Samples, error) {
	if n < 1 || n > mostDigits {
		return nil, fmt.Errorf("%d digits: ask for 1 to %d", n, mostDigits)
	}
	part, err := dataset.ParseSplit(split)
	if err != nil {
		return nil, err
	}
	set, err := dataset.Digits(part, dataset.DigitsOptions{Train: n, Test: n})
	if err != nil {
		return nil, err
	}
	return &Samples{Bytes: set.Bytes, Shape: set.Shape, Labels: set.Labels}, nil
}

const mostDigits = 100_000

// size is the number of elements of a sample or, of spikes, of a tick.
func (s *Samples) size() int {
	size := 1
	for _, d := range s.Shape {
		size *= d
	}
	return size
}

// Len is the number of samples.
func (s *Samples) Len() int {
	switch size := s.size(); {
	case size <= 0:
		return 0
	case s.Spikes != nil:
		return len(s.Spikes) / max(size*s.Ticks, 1)
	default:
		return (len(s.Bytes) + len(s.Reals)) / size
	}
}

// check refuses samples whose lengths do not fit each other.
func (s *Samples) check() error {
	kinds, elements, each := 0, 0, s.size()
	for _, n := range []int{len(s.Bytes), len(s.Reals), len(s.Spikes)} {
		if n > 0 {
			kinds, elements = kinds+1, n
		}
	}
	if len(s.Spikes) > 0 {
		each *= s.Ticks
	}
	switch {
	case kinds != 1:
		return fmt.Errorf("samples with %d of Bytes, Reals and Spikes: give one of them, with a "+
			"sample or more", kinds)
	case each <= 0 || elements%each != 0:
		return fmt.Errorf("samples of shape %v with %d elements: these are not whole samples",
			s.Shape, elements)
	case s.Labels != nil && len(s.Labels) != elements/each:
		return fmt.Errorf("%d labels of %d samples", len(s.Labels), elements/each)
	}
	for i, b := range s.Spikes {
		if b > 1 {
			return fmt.Errorf("sample %d has %d spikes of a source in a tick: write 0 or 1", i/each,
				b)
		}
	}
	for i, x := range s.Reals {
		if x-x != 0 {
			return fmt.Errorf("sample %d has an element that is no number, %g", i/each, x)
		}
	}
	return nil
}

// set gives samples that are no spikes as a data set.
func (s *Samples) set(name string) *dataset.Set {
	classes := int32(0)
	for _, label := range s.Labels {
		classes = max(classes, label+1)
	}
	return &dataset.Set{
		Name: name, Shape: s.Shape, Classes: int(classes), Bytes: s.Bytes, Reals: s.Reals,
		Labels: s.Labels, Whole: true,
	}
}

// feeder gives samples to an engine.
type feeder interface {
	Ticks() int
	Size() int
	Feed(i int, s *chip.Sample) (encode.Work, error)
}

// source makes what feeds samples to the image's engines.
func (m *Image) source(s *Samples, o *RunOptions) (feeder, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	shape := m.InputShape()
	if s.Spikes != nil {
		if s.size() != sample.Size(shape) {
			return nil, fmt.Errorf("spikes of shape %v a tick, %d sources: %s takes %v, %d",
				s.Shape, s.size(), m.Model(), shape, sample.Size(shape))
		}
		ticks := s.Ticks
		if o.Ticks > 0 {
			ticks = o.Ticks
		}
		return &spikes{of: s, ticks: ticks}, nil
	}
	if m.Encoder() == encoderSpikes && o.Encoder == "" {
		return nil, fmt.Errorf("%s does not say how samples become spikes: name an encoder, such "+
			"as %s, or give spikes", m.Model(), encode.KindRate)
	}
	encoder, err := m.encoder(o)
	if err != nil {
		return nil, err
	}
	e, err := sample.NewEncoded(s.set("samples"), encoder, m.chip.Image().Preparation, shape)
	if err != nil {
		return nil, err
	}
	return e, e.CheckSize(shape)
}

// encoder is the image's with the changes of the options.
func (m *Image) encoder(o *RunOptions) (encode.Encoder, error) {
	e := m.chip.Image().Encoder
	if o.Encoder != "" && (o.Encoder == encode.KindDirect) != (m.chip.Image().Host != nil) {
		return nil, fmt.Errorf("encoder %s: %s was compiled for %s input; compile it again",
			o.Encoder, m.Model(), e.Kind)
	}
	cfg := compiler.EncoderConfig(&e, o.Seed)
	if o.Encoder != "" && o.Encoder != e.Kind {
		cfg = encode.Config{Kind: o.Encoder, Seed: o.Seed}
	}
	if o.Ticks > 0 {
		cfg.Ticks = o.Ticks
	}
	if o.Intensity > 0 {
		cfg.Intensity = o.Intensity
	}
	return encode.New(cfg)
}

// spikes are samples of spikes: cut or with silent ticks at the end where another number of
// ticks is asked for.
type spikes struct {
	of    *Samples
	ticks int
}

func (s *spikes) Ticks() int { return s.ticks }

func (s *spikes) Size() int { return s.of.size() }

func (s *spikes) Feed(i int, to *chip.Sample) (encode.Work, error) {
	to.Number = uint64(i)
	size := s.of.size()
	if to.Spikes == nil {
		to.Spikes = new(spike.Train)
	}
	to.Spikes.Resize(size, s.ticks)
	whole := s.of.Spikes[i*size*s.of.Ticks:][:size*s.of.Ticks]
	for t := range min(s.ticks, s.of.Ticks) {
		for k, b := range whole[t*size:][:size] {
			if b != 0 {
				to.Spikes.Set(t, k)
			}
		}
	}
	return encode.Work{}, nil
}

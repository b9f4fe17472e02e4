package encode

import (
	"fmt"
	"math"
	"strings"

	"adder/spike"
)

// The kinds of encoders.
const (
	KindRate            = "rate"
	KindPoisson         = "poisson"
	KindPoissonRenewal  = "poisson-renewal"
	KindBernoulli       = "bernoulli"
	KindRankOrder       = "rankorder"
	KindRankOrderStrict = "rankorder-strict"
	KindLatency         = "latency"
	KindPopulation      = "population"
	KindDirect          = "direct"
	KindRadix           = "radix"
	KindLevel           = "level"
)

const (
	// levels is the number of values of an element and fullScale the largest.
	levels    = 256
	fullScale = levels - 1

	// maxTicks keeps the tables of an encoder, and the keys of its draws, small.
	maxTicks = 1 << 16

	// maxPerTick bounds the spikes per tick that an intensity may have. At most one is given;
	// beyond this the setting is a mistake of units.
	maxPerTick = 64

	// minTick and maxTick bound the length of a tick in seconds.
	minTick = 1e-9
	maxTick = 1e3

	maxBits   = 16
	maxFields = 256
)

// Config is the configuration of an encoder. A zero field means its default.
type Config struct {
	// Kind is one of Names.
	Kind string
	// Ticks is the number of ticks of a sample, at most 65536. That of radix and level
	// follows from Bits and can be left out.
	Ticks int
	// Intensity is the rate of a full-scale element (255) in spikes per second.
	// Only rate, poisson and poisson-renewal depend on it.
	Intensity float64
	// TickSeconds is the length of a tick; 1e-9 to 1e3; the default is 1e-3.
	TickSeconds float64
	// Seed keys the draws. It has no default: 0 is a seed.
	Seed uint64
	// Bits is the resolution of direct, radix and level, 1 to 16; the default is 8 for
	// direct and 4 for the others.
	Bits int
	// Scale is the value of a level of radix and level, and Zero, from 0 to 2^Bits - 1, the level
	// of 0; the default is 1/(2^Bits - 1), and 0.
	Scale float64
	Zero  int
	// Fields is the number of receptive fields per element of population, 3 to
	// 256; the default is 8.
	Fields int
	// Cut is the activation, above 0 and below 1, below which a field of population does not spike;
	// the default is 0.1.
	Cut float64
}

// perTick is the expected number of spikes per tick of a full-scale element.
func (c Config) perTick() float64 { return c.Intensity * c.TickSeconds }

// Work is the operations of an encoder on the host for a sample.
type Work struct {
	// Adds counts additions, subtractions and comparisons of numbers.
	Adds int64
	// Draws counts the 64-bit random draws used.
	Draws int64
	// MACs counts multiplications and divisions.
	MACs int64
	// Reads counts the elements of the sample that were read.
	Reads int64
}

// Add adds other to w.
func (w *Work) Add(other Work) {
	w.Adds += other.Adds
	w.Draws += other.Draws
	w.Reads += other.Reads
	w.MACs += other.MACs
}

// Encoder turns samples into spike trains. It is immutable: any number of
// goroutines may use one.
type Encoder interface {
	// Config is the configuration with its defaults filled in.
	Config() Config
	// Sources is the number of sources that a sample of so many elements has: as many, except for
	// population.
	Sources(elements int) int
	// Encode replaces out by the spikes of sample x, sized Sources(len(x)) by
	// Config().Ticks, and returns the work done. The number of the sample keys
	// its draws. It allocates only where out has to grow.
	Encode(sample uint64, x []uint8, out *spike.Train) Work
	// Peak is the expected number of spikes per tick of a full-scale element in
	// a sample without a brighter one; for direct it is 1.
	Peak() float64
}

// kind is an encoder's name, its defaults and its constructor. The ticks of a code follow
// from its bits.
type kind struct {
	name      string
	ticks     int
	intensity float64
	build     func(base) Encoder
}

// kinds lists the encoders in the order of Names.
func kinds() []kind {
	return []kind{
		{KindRate, 32, 1000, newRate},
		{KindPoisson, 100, 128, newPoisson},
		{KindPoissonRenewal, 100, 128, newRenewal},
		{KindBernoulli, 100, 128, newBernoulli},
		{KindRankOrder, 100, 128, newRankOrder},
		{KindRankOrderStrict, 100, 128, newRankStrict},
		{KindLatency, 100, 128, newLatency},
		{KindPopulation, 100, 128, newPopulation},
		{KindDirect, 32, 1000, newDirect},
		{KindRadix, 0, 1000, newCoded},
		{KindLevel, 0, 1000, newCoded},
	}
}

// findKind returns the kind of that name.
func findKind(name string) (kind, bool) {
	for _, k := range kinds() {
		if k.name == name {
			return k, true
		}
	}
	return kind{}, false
}

// Names returns the names of the encoders.
func Names() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

// Defaults returns the configuration that New makes of a kind alone. For an unknown kind only the
// name is set.
func Defaults(name string) Config {
	k, ok := findKind(name)
	if !ok {
		return Config{Kind: name}
	}
	return k.fill(Config{Kind: name})
}

// fill replaces the zero fields of a configuration by defaults.
func (k kind) fill(c Config) Config {
	if IsCode(k.name) {
		c = fillCode(c)
	}
	if c.Ticks == 0 {
		c.Ticks = k.ticks
	}
	if c.Intensity == 0 {
		c.Intensity = k.intensity
	}
	if c.TickSeconds == 0 {
		c.TickSeconds = 1e-3
	}
	if c.Bits == 0 {
		c.Bits = 8
	}
	if c.Fields == 0 {
		c.Fields = 8
	}
	if c.Cut == 0 {
		c.Cut = 0.1
	}
	return c
}

// fillCode is fill for what codes have defaults of their own for.
func fillCode(c Config) Config {
	if c.Bits == 0 {
		c.Bits = 4
	}
	if known := c.Bits > 0 && c.Bits <= maxBits; known && c.Ticks == 0 {
		c.Ticks = CodeTicks(c.Kind, c.Bits)
	}
	if c.Scale == 0 {
		c.Scale = 1 / float64(int(1)<<max(c.Bits, 1)-1)
	}
	return c
}

// New returns the encoder of a configuration, or an error that says which value is
// out of range.
func New(c Config) (Encoder, error) {
	k, ok := findKind(c.Kind)
	if !ok {
		return nil, fmt.Errorf("unknown encoder %q: want one of %s", c.Kind,
			strings.Join(Names(), ", "))
	}
	c = k.fill(c)
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("encoder %s: %w", c.Kind, err)
	}
	return k.build(base{c}), nil
}

// validate checks a configuration whose defaults are filled in.
func (c Config) validate() error {
	switch {
	case c.Bits < 1 || c.Bits > maxBits:
		return fmt.Errorf("%d bits: want 1 to %d", c.Bits, maxBits)
	case c.Ticks < 1 || c.Ticks > maxTicks:
		return fmt.Errorf("%d ticks: want 1 to %d", c.Ticks, maxTicks)
	case !(c.TickSeconds >= minTick && c.TickSeconds <= maxTick):
		return fmt.Errorf("a tick of %g seconds: want %g to %g", c.TickSeconds, minTick, maxTick)
	case !positive(c.Intensity):
		return fmt.Errorf("an intensity of %g Hz: want more than 0", c.Intensity)
	case c.perTick() > maxPerTick:
		return fmt.Errorf("an intensity of %g Hz asks for %g spikes per tick of %g s and at most "+
			"one can be given: lower one of them",
			c.Intensity, c.perTick(), c.TickSeconds)
	case c.Fields < 3 || c.Fields > maxFields:
		return fmt.Errorf("%d fields per element: want 3 to %d", c.Fields, maxFields)
	case !positive(c.Cut) || c.Cut >= 1:
		return fmt.Errorf("a cut of %g: want more than 0 and less than 1", c.Cut)
	}
	return c.validateCode()
}

// validateCode checks what codes alone have.
func (c Config) validateCode() error {
	if !IsCode(c.Kind) {
		if c.Scale != 0 || c.Zero != 0 {
			return fmt.Errorf("a scale of %g and a zero of %d: radix and level alone have levels "+
				"of their own", c.Scale, c.Zero)
		}
		return nil
	}
	switch {
	case c.Ticks != CodeTicks(c.Kind, c.Bits):
		return fmt.Errorf("%d ticks for %d bits: it takes %d, which follow from the code: leave "+
			"the ticks out", c.Ticks, c.Bits, CodeTicks(c.Kind, c.Bits))
	case !positive(c.Scale):
		return fmt.Errorf("a scale of %g: want more than 0", c.Scale)
	case c.Zero < 0 || c.Zero >= 1<<c.Bits:
		return fmt.Errorf("a zero of %d: want 0 to %d", c.Zero, 1<<c.Bits-1)
	}
	return nil
}

// positive says whether x is a finite number above 0.
func positive(x float64) bool { return x > 0 && !math.IsInf(x, 1) }

// base is the common part of the encoders.
type base struct {
	config Config
}

// Config is part of Encoder.
func (b base) Config() Config { return b.config }

// Sources is part of Encoder.
func (b base) Sources(elements int) int { return elements }

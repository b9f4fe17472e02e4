package adder

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"adder/chip"
	"adder/layout"
	"adder/sample"
	"adder/spike/encode"
)

const encoderSpikes = layout.EncoderSpikes

// The engines. Both compute the same, bit for bit; the cycle engine adds times.
const (
	EngineFast  = "fast"
	EngineCycle = "cycle"
)

// RunOptions are the options of Run. The zero RunOptions take the image's encoder and ticks, on the
// fast engine.
type RunOptions struct {
	// Engine is EngineFast, the default, or EngineCycle.
	Engine string
	// Ticks is the number of input ticks per sample; 0 takes the image's or the spikes'.
	Ticks int
	// Encoder and Intensity, in spikes per second of an element of 1, override the
	// image's.
	Encoder   string
	Intensity float64
	// Seed keys all random draws, together with the number of the sample.
	Seed uint64
	// First is the number of the first sample; the others follow it.
	First uint64
	// Workers is the number of samples emulated in parallel, which changes no result; 0 is as many
	// as there are processors.
	Workers int
	// Spikes and Potentials name layers to record.
	Spikes, Potentials []string
	// Progress, if not nil, is called after each sample with the number done.
	Progress func(done, total int)
}

// Result is the output of a run. Arrays are row-major. Ticks are model ticks: entry t of a layer is
// its response to the input of tick t, whatever its depth.
type Result struct {
	Samples, Ticks int
	// Classes has the class of each sample, -1 without a readout.
	Classes []int32
	// Output are the values that classes are read from, shape [Samples, OutputSize]: last
	// potentials in the units of the model, or numbers of spikes. nil without a readout.
	Output     []float32
	OutputSize int
	// Spikes are 0 or 1, shape [Samples, Ticks, layer's size]; Potentials are of that
	// shape in the units of the model.
	Spikes     map[string][]uint8
	Potentials map[string][]float32
	// Counts are totals over all samples, by the names of docs/neurocore.md, section 10.
	Counts map[string]int64
	// Cycles are the totals of the cycle engine, in periods of the chip's clock, else nil.
	Cycles *chip.Cycles
	// Warnings say what makes the results other than the network means: inputs that were
	// clipped, registers that saturated.
	Warnings []string
}

// Run runs samples. When ctx is done it returns ctx's error within a tick.
func (m *Image) Run(ctx context.Context, s *Samples, o RunOptions) (*Result, error) {
	source, err := m.source(s, &o)
	if err != nil {
		return nil, err
	}
	opts, err := m.options(&o, source.Ticks())
	if err != nil {
		return nil, err
	}
	n := s.Len()
	c := &collector{image: m, options: opts, result: &Result{
		Samples: n, Ticks: opts.Ticks, Spikes: map[string][]uint8{},
		Potentials: map[string][]float32{},
	}}
	work := make([]encode.Work, n)
	engines := m.lease(o.Engine, opts)
	batch := chip.Batch{
		Samples: n, Workers: o.workers(),
		Engine: engines.take,
		Feed: func(i int, to *chip.Sample) (err error) {
			work[i], err = source.Feed(i, to)
			to.Number = o.First + uint64(i)
			return err
		},
		Each: func(i int, out *chip.Outcome) error {
			out.AddHost(work[i].Adds, work[i].Draws, work[i].MACs)
			out.AddReads(work[i].Reads)
			c.add(out)
			if o.Progress != nil {
				o.Progress(i+1, n)
			}
			return nil
		},
	}
	if err := batch.Run(ctx); err != nil {
		return nil, err
	}
	engines.giveBack()
	out := c.finish()
	out.Warnings = warnings(source, out)
	return out, nil
}

// warnings are what a run has to say.
func warnings(source feeder, r *Result) []string {
	out := []string{}
	if e, ok := source.(*sample.Encoded); ok && e.Clipped() > 0 {
		out = append(out, e.ClippedText()+": calibrate on samples like these, or compile with the "+
			"scale that they have (0..255 for 0..1 is a scale of 1/255)")
	}
	if n := r.Counts["saturations"]; n > 0 {
		out = append(out, fmt.Sprintf("potentials or currents ran out of their registers %d times "+
			"and stayed at the end: the chip does not do what the model means there", n))
	}
	return out
}

func (o *RunOptions) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// options are those of engines.
func (m *Image) options(o *RunOptions, ticks int) (opts chip.Options, err error) {
	opts = chip.Options{Ticks: ticks, Seed: o.Seed}
	if opts.Spikes, err = m.layers(o.Spikes); err != nil {
		return opts, err
	}
	opts.Potentials, err = m.layers(o.Potentials)
	return opts, err
}

// newEngine makes an engine of a name.
func newEngine(c *chip.Chip, name string, opts chip.Options) (chip.Stepper, error) {
	switch name {
	case "", EngineFast:
		return c.NewFast(opts), nil
	case EngineCycle:
		return c.NewCycle(opts, nil)
	}
	return nil, fmt.Errorf("engine %q is not known: use %s or %s", name, EngineFast, EngineCycle)
}

// engines keeps the engines of the last run, so that a run like it makes none: for one
// small sample that is most of the time.
type engines struct {
	mu   sync.Mutex
	key  string
	free []chip.Engine
}

// lease is the part of them that one run uses.
type lease struct {
	from  *engines
	image *Image
	name  string
	opts  chip.Options
	key   string
	mu    sync.Mutex
	taken []chip.Engine
}

func (m *Image) lease(name string, opts chip.Options) *lease {
	return &lease{from: m.engines, image: m, name: name, opts: opts, key: fmt.Sprint(name, opts)}
}

// take lends an engine.
func (l *lease) take() (chip.Engine, error) {
	engine := l.from.pick(l.key)
	if engine == nil {
		made, err := newEngine(l.image.chip, l.name, l.opts)
		if err != nil {
			return nil, err
		}
		engine = made
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taken = append(l.taken, engine)
	return engine, nil
}

// giveBack takes engines back that have ended their samples.
func (l *lease) giveBack() {
	l.from.mu.Lock()
	defer l.from.mu.Unlock()
	if l.from.key != l.key {
		l.from.key, l.from.free = l.key, nil
	}
	l.from.free = append(l.from.free, l.taken...)
}

// pick takes a free engine of a key, nil if there is none.
func (e *engines) pick(key string) chip.Engine {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.key != key || len(e.free) == 0 {
		return nil
	}
	last := len(e.free) - 1
	engine := e.free[last]
	e.free = e.free[:last]
	return engine
}

// collector gathers outcomes in order.
type collector struct {
	image   *Image
	options chip.Options
	result  *Result
	counts  chip.Counts
}

func (c *collector) add(o *chip.Outcome) {
	r, m := c.result, c.image
	r.Classes = append(r.Classes, int32(o.Class))
	readout := &m.chip.Image().Readout
	if o.Output != nil {
		r.OutputSize = len(o.Output)
		r.Output = m.values(r.Output, readout, o.Output)
	}
	for k, p := range c.options.Spikes {
		name := m.chip.Image().Populations[p].Name
		r.Spikes[name] = o.Spikes[k].AppendBytes(r.Spikes[name])
	}
	for k, p := range c.options.Potentials {
		name := m.chip.Image().Populations[p].Name
		r.Potentials[name] = m.model(r.Potentials[name], p, o.Potentials[k])
	}
	c.counts.Add(&o.Counts)
	if o.Cycles != nil {
		if r.Cycles == nil {
			r.Cycles = &chip.Cycles{}
		}
		r.Cycles.Add(o.Cycles)
	}
}

// values converts what a class is read from.
func (m *Image) values(dst []float32, o *layout.Readout, values []int32) []float32 {
	if o.Kind == layout.ReadoutPotential {
		return m.model(dst, int(o.Population), values)
	}
	for _, v := range values {
		dst = append(dst, float32(v))
	}
	return dst
}

func (c *collector) finish() *Result {
	c.result.Counts = c.image.byName(&c.counts)
	return c.result
}

// byName gives counts by their names in reports.
func (m *Image) byName(counts *chip.Counts) map[string]int64 {
	out := map[string]int64{}
	for name, n := range counts.All(m.chip.Topology().Classes()) {
		out[name] = n
	}
	return out
}

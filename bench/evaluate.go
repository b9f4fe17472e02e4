package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"adder/chip"
	"adder/compiler"
	"adder/layout"
	"adder/sample"
	"adder/spike/encode"
)

// Run is the input of Evaluate.
type Run struct {
	Chip *chip.Chip
	// Engine makes a worker's engine; nil means the fast engine with
	// Options.
	Engine  func() (chip.Engine, error)
	Options chip.Options
	// Source gives the samples.
	Source sample.Source
	// Order, if not nil, is the order in which samples are run; it changes
	// no result.
	Order   []int
	Workers int
	// Progress, if not nil, is called after each sample with the number
	// done.
	Progress func(done, total int)
	// Each, if not nil, receives every outcome in the order of the run.
	Each func(sample int, o *chip.Outcome) error
	// Keep, if not nil, saves checkpoints under the name Stage, together with Also, state derived
	// from the outcomes that Each received. Samples before a checkpoint are not run again, and Each
	// does not receive them.
	Keep  *Keep
	Stage string
	Also  []Kept
}

// Evaluation is the result of Evaluate.
type Evaluation struct {
	Samples, Correct int
	// Labelled is false where the set has no labels or the image no
	// readout.
	Labelled bool
	Ticks    int
	Latency  int
	// Counts are totals over all samples, Attribution has them by core, population and tick.
	Counts      chip.Counts
	Attribution *chip.Attribution
	// CorrectByTick[t] is how many samples are right after t+1 ticks, with
	// chip.Options.ByTick.
	CorrectByTick []int
	// Labels and Classes have the label and the class of each sample that was run, by
	// rising number. ClassesByTick[i][t] is the class of sample i after t+1 ticks.
	Labels, Classes []int
	ClassesByTick   [][]int
	// SpikesByPopulation are totals per population.
	SpikesByPopulation []int64
	// Cycles are totals of the cycle engine, nil from the fast one.
	Cycles *chip.Cycles
	// Links are totals, with chip.Options.Links.
	Links *chip.Links
	// Seconds is wall time.
	Seconds float64
	// Interrupted is set where a context ended the run: the evaluation then
	// covers the first Samples of the order.
	Interrupted bool
}

// Accuracy is the share of samples whose class is right.
func (e *Evaluation) Accuracy() float64 {
	if e.Samples == 0 {
		return 0
	}
	return float64(e.Correct) / float64(e.Samples)
}

// Interval is the 95 % score interval of Accuracy.
func (e *Evaluation) Interval() [2]float64 { return intervalOf(e.Correct, e.Samples) }

// EncoderOf makes an image's encoder, with the given seed.
func EncoderOf(e *layout.Encoder, seed uint64) (encode.Encoder, error) {
	return encode.New(compiler.EncoderConfig(e, seed))
}

// Evaluate emulates every sample of the source. When ctx is done it returns the evaluation of the
// samples before (Evaluation.Interrupted), or ctx's error if there is none.
func Evaluate(ctx context.Context, r Run) (*Evaluation, error) {
	if err := r.prepare(); err != nil {
		return nil, err
	}
	out := &Evaluation{
		Labelled: r.Chip.Image().Readout.Kind != layout.ReadoutNone && sample.Labelled(r.Source),
		Ticks:    r.Options.Ticks, Latency: r.Chip.Latency(),
		SpikesByPopulation: make([]int64, len(r.Chip.Image().Populations)),
		Attribution: chip.NewAttribution(r.Chip.Accounts(), r.Options.Ticks,
			r.Options.ByTick),
	}
	if r.Options.ByTick {
		out.CorrectByTick = make([]int, r.Options.Ticks)
	}
	rank := out.begin(r.Order)
	kept, err := newKeeping(&r, out)
	if err != nil {
		return nil, err
	}
	start, before := time.Now(), out.Seconds
	err = r.batch(out, rank, kept).Run(ctx)
	out.Seconds = before + time.Since(start).Seconds()
	if err == nil {
		return out, nil
	}
	if ctx.Err() == nil {
		return nil, err
	}
	if kept != nil {
		if err := kept.save(); err != nil {
			return nil, err
		}
	}
	if out.Samples == 0 {
		return nil, err
	}
	out.Interrupted = true
	out.keep(out.Samples)
	return out, nil
}

// batch runs the samples that were not done before.
func (r *Run) batch(out *Evaluation, rank map[int]int, kept *keeping) *chip.Batch {
	done := out.Samples
	order, work := r.Order[done:], make([]encode.Work, len(r.Order)-done)
	return &chip.Batch{
		Samples: len(order), Workers: r.Workers, Engine: r.Engine,
		Feed: func(i int, s *chip.Sample) error {
			var err error
			work[i], err = r.Source.Feed(order[i], s)
			return err
		},
		Each: func(i int, o *chip.Outcome) error {
			number := order[i]
			o.AddHost(work[i].Adds, work[i].Draws, work[i].MACs)
			o.AddReads(work[i].Reads)
			out.add(o, r.Source.Label(number))
			out.note(rank[number], o, r.Source.Label(number))
			if r.Progress != nil {
				r.Progress(done+i+1, len(r.Order))
			}
			if r.Each != nil {
				if err := r.Each(number, o); err != nil {
					return err
				}
			}
			return kept.handed(done+i+1, o.Number)
		},
	}
}

// largeNetwork is the number of synapses from which a sample has as many processors as
// samples side by side leave free.
const largeNetwork = 1 << 20

// prepare fills in defaults and refuses samples of the wrong size.
func (r *Run) prepare() error {
	if r.Options.Ticks == 0 {
		r.Options.Ticks = r.Source.Ticks()
	}
	if r.Order == nil {
		r.Order = make([]int, r.Source.Len())
		for i := range r.Order {
			r.Order[i] = i
		}
	}
	if r.Options.Threads == 0 && r.Chip.Image().Synapses >= largeNetwork {
		r.Options.Threads = r.Workers / max(len(r.Order), 1)
	}
	if r.Engine == nil {
		r.Engine = func() (chip.Engine, error) { return r.Chip.NewFast(r.Options), nil }
	}
	if err := checkSize(r.Source, r.Chip.Image()); err != nil {
		return err
	}
	readout := &r.Chip.Image().Readout
	if readout.Kind == layout.ReadoutNone {
		return nil
	}
	return sample.CheckLabels(r.Source, int(readout.Classes))
}

// checkSize refuses samples that do not fit the image's input.
func checkSize(s sample.Source, img *layout.Image) error {
	input := make([]int, len(img.Input.Shape))
	for i, d := range img.Input.Shape {
		input[i] = int(d)
	}
	if e, ok := s.(*sample.Encoded); ok {
		return e.CheckSize(input)
	}
	if size := sample.Size(input); s.Size() != size {
		return fmt.Errorf("%s: a tick has %d sources, and the model takes %d", s.Name(), s.Size(),
			size)
	}
	return nil
}

// begin allocates for the samples of a run, and ranks their numbers.
func (e *Evaluation) begin(order []int) (rank map[int]int) {
	rank = make(map[int]int, len(order))
	for i, number := range slices.Sorted(slices.Values(order)) {
		rank[number] = i
	}
	e.Labels, e.Classes = make([]int, len(order)), make([]int, len(order))
	if e.CorrectByTick != nil {
		e.ClassesByTick = make([][]int, len(order))
	}
	return rank
}

// keep truncates the results to the samples that ran before an interrupt.
func (e *Evaluation) keep(samples int) {
	e.Labels, e.Classes = e.Labels[:samples], e.Classes[:samples]
	if e.ClassesByTick != nil {
		e.ClassesByTick = e.ClassesByTick[:samples]
	}
}

// note keeps the class of the sample of a rank.
func (e *Evaluation) note(rank int, o *chip.Outcome, label int) {
	e.Labels[rank], e.Classes[rank] = label, o.Class
	if e.ClassesByTick != nil {
		e.ClassesByTick[rank] = o.ClassByTick
	}
}

func (e *Evaluation) add(o *chip.Outcome, label int) {
	e.Samples++
	if label >= 0 && o.Class == label {
		e.Correct++
	}
	e.Counts.Add(&o.Counts)
	for p, n := range o.SpikesByPopulation {
		e.SpikesByPopulation[p] += n
	}
	e.Attribution.Add(o.Attribution)
	for t := range o.ClassByTick {
		if label >= 0 && o.ClassByTick[t] == label {
			e.CorrectByTick[t]++
		}
	}
	if o.Cycles != nil {
		e.addCycles(o.Cycles)
	}
	if o.Links != nil {
		if e.Links == nil {
			e.Links = &chip.Links{}
		}
		e.Links.Add(o.Links)
	}
}

// addCycles adds a sample's times.
func (e *Evaluation) addCycles(c *chip.Cycles) {
	if e.Cycles == nil {
		e.Cycles = &chip.Cycles{}
	}
	e.Cycles.Add(c)
}

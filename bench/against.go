package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"

	"adder/chip"
	"adder/layout"
	"adder/sample"
	"adder/snn"
	"adder/spike"
)

// Against is the difference between a run on a chip and the float64 reference on the same samples.
// Ticks are model ticks.
type Against struct {
	// Layers are the populations of the chip, in order.
	Layers []LayerDifference
	// First is where any layer differs first, nil where none does.
	First *Divergence
	// Labelled is set where the samples have labels, and Correct is then the number of samples that
	// the reference classifies right. SameClass is the number of samples that both put into the
	// same class.
	Labelled                    bool
	Samples, Correct, SameClass int
}

// Accuracy is the share of samples that the reference classifies right.
func (a *Against) Accuracy() float64 { return share(a.Correct, a.Samples) }

// Agreement is the share of samples to which both give the same class.
func (a *Against) Agreement() float64 { return share(a.SameClass, a.Samples) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// Divergence is a tick of a sample in which two runs differ.
type Divergence struct {
	Layer        string
	Sample, Tick int
}

// LayerDifference compares a population with the node of its name. A
// population that spikes has spike counts, one that does not potentials.
type LayerDifference struct {
	Layer  string
	Spikes bool
	// Chip and Reference are the numbers of spikes.
	Chip, Reference int64
	// Differing is the number of pairs of neuron and tick in which one
	// spikes and the other does not, Diverged the number of samples with
	// such a pair, and First the earliest such tick, in the first sample
	// that has it, or nil.
	Differing int64
	Diverged  int
	First     *Divergence
	// RMSError is the root mean square difference of the potentials, and
	// RMS that of the reference's potentials themselves.
	RMSError, RMS float64
}

// Difference is the chip's number of spikes less the reference's, and its
// share of the reference's; 0 where both are silent, and +Inf where only
// the reference is.
func (d *LayerDifference) Difference() (spikes int64, relative float64) {
	spikes = d.Chip - d.Reference
	if spikes == 0 {
		return 0, 0
	}
	return spikes, float64(spikes) / float64(d.Reference)
}

// EvaluateAgainst is Evaluate on the fast engine that compares each sample with the reference
// engine. net is the network that the image was compiled from, after conversion. r.Engine must be
// nil.
func EvaluateAgainst(ctx context.Context, r Run, net *snn.Network) (*Evaluation, *Against, error) {
	c, err := newComparison(&r, net)
	if err != nil {
		return nil, nil, err
	}
	each := r.Each
	r.Engine, r.Also = c.engine, append(slices.Clone(r.Also), c)
	r.Each = func(sample int, o *chip.Outcome) error {
		c.collect(sample, o)
		if each == nil {
			return nil
		}
		return each(sample, o)
	}
	e, err := Evaluate(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	c.finish()
	return e, &c.out, nil
}

// comparison makes engines that run each sample twice.
type comparison struct {
	chip      *chip.Chip
	source    sample.Source
	options   chip.Options // with all populations probed
	reference *snn.Reference
	probes    snn.Probes
	spiking   bool
	sizes     []int
	// spikes and potentials are where each population's probe is in the
	// outcome, -1 where it has none; the first asked ones are the run's own.
	spikes, potentials             []int
	askedSpikes, askedPotentials   int
	out                            Against
	squares, references, potential []float64 // per layer: sums of squares, and how many
	mu                             sync.Mutex
	done                           map[uint64]*difference
}

func newComparison(r *Run, net *snn.Network) (*comparison, error) {
	reference, err := snn.NewReference(net, snn.ReferenceOptions{})
	if err != nil {
		return nil, err
	}
	if r.Options.Ticks == 0 {
		r.Options.Ticks = r.Source.Ticks()
	}
	pops := r.Chip.Image().Populations
	c := &comparison{
		chip: r.Chip, source: r.Source, options: r.Options, reference: reference,
		spiking:     outputSpikes(net),
		askedSpikes: len(r.Options.Spikes), askedPotentials: len(r.Options.Potentials),
		done:    map[uint64]*difference{},
		squares: make([]float64, len(pops)), references: make([]float64, len(pops)),
		potential: make([]float64, len(pops)),
	}
	c.options.Spikes = append([]int(nil), r.Options.Spikes...)
	c.options.Potentials = append([]int(nil), r.Options.Potentials...)
	c.out.Labelled = sample.Labelled(r.Source)
	for p := range pops {
		if _, ok := net.Find(pops[p].Name); !ok {
			return nil, fmt.Errorf("compare with the reference: the network %s has no layer %s, "+
				"which the image has", net.Name, pops[p].Name)
		}
		c.addLayer(p, &pops[p])
	}
	return c, nil
}

func (c *comparison) addLayer(p int, pop *layout.Population) {
	c.out.Layers = append(c.out.Layers, LayerDifference{Layer: pop.Name, Spikes: pop.Spikes})
	c.sizes = append(c.sizes, c.chip.Size(p))
	if pop.Spikes {
		c.probes.Spikes = append(c.probes.Spikes, pop.Name)
		c.spikes, c.potentials = append(c.spikes, len(c.options.Spikes)), append(c.potentials, -1)
		c.options.Spikes = append(c.options.Spikes, p)
		return
	}
	c.probes.Potentials = append(c.probes.Potentials, pop.Name)
	c.spikes, c.potentials = append(c.spikes, -1), append(c.potentials, len(c.options.Potentials))
	c.options.Potentials = append(c.options.Potentials, p)
}

func (c *comparison) engine() (chip.Engine, error) {
	return &twin{comparison: c, chip: c.chip.NewFast(c.options),
		reference: c.reference.Clone()}, nil
}

// twin runs each sample on the chip and on the reference.
type twin struct {
	comparison *comparison
	chip       chip.Engine
	reference  *snn.Reference
}

// Run implements chip.Engine.
func (w *twin) Run(ctx context.Context, s *chip.Sample) (*chip.Outcome, error) {
	o, err := w.chip.Run(ctx, s)
	if err != nil {
		return nil, err
	}
	c := w.comparison
	record, err := w.reference.Run(RealSignal(s, c.options.Ticks), c.probes)
	if err != nil {
		return nil, err
	}
	d := c.compare(o, record)
	o.Spikes, o.Potentials = o.Spikes[:c.askedSpikes], o.Potentials[:c.askedPotentials]
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done[s.Number] = d
	return o, nil
}

// difference is the difference of one sample.
type difference struct {
	class  int // of the reference
	layers []layerDifference
}

type layerDifference struct {
	chip, reference, differing int64
	first                      int // tick, or -1
	squares, references        float64
	values                     int
}

func (c *comparison) compare(o *chip.Outcome, record *snn.Record) *difference {
	d := &difference{class: referenceClass(record, c.spiking),
		layers: make([]layerDifference, len(c.out.Layers))}
	for p := range d.layers {
		name := c.out.Layers[p].Layer
		if k := c.spikes[p]; k >= 0 {
			d.layers[p] = compareSpikes(o.Spikes[k], record.Spikes[name])
			continue
		}
		d.layers[p] = c.comparePotentials(p, o.Potentials[c.potentials[p]], record.Potentials[name])
	}
	return d
}

func compareSpikes(got *spike.Train, want [][]uint8) layerDifference {
	d := layerDifference{chip: int64(got.Count()), first: -1}
	fired := make([]uint8, got.Sources())
	for t, row := range want {
		got.Each(t, func(n int) { fired[n] = 1 })
		for n, z := range row {
			d.reference += int64(z)
			if z == fired[n] {
				continue
			}
			d.differing++
			if d.first < 0 {
				d.first = t
			}
		}
		clear(fired)
	}
	return d
}

func (c *comparison) comparePotentials(p int, got []int32, want [][]float64) layerDifference {
	d := layerDifference{first: -1}
	pop := &c.chip.Image().Populations[p]
	for t, row := range want {
		for n, v := range row {
			e := chip.ModelUnits(pop, n, got[t*c.sizes[p]+n]) - v
			d.squares += float64(e * e)
			d.references += float64(v * v)
		}
		d.values += len(row)
	}
	return d
}

// collect adds a sample's difference; samples come in the order of the run.
func (c *comparison) collect(sample int, o *chip.Outcome) {
	c.mu.Lock()
	d := c.done[o.Number]
	delete(c.done, o.Number)
	c.mu.Unlock()
	c.out.Samples++
	if label := c.source.Label(sample); label >= 0 && d.class == label {
		c.out.Correct++
	}
	if d.class == o.Class {
		c.out.SameClass++
	}
	for p := range d.layers {
		c.out.Layers[p].add(&d.layers[p], sample)
		c.squares[p] += d.layers[p].squares
		c.references[p] += d.layers[p].references
		c.potential[p] += float64(d.layers[p].values)
	}
}

func (d *LayerDifference) add(one *layerDifference, sample int) {
	d.Chip += one.chip
	d.Reference += one.reference
	d.Differing += one.differing
	if one.first < 0 {
		return
	}
	d.Diverged++
	if d.First.after(sample, one.first) {
		d.First = &Divergence{Layer: d.Layer, Sample: sample, Tick: one.first}
	}
}

// after reports whether d comes after a tick of a sample; nil does.
func (d *Divergence) after(sample, tick int) bool {
	return d == nil || tick < d.Tick || tick == d.Tick && sample < d.Sample
}

// savedComparison is a comparison between two samples.
type savedComparison struct {
	Out                            Against
	Squares, References, Potential []float64
}

// SaveState implements Kept.
func (c *comparison) SaveState() ([]byte, error) {
	return json.Marshal(savedComparison{c.out, c.squares, c.references, c.potential})
}

// RestoreState implements Kept.
func (c *comparison) RestoreState(state []byte) error {
	var s savedComparison
	if err := json.Unmarshal(state, &s); err != nil {
		return err
	}
	n := len(c.out.Layers)
	if len(s.Out.Layers) != n || len(s.Squares) != n || len(s.References) != n ||
		len(s.Potential) != n {
		return fmt.Errorf("a comparison of %d layers of %d", len(s.Out.Layers), n)
	}
	c.out, c.squares, c.references, c.potential = s.Out, s.Squares, s.References, s.Potential
	return nil
}

// finish takes the roots, finds the first divergence and puts layers in the order of signals.
func (c *comparison) finish() {
	for p := range c.out.Layers {
		l := &c.out.Layers[p]
		if n := c.potential[p]; n > 0 {
			l.RMSError, l.RMS = math.Sqrt(c.squares[p]/n), math.Sqrt(c.references[p]/n)
		}
		if l.First != nil && c.out.First.after(l.First.Sample, l.First.Tick) {
			c.out.First = l.First
		}
	}
	layers := make([]LayerDifference, 0, len(c.out.Layers))
	for _, p := range c.chip.Image().ByDepth() {
		layers = append(layers, c.out.Layers[p])
	}
	c.out.Layers = layers
}

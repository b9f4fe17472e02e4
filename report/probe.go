package report

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"slices"

	"adder/chip"
	"adder/layout"
	"adder/report/svg"
	"adder/spike"
)

// probeSection is one sample, tick by tick, from probes.
type probeSection struct {
	Sample     samplePicture
	Raster     template.HTML
	Evidence   template.HTML
	Potentials template.HTML
	// Layer is the one whose potentials are drawn.
	Layer string
}

// probed is a sample that was run again with probes.
type probed struct {
	*source
	outcome *chip.Outcome
	input   *spike.Train // nil where the host sends levels
	ticks   int
	// output is the population that is read; reads is set where its potentials are recorded.
	output int
	reads  bool
	// hidden is the population whose potentials are drawn in addition to the readout, -1 for none:
	// the first that spikes, and of a network with one layer that one.
	hidden int
	// spiking are the populations whose spikes are recorded.
	spiking []int
}

// Bounds of what a sample is recorded for.
const (
	maxProbed     = 4 << 20 // potentials of a population over all ticks
	maxPopulation = 24      // populations in the raster
)

func newProbe(s *source) (*probeSection, error) {
	img := s.Comparison.Chip.Image()
	if img.Readout.Kind == layout.ReadoutNone || len(img.Populations) == 0 {
		return nil, nil
	}
	number := min(max(s.options.Sample, 0), s.Comparison.SNN.Samples-1)
	run, err := probeSample(s, number)
	if err != nil {
		return nil, fmt.Errorf("report: sample %d: %w", number, err)
	}
	shown, err := pictures(s, []int{number})
	if err != nil {
		return nil, err
	}
	p := &probeSection{Sample: shown[0], Raster: run.raster()}
	if run.reads {
		p.Evidence = run.evidence()
	}
	if run.hidden >= 0 {
		p.Potentials, p.Layer = run.potentials(), svg.Clean(img.Populations[run.hidden].Name)
	}
	return p, nil
}

// probeSample runs a sample on the fast engine, whose results are those of every engine.
func probeSample(s *source, number int) (*probed, error) {
	c := s.Comparison.Chip
	run := &probed{source: s, ticks: s.Comparison.SNN.Ticks,
		output: int(c.Image().Readout.Population), hidden: -1}
	o := s.Comparison.Options
	o.Ticks, o.Links, o.ByTick = run.ticks, false, false
	o.Spikes, o.Potentials = nil, nil
	for _, p := range c.Image().ByDepth() {
		if c.Image().Populations[p].Spikes && len(o.Spikes) < maxPopulation {
			o.Spikes = append(o.Spikes, p)
		}
	}
	if c.Image().Populations[run.output].Spikes && !slices.Contains(o.Spikes, run.output) {
		o.Spikes = append(o.Spikes, run.output)
	}
	run.spiking = o.Spikes
	if run.reads = c.Size(run.output)*run.ticks <= maxProbed; run.reads {
		o.Potentials = append(o.Potentials, run.output)
	}
	for _, p := range c.Image().ByDepth() {
		if p != run.output && run.hidden < 0 && c.Size(p)*run.ticks <= maxProbed &&
			slices.Contains(o.Spikes, p) {
			run.hidden = p
			o.Potentials = append(o.Potentials, p)
		}
	}
	if run.hidden < 0 && run.reads && slices.Contains(o.Spikes, run.output) {
		run.hidden = run.output
	}
	sample := &chip.Sample{}
	if _, err := s.Source.Feed(number, sample); err != nil {
		return nil, err
	}
	run.input = sample.Spikes
	outcome, err := c.NewFast(o).Run(context.Background(), sample)
	if err != nil {
		return nil, err
	}
	run.outcome = outcome
	return run, nil
}

// span is how many ticks potentials of a population are of: a code may need more than an
// input has.
func (r *probed) span(potentials []int32, size int) int { return len(potentials) / max(size, 1) }

// evidence draws what is read of each class over ticks: potentials, or spikes so far.
func (r *probed) evidence() template.HTML {
	c := r.Comparison.Chip
	img := c.Image()
	size := c.Size(r.output)
	if size > 1000 || len(r.outcome.Potentials[0]) < 2*size {
		return ""
	}
	lines := make([][]svg.Point, size)
	counts := img.Readout.Kind != layout.ReadoutPotential && img.Populations[r.output].Spikes
	title := "potential, model's units"
	if counts {
		title = "spikes so far"
	}
	sums := make([]float64, size)
	for t := range r.span(r.outcome.Potentials[0], size) {
		for n := range size {
			v := chip.ModelUnits(&img.Populations[r.output], n, r.outcome.Potentials[0][t*size+n])
			if counts {
				if r.trainOf(r.output).Get(t, n) {
					sums[n]++
				}
				v = sums[n]
			}
			lines[n] = append(lines[n], svg.Point{X: float64(t + 1), Y: v})
		}
	}
	chosen, label := r.outcome.Class, r.Comparison.SNN.Labels[r.outcome.Number]
	if img.Readout.Kind == layout.ReadoutLabels || size == 1 {
		chosen, label = -1, -1 // neurons are not classes
	}
	class := func(n int) (class, name string) {
		switch n {
		case chosen:
			return "curve s0", fmt.Sprintf("class %d, chosen", n)
		case label:
			return "curve s1", fmt.Sprintf("class %d, label", n)
		}
		return "curve other", fmt.Sprintf("output %d", n)
	}
	return r.lines("what is read of each output", title, lines, class, chosen, label)
}

func (r *probed) trainOf(p int) *spike.Train {
	return r.outcome.Spikes[slices.Index(r.spiking, p)]
}

// active are three neurons of a population: those that spike most, of several the first.
func (r *probed) active(p int) []int {
	size := r.Comparison.Chip.Size(p)
	order, spikes := make([]int, size), make([]int, size)
	for n := range order {
		order[n] = n
	}
	if r.Comparison.Chip.Image().Populations[p].Spikes {
		train := r.trainOf(p)
		var taken []int32
		for t := range train.Ticks() {
			taken = train.AppendTick(t, taken[:0])
			for _, n := range taken {
				spikes[n]++
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(spikes[b], spikes[a]) })
	return order[:min(size, 3)]
}

// potentials draws those of the neurons of a layer that spike most.
func (r *probed) potentials() template.HTML {
	c := r.Comparison.Chip
	pop, size := &c.Image().Populations[r.hidden], c.Size(r.hidden)
	v, chosen := r.outcome.Potentials[len(r.outcome.Potentials)-1], r.active(r.hidden)
	if len(v) < 2*size || size == 0 {
		return ""
	}
	var lines [][]svg.Point
	for _, n := range chosen {
		var line []svg.Point
		for t := range r.span(v, size) {
			line = append(line, svg.Point{X: float64(t + 1), Y: chip.ModelUnits(pop, n, v[t*size+n])})
		}
		lines = append(lines, line)
	}
	class := func(k int) (class, name string) {
		return fmt.Sprintf("curve s%d", k), fmt.Sprintf("neuron %d", chosen[k])
	}
	return r.lines("potentials of three neurons of "+pop.Name, "potential, model's units", lines,
		class, 0, 1, 2)
}

// lines draws a line per neuron; those named are drawn above the others and in the legend.
func (r *probed) lines(
	label, title string, lines [][]svg.Point, class func(int) (class, name string), named ...int,
) template.HTML {
	least, greatest := 0.0, 0.0
	for _, line := range lines {
		for _, p := range line {
			least, greatest = min(least, p.Y), max(greatest, p.Y)
		}
	}
	c := tickChart(label, len(lines[0]), 1)
	c.Y = svg.Linear(least, greatest, c.Bottom, c.Top)
	tickAxes(c, "tick of the model", title, digits)
	for n, line := range lines {
		if name, words := class(n); name == "curve other" {
			c.Curve(line, name, words)
		}
	}
	done := map[int]bool{}
	for _, n := range named {
		if n < 0 || n >= len(lines) || done[n] {
			continue
		}
		name, words := class(n)
		c.Curve(lines[n], name, words)
		c.Legend(len(done), 3, 0, name, words)
		done[n] = true
	}
	return c.HTML()
}

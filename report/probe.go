package report

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"slices"
	"strings"

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
	// output is the population that is read.
	output int
	// hidden is the population whose potentials are drawn beside what is read, -1 for none:
	// the first that spikes, and of a network with one layer that one.
	hidden int
	// spiking are the populations whose spikes are recorded.
	spiking []int
}

// Bounds of what a sample is recorded for.
const (
	maxProbed     = 4 << 20 // potentials of a population over all ticks
	maxPopulation = 24      // populations in the raster
	rasterRows    = 40      // neurons of a population there
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
	p := &probeSection{Sample: shown[0], Raster: run.raster(), Evidence: run.evidence()}
	if run.hidden >= 0 {
		p.Potentials, p.Layer = run.potentials(), svg.Clean(img.Populations[run.hidden].Name)
	}
	return p, nil
}

// probeSample runs a sample on the fast engine, which does what every engine does.
func probeSample(s *source, number int) (*probed, error) {
	c := s.Comparison.Chip
	run := &probed{source: s, ticks: s.Comparison.SNN.Ticks, output: int(c.Image().Readout.Population), hidden: -1}
	o := s.Comparison.Options
	o.Ticks, o.Links, o.ByTick = run.ticks, false, false
	o.Spikes, o.Potentials = nil, nil
	for p := range c.Image().Populations {
		if c.Image().Populations[p].Spikes && len(o.Spikes) < maxPopulation {
			o.Spikes = append(o.Spikes, p)
		}
	}
	if c.Image().Populations[run.output].Spikes && !slices.Contains(o.Spikes, run.output) {
		o.Spikes = append(o.Spikes, run.output)
	}
	run.spiking = o.Spikes
	o.Potentials = append(o.Potentials, run.output)
	for p := range c.Image().Populations {
		if p != run.output && run.hidden < 0 && c.Size(p)*run.ticks <= maxProbed && slices.Contains(o.Spikes, p) {
			run.hidden = p
			o.Potentials = append(o.Potentials, p)
		}
	}
	if run.hidden < 0 && slices.Contains(o.Spikes, run.output) {
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

// band is a source of spikes in the raster.
type band struct {
	name  string
	train *spike.Train
	size  int
}

func (r *probed) bands() []band {
	var out []band
	c := r.Comparison.Chip
	if r.input != nil && c.Image().Host == nil {
		out = append(out, band{"input", r.input, r.input.Sources()})
	}
	for k, p := range r.spiking {
		out = append(out, band{c.Image().Populations[p].Name, r.outcome.Spikes[k], c.Size(p)})
	}
	return out
}

// raster draws spikes of each layer, of evenly chosen neurons where there are many.
func (r *probed) raster() template.HTML {
	bands := r.bands()
	if len(bands) == 0 {
		return ""
	}
	const names, width, row, gap = 130, 720, 3, 26
	height := 0.0
	for _, b := range bands {
		height += row*float64(min(b.size, rasterRows)) + gap
	}
	p := svg.New(width, height+34, "chart wide", "spikes of one sample by layer, neuron and tick")
	x := svg.Scale{Greatest: float64(r.ticks), From: names, To: width - 12}
	y := 0.0
	for _, b := range bands {
		rows := min(b.size, rasterRows)
		h := row * float64(rows)
		d, total, active, shown := r.spikesPath(b, rows, x, y, row)
		title := fmt.Sprintf("%s: %s of %s", b.name, things(total, "spike"), things(b.size, "neuron"))
		p.Begin("", title)
		p.Rect(names, y, width-12-names, h, "floor", "")
		p.Path(d, "spike", "")
		p.Fitted(names-8, y+min(h/2+4, 14), names-8, "e", b.name)
		words := things(total, "spike")
		if shown < b.size {
			words = fmt.Sprintf("%s; %d of the %s that spike, of %s", words, shown, count(float64(active)), count(float64(b.size)))
		}
		p.Text(width-12, y+h+14, "e muted small", words)
		p.End()
		y += h + gap
	}
	for _, v := range x.Ticks(8) {
		p.Line(x.At(v), y-6, x.At(v), y-2, "rule", "")
		p.Text(x.At(v), y+10, "c", count(v))
	}
	p.Text((names+width)/2, y+28, "c muted", "tick of the model")
	return p.HTML()
}

// spikesPath draws spikes of some sources as a stroke each, and counts those of all. Where
// there are more sources than rows, sources that spike are taken, evenly.
func (r *probed) spikesPath(b band, rows int, x svg.Scale, y, row float64) (d string, total, active, shown int) {
	ticks := min(r.ticks, b.train.Ticks())
	spikes := make([]int, b.size)
	var taken []int32
	for t := range ticks {
		taken = b.train.AppendTick(t, taken[:0])
		total += len(taken)
		for _, n := range taken {
			spikes[n]++
		}
	}
	place := make([]int, b.size) // 1 + row, 0 for none
	for n := range spikes {
		if spikes[n] > 0 {
			active++
		}
	}
	seen := 0
	for n := range spikes {
		switch {
		case b.size <= rows:
			place[n], shown = n+1, b.size
		case spikes[n] > 0:
			if active <= rows || seen*rows/active < (seen+1)*rows/active {
				shown++
				place[n] = shown
			}
			seen++
		}
	}
	return strokes(b.train, place, ticks, x, y, row), total, active, shown
}

// strokes draws a stroke per spike of the sources that have a place, tick by tick from above,
// each from the end of the one before.
func strokes(train *spike.Train, place []int, ticks int, x svg.Scale, y, row float64) string {
	var path strings.Builder
	var taken []int32
	for t := range ticks {
		taken = train.AppendTick(t, taken[:0])
		last := 0
		for _, n := range taken {
			switch {
			case place[n] == 0:
				continue
			case last == 0:
				fmt.Fprintf(&path, "M%.1f %gv%g", x.At(float64(t)+0.5), y+row*float64(place[n]-1), row-0.5)
			default:
				fmt.Fprintf(&path, "m0 %gv%g", row*float64(place[n]-last)-row+0.5, row-0.5)
			}
			last = place[n]
		}
	}
	return path.String()
}

// evidence draws what is read of each class over ticks: potentials, or spikes so far.
func (r *probed) evidence() template.HTML {
	c := r.Comparison.Chip
	img := c.Image()
	size := c.Size(r.output)
	lines := make([][]svg.Point, size)
	counts := img.Readout.Kind != layout.ReadoutPotential && img.Populations[r.output].Spikes
	title := "potential, model's units"
	if counts {
		title = "spikes so far"
	}
	sums := make([]float64, size)
	for t := range r.ticks {
		for n := range size {
			v := chip.Model(&img.Populations[r.output], n, r.outcome.Potentials[0][t*size+n])
			if counts {
				if r.trainOf(r.output).Get(t, n) {
					sums[n]++
				}
				v = sums[n]
			}
			lines[n] = append(lines[n], svg.Point{X: float64(t + 1), Y: v})
		}
	}
	if size > 1000 || r.ticks < 2 {
		return ""
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
		for t := range r.ticks {
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
	if r.ticks < 2 || size == 0 {
		return ""
	}
	v, chosen := r.outcome.Potentials[len(r.outcome.Potentials)-1], r.active(r.hidden)
	var lines [][]svg.Point
	for _, n := range chosen {
		var line []svg.Point
		for t := range r.ticks {
			line = append(line, svg.Point{X: float64(t + 1), Y: chip.Model(pop, n, v[t*size+n])})
		}
		lines = append(lines, line)
	}
	class := func(k int) (class, name string) {
		return fmt.Sprintf("curve s%d", k), fmt.Sprintf("neuron %d", chosen[k])
	}
	return r.lines("potentials of three neurons of "+pop.Name, "potential, model's units", lines, class, 0, 1, 2)
}

// lines draws a line per neuron; those named stand above the others and in the legend.
func (r *probed) lines(label, title string, lines [][]svg.Point, class func(int) (class, name string), named ...int) template.HTML {
	least, greatest := 0.0, 0.0
	for _, line := range lines {
		for _, p := range line {
			least, greatest = min(least, p.Y), max(greatest, p.Y)
		}
	}
	c := tickChart(label, r.ticks, 1)
	c.Y = svg.Linear(least, greatest, c.Bottom, c.Top)
	c.Axes(svg.Axis{Title: "tick of the model", Text: count, About: 6}, svg.Axis{Title: title, Text: digits, About: 5})
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

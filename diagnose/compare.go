package diagnose

import (
	"context"
	"math"

	"adder/bench/proportion"
	"adder/spike"
)

// climb sums what the forms made of the samples so far.
type climb struct {
	c      *Case
	forms  []namedForm
	layers []string // those of the image, in order
	scales map[string]layerScale
	sums   []sums
}

// sums are those of a form.
type sums struct {
	samples, correct, agree int
	// pairs are the samples that the form before has right, or that this one has.
	pairs         proportion.Pairs
	spikes        map[string]int64
	missed, whole map[string]float64
	first         *Divergence
}

func newClimb(c *Case, forms []namedForm) *climb {
	out := &climb{c: c, forms: forms, scales: scalesOf(c), sums: make([]sums, len(forms))}
	for i := range c.Compiled.Image.Populations {
		out.layers = append(out.layers, c.Compiled.Image.Populations[i].Name)
	}
	for i := range out.sums {
		out.sums[i] = sums{spikes: map[string]int64{}, missed: map[string]float64{},
			whole: map[string]float64{}}
	}
	return out
}

// sample runs all forms on sample i.
func (c *climb) sample(ctx context.Context, i int) error {
	var first, before *step
	for k, f := range c.forms {
		now, err := f.run(ctx, i)
		if err != nil {
			return err
		}
		if first == nil {
			first = now
		}
		c.add(&c.sums[k], i, now, first)
		if before != nil {
			c.pair(&c.sums[k].pairs, i, before, now, first)
		}
		if before != nil && c.sums[k].first == nil {
			if d := c.diverges(before, now); d != nil {
				d.Sample = i
				c.sums[k].first = d
			}
		}
		before = now
	}
	return nil
}

// add sums a sample of a form.
func (c *climb) add(s *sums, i int, now, first *step) {
	s.samples++
	if label := c.c.Source.Label(i); label >= 0 && label == now.class {
		s.correct++
	}
	if now.class == first.class {
		s.agree++
	}
	for _, layer := range c.layers {
		if train := now.trains[layer]; train != nil {
			s.spikes[layer] += int64(train.Count())
		}
		want, have := first.values[layer], now.values[layer]
		if want == nil || len(have) != len(want) {
			continue
		}
		for n := range want {
			d := have[n] - want[n]
			s.missed[layer] += float64(d * d)
			s.whole[layer] += float64(want[n] * want[n])
		}
	}
}

// pair counts a sample that one of two forms has right and the other has not, by the class of the
// first form where there is no label.
func (c *climb) pair(p *proportion.Pairs, i int, before, now, first *step) {
	class := first.class
	if label := c.c.Source.Label(i); label >= 0 {
		class = label
	}
	p.Samples++
	switch {
	case before.class == class && now.class != class:
		p.First++
	case before.class != class && now.class == class:
		p.Second++
	}
}

// lossOf is the loss of a form on these pairs.
func lossOf(p proportion.Pairs) *Loss {
	interval := p.Interval()
	return &Loss{Points: 100 * p.Difference(),
		Interval:  [2]float64{100 * interval.Low, 100 * interval.High},
		Undecided: interval.Contains(0)}
}

// diverges finds where a form first differs from the one before, nil where it does not.
func (c *climb) diverges(before, now *step) *Divergence {
	if sameTicks(before.trains, now.trains) {
		return c.unlikeSpike(before, now)
	}
	for _, layer := range c.layers {
		if a, b := before.levels[layer], now.levels[layer]; a != nil && len(a) == len(b) {
			for n := range a {
				if a[n] != b[n] {
					return &Divergence{Layer: layer, Neuron: n}
				}
			}
			continue
		}
		if d := c.unlikeValue(layer, before.values[layer], now); d != nil {
			return d
		}
	}
	return nil
}

// sameTicks reports whether two forms have spikes of the same layers in the same ticks.
func sameTicks(a, b map[string]*spike.Train) bool {
	shared := false
	for layer, x := range a {
		if y := b[layer]; y != nil {
			if x.Ticks() != y.Ticks() || x.Sources() != y.Sources() {
				return false
			}
			shared = true
		}
	}
	return shared
}

// unlikeSpike finds the first tick, and in it the first layer and neuron, in which one
// form spikes and the other does not.
func (c *climb) unlikeSpike(before, now *step) *Divergence {
	ticks := 0
	for _, train := range before.trains {
		ticks = max(ticks, train.Ticks())
	}
	for t := range ticks {
		for _, layer := range c.layers {
			a, b := before.trains[layer], now.trains[layer]
			if a == nil || b == nil || t >= a.Ticks() {
				continue
			}
			for n := range a.Sources() {
				if a.Get(t, n) == b.Get(t, n) {
					continue
				}
				d := &Divergence{Tick: &t, Layer: layer, Neuron: n}
				if before.margin != nil {
					if m := before.margin(layer, t, n); !math.IsNaN(m) {
						d.Margin = &m
					}
				}
				return d
			}
		}
	}
	return nil
}

// unlikeValue finds the first neuron of a layer whose activation differs by more than half
// a level, or of a form in real numbers at all.
func (c *climb) unlikeValue(layer string, before []float64, now *step) *Divergence {
	have := now.values[layer]
	if before == nil || len(have) != len(before) {
		return nil
	}
	scale, known := c.scales[layer]
	if !known {
		return nil
	}
	levels := now.levels[layer] != nil || now.trains[layer] != nil
	for n := range before {
		unit := scale.of(n, len(before))
		if c.c.Compiled.Quantised == nil {
			unit /= float64(c.c.Source.Ticks())
		}
		off := math.Abs(have[n] - before[n])
		if !levels && off > unit*1e-9 {
			// of what is cut, by how many ranges it is beyond
			cut := (have[n] - before[n]) / have[n]
			return &Divergence{Layer: layer, Neuron: n, Margin: &cut}
		}
		if levels && off > unit*(0.5+1e-9) {
			at := before[n]/unit + 0.5
			margin := math.Abs(at - math.Round(at))
			return &Divergence{Layer: layer, Neuron: n, Margin: &margin}
		}
	}
	return nil
}

// rungs makes the report.
func (c *climb) rungs() []Rung {
	var out []Rung
	for k := range c.forms {
		s := &c.sums[k]
		n := float64(max(s.samples, 1))
		r := Rung{Name: c.forms[k].name, Agreement: float64(s.agree) / n, First: s.first,
			Layers: []Layer{}}
		if c.c.Source.Len() > 0 && c.c.Source.Label(0) >= 0 {
			accuracy, interval := float64(s.correct)/n, proportion.Of(s.correct, s.samples)
			r.Accuracy, r.Interval = &accuracy, &[2]float64{interval.Low, interval.High}
		}
		if k > 0 {
			r.Lost = lossOf(s.pairs)
		}
		for _, layer := range c.layers {
			l := Layer{Layer: layer}
			if spikes, ok := s.spikes[layer]; ok {
				mean := float64(spikes) / n
				l.Spikes = &mean
			}
			if whole, ok := s.whole[layer]; ok && whole > 0 {
				e := math.Sqrt(s.missed[layer] / whole)
				l.Error = &e
			}
			r.Layers = append(r.Layers, l)
		}
		out = append(out, r)
	}
	return out
}

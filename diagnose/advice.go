package diagnose

import (
	"cmp"
	"fmt"
	"slices"
)

// worthTelling is the loss of accuracy, or of agreement where there are no labels, from
// which a rung has advice.
const worthTelling = 0.001

// advice lists settings to change, for the rung that loses most first; losses that the samples do
// not show come after those that they do.
func advice(l *Ladder, c *Case) []string {
	type loss struct {
		rung, rank int // rank is 1 of a loss within noise, which comes last
		lost       float64
	}
	var losses []loss
	for k := 1; k < len(l.Rungs); k++ {
		lost, rank := scoreOf(&l.Rungs[k-1])-scoreOf(&l.Rungs[k]), 0
		if noise(&l.Rungs[k]) {
			rank = 1
		}
		if lost >= worthTelling {
			losses = append(losses, loss{k, rank, lost})
		}
	}
	slices.SortStableFunc(losses, func(a, b loss) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.lost, a.lost))
	})
	out := []string{}
	for _, x := range losses {
		r := &l.Rungs[x.rung]
		out = append(out, fmt.Sprintf("%s loses %.2f points%s: %s", r.Name, 100*x.lost,
			doubt(r, l.Samples), turn(l, x.rung, c)))
	}
	for k := 2; k < len(l.Rungs); k++ {
		if r := &l.Rungs[k]; (r.Name == rungChip ||
			c.Compiled.Quantised != nil && r.Name == rungIntegers) && r.First != nil {
			out = append(out,
				fmt.Sprintf("%s must equal %s and does not, first at neuron %d of %s in sample "+
					"%d: this is a fault of Adder's", r.Name, l.Rungs[k-1].Name, r.First.Neuron,
					r.First.Layer, r.First.Sample))
		}
	}
	if len(out) == 0 {
		out = append(out, "no rung loses a tenth of a point"+open(l)+": nothing to turn")
	}
	return out
}

// noise reports whether so few samples do not tell that a rung loses anything.
func noise(r *Rung) bool { return r.Lost != nil && r.Lost.Undecided }

// doubt says of a loss that the samples do not show it.
func doubt(r *Rung, samples int) string {
	if !noise(r) {
		return ""
	}
	return fmt.Sprintf(" on %s, which is within noise (%+.2f to %+.2f; more samples decide); if "+
		"it is real", samplesText(samples), r.Lost.Interval[0], r.Lost.Interval[1])
}

// worthOpen is a loss in points that should not be left open.
const worthOpen = 1

// open says how much a rung may lose that the samples do not show.
func open(l *Ladder) string {
	most := 0.0
	for i := range l.Rungs {
		if lost := l.Rungs[i].Lost; lost != nil {
			most = max(most, lost.Interval[1])
		}
	}
	if most < worthOpen {
		return ""
	}
	return fmt.Sprintf(" on %s, which leaves losses of up to %.1f points open (more samples decide)",
		samplesText(l.Samples), most)
}

func samplesText(n int) string {
	if n == 1 {
		return "1 sample"
	}
	return fmt.Sprintf("%d samples", n)
}

func scoreOf(r *Rung) float64 {
	if r.Accuracy != nil {
		return *r.Accuracy
	}
	return r.Agreement
}

// turn is a possible remedy for the loss of a rung.
func turn(l *Ladder, k int, c *Case) string {
	r := &l.Rungs[k]
	worst := steepest(&l.Rungs[k-1], r)
	switch r.Name {
	case rungNormalised:
		if c.Compiled.Quantised != nil {
			return fmt.Sprintf("ranges cut %s most: more --activation-bits make them wider, more "+
				"--calibrate-samples truer", worst)
		}
		return fmt.Sprintf("ranges cut %s most: raise --percentile, or give more "+
			"--calibrate-samples", worst)
	case rungQuantised:
		if worst == firstLayer(r) {
			return fmt.Sprintf("the error begins at %s, which hears the input: give more "+
				"--input-bits, then more --activation-bits or --bits", worst)
		}
		return fmt.Sprintf("the error grows most at %s: give more --activation-bits, --bits for "+
			"its weights, or fine-tune the network (train ann --from)", worst)
	case rungSpiking:
		return fmt.Sprintf("rates of so few ticks are coarse, most at %s: give more --ticks, or "+
			"--code radix, which is exact", worst)
	case rungIntegers:
		return fmt.Sprintf("weights and thresholds are coarse, most at %s: give more --bits, or "+
			"a chip with wider potentials", worst)
	}
	return "the placed chip must equal its integers: this is a fault of Adder's"
}

// steepest is the layer whose error grows most from one rung to the next.
func steepest(before, now *Rung) string {
	best, most := firstLayer(now), 0.0
	for i := range now.Layers {
		if now.Layers[i].Error == nil {
			continue
		}
		grown := *now.Layers[i].Error
		if before.Layers[i].Error != nil {
			grown -= *before.Layers[i].Error
		}
		if i > 0 && now.Layers[i-1].Error != nil {
			grown -= *now.Layers[i-1].Error // what the layer before had already
		}
		if grown > most {
			best, most = now.Layers[i].Layer, grown
		}
	}
	return best
}

func firstLayer(r *Rung) string {
	if len(r.Layers) == 0 {
		return "the network"
	}
	return r.Layers[0].Layer
}

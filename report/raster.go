package report

import (
	"fmt"
	"html/template"
	"strings"

	"adder/report/svg"
	"adder/spike"
)

// rasterRows bounds the neurons of a population in the raster.
const rasterRows = 40

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
	ticks := 1
	for _, b := range bands {
		ticks = max(ticks, b.train.Ticks())
	}
	x := svg.Scale{Greatest: float64(ticks), From: names, To: width - 12}
	y := 0.0
	for _, b := range bands {
		rows := min(b.size, rasterRows)
		h := row * float64(rows)
		d, total, active, shown := r.spikesPath(b, rows, x, y, row)
		title := fmt.Sprintf("%s: %s of %s", b.name, things(total, "spike"),
			things(b.size, "neuron"))
		p.Begin("", title)
		p.Rect(names, y, width-12-names, h, "floor", "")
		p.Path(d, "spike", "")
		p.Fitted(names-8, y+min(h/2+4, 14), names-8, "e", b.name)
		words := things(total, "spike")
		if shown < b.size {
			words = fmt.Sprintf("%s; %d of the %s that spike, of %s", words,
				shown, count(float64(active)), count(float64(b.size)))
		}
		p.Text(width-12, y+h+14, "e muted small", words)
		p.End()
		y += h + gap
	}
	for _, v := range x.Ticks(min(8, ticks)) {
		p.Line(x.At(v), y-6, x.At(v), y-2, "rule", "")
		p.Text(x.At(v), y+10, "c", count(v))
	}
	p.Text((names+width)/2, y+28, "c muted", "tick of the model")
	return p.HTML()
}

// spikesPath draws spikes of some sources as a stroke each, and counts those of all. Where
// there are more sources than rows, sources that spike are taken, evenly.
func (r *probed) spikesPath(
	b band, rows int, x svg.Scale, y, row float64,
) (d string, total, active, shown int) {
	ticks := b.train.Ticks()
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
				fmt.Fprintf(&path, "M%.1f %gv%g", x.At(float64(t)+0.5), y+row*float64(place[n]-1),
					row-0.5)
			default:
				fmt.Fprintf(&path, "m0 %gv%g", row*float64(place[n]-last)-row+0.5, row-0.5)
			}
			last = place[n]
		}
	}
	return path.String()
}

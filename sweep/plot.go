package sweep

import (
	"bytes"
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	_ "gonum.org/v1/plot/vg/vgsvg" // registers svg

	"adder/bench/energy"
)

const (
	pictureWidth  = 18 * vg.Centimeter
	pictureHeight = 11 * vg.Centimeter
	legendWidth   = 4 * vg.Centimeter
	// typeface is what gonum calls the one without serifs; other widths of it are substitutes.
	typeface = "Liberation Sans"
	// logarithmic is the ratio from which on an axis has powers of ten.
	logarithmic = 10
)

// The colours of points on the front and of others, which the colour-blind tell apart
// (Okabe and Ito, 2008).
var (
	frontTint = color.RGBA{213, 94, 0, 255}
	otherTint = color.RGBA{86, 180, 233, 255}
	// refusedTint is that of results that a condition refuses.
	refusedTint = color.RGBA{200, 200, 200, 255}
)

// dot is the position of rows in the picture: by their values, so that equal ones are one dot.
type dot struct{ x, y float64 }

// group is a kind of point.
type group struct {
	name  string
	shape draw.GlyphDrawer
	tint  color.Color
	// rows counts the rows at each dot, spans has intervals of the value upwards.
	rows  map[dot]int
	spans map[dot][2]float64
}

// kinds sorts the rows that have both values, those drawn last at the end.
func (t *Table) kinds(up, across string) (refused, beaten, front group) {
	refused = group{"refused by where", draw.RingGlyph{}, refusedTint, map[dot]int{}, nil}
	beaten = group{"beaten", draw.RingGlyph{}, otherTint, map[dot]int{}, nil}
	front = group{"front", draw.CircleGlyph{}, frontTint, map[dot]int{}, map[dot][2]float64{}}
	for i := range t.Rows {
		y, okY := t.number(i, up)
		x, okX := t.number(i, across)
		at, r := dot{x, y}, &t.Rows[i]
		switch {
		case !okX || !okY:
		case r.Front:
			front.rows[at]++
			if up == accuracyColumn && r.Interval != nil {
				front.spans[at] = *r.Interval
			}
		case !r.Wanted:
			refused.rows[at]++
		default:
			beaten.rows[at]++
		}
	}
	if len(front.spans) > 0 {
		front.name = "front, 95 % interval"
	}
	return refused, beaten, front
}

// dots are those of a group from left to right, from below upwards.
func (g *group) dots() plotter.XYs {
	var out plotter.XYs
	for at := range g.rows {
		out = append(out, plotter.XY{X: at.x, Y: at.y})
	}
	slices.SortFunc(out, func(a, b plotter.XY) int {
		return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y))
	})
	return out
}

// count is the number of rows of groups.
func count(groups ...group) (n int) {
	for _, g := range groups {
		for _, rows := range g.rows {
			n += rows
		}
	}
	return n
}

// picture draws the points by the first two objectives as SVG, nil where fewer than two
// have both.
func (t *Table) picture() ([]byte, error) {
	up, across := t.Objectives[0].Column, t.Objectives[1].Column
	refused, beaten, front := t.kinds(up, across)
	groups := []group{refused, beaten, front}
	total := count(groups...)
	if total < 2 {
		return nil, nil
	}
	p, legend := plot.New(), plot.NewLegend()
	p.Title.Text = fmt.Sprintf("%s: %d points", t.name, total)
	p.X.Label.Text, p.Y.Label.Text = withUnit(across), withUnit(up)
	plain(p, &legend)
	p.X.Tick.Marker = ticksOf(across, linearTicks)
	logX(p, across, slices.Concat(refused.dots(), beaten.dots(), front.dots()))
	for i := range groups {
		if err := groups[i].draw(p, &legend, i == len(groups)-1); err != nil {
			return nil, fmt.Errorf("sweep: picture: %w", err)
		}
	}
	canvas, err := draw.NewFormattedCanvas(pictureWidth, pictureHeight, "svg")
	if err != nil {
		return nil, fmt.Errorf("sweep: picture: %w", err)
	}
	edge := vg.Millimeter * 3
	whole := draw.Crop(draw.New(canvas), edge, -edge, edge, -edge)
	p.Draw(draw.Crop(whole, 0, -legendWidth, 0, 0))
	legend.Draw(draw.Crop(whole, whole.Max.X-whole.Min.X-legendWidth, 0, 0, 0))
	var out bytes.Buffer
	_, err = canvas.WriteTo(&out)
	return bytes.ReplaceAll(out.Bytes(), []byte("font-family:"+typeface),
		[]byte("font-family:"+typeface+", Arial, Helvetica, sans-serif")), err
}

// plain has labels without serifs, some way from the edges and the axes.
func plain(p *plot.Plot, legend *plot.Legend) {
	for _, style := range []*text.Style{
		&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label,
		&p.Y.Tick.Label, &legend.TextStyle,
	} {
		style.Font.Typeface, style.Font.Variant = "Liberation", "Sans"
	}
	legend.TextStyle.Font.Size = vg.Points(10)
	legend.Padding, legend.Top, legend.Left = vg.Points(3), true, true
	p.Y.Tick.Marker = plot.TickerFunc(linearTicks)
	p.Title.Padding, p.X.Label.Padding, p.Y.Label.Padding = vg.Points(8), vg.Points(4), vg.Points(4)
}

// logX gives the horizontal axis powers of ten where the values span some.
func logX(p *plot.Plot, column string, points plotter.XYs) {
	low, high := points[0].X, points[0].X
	for _, q := range points {
		low, high = min(low, q.X), max(high, q.X)
	}
	if low > 0 && high/low >= logarithmic {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, ticksOf(column, logTicks)
	}
}

// linearTicks are about five multiples of 1, 2 or 5 times a power of ten.
func linearTicks(low, high float64) (ticks []plot.Tick) {
	if !(high > low) {
		return []plot.Tick{{Value: low, Label: label6(low)}}
	}
	step := math.Pow(10, math.Floor(math.Log10((high-low)/5)))
	for _, lead := range []float64{5, 2} {
		if (high-low)/(step*lead) >= 3 {
			step *= lead
			break
		}
	}
	for k := math.Ceil(low / step); k*step <= high; k++ {
		ticks = append(ticks, plot.Tick{Value: k * step, Label: label6(k * step)})
	}
	return ticks
}

func label6(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }

// logTicks are 1, 2 and 5 times the powers of ten, and these alone over many decades.
func logTicks(low, high float64) (ticks []plot.Tick) {
	leads := []float64{1, 2, 5}
	if high/low > 1e4 {
		leads = leads[:1]
	}
	for exponent := math.Floor(math.Log10(low)); exponent <= math.Log10(high); exponent++ {
		for _, lead := range leads {
			if x := lead * math.Pow(10, exponent); x >= low && x <= high {
				ticks = append(ticks, plot.Tick{Value: x, Label: label6(x)})
			}
		}
	}
	return ticks
}

// ticksOf writes the ticks of energies with their units.
func ticksOf(column string, ticks func(low, high float64) []plot.Tick) plot.Ticker {
	return plot.TickerFunc(func(low, high float64) []plot.Tick {
		out := ticks(low, high)
		for i := range out {
			if column == energyColumn && out[i].Label != "" {
				out[i].Label = energy.Text(out[i].Value)
			}
		}
		return out
	})
}

// withUnit is a column with what its values are of.
func withUnit(column string) string {
	if column == energyColumn {
		return column + " per inference"
	}
	return column
}

// draw adds the dots of a group, with how many rows lie on one where that is several, and
// joined by a line or not.
func (g *group) draw(p *plot.Plot, legend *plot.Legend, joined bool) error {
	points := g.dots()
	if len(points) == 0 {
		return nil
	}
	for _, at := range points {
		span, ok := g.spans[dot{at.X, at.Y}]
		if !ok {
			continue
		}
		bar, err := plotter.NewLine(plotter.XYs{{X: at.X, Y: span[0]}, {X: at.X, Y: span[1]}})
		if err != nil {
			return err
		}
		bar.Color, bar.Width = g.tint, vg.Points(0.6)
		p.Add(bar)
	}
	dots, err := plotter.NewScatter(points)
	if err != nil {
		return err
	}
	dots.GlyphStyle = draw.GlyphStyle{Color: g.tint, Radius: vg.Points(2.5), Shape: g.shape}
	p.Add(dots)
	legend.Add(g.name, dots)
	if err := g.number(p, points); err != nil || !joined || len(points) < 2 {
		return err
	}
	line, err := plotter.NewLine(points)
	if err != nil {
		return err
	}
	line.Color = g.tint
	p.Add(line)
	return nil
}

// number writes beside a dot how many rows it stands for, where they are several.
func (g *group) number(p *plot.Plot, points plotter.XYs) error {
	var several plotter.XYLabels
	for _, at := range points {
		if n := g.rows[dot{at.X, at.Y}]; n > 1 {
			several.XYs = append(several.XYs, at)
			several.Labels = append(several.Labels, fmt.Sprintf("%d equal", n))
		}
	}
	if len(several.XYs) == 0 {
		return nil
	}
	labels, err := plotter.NewLabels(several)
	if err != nil {
		return err
	}
	labels.Offset = vg.Point{X: vg.Points(4), Y: vg.Points(-3)}
	for i := range labels.TextStyle {
		labels.TextStyle[i].Font = p.X.Tick.Label.Font
		labels.TextStyle[i].Font.Size = vg.Points(8)
	}
	p.Add(labels)
	return nil
}

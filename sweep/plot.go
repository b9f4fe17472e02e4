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
)

const (
	pictureWidth  = 18 * vg.Centimeter
	pictureHeight = 11 * vg.Centimeter
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

// picture draws the points by the first two objectives as SVG, nil where fewer than two
// have both.
func (t *Table) picture() ([]byte, error) {
	up, across := t.Objectives[0].Column, t.Objectives[1].Column
	var all, front, refused plotter.XYs
	for i := range t.Rows {
		y, errY := strconv.ParseFloat(t.cell(i, up), 64)
		x, errX := strconv.ParseFloat(t.cell(i, across), 64)
		switch {
		case errX != nil || errY != nil:
		case t.Rows[i].Front:
			front = append(front, plotter.XY{X: x, Y: y})
		case !t.Rows[i].Wanted:
			refused = append(refused, plotter.XY{X: x, Y: y})
		default:
			all = append(all, plotter.XY{X: x, Y: y})
		}
	}
	every := slices.Concat(refused, all, front)
	if len(every) < 2 {
		return nil, nil
	}
	slices.SortFunc(front, func(a, b plotter.XY) int { return cmp.Compare(a.X, b.X) })
	p := plot.New()
	p.Title.Text = fmt.Sprintf("%s: %d points", t.name, len(every))
	p.X.Label.Text, p.Y.Label.Text = withUnit(across), withUnit(up)
	logX(p, every)
	plain(p)
	p.Legend.Top, p.Legend.Left = false, false
	if err := scatter(p, "refused by where", refused, refusedTint, false); err != nil {
		return nil, err
	}
	if err := scatter(p, "beaten", all, otherTint, false); err != nil {
		return nil, err
	}
	if err := scatter(p, "front", front, frontTint, true); err != nil {
		return nil, err
	}
	canvas, err := draw.NewFormattedCanvas(pictureWidth, pictureHeight, "svg")
	if err != nil {
		return nil, fmt.Errorf("sweep: picture: %w", err)
	}
	edge := vg.Millimeter * 3
	p.Draw(draw.Crop(draw.New(canvas), edge, -edge, edge, -edge))
	var out bytes.Buffer
	_, err = canvas.WriteTo(&out)
	return bytes.ReplaceAll(out.Bytes(), []byte("font-family:"+typeface),
		[]byte("font-family:"+typeface+", Arial, Helvetica, sans-serif")), err
}

// plain has labels without serifs, some way from the edges and the axes.
func plain(p *plot.Plot) {
	for _, style := range []*text.Style{
		&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label,
		&p.Y.Tick.Label, &p.Legend.TextStyle,
	} {
		style.Font.Typeface, style.Font.Variant = "Liberation", "Sans"
	}
	p.Legend.Padding = vg.Points(3)
	if _, log := p.X.Scale.(plot.LogScale); !log {
		p.X.Tick.Marker = plot.TickerFunc(linearTicks)
	}
	p.Y.Tick.Marker = plot.TickerFunc(linearTicks)
	p.Title.Padding, p.X.Label.Padding, p.Y.Label.Padding = vg.Points(8), vg.Points(4), vg.Points(4)
}

// logX gives the horizontal axis powers of ten where the values span some.
func logX(p *plot.Plot, points plotter.XYs) {
	low, high := points[0].X, points[0].X
	for _, q := range points {
		low, high = min(low, q.X), max(high, q.X)
	}
	if low > 0 && high/low >= logarithmic {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.TickerFunc(logTicks)
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

// withUnit is a column with the unit of its values.
func withUnit(column string) string {
	if column == energyColumn {
		return column + ", pJ per inference"
	}
	return column
}

func scatter(p *plot.Plot, name string, points plotter.XYs, tint color.Color, joined bool) error {
	if len(points) == 0 {
		return nil
	}
	dots, err := plotter.NewScatter(points)
	if err != nil {
		return fmt.Errorf("sweep: picture: %w", err)
	}
	dots.GlyphStyle = draw.GlyphStyle{Color: tint, Radius: vg.Points(2.5),
		Shape: draw.CircleGlyph{}}
	p.Add(dots)
	p.Legend.Add(name, dots)
	if !joined || len(points) < 2 {
		return nil
	}
	line, err := plotter.NewLine(points)
	if err != nil {
		return fmt.Errorf("sweep: picture: %w", err)
	}
	line.Color = tint
	p.Add(line)
	return nil
}

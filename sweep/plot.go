package sweep

import (
	"bytes"
	"cmp"
	"fmt"
	"image/color"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	_ "gonum.org/v1/plot/vg/vgsvg" // registers svg
)

const (
	pictureWidth  = 18 * vg.Centimeter
	pictureHeight = 11 * vg.Centimeter
	// logarithmic is the ratio from which on an axis has powers of ten.
	logarithmic = 50
)

// The colours of points on the front and of others, which the colour-blind tell apart
// (Okabe and Ito, 2008).
var (
	frontTint = color.RGBA{213, 94, 0, 255}
	otherTint = color.RGBA{86, 180, 233, 255}
)

// picture draws the points by the first two objectives as SVG, nil where fewer than two
// have both.
func (t *Table) picture() ([]byte, error) {
	up, across := t.Objectives[0].Column, t.Objectives[1].Column
	var all, front plotter.XYs
	for i := range t.Rows {
		y, errY := strconv.ParseFloat(t.cell(i, up), 64)
		x, errX := strconv.ParseFloat(t.cell(i, across), 64)
		switch {
		case errX != nil || errY != nil:
		case t.Rows[i].Front:
			front = append(front, plotter.XY{X: x, Y: y})
		default:
			all = append(all, plotter.XY{X: x, Y: y})
		}
	}
	if len(all)+len(front) < 2 {
		return nil, nil
	}
	slices.SortFunc(front, func(a, b plotter.XY) int { return cmp.Compare(a.X, b.X) })
	p := plot.New()
	p.Title.Text = fmt.Sprintf("%s: %d points", t.name, len(all)+len(front))
	p.X.Label.Text, p.Y.Label.Text = across, up
	logX(p, append(slices.Clone(all), front...))
	p.Legend.Top, p.Legend.Left = false, false
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
	p.Draw(draw.New(canvas))
	var out bytes.Buffer
	_, err = canvas.WriteTo(&out)
	return out.Bytes(), err
}

// logX gives the horizontal axis powers of ten where the values span some.
func logX(p *plot.Plot, points plotter.XYs) {
	low, high := points[0].X, points[0].X
	for _, q := range points {
		low, high = min(low, q.X), max(high, q.X)
	}
	if low > 0 && high/low >= logarithmic {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
}

func scatter(p *plot.Plot, name string, points plotter.XYs, tint color.Color, joined bool) error {
	if len(points) == 0 {
		return nil
	}
	dots, err := plotter.NewScatter(points)
	if err != nil {
		return fmt.Errorf("sweep: picture: %w", err)
	}
	dots.GlyphStyle = draw.GlyphStyle{Color: tint, Radius: vg.Points(2.5), Shape: draw.CircleGlyph{}}
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

package bench

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	_ "gonum.org/v1/plot/vg/vgimg" // registers png
	_ "gonum.org/v1/plot/vg/vgsvg" // registers svg

	"adder/internal/wholefile"
)

const (
	plotWidth  = 18 * vg.Centimeter
	plotHeight = 20 * vg.Centimeter
	// legendRoom widens the energy axis downward, where the legend is.
	legendRoom = 20
)

// Palette is of colours that are distinct also for the colour-blind (Okabe and Ito, 2008).
func Palette() []color.RGBA {
	return []color.RGBA{
		{0, 114, 178, 255}, {213, 94, 0, 255}, {0, 158, 115, 255},
		{204, 121, 167, 255}, {230, 159, 0, 255}, {86, 180, 233, 255},
	}
}

// lineColor is a colour of the palette, which goes around.
func lineColor(i int) color.Color {
	colors := Palette()
	return colors[i%len(colors)]
}

// SavePlot draws accuracy and energy over ticks, the ANN's as dashed lines, to a .png or .svg file.
func (r *Report) SavePlot(path string) error {
	if err := r.checkPlot(path); err != nil {
		return err
	}
	accuracy, err := r.accuracyPlot()
	if err != nil {
		return err
	}
	energy, err := r.energyPlot()
	if err != nil {
		return err
	}
	canvas, err := draw.NewFormattedCanvas(plotWidth, plotHeight, plotFormat(path))
	if err != nil {
		return fmt.Errorf("plot %s: %w", path, err)
	}
	plots := [][]*plot.Plot{{accuracy}, {energy}}
	tiles := draw.Tiles{Rows: 2, Cols: 1, PadY: vg.Centimeter, PadTop: vg.Points(8),
		PadBottom: vg.Points(8), PadLeft: vg.Points(8), PadRight: vg.Points(8)}
	cells := plot.Align(plots, tiles, draw.New(canvas))
	accuracy.Draw(cells[0][0])
	energy.Draw(cells[1][0])
	return wholefile.Write(path, func(w io.Writer) error {
		_, err := canvas.WriteTo(w)
		return err
	})
}

// CheckPlot is an error if a file of that name cannot be drawn, so that a command can fail before
// long work.
func CheckPlot(path string) error {
	if f := plotFormat(path); !slices.Contains([]string{"png", "svg"}, f) {
		return fmt.Errorf("plot %s: end the name in .png or .svg", path)
	}
	return nil
}

func (r *Report) checkPlot(path string) error {
	if len(r.Curve) == 0 {
		return errors.New("plot: there is no curve: the evaluation did not count by tick")
	}
	return CheckPlot(path)
}

func plotFormat(path string) string {
	return strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
}

func newCurvePlot(title, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, "ticks", y
	p.Legend.Padding = vg.Points(3) // without it descenders touch the next line
	p.Add(plotter.NewGrid())
	return p
}

func (r *Report) accuracyPlot() (*plot.Plot, error) {
	p := newCurvePlot(r.Model+" on "+r.Chip+", "+r.Data, "accuracy in %")
	points := r.points(func(c *CurvePoint) float64 {
		if c.Accuracy == nil {
			return 0
		}
		return 100 * *c.Accuracy
	})
	if err := addLine(p, "SNN", points, lineColor(0), false); err != nil || r.ANN == nil ||
		r.ANN.Accuracy == nil {
		return p, err
	}
	return p, addLine(p, "ANN", r.level(100*(*r.ANN.Accuracy)), lineColor(0), true)
}

func (r *Report) energyPlot() (*plot.Plot, error) {
	p := newCurvePlot("dashed: the dense ANN", "energy per inference in nJ")
	for i := range r.Energy {
		e := &r.Energy[i]
		tint := lineColor(i)
		points := r.points(func(c *CurvePoint) float64 { return c.SNNPJ[e.Table] / 1e3 })
		points = slices.DeleteFunc(points, func(xy plotter.XY) bool { return xy.Y <= 0 })
		if len(points) == 0 {
			continue
		}
		// A logarithmic axis needs a value to start from.
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
		if err := addLine(p, e.Table, points, tint, false); err != nil {
			return nil, err
		}
		if e.ANNPJ != nil && *e.ANNPJ > 0 {
			if err := addLine(p, "", r.level(*e.ANNPJ/1e3), tint, true); err != nil {
				return nil, err
			}
		}
	}
	p.Y.Min /= legendRoom
	return p, nil
}

func (r *Report) points(y func(*CurvePoint) float64) plotter.XYs {
	out := make(plotter.XYs, len(r.Curve))
	for i := range r.Curve {
		out[i] = plotter.XY{X: float64(r.Curve[i].Ticks), Y: y(&r.Curve[i])}
	}
	return out
}

// level is a horizontal line over all ticks.
func (r *Report) level(y float64) plotter.XYs {
	return plotter.XYs{{X: float64(r.Curve[0].Ticks), Y: y},
		{X: float64(r.Curve[len(r.Curve)-1].Ticks), Y: y}}
}

// addLine adds a line, and its name, if it has one, to the legend.
func addLine(p *plot.Plot, name string, points plotter.XYs, tint color.Color, dashed bool) error {
	line, err := plotter.NewLine(points)
	if err != nil {
		return fmt.Errorf("plot %s: %w", name, err)
	}
	line.Color, line.Width = tint, vg.Points(1.5)
	if dashed {
		line.Dashes = []vg.Length{vg.Points(5), vg.Points(4)}
	}
	p.Add(line)
	if name != "" {
		p.Legend.Add(name, line)
	}
	return nil
}

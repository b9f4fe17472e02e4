package diagnose

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	_ "gonum.org/v1/plot/vg/vgimg" // registers png
	_ "gonum.org/v1/plot/vg/vgsvg" // registers svg

	"adder/bench"
	"adder/internal/wholefile"
)

const (
	plotWidth  = 18 * vg.Centimeter
	plotHeight = 16 * vg.Centimeter
)

// Save draws the ladder to a .png or .svg file: accuracy, or without labels the agreement
// with the first rung, by rung, and below it the error of each layer.
func (l *Ladder) Save(path string) error {
	if err := bench.CheckPlot(path); err != nil {
		return err
	}
	if l.Samples == 0 {
		return errors.New("plot: no sample was run, so there is nothing to draw")
	}
	accuracy, err := l.accuracyPlot()
	if err != nil {
		return err
	}
	errorsOf, err := l.errorPlot()
	if err != nil {
		return err
	}
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
	canvas, err := draw.NewFormattedCanvas(plotWidth, plotHeight, format)
	if err != nil {
		return fmt.Errorf("plot %s: %w", path, err)
	}
	tiles := draw.Tiles{Rows: 2, Cols: 1, PadY: vg.Centimeter, PadTop: vg.Points(8),
		PadBottom: vg.Points(8), PadLeft: vg.Points(8), PadRight: vg.Points(8)}
	cells := plot.Align([][]*plot.Plot{{accuracy}, {errorsOf}}, tiles, draw.New(canvas))
	accuracy.Draw(cells[0][0])
	errorsOf.Draw(cells[1][0])
	return wholefile.Write(path, func(w io.Writer) error {
		_, err := canvas.WriteTo(w)
		return err
	})
}

func (l *Ladder) names() []string {
	out := make([]string, len(l.Rungs))
	for i := range l.Rungs {
		out[i] = l.Rungs[i].Name
	}
	return out
}

func (l *Ladder) accuracyPlot() (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = fmt.Sprintf("%s on %s, code %s, %d samples", l.Model, l.Chip, l.Code, l.Samples)
	p.Y.Label.Text = "accuracy in %"
	if l.Rungs[0].Accuracy == nil {
		p.Y.Label.Text = "agreement in %"
	}
	points := make(plotter.XYs, len(l.Rungs))
	for i := range l.Rungs {
		points[i] = plotter.XY{X: float64(i), Y: 100 * scoreOf(&l.Rungs[i])}
	}
	line, marks, err := plotter.NewLinePoints(points)
	if err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	line.Color, marks.Color = bench.Palette()[0], bench.Palette()[0]
	p.Add(plotter.NewGrid(), line, marks)
	p.NominalX(l.names()...)
	return p, nil
}

func (l *Ladder) errorPlot() (*plot.Plot, error) {
	p := plot.New()
	p.Y.Label.Text = "error of a layer in %"
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	for k := range l.Rungs[0].Layers {
		var points plotter.XYs
		for i := range l.Rungs {
			if e := l.Rungs[i].Layers[k].Error; e != nil {
				points = append(points, plotter.XY{X: float64(i), Y: 100 * *e})
			}
		}
		if len(points) == 0 {
			continue
		}
		line, err := plotter.NewLine(points)
		if err != nil {
			return nil, fmt.Errorf("plot: %w", err)
		}
		line.Color = bench.Palette()[k%len(bench.Palette())]
		p.Add(line)
		p.Legend.Add(l.Rungs[0].Layers[k].Layer, line)
	}
	p.NominalX(l.names()...)
	return p, nil
}

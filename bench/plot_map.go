package bench

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"adder/internal/wholefile"
)

// SaveMap draws the break-even map of each table that compares, one above the other, to a
// .png or .svg file: this network's path over ticks, filled where its accuracy is within the
// margin of the ANN's, and below which activity the SNN would take less than each ANN.
func (r *Report) SaveMap(path string) error {
	if err := CheckPlot(path); err != nil {
		return err
	}
	panels, err := r.mapPanels()
	if err != nil {
		return err
	}
	return savePanels(path, panels)
}

// Lines are the borders of a table's map.
func (r *Report) Lines(table string) []BreakEvenLine {
	return slices.DeleteFunc(slices.Clone(r.Map), func(l BreakEvenLine) bool {
		return l.Table != table
	})
}

func (r *Report) mapPanels() ([]*plot.Plot, error) {
	var panels []*plot.Plot
	for i := range r.Energy {
		e := &r.Energy[i]
		lines := r.Lines(e.Table)
		if len(lines) == 0 {
			continue
		}
		p, err := r.mapPanel(e.Table, lines)
		if err != nil {
			return nil, err
		}
		panels = append(panels, p)
	}
	if len(panels) == 0 {
		return nil, errors.New("plot: there is no map: no table compares the SNN with an ANN " +
			"over ticks")
	}
	return panels, nil
}

func (r *Report) mapPanel(table string, lines []BreakEvenLine) (*plot.Plot, error) {
	p := newCurvePlot(fmt.Sprintf("%s: below a line the SNN takes less", table),
		"spikes per synapse")
	for i, line := range lines {
		points := make(plotter.XYs, len(line.SpikesPerSynapse))
		for t, s := range line.SpikesPerSynapse {
			points[t] = plotter.XY{X: float64(t + 1), Y: s}
		}
		if err := addLine(p, line.Name(), points, lineColor(i/2+1), line.ZerosSkipped); err != nil {
			return nil, err
		}
	}
	return p, r.addPath(p)
}

// Name is the accelerator of a border in words.
func (l *BreakEvenLine) Name() string {
	if l.ZerosSkipped {
		return string(l.Dataflow) + ", zeros skipped"
	}
	return string(l.Dataflow)
}

// PathPoint is the network's point in a map when it is stopped after Ticks ticks.
type PathPoint struct {
	Ticks            int
	SpikesPerSynapse float64
	// Within says that its accuracy is within the margin of the ANN's.
	Within bool
}

// Path has an entry per entry of Curve.
func (r *Report) Path() []PathPoint {
	out := make([]PathPoint, len(r.Curve))
	for i := range r.Curve {
		c := &r.Curve[i]
		out[i] = PathPoint{Ticks: c.Ticks,
			SpikesPerSynapse: ratio(c.Synops, float64(r.SNN.Synapses))}
		out[i].Within = c.Accuracy != nil && r.ANN != nil && r.ANN.Accuracy != nil &&
			100*(*c.Accuracy-*r.ANN.Accuracy) >= -r.margin
	}
	return out
}

// addPath adds this network's activity after each number of ticks.
func (r *Report) addPath(p *plot.Plot) error {
	var within, below plotter.XYs
	for _, point := range r.Path() {
		at := plotter.XY{X: float64(point.Ticks), Y: point.SpikesPerSynapse}
		if point.Within {
			within = append(within, at)
		} else {
			below = append(below, at)
		}
	}
	for _, set := range []struct {
		name   string
		points plotter.XYs
		shape  draw.GlyphDrawer
	}{
		{"this network, accuracy within the margin", within, draw.CircleGlyph{}},
		{"this network, less accurate", below, draw.RingGlyph{}},
	} {
		if len(set.points) == 0 {
			continue
		}
		scatter, err := plotter.NewScatter(set.points)
		if err != nil {
			return fmt.Errorf("plot %s: %w", set.name, err)
		}
		scatter.Shape, scatter.Radius, scatter.Color = set.shape, vg.Points(2), lineColor(0)
		p.Add(scatter)
		p.Legend.Add(set.name, scatter)
	}
	p.Legend.Top, p.Legend.Left = true, true
	p.Y.Max *= 1.8 // space for the legend
	return nil
}

// savePanels draws plots one above the other.
func savePanels(path string, panels []*plot.Plot) error {
	const panelHeight = 9 * vg.Centimeter
	canvas, err := draw.NewFormattedCanvas(plotWidth, vg.Length(len(panels))*panelHeight,
		plotFormat(path))
	if err != nil {
		return fmt.Errorf("plot %s: %w", path, err)
	}
	grid := make([][]*plot.Plot, len(panels))
	for i, p := range panels {
		grid[i] = []*plot.Plot{p}
	}
	pad := vg.Points(8)
	tiles := draw.Tiles{Rows: len(panels), Cols: 1, PadY: vg.Centimeter, PadTop: pad,
		PadBottom: pad, PadLeft: pad, PadRight: pad}
	cells := plot.Align(grid, tiles, draw.New(canvas))
	for i, p := range panels {
		p.Draw(cells[i][0])
	}
	return wholefile.Write(path, func(w io.Writer) error {
		_, err := canvas.WriteTo(w)
		return err
	})
}

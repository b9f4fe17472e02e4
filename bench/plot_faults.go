package bench

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"adder/fault"
)

// SavePlot draws accuracy over the rate of faults, a line per protection and then one per kind,
// and the loss by bit and by layer, to a .png or .svg file.
func (s *FaultStudy) SavePlot(path string) error {
	if err := CheckPlot(path); err != nil {
		return err
	}
	var panels []*plot.Plot
	for _, draw := range []struct {
		when bool
		make func() (*plot.Plot, error)
	}{
		{len(s.Rates) > 0, s.ratePanel},
		{len(s.Kinds) > 0, s.kindPanel},
		{len(s.ByBit) > 0, func() (*plot.Plot, error) {
			return s.barPanel("bit of the weight", s.ByBit, func(p *FaultPoint) string {
				return fmt.Sprint(*p.Bit)
			})
		}},
		{len(s.ByLayer) > 0, func() (*plot.Plot, error) {
			return s.barPanel("layer", s.ByLayer, func(p *FaultPoint) string { return p.Layer })
		}},
	} {
		if !draw.when {
			continue
		}
		p, err := draw.make()
		if err != nil {
			return err
		}
		panels = append(panels, p)
	}
	return savePanels(path, panels)
}

// newFaultPlot makes a plot of accuracy over a rate.
func newFaultPlot(title, share string) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	p.X.Label.Text, p.Y.Label.Text = share, "accuracy"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.Legend.Left = true
	return p
}

// kindPanel has a line per kind of faults; chips that cannot run the network have no point.
func (s *FaultStudy) kindPanel() (*plot.Plot, error) {
	p := newFaultPlot(fmt.Sprintf("%s on %s, %s: neurons, cores, links and packets", s.Model,
		s.Chip, s.Encoder), "share of them")
	for i := range s.Kinds {
		var points plotter.XYs
		for _, r := range s.Kinds[i].Rates {
			if r.Refused < s.Seeds {
				points = append(points, plotter.XY{X: r.Rate, Y: r.Accuracy})
			}
		}
		if len(points) == 0 {
			continue
		}
		if err := addLine(p, s.Kinds[i].Kind, points, lineColor(i),
			i >= len(Palette())); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (s *FaultStudy) ratePanel() (*plot.Plot, error) {
	p := newFaultPlot(fmt.Sprintf("%s on %s, %s: bits of synapse memory that flip", s.Model, s.Chip,
		s.Encoder), "share of bits")
	for i, protect := range append([]fault.Protection{fault.Unprotected}, fault.Protections()...) {
		var points plotter.XYs
		for _, r := range s.Rates {
			if r.Protect == protect {
				points = append(points, plotter.XY{X: r.Rate, Y: r.Accuracy})
			}
		}
		name := string(protect)
		if protect == fault.Unprotected {
			name = "unprotected"
		}
		if err := addLine(p, name, points, lineColor(i), false); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// barPanel draws the points lost, a bar per place.
func (s *FaultStudy) barPanel(what string, points []FaultPoint,
	name func(*FaultPoint) string) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = fmt.Sprintf("faults in one %s alone, %g of its bits", what, s.At)
	p.Y.Label.Text = "points of accuracy lost"
	var lost plotter.Values
	var names []string
	for i := range points {
		lost = append(lost, max(0, 100*(s.Clean.Accuracy-points[i].Accuracy)))
		names = append(names, name(&points[i]))
	}
	bars, err := plotter.NewBarChart(lost, 14)
	if err != nil {
		return nil, fmt.Errorf("plot of faults: %w", err)
	}
	bars.Color = lineColor(0)
	p.Add(bars)
	p.NominalX(names...)
	return p, nil
}

package bench

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"adder/fault"
)

// SavePlot draws accuracy over the rate of faults, a line per protection, and beside it the
// loss by layer and by bit, to a .png or .svg file.
func (s *FaultStudy) SavePlot(path string) error {
	if err := CheckPlot(path); err != nil {
		return err
	}
	rates, err := s.ratePanel()
	if err != nil {
		return err
	}
	bits, err := s.barPanel("bit of the weight", s.ByBit, func(p *FaultPoint) string { return fmt.Sprint(*p.Bit) })
	if err != nil {
		return err
	}
	layers, err := s.barPanel("layer", s.ByLayer, func(p *FaultPoint) string { return p.Layer })
	if err != nil {
		return err
	}
	return savePanels(path, []*plot.Plot{rates, bits, layers})
}

func (s *FaultStudy) ratePanel() (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = fmt.Sprintf("%s on %s, %s: bits of synapse memory that flip", s.Model, s.Chip, s.Encoder)
	p.X.Label.Text, p.Y.Label.Text = "share of bits", "accuracy"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
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
	p.Legend.Left = true
	return p, nil
}

// barPanel draws the points lost, a bar per place.
func (s *FaultStudy) barPanel(what string, points []FaultPoint, name func(*FaultPoint) string) (*plot.Plot, error) {
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

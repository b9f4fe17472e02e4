package bench

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"adder/bench/energy"
)

// SaveBill draws where the energy goes, a panel per table, to a .png or .svg file: stacked
// by part for the SNN, and for each ANN of the full width; the bands of prices as lines.
func (r *Report) SaveBill(path string) error {
	if err := CheckPlot(path); err != nil {
		return err
	}
	var panels []*plot.Plot
	for i := range r.Energy {
		p, err := r.Energy[i].billPanel()
		if err != nil {
			return err
		}
		panels = append(panels, p)
	}
	return savePanels(path, panels)
}

// BillBar is a side of a bill as it is drawn: energies in picojoules, by part, and the band.
type BillBar struct {
	Name                    string
	Parts                   map[energy.Part]float64
	PJ, LeastPJ, GreatestPJ float64
}

// Banded reports whether the band is wider than the precision of prices.
func (b *BillBar) Banded() bool { return !tied(b.LeastPJ, b.GreatestPJ) }

// Bars are the SNN's side and that of each ANN of the full width.
func (e *EnergyReport) Bars() []BillBar {
	bars := []BillBar{{"SNN", e.bill.Parts(), e.SNNPJ, e.SNNLeastPJ, e.SNNGreatestPJ}}
	for i := range e.ANN {
		if a := &e.ANN[i]; a.Bits == e.ANN[0].Bits {
			bars = append(bars, BillBar{"ANN, " + a.words(), a.bill.Parts(), a.PJ, a.LeastPJ,
				a.GreatestPJ})
		}
	}
	return bars
}

func (e *EnergyReport) billPanel() (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text = e.Table, "energy per inference in nJ"
	bars := e.Bars()
	names := make([]string, len(bars))
	var below *plotter.BarChart
	for i, part := range energy.Parts() {
		if part == energy.PartPads {
			continue
		}
		values, some := make(plotter.Values, len(bars)), false
		for k, b := range bars {
			values[len(bars)-1-k] = b.Parts[part] / 1e3
			some = some || values[len(bars)-1-k] > 0
			names[len(bars)-1-k] = b.Name
		}
		if !some {
			continue
		}
		chart, err := plotter.NewBarChart(values, vg.Points(14))
		if err != nil {
			return nil, fmt.Errorf("plot %s: %w", e.Table, err)
		}
		chart.Horizontal, chart.Color, chart.LineStyle.Width = true, lineColor(i), 0
		if below != nil {
			chart.StackOn(below)
		}
		below = chart
		p.Add(chart)
		p.Legend.Add(string(part), chart)
	}
	if err := addBands(p, bars); err != nil {
		return nil, err
	}
	p.NominalY(names...)
	p.Legend.Top, p.X.Min = true, 0
	p.X.Max *= 1.3 // space for the legend
	return p, nil
}

// addBands draws the band of each bar as a line over it.
func addBands(p *plot.Plot, bars []BillBar) error {
	for k, b := range bars {
		if !b.Banded() {
			continue
		}
		y := float64(len(bars) - 1 - k)
		line, err := plotter.NewLine(plotter.XYs{{X: b.LeastPJ / 1e3, Y: y},
			{X: b.GreatestPJ / 1e3, Y: y}})
		if err != nil {
			return fmt.Errorf("plot %s: %w", b.Name, err)
		}
		line.Color, line.Width = color.Black, vg.Points(1)
		p.Add(line)
	}
	return nil
}

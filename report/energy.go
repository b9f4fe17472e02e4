package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"adder/bench"
	"adder/bench/energy"
	"adder/report/svg"
)

// energySection says where energy goes.
type energySection struct {
	// Overview has all tables over one axis.
	Overview template.HTML
	Curve    template.HTML
	Tables   []tableSection
}

// tableSection is the section of one table. Index is its place in the document.
type tableSection struct {
	Index              int
	Name               string
	Parts              []partRow
	Shares             template.HTML
	ByLayer, ByCore    template.HTML
	Cores              int
	Largest            string
	Unpriced, Cautions []string
	Compared           bool
	// Pads is set where something crosses the pads, which are outside the sum.
	Pads bool
}

// partRow is a part of the energy on both sides; its numbers are in the document.
type partRow struct {
	Part, Step, Class string
	SNN, ANN          bool
}

func newEnergy(s *source) *energySection {
	if len(s.Report.Energy) == 0 {
		return nil
	}
	e := &energySection{Overview: overviewPicture(s), Curve: energyCurve(s)}
	for i := range s.Report.Energy {
		e.Tables = append(e.Tables, newTable(s, i))
	}
	return e
}

func newTable(s *source, i int) tableSection {
	e := &s.Report.Energy[i]
	t := tableSection{
		Index: i, Name: svg.Clean(e.Table), Largest: svg.Clean(e.Largest), Compared: e.ANNPJ != nil,
		Shares: sharesPicture(e), ByLayer: layersPicture(s, e.Table),
	}
	t.ByCore, t.Cores = coresPicture(s, e.Table)
	_, snn := e.Parts[energy.PartPads]
	_, ann := e.ANNParts[energy.PartPads]
	t.Pads = snn || ann
	for k, part := range energy.Parts() {
		_, snn := e.Parts[part]
		_, ann := e.ANNParts[part]
		if part != energy.PartPads && (snn || ann) {
			t.Parts = append(t.Parts, partRow{
				Part: string(part), Step: step(string(part)), Class: fmt.Sprintf("f%d", k),
				SNN: snn, ANN: ann,
			})
		}
	}
	for _, event := range append(slices.Clone(e.Unpriced), e.ANNUnpriced...) {
		if words := strings.ReplaceAll(event, "_", " "); !slices.Contains(t.Unpriced, words) {
			t.Unpriced = append(t.Unpriced, words)
		}
	}
	for _, caution := range []string{e.OtherChip, e.Caution, e.NotCompared} {
		if caution != "" {
			t.Cautions = append(t.Cautions, svg.Clean(caution))
		}
	}
	return t
}

// overviewPicture has a row per table: both sides over one logarithmic axis, with bands.
func overviewPicture(s *source) template.HTML {
	least, greatest := 0.0, 0.0
	note := func(values ...float64) {
		for _, v := range values {
			if v > 0 {
				if least == 0 || v < least {
					least = v
				}
				greatest = max(greatest, v)
			}
		}
	}
	for i := range s.Report.Energy {
		for _, b := range s.Report.Energy[i].Bars() {
			note(b.PJ, b.LeastPJ, b.GreatestPJ)
		}
	}
	if least == 0 {
		return ""
	}
	const names, row, width = 104, 34, 500
	bottom := float64(row * len(s.Report.Energy))
	p := svg.New(width, bottom+58, "chart", "energy of both sides by table")
	x := svg.Logarithmic(least, greatest, names+8, width-24)
	for _, v := range x.Ticks(5) {
		p.Line(x.At(v), 0, x.At(v), bottom, "grid", "")
		p.Text(x.At(v), bottom+16, "c", decade(v))
	}
	for i := range s.Report.Energy {
		e, y := &s.Report.Energy[i], float64(row*i)
		p.Fitted(names, y+21, names, "e", e.Table)
		for k, b := range e.Bars() {
			energyPoint(p, &x, b, k, y)
		}
		p.Line(0, y+row, width, y+row, "grid", "")
	}
	p.Circle(names+20, bottom+40, 5, "f0", "")
	p.Text(names+30, bottom+44, "", "SNN")
	p.Circle(names+80, bottom+40, 4, "f1", "")
	p.Text(names+90, bottom+44, "", "ANN, by dataflow")
	p.Line(names+206, bottom+40, names+230, bottom+40, "band s0", "")
	p.Text(names+238, bottom+44, "", "band of prices")
	return p.HTML()
}

// decade writes an energy that is a power of ten.
func decade(pj float64) string {
	number, unit, _ := strings.Cut(bench.Energy(pj), " ")
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return number + " " + unit
}

// energyPoint draws a side: the SNN above, ANNs below.
func energyPoint(p *svg.Picture, x *svg.Scale, b bench.BillBar, k int, y float64) {
	if b.PJ <= 0 {
		return
	}
	class, radius, at := "0", 5.0, y+10
	if k > 0 {
		class, radius, at = "1", 3.5, y+24
	}
	title := b.Name + ": " + bench.Energy(b.PJ)
	if b.Banded() {
		title += fmt.Sprintf(" (%s to %s)", bench.Energy(b.LeastPJ), bench.Energy(b.GreatestPJ))
	}
	p.Begin("", title)
	if b.Banded() && b.LeastPJ > 0 && k <= 1 {
		p.Line(x.At(b.LeastPJ), at, x.At(b.GreatestPJ), at, "band s"+class, "")
	}
	p.Circle(x.At(b.PJ), at, radius, "f"+class, "")
	p.End()
}

// energyCurve draws energies over ticks, logarithmic; "" without a curve.
func energyCurve(s *source) template.HTML {
	var least, greatest float64
	for i := range s.Curve {
		for _, pj := range s.Curve[i].SNNPJ {
			if pj > 0 {
				if least == 0 {
					least = pj
				}
				least, greatest = min(least, pj), max(greatest, pj)
			}
		}
	}
	if len(s.Curve) < 2 || least == 0 {
		return ""
	}
	const most = 6
	tables := s.Report.Energy[:min(len(s.Report.Energy), most)]
	for i := range tables {
		if ann := tables[i].ANNPJ; ann != nil && *ann > 0 {
			least, greatest = min(least, *ann), max(greatest, *ann)
		}
	}
	c := tickChart("energy when the inference is stopped after so many ticks", len(s.Curve),
		(len(tables)+1)/2)
	c.Y = svg.Logarithmic(least, greatest, c.Bottom, c.Top)
	tickAxes(c, "ticks; dashed: the dense ANN", "energy per inference", decade)
	for i := range tables {
		name, class := tables[i].Table, fmt.Sprintf("curve s%d", i)
		points := make([]svg.Point, len(s.Curve))
		for t := range s.Curve {
			points[t] = svg.Point{X: float64(s.Curve[t].Ticks), Y: s.Curve[t].SNNPJ[name]}
		}
		c.Curve(points, class, name)
		if ann := tables[i].ANNPJ; ann != nil && *ann > 0 {
			c.Curve(level(len(s.Curve), *ann), class+" dashed", name+": ANN "+bench.Energy(*ann))
		}
		c.Legend(i%2, 2, i/2, class, name)
	}
	return c.HTML()
}

// sharesPicture draws the parts of each side as shares of its own whole.
func sharesPicture(e *bench.EnergyReport) template.HTML {
	const names, row, width = 190, 24, 460
	bars := e.Bars()
	p := svg.New(width, float64(row*len(bars))+4, "chart", "parts of the energy, as shares of "+
		"each side")
	for i, b := range bars {
		y, x := float64(row*i), float64(names+8)
		p.Fitted(names, y+15, names, "e", b.Name)
		for k, part := range energy.Parts() {
			pj := b.Parts[part]
			if part == energy.PartPads || pj <= 0 || b.PJ <= 0 {
				continue
			}
			w := (width - names - 84) * pj / b.PJ
			p.Rect(x, y+3, w, row-8, fmt.Sprintf("edge f%d", k),
				fmt.Sprintf("%s, %s: %s, %s", b.Name, part, bench.Energy(pj), percent(pj/b.PJ)))
			x += w
		}
		p.Text(width-70, y+15, "", bench.Energy(b.PJ))
	}
	return p.HTML()
}

func layersPicture(s *source, table string) template.HTML {
	var bars []svg.Bar
	for i := range s.ByLayer {
		row := &s.ByLayer[i]
		if pj := row.SNNPJ[table]; pj > 0 {
			bars = append(bars, energyBar(row.Layer, "f0", pj))
		}
	}
	if len(bars) == 0 {
		return ""
	}
	return svg.Bars(420, 130, "energy by layer, "+table, bars[:min(len(bars), 40)]).HTML()
}

func energyBar(name, class string, pj float64) svg.Bar {
	text := bench.Energy(pj)
	return svg.Bar{Name: name, Value: pj, Text: text, Class: class, Title: name + ": " + text}
}

// coresPicture draws the cores that take most.
func coresPicture(s *source, table string) (template.HTML, int) {
	var bars []svg.Bar
	for i := range s.ByCore {
		row := &s.ByCore[i]
		pj := row.SNNPJ[table]
		if pj <= 0 {
			continue
		}
		name, class := fmt.Sprint(row.Core), "f5"
		if row.X != nil {
			name, class = place(*row.X, *row.Y)+" "+strings.Join(row.Layers, " "), "f0"
		}
		bars = append(bars, energyBar(name, class, pj))
	}
	if len(bars) == 0 {
		return "", 0
	}
	slices.SortStableFunc(bars, func(a, b svg.Bar) int { return cmp.Compare(b.Value, a.Value) })
	const most = 12
	shown := min(len(bars), most)
	return svg.Bars(420, 130, "energy by core, "+table, bars[:shown]).HTML(), shown
}

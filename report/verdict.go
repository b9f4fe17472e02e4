package report

import (
	"fmt"
	"html/template"
	"strconv"

	"adder/bench"
	"adder/report/svg"
)

// verdictSection has the winner under each table, and where the borders are.
type verdictSection struct {
	Tables []tableVerdict
	Maps   []breakEvenMap
}

// tableVerdict is a verdict; Index is the table's place in the document.
type tableVerdict struct {
	Index                int
	Table, Winner, Class string
	Reason, Sentence     string
	Banded               bool
}

// breakEvenMap is a table's map.
type breakEvenMap struct {
	Table   string
	Picture template.HTML
}

func newVerdict(s *source) *verdictSection {
	if len(s.Report.Energy) == 0 {
		return nil
	}
	v := &verdictSection{}
	for i := range s.Report.Energy {
		e := &s.Report.Energy[i]
		class := "nobody"
		if e.Winner != nil {
			class = *e.Winner
		}
		v.Tables = append(v.Tables, tableVerdict{
			Index: i, Table: svg.Clean(e.Table), Winner: winnerName(e.Winner), Class: class,
			Sentence: svg.Clean(e.Verdict),
			Reason:   svg.Clean(e.WinnerReason), Banded: e.RatioLeast != nil &&
				*e.RatioLeast < *e.RatioGreatest,
		})
		if lines := s.Lines(e.Table); len(lines) > 0 && len(s.Curve) > 1 {
			v.Maps = append(v.Maps,
				breakEvenMap{Table: svg.Clean(e.Table), Picture: mapPicture(s, e.Table, lines)})
		}
	}
	return v
}

func winnerName(winner *string) string {
	if winner == nil {
		return "nobody"
	}
	names := map[string]string{"snn": "SNN", "ann": "ANN", "undecided": "undecided"}
	return names[*winner]
}

// activities is the range of a map: that of the network's path and of the borders near it.
func activities(path []bench.PathPoint, lines []bench.BreakEvenLine) (least, greatest float64) {
	for _, point := range path {
		if y := point.SpikesPerSynapse; y > 0 {
			if least == 0 {
				least = y
			}
			least, greatest = min(least, y), max(greatest, y)
		}
	}
	if least == 0 {
		return 0.01, 1
	}
	lowest, highest := least/30, greatest*30
	for _, line := range lines {
		for _, y := range line.SpikesPerSynapse {
			if y >= lowest && y <= highest {
				least, greatest = min(least, y), max(greatest, y)
			}
		}
	}
	return least, greatest
}

// plain writes a power of ten.
func plain(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// mapPicture draws the borders below which the SNN takes less, and the network's own path.
func mapPicture(s *source, table string, lines []bench.BreakEvenLine) template.HTML {
	path, ticks := s.Path(), len(s.Curve)
	least, greatest := activities(path, lines)
	rows := (len(lines) + 1) / 2
	c := tickChart("break-even map under "+table, ticks, rows+1)
	c.Y = svg.Logarithmic(least, greatest, c.Bottom, c.Top)
	tickAxes(c, "ticks", "spikes per synapse", plain)
	for i, line := range lines {
		class := fmt.Sprintf("curve s%d", 1+(i/2)%5)
		if line.ZerosSkipped {
			class += " dashed"
		}
		points := make([]svg.Point, len(line.SpikesPerSynapse))
		for t, y := range line.SpikesPerSynapse {
			points[t] = svg.Point{X: float64(t + 1), Y: y}
		}
		c.Curve(points, class, line.Name())
		c.Legend(i%2, 2, i/2, class, line.Name())
	}
	for i := 0; i < len(path); i += thin(len(path)) {
		point := path[i]
		class, words := "s0 ring", "less accurate"
		if point.Within {
			class, words = "f0", "accuracy within the margin"
		}
		c.Circle(c.X.At(float64(point.Ticks)), c.Y.At(point.SpikesPerSynapse), 3, class,
			fmt.Sprintf("%s: %s spikes per synapse, %s", things(point.Ticks, "tick"),
				digits(point.SpikesPerSynapse), words))
	}
	c.LegendDot(0, 2, rows, "f0", "this network, accurate")
	c.LegendDot(1, 2, rows, "s0 ring", "this network, less accurate")
	return c.HTML()
}

package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"adder/report/svg"
)

// timeSection shows where time goes, or work, for an engine without time.
type timeSection struct {
	// Timed is set with the cycle engine.
	Timed      bool
	Bottleneck string
	Waits      template.HTML
	Heat       template.HTML
	// Rows is how many cores the heat map shows of how many, Unit what its cells are.
	Rows, Cores int
	Unit        string
	// Bins is the number of ticks per column.
	Bins int
}

// Bounds of the heat map.
const heatRows, heatColumns = 64, 128

func newTime(s *source) *timeSection {
	t := &timeSection{Timed: s.Report.SNN.Cycles != nil,
		Cores: len(s.Comparison.Chip.Image().Cores)}
	values, unit := workByTick(s)
	t.Unit = unit
	if t.Timed {
		t.Bottleneck, t.Waits = bottleneck(s), waitsPicture(s)
	}
	if values == nil || t.Cores == 0 {
		return t
	}
	t.Bins = (len(values[0]) + heatColumns - 1) / heatColumns
	order := busiest(values)
	t.Rows = min(len(order), heatRows)
	t.Heat = heatPicture(s, values, order[:t.Rows], t.Bins, unit)
	return t
}

// workByTick is the work of each core in each tick of an inference: [cores][ticks] of cycles or,
// without times, of additions and updates; nil where ticks were not counted separately.
func workByTick(s *source) (values [][]float64, unit string) {
	cores, samples := len(s.Comparison.Chip.Image().Cores), float64(s.Comparison.SNN.Samples)
	values = make([][]float64, cores)
	if cycles := s.Comparison.SNN.Cycles; cycles != nil {
		if len(cycles.BusyByTick) == 0 {
			return nil, ""
		}
		for i, busy := range cycles.BusyByTick {
			values[i%cores] = append(values[i%cores], float64(busy)/samples)
		}
		return values, "cycles"
	}
	a := s.Comparison.SNN.Attribution
	if !a.ByTick() {
		return nil, ""
	}
	for i := range values {
		values[i] = make([]float64, a.Ticks())
	}
	for k, account := range a.Accounts() {
		if account.Core < 0 {
			continue
		}
		for t := range a.Ticks() {
			counts := a.At(k, a.Bin(t))
			values[account.Core][t] += float64(counts.Core.SynapticAdds+
				counts.Core.NeuronUpdates) / samples
		}
	}
	return values, "additions and updates"
}

// busiest are the cores by what they do, most first.
func busiest(values [][]float64) []int {
	sums, order := make([]float64, len(values)), make([]int, len(values))
	for i, row := range values {
		order[i] = i
		for _, v := range row {
			sums[i] += v
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sums[b], sums[a]) })
	return order
}

// bottleneck names what an inference waits for longest.
func bottleneck(s *source) string {
	cycles := s.Report.SNN.Cycles
	name, longest :=
		"the mesh, with packets still under way when all cores are done", cycles.LastPacket
	if cycles.Barrier > longest {
		name, longest = "the barrier between ticks", cycles.Barrier
	}
	busiest, busy := "", 0.0
	for i := range s.ByCore {
		row := &s.ByCore[i]
		if row.X == nil || row.Last == nil || row.Busy == nil {
			continue
		}
		core := "core " + place(*row.X, *row.Y) + " (" + strings.Join(row.Layers, ", ") + ")"
		if *row.Last > longest {
			name, longest = core, *row.Last
		}
		if *row.Busy > busy {
			busiest, busy = core, *row.Busy
		}
	}
	words := fmt.Sprintf("The bottleneck is %s: ticks wait for it %s of the time.", name,
		percent(part(longest, cycles.Total)))
	switch busiest {
	case "":
	case name:
		words += fmt.Sprintf(" It is at work %s of the time.", percent(busy))
	default:
		words += fmt.Sprintf(" Most at work is %s, %s of the time.", busiest, percent(busy))
	}
	return svg.Clean(words)
}

func part(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// waitsPicture shows what the cycles of an inference wait for.
func waitsPicture(s *source) template.HTML {
	cycles := s.Report.SNN.Cycles
	var bars []svg.Bar
	add := func(name, class string, value float64) {
		if value >= cycles.Total/2000 { // what is written as 0.0 % says nothing
			bars = append(bars, svg.Bar{
				Name: name, Value: value, Class: class, Text: percent(part(value, cycles.Total)),
				Title: fmt.Sprintf("%s: %s cycles of %s", name, count(value), count(cycles.Total)),
			})
		}
	}
	for i := range s.ByCore {
		if row := &s.ByCore[i]; row.X != nil && row.Last != nil {
			add("core "+place(*row.X, *row.Y)+" "+strings.Join(row.Layers, " "), "f0", *row.Last)
		}
	}
	slices.SortStableFunc(bars, func(a, b svg.Bar) int { return cmp.Compare(b.Value, a.Value) })
	const most = 8
	if len(bars) > most {
		rest := 0.0
		for _, b := range bars[most:] {
			rest += b.Value
		}
		others := len(bars) - most
		bars = bars[:most]
		add(things(others, "other core"), "f5", rest)
	}
	add("packets after the cores", "f1", cycles.LastPacket)
	add("barriers", "f2", cycles.Barrier)
	add("learning at the end", "f3", cycles.Settle)
	return svg.Bars(460, 150, "what ticks wait for", bars).HTML()
}

// heatPicture has a row per core and a column per tick or several.
func heatPicture(s *source, values [][]float64, order []int, bins int, unit string) template.HTML {
	const names, width = 150, 720
	rows := make([][]float64, len(order))
	for r, i := range order {
		rows[r] = binned(values[i], bins)
	}
	columns := len(rows[0])
	height := min(22, max(8, 420/float64(len(rows))))
	cell := (width - names - 12) / float64(columns)
	const top = 6
	bottom := top + height*float64(len(rows))
	p := svg.New(width, bottom+64, "chart wide", "what each core does in each tick")
	greatest := svg.Greatest(rows)
	var labels, cells []string
	img := s.Comparison.Chip.Image()
	for r, i := range order {
		at := s.Comparison.Chip.Topology().At(img.Cores[i].Tile)
		name := place(at.X, at.Y) + " " + strings.Join(s.ByCore[i].Layers, " ")
		if height >= 13 || r%2 == 0 {
			p.Fitted(names-8, top+height*(float64(r)+0.5)+4, names-8, "e", name)
		}
		labels = append(labels, "core "+svg.Clean(name))
		for _, v := range rows[r] {
			cells = append(cells, strconv.FormatFloat(v, 'f', 0, 64))
		}
	}
	p.Data("heat", "x", strconv.Itoa(names), "y", strconv.Itoa(top), "cell",
		strconv.FormatFloat(cell, 'f', 4, 64),
		"row", strconv.FormatFloat(height, 'f', 4, 64), "columns", strconv.Itoa(columns), "bins",
		strconv.Itoa(bins),
		"unit", unit, "labels", strings.Join(labels, "\n"), "values", strings.Join(cells, " "))
	p.Cells(names, top, cell, height, rows, max(greatest, 1e-300))
	p.End()
	x := svg.Scale{Greatest: float64(columns * bins), From: names,
		To: names + cell*float64(columns)}
	for _, v := range x.Ticks(8) {
		p.Line(x.At(v), bottom, x.At(v), bottom+4, "rule", "")
		p.Text(x.At(v), bottom+16, "c", count(v))
	}
	tick := "tick of the chip"
	if unit != "cycles" {
		tick = "tick of the model"
	}
	p.Text(names, bottom+34, "muted", tick)
	p.Key(names+14, bottom+44, "0", count(greatest)+" "+unit)
	return p.HTML()
}

// binned sums columns.
func binned(values []float64, bins int) []float64 {
	out := make([]float64, (len(values)+bins-1)/bins)
	for t, v := range values {
		out[t/bins] += v
	}
	return out
}

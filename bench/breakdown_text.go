package bench

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
)

// BreakdownKinds lists the tables that a Breakdown can be printed as.
func BreakdownKinds() []string { return []string{"core", "layer", "tick", "part"} }

// CheckBreakdown is an error for a name that is not in BreakdownKinds.
func CheckBreakdown(by string) error {
	if !slices.Contains(BreakdownKinds(), by) {
		return fmt.Errorf("--by %s: it is one of %s", by, strings.Join(BreakdownKinds(), ", "))
	}
	return nil
}

// Text is one of the tables of a breakdown; per is the unit of its numbers, such as "inference".
func (b *Breakdown) Text(by, per string) string {
	var header table.Row
	var rows []table.Row
	left := []int(nil)
	switch by {
	case "core":
		header, left = append(table.Row{"core", "at", "layers", "neurons", "fill", "busy"},
			b.columns()...), []int{2, 3}
		for i := range b.ByCore {
			rows = append(rows, append(b.ByCore[i].cells(), b.ByCore[i].Share.cells(b.tables)...))
		}
	case "layer":
		header = append(table.Row{"layer"}, b.columns()...)
		for i := range b.ByLayer {
			rows = append(rows,
				append(table.Row{b.ByLayer[i].Layer}, b.ByLayer[i].Share.cells(b.tables)...))
		}
	case "tick":
		header = append(table.Row{"tick"}, b.columns()...)
		for i := range b.ByTick {
			rows = append(rows,
				append(table.Row{b.ByTick[i].Tick}, b.ByTick[i].Share.cells(b.tables)...))
		}
	case "part":
		header = table.Row{"part"}
		for _, t := range b.tables {
			header = append(header, t)
		}
		for i := range b.ByPart {
			rows = append(rows, append(table.Row{string(b.ByPart[i].Part)},
				b.ByPart[i].Energies.cells(b.tables)...))
		}
	}
	return render(b.Wide, "By "+by+", "+per, header, rows, left...)
}

// columns are the energy tables, and the counts that tables for people show.
func (b *Breakdown) columns() table.Row {
	var out table.Row
	for _, t := range b.tables {
		out = append(out, t)
	}
	for _, name := range shownCounts() {
		out = append(out, strings.ReplaceAll(name, "_", " "))
	}
	return out
}

func shownCounts() []string {
	return []string{"synops", "spikes", "packets", "hops", "neuron_updates"}
}

func (s *Share) cells(tables []string) table.Row {
	out := s.Energies.cells(tables)
	for _, name := range shownCounts() {
		out = append(out, group(s.Counts[name]))
	}
	return out
}

func (e *Energies) cells(tables []string) table.Row {
	var out table.Row
	for _, t := range tables {
		out = append(out, Energy(e.SNNPJ[t]))
	}
	return out
}

func (r *CoreRow) cells() table.Row {
	if r.X == nil {
		return table.Row{r.Core, "", "", "", "", ""}
	}
	busy := "-"
	if r.Busy != nil {
		busy = share100(r.Busy)
	}
	return table.Row{r.Core, fmt.Sprintf("(%d, %d)", *r.X, *r.Y), strings.Join(r.Layers, ", "),
		group(float64(r.Neurons)), share100(r.Fill), busy}
}

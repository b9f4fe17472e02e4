package main

import (
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"adder/sweep"
)

// printSweepTable prints objectives, winners and settings, with --wide all columns in their
// order. A narrow screen cuts columns at the end.
func (a *app) printSweepTable(t *sweep.Table) {
	var head table.Row
	var shown []int
	show := func(include func(i int, name string) bool) {
		for i, name := range t.Columns {
			if include(i, name) {
				head, shown = append(head, name), append(shown, i)
			}
		}
	}
	if a.wide {
		show(func(int, string) bool { return true })
	} else {
		show(func(_ int, name string) bool { return t.Objective(name) })
		show(func(i int, name string) bool { return i < t.Settings && !t.Objective(name) })
		show(func(i int, name string) bool {
			return i >= t.Settings && strings.HasPrefix(name, "winner.")
		})
	}
	doubt, statuses := t.Intervals(), a.wide || !allDone(t)
	if doubt {
		head = append(table.Row{"vs best"}, head...)
	}
	var rows []table.Row
	for i := range t.Rows {
		r := &t.Rows[i]
		row := table.Row{r.Number}
		if doubt {
			row = append(row, r.Standing())
		}
		for _, k := range shown {
			row = append(row, t.Text(r, k))
		}
		if statuses {
			row = append(row, r.Status)
		}
		rows = append(rows, row)
	}
	head = append(table.Row{"point"}, head...)
	if statuses {
		head = append(head, "status")
	}
	a.printTable(head, rows)
}

func allDone(t *sweep.Table) bool {
	return !slices.ContainsFunc(t.Rows, func(r sweep.Row) bool { return r.Status != sweep.Done })
}

// printDoubt prints what the samples of a sweep do not decide.
func (a *app) printDoubt(t *sweep.Table) {
	undecided, best := 0, (*sweep.Row)(nil)
	for i := range t.Rows {
		r := &t.Rows[i]
		if r.Best {
			best = r
		}
		if r.Undecided {
			undecided++
		}
	}
	if best == nil || undecided == 0 {
		return
	}
	a.printf("undecided: %s whose 95 %% interval of accuracy overlaps that of point %d, the best; "+
		"more samples decide", count(undecided, "point"), best.Number)
}

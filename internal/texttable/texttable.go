// Package texttable draws text tables, and fits them to a width.
package texttable

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Width is the default width of a table, in columns of a screen.
const Width = 100

// Whole is the width of a table without a limit.
const Whole = 0

// narrowest is how narrow a column of words may become before columns are left out.
const narrowest = 28

// Table is a header and rows. Cells are written as fmt writes them.
type Table struct {
	Header table.Row
	Rows   []table.Row
	// Right aligns the columns from the second on to the right, except those of Left, counted from
	// 1. Without it all are aligned to the left, except numbers.
	Right bool
	Left  []int
	// Upper writes the header in capitals.
	Upper bool
}

// Render draws the table in at most so many columns of a screen, or Whole. Columns of words
// are wrapped first; if that is not enough, the last columns are left out, and a line below
// says how many and how to see them.
func (t *Table) Render(width int) string {
	columns := len(t.Header)
	widths := t.widths()
	if width == Whole || total(widths) <= width {
		return t.draw(columns, nil)
	}
	wrapped := t.wrap(widths, width)
	for columns > 1 && total(widths[:columns]) > width {
		columns--
	}
	out := t.draw(columns, wrapped)
	if left := len(t.Header) - columns; left > 0 {
		out += fmt.Sprintf("\n%s: --wide", more(left))
	}
	return out
}

// more says how many columns are left out.
func more(columns int) string {
	if columns == 1 {
		return "1 column more"
	}
	return fmt.Sprintf("%d columns more", columns)
}

// widths are the natural widths of the columns.
func (t *Table) widths() []int {
	widths := make([]int, len(t.Header))
	for _, row := range append([]table.Row{t.Header}, t.Rows...) {
		for i := range min(len(row), len(widths)) {
			widths[i] = max(widths[i], text.LongestLineLen(fmt.Sprint(row[i])))
		}
	}
	return widths
}

// total is the width of a table of such columns, with borders and padding.
func total(widths []int) int {
	sum := 1
	for _, w := range widths {
		sum += w + 3
	}
	return sum
}

// wrap narrows columns of words, the widest first, until the table fits or none can be
// narrowed. It changes widths and returns the limits by column.
func (t *Table) wrap(widths []int, width int) map[int]int {
	limits := map[int]int{}
	for total(widths) > width {
		widest := -1
		for i, w := range widths {
			if w > narrowest && t.words(i) && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return limits
		}
		widths[widest] = max(narrowest, widths[widest]-(total(widths)-width))
		limits[widest] = widths[widest]
	}
	return limits
}

// words reports whether a column holds sentences, which may be broken.
func (t *Table) words(column int) bool {
	for _, row := range t.Rows {
		if column < len(row) && strings.Count(fmt.Sprint(row[column]), " ") >= 3 {
			return true
		}
	}
	return false
}

// draw renders the first columns, those of limits wrapped.
func (t *Table) draw(columns int, limits map[int]int) string {
	w := table.NewWriter()
	w.SetStyle(table.StyleLight)
	if !t.Upper {
		w.Style().Format.Header = text.FormatDefault
	}
	w.AppendHeader(head(t.Header, columns))
	for _, row := range t.Rows {
		w.AppendRow(head(row, columns))
	}
	w.SetColumnConfigs(t.configs(columns, limits))
	return w.Render()
}

func head(row table.Row, columns int) table.Row { return row[:min(len(row), columns)] }

func (t *Table) configs(columns int, limits map[int]int) []table.ColumnConfig {
	var out []table.ColumnConfig
	for i := range columns {
		c := table.ColumnConfig{Number: i + 1}
		if t.Right && i > 0 && !contains(t.Left, i+1) {
			c.Align, c.AlignHeader = text.AlignRight, text.AlignRight
		}
		if limit, ok := limits[i]; ok {
			c.WidthMax, c.WidthMaxEnforcer = limit, text.WrapSoft
		}
		out = append(out, c)
	}
	return out
}

func contains(list []int, n int) bool {
	for _, m := range list {
		if m == n {
			return true
		}
	}
	return false
}

package sweep

import (
	"bytes"
	_ "embed"
	"html/template"
	"slices"
	"strconv"
)

//go:embed page.html
var pageText string

// pageData is the data of the page.
type pageData struct {
	*Table
	// Picture is an SVG of our own.
	Picture template.HTML
	// Heads are the columns that differ between rows, Same what all rows have in common.
	Heads, Same []string
	// Front and All are the rows as displayed.
	Front, All []pageRow
	Counts     map[Status]int
	Missing    int
}

// pageRow is a row with the cells of the columns that are shown.
type pageRow struct {
	*Row
	Shown []string
}

// page is the sweep as one HTML file that asks the network for nothing.
func (t *Table) page(picture []byte) ([]byte, error) {
	page, err := template.New("page").Parse(pageText)
	if err != nil {
		return nil, err
	}
	data := pageData{Table: t, Picture: template.HTML(inline(picture)), Counts: map[Status]int{}}
	data.fill()
	data.Missing = data.Counts[""]
	delete(data.Counts, "")
	var out bytes.Buffer
	err = page.Execute(&out, data)
	return out.Bytes(), err
}

// fill sorts the columns into those that differ and those that do not, and lists the rows.
func (d *pageData) fill() {
	var shown []int
	for _, i := range d.order() {
		name := d.Columns[i]
		value, same := d.common(i)
		switch {
		case i < d.Settings || !same:
			shown, d.Heads = append(shown, i), append(d.Heads, name)
		case value != "":
			d.Same = append(d.Same, name+" "+d.sameText(i))
		}
	}
	if d.Intervals() {
		d.Heads = append(d.Heads, "accuracy vs best")
	}
	for i := range d.Rows {
		row := pageRow{Row: &d.Rows[i]}
		d.Counts[row.Status]++
		for _, k := range shown {
			row.Shown = append(row.Shown, d.Text(row.Row, k))
		}
		if d.Intervals() {
			row.Shown = append(row.Shown, row.Standing())
		}
		if row.Status != "" {
			d.All = append(d.All, row)
		}
		if row.Row.Front {
			d.Front = append(d.Front, row)
		}
	}
}

// sameText is a column as the rows that are done have it.
func (d *pageData) sameText(column int) string {
	at := slices.IndexFunc(d.Rows, func(r Row) bool { return r.Status == Done })
	return d.Text(&d.Rows[at], column)
}

// order are the columns with settings first, then objectives.
func (t *Table) order() []int {
	rank := func(i int) int {
		switch {
		case i < t.Settings:
			return 0
		case t.Objective(t.Columns[i]):
			return 1
		}
		return 2
	}
	order := make([]int, len(t.Columns))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return rank(a) - rank(b) })
	return order
}

// common is the value that a column has in all rows that are done, if it is one.
func (t *Table) common(column int) (value string, same bool) {
	same, met := true, 0
	for i := range t.Rows {
		if t.Rows[i].Status != Done {
			continue
		}
		cell := t.Rows[i].Cells[column]
		same = same && (met == 0 || cell == value)
		value = cell
		met++
	}
	return value, same && (met > 1 || value == "")
}

// inline is an SVG without the head of a file.
func inline(svg []byte) []byte {
	if at := bytes.Index(svg, []byte("<svg")); at >= 0 {
		return svg[at:]
	}
	return nil
}

// Name is the name of the sweep's folder.
func (t *Table) Name() string { return t.name }

// short formats a cell for display: numbers have five significant digits.
func short(cell string) string {
	x, err := strconv.ParseFloat(cell, 64)
	if err != nil || len(cell) <= 7 {
		return cell
	}
	return strconv.FormatFloat(x, 'g', 5, 64)
}

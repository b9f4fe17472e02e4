package sweep

import (
	"bytes"
	_ "embed"
	"html/template"
	"strconv"
)

//go:embed page.html
var pageText string

// pageData is what the page is filled with.
type pageData struct {
	*Table
	// Picture is an SVG of our own.
	Picture template.HTML
	Heads   []string
	Counts  map[Status]int
	Missing int
}

// page is the sweep as one HTML file that asks the network for nothing.
func (t *Table) page(picture []byte) ([]byte, error) {
	page, err := template.New("page").Funcs(template.FuncMap{"short": Short}).Parse(pageText)
	if err != nil {
		return nil, err
	}
	data := pageData{Table: t, Picture: template.HTML(inline(picture)), Heads: t.Columns, Counts: map[Status]int{}}
	for _, r := range t.Rows {
		data.Counts[r.Status]++
	}
	data.Missing = data.Counts[""]
	delete(data.Counts, "")
	var out bytes.Buffer
	err = page.Execute(&out, data)
	return out.Bytes(), err
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

// Short is a cell for people: numbers have five significant digits.
func Short(cell string) string {
	x, err := strconv.ParseFloat(cell, 64)
	if err != nil || len(cell) <= 7 {
		return cell
	}
	return strconv.FormatFloat(x, 'g', 5, 64)
}

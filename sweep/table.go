package sweep

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Table is the results of a sweep. Rows are the points in the sweep's order, cells are text.
type Table struct {
	// Columns are the names of the columns: varying settings first, then results.
	Columns []string
	// Settings is how many of the columns are settings.
	Settings   int
	Rows       []Row
	Objectives []Objective
	// Files are those that were written of the table.
	Files []string

	name    string
	details []values
}

// Row is a point and its result.
type Row struct {
	// Number counts the points from 1.
	Number int
	Hash   string
	// Status is empty where there is no result yet.
	Status Status
	Error  string
	Cells  []string
	// Wanted says that the result meets the conditions on columns, Front that it is on the Pareto
	// front.
	Wanted, Front bool
	// Interval is the 95 % interval of the accuracy, nil where samples or accuracy are not known.
	// Best is the row with the largest accuracy of those that are wanted, Undecided one whose
	// interval overlaps that row's.
	Interval        *[2]float64
	Best, Undecided bool
}

// table reads the results of points.
func (s *Spec) table(folder *Folder, points []Point) (*Table, error) {
	t := &Table{Objectives: s.Objectives, name: filepath.Base(absolute(s.folder))}
	if len(t.Objectives) == 0 {
		t.Objectives = defaultObjectives(s.Command)
	}
	for i := range points {
		record, err := folder.Find(points[i].Hash)
		if err != nil {
			return nil, err
		}
		row := Row{Number: i + 1, Hash: points[i].Hash}
		var found values
		if record != nil {
			row.Status, row.Error = record.Status, record.Error
			if found, err = parseValues(record.Result); err != nil {
				return nil, fmt.Errorf("sweep: result of %s: %w", row.Hash, err)
			}
		}
		t.Rows, t.details = append(t.Rows, row), append(t.details, found)
	}
	t.fill(s, points)
	return t, t.judge(s, points)
}

func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// fill sets columns and cells.
func (t *Table) fill(s *Spec, points []Point) {
	results := columns(s.Command, t.details)
	for _, axis := range s.Axes {
		name := axis.Name
		if slices.ContainsFunc(results, func(c column) bool { return c.name == name }) {
			name = "--" + name
		}
		t.Columns = append(t.Columns, name)
	}
	t.Settings = len(t.Columns)
	for _, c := range results {
		t.Columns = append(t.Columns, c.name)
	}
	for i := range t.Rows {
		for _, axis := range s.Axes {
			t.Rows[i].Cells = append(t.Rows[i].Cells, label(axis.Name, points[i].Get(axis.Name)))
		}
		for _, c := range results {
			t.Rows[i].Cells = append(t.Rows[i].Cells, t.details[i].text(c.path))
		}
	}
}

// label is a setting as the table has it: no row holds a path.
func label(name, value string) string {
	if !namesFile(name) {
		return value
	}
	list := strings.Split(value, ",")
	for i, one := range list {
		list[i] = filepath.Base(one)
	}
	return strings.Join(list, ",")
}

// judge marks the rows that are wanted, and the front.
func (t *Table) judge(s *Spec, points []Point) error {
	for i := range t.Rows {
		row := &t.Rows[i]
		row.Wanted = row.Status == Done
		for _, c := range s.Where {
			if !row.Wanted || s.onSettings(c) {
				continue
			}
			ok, err := c.holds(t.valuesOf(i, &points[i]))
			if err != nil {
				return err
			}
			row.Wanted = ok
		}
	}
	for i, rank := range t.ranks() {
		t.Rows[i].Front = rank == 0
	}
	t.doubt()
	return nil
}

// valuesOf are the settings and cells of a row by name.
func (t *Table) valuesOf(row int, p *Point) map[string]string {
	out := map[string]string{}
	if p != nil {
		out = settingsOf(p)
	}
	for i, name := range t.Columns {
		out[strings.TrimPrefix(name, "--")] = t.Rows[row].Cells[i]
	}
	// The columns come last: what they share a name with is a setting.
	for i := t.Settings; i < len(t.Columns); i++ {
		out[t.Columns[i]] = t.Rows[row].Cells[i]
	}
	out["status"] = string(t.Rows[row].Status)
	out["front"] = strconv.FormatBool(t.Rows[row].Front)
	out["undecided"] = strconv.FormatBool(t.Rows[row].Undecided)
	return out
}

// Objective reports whether a column is one of the objectives.
func (t *Table) Objective(name string) bool {
	return slices.ContainsFunc(t.Objectives, func(o Objective) bool { return o.Column == name })
}

// cell is the value of a column, or of a path inside of the result.
func (t *Table) cell(row int, name string) string {
	if i := slices.Index(t.Columns, name); i >= 0 {
		return t.Rows[row].Cells[i]
	}
	return t.details[row].text(name)
}

// Where keeps the rows that meet a condition.
func (t *Table) Where(c *Condition) error {
	out := *t
	out.Rows, out.details = nil, nil
	for i := range t.Rows {
		if t.Rows[i].Status != Done {
			continue
		}
		ok, err := c.holds(t.valuesOf(i, nil))
		if err != nil {
			return err
		}
		if ok {
			out.Rows, out.details = append(out.Rows, t.Rows[i]), append(out.details, t.details[i])
		}
	}
	*t = out
	return nil
}

// Sort orders the rows by a column, those without a value last: ascending, or descending
// where the name begins with "-".
func (t *Table) Sort(name string) error {
	name, down := strings.CutPrefix(name, "-")
	if !t.has(name) {
		return fmt.Errorf("--sort %s: no such column: there are %s", name,
			strings.Join(t.Columns, ", "))
	}
	order := make([]int, len(t.Rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return compare(t.cell(a, name), t.cell(b, name), down)
	})
	rows, details := make([]Row, len(order)), make([]values, len(order))
	for i, k := range order {
		rows[i], details[i] = t.Rows[k], t.details[k]
	}
	t.Rows, t.details = rows, details
	return nil
}

func (t *Table) has(name string) bool {
	if slices.Contains(t.Columns, name) {
		return true
	}
	return slices.ContainsFunc(t.details, func(v values) bool { return v.text(name) != "" })
}

// compare orders cells: numbers by size, texts by letters, and empty cells last either way.
func compare(a, b string, down bool) int {
	if a == "" || b == "" {
		return cmp.Compare(len(b), len(a))
	}
	if down {
		a, b = b, a
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return strings.Compare(a, b)
}

// csv is the table as a file: the hash, the settings, the status, the results, whether the row
// lies on the front, and what the samples tell of its accuracy.
func (t *Table) csv() ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	head := append([]string{"point", "hash"}, t.Columns[:t.Settings]...)
	head = append(append(head, "status"), t.Columns[t.Settings:]...)
	if err := w.Write(append(head, "front", "undecided", "accuracy_low", "accuracy_high",
		"error")); err != nil {
		return nil, err
	}
	for _, r := range t.Rows {
		if r.Status == "" {
			continue
		}
		line := append([]string{strconv.Itoa(r.Number), r.Hash}, r.Cells[:t.Settings]...)
		line = append(append(line, string(r.Status)), r.Cells[t.Settings:]...)
		low, high := "", ""
		if i := r.Interval; i != nil {
			low, high = decimal(i[0]), decimal(i[1])
		}
		if err := w.Write(append(line, strconv.FormatBool(r.Front),
			strconv.FormatBool(r.Undecided), low, high, r.Error)); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }

// done is how many rows have a result.
func (t *Table) done() (n int) {
	for _, r := range t.Rows {
		if r.Status != "" {
			n++
		}
	}
	return n
}

// save writes table, picture and page. Of processes that share a folder any may be the
// last: each looks again after it has written.
func (s *Spec) save(folder *Folder, points []Point) (*Table, error) {
	for {
		t, err := s.table(folder, points)
		if err != nil {
			return nil, err
		}
		if err := t.saveFiles(folder); err != nil {
			return nil, err
		}
		again, err := s.table(folder, points)
		if err != nil || again.done() == t.done() {
			return t, err
		}
	}
}

func (t *Table) saveFiles(folder *Folder) error {
	text, err := t.csv()
	if err != nil {
		return err
	}
	picture, err := t.picture()
	if err != nil {
		return err
	}
	page, err := t.page(picture)
	if err != nil {
		return err
	}
	t.Files = nil
	for _, f := range []struct {
		name string
		text []byte
	}{{tableName, text}, {frontName, picture}, {pageName, page}} {
		if f.text == nil {
			continue // fewer than two points to draw
		}
		if err := writeFile(filepath.Join(folder.path, f.name), f.text); err != nil {
			return err
		}
		t.Files = append(t.Files, f.name)
	}
	return nil
}

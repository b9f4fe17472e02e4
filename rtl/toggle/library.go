package toggle

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Library is the cells of a liberty file, in picofarads, picojoules and nanoseconds.
type Library struct {
	Name string
	// Voltage is the nominal voltage.
	Voltage float64
	cells   map[string]*cell
}

// cell is the library's data of a cell.
type cell struct {
	area    float64
	leakage float64 // nanowatts
	pins    map[string]*pin
}

// pin is a pin of a cell.
type pin struct {
	output bool
	clock  bool
	cap    float64
	// energies are those of its transitions, one for each pin that they may come from.
	energies []energy
}

// energy is that of a rise and of a fall inside of a cell, without its load.
type energy struct{ rise, fall *table }

// table is a table of energies by load and by the time of the input's transition.
// Either may be missing: it then has one row or one column.
type table struct {
	loads, slews []float64
	values       [][]float64 // by load, then by slew
}

// maxLibrary is the largest liberty file that is read.
const maxLibrary = 256 << 20

// ReadLibrary reads a liberty file with tables of internal power.
func ReadLibrary(path string) (*Library, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("liberty file: %w", err)
	}
	if info.Size() > maxLibrary {
		return nil, fmt.Errorf("%s: larger than %d bytes: give a liberty file", path, maxLibrary)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("liberty file: %w", err)
	}
	l, err := parseLibrary(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return l, nil
}

func parseLibrary(text string) (*Library, error) {
	g, err := parseGroup(text)
	if err != nil {
		return nil, err
	}
	if g.name != "library" || len(g.words) != 1 {
		return nil, fmt.Errorf("begins with %q: give a liberty file, which begins with library",
			g.name)
	}
	l := &Library{Name: g.words[0], cells: map[string]*cell{}}
	farads, err := unitOf(g)
	if err != nil {
		return nil, err
	}
	if l.Voltage, err = number(g.values["nom_voltage"]); err != nil || l.Voltage <= 0 {
		return nil, fmt.Errorf("nom_voltage %q is no voltage", g.values["nom_voltage"])
	}
	templates := map[string][2]string{}
	for _, t := range slices.Concat(g.all("power_lut_template"), g.all("lu_table_template")) {
		if len(t.words) == 1 {
			templates[t.words[0]] = [2]string{t.values["variable_1"], t.values["variable_2"]}
		}
	}
	for _, c := range g.all("cell") {
		if len(c.words) != 1 {
			continue
		}
		if l.cells[c.words[0]], err = newCell(c, farads, templates); err != nil {
			return nil, fmt.Errorf("cell %s: %w", c.words[0], err)
		}
	}
	if len(l.cells) == 0 {
		return nil, fmt.Errorf("library %s has no cells", l.Name)
	}
	return l, nil
}

// unitOf is the library's unit of capacitance in picofarads. Energies in Liberty tables are in that
// unit times a volt squared.
func unitOf(g *group) (float64, error) {
	words := g.lists["capacitive_load_unit"]
	if len(words) != 2 {
		return 0, fmt.Errorf("capacitive_load_unit is missing")
	}
	x, err := number(words[0])
	if err != nil {
		return 0, err
	}
	switch strings.ToLower(words[1]) {
	case "pf":
		return x, nil
	case "ff":
		return x / 1000, nil
	}
	return 0, fmt.Errorf("capacitive_load_unit %q: know pf and ff", words[1])
}

func newCell(g *group, farads float64, templates map[string][2]string) (*cell, error) {
	c := &cell{pins: map[string]*pin{}}
	c.area, _ = number(g.values["area"])
	c.leakage, _ = number(g.values["cell_leakage_power"])
	clocks := map[string]bool{}
	for _, ff := range g.all("ff") {
		clocks[strings.Trim(ff.values["clocked_on"], "!()' ")] = true
	}
	for _, p := range g.all("pin") {
		if len(p.words) != 1 {
			return nil, fmt.Errorf("a pin without a name")
		}
		out := &pin{output: p.values["direction"] == "output", clock: clocks[p.words[0]] ||
			p.values["clock"] == "true"}
		load, _ := number(p.values["capacitance"])
		out.cap = load * farads
		for _, power := range p.all("internal_power") {
			e, err := newEnergy(power, farads, templates)
			if err != nil {
				return nil, fmt.Errorf("pin %s: %w", p.words[0], err)
			}
			out.energies = append(out.energies, e)
		}
		c.pins[p.words[0]] = out
	}
	return c, nil
}

func newEnergy(g *group, farads float64, templates map[string][2]string) (energy, error) {
	var e energy
	for _, side := range []struct {
		name string
		to   **table
	}{{"rise_power", &e.rise}, {"fall_power", &e.fall}} {
		for _, t := range g.all(side.name) {
			made, err := newTable(t, farads, templates)
			if err != nil {
				return e, fmt.Errorf("%s: %w", side.name, err)
			}
			*side.to = made
		}
	}
	return e, nil
}

// newTable reads a table, with loads first, in any order of the template.
func newTable(g *group, farads float64, templates map[string][2]string) (*table, error) {
	var name string
	if len(g.words) == 1 {
		name = g.words[0]
	}
	variables := templates[name]
	t := &table{}
	rows, err := numbers(g.lists["values"])
	if err != nil {
		return nil, err
	}
	var index [2][]float64
	for i, key := range []string{"index_1", "index_2"} {
		for _, line := range g.lists[key] {
			at, err := numbers([]string{line})
			if err != nil {
				return nil, err
			}
			index[i] = append(index[i], at[0]...)
		}
	}
	byLoad := variables[0] == "total_output_net_capacitance"
	if len(index[1]) == 0 && len(index[0]) > 0 && len(rows) == 1 && !byLoad { // by slew alone
		index[0], index[1] = nil, index[0]
	}
	t.loads, t.slews, t.values = index[0], index[1], rows
	if !byLoad && len(index[0]) > 0 && len(index[1]) > 0 {
		t.loads, t.slews, t.values = index[1], index[0], transposed(rows)
	}
	if len(t.values) != max(len(t.loads), 1) ||
		slices.ContainsFunc(t.values, func(r []float64) bool {
			return len(r) != max(len(t.slews), 1)
		}) {
		return nil, fmt.Errorf("table %s: %d rows do not fit its indices", name, len(rows))
	}
	for i := range t.loads {
		t.loads[i] *= farads
	}
	for _, row := range t.values {
		for i := range row {
			row[i] *= farads
		}
	}
	return t, nil
}

func transposed(rows [][]float64) [][]float64 {
	out := make([][]float64, len(rows[0]))
	for _, row := range rows {
		for i := range out {
			if i < len(row) {
				out[i] = append(out[i], row[i])
			}
		}
	}
	return out
}

// numbers reads lines of numbers with commas or blanks between them.
func numbers(lines []string) ([][]float64, error) {
	var out [][]float64
	for _, line := range lines {
		var row []float64
		for _, word := range strings.FieldsFunc(line, func(r rune) bool {
			return r == ',' || r == ' ' || r == '\\' || r == '\n' || r == '\t'
		}) {
			x, err := number(word)
			if err != nil {
				return nil, err
			}
			row = append(row, x)
		}
		out = append(out, row)
	}
	if len(out) == 0 || len(out[0]) == 0 {
		return nil, fmt.Errorf("a table without numbers")
	}
	return out, nil
}

func number(text string) (float64, error) {
	x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", text)
	}
	return x, nil
}

// at is the energy at a load and a slew: between points by proportion, outside of the
// table as at its edge.
func (t *table) at(load, slew float64) float64 {
	if t == nil {
		return 0
	}
	row, part := place(t.loads, load)
	value := along(t.values[row], t.slews, slew)
	if part > 0 {
		value += part * (along(t.values[row+1], t.slews, slew) - value)
	}
	return value
}

func along(row, slews []float64, slew float64) float64 {
	at, part := place(slews, slew)
	if part == 0 {
		return row[at]
	}
	return row[at] + part*(row[at+1]-row[at])
}

// place finds the interval of points that x is in, and how far.
func place(points []float64, x float64) (at int, part float64) {
	if len(points) < 2 || x <= points[0] {
		return 0, 0
	}
	for i := 1; i < len(points); i++ {
		if x <= points[i] {
			return i - 1, (x - points[i-1]) / (points[i] - points[i-1])
		}
	}
	return len(points) - 1, 0
}

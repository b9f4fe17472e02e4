package energy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"adder/internal/yamlguard"
)

// TableError is a fault of an energy table's text.
type TableError struct {
	// File is the name that the text was parsed under.
	File string
	// Line is where the fault is, from 1, or 0 where it is no single line.
	Line int
	// Problem says what is wrong and what to do.
	Problem string
}

// Error gives file, line and problem.
func (e *TableError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("energy table %s: %s", e.File, e.Problem)
	}
	return fmt.Sprintf("energy table %s:%d: %s", e.File, e.Line, e.Problem)
}

// The form of a file. Numbers with units are text, so that a price is kept
// exactly as its source has it.
type (
	tableText struct {
		Name        string       `yaml:"name"`
		Title       string       `yaml:"title"`
		Description string       `yaml:"description"`
		Node        string       `yaml:"node"`
		Voltage     string       `yaml:"voltage"`
		Boundary    string       `yaml:"boundary"`
		Caution     string       `yaml:"caution"`
		Chip        string       `yaml:"chip"`
		ANN         *Precision   `yaml:"ann"`
		Factors     []factorText `yaml:"factors"`
		SRAM        *sramText    `yaml:"sram"`
		Corners     []sramText   `yaml:"corners"`
		Statics     []staticText `yaml:"static"`
		Area        *areaText    `yaml:"area"`
		Outside     []string     `yaml:"outside"`
		Prices      []priceText  `yaml:"prices"`
	}
	factorText struct {
		Name     string `yaml:"name"`
		Least    Bound  `yaml:"least"`
		Greatest Bound  `yaml:"greatest"`
	}
	sramText struct {
		Process  string      `yaml:"process"`
		Access   string      `yaml:"access"`
		Factor   string      `yaml:"factor"`
		Leakage  string      `yaml:"leakage_per_kib"`
		Grade    Grade       `yaml:"grade"`
		Evidence Evidence    `yaml:"evidence"`
		Source   string      `yaml:"source"`
		Points   []pointText `yaml:"points"`
		Datum    *datumText  `yaml:"datum"`
	}
	datumText struct {
		Base   string `yaml:"base"`
		PerBit string `yaml:"per_bit_of_memory"`
	}
	staticText struct {
		Of       StaticOf `yaml:"of"`
		Power    string   `yaml:"power"`
		PerCycle string   `yaml:"per_cycle"`
		Grade    Grade    `yaml:"grade"`
		Evidence Evidence `yaml:"evidence"`
		Source   string   `yaml:"source"`
	}
	areaText struct {
		PerMiB   string   `yaml:"per_mib"`
		Grade    Grade    `yaml:"grade"`
		Evidence Evidence `yaml:"evidence"`
		Source   string   `yaml:"source"`
	}
	pointText struct {
		Size  string `yaml:"size"`
		Price string `yaml:"price"`
	}
	priceText struct {
		Event    string   `yaml:"event"`
		Price    string   `yaml:"price"`
		Per      string   `yaml:"per"`
		Factor   string   `yaml:"factor"`
		Unit     string   `yaml:"unit"`
		Grade    Grade    `yaml:"grade"`
		Evidence Evidence `yaml:"evidence"`
		Source   string   `yaml:"source"`
		Node     string   `yaml:"node"`
		Voltage  string   `yaml:"voltage"`
		Boundary string   `yaml:"boundary"`
		Includes []string `yaml:"includes"`
	}
)

// tableParser turns a file's form into a Table and stops at the first fault.
type tableParser struct {
	file string
	text []byte
}

// ParseTable reads an energy table from YAML. Errors are of type *TableError and call the text
// name. Unknown and repeated fields, prices without unit or source and events that are never
// counted are errors.
func ParseTable(name string, text []byte) (*Table, error) {
	p := &tableParser{file: name, text: text}
	if len(text) > maxTableBytes {
		return nil, p.fail("", "%d bytes are too many: write at most %d", len(text), maxTableBytes)
	}
	form, err := p.decode()
	if err != nil {
		return nil, err
	}
	t := &Table{
		Name: form.Name, Title: form.Title, Description: strings.TrimSpace(form.Description),
		Node: form.Node, Voltage: form.Voltage, Boundary: form.Boundary, Caution: form.Caution,
		ANN:  form.ANN,
		Chip: form.Chip,
		text: slices.Clone(text),
	}
	if err := p.head(t); err != nil {
		return nil, err
	}
	if err := p.sections(t, form); err != nil {
		return nil, err
	}
	for i := range form.Prices {
		price, err := p.price(t, &form.Prices[i], fmt.Sprintf("$.prices[%d]", i))
		if err != nil {
			return nil, err
		}
		t.Prices = append(t.Prices, *price)
	}
	t.index()
	return t, p.checkPrices(t)
}

// decode reads the one document of the text.
func (p *tableParser) decode() (form *tableText, err error) {
	// The YAML parser is foreign code that reads foreign text: any panic is reported as an error in
	// the text.
	defer func() {
		if r := recover(); r != nil {
			form, err = nil, p.fail("", "this is not YAML: %v", r)
		}
	}()
	var bomb *yamlguard.Fault
	if errors.As(yamlguard.Check(p.text), &bomb) {
		return nil, &TableError{File: p.file, Line: bomb.Line, Problem: bomb.Problem}
	}
	form = &tableText{}
	d := yaml.NewDecoder(bytes.NewReader(p.text), yaml.Strict())
	switch err := d.Decode(form); {
	case errors.Is(err, io.EOF):
		return nil, p.fail("",
			"the file is empty: start from one that `adder energies NAME` prints")
	case err != nil:
		return nil, p.yamlFault(err)
	}
	if err := d.Decode(&tableText{}); !errors.Is(err, io.EOF) {
		return nil, p.fail("", "the file holds more than one document: write one table per file")
	}
	return form, nil
}

func (p *tableParser) yamlFault(err error) error {
	fault := &TableError{File: p.file, Problem: err.Error()}
	var placed yaml.Error
	if errors.As(err, &placed) && placed.GetToken() != nil {
		fault.Line, fault.Problem = placed.GetToken().Position.Line, placed.GetMessage()
	}
	return fault
}

// fail is a fault of the value at a path of the document, such as
// "$.prices[3].price".
func (p *tableParser) fail(at, format string, args ...any) error {
	return &TableError{File: p.file, Line: p.line(at), Problem: fmt.Sprintf(format, args...)}
}

// line finds a path's line, 0 where it has none.
func (p *tableParser) line(at string) int {
	if at == "" {
		return 0
	}
	path, err := yaml.PathString(at)
	if err != nil {
		return 0
	}
	node, err := path.ReadNode(bytes.NewReader(p.text))
	if err != nil || node == nil || node.GetToken() == nil {
		return 0
	}
	return node.GetToken().Position.Line
}

// head checks the fields above the prices.
func (p *tableParser) head(t *Table) error {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	if t.Name == "" || len(t.Name) > 64 || strings.Trim(t.Name, letters) != "" {
		return p.fail("$.name", "name %q: write 1 to 64 letters, digits, '-' or '_'", t.Name)
	}
	for _, f := range []struct{ key, value, example string }{
		{"title", t.Title, "45 nm, integer operations only"}, {"node", t.Node, "45 nm"},
		{"voltage", t.Voltage, "0.9 V, or not stated"}, {"boundary", t.Boundary, "op+memory"},
	} {
		if strings.TrimSpace(f.value) == "" {
			return p.fail("", "field %q is missing: add it, e.g. %s: %s", f.key, f.key, f.example)
		}
	}
	if t.ANN == nil {
		return nil
	}
	for _, f := range []struct {
		key  string
		bits int
	}{{"weight_bits", t.ANN.WeightBits}, {"activation_bits", t.ANN.ActivationBits},
		{"accumulator_bits", t.ANN.AccumulatorBits}} {
		if f.bits < 1 || f.bits > 64 {
			return p.fail("$.ann", "ann.%s is %d: write 1 to 64", f.key, f.bits)
		}
	}
	return nil
}

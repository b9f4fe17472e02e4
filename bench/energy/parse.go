package energy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
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
		Name        string      `yaml:"name"`
		Title       string      `yaml:"title"`
		Description string      `yaml:"description"`
		Node        string      `yaml:"node"`
		Voltage     string      `yaml:"voltage"`
		Boundary    string      `yaml:"boundary"`
		Caution     string      `yaml:"caution"`
		ANN         *Precision  `yaml:"ann"`
		SRAM        *sramText   `yaml:"sram"`
		Prices      []priceText `yaml:"prices"`
	}
	sramText struct {
		Access   string      `yaml:"access"`
		Grade    Grade       `yaml:"grade"`
		Evidence Evidence    `yaml:"evidence"`
		Source   string      `yaml:"source"`
		Points   []pointText `yaml:"points"`
	}
	pointText struct {
		Size  string `yaml:"size"`
		Price string `yaml:"price"`
	}
	priceText struct {
		Event    string   `yaml:"event"`
		Price    string   `yaml:"price"`
		Per      string   `yaml:"per"`
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

// ParseTable reads an energy table from YAML. The name stands for the text in
// errors, which are of type *TableError. Unknown and repeated fields, prices
// without unit or source and events that nobody counts are faults.
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
		Node: form.Node, Voltage: form.Voltage, Boundary: form.Boundary, Caution: form.Caution, ANN: form.ANN,
		text: slices.Clone(text),
	}
	if err := p.head(t); err != nil {
		return nil, err
	}
	if form.SRAM != nil {
		if t.SRAM, err = p.sram(form.SRAM); err != nil {
			return nil, err
		}
	}
	for i := range form.Prices {
		price, err := p.price(t, &form.Prices[i], fmt.Sprintf("$.prices[%d]", i))
		if err != nil {
			return nil, err
		}
		t.Prices = append(t.Prices, *price)
	}
	return t, p.checkPrices(t)
}

// decode reads the one document of the text.
func (p *tableParser) decode() (form *tableText, err error) {
	// The YAML parser is foreign code that reads foreign text: whatever it
	// trips over is a fault of the text.
	defer func() {
		if r := recover(); r != nil {
			form, err = nil, p.fail("", "this is not YAML: %v", r)
		}
	}()
	form = &tableText{}
	d := yaml.NewDecoder(bytes.NewReader(p.text), yaml.Strict())
	switch err := d.Decode(form); {
	case errors.Is(err, io.EOF):
		return nil, p.fail("", "the file is empty: start from one that `adder energies NAME` prints")
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

// head checks what stands above the prices.
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
	}{{"weight_bits", t.ANN.WeightBits}, {"activation_bits", t.ANN.ActivationBits}, {"accumulator_bits", t.ANN.AccumulatorBits}} {
		if f.bits < 1 || f.bits > 64 {
			return p.fail("$.ann", "ann.%s is %d: write 1 to 64", f.key, f.bits)
		}
	}
	return nil
}

func (p *tableParser) sram(form *sramText) (*SRAM, error) {
	s := &SRAM{Grade: form.Grade, Evidence: form.Evidence, Source: form.Source}
	var err error
	if s.AccessBits, err = parseBits(form.Access); err != nil {
		return nil, p.fail("$.sram.access", "sram.access: %v", err)
	}
	if err := checkOrigin(form.Grade, form.Evidence, form.Source); err != nil {
		return nil, p.fail("$.sram", "sram: %v", err)
	}
	if form.Evidence == EvidenceUnverified {
		return nil, p.fail("$.sram.evidence", "sram: prices that are not verified are never applied: leave the section out")
	}
	if len(form.Points) == 0 {
		return nil, p.fail("$.sram", "sram.points is empty: name at least one memory and its price")
	}
	for i, point := range form.Points {
		at := fmt.Sprintf("$.sram.points[%d]", i)
		size, err := parseSize(point.Size)
		if err != nil {
			return nil, p.fail(at+".size", "%v", err)
		}
		price, err := parsePrice(point.Price)
		if err != nil {
			return nil, p.fail(at+".price", "%v", err)
		}
		if i > 0 && (size <= s.Points[i-1].Bytes || price < s.Points[i-1].PJ) {
			return nil, p.fail(at+".size", "a larger memory follows a smaller one and costs no less: put the points in order")
		}
		s.Points = append(s.Points, SRAMPoint{Bytes: size, PJ: price})
	}
	return s, nil
}

const sramPrice = "sram"

func (p *tableParser) price(t *Table, form *priceText, at string) (*Price, error) {
	event, ok := FindEvent(form.Event)
	if !ok {
		return nil, p.fail(at+".event", "event %q is counted by nobody: write one of %s", form.Event, eventNames())
	}
	out := &Price{
		Event: form.Event, Text: form.Price, Unit: form.Unit, Grade: form.Grade, Evidence: form.Evidence, Source: form.Source,
		Node: or(form.Node, t.Node), Voltage: or(form.Voltage, t.Voltage), Boundary: or(form.Boundary, t.Boundary), Includes: form.Includes,
	}
	if form.Price == sramPrice {
		if err := p.sramPrice(t, form, event, at); err != nil {
			return nil, err
		}
	} else {
		var err error
		if out.PJ, err = parsePrice(form.Price); err != nil {
			return nil, p.fail(at+".price", "%s: %v", form.Event, err)
		}
	}
	if form.Per != "" {
		var err error
		if out.PerBits, err = parseBits(form.Per); err != nil {
			return nil, p.fail(at+".per", "%s: %v", form.Event, err)
		}
		if !event.Moves() {
			return nil, p.fail(at+".per", "%s moves no bits of a memory: leave per out", form.Event)
		}
	}
	if form.Unit == "" {
		return nil, p.fail(at, "%s has no unit: say what one of it is, e.g. unit: 32-bit addition", form.Event)
	}
	if err := checkOrigin(form.Grade, form.Evidence, form.Source); err != nil {
		return nil, p.fail(at, "%s: %v", form.Event, err)
	}
	return out, nil
}

func (p *tableParser) sramPrice(t *Table, form *priceText, event Event, at string) error {
	switch {
	case t.SRAM == nil:
		return p.fail(at+".price", "%s: the table has no sram section: add one, or write a price in pJ", form.Event)
	case !event.Moves():
		return p.fail(at+".price", "%s touches no memory: write a price in pJ", form.Event)
	case form.Per != "":
		return p.fail(at+".per", "%s: sram is a price per bit already: leave per out", form.Event)
	}
	return nil
}

// checkPrices checks what no price shows alone: nothing is paid for twice.
func (p *tableParser) checkPrices(t *Table) error {
	if len(t.Prices) == 0 {
		return p.fail("", "the table has no prices: add at least one")
	}
	seen := map[string]bool{}
	for i := range t.Prices {
		if seen[t.Prices[i].Event] {
			return p.fail(fmt.Sprintf("$.prices[%d]", i), "%s has two prices: remove one", t.Prices[i].Event)
		}
		seen[t.Prices[i].Event] = true
		if event, _ := FindEvent(t.Prices[i].Event); event.Side() == SideANN && t.ANN == nil {
			return p.fail(fmt.Sprintf("$.prices[%d]", i), "%s is an event of the ANN: add the ann section that says how its numbers are stored", t.Prices[i].Event)
		}
	}
	for i := range t.Prices {
		for _, part := range t.Prices[i].Includes {
			at := fmt.Sprintf("$.prices[%d].includes", i)
			if _, ok := FindEvent(part); !ok {
				return p.fail(at, "%s includes %q, which is counted by nobody: write some of %s", t.Prices[i].Event, part, eventNames())
			}
			if seen[part] {
				return p.fail(at, "%s includes %s, which has a price of its own: it would be paid for twice; remove one", t.Prices[i].Event, part)
			}
		}
	}
	return nil
}

func checkOrigin(g Grade, e Evidence, source string) error {
	switch {
	case !slices.Contains([]Grade{GradeMeasured, GradeSimulated, GradeEstimated, GradeDerived}, g):
		return fmt.Errorf("grade %q: write measured, simulated, estimated or derived", g)
	case !slices.Contains(EvidenceLetters(), e):
		return fmt.Errorf("evidence %q: write S, S2, M, D or U", e)
	case strings.TrimSpace(source) == "":
		return errors.New("there is no source: say where the figure is from")
	}
	return nil
}

func eventNames() string {
	var names []string
	for _, e := range Events() {
		names = append(names, e.Name)
	}
	return strings.Join(names, ", ")
}

func or(own, general string) string {
	if own != "" {
		return own
	}
	return general
}

// maxPJ is one joule: more than any event costs.
const maxPJ = 1e12

// parsePrice reads "0.1 pJ".
func parsePrice(text string) (float64, error) {
	number, unit, _ := strings.Cut(strings.TrimSpace(text), " ")
	factor := 1.0
	switch strings.TrimSpace(unit) {
	case "pJ":
	case "fJ":
		factor = 1e-3
	case "nJ":
		factor = 1e3
	default:
		return 0, fmt.Errorf("price %q: write a number and fJ, pJ or nJ, e.g. 0.1 pJ", text)
	}
	if number == "" || len(number) > 32 || strings.Trim(number, "0123456789.") != "" {
		return 0, fmt.Errorf("price %q: write plain digits with at most one point, e.g. 0.1 pJ", text)
	}
	value, err := strconv.ParseFloat(number, 64)
	if value *= factor; err != nil || math.IsInf(value, 0) || value > maxPJ {
		return 0, fmt.Errorf("price %q: write a number up to 1e12 pJ", text)
	}
	return value, nil
}

// parseBits reads "16 bits".
func parseBits(text string) (int, error) {
	number, unit, _ := strings.Cut(strings.TrimSpace(text), " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > 1<<16 || (unit != "bits" && unit != "bit") {
		return 0, fmt.Errorf("%q: write a number of bits, e.g. 16 bits", text)
	}
	return n, nil
}

// parseSize reads "8 KiB".
func parseSize(text string) (int64, error) {
	number, unit, _ := strings.Cut(strings.TrimSpace(text), " ")
	shift := map[string]int{"B": 0, "KiB": 10, "MiB": 20, "GiB": 30}
	s, ok := shift[unit]
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || !ok || n < 1 || n > 1<<20 {
		return 0, fmt.Errorf("size %q: write 1 to 1048576 B, KiB, MiB or GiB, e.g. 8 KiB", text)
	}
	return n << s, nil
}

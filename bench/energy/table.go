package energy

import (
	"embed"
	"fmt"
	"slices"
	"sync"

	"adder/internal/shipped"
)

//go:embed shipped/*.yaml
var embedded embed.FS

// maxTableBytes is the largest text that is parsed; a table has a few kilobytes.
const maxTableBytes = 256 << 10

// tableFiles are the tables that come with Adder.
var tableFiles = &shipped.Files{What: "energy table", FS: embedded, Folder: "shipped",
	MaxBytes: maxTableBytes}

// Table is a list of prices for the events that an emulation and an ANN count, in picojoules. A
// Table is immutable.
type Table struct {
	// Name identifies the table, Title is a short description, Description says which hardware its
	// prices are of.
	Name, Title, Description string
	// Node and Voltage are the technology of every price that does not say
	// otherwise, such as "45 nm" and "0.9 V".
	Node, Voltage string
	// Boundary says what the prices include, such as "op" or
	// "op+memory".
	Boundary string
	// Caution, if not empty, is a warning that must accompany any number of this table.
	Caution string
	// Chip, if not empty, is the profile whose events the prices are for. Applied to another chip's
	// events, they estimate the energy on this one.
	Chip string
	// ANN is the ANN that the table prices, nil where it prices none.
	ANN *Precision
	// Factors are the common factors of prices.
	Factors []Factor
	// SRAM is the price of memory by its size, nil where the table has none. Corners are the same
	// memory in other processes, printed separately.
	SRAM    *SRAM
	Corners []SRAM
	// Statics are the terms that no event causes.
	Statics []Static
	// MM2PerMiB is the area of memory, 0 where it is not known.
	MM2PerMiB float64
	// Outside lists parts and events that the boundary leaves out on purpose.
	Outside []string
	// Prices are in the order of the file.
	Prices []Price

	text []byte
	// byEvent and inOthers are the index of Prices.
	byEvent  map[string]int
	inOthers map[string]bool
}

// Precision is how an ANN's numbers are stored.
type Precision struct {
	WeightBits      int `json:"weight_bits" yaml:"weight_bits"`
	ActivationBits  int `json:"activation_bits" yaml:"activation_bits"`
	AccumulatorBits int `json:"accumulator_bits" yaml:"accumulator_bits"`
}

// BiasBits is the width of an integer ANN's biases: that of the accumulator.
func (p Precision) BiasBits() int { return p.AccumulatorBits }

// Integer reports whether accumulators must be requantised to the width of activations.
func (p Precision) Integer() bool { return p.ActivationBits < p.AccumulatorBits }

// Int8 is the precision of the ANN where no table says otherwise.
func Int8() Precision { return Precision{WeightBits: 8, ActivationBits: 8, AccumulatorBits: 32} }

// Grade says how a figure came to be.
type Grade string

// The grades of a figure.
const (
	// GradeMeasured figures were measured on silicon.
	GradeMeasured Grade = "measured"
	// GradeSimulated figures come from a simulation of a circuit.
	GradeSimulated Grade = "simulated"
	// GradeEstimated figures are published as rough costs, without a
	// method.
	GradeEstimated Grade = "estimated"
	// GradeDerived figures were computed or fitted from other figures.
	GradeDerived Grade = "derived"
)

// Evidence is how well a figure is established.
type Evidence string

// The kinds of evidence for a figure.
const (
	// EvidenceSource figures were read in the primary source.
	EvidenceSource Evidence = "S"
	// EvidenceSecond figures were read in a source that quotes the primary
	// one.
	EvidenceSecond Evidence = "S2"
	// EvidenceMeasured figures were measured by the author of the table.
	EvidenceMeasured Evidence = "M"
	// EvidenceDerived figures follow from others by arithmetic.
	EvidenceDerived Evidence = "D"
	// EvidenceUnverified figures are from memory. They are listed and never
	// applied: their events count as unpriced.
	EvidenceUnverified Evidence = "U"
)

// Meaning explains a letter.
func (e Evidence) Meaning() string {
	switch e {
	case EvidenceSource:
		return "read in the primary source"
	case EvidenceSecond:
		return "read in a secondary source that quotes the primary one"
	case EvidenceMeasured:
		return "measured by the table's author"
	case EvidenceDerived:
		return "derived by arithmetic from figures of the source"
	case EvidenceUnverified:
		return "not verified; listed, never applied"
	}
	return "unknown"
}

// EvidenceLetters lists the letters in the order they are explained.
func EvidenceLetters() []Evidence {
	return []Evidence{EvidenceSource, EvidenceSecond, EvidenceMeasured, EvidenceDerived,
		EvidenceUnverified}
}

// Price is the energy of one event.
type Price struct {
	// Event is one of Events.
	Event string
	// Text is the figure as the file has it, such as "0.1 pJ", or "sram"
	// for the price of the memory that the event touches. PJ is its value
	// in picojoules, 0 for sram.
	Text string
	PJ   float64
	// PerBits, if not 0, makes PJ the price of so many bits of what the
	// event moves instead of that of the event; PerMM that of a millimetre of a link, which is as
	// long as the side of a tile.
	PerBits int
	PerMM   bool
	// Factor names the factor that the price moves with, or is empty.
	Factor string
	// Unit says in words what is priced.
	Unit     string
	Grade    Grade
	Evidence Evidence
	Source   string
	// Node, Voltage and Boundary are the table's unless the price has its
	// own.
	Node, Voltage, Boundary string
	// Includes are events whose energy is in this price already. They have no
	// price of their own.
	Includes []string
}

// FromSRAM reports whether the price follows from the size of the memory that
// the event touches.
func (p *Price) FromSRAM() bool { return p.Text == sramPrice }

// Price finds the price of an event that may be applied.
func (t *Table) Price(event string) (*Price, bool) {
	i, ok := t.byEvent[event]
	if !ok {
		return nil, false
	}
	return &t.Prices[i], true
}

// index notes where the prices are that may be applied, and what they include.
func (t *Table) index() {
	t.byEvent, t.inOthers = map[string]int{}, map[string]bool{}
	for i := range t.Prices {
		if t.Prices[i].Evidence == EvidenceUnverified {
			continue
		}
		t.byEvent[t.Prices[i].Event] = i
		for _, event := range t.Prices[i].Includes {
			t.inOthers[event] = true
		}
	}
	if _, whole := t.byEvent["ann_macs"]; whole {
		t.inOthers["ann_multiplications"], t.inOthers["ann_additions"] = true, true
	}
}

// included reports whether an event's energy is in another event's price.
func (t *Table) included(event string) bool { return t.inOthers[event] }

// outside reports whether the boundary leaves an event out.
func (t *Table) outside(e Event) bool {
	return slices.Contains(t.Outside, string(e.Part)) || slices.Contains(t.Outside, e.Name)
}

// OutsideParts lists the parts of an SNN of which no event has a price or is in another's.
func (t *Table) OutsideParts() []Part {
	var out []Part
	for _, part := range Parts() {
		inside := slices.ContainsFunc(Events(), func(e Event) bool {
			_, priced := t.Price(e.Name)
			return e.Part == part && e.Side() == SideSNN && (priced || t.included(e.Name))
		})
		if !inside {
			out = append(out, part)
		}
	}
	return out
}

// Corner is the table with the memory of another process, named as in Corners.
func (t *Table) Corner(process string) (*Table, error) {
	for i := range t.Corners {
		if t.Corners[i].Process == process {
			corner := *t
			corner.SRAM, corner.Corners = &t.Corners[i], nil
			return &corner, nil
		}
	}
	return nil, fmt.Errorf("energy table %s has no corner %q", t.Name, process)
}

// Comparable reports whether the table may compare an ANN's energy with an SNN's, and if not, why:
// both sides must have prices, of one node, with the same memory terms, and neither an all-in price
// that the other lacks.
func (t *Table) Comparable() (bool, string) {
	if t.ANN == nil {
		return false, "the table has no prices for an ANN"
	}
	var memory [2]bool
	for i := range t.Prices {
		p := &t.Prices[i]
		e, _ := FindEvent(p.Event)
		switch {
		case p.Evidence == EvidenceUnverified:
			continue
		case p.Node != t.Node || p.Voltage != t.Voltage:
			return false, fmt.Sprintf("the price of %s is of another node (%s, %s)", p.Event,
				p.Node, p.Voltage)
		case p.Boundary != t.Boundary:
			return false, fmt.Sprintf("the price of %s has another boundary (%s)", p.Event,
				p.Boundary)
		case len(p.Includes) > 0:
			return false, fmt.Sprintf("the price of %s is all-in, which no price of the ANN is",
				p.Event)
		}
		if e.Part == PartMemory {
			memory[e.Side()] = true
		}
	}
	if memory[SideSNN] != memory[SideANN] {
		return false, "the table prices the memory of one side only"
	}
	return true, ""
}

// Text is the table as it was written.
func (t *Table) Text() []byte { return slices.Clone(t.text) }

// ShippedTables lists the names of the tables that come with Adder, sorted.
func ShippedTables() []string { return tableFiles.Names() }

// formerly maps names that tables had before to the tables that took their place.
func formerly(name string) string {
	switch name {
	case "45nm-memory":
		return "45nm"
	case "45nm-ops-int8":
		return "45nm-ops"
	}
	return name
}

// LoadTable returns the shipped table of the given name, now or formerly, or parses the file at the
// given path: a text with a '/', '\' or '.' is a path.
func LoadTable(nameOrPath string) (*Table, error) {
	name := formerly(nameOrPath)
	if parsed, ok := shippedTables[name]; ok {
		return parsed()
	}
	name, text, err := tableFiles.Read(name)
	if err != nil {
		return nil, err
	}
	return ParseTable(name, text)
}

// shippedTables parse the tables that come with Adder, each once: commands load them several
// times, and nobody changes a table.
var shippedTables = func() map[string]func() (*Table, error) {
	tables := map[string]func() (*Table, error){}
	for _, name := range tableFiles.Names() {
		tables[name] = sync.OnceValues(func() (*Table, error) {
			file, text, err := tableFiles.Read(name)
			if err != nil {
				return nil, err
			}
			return ParseTable(file, text)
		})
	}
	return tables
}()

// LoadTables loads the named tables, or all shipped ones where there are no
// names.
func LoadTables(names []string) ([]*Table, error) {
	if len(names) == 0 {
		names = ShippedTables()
	}
	tables := make([]*Table, len(names))
	for i, name := range names {
		t, err := LoadTable(name)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(tables[:i], func(o *Table) bool { return o.Name == t.Name }) {
			return nil, fmt.Errorf("energy table %s is asked for twice: name each table once",
				t.Name)
		}
		tables[i] = t
	}
	return tables, nil
}

package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"adder/bench/energy"
)

func newEnergiesCommand(a *app) *cobra.Command {
	var plain, measured bool
	cmd := &cobra.Command{
		Use:   "energies [NAME|FILE]",
		Short: "List the shipped energy tables, or the prices of one with their sources",
		Long: `An energy table has a price per counted event, with unit, source, grade, evidence,
technology node and boundary. Write your own in the same YAML form (--text prints a
shipped one) and give its path wherever a name is expected.

Grades: measured on silicon; simulated circuit; estimated, published as a rough cost
without a method; derived from other figures.
Evidence: S read in the primary source, S2 in a secondary one, M measured by the table's
author, D derived by arithmetic, U not verified: listed, never applied.`,
		Example: `  adder energies
  adder energies 45nm
  adder energies 45nm --text > mine.yaml
  adder energies --silicon
  adder energies mine.yaml --json`,
		Args:              atMostOne("NAME or FILE"),
		ValidArgsFunction: completeTables,
		RunE: func(_ *cobra.Command, args []string) error {
			if measured {
				return a.listSilicon(args)
			}
			if len(args) == 0 && plain {
				return errors.New("--text prints one table: name it")
			}
			if len(args) == 0 {
				return a.listEnergies()
			}
			t, err := energy.LoadTable(args[0])
			if err != nil {
				return err
			}
			if plain && !a.json {
				_, err := a.out.Write(t.Text())
				return err
			}
			return a.describeEnergies(t)
		},
	}
	cmd.Flags().BoolVar(&plain, "text", false, "print the table's YAML")
	cmd.Flags().BoolVar(&measured, "silicon", false, "hold the tables to published measurements "+
		"of chips")
	return cmd
}

func completeTables(_ *cobra.Command, args []string,
	_ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return energy.ShippedTables(), cobra.ShellCompDirectiveDefault
}

// energyTable is a table in the JSON of `energies`.
type energyTable struct {
	Name        string            `json:"name"`
	Title       string            `json:"title"`
	Description string            `json:"description"`
	Node        string            `json:"node"`
	Voltage     string            `json:"voltage"`
	Boundary    string            `json:"boundary"`
	Caution     string            `json:"caution,omitempty"`
	ANN         *energy.Precision `json:"ann"`
	Compares    bool              `json:"compares"`
	NotCompared string            `json:"not_compared,omitempty"`
	// Chip is the profile whose events the prices are for, "" for any.
	Chip    string         `json:"chip,omitempty"`
	Factors []energyFactor `json:"factors,omitempty"`
	SRAM    *energySRAM    `json:"sram,omitempty"`
	// Corners are the same memory in other processes.
	Corners []energySRAM   `json:"corners,omitempty"`
	Static  []energyStatic `json:"static,omitempty"`
	// MM2PerMiB is the area of memory, 0 where it is not known.
	MM2PerMiB float64       `json:"mm2_per_mib,omitempty"`
	Outside   []string      `json:"outside,omitempty"`
	Prices    []energyPrice `json:"prices"`
}

// energyFactor is a common factor of prices, in multiples of the best figures.
type energyFactor struct {
	Name     string       `json:"name"`
	Least    energy.Bound `json:"least"`
	Greatest energy.Bound `json:"greatest"`
}

// energyStatic is a term that no event causes.
type energyStatic struct {
	Of       energy.StaticOf `json:"of"`
	Figure   string          `json:"figure"`
	Grade    energy.Grade    `json:"grade"`
	Evidence energy.Evidence `json:"evidence"`
	Source   string          `json:"source"`
}

type energySRAM struct {
	Process    string        `json:"process,omitempty"`
	Factor     string        `json:"factor,omitempty"`
	AccessBits int           `json:"access_bits,omitempty"`
	Points     []energyPoint `json:"points,omitempty"`
	// BasePJ and PerBitPJ price a datum of any width: a base and so much per bit of the
	// memory.
	BasePJ    float64         `json:"base_pj,omitempty"`
	PerBitPJ  float64         `json:"per_bit_pj,omitempty"`
	LeakageUW float64         `json:"leakage_uw_per_kib,omitempty"`
	Grade     energy.Grade    `json:"grade"`
	Evidence  energy.Evidence `json:"evidence"`
	Source    string          `json:"source"`
}

type energyPoint struct {
	Bytes int64   `json:"bytes"`
	PJ    float64 `json:"pj"`
}

type energyPrice struct {
	Event string `json:"event"`
	// Price is the figure as the table has it; PJ its value, null where it
	// follows from the size of a memory.
	Price    string          `json:"price"`
	PJ       *float64        `json:"pj"`
	PerBits  int             `json:"per_bits,omitempty"`
	PerMM    bool            `json:"per_mm,omitempty"`
	Factor   string          `json:"factor,omitempty"`
	Unit     string          `json:"unit"`
	Grade    energy.Grade    `json:"grade"`
	Evidence energy.Evidence `json:"evidence"`
	Source   string          `json:"source"`
	Node     string          `json:"node"`
	Voltage  string          `json:"voltage"`
	Boundary string          `json:"boundary"`
	Includes []string        `json:"includes,omitempty"`
}

func newEnergyTable(t *energy.Table) energyTable {
	out := energyTable{
		Name: t.Name, Title: t.Title, Description: t.Description, Node: t.Node, Voltage: t.Voltage,
		Boundary: t.Boundary,
		Caution:  t.Caution, ANN: t.ANN,
	}
	out.Compares, out.NotCompared = t.Comparable()
	out.Chip, out.MM2PerMiB, out.Outside = t.Chip, t.MM2PerMiB, t.Outside
	for _, f := range t.Factors {
		out.Factors = append(out.Factors, energyFactor(f))
	}
	if t.SRAM != nil {
		sram := newEnergySRAM(t.SRAM)
		out.SRAM = &sram
	}
	for i := range t.Corners {
		out.Corners = append(out.Corners, newEnergySRAM(&t.Corners[i]))
	}
	for _, s := range t.Statics {
		out.Static = append(out.Static, energyStatic{s.Of, s.Text, s.Grade, s.Evidence, s.Source})
	}
	for i := range t.Prices {
		p := &t.Prices[i]
		price := energyPrice{
			Event: p.Event, Price: p.Text, PerBits: p.PerBits, Unit: p.Unit, Grade: p.Grade,
			Evidence: p.Evidence, Source: p.Source,
			Node: p.Node, Voltage: p.Voltage, Boundary: p.Boundary, Includes: p.Includes,
			PerMM: p.PerMM, Factor: p.Factor,
		}
		if !p.FromSRAM() {
			price.PJ = &p.PJ
		}
		out.Prices = append(out.Prices, price)
	}
	return out
}

func newEnergySRAM(s *energy.SRAM) energySRAM {
	out := energySRAM{
		Process: s.Process, Factor: s.Factor, AccessBits: s.AccessBits, BasePJ: s.BasePJ,
		PerBitPJ:  s.PerBitPJ,
		LeakageUW: s.LeakageMicrowatts, Grade: s.Grade, Evidence: s.Evidence, Source: s.Source,
	}
	for _, p := range s.Points {
		out.Points = append(out.Points, energyPoint{p.Bytes, p.PJ})
	}
	return out
}

func (a *app) listEnergies() error {
	tables, err := energy.LoadTables(nil)
	if err != nil {
		return err
	}
	var list []energyTable
	var rows []table.Row
	for _, t := range tables {
		e := newEnergyTable(t)
		list = append(list, e)
		ann := "-"
		if e.Compares {
			ann = fmt.Sprintf("%d-bit", e.ANN.WeightBits)
		}
		rows = append(rows, table.Row{e.Name, e.Node, e.Voltage, e.Boundary, ann, len(e.Prices),
			e.Title})
	}
	if a.json {
		return a.printJSON(map[string]any{"tables": list})
	}
	a.printTable(table.Row{"table", "node", "voltage", "boundary", "ANN", "prices", "what it is"},
		rows)
	a.printf("`adder energies NAME` shows prices and sources")
	return nil
}

func (a *app) describeEnergies(t *energy.Table) error {
	e := newEnergyTable(t)
	if a.json {
		return a.printJSON(e)
	}
	a.printf("%s: %s", e.Name, e.Title)
	for _, line := range strings.Split(text.WrapSoft(e.Description, 100), "\n") {
		a.printf("%s", strings.TrimRight(line, " ")) // WrapSoft pads lines
	}
	a.printf("node %s, %s, boundary %s", e.Node, e.Voltage, e.Boundary)
	if e.Caution != "" {
		a.printf("caution: %s", e.Caution)
	}
	if e.Compares {
		a.printf("compares with an ANN of %d-bit weights, %d-bit activations, %d-bit accumulators",
			e.ANN.WeightBits, e.ANN.ActivationBits, e.ANN.AccumulatorBits)
	} else {
		a.printf("compares with no ANN: %s", e.NotCompared)
	}
	a.describeSections(&e)
	var rows []table.Row
	for _, p := range e.Prices {
		rows = append(rows, table.Row{p.Event, priceText(&p), p.Unit, p.Grade, p.Evidence,
			p.Source})
	}
	a.printTable(table.Row{"event", "price", "of one", "grade", "ev.", "source"}, rows)
	for _, p := range e.Prices {
		if len(p.Includes) > 0 {
			a.printf("%s includes %s", p.Event, strings.Join(p.Includes, ", "))
		}
	}
	a.printEvidence(t)
	return nil
}

// describeSections prints the fields of a table other than its prices.
func (a *app) describeSections(e *energyTable) {
	if e.SRAM != nil {
		a.printf("sram%s", e.SRAM.text())
	}
	for i := range e.Corners {
		a.printf("corner%s", e.Corners[i].text())
	}
	for _, f := range e.Factors {
		a.printf("factor %s: %g to %g times the best figure (%s: %s; %s: %s)", f.Name,
			f.Least.Times, f.Greatest.Times,
			f.Least.Evidence, f.Least.Source, f.Greatest.Evidence, f.Greatest.Source)
	}
	for _, s := range e.Static {
		a.printf("static, per %s: %s (%s, %s; %s)", s.Of, s.Figure, s.Grade, s.Evidence, s.Source)
	}
	if e.MM2PerMiB > 0 {
		a.printf("area: %g mm2 per MiB of memory", e.MM2PerMiB)
	}
	if len(e.Outside) > 0 {
		a.printf("outside the boundary: %s", strings.Join(e.Outside, ", "))
	}
}

// text describes a memory.
func (s *energySRAM) text() string {
	var b strings.Builder
	if s.Process != "" {
		b.WriteString(" " + s.Process)
	}
	var points []string
	for _, p := range s.Points {
		points = append(points, fmt.Sprintf("%g pJ at %s", p.PJ, kibText(p.Bytes)))
	}
	switch {
	case len(points) > 0:
		fmt.Fprintf(&b, ", per access of %d bits: %s", s.AccessBits, strings.Join(points, ", "))
	case s.BasePJ > 0:
		fmt.Fprintf(&b, ", per datum: %g pJ and %g pJ per bit of the memory", s.BasePJ, s.PerBitPJ)
	default:
		b.WriteString(": accesses not known")
	}
	if s.LeakageUW > 0 {
		fmt.Fprintf(&b, "; leakage %g uW per KiB", s.LeakageUW)
	}
	fmt.Fprintf(&b, " (%s, %s; %s)", s.Grade, s.Evidence, s.Source)
	return b.String()
}

func kibText(bytes int64) string {
	if bytes < 1<<10 {
		return fmt.Sprintf("%d B", bytes)
	}
	return fmt.Sprintf("%d KiB", bytes>>10)
}

func priceText(p *energyPrice) string {
	if p.PerMM {
		return p.Price + " / mm"
	}
	if p.PerBits > 0 {
		return fmt.Sprintf("%s / %d bits", p.Price, p.PerBits)
	}
	return p.Price
}

// printEvidence explains the letters that a table uses.
func (a *app) printEvidence(t *energy.Table) {
	for _, letter := range energy.EvidenceLetters() {
		for i := range t.Prices {
			if t.Prices[i].Evidence == letter {
				a.printf("%s: %s", letter, letter.Meaning())
				break
			}
		}
	}
}

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
	var plain bool
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
  adder energies 45nm-memory
  adder energies 45nm-memory --text > mine.yaml
  adder energies mine.yaml --json`,
		Args:              atMostOne("NAME or FILE"),
		ValidArgsFunction: completeTables,
		RunE: func(_ *cobra.Command, args []string) error {
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
	return cmd
}

func completeTables(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
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
	SRAM        *energySRAM       `json:"sram,omitempty"`
	Prices      []energyPrice     `json:"prices"`
}

type energySRAM struct {
	AccessBits int             `json:"access_bits"`
	Points     []energyPoint   `json:"points"`
	Grade      energy.Grade    `json:"grade"`
	Evidence   energy.Evidence `json:"evidence"`
	Source     string          `json:"source"`
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
		Name: t.Name, Title: t.Title, Description: t.Description, Node: t.Node, Voltage: t.Voltage, Boundary: t.Boundary,
		Caution: t.Caution, ANN: t.ANN,
	}
	out.Compares, out.NotCompared = t.Comparable()
	if s := t.SRAM; s != nil {
		out.SRAM = &energySRAM{AccessBits: s.AccessBits, Grade: s.Grade, Evidence: s.Evidence, Source: s.Source}
		for _, p := range s.Points {
			out.SRAM.Points = append(out.SRAM.Points, energyPoint{p.Bytes, p.PJ})
		}
	}
	for i := range t.Prices {
		p := &t.Prices[i]
		price := energyPrice{
			Event: p.Event, Price: p.Text, PerBits: p.PerBits, Unit: p.Unit, Grade: p.Grade, Evidence: p.Evidence, Source: p.Source,
			Node: p.Node, Voltage: p.Voltage, Boundary: p.Boundary, Includes: p.Includes,
		}
		if !p.FromSRAM() {
			price.PJ = &p.PJ
		}
		out.Prices = append(out.Prices, price)
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
		rows = append(rows, table.Row{e.Name, e.Node, e.Voltage, e.Boundary, ann, len(e.Prices), e.Title})
	}
	if a.json {
		return a.printJSON(map[string]any{"tables": list})
	}
	a.printTable(table.Row{"table", "node", "voltage", "boundary", "ANN", "prices", "what it is"}, rows)
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
		a.printf("compares with an ANN of %d-bit weights, %d-bit activations, %d-bit accumulators", e.ANN.WeightBits, e.ANN.ActivationBits, e.ANN.AccumulatorBits)
	} else {
		a.printf("compares with no ANN: %s", e.NotCompared)
	}
	if e.SRAM != nil {
		var points []string
		for _, p := range e.SRAM.Points {
			points = append(points, fmt.Sprintf("%g pJ at %d KiB", p.PJ, p.Bytes>>10))
		}
		a.printf("sram, per access of %d bits: %s (%s, %s; %s)", e.SRAM.AccessBits, strings.Join(points, ", "), e.SRAM.Grade, e.SRAM.Evidence, e.SRAM.Source)
	}
	var rows []table.Row
	for _, p := range e.Prices {
		rows = append(rows, table.Row{p.Event, priceText(&p), p.Unit, p.Grade, p.Evidence, p.Source})
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

func priceText(p *energyPrice) string {
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

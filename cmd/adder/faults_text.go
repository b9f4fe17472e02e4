package main

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"

	"adder/bench"
	"adder/fault"
)

func (a *app) printFaults(s *bench.FaultStudy) {
	a.printf("%s on chip %s, %s: %s on %s in order; %s per rate", s.Model, s.Chip, s.Encoder,
		percent(s.Clean.Accuracy),
		count(s.Samples, "sample"), count(s.Seeds, "broken chip"))
	if len(s.Rates) > 0 {
		a.printFlips(s)
	}
	for i := range s.Kinds {
		a.printKind(&s.Kinds[i])
	}
	a.printProtection(s.Protection)
}

// printFlips prints what bits that flip do.
func (a *app) printFlips(s *bench.FaultStudy) {
	var rows []table.Row
	for _, p := range s.Rates {
		rows = append(rows, flipRow(p, fmt.Sprintf("%g", p.Rate), protection(p.Protect)))
	}
	a.printTable(flipHead("bits that flip", "protection"), rows)
	a.printf("\nin one place alone, %g of its bits:", s.At)
	rows = nil
	for _, p := range s.ByLayer {
		rows = append(rows, flipRow(p, "layer", p.Layer))
	}
	for _, p := range s.ByBit {
		rows = append(rows, flipRow(p, "bit", fmt.Sprint(*p.Bit)))
	}
	a.printTable(flipHead("where", ""), rows)
}

func protection(p fault.Protection) string {
	if p == fault.Unprotected {
		return "none"
	}
	return string(p)
}

func flipHead(first, second string) table.Row {
	return table.Row{first, second, "accuracy", "interval", "one chip", "wrong bits",
		"rows skipped"}
}

// flipRow is a point; what broke is the sum over its chips.
func flipRow(p bench.FaultPoint, first, second string) table.Row {
	return append(append(table.Row{first, second}, accuracyCells(&p)...), thousands(p.Damage.Wrong),
		thousands(p.Damage.Skipped))
}

// accuracyCells are accuracy, its interval, and the worst and best of single chips.
func accuracyCells(p *bench.FaultPoint) table.Row {
	return table.Row{percent(p.Accuracy), fmt.Sprintf("%.1f-%.1f", 100*p.Interval[0],
		100*p.Interval[1]),
		fmt.Sprintf("%.1f-%.1f", 100*p.Least, 100*p.Greatest)}
}

// kindTitles say of each kind what its rates are shares of, and what befalls it.
var kindTitles = map[string]string{
	"dead": "neurons that are dead", "firing": "neurons that are stuck firing",
	"cores": "cores that are dead, their loads lost",
	"spare": "cores that are dead, their loads on spare ones",
	"links": "links that are dead, packets going around",
	"drop":  "packets that are lost", "delay": "packets that are late by a tick",
	"duplicate": "packets that come twice",
}

// printKind prints what faults of a kind do.
func (a *app) printKind(k *bench.KindStudy) {
	a.printf("\n%s:", kindTitles[k.Kind])
	var rows []table.Row
	for i := range k.Rates {
		rows = append(rows, kindRow(&k.Rates[i], fmt.Sprintf("%g", k.Rates[i].Rate)))
	}
	for i := range k.ByLayer {
		rows = append(rows,
			kindRow(&k.ByLayer[i], fmt.Sprintf("%g of layer %s", k.At, k.ByLayer[i].Layer)))
	}
	a.printTable(table.Row{"share", "accuracy", "interval", "one chip", "broken", "cannot run"},
		rows)
}

// kindRow is a point; what broke is the sum over its chips.
func kindRow(p *bench.FaultPoint, where string) table.Row {
	d := &p.Damage
	return append(append(table.Row{where}, accuracyCells(p)...),
		thousands(d.Dead+d.Firing+d.Cores+d.Links+p.Packets), p.Refused)
}

// printProtection prints the cost of each protection.
func (a *app) printProtection(costs []bench.ProtectionCost) {
	var rows []table.Row
	for _, c := range costs {
		energy := "-"
		if c.ExtraPJ != nil && *c.SNNPJ > 0 {
			energy = fmt.Sprintf("%+.2f %% (%s)", 100**c.ExtraPJ / *c.SNNPJ, c.Table)
		}
		name := c.Protect
		if name == bench.KindSpare {
			name = "spare core"
		}
		rows = append(rows, table.Row{name, thousands(c.Bits), thousands(c.CheckBits),
			percent(c.Share), energy})
	}
	a.printf("\nwhat protection takes:")
	a.printTable(table.Row{"protection", "bits", "more bits", "share", "energy per inference"},
		rows)
}

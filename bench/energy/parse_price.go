package energy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

const (
	// sramPrice refers to the price of the memory that the event touches.
	sramPrice = "sram"
	// perMillimetre makes a price that of a length of wire.
	perMillimetre = "1 mm"
)

func (p *tableParser) price(t *Table, form *priceText, at string) (*Price, error) {
	event, ok := FindEvent(form.Event)
	if !ok {
		return nil, p.fail(at+".event", "event %q is counted by nobody: write one of %s",
			form.Event, eventNames())
	}
	out := &Price{
		Event: form.Event, Text: form.Price, Unit: form.Unit, Grade: form.Grade,
		Evidence: form.Evidence, Source: form.Source,
		Node: or(form.Node, t.Node), Voltage: or(form.Voltage, t.Voltage),
		Boundary: or(form.Boundary, t.Boundary), Includes: form.Includes,
		Factor: form.Factor,
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
	if _, err := t.factor(form.Factor); err != nil {
		return nil, p.fail(at+".factor", "%s: %v", form.Event, err)
	}
	if form.Per == perMillimetre {
		if out.PerMM = event.crosses(); !out.PerMM {
			return nil, p.fail(at+".per", "%s crosses no link: leave per out", form.Event)
		}
		if t.MM2PerMiB == 0 {
			return nil, p.fail(at+".per", "%s: the length of a link follows from the area "+
				"section: add one", form.Event)
		}
	} else if form.Per != "" {
		var err error
		if out.PerBits, err = parseBits(form.Per); err != nil {
			return nil, p.fail(at+".per", "%s: %v", form.Event, err)
		}
		if !event.Moves() {
			return nil, p.fail(at+".per", "%s moves no bits of a memory: leave per out", form.Event)
		}
	}
	if form.Unit == "" {
		return nil, p.fail(at, "%s has no unit: say what one of it is, e.g. unit: 32-bit addition",
			form.Event)
	}
	if err := checkOrigin(form.Grade, form.Evidence, form.Source); err != nil {
		return nil, p.fail(at, "%s: %v", form.Event, err)
	}
	return out, nil
}

func (p *tableParser) sramPrice(t *Table, form *priceText, event Event, at string) error {
	switch {
	case t.SRAM == nil:
		return p.fail(at+".price",
			"%s: the table has no sram section: add one, or write a price in pJ", form.Event)
	case !event.Moves():
		return p.fail(at+".price", "%s touches no memory: write a price in pJ", form.Event)
	case form.Factor != "":
		return p.fail(at+".factor", "%s: sram prices move with the factor of the sram section",
			form.Event)
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
			return p.fail(fmt.Sprintf("$.prices[%d]", i), "%s has two prices: remove one",
				t.Prices[i].Event)
		}
		seen[t.Prices[i].Event] = true
		if event, _ := FindEvent(t.Prices[i].Event); event.Side() == SideANN && t.ANN == nil {
			return p.fail(fmt.Sprintf("$.prices[%d]", i), "%s is an event of the ANN: add the "+
				"ann section that says how its numbers are stored", t.Prices[i].Event)
		}
	}
	if seen["ann_macs"] && (seen["ann_multiplications"] || seen["ann_additions"]) {
		return p.fail("$.prices", "ann_macs is ann_multiplications and ann_additions: price the "+
			"one or the two")
	}
	for i := range t.Prices {
		for _, part := range t.Prices[i].Includes {
			at := fmt.Sprintf("$.prices[%d].includes", i)
			if _, ok := FindEvent(part); !ok {
				return p.fail(at, "%s includes %q, which is counted by nobody: write some of %s",
					t.Prices[i].Event, part, eventNames())
			}
			if seen[part] {
				return p.fail(at, "%s includes %s, which has a price of its own: it would be "+
					"paid for twice; remove one", t.Prices[i].Event, part)
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

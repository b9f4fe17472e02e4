package energy

import (
	"fmt"
	"strings"
)

// sections reads the sections between the head and the prices.
func (p *tableParser) sections(t *Table, form *tableText) (err error) {
	if err := p.factors(t, form.Factors); err != nil {
		return err
	}
	if form.SRAM != nil {
		if t.SRAM, err = p.sram(t, form.SRAM, "$.sram"); err != nil {
			return err
		}
	}
	for i := range form.Corners {
		at := fmt.Sprintf("$.corners[%d]", i)
		if t.SRAM == nil || form.Corners[i].Process == "" {
			return p.fail(at, "a corner is the memory of the sram section in another process: "+
				"name it, below that section")
		}
		corner, err := p.sram(t, &form.Corners[i], at)
		if err != nil {
			return err
		}
		t.Corners = append(t.Corners, *corner)
	}
	if err := p.statics(t, form); err != nil {
		return err
	}
	return p.leavesOut(t, form.Outside)
}

func (p *tableParser) factors(t *Table, forms []factorText) error {
	if len(forms) > maxFactors {
		return p.fail("$.factors", "%d factors: write at most %d", len(forms), maxFactors)
	}
	for i, form := range forms {
		at := fmt.Sprintf("$.factors[%d]", i)
		f := Factor(form)
		if _, err := t.factor(f.Name); f.Name == "" || err == nil {
			return p.fail(at, "factor %q: give each factor a name of its own", f.Name)
		}
		if !(f.Least.Times > 0 && f.Least.Times <= 1 && f.Greatest.Times >= 1 &&
			f.Greatest.Times <= 1e3) {
			return p.fail(at, "factor %s goes from %g to %g times the best figure: write 0 < "+
				"least <= 1 <= greatest <= 1000",
				f.Name, f.Least.Times, f.Greatest.Times)
		}
		for _, b := range []Bound{f.Least, f.Greatest} {
			if err := checkOrigin(GradeDerived, b.Evidence, b.Source); err != nil {
				return p.fail(at, "factor %s: %v", f.Name, err)
			}
		}
		t.Factors = append(t.Factors, f)
	}
	return nil
}

func (p *tableParser) statics(t *Table, form *tableText) error {
	for i, term := range form.Statics {
		at := fmt.Sprintf("$.static[%d]", i)
		s := Static{Of: term.Of, Grade: term.Grade, Evidence: term.Evidence, Source: term.Source}
		if s.Of != StaticRouter && s.Of != StaticChip {
			return p.fail(at, "of %q: write router or chip", s.Of)
		}
		if err := checkOrigin(s.Grade, s.Evidence, s.Source); err != nil {
			return p.fail(at, "static: %v", err)
		}
		var err error
		switch {
		case (term.Power == "") == (term.PerCycle == ""):
			return p.fail(at, "static: write power, such as 2.5 mW, or per_cycle, such as 0.31 pJ")
		case term.Power != "":
			s.Text = term.Power
			s.Microwatts, err = parsePower(term.Power)
		default:
			s.Text = term.PerCycle + " per cycle"
			s.PicojoulesPerCycle, err = parsePrice(term.PerCycle)
		}
		if err != nil {
			return p.fail(at, "static: %v", err)
		}
		t.Statics = append(t.Statics, s)
	}
	if form.Area == nil {
		return nil
	}
	if err := checkOrigin(form.Area.Grade, form.Area.Evidence, form.Area.Source); err != nil {
		return p.fail("$.area", "area: %v", err)
	}
	var err error
	if t.MM2PerMiB, err = parseArea(form.Area.PerMiB); err != nil {
		return p.fail("$.area.per_mib", "area: %v", err)
	}
	return nil
}

// leavesOut reads the parts and events outside the boundary.
func (p *tableParser) leavesOut(t *Table, names []string) error {
	for i, name := range names {
		_, event := FindEvent(name)
		if !event && !isPart(name) {
			return p.fail(fmt.Sprintf("$.outside[%d]", i), "outside: %q is neither a part (%s) "+
				"nor an event",
				name, partNames())
		}
		t.Outside = append(t.Outside, name)
	}
	return nil
}

func isPart(name string) bool {
	for _, part := range Parts() {
		if string(part) == name {
			return true
		}
	}
	return false
}

func partNames() string {
	var names []string
	for _, part := range Parts() {
		names = append(names, string(part))
	}
	return strings.Join(names, ", ")
}

// sram reads the memory of one process; where is its place in the document.
func (p *tableParser) sram(t *Table, form *sramText, where string) (*SRAM, error) {
	s := &SRAM{
		Process: form.Process, Factor: form.Factor,
		Grade: form.Grade, Evidence: form.Evidence, Source: form.Source,
	}
	name := strings.TrimPrefix(where, "$.")
	if _, err := t.factor(form.Factor); err != nil {
		return nil, p.fail(where, "%s: %v", name, err)
	}
	if err := checkOrigin(form.Grade, form.Evidence, form.Source); err != nil {
		return nil, p.fail(where, "%s: %v", name, err)
	}
	if form.Evidence == EvidenceUnverified {
		return nil, p.fail(where+".evidence", "%s: prices that are not verified are never "+
			"applied: leave the section out", name)
	}
	if form.Leakage != "" {
		var err error
		if s.LeakageMicrowatts, err = parsePower(form.Leakage); err != nil {
			return nil, p.fail(where+".leakage_per_kib", "%s: %v", name, err)
		}
	}
	if form.Datum != nil {
		return s, p.datum(s, form.Datum, where)
	}
	return s, p.points(s, form, where)
}

// datum reads a price of a datum of any width.
func (p *tableParser) datum(s *SRAM, form *datumText, where string) (err error) {
	if s.BasePJ, err = parsePrice(form.Base); err != nil {
		return p.fail(where+".datum.base", "datum.base: %v", err)
	}
	if s.PerBitPJ, err = parsePrice(form.PerBit); err != nil {
		return p.fail(where+".datum.per_bit_of_memory", "datum.per_bit_of_memory: %v", err)
	}
	return nil
}

// points reads prices of an access by size. Without any, the leakage alone is known.
func (p *tableParser) points(s *SRAM, form *sramText, where string) (err error) {
	if len(form.Points) == 0 {
		if s.LeakageMicrowatts > 0 && where != "$.sram" {
			return nil
		}
		return p.fail(where, "%s.points is empty: name at least one memory and its price",
			strings.TrimPrefix(where, "$."))
	}
	if s.AccessBits, err = parseBits(form.Access); err != nil {
		return p.fail(where+".access", "%s.access: %v", strings.TrimPrefix(where, "$."), err)
	}
	for i, point := range form.Points {
		at := fmt.Sprintf("%s.points[%d]", where, i)
		size, err := parseSize(point.Size)
		if err != nil {
			return p.fail(at+".size", "%v", err)
		}
		price, err := parsePrice(point.Price)
		if err != nil {
			return p.fail(at+".price", "%v", err)
		}
		if i > 0 && (size <= s.Points[i-1].Bytes || price < s.Points[i-1].PJ) {
			return p.fail(at+".size", "a larger memory follows a smaller one and costs no less: "+
				"put the points in order")
		}
		s.Points = append(s.Points, SRAMPoint{Bytes: size, PJ: price})
	}
	return nil
}

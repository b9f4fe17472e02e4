package energy

import (
	"math"
	"slices"
)

// Bill is a ledger priced under a table, per inference.
type Bill struct {
	// PJ is the sum of Lines in picojoules at the best figures, without pads.
	PJ float64
	// PadsPJ is the energy of the chip's pads, which is a boundary of its own and not in PJ.
	PadsPJ float64
	// Lines are the priced events, in the order of the ledger.
	Lines []BillLine
	// Unpriced are counted events that the table neither prices, nor includes in another price, nor
	// leaves outside its boundary. If there are any, PJ is partial.
	Unpriced []string
	// Outside are counted events outside of the table's boundary.
	Outside []string

	split split
}

// BillLine is the energy of one kind of event per inference.
type BillLine struct {
	Event string `json:"event"`
	Part  Part   `json:"part"`
	// Count is the number of events and PJ their energy in picojoules.
	Count float64 `json:"count"`
	PJ    float64 `json:"pj"`
	// Price is the figure as the table has it, Unit what it is for.
	Price    string   `json:"price"`
	Unit     string   `json:"unit"`
	Grade    Grade    `json:"grade"`
	Evidence Evidence `json:"evidence"`
	Source   string   `json:"source"`
}

// Partial reports whether a counted event has no price.
func (b *Bill) Partial() bool { return len(b.Unpriced) > 0 }

// Parts sums the lines by part. Parts without a line are left out.
func (b *Bill) Parts() map[Part]float64 {
	out := map[Part]float64{}
	for i := range b.Lines {
		out[b.Lines[i].Part] += b.Lines[i].PJ
	}
	return out
}

// Bill prices a ledger.
func (t *Table) Bill(l *Ledger) *Bill {
	b := &Bill{
		Lines: []BillLine{}, Unpriced: []string{}, Outside: []string{},
		split: newSplit(len(t.Factors)),
	}
	for i := range l.Entries {
		e := &l.Entries[i]
		if e.Count != 0 {
			t.enter(b, e, float64(l.Samples))
		}
	}
	for i := range b.Lines {
		if b.Lines[i].Part == PartPads {
			b.PadsPJ += b.Lines[i].PJ
		} else {
			b.PJ += b.Lines[i].PJ
		}
	}
	return b
}

// enter adds an entry to the bill: to the line of its event, to what the table leaves out,
// or nowhere, if it is part of another price.
func (t *Table) enter(b *Bill, e *Entry, samples float64) {
	price, ok := t.Price(e.Event)
	if !ok {
		event, _ := FindEvent(e.Event)
		t.leaveOut(b, event)
		return
	}
	i := slices.IndexFunc(b.Lines, func(l BillLine) bool { return l.Event == e.Event })
	if i < 0 {
		i = len(b.Lines)
		event, _ := FindEvent(e.Event)
		b.Lines = append(b.Lines, BillLine{
			Event: e.Event, Part: event.Part, Price: price.Text, Unit: price.Unit,
			Grade: price.Grade, Evidence: price.Evidence, Source: price.Source,
		})
	}
	count := float64(e.Count) / samples
	pj := float64(count * t.each(price, e))
	b.Lines[i].Count += count
	b.Lines[i].PJ += pj
	if b.Lines[i].Part != PartPads {
		b.split.add(t.moves(price), pj)
	}
}

// leaveOut notes an event without a price.
func (t *Table) leaveOut(b *Bill, event Event) {
	list := &b.Unpriced
	switch {
	case event.View || t.included(event.Name):
		return
	case t.outside(event) || event.Part == PartPads:
		list = &b.Outside
	}
	if !slices.Contains(*list, event.Name) {
		*list = append(*list, event.Name)
	}
}

// moves is the factor of a price, -1 for none. Factors were checked by the parser.
func (t *Table) moves(price *Price) int {
	name := price.Factor
	if price.FromSRAM() {
		name = t.SRAM.Factor
	}
	i, err := t.factor(name)
	if err != nil {
		return -1
	}
	return i
}

// each is the price in picojoules of one event of an entry.
func (t *Table) each(price *Price, e *Entry) float64 {
	switch {
	case price.FromSRAM():
		pj := t.SRAM.Datum(e.Bits, e.Bytes)
		if e.Data > 0 && len(t.SRAM.Points) == 0 {
			pj *= float64(e.Data) / float64(e.Count)
		}
		return pj
	case price.PerBits > 0:
		return price.PJ * e.Bits / float64(price.PerBits)
	case price.PerMM:
		return price.PJ * math.Sqrt(t.MM2PerMiB*e.TileBytes/(1<<20))
	case e.Width > 0:
		return price.PJ * e.Width
	}
	return price.PJ
}

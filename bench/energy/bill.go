package energy

import "slices"

// Bill is what a table makes of a ledger, per inference.
type Bill struct {
	// PJ is the sum of Lines in picojoules.
	PJ float64
	// Lines are the priced events that happened, in the order of the
	// ledger.
	Lines []BillLine
	// Unpriced are the events that happened and that the table neither
	// prices nor includes in another price. Where there are any, PJ is
	// partial.
	Unpriced []string
}

// BillLine is what one kind of event costs per inference.
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

// Partial reports whether something that happened has no price.
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
	b := &Bill{Lines: []BillLine{}, Unpriced: []string{}}
	for i := range l.Entries {
		e := &l.Entries[i]
		if e.Count != 0 {
			t.enter(b, e, float64(l.Samples))
		}
	}
	for i := range b.Lines {
		b.PJ += b.Lines[i].PJ
	}
	return b
}

// enter adds an entry to the bill: to the line of its event, to the unpriced
// ones, or nowhere, if it is part of another price.
func (t *Table) enter(b *Bill, e *Entry, samples float64) {
	price, ok := t.Price(e.Event)
	if !ok {
		if event, _ := FindEvent(e.Event); !event.View && !t.included(e.Event) && !slices.Contains(b.Unpriced, e.Event) {
			b.Unpriced = append(b.Unpriced, e.Event)
		}
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
	b.Lines[i].Count += count
	b.Lines[i].PJ += float64(count * t.each(price, e))
}

// each is the price in picojoules of one event of an entry.
func (t *Table) each(price *Price, e *Entry) float64 {
	switch {
	case price.FromSRAM():
		return e.Bits * t.SRAM.PerBit(e.Bytes)
	case price.PerBits > 0:
		return price.PJ * e.Bits / float64(price.PerBits)
	}
	return price.PJ
}

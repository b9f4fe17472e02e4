package energy

// Ledger lists what one side did, event by event, over a number of
// samples.
type Ledger struct {
	// Samples is what Count of the entries is a total over, at least 1.
	Samples int64
	Entries []Entry
}

// Entry is a number of equal events.
type Entry struct {
	// Event is one of Events. Several entries may have the same one, where it
	// touches memories of different size.
	Event string
	Count int64
	// Bits is what one event moves, 0 for events that touch no memory.
	Bits float64
	// Banks are the memories it is spread over.
	Banks []Bank
}

// Bank is a memory and the share of an entry's events that go to it. The
// shares of an entry add up to 1.
type Bank struct {
	Bytes float64
	Share float64
}

// Count is the number of events of a name per sample.
func (l *Ledger) Count(event string) float64 {
	var n int64
	for i := range l.Entries {
		if l.Entries[i].Event == event {
			n += l.Entries[i].Count
		}
	}
	return float64(n) / float64(l.Samples)
}

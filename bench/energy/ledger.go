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
	// Bytes is the size of the memory that it touches.
	Bytes float64
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

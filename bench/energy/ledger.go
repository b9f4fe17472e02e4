package energy

// Ledger lists the events of one side over a number of samples.
type Ledger struct {
	// Samples is the number of samples that the entries' Count covers, at least 1.
	Samples int64
	Entries []Entry
}

// Entry is a number of equal events.
type Entry struct {
	// Event is one of Events. Several entries may have the same one, where it
	// touches memories of different size.
	Event string
	Count int64
	// Bits is the number of bits that one event moves, 0 for events that access no memory.
	Bits float64
	// Bytes is the size of the memory that it touches.
	Bytes float64
	// Data is how many data the events are, where a datum is more than one event: a row's weights,
	// whose bits are events. 0 means Count.
	Data int64
	// Width makes the event a multiple of the one that is priced: an operation of 4 by 8 bits is
	// half of one of 8 by 8. 0 means 1.
	Width float64
	// TileBytes is the memory of a tile whose side one event crosses, 0 for what crosses
	// none.
	TileBytes float64
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

// Add lists n events that touch no memory.
func (l *Ledger) Add(event string, n int64) {
	l.Entries = append(l.Entries, Entry{Event: event, Count: n})
}

// Touch lists n events that move so many bits each to or from one memory.
func (l *Ledger) Touch(event string, n int64, bits int, bytes float64) {
	l.Entries = append(l.Entries, Entry{
		Event: event, Count: n, Bits: float64(bits), Bytes: bytes,
	})
}

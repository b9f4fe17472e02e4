package event

// Summary is a summary of a recording's events.
type Summary struct {
	Info
	// Events is their number, On those that are on.
	Events, On int64
	// MaxX and MaxY are the rightmost column and the lowest row of an event, -1
	// without events.
	MaxX, MaxY int
	// First and Last are the earliest and the latest time, in microseconds.
	First, Last int64
	// Ordered is set if events are in the order of time.
	Ordered bool
}

// Summarise reads the rest of a recording.
func Summarise(r *Recording) (*Summary, error) {
	s := newSummary(r.Info)
	err := r.Each(func(events []Event) error {
		s.add(events)
		return nil
	})
	return s, err
}

func newSummary(info Info) *Summary {
	return &Summary{Info: info, MaxX: -1, MaxY: -1, Ordered: true}
}

func (s *Summary) add(events []Event) {
	if s.Events == 0 && len(events) > 0 {
		s.First, s.Last = events[0].T, events[0].T
	}
	last := s.Last // of the batch before, which Ordered speaks of only while it is true
	for _, e := range events {
		if e.T < last {
			s.Ordered = false
		}
		last = e.T
		s.First, s.Last = min(s.First, e.T), max(s.Last, e.T)
		s.MaxX, s.MaxY = max(s.MaxX, int(e.X)), max(s.MaxY, int(e.Y))
		if e.On {
			s.On++
		}
	}
	s.Events += int64(len(events))
}

package core

// traceFull is a trace at its owner's spike.
const traceFull = 255

// never is the tick of a spike that did not happen in this sample: so long ago
// that no trace is left of it.
const never = -1 << 30

// traceTable is a trace by its age in ticks. A trace is set to full when its neuron spikes and does
// not accumulate, so it depends only on the time since: a core stores the tick of the last spike
// and looks the trace up.
type traceTable []uint8

// makeTraceTable lists a trace until nothing is left of it, which its last
// entry says.
func makeTraceTable(tr Trace) traceTable {
	var table traceTable
	if tr.Kind == TraceBox {
		for range tr.Length {
			table = append(table, traceFull)
		}
		return append(table, 0)
	}
	for x := uint8(traceFull); x > 0; x -= max(x>>tr.Length, 1) {
		table = append(table, x)
	}
	return append(table, 0)
}

// at is the trace in a tick of an owner that last spiked in tick last.
func (table traceTable) at(tick, last int32) uint8 {
	return table[min(int(tick)-int(last), len(table)-1)]
}

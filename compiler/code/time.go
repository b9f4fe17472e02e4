package code

import (
	"adder/core"
	"adder/quantised"
)

// times are the windows in which sources send and populations receive, in ticks of the chip.
type times struct {
	net  *quantised.Network
	kind core.CodeKind
	// closing is the last tick of each population's window, opening its first.
	closing, opening []int
}

// newTimes works out the windows of a network, of which sources come before targets.
func newTimes(net *quantised.Network, kind core.CodeKind) *times {
	n := len(net.Populations)
	t := &times{net: net, kind: kind, closing: make([]int, n), opening: make([]int, n)}
	for p := range net.Populations {
		t.window(p)
	}
	return t
}

// closed is when a source has its activation: the host before the first tick.
func (t *times) closed(source int) int {
	if source == quantised.FromInput {
		return -1
	}
	return t.closing[source]
}

// fires is the number of ticks in which a source sends.
func (t *times) fires(source int) int {
	bits := t.net.Bits(source)
	if t.kind == core.CodeLevel {
		return 1<<bits - 1
	}
	return bits
}

// exponent is the number of ticks that a projection arrives before a window closes.
func (t *times) exponent(r *quantised.Projection) int {
	if t.kind == core.CodeLevel {
		return 0
	}
	return r.Exponent
}

// window sets the window of population p. One without sources has a single tick.
func (t *times) window(p int) {
	first, closing, length := -1, 0, 1
	for i := range t.net.Projections {
		r := &t.net.Projections[i]
		if r.Target != p {
			continue
		}
		begins, takes := t.closed(r.Source)+1, t.fires(r.Source)+t.exponent(r)
		if first < 0 || begins < first {
			first = begins
		}
		closing, length = max(closing, begins+takes-1), max(length, takes)
	}
	t.closing[p] = closing
	t.opening[p] = closing - length + 1
	if t.kind == core.CodeLevel && first >= 0 { // spikes count alike wherever they fall
		t.opening[p] = first
	}
}

// delay is the axonal delay of a projection, by which all of them end together.
func (t *times) delay(r *quantised.Projection) int {
	if t.kind == core.CodeLevel {
		return 0
	}
	return t.closing[r.Target] - r.Exponent - (t.closed(r.Source) + t.fires(r.Source))
}

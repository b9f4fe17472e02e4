package trace

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strconv"

	"adder/chip"
	"adder/core"
	"adder/router"
)

// vcd writes a value change dump: the sample and its tick, and a scope per core with its phase, the
// axon entries that wait for it, the last neuron that fired, the depths of its router's buffers
// and, for neurons chosen, spike, potential and current.
type vcd struct {
	silent
	*stream
	view  *view
	clock timescale
	// vars are all signals, and pending are changes that are not written,
	// since earlier ones may follow.
	vars    []variable
	pending []change
	sorted  []change
	line    []byte
	// now is the time written last, -1 before the first.
	now int64
	// sample and tick are the chip's.
	sample, tick int
	// phase, waiting, last are a core's first signals, depths its router's,
	// and single those of its chosen neurons.
	phase, waiting, last []int
	depths               [][]int
	single               [][]single
}

// variable is a signal.
type variable struct {
	id    string
	width int
	value int64
	known bool
}

// single are the signals of one neuron.
type single struct {
	neuron                    int32
	spike, potential, current int
}

// change is a signal's value from a cycle of the file on.
type change struct {
	cycle    int64
	variable int
	value    int64
}

func newVCD(s *stream, v *view) Writer {
	cores := len(v.shown)
	w := &vcd{
		stream: s, view: v, clock: newTimescale(v.hertz()), now: -1,
		phase: make([]int, cores), waiting: make([]int, cores), last: make([]int, cores),
		depths: make([][]int, cores), single: make([][]single, cores),
	}
	w.header()
	return w
}

// header declares all signals.
func (w *vcd) header() {
	w.writeString("$version adder $end\n$timescale " + w.clock.text + " $end\n")
	w.writeString("$comment chip " + w.view.chip.Image().Chip.Name + ", model " +
		word(w.view.chip.Image().Model) + " $end\n")
	w.writeString("$comment state: 0 idle, 1 reset, 2 deliver, 3 update, 4 stall; tick: -1 is " +
		"the reset $end\n")
	w.writeString("$comment fired: the neuron's number in the core; cores hold, by these " +
		"numbers: $end\n")
	for i, shown := range w.view.shown {
		if shown {
			w.writeHolding(i)
		}
	}
	w.writeString("$scope module chip $end\n")
	w.sample, w.tick = w.declare("sample", 64, 0), w.declare("tick", 32, -1)
	w.vars[w.sample].known = false
	for i, shown := range w.view.shown {
		if shown || len(w.view.neurons[i]) > 0 {
			w.declareCore(i, shown)
		}
	}
	w.writeString("$upscope $end\n$enddefinitions $end\n$dumpvars\n")
	for i := range w.vars {
		v := &w.vars[i]
		w.writeValue(v)
	}
	w.writeString("$end\n")
}

// writeHolding lists the neurons of the model in a core, run by run.
func (w *vcd) writeHolding(core int) {
	at, neurons := w.view.at(core), w.view.owned[core]
	for first := 0; first < len(neurons); {
		next := first + 1
		for next < len(neurons) && neurons[next].population == neurons[first].population &&
			neurons[next].number-neurons[first].number == next-first {
			next++
		}
		of := neurons[first]
		w.writeString(fmt.Sprintf("$comment core_%d_%d %d-%d: %s %d-%d $end\n", at.X, at.Y, first,
			next-1,
			word(w.view.chip.Image().Populations[of.population].Name), of.number,
			of.number+next-1-first))
		first = next
	}
}

func (w *vcd) declareCore(i int, shown bool) {
	at := w.view.at(i)
	w.writeString(fmt.Sprintf("$scope module core_%d_%d $end\n", at.X, at.Y))
	if shown {
		w.phase[i] = w.declare("state", 3, 0)
		w.waiting[i] = w.declare("queue", 32, 0)
		w.last[i] = w.declare("fired", 17, 0)
		w.vars[w.last[i]].known = false
		for _, input := range inputs {
			w.depths[i] = append(w.depths[i], w.declare("buffer_"+input, 24, 0))
		}
	}
	for _, n := range w.view.neurons[i] {
		s := single{neuron: n.index, spike: w.declare(n.name+"_spike", 1, 0)}
		s.potential, s.current = w.declare(n.name+"_v", 32, 0), w.declare(n.name+"_u", 32, 0)
		w.vars[s.potential].known, w.vars[s.current].known = false, false
		w.single[i] = append(w.single[i], s)
	}
	w.writeString("$upscope $end\n")
}

// declare declares a signal in the present scope. A 32-bit one is signed.
func (w *vcd) declare(name string, width int, value int64) int {
	kind := "reg"
	if width == 32 {
		kind = "integer"
	}
	w.vars = append(w.vars, variable{id: identifier(len(w.vars)), width: width, value: value,
		known: true})
	w.writeString(fmt.Sprintf("$var %s %d %s %s $end\n", kind, width, w.vars[len(w.vars)-1].id,
		name))
	return len(w.vars) - 1
}

// identifier is a signal's short name, in the 94 characters that VCD allows.
func identifier(n int) string {
	var id []byte
	for {
		id = append(id, byte('!'+n%94))
		if n /= 94; n == 0 {
			return string(id)
		}
		n--
	}
}

// set notes a change.
func (w *vcd) set(cycle int64, variable int, value int64) {
	w.pending = append(w.pending, change{cycle: w.base + cycle, variable: variable, value: value})
}

// Sample implements chip.Tracer.
func (w *vcd) Sample(number uint64) {
	w.begin(number)
	w.set(0, w.sample, int64(number))
}

// Work implements chip.Tracer.
func (w *vcd) Work(core int, p chip.Phase, from, to int64) {
	if w.view.shown[core] {
		w.set(from, w.phase[core], int64(p))
		w.set(to, w.phase[core], int64(chip.PhaseIdle))
		w.reached(to)
	}
}

// Ingress implements chip.Tracer.
func (w *vcd) Ingress(cycle int64, core, waiting int) {
	if w.view.shown[core] {
		w.set(cycle, w.waiting[core], int64(waiting))
	}
}

// Depth implements router.Watcher.
func (w *vcd) Depth(cycle int64, at router.Core, input, packets int) {
	if i := w.view.tiles[at]; i >= 0 && w.view.shown[i] {
		w.set(cycle, w.depths[i][input], int64(packets))
	}
}

// Spike implements chip.Tracer.
func (w *vcd) Spike(cycle int64, core int, neuron int32) {
	if w.view.shown[core] {
		w.set(cycle, w.last[core], int64(neuron))
	}
	for _, s := range w.single[core] {
		if s.neuron == neuron {
			w.set(cycle, s.spike, 1)
			w.set(cycle+1, s.spike, 0)
			w.reached(cycle + 1)
		}
	}
}

// State implements chip.Tracer.
func (w *vcd) State(cycle int64, core int, state *core.Core) {
	for _, s := range w.single[core] {
		w.set(cycle, s.potential, int64(state.Potential(int(s.neuron))))
		w.set(cycle, s.current, int64(state.Current(int(s.neuron))))
	}
}

// Tick implements chip.Tracer: nothing that comes later is earlier than its end.
func (w *vcd) Tick(t int32, from, _, to int64) {
	w.set(from, w.tick, int64(t))
	w.reached(to)
	w.flush(w.base + to)
}

// End implements chip.Tracer.
func (w *vcd) End(cycle int64) error {
	w.reached(cycle)
	w.flush(w.base + w.length + 1)
	w.end(cycle)
	return w.err
}

// Close implements Writer.
func (w *vcd) Close() error {
	w.cut()
	w.writeTime(w.base + w.length)
	return w.close()
}

// flush writes the changes before a cycle. Of those of one signal in one cycle
// the last counts.
func (w *vcd) flush(until int64) {
	slices.SortStableFunc(w.pending, func(a, b change) int { return cmp.Compare(a.cycle, b.cycle) })
	n, _ := slices.BinarySearchFunc(w.pending, until, func(c change, t int64) int {
		return cmp.Compare(c.cycle, t)
	})
	for k := 0; k < n; {
		last := k
		for last < n && w.pending[last].cycle == w.pending[k].cycle {
			last++
		}
		w.writeCycle(w.pending[k:last])
		k = last
	}
	w.pending = append(w.pending[:0], w.pending[n:]...)
}

// writeCycle writes what changes in one cycle.
func (w *vcd) writeCycle(changes []change) {
	w.sorted = append(w.sorted[:0], changes...)
	slices.SortStableFunc(w.sorted, func(a, b change) int {
		return cmp.Compare(a.variable, b.variable)
	})
	for k, c := range w.sorted {
		if k+1 < len(w.sorted) && w.sorted[k+1].variable == c.variable {
			continue
		}
		if v := &w.vars[c.variable]; !v.known || v.value != c.value {
			v.value, v.known = c.value, true
			w.writeTime(c.cycle)
			w.writeValue(v)
		}
	}
}

// writeTime writes a time unless it is the present one.
func (w *vcd) writeTime(cycle int64) {
	if cycle != w.now {
		w.now = cycle
		w.line = strconv.AppendUint(append(w.line[:0], '#'), w.clock.time(cycle), 10)
		w.write(append(w.line, '\n'))
	}
}

// writeValue writes a signal's value.
func (w *vcd) writeValue(v *variable) {
	w.line = w.line[:0]
	switch {
	case v.width == 1:
		w.line = append(w.line, byte('0'+v.value&1))
	case !v.known:
		w.line = append(w.line, "bx "...)
	default:
		w.line = append(w.line, 'b')
		w.line = strconv.AppendUint(w.line, uint64(v.value)&(1<<v.width-1), 2)
		w.line = append(w.line, ' ')
	}
	w.write(append(append(w.line, v.id...), '\n'))
}

// timescale is the unit of a dump's times and what a cycle is in it.
type timescale struct {
	text string
	// A cycle takes perCycle units, or 10^15 / hertz of 1 fs where that is no
	// whole number.
	perCycle uint64
	hertz    uint64
}

// newTimescale takes the largest unit that a cycle of a clock is a multiple of.
func newTimescale(hertz int64) timescale {
	const second = 1e15 // in femtoseconds
	if int64(second)%hertz != 0 {
		return timescale{text: "1 fs", hertz: uint64(hertz)}
	}
	period, power := uint64(second)/uint64(hertz), 0
	for period%10 == 0 && power < 15 {
		period, power = period/10, power+1
	}
	names := [...]string{"fs", "ps", "ns", "us", "ms", "s"}
	return timescale{text: [...]string{"1 ", "10 ", "100 "}[power%3] + names[power/3],
		perCycle: period}
}

// time is a cycle in units.
func (t *timescale) time(cycle int64) uint64 {
	if t.perCycle > 0 {
		return uint64(cycle) * t.perCycle
	}
	high, low := bits.Mul64(uint64(cycle), 1e15)
	quotient, _ := bits.Div64(high, low, t.hertz)
	return quotient
}

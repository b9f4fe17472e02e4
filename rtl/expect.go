package rtl

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"adder/chip"
	"adder/core"
	"adder/router"
	"adder/spike"
)

// expectation is a tracer that writes what the cycle engine does as the test bench
// reads it (verilog/tb.v).
type expectation struct {
	d      *Design
	out    *bufio.Writer
	events []event
	// potentials are those after the last tick, by core; fresh those of the present.
	potentials, fresh [][]int32
	samples           int
}

// event is a line with the cycle that it happens in.
type event struct {
	cycle  int64
	kind   byte // 'A' before 'F'
	core   int
	number int32
}

// writeExpected runs samples on the cycle engine, writes what it does, and gives what
// it found.
func (d *Design) writeExpected(ctx context.Context, to io.Writer,
	trains []*spike.Train) ([]*chip.Outcome, error) {
	x := &expectation{d: d, out: bufio.NewWriter(to)}
	for i := range d.cores {
		x.potentials = append(x.potentials, make([]int32, d.cores[i].cfg.Neurons()))
		x.fresh = append(x.fresh, nil)
	}
	engine, err := d.chip.NewCycle(chip.Options{Ticks: d.ticks}, x)
	if err != nil {
		return nil, err
	}
	var outcomes []*chip.Outcome
	for n, train := range trains {
		outcome, err := engine.Run(ctx, &chip.Sample{Number: uint64(n), Spikes: train})
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes, x.out.Flush()
}

// Sample implements chip.Tracer.
func (x *expectation) Sample(uint64) {
	fmt.Fprintf(x.out, "S %d 0 0\n", x.samples)
	x.samples++
	for i := range x.fresh {
		x.fresh[i] = x.d.cores[i].cfg.V0
	}
}

// Message implements chip.Tracer.
func (x *expectation) Message(m *chip.Message) {
	key := int32(0)
	if _, host := m.Packet.FromHost(); host {
		key = x.d.keys.inputs[m.Packet.Neuron]
	} else {
		key = x.d.keys.neurons[x.coreAt(m.Packet.Source)][m.Packet.Neuron]
	}
	x.events = append(x.events, event{cycle: m.Arrive, kind: 'A', core: x.coreAt(m.Packet.To.Core),
		number: key})
}

func (x *expectation) coreAt(tile router.Core) int {
	return slices.IndexFunc(x.d.cores, func(c coreDesign) bool { return c.tile == tile })
}

// Spike implements chip.Tracer: the slot ends when the routes are read, a cycle and that read after
// the result.
func (x *expectation) Spike(cycle int64, i int, neuron int32) {
	x.events = append(x.events, event{cycle: cycle - 1 - int64(x.d.timing.Core.SpikeOut), kind: 'F',
		core: i, number: neuron})
}

// State implements chip.Tracer.
func (x *expectation) State(_ int64, i int, state *core.Core) {
	potentials := make([]int32, state.Neurons())
	for n := range potentials {
		potentials[n] = state.Potential(n)
	}
	x.fresh[i] = potentials
}

// Tick implements chip.Tracer: it writes all that happened in a tick in order.
func (x *expectation) Tick(t int32, from, _, to int64) {
	slices.SortFunc(x.events, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.cycle, b.cycle), cmp.Compare(a.kind, b.kind),
			cmp.Compare(a.core, b.core), cmp.Compare(a.number, b.number))
	})
	for _, e := range x.events {
		fmt.Fprintf(x.out, "%c %d %d %d\n", e.kind, e.cycle, e.core, e.number)
	}
	x.events = x.events[:0]
	fmt.Fprintf(x.out, "T %d %d 0\n", t, to-from)
	for i, potentials := range x.fresh {
		for n, v := range potentials {
			if v != x.potentials[i][n] {
				fmt.Fprintf(x.out, "V %d %d %d\n", i, n, v)
			}
		}
		copy(x.potentials[i], potentials)
	}
}

// End implements chip.Tracer.
func (x *expectation) End(int64) error { return nil }

// Work, Ingress, Hop and Depth implement chip.Tracer.
func (x *expectation) Work(int, chip.Phase, int64, int64)              {}
func (x *expectation) Ingress(int64, int, int)                         {}
func (x *expectation) Hop(int64, router.Core, router.Direction, int32) {}
func (x *expectation) Depth(int64, router.Core, int, int)              {}

package toggle

import (
	"fmt"
	"maps"
	"slices"
)

// Bill is the energy of a netlist in picojoules, with its size.
type Bill struct {
	// Cells and Flops are their numbers, Area that of all as the library counts it, and
	// Leakage the power at rest in nanowatts.
	Cells, Flops  int
	Area, Leakage float64
	// Internal is the internal energy of cells when their outputs or inputs change, Loads the
	// energy that charges the inputs of nets, and Clock both for clock pins.
	Internal, Loads, Clock float64
	// Changes counts the changes of all nets except clocks.
	Changes int64
}

// Total is the energy in picojoules.
func (b *Bill) Total() float64 { return b.Internal + b.Loads + b.Clock }

// NewBill computes the energy of a netlist's changes, with transitions of slew nanoseconds at all
// inputs. Wires have no capacitance.
func NewBill(l *Library, n *Netlist, d *Dump, slew float64) (*Bill, error) {
	b := &Bill{Cells: len(n.cells)}
	loads := map[int]float64{}
	for i := range n.cells {
		c, err := l.cell(&n.cells[i])
		if err != nil {
			return nil, err
		}
		b.Area += c.area
		b.Leakage += c.leakage
		for _, name := range slices.Sorted(maps.Keys(n.cells[i].pins)) {
			if p, net := c.pins[name], n.cells[i].pins[name]; !p.output && net >= 0 {
				loads[net] += p.cap
			}
		}
	}
	for i := range n.cells {
		c := l.cells[n.cells[i].kind]
		clocked := false
		for _, name := range slices.Sorted(maps.Keys(n.cells[i].pins)) {
			net := n.cells[i].pins[name]
			p := c.pins[name]
			clocked = clocked || p.clock
			changes, err := n.changes(d, net)
			if err != nil {
				return nil, fmt.Errorf("cell %s, pin %s: %w", n.cells[i].name, name, err)
			}
			b.add(p, changes, loads[net], slew, l.Voltage)
		}
		if clocked {
			b.Flops++
		}
	}
	return b, nil
}

// add counts what a pin's changes took: inside of its cell, and, for an input, what
// charged it, half of C V^2 a change.
func (b *Bill) add(p *pin, c Changes, load, slew, voltage float64) {
	inside := 0.0
	for _, e := range p.energies {
		inside += (float64(c.Rises)*e.rise.at(load, slew) + float64(c.Falls)*e.fall.at(load,
			slew)) / float64(len(p.energies))
	}
	charge := 0.0
	if !p.output {
		charge = float64(c.Rises+c.Falls) * p.cap * voltage * voltage / 2
	}
	if p.clock {
		b.Clock += inside + charge
		return
	}
	b.Internal += inside
	b.Loads += charge
	if p.output {
		b.Changes += c.Rises + c.Falls
	}
}

// cell finds a cell of the library that has the pins of an instance.
func (l *Library) cell(i *instance) (*cell, error) {
	c := l.cells[i.kind]
	if c == nil {
		return nil, fmt.Errorf("cell %s: library %s has no %s", i.name, l.Name, i.kind)
	}
	for name := range i.pins {
		if c.pins[name] == nil {
			return nil, fmt.Errorf("cell %s: %s has no pin %s", i.name, i.kind, name)
		}
	}
	return c, nil
}

// changes are those of a net by any of its names; a constant does not change.
func (n *Netlist) changes(d *Dump, net int) (Changes, error) {
	if net < 0 {
		return Changes{}, nil
	}
	for _, name := range n.names[net] {
		if w := d.nets[name]; w != nil {
			return w.Changes, nil
		}
	}
	return Changes{}, fmt.Errorf("net %q is not in the dump: dump an instance of this netlist",
		n.names[net])
}

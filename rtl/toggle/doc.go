// Package toggle works out the energy of a mapped netlist from what its nets did in a
// simulation and from the cells of a liberty file (docs/rtl.md):
//
//	group.go    liberty's syntax
//	library.go  its cells: area, capacitances, energies
//	netlist.go  a flat netlist as yosys writes it in JSON
//	dump.go     rises and falls of nets in a value change dump
//	bill.go     energy, by where it goes
//
// It knows nothing of chips and runs no program.
package toggle

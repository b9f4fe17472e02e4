// Package toggle computes the energy of a mapped netlist from the changes of its nets in a
// simulation and the cells of a Liberty file (docs/rtl.md):
//
//	group.go    liberty's syntax
//	library.go  its cells: area, capacitances, energies
//	netlist.go  a flat netlist as yosys writes it in JSON
//	dump.go     rises and falls of nets in a value change dump
//	bill.go     energy, by where it goes
//
// It does not know chips and runs no program.
package toggle

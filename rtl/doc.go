// Package rtl writes a compiled chip as a description of hardware: hand-written Verilog of a core,
// a router and a barrier, assembled as the image says, with its memories, and a test bench that
// compares it with the cycle engine in every spike, potential, arrival and length of a tick
// (docs/rtl.md).
//
//	refuse.go       what hardware of this kind has not, by feature and layer
//	design.go       the parts of an image: keys, cores, routers
//	core.go         a core's axon entries, rows and ranges as memories
//	kinds.go        its neurons' models and constants
//	mesh.go         the routers in use, and what their tables say
//	memory.go       memories as files of hexadecimal words
//	verilog.go      the chip: parameters and instances
//	parameters.go   the numbers that a core's Verilog is made with
//	stimulus.go     what the host sends
//	expect.go       what the cycle engine does with it
//	export.go       the folder with all of that
//	lanes.go        operations of real samples for a lane that adds and one that multiplies
//
// The package does not define a tick: that is verilog/*.v, written by hand from docs/neurocore.md
// and docs/cycle-engine.md.
package rtl

// Package rtl exports a compiled chip as Verilog: hand-written modules of a core, a router and a
// barrier, assembled for the image, with its memories, and a test bench that compares it with the
// cycle engine in every spike, potential, arrival and tick length (docs/rtl.md).
//
//	refuse.go       features that the hardware lacks, by layer
//	design.go       the parts of an image: keys, cores, routers
//	core.go         a core's axon entries, rows and ranges as memories
//	kinds.go        its neurons' models and constants
//	mesh.go         the routers in use, and their tables
//	memory.go       memories as files of hexadecimal words
//	verilog.go      the chip: parameters and instances
//	parameters.go   the parameters of a core's Verilog
//	stimulus.go     the spikes of the host
//	expect.go       the results of the cycle engine
//	export.go       the output folder
//	lanes.go        operations of real samples for a lane that adds and one that multiplies
//
// The package does not define a tick: that is verilog/*.v, written by hand from docs/neurocore.md
// and docs/cycle-engine.md.
package rtl

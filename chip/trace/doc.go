// Package trace owns the files that show what the cycle engine did: value
// changes for waveform viewers (.vcd), a time line for the Perfetto viewer
// (.perfetto) and a table of messages (.csv). Each is a chip.Tracer that
// streams to disk, so that the length of a run does not matter, and that
// appears under its name when it is closed.
//
//	trace.go     Create: the format by the file's ending
//	view.go      what of a chip is shown
//	stream.go    what the formats share: the file, and samples in a row
//	vcd.go       value change dumps (IEEE Std 1364-2005, clause 18)
//	perfetto.go  Perfetto's protobuf
//	messages.go  messages as CSV
//
// The package measures nothing itself, and what is not traced costs nothing:
// the engine asks once whether there is a tracer.
package trace

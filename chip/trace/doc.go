// Package trace writes traces of the cycle engine: value changes for waveform viewers (.vcd), a
// time line for the Perfetto viewer (.perfetto) and a table of messages (.csv). Each is a
// chip.Tracer that streams to disk, so that memory does not grow with a run; the file gets its name
// when it is closed.
//
//	trace.go     Create: the format by the file's ending
//	view.go      the cores and neurons to trace
//	stream.go    what the formats share: the file, and samples in a row
//	vcd.go       value change dumps (IEEE Std 1364-2005, clause 18)
//	perfetto.go  Perfetto's protobuf
//	messages.go  messages as CSV
//
// The package measures nothing itself. Without a tracer an engine spends nothing on traces: it
// checks once per run.
package trace

// Package compiler compiles a trained network into an image for a chip. It owns the table of the
// passes, whose order constraints are data, and the options and the report of a compilation. Each
// pass is a package in a folder of this one:
//
//	by rate   convert, rewrite, lower, retime (in lower), quantise
//	by code   levels, split, code
//	then      compartments, fit, types (typed), partition (with balance and relay), place,
//	          route, verify
//
//	passes.go        the table
//	compile.go       options, and a compilation
//	coded.go         networks with a code, whose activations are sent exactly
//	ann_limits.go    limits of a chip, checked on an ANN before calibration
//	delays.go        delays of the model beyond a chip's
//	encoder.go       the encoder as the image keeps it
//	size.go          the cores and memory of a network, before it is placed
//	report.go        the report of a compilation
//	text.go          the network after a pass, as text
//	invariants*.go   whether the output of each pass is validated
//
// The forms between the passes are the spiking network (snn), the flat network (compiler/flat, real
// numbers), the integer network (compiler/ir), the mapping (compiler/partition, core loads on
// tiles) and the image (layout). A pass reads one form and makes the next; no pass imports another,
// except for the form that it owns. Checks of a chip's limits that several passes share are in
// compiler/fit.
//
// The package reads no model files (compiler/onnx and compiler/nir do) and
// runs nothing on chips.
package compiler

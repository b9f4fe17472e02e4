// Package compiler turns a trained network into an image for a chip. It is the table of the
// passes, whose order constraints are data, and the options and the report of a
// compilation. Each pass is a package below:
//
//	by rate   convert, rewrite, lower, retime (in lower), quantise
//	by code   levels, split, code
//	then      compartments, fit, types (typed), partition (with balance and relay), place, route, verify
//
//	passes.go        the table
//	compile.go       options, and a compilation
//	coded.go         networks whose activations are sent exactly
//	ann_limits.go    limits of a chip that a trained ANN meets before it is calibrated
//	delays.go        delays of the model beyond a chip's
//	encoder.go       the encoder as the image keeps it
//	size.go          what a network takes of a chip, before it is placed
//	report.go        what a compilation found
//	text.go          the network after a pass, as text
//	invariants*.go   whether passes are held to their own rules
//
// The forms between the passes are the spiking network (snn), the flat network (compiler/flat, real
// numbers), the integer network (compiler/ir), the mapping (compiler/partition, core loads on
// tiles) and the image (layout). A pass reads one form and makes the next; no pass imports another,
// except for the form that it owns. What several passes ask of a chip is compiler/fit.
//
// The package reads no model files (compiler/onnx and compiler/nir do) and
// runs nothing on chips.
package compiler

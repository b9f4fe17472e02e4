// Package compiler turns a trained network into an image for a chip. It is the
// table of the passes (passes.go), whose order constraints are data, and the
// options and the report of a compilation; each pass is a package below:
// convert, lower (with retime), quantise, partition, place, route, verify.
//
// Between the passes stand the spiking network (snn), the flat network
// (compiler/flat, real numbers), the integer network (compiler/ir), the
// mapping (compiler/partition, core loads on tiles) and the image (layout).
// A pass reads one form and makes the next; no pass imports another, but for
// the form that it owns. What several passes ask of a chip is compiler/fit.
//
// The package reads no model files (compiler/onnx and compiler/nir do) and
// runs nothing on chips.
package compiler

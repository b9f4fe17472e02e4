// Package compiler turns a trained network into an image for a chip: it
// converts ANNs to spiking networks, folds linear chains, retimes,
// quantises, cuts the network into core loads, places and routes them, and
// checks the result independently.
//
// The passes are a table (passes.go) whose order constraints are data.
// Each pass is a function of its own that is tested alone, on text before
// and after. Between the passes stand the flat network (real numbers,
// real.go), the integer network (compiler/ir) and the mapping (core loads
// on tiles, partition.go).
//
// The package reads no model files (compiler/onnx and compiler/nir do) and
// runs nothing on chips.
package compiler

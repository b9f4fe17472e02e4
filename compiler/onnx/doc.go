// Package onnx owns the ONNX front end: it reads a trained feed-forward model as an snn.Network.
//
// It owns the file format (a reader of the protobuf fields that matter, tensors in every encoding
// that exporters write, external data), the folding of constants, and the meaning of each operator.
// It does not convert activations to spiking neurons, compose linear layers, rescale or quantise:
// package compiler does. A BatchNormalization is therefore a Scale here, and a Softmax at the end
// of the graph is dropped with a warning, since it does not change the order of classes.
//
// A sample is one item of the batch: the batch axis is dropped, whether the
// file calls it dynamic, 1 or a fixed number. Signals are row-major,
// channels first, as ONNX has them.
//
// Files are taken as hostile. Every length is checked against the bytes that are there before
// memory is allocated for it, what a small file can expand to is bounded, external data must be
// inside the model's folder, and a damaged file is an error that names the file and the node or
// tensor.
//
// The format is that of onnx.proto and Operators.md in the ONNX repository
// (github.com/onnx/onnx).
//
//	read.go                        Read and its options
//	wire.go, model.go              the file: protobuf fields, and what they hold
//	tensorproto.go, tensor.go      constants, encoded and in memory
//	external.go                    weights in separate files
//	graph.go, function.go          nodes in order; operators that a model defines
//	build.go, call.go, value.go    from nodes to a network: one node, the value of a name
//	input.go                       the input that is fed
//	operators.go                   the table of operators that take a signal
//	dense.go, conv.go, window.go   layers with weights, and their windows
//	pool.go, reduce.go, pad.go     pools, means over axes, padding
//	batchnorm.go, activation.go    normalisation, activations
//	elementwise.go, branch.go      arithmetic of a signal with constants, and of two signals
//	shape.go, view.go              axes that are joined or moved, at once or later
//	select.go, concat.go           parts of signals, and signals joined
//	quantised.go, grid.go          QDQ of constants and of signals
//	fold.go, arithmetic.go         constant folding: which nodes, and arithmetic
//	constant.go, selection.go      constants that are filled, cut, joined and picked
package onnx

// Package onnx owns the ONNX front end: it reads a trained feed-forward
// model and gives it as an snn.Network.
//
// It owns the file format (a reader of the protobuf fields that matter,
// tensors in every encoding that exporters write, external data), the
// folding of constants, and the meaning of each operator. It does not
// convert activations to spiking neurons, compose linear layers, rescale or
// quantise: package compiler does. A BatchNormalization is therefore a
// Scale here, and a Softmax that ends the graph is dropped with a warning,
// since it changes no order between classes.
//
// A sample is one item of the batch: the batch axis is dropped, whether the
// file calls it dynamic, 1 or a fixed number. Signals are row-major,
// channels first, as ONNX has them.
//
// Files are taken as hostile. Every length is checked against the bytes
// that are there before memory is allocated for it, what a small file can
// expand to is bounded, external data cannot lie outside the model's
// folder, and a damaged file is an error that names the file and the node
// or tensor.
//
// The format is that of onnx.proto and Operators.md in the ONNX repository
// (github.com/onnx/onnx).
package onnx

// Package snn owns the network as it was trained: a directed graph of
// nodes with real-valued parameters, and the float64 reference engine
// that gives the graph its meaning.
//
// A node applies one operation to the sum of the signals that arrive on
// its edges. Operations are linear (Dense, Conv, Pool, Scale, Reshape),
// analog non-linear (Relu, MaxPool: a network that has them is an ANN
// and must be converted before it can spike), stateful (Neuron) or delays.
// Shapes never have a batch or a time axis; data is row-major, channels
// first.
//
// The package does not read model files (compiler/onnx and compiler/nir
// do), does not know integers or chips, and never rescales what it was
// given.
package snn

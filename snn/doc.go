// Package snn owns the trained network, a directed graph of nodes with real-valued parameters, and
// the float64 reference engine, which defines the meaning of the graph.
//
// A node applies one operation to the sum of the signals that arrive on
// its edges. Operations are linear (Dense, Conv, Pool, Scale, Reshape),
// analog non-linear (Relu, MaxPool: a network that has them is an ANN
// and must be converted before it can spike), stateful (Neuron) or delays.
// Shapes never have a batch or a time axis; data is row-major, channels
// first.
//
// The package does not read model files (compiler/onnx and compiler/nir do), does not know integers
// or chips, and never rescales a network.
//
//	network.go                        the graph: nodes, edges, shapes
//	linear.go, window.go, gather.go   linear operations: matrices, windows, moves
//	neuron.go, reset.go               neuron models and their parameters
//	quantise.go                       rounding to a grid
//	shape.go, validate.go, order.go   shapes inferred, graphs checked, an order to evaluate in
//	fanout.go, fanin.go               sources and targets, element by element
//	counts.go, summary.go             multiply-accumulates and parameters; what to print
//	analog.go, analog_counts.go       the evaluation of ANNs, and its operations
//	reference.go, plan.go             the float64 engine for spiking networks
//	forward.go, forward_window.go     its linear nodes
//	population.go, record.go          its neurons, and the records of a run
//	feed.go                           an input that is scaled
package snn

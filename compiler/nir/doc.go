// Package nir reads networks in the Neuromorphic Intermediate Representation (.nir) as
// snn.Networks.
//
// It understands the primitives of NIR 0.1 to 1.0: Input, Output, Affine,
// Linear, Scale, Conv1d, Conv2d, SumPool2d, AvgPool2d, Flatten, I, LI, IF,
// LIF, CubaLI, CubaLIF, Threshold, Delay, and NIRGraph inside a NIRGraph,
// which is flattened: node lif of subgraph hidden becomes "hidden.lif".
//
// NIR describes continuous dynamics. What a file leaves open is decided as in the training tools:
// the tick (Options.DT), the kind of reset (Options.Reset), zero initial state, and a delay of one
// tick where a loop closes (snn.Network.MarkDelays). Input that is unusual but can be interpreted
// becomes a warning of the network; what cannot is an error that names the node or the edge.
//
// The package does not evaluate networks and does not know HDF5 beyond the
// adapter in file.go.
//
//	read.go           Read and its options
//	file.go           the adapter to HDF5
//	tree.go, data.go  folders and arrays of a file; required and optional ones
//	graph.go          nodes, edges and subgraphs
//	infer.go          shapes that a file leaves open
//	builder.go        nodes as operations
//	neuron.go         neuron models and their parameters
//	window.go         convolutions, pools, Flatten
//	remark.go         warnings
package nir

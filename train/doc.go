// Package train owns learning: the conventional network (ANN) that a spiking
// network is measured against, and its ONNX file.
//
// [TrainANN] fits a multilayer perceptron with ReLU layers by plain stochastic
// gradient descent, with the initial values that PyTorch gives its Linear
// layers, so that its figures compare with the field's. [ANN.WriteONNX] writes
// it as other tools read it.
//
// [Paper] repeats a published experiment on unsupervised learning under its own
// conditions, on the float reference of package snn/stdp; [PaperCells] is what it
// found.
//
// The algebra is gonum's, in float32. A seed gives the same network to the
// bit on one architecture, whatever the number of threads and the processor's
// extensions: nothing here depends on fused multiply-adds, and gonum's
// parallel product gives each block of the result to one goroutine, which sums
// it in a fixed order. Between architectures the last bits may differ.
//
// The package does not convert a network to spikes (package compiler) and does
// not price it (package bench).
package train

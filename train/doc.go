// Package train owns learning: the conventional network (ANN) that a spiking
// network is measured against, with its ONNX file, and spiking networks that
// learn by plasticity.
//
// [TrainANN] fits a multilayer perceptron with ReLU layers by plain stochastic
// gradient descent, with the initial values that PyTorch gives its Linear
// layers, so that its figures compare with the field's. [ANN.WriteONNX] writes
// it as other tools read it.
//
// [STDPRun] trains a winner-take-all network without a teacher on an emulated chip;
// [TunedPreset] has the constants, [SNN] is the network and its file, and
// [FloatSTDP] is the same in real numbers.
//
// [Paper] repeats a published experiment on unsupervised learning under its own
// conditions, in float32 (package snn/stdp) or in a chip's integers in lock-step,
// which no chip does; [PaperCells] is what it found.
//
// The algebra of the ANN is gonum's, in float32. A seed gives the same network to the
// bit on one architecture, whatever the number of threads and the processor's
// extensions: nothing here depends on fused multiply-adds, and gonum's
// parallel product gives each block of the result to one goroutine, which sums
// it in a fixed order. Between architectures the last bits may differ.
//
// The package does not convert a network to spikes (package compiler) and does
// not price it (package bench).
package train

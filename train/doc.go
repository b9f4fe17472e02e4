// Package train owns spiking networks that learn without a teacher: trainings on an
// emulated chip and the published experiment that they are measured against.
//
// [STDPRun] trains a winner-take-all network on an emulated chip; [FloatSTDP] is the
// same in real numbers. [Paper] repeats the experiment under its own conditions, in
// float32 (package snn/stdp) or in a chip's integers (train/lockstep), which no chip does;
// [PaperCells] is what it found.
//
// What they share lies below: train/setting says how a network learns, train/learned is
// the network and its file, train/frame the form of the files. The conventional network
// is train/ann.
package train

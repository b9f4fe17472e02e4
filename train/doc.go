// Package train owns the published experiment of spiking networks that learn without a
// teacher, and what trainings on an emulated chip are measured against.
//
// [Tuned] runs the experiment's cells as train/onchip learns, [FloatSTDP] the same in
// real numbers. [Paper] repeats the experiment under its own conditions, in
// float32 (package snn/stdp) or in a chip's integers (train/lockstep), which no chip does;
// [PaperCells] is what it found.
//
// What they share lies below: train/setting says how a network learns, train/learned is
// the network and its file, train/frame the form of the files. The conventional network
// is train/ann.
package train

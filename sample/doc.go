// Package sample owns what a network is fed with: where samples come from and
// how they reach an ANN and a chip.
//
// [Samples] is what an ANN takes: labelled samples as real numbers. A [Source]
// gives the same samples to a chip as well, as spikes or levels, tick by tick.
// Training, calibration, evaluation and comparison ask these two interfaces
// alone, so that a new kind of sample is one type here:
//
//	Values   a data set as real numbers, as a training pipeline made them
//	Encoded  a data set that an encoder turns into spikes or levels
//	Trains   spike trains as they are
//	Graded   real numbers per tick, for the reference engine
//
// A [Pipeline] says what the training pipeline did to the samples; a [Plan] decides
// which part of that is folded into the first layer and which the host does, and a [Fed]
// is a network to which that was done.
//
// The package reads no files, except through internal/dataset, and runs no
// network.
package sample

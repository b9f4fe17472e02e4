// Package sample owns the inputs of networks: the sources of samples and their conversion for an
// ANN and a chip.
//
// [Samples] are the inputs of an ANN: labelled samples as real numbers. A [Source] also provides
// them to a chip, as spikes or levels per tick. Training, calibration, evaluation and comparison
// use only these two interfaces, so that a new kind of sample is one type here:
//
//	Values   a data set as real numbers, after a training pipeline
//	Encoded  a data set that an encoder turns into spikes or levels
//	Trains   spike trains, unchanged
//	Graded   real numbers per tick, for the reference engine
//
// A [Pipeline] is the preprocessing of the training pipeline; a [Plan] divides it between the first
// layer and the host, and a [Fed] is a network with its part folded in.
//
// The package reads no files, except through internal/dataset, and runs no
// network.
//
//	source.go             Samples, Source, Signals
//	values.go             Values
//	encoded.go            Encoded
//	trains.go             Trains
//	graded.go             Graded
//	pipeline.go, plan.go  preprocessing, and where it is computed
//	feed.go               Fed: a network with its part of the preprocessing
package sample

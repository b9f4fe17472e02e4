// Package dataset owns labelled images: the MNIST files in the IDX format,
// plain or gzip, their download and their checks, and a built-in set of
// generated digits that needs no download.
//
// A [Set] holds bytes as they are in the file: pixel values 0..255, row-major,
// one label per image. [Open] reads a folder of IDX files, or makes the
// generated set when asked for [DigitsName]. [Fetch] downloads MNIST, [List]
// says what a folder holds, [WriteIDX] writes a set as other tools read it.
//
// The generated digits are drawn from strokes by integer arithmetic. They are
// NOT MNIST and not a sample of anyone's handwriting: an accuracy on them says
// that a path works, and says nothing about MNIST.
//
// The package does not scale pixels to real numbers, make spikes, or shuffle:
// that is for the trainer and the encoders. Files from outside are taken for
// hostile: sizes are compared with the file's own before anything is
// allocated, and a damaged file gives an error that names file and place.
package dataset

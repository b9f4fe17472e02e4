// Package dataset reads labelled samples in common formats: IDX files of any rank, arrays of NumPy,
// CIFAR in its binary form, folders of pictures by class, each in a folder or a zip archive; the
// download of MNIST; and a built-in set of generated digits that needs no download.
//
// A [Set] holds the samples as in the file, bytes or real numbers, row-major, one label each.
// [Open] detects the format of a path. [Fetch] downloads MNIST, [List] lists the files of a folder
// of it. docs/data.md describes the forms.
//
// The generated digits are drawn from strokes by integer arithmetic. They are NOT MNIST and not
// handwriting: an accuracy on them shows that a pipeline works, and nothing about MNIST.
//
// The package does not scale pixels to real numbers, make spikes, or shuffle: that is for package
// sample, the trainer and the encoders. Files are taken to be hostile: sizes are compared with the
// file's own before memory is allocated, and a damaged file is an error that names file and place.
//
//	set.go, open.go, place.go            a set; the format of a path; folders and zip archives
//	mnist.go, idx.go, idx_folder.go      IDX files
//	cifar.go, arrays.go                  CIFAR, arrays of NumPy
//	pictures.go, picture.go, chroma.go   folders of pictures, and how one is decoded
//	label.go                             labels
//	fetch*.go, list.go                   downloads of MNIST, and the status of its files
//	digits.go, glyphs.go                 generated digits and their strokes
//	raster.go, random.go                 how they are drawn
package dataset

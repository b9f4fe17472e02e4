// Package recorded reads samples of spikes, counts or real numbers per tick from files, as a
// sample.Source:
//
//	OpenSpikes  .npz and .npy arrays, .csv lists of spikes, NIR's data
//	OpenEvents  recordings of event cameras, one file a sample, alone or in folders
//	            by class
//
// Values that are not spikes are refused, clipped or kept, as Counts says, and a note of the source
// says so.
//
// Files may be larger than memory: small ones are read once, others again, piece by piece, for each
// sample.
//
//	options.go              Options, Counts, Layout
//	spikes.go               OpenSpikes: files by their ending
//	events.go               OpenEvents
//	array.go                spikes in arrays, in any order of axes
//	list.go                 lists of spikes
//	data.go                 the data files of NIR
//	labels.go               labels and class names
//	stream.go, streamed.go  files larger than memory
package recorded

// Package recorded reads samples that are spikes, counts or real numbers per tick
// already, from files, and gives them as a sample.Source:
//
//	OpenSpikes  .npz and .npy arrays, .csv lists of spikes, NIR's data
//	OpenEvents  recordings of event cameras, one file a sample, alone or in folders
//	            by class
//
// Nothing is changed in silence. Values that are no spikes are refused, clipped or
// kept as Counts says, and what was done is among the notes of the source.
//
// Files may be larger than memory: small ones are read once, others again, piece by
// piece, whenever a sample is asked for.
package recorded

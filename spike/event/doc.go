// Package event reads recordings of event cameras and bins them into spikes.
//
// A recording is a list of events: at a time, a pixel became brighter (on) or
// darker (off). Open knows the file formats that the field distributes and gives
// the events piece by piece, so that a recording may be larger than memory:
//
//	N-MNIST .bin          5 bytes an event
//	Prophesee .dat        CD events of 8 bytes, versions 1 and 2
//	Prophesee .raw        EVT 2.0 and EVT 3.0
//	AEDAT 3.1, 4.0        .aedat, .aedat4: packets, plain or compressed
//	NumPy .npy            structured arrays with the fields t, x, y and p
//
// A View and its Bins turn a recording into ticks, as tonic's ToFrame does. OpenData reads
// NIR's own data files, whose neurons have no place on a sensor.
//
// Files are taken to be hostile: every size that a file declares is checked against
// what the file can hold and against a limit before memory is taken for it, and no
// input makes the package panic. Errors name the file and the place in it.
package event

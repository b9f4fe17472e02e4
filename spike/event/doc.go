// Package event reads recordings of event cameras and bins them into spikes.
//
// A recording is a list of events: at a time, a pixel became brighter (on) or darker (off). Open
// reads the common file formats piece by piece, so that a recording may be larger than memory:
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
// Files are taken to be hostile: every size that a file declares is checked against the file's size
// and a limit before memory is allocated, and no input makes the package panic. Errors name the
// file and the place in it.
//
//	recording.go, format.go            a recording, and the formats
//	input.go                           files read from their beginning
//	nmnist.go, dat.go, npy.go          simple formats
//	raw.go, evt2.go, evt3.go           Prophesee RAW
//	aedat3.go, aedat4.go               AEDAT
//	aedat4_streams.go, flatbuffer.go   the header of AEDAT 4
//	unpack.go                          compressed packets
//	view.go, bins.go                   from pixels and times to inputs and ticks
//	set.go                             a folder of recordings, by class
//	nirdata.go                         data files of NIR
//	summary.go, picture.go             a summary of a recording, in numbers and as a picture
package event

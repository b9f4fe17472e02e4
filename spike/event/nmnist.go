package event

import "encoding/binary"

// nmnist reads the form of N-MNIST and N-Caltech101 (Orchard et al. 2015,
// "Converting Static Image Datasets to Spiking Neuromorphic Datasets Using
// Saccades"): 5 bytes an event, x, y, then one bit of polarity above 23 bits of
// microseconds, big-endian. Row 240 is no pixel: it says that the clock went over,
// which adds 2^13 us to all times that follow. The sensor's size is not said.
type nmnist struct {
	in   *input
	past int64 // what overflows have added
}

const (
	nmnistRecord   = 5
	nmnistMarker   = 240
	nmnistOverflow = 1 << 13
)

func openNMNIST(in *input) (decoder, Info, error) {
	return &nmnist{in: in}, Info{Format: "N-MNIST"}, nil
}

func (d *nmnist) read(dst []Event) (int, error) {
	for {
		b, err := d.in.records(nmnistRecord, len(dst))
		if err != nil {
			return 0, err
		}
		n := 0
		for at := 0; at < len(b); at += nmnistRecord {
			if b[at+1] == nmnistMarker {
				d.past += nmnistOverflow
				continue
			}
			word := binary.BigEndian.Uint32(b[at+1:])
			dst[n] = Event{T: int64(word&(1<<23-1)) + d.past, X: uint16(b[at]), Y: uint16(b[at+1]),
				On: word>>23&1 != 0}
			n++
		}
		d.in.take(len(b))
		if n > 0 {
			return n, nil
		}
	}
}

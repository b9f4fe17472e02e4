package core

// byteStore holds rows of weights without sign as the lanes take them: a byte
// for each neuron of whole blocks, zero outside of the row's run. Every row
// starts a cache line.
type byteStore []uint8

// lineBytes is the size of a cache line.
const lineBytes = 64

// open makes room for a row of zeros, and returns its place and length.
func (s *byteStore) open(r *Row) (place int64, padded int32) {
	pad := r.First & (laneNeurons - 1)
	padded = (pad + r.Count + laneNeurons - 1) &^ (laneNeurons - 1)
	place = int64(len(*s))
	*s = append(*s, make([]uint8, (padded+lineBytes-1)&^(lineBytes-1))...)
	return place, padded
}

// row is the bytes of a row.
func (s byteStore) row(r *row) []uint8 { return s[r.place:][:r.padded] }

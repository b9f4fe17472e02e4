package core

// byteStore holds rows of weights without sign as lanes and kernels take them: a byte
// for each neuron of whole blocks, less laneBias, of weight 0 outside of the row's run.
// Every row starts a cache line.
type byteStore []int8

// lineBytes is the size of a cache line.
const lineBytes = 64

// open allocates a row of zeros, and returns its offset and length.
func (s *byteStore) open(r *Row) (place int64, padded int32) {
	pad := r.First & (laneNeurons - 1)
	padded = (pad + r.Count + laneNeurons - 1) &^ (laneNeurons - 1)
	place = int64(len(*s))
	*s = append(*s, make([]int8, (padded+lineBytes-1)&^(lineBytes-1))...)
	row := (*s)[place:]
	for i := range row {
		row[i] = biased(0)
	}
	return place, padded
}

// biased is a weight without sign as a byteStore holds it.
func biased(w uint8) int8 { return int8(w ^ laneBias) }

// row is the bytes of a row.
func (s byteStore) row(r *rowBytes) []int8 { return s[r.place:][:r.padded] }

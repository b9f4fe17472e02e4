package core

import "math/bits"

const (
	// maxWeightBits is the widest weight, sign included.
	maxWeightBits = 16
	// maxShift bounds the shift of an Others row.
	maxShift = 20
	// maxByteBits is the widest weight of a Dense8 row.
	maxByteBits = 8
	// maxIndexBits addresses every neuron of the largest core.
	maxIndexBits = 16
)

// rowReads is what one delivery of a row counts, so that counting costs the same for any
// length: the memory read, the nonzero weights and the adder operations.
type rowReads struct{ bits, synops, adds int32 }

// rowBytes is the place of the bytes of a row in their store, padded their number: of a
// Plastic row, or a Dense16 row of weights that are bytes without sign and that no axon
// moves, for whole blocks of lanes; else padded is 0.
type rowBytes struct {
	place  int64
	padded int32
	// learner is the index of the learner of a plastic row and source the row's number there;
	// learner is -1 for none.
	learner, source int32
}

// bytesOf is the place of a row's bytes.
func (s *tables) bytesOf(row int32) rowBytes {
	if s.rowBytes == nil {
		return rowBytes{learner: -1}
	}
	return s.rowBytes[row]
}

// readsOf is what a delivery of a row of a valid configuration counts.
func (c *Config) readsOf(r *Row) rowReads {
	made := rowReads{bits: int32(c.BitsRead(r)), adds: c.Additions(r)}
	switch r.Format {
	case Dense8:
		made.synops = nonzero(c.Dense8[r.Offset:][:r.Count])
	case Dense16:
		made.synops = nonzero(c.Dense16[r.Offset:][:r.Count])
	case Sparse:
		made.synops = nonzeroEntries(c.Sparse[r.Offset:][:r.Count])
	case Others:
		if r.Weight != 0 {
			made.synops = made.adds
		}
	case Typed:
		made.synops = c.nonzeroTyped(r)
	}
	return made
}

// additions is Config.Additions of a row whose bits need not be counted.
func (r *Row) additions() int32 {
	if r.Format == Others && r.Exclude >= r.First && r.Exclude-r.First < r.Count {
		return r.Count - 1
	}
	return r.Count
}

// BitsRead is the number of bits of synapse memory that a delivery of a row other than Typed reads;
// of a plastic weight only the bits that are added.
func (w *Widths) BitsRead(r *Row) int64 {
	entry := uint(r.WeightBits)
	switch r.Format {
	case Sparse:
		entry += w.indexBits()
	case Plastic:
		entry = AdderBits
	case Others:
		return int64(entry + w.indexBits())
	}
	return repeated(int64(r.Count), entry)
}

// openBytes stores a row that is Dense16 and holds bytes without sign once more,
// as the lanes take it.
func (c *Config) openBytes(from *Row, r *rowBytes, store *byteStore) {
	weights := c.Dense16[from.Offset:][:from.Count]
	if !areBytes(weights) {
		return
	}
	r.place, r.padded = store.open(from)
	for k, w := range weights {
		store.row(r)[int(from.First&(laneNeurons-1))+k] = biased(uint8(w))
	}
}

// areBytes reports whether weights of a Dense16 row are bytes without sign, and
// enough of them to gain by it.
func areBytes(weights []int16) bool {
	for _, w := range weights {
		if w < 0 || w > 255 {
			return false
		}
	}
	return len(weights) >= minLaneRow
}

// others is what a row of Others adds, and the neuron that it leaves out, or -1: one outside
// of the run is none.
func (r *Row) others() (weight, exclude int32) {
	if r.additions() == r.Count {
		return int32(r.Weight) << r.Shift, -1
	}
	return int32(r.Weight) << r.Shift, r.Exclude
}

func nonzero[W int8 | int16](weights []W) int32 {
	var n int32
	for _, w := range weights {
		if w != 0 {
			n++
		}
	}
	return n
}

func nonzeroEntries(entries []Synapse) int32 {
	var n int32
	for _, entry := range entries {
		if entry.Weight != 0 {
			n++
		}
	}
	return n
}

// indexBits is the width of a neuron index in a sparse entry.
func (w *Widths) indexBits() uint {
	if w.IndexBits == 0 {
		return maxIndexBits
	}
	return uint(w.IndexBits)
}

// repeated adds up n copies of x, a shifted copy per set bit of n.
func repeated(x int64, n uint) int64 {
	var sum int64
	for n != 0 {
		sum += x << bits.TrailingZeros(n)
		n &= n - 1
	}
	return sum
}

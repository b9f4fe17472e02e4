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

// row is a synapse row as a delivery uses it: where its weights are, and what
// one delivery counts, so that counting costs the same for any length.
type row struct {
	format RowFormat
	// learner is who learns from a plastic row and source its number
	// there; learner is -1 for none.
	learner, source int32
	// weight and exclude are used by Others.
	weight, exclude int32
	// first and count name the run of neurons; for Sparse, count is the
	// number of entries.
	first, count int32
	offset       int64
	// bytes are the weights of a Dense16 row that are bytes without sign,
	// for whole blocks of lanes; else nil.
	bytes []uint8
	// synops are the nonzero weights, adds the adder operations and bits the
	// memory read of one delivery.
	synops, adds int32
	bits         int64
}

// makeRow prepares a row of a valid configuration.
func (c *Config) makeRow(r *Row) row {
	made := row{
		format: r.Format, weight: int32(r.Weight) << r.Shift, exclude: r.Exclude, learner: -1,
		first: r.First, count: r.Count, offset: r.Offset,
		adds: r.Count,
	}
	entry := uint(r.WeightBits)
	switch r.Format {
	case Dense8:
		made.synops = nonzero(c.Dense8[r.Offset:][:r.Count])
	case Dense16:
		made.synops = nonzero(c.Dense16[r.Offset:][:r.Count])
		made.bytes = c.asBytes(r)
	case Sparse:
		made.synops = nonzeroEntries(c.Sparse[r.Offset:][:r.Count])
		entry += c.Widths.indexBits()
	case Plastic:
		entry = adderShift // the half of a weight that the adder takes
	case Others:
		made.prepareOthers()
		made.bits = int64(entry + c.Widths.indexBits())
		return made
	}
	made.bits = repeated(int64(r.Count), entry)
	return made
}

// asBytes returns the weights of a Dense16 row as bytes for whole blocks of
// lanes, or nil where one is negative or too large, or the row too short to
// gain by it.
func (c *Config) asBytes(r *Row) []uint8 {
	if r.Format != Dense16 || r.Count < minLaneRow {
		return nil
	}
	weights := c.Dense16[r.Offset:][:r.Count]
	for _, w := range weights {
		if w < 0 || w > 255 {
			return nil
		}
	}
	pad := r.First & (laneNeurons - 1)
	bytes := make([]uint8, (pad+r.Count+laneNeurons-1)&^(laneNeurons-1))
	for k, w := range weights {
		bytes[int(pad)+k] = uint8(w)
	}
	return bytes
}

// prepareOthers settles which neurons the row reaches: an excluded neuron
// outside the run excludes nothing.
func (r *row) prepareOthers() {
	if r.exclude >= r.first && r.exclude-r.first < r.count {
		r.adds--
	} else {
		r.exclude = -1
	}
	if r.weight != 0 {
		r.synops = r.adds
	}
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

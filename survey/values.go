package survey

import (
	"math"

	"adder/snn"
)

// sampleRows is how many neurons' weights are looked at to count different ones.
const sampleRows = 4

// weightRows are the weights of a few neurons of a layer, as the last matrix or kernel before
// it has them.
func (w *walk) weightRows(node int) (rows [][]float64) {
	for at := node; len(w.from[at]) == 1; {
		at = w.from[at][0]
		switch op := w.net.Nodes[at].Op.(type) {
		case *snn.Dense:
			n, cols := op.W.Dims()
			for i := range min(n, sampleRows) {
				rows = append(rows, op.W.Row(i*n/min(n, sampleRows), make([]float64, cols)))
			}
			return rows
		case *snn.Conv:
			each := len(op.Weight) / op.OutChannels
			for i := range min(op.OutChannels, sampleRows) {
				first := i * op.OutChannels / min(op.OutChannels, sampleRows) * each
				rows = append(rows, op.Weight[first:first+each])
			}
			return rows
		}
		if _, ends := w.layerOf[at]; ends {
			return nil
		}
	}
	return nil
}

// values is the largest number of different nonzero weights that one of the rows has when it is
// rounded to a number of bits.
func values(rows [][]float64, bits int) (most int) {
	for _, row := range rows {
		largest := 0.0
		for _, v := range row {
			largest = max(largest, math.Abs(v))
		}
		if largest == 0 {
			continue
		}
		seen, limit := map[int]bool{}, float64(int64(1)<<(bits-1)-1)
		for _, v := range row {
			if q := int(math.Round(v / largest * limit)); q != 0 {
				seen[q] = true
			}
		}
		most = max(most, len(seen))
	}
	return most
}

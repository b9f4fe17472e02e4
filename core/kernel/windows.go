package kernel

import "math/bits"

// Block is the number of neurons of a block of sums.
const Block = 64

// Window is what a row has for a block of neurons. Mask has a bit per neuron that the
// row reaches, a run of them; the weight of neuron n of the block stands at Offset + n
// of the store. Offset alone may lie outside of it.
type Window struct {
	Offset int64
	Mask   uint64
}

// AddWindows adds the chosen windows to the sums of a block: number c is windows[c -
// first]. No window reaches past sums.
func (s Set) AddWindows(sums []int32, weights []int8, windows []Window, first int32, chosen []int32) {
	if len(chosen) > 0 && !s.addWindows(sums, weights, windows, first, chosen) {
		plainWindows(sums, weights, windows, first, chosen)
	}
}

func plainWindows(sums []int32, weights []int8, windows []Window, base int32, chosen []int32) {
	for _, c := range chosen {
		w := &windows[c-base]
		if w.Mask == 0 {
			continue
		}
		first := bits.TrailingZeros64(w.Mask)
		row := weights[int(w.Offset)+first:][:bits.OnesCount64(w.Mask)]
		to := sums[first:][:len(row)]
		for k, weight := range row {
			to[k] += int32(weight)
		}
	}
}

// blockMask has a bit for each of so many neurons of a block.
func blockMask(neurons int) uint64 { return ^uint64(0) >> (Block - uint(neurons)) }

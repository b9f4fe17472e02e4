package chip

import "math"

// hostCurrents multiplies a sample's levels by the first layer's weights:
// the host's work for direct input, once per sample. One current per
// neuron of the layer, rounded half away from zero and clipped to 32 bits,
// and the number of multiply-accumulates: a level of 0 takes none, as an ANN that skips
// zeros takes none.
func (c *Chip) hostCurrents(s *Sample) (currents []int32, macs int64) {
	h := c.image.Host
	inputs := len(s.Levels)
	currents = make([]int32, len(h.Weights)/inputs)
	for n := range currents {
		var sum int64
		for i, w := range h.Weights[n*inputs : (n+1)*inputs] {
			sum += int64(w) * int64(s.Levels[i])
		}
		current := divideRound(scaleUp(sum, max(h.WeightExp, 0)),
			int64(s.MaxLevel)<<max(-h.WeightExp, 0))
		currents[n] = int32(min(max(current, -math.MaxInt32), math.MaxInt32))
	}
	return currents, int64(len(currents)) * nonzero(s.Levels)
}

func nonzero(levels []int32) (n int64) {
	for _, level := range levels {
		if level != 0 {
			n++
		}
	}
	return n
}

// scaleUp is sum << e, held within 2^62. Where e is above 0, the division that
// follows is by a level of at most 31 bits, so that what is held here is still
// above the largest current after it.
func scaleUp(sum int64, e int8) int64 {
	limit := int64(1) << 62 >> e
	return min(max(sum, -limit), limit) << e
}

func divideRound(a, b int64) int64 {
	if a < 0 {
		return -divideRound(-a, b)
	}
	return (a + b/2) / b
}

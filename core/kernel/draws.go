package kernel

import "adder/fixedpoint"

// Draws writes the draws of a stream for ids, each with the bits of base, as
// fixedpoint.Stream.Draw makes them: draws[i] for base|ids[i]. It is as long as ids.
func (s Set) Draws(stream fixedpoint.Stream, base uint64, ids, draws []uint64) {
	n := s.draws(stream, base, ids, draws)
	for i, id := range ids[n:] {
		draws[n+i] = stream.Draw(base | id)
	}
}

// Below compares, for each of some elements, 64 uniform 32-bit numbers with a threshold, which is
// in the upper half of thresholds[i], above a lower half of 0: bit t of the draw for ids[i] + k is
// bit 31-k of number t. It writes a bit for each open number that is smaller to fired, and returns
// the draws that are needed: those of an element end where no number is open or no bit of the
// threshold is left.
func (s Set) Below(stream fixedpoint.Stream, open uint64, ids, thresholds,
	fired []uint64) (draws int64) {
	if draws, ok := s.below(stream, open, ids, thresholds, fired); ok {
		return draws
	}
	for i, id := range ids {
		var n int64
		fired[i], n = below(stream, open, id, thresholds[i])
		draws += n
	}
	return draws
}

// below is Below for one element.
func below(stream fixedpoint.Stream, open, id, threshold uint64) (fired uint64, draws int64) {
	for ; threshold != 0 && open != 0; threshold <<= 1 {
		plane := stream.Draw(id)
		id++
		draws++
		one := uint64(int64(threshold) >> 63) // all ones where the threshold's bit is 1
		fired |= open & one &^ plane
		open &^= plane ^ one
	}
	return fired, draws
}

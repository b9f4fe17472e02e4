package kernel

import "math/bits"

// Lines are the weights that the members of a set add to a block of sums, 16 bits for each.
type Lines struct {
	// Weights are the lines one after the other, each distinct line once, and each as long as the
	// block is, at most LineBlocks times Block. A weight is -128 to 127.
	Weights []int16
	// Words are the words of a set in which any member has a line, and Members which.
	Words   []int32
	Members []uint64
	// At has 64 entries for each of Words: where the line of a member begins, in fours of
	// weights.
	At []uint16
}

const (
	// atUnit is the number of weights that a place counts by, as a shift.
	atUnit = 2
	// LineBlocks is the number of blocks of the longest lines.
	LineBlocks = 4
	// LineWeights is the number of weights that places reach.
	LineWeights = 1 << (16 + atUnit)
)

// Put says that a member of a set has the line that begins at a weight. Members are put in
// ascending order.
func (l *Lines) Put(member, weight int) {
	word := int32(member >> 6)
	k := len(l.Words) - 1
	if k < 0 || l.Words[k] != word {
		l.Words, l.Members = append(l.Words, word), append(l.Members, 0)
		l.At = append(l.At, make([]uint16, 64)...)
		k++
	}
	l.Members[k] |= 1 << (member & 63)
	l.At[k<<6+member&63] = uint16(weight >> atUnit)
}

// AddLines adds the lines of the members of the set of each tick to its sums, of which there
// are count, at most as many as a line has weights: those of tick k begin at sums[k*stride].
func (s Set) AddLines(sums []int32, stride, count int, lines *Lines, sets *Due) {
	if len(lines.Words) == 0 || sets.Ticks == 0 || count == 0 ||
		s.addLines(sums, stride, count, lines, sets) {
		return
	}
	list := make([]uint16, len(lines.At))
	for k := range sets.Ticks {
		for _, at := range list[:lines.list(list, sets.At(k))] {
			for n, weight := range lines.Weights[int(at)<<atUnit:][:count] {
				sums[n] += int32(weight)
			}
		}
		if k < sets.Ticks-1 {
			sums = sums[stride:]
		}
	}
}

// list lists where the lines of the members of a set begin, and returns how many they are.
func (l *Lines) list(list []uint16, set []uint64) (n int) {
	for k, place := range l.Words {
		at := l.At[k<<6:][:64]
		for rest := set[place] & l.Members[k]; rest != 0; rest &= rest - 1 {
			list[n] = at[bits.TrailingZeros64(rest)&63]
			n++
		}
	}
	return n
}

package kernel

// Packed are rows of weights of 4 bits, two to a byte: that of number First + i begins at
// Weights[Offsets[i]]. A row is whole lines of 64 bytes, each for 128 neurons: the low half
// of byte j has the weight of neuron j, the high half that of neuron 64 + j.
type Packed struct {
	Weights []uint8
	Offsets []uint32
	First   int32
}

const (
	// PackedBits is the width of a packed weight.
	PackedBits = 4
	packedLine = 2 * Block // neurons of a line

	// packedSigns flips the sign bits of sixteen weights, which adds packedBias to each.
	packedSigns = 0x8888888888888888
	packedBias  = 3 // as a shift
	packedLow   = 0x0f0f0f0f0f0f0f0f
)

// PackedSize is the number of bytes of a row of so many weights.
func PackedSize(weights int) int { return (weights + packedLine - 1) &^ (packedLine - 1) >> 1 }

// Pack writes a weight, -8 to 7, of a row of zeros.
func Pack(row []uint8, neuron int, weight int8) {
	at := neuron&^(packedLine-1)>>1 | neuron&(Block-1)
	row[at] |= uint8(weight) & (1<<PackedBits - 1) << (neuron & Block >> 4)
}

// AddPacked adds the first len(sums) weights of each row that is listed to sums.
func (s Set) AddPacked(sums []int32, rows *Packed, list []int32) {
	if len(list) == 0 {
		return
	}
	line := 0
	for ; len(sums) >= packedLine; line += Block {
		s.addLine((*[packedLine]int32)(sums), rows, list, line)
		sums = sums[packedLine:]
	}
	if len(sums) > 0 {
		var whole [packedLine]int32
		s.addLine(&whole, rows, list, line)
		for n := range sums {
			sums[n] += whole[n]
		}
	}
}

// addLine adds the weights from byte line of each row on, by lanes of 16 bits in words.
func (s Set) addLine(sums *[packedLine]int32, rows *Packed, list []int32, line int) {
	if s.addPacked(sums, rows, list, line) {
		return
	}
	for at := 0; at < Block; at += 8 {
		for rest := list; len(rest) > 0; {
			now := rest[:min(len(rest), rowsTogether)]
			rest = rest[len(now):]
			var lanes [4]uint64
			for _, r := range now {
				w := packedWord(rows.Weights[int(rows.Offsets[r-rows.First])+line+at:])
				low, high := w&packedLow, w>>PackedBits&packedLow
				lanes[0] += low & rowMask
				lanes[1] += low >> 8 & rowMask
				lanes[2] += high & rowMask
				lanes[3] += high >> 8 & rowMask
			}
			bias := int32(len(now)) << packedBias
			addLanes((*[8]int32)(sums[at:]), lanes[0], lanes[1], bias)
			addLanes((*[8]int32)(sums[Block+at:]), lanes[2], lanes[3], bias)
		}
	}
}

// packedWord is sixteen weights, to each of which packedBias is added.
func packedWord(weights []uint8) uint64 {
	w := (*[8]uint8)(weights)
	return packedSigns ^ (uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24 |
		uint64(w[4])<<32 | uint64(w[5])<<40 | uint64(w[6])<<48 | uint64(w[7])<<56)
}

// AddPackedSets is AddSets with packed rows.
func (s Set) AddPackedSets(sums []int32, stride, count int, rows *Packed, sets *Due,
	base []uint64) {
	if count == 0 || len(rows.Offsets) == 0 || sets.Words == 0 || sets.Ticks == 0 ||
		s.addPackedSets(sums, stride, count, rows, sets, base) {
		return
	}
	s.each(sums, stride, sets, func(sums []int32, list []int32) {
		s.AddPacked(sums[:count], rows, list)
	})
}

package kernel

// Rows are rows of weights: that of number First + i begins at Weights[Offsets[i]].
type Rows struct {
	Weights []int8
	Offsets []uint32
	First   int32
}

// Block is the number of neurons of a block of sums.
const Block = 64

// AddRows adds the first len(sums) weights of each row that is listed to sums.
func (s Set) AddRows(sums []int32, rows *Rows, list []int32) {
	if len(list) == 0 || len(sums) == 0 {
		return
	}
	plainRows(sums, rows, list, s.addRows(sums, rows, list))
}

// AddEach adds a value to each of some sums.
func (s Set) AddEach(sums []int32, value int32) {
	rest := sums[s.addEach(sums, value):]
	for i := range rest {
		rest[i] += value
	}
}

const (
	// rowSigns flips the sign bits of eight weights, which adds rowBias to each.
	rowSigns = 0x8080808080808080
	rowBias  = 7 // as a shift
	rowMask  = 0x00ff00ff00ff00ff
	// rowsTogether is how many bytes of at most 255 a lane of 16 bits sums.
	rowsTogether = 256
)

// plainRows is AddRows for the neurons from first on, by four lanes of 16 bits in a
// word.
func plainRows(sums []int32, rows *Rows, list []int32, first int) {
	weights := rows.Weights
	for ; first+8 <= len(sums); first += 8 {
		for rest := list; len(rest) > 0; {
			now := rest[:min(len(rest), rowsTogether)]
			rest = rest[len(now):]
			var even, odd uint64
			for _, r := range now {
				w := word((*[8]int8)(weights[int(rows.Offsets[r-rows.First])+first:])) ^ rowSigns
				even += w & rowMask
				odd += w >> 8 & rowMask
			}
			addLanes((*[8]int32)(sums[first:]), even, odd, int32(len(now))<<rowBias)
		}
	}
	for ; first < len(sums); first++ {
		sum := sums[first]
		for _, r := range list {
			sum += int32(weights[int(rows.Offsets[r-rows.First])+first])
		}
		sums[first] = sum
	}
}

// word packs eight weights. It compiles to a single load.
func word(w *[8]int8) uint64 {
	return uint64(uint8(w[0])) | uint64(uint8(w[1]))<<8 | uint64(uint8(w[2]))<<16 |
		uint64(uint8(w[3]))<<24 | uint64(uint8(w[4]))<<32 | uint64(uint8(w[5]))<<40 |
		uint64(uint8(w[6]))<<48 | uint64(uint8(w[7]))<<56
}

// addLanes adds the lanes of eight neurons to their sums, less what each holds too
// much.
func addLanes(s *[8]int32, even, odd uint64, bias int32) {
	s[0] += int32(even&0xffff) - bias
	s[1] += int32(odd&0xffff) - bias
	s[2] += int32(even>>16&0xffff) - bias
	s[3] += int32(odd>>16&0xffff) - bias
	s[4] += int32(even>>32&0xffff) - bias
	s[5] += int32(odd>>32&0xffff) - bias
	s[6] += int32(even>>48) - bias
	s[7] += int32(odd>>48) - bias
}

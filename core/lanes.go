package core

// An adder of 64 bits is four adders of 16 bits as long as no sum carries out
// of its lane. Dense rows of bytes are added that way, eight weights with two
// additions, when enough of them arrive in a tick.

const (
	// laneMask keeps the even bytes of a word, each in a lane of 16 bits.
	laneMask = 0x00ff00ff00ff00ff
	// laneSigns flips the sign bit of eight bytes, which adds laneBias to
	// each, so that lanes hold unsigned numbers.
	laneSigns = 0x8080808080808080
	laneShift = 7
	laneBias  = 1 << laneShift
	// laneRows is how many rows fit: 256 bytes of at most 255.
	laneRows = 256
	// laneNeurons are the neurons of a block: two words of lanes.
	laneNeurons = 8
	// scalarRows is the number of rows in a tick up to which emptying the
	// lanes costs more than they save.
	scalarRows = 4
	// minLaneRow is the length from which a row is worth its lanes.
	minLaneRow = 32
)

// block is the lanes of eight neurons: those with even numbers, then those with
// odd ones, the lowest in the lowest lane.
type block [2]uint64

// lanes are narrow sums of the neurons of a core. They hold laneBias too much
// per row; whoever adds a row takes it back elsewhere.
type lanes struct {
	blocks []block
	rows   int // added since lanes were empty
	dense  int // dense rows delivered in this tick
}

func makeLanes(neurons int) lanes {
	return lanes{blocks: make([]block, (neurons+laneNeurons-1)>>3)}
}

// load packs eight weights into a word. It compiles to a single load.
func load(w *[8]int8) uint64 {
	return uint64(uint8(w[0])) | uint64(uint8(w[1]))<<8 | uint64(uint8(w[2]))<<16 |
		uint64(uint8(w[3]))<<24 |
		uint64(uint8(w[4]))<<32 | uint64(uint8(w[5]))<<40 | uint64(uint8(w[6]))<<48 |
		uint64(uint8(w[7]))<<56
}

// addLanes adds weights to blocks, of which there is one per eight weights.
func addLanes(blocks []block, weights []int8) {
	for len(weights) >= 32 && len(blocks) >= 4 {
		b, w := (*[4]block)(blocks), (*[32]int8)(weights)
		w0, w1 := load((*[8]int8)(w[0:8]))^laneSigns, load((*[8]int8)(w[8:16]))^laneSigns
		w2, w3 := load((*[8]int8)(w[16:24]))^laneSigns, load((*[8]int8)(w[24:32]))^laneSigns
		b[0][0] += w0 & laneMask
		b[0][1] += w0 >> 8 & laneMask
		b[1][0] += w1 & laneMask
		b[1][1] += w1 >> 8 & laneMask
		b[2][0] += w2 & laneMask
		b[2][1] += w2 >> 8 & laneMask
		b[3][0] += w3 & laneMask
		b[3][1] += w3 >> 8 & laneMask
		blocks, weights = blocks[4:], weights[32:]
	}
	for len(weights) >= laneNeurons && len(blocks) > 0 {
		w := load((*[8]int8)(weights)) ^ laneSigns
		blocks[0][0] += w & laneMask
		blocks[0][1] += w >> 8 & laneMask
		blocks, weights = blocks[1:], weights[laneNeurons:]
	}
}

// addTo adds the lanes to sums and empties them. Blocks reach past the last sum if the neurons do
// not fill them; the padding is 0.
func (l *lanes) addTo(sums []int32) {
	blocks := l.blocks
	for len(sums) >= laneNeurons && len(blocks) > 0 {
		blocks[0].addTo((*[laneNeurons]int32)(sums))
		sums, blocks = sums[laneNeurons:], blocks[1:]
	}
	if len(sums) > 0 && len(blocks) > 0 {
		var rest [laneNeurons]int32
		copy(rest[:], sums)
		blocks[0].addTo(&rest)
		copy(sums, rest[:])
	}
	l.rows = 0
}

// addTo adds the lanes of a block to the sums of its neurons and empties it.
func (b *block) addTo(s *[laneNeurons]int32) {
	even, odd := b[0], b[1]
	s[0] += int32(even & 0xffff)
	s[1] += int32(odd & 0xffff)
	s[2] += int32(even >> 16 & 0xffff)
	s[3] += int32(odd >> 16 & 0xffff)
	s[4] += int32(even >> 32 & 0xffff)
	s[5] += int32(odd >> 32 & 0xffff)
	s[6] += int32(even >> 48)
	s[7] += int32(odd >> 48)
	*b = block{}
}

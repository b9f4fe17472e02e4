package spike

import (
	"fmt"
	"math/bits"
	"slices"
)

const wordBits = 64

// Train holds the spikes of a number of sources over a number of ticks, one bit
// each. Tick t is a row of whole 64-bit words: bit i mod 64 of word i / 64 is
// source i. A source spikes at most once per tick.
//
// The zero Train has no sources and no ticks; Resize makes it any size. A Train may
// be read by several goroutines at once, or written by one.
type Train struct {
	sources, ticks int
	words          int // per row
	bits           []uint64
}

// NewTrain returns a train of that size without spikes. It panics, like make, when
// a size is negative.
func NewTrain(sources, ticks int) *Train {
	t := new(Train)
	t.Resize(sources, ticks)
	return t
}

// Resize gives the train a size and no spikes, keeping its storage where that is
// large enough. It panics, like make, when a size is negative.
func (t *Train) Resize(sources, ticks int) {
	if sources < 0 || ticks < 0 {
		panic(fmt.Sprintf("spike: train of %d sources and %d ticks", sources, ticks))
	}
	t.sources, t.ticks = sources, ticks
	t.words = (sources + wordBits - 1) / wordBits
	n := t.words * ticks
	t.bits = slices.Grow(t.bits[:0], n)[:n]
	clear(t.bits)
}

// Clear removes all spikes.
func (t *Train) Clear() { clear(t.bits) }

// Sources is the number of sources.
func (t *Train) Sources() int { return t.sources }

// Ticks is the number of ticks.
func (t *Train) Ticks() int { return t.ticks }

// Row returns the words of a tick, shared with the train: a write through it is a
// write to the train, and must leave the bits past the last source 0.
func (t *Train) Row(tick int) []uint64 {
	first := tick * t.words
	return t.bits[first : first+t.words : first+t.words]
}

// Words returns the words of all ticks, and how many of them are a tick's, shared with the
// train as Row is.
func (t *Train) Words() (words []uint64, perTick int) { return t.bits, t.words }

// Set makes a source spike in a tick. It panics when one of them is out of range.
func (t *Train) Set(tick, source int) {
	t.check(source)
	t.Row(tick)[source/wordBits] |= 1 << (source % wordBits)
}

// Get reports whether a source spikes in a tick. It panics when one of them is out of range.
func (t *Train) Get(tick, source int) bool {
	t.check(source)
	return t.Row(tick)[source/wordBits]>>(source%wordBits)&1 != 0
}

// check refuses a source that would land in the unused bits of a row.
func (t *Train) check(source int) {
	if uint(source) >= uint(t.sources) {
		panic(fmt.Sprintf("spike: source %d of %d", source, t.sources))
	}
}

// PaddingClear reports whether the unused bits of all rows are 0, as a writer of rows must leave
// them.
func (t *Train) PaddingClear() bool {
	rest := t.sources % wordBits
	if rest == 0 {
		return true
	}
	for i := t.words - 1; i < len(t.bits); i += t.words {
		if t.bits[i]>>rest != 0 {
			return false
		}
	}
	return true
}

// Each calls visit with every source that spikes in a tick, ascending.
func (t *Train) Each(tick int, visit func(source int)) {
	for w, word := range t.Row(tick) {
		for ; word != 0; word &= word - 1 {
			visit(w*wordBits + bits.TrailingZeros64(word))
		}
	}
}

// AppendTick appends the sources that spike in a tick to dst, ascending.
func (t *Train) AppendTick(tick int, dst []int32) []int32 {
	for w, word := range t.Row(tick) {
		base := int32(w * wordBits)
		for ; word != 0; word &= word - 1 {
			dst = append(dst, base+int32(bits.TrailingZeros64(word)))
		}
	}
	return dst
}

// Count is the number of spikes.
func (t *Train) Count() int { return countOnes(t.bits) }

// CountTick is the number of spikes in a tick.
func (t *Train) CountTick(tick int) int { return countOnes(t.Row(tick)) }

func countOnes(words []uint64) int {
	n := 0
	for _, word := range words {
		n += bits.OnesCount64(word)
	}
	return n
}

// AddCounts adds each source's number of spikes to dst, which has one entry per
// source.
func (t *Train) AddCounts(dst []int32) {
	for tick := range t.ticks {
		t.Each(tick, func(source int) { dst[source]++ })
	}
}

// Equal reports whether two trains have the same size and the same spikes.
func (t *Train) Equal(other *Train) bool {
	return t.sources == other.sources && t.ticks == other.ticks && slices.Equal(t.bits, other.bits)
}

// SetBytes replaces the spikes by src, a [ticks][sources] array of zeros and ones
// in row-major order. It leaves the train without spikes when src has another
// length or another value.
func (t *Train) SetBytes(src []uint8) error {
	t.Clear()
	if want := t.ticks * t.sources; len(src) != want {
		return fmt.Errorf("spike train: %d values for %d ticks of %d sources, want %d", len(src),
			t.ticks, t.sources, want)
	}
	for tick := range t.ticks {
		row := t.Row(tick)
		for source, value := range src[tick*t.sources:][:t.sources] {
			if value > 1 {
				t.Clear()
				return fmt.Errorf("spike train: value %d at tick %d, source %d: a spike is 1 and "+
					"silence is 0", value, tick, source)
			}
			row[source/wordBits] |= uint64(value) << (source % wordBits)
		}
	}
	return nil
}

// AppendBytes appends the train to dst as a [ticks][sources] array of zeros and
// ones in row-major order.
func (t *Train) AppendBytes(dst []uint8) []uint8 {
	for tick := range t.ticks {
		row := t.Row(tick)
		for source := range t.sources {
			dst = append(dst, uint8(row[source/wordBits]>>(source%wordBits)&1))
		}
	}
	return dst
}

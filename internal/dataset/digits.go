package dataset

import "fmt"

// The generated digits' defaults and limits.
const (
	// DigitsTrain is the number of generated training images by default.
	DigitsTrain = 6000
	// DigitsTest is the number of generated test images by default.
	DigitsTest = 1000

	maxDigits = 1 << 20
	side      = 28
	classes   = 10
)

// DigitsOptions chooses the generated digits. The zero value is the set of `--data digits`.
type DigitsOptions struct {
	// Seed chooses the pictures; every seed, 0 included, is a different set.
	Seed uint64
	// Train and Test are the numbers of images per split; 0 means DigitsTrain
	// and DigitsTest. An image depends on seed, split and index alone, so a
	// larger set begins with the smaller one.
	Train, Test int
}

// Digits returns generated pictures of the ten digits, shape [N, 28, 28]. They
// are drawn from strokes with random style, slant, rotation, size, thickness,
// place and noise, and are not MNIST. All arithmetic is on integers: options
// give the same bytes on every machine. Each run of ten images holds every
// class once, so that any part of a set is nearly balanced.
func Digits(split Split, o DigitsOptions) (*Set, error) {
	n, err := o.count(split)
	if err != nil {
		return nil, err
	}
	s := &Set{
		Name: DigitsName, Split: split,
		Shape: []int{side, side}, Classes: classes,
		Bytes:  make([]uint8, n*side*side),
		Labels: make([]int32, n),
	}
	styles := glyphs()
	var c canvas
	for i := range n {
		if i%classes == 0 {
			dealLabels(s.Labels[i:min(i+classes, n)],
				newStream(o.Seed, streamKey(split, i, keyLabels)))
		}
		rnd := newStream(o.Seed, streamKey(split, i, keyDrawing))
		ways := styles[s.Labels[i]]
		c.draw(ways[rnd.below(len(ways))], rnd)
		c.copyTo(s.Image(i))
	}
	return s, nil
}

// count returns the number of images of o.
func (o DigitsOptions) count(split Split) (int, error) {
	n, def := o.Train, DigitsTrain
	if split == Test {
		n, def = o.Test, DigitsTest
	}
	if n == 0 {
		return def, nil
	}
	if n < 0 || n > maxDigits {
		return 0, fmt.Errorf("%d generated %s digits: ask for 1 to %d", n, split, maxDigits)
	}
	return n, nil
}

// Purposes of random streams.
const (
	keyDrawing = iota
	keyLabels
)

// streamKey returns the key of the stream for one image and purpose.
func streamKey(split Split, index int, purpose uint64) uint64 {
	return uint64(split)<<56 | purpose<<48 | uint64(index)
}

// dealLabels fills labels with the first of a random order of the ten classes.
func dealLabels(labels []int32, rnd stream) {
	var deck [classes]int32
	for i := range deck {
		j := rnd.below(i + 1)
		deck[i] = deck[j]
		deck[j] = int32(i)
	}
	copy(labels, deck[:])
}

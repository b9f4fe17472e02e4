package train

import (
	"adder/fixedpoint"
	"adder/internal/dataset"
)

// imageOrder is the order in which a training shows the images of a set, another
// one in each epoch. A network that learns online leans toward what it saw last, so
// the order of the files, which is by writers, must not matter.
type imageOrder struct {
	epochs [][]int32
}

// newImageOrder shuffles the images for every epoch.
func newImageOrder(seed uint64, images, epochs int) imageOrder {
	source := fixedpoint.NewSource(seed)
	var o imageOrder
	for epoch := range epochs {
		order := make([]int32, images)
		for i := range order {
			order[i] = int32(i)
		}
		stream := source.Stream(0, uint64(epoch), fixedpoint.PurposeShuffle)
		for i := images - 1; i > 0; i-- { // Fisher and Yates
			j := int(stream.Draw(uint64(i)) >> 32 * uint64(i+1) >> 32)
			order[i], order[j] = order[j], order[i]
		}
		o.epochs = append(o.epochs, order)
	}
	return o
}

// at is the index of image number i of the training.
func (o *imageOrder) at(i int) int {
	size := len(o.epochs[0])
	return int(o.epochs[i/size][i%size])
}

// last is the images seen last, at most so many, each once.
func (o *imageOrder) last(set *dataset.Set, images int) *dataset.Set {
	order := o.epochs[len(o.epochs)-1]
	order = order[max(len(order)-images, 0):]
	return set.Pick(order)
}

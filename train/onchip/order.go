package onchip

import (
	"adder/fixedpoint"
	"adder/internal/dataset"
)

// Order is the order in which a training shows the images of a set, another
// one in each epoch. A network that learns online leans toward what it saw last, so
// the order of the files, which is by writers, must not matter.
type Order struct {
	epochs [][]int32
}

// NewOrder shuffles the images for every epoch.
func NewOrder(seed uint64, images, epochs int) Order {
	source := fixedpoint.NewSource(seed)
	var o Order
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

// At is the index of image number i of the training.
func (o *Order) At(i int) int {
	size := len(o.epochs[0])
	return int(o.epochs[i/size][i%size])
}

// Last is the images seen last, at most so many, each once.
func (o *Order) Last(set *dataset.Set, images int) *dataset.Set {
	order := o.epochs[len(o.epochs)-1]
	order = order[max(len(order)-images, 0):]
	return set.Pick(order)
}

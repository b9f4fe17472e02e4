package survey

import (
	"context"

	"adder/chip/profile"
	"adder/compiler"
	"adder/train/learned"
)

// Learned is the model of a network that learned on a chip: it is integers already.
func Learned(n *learned.Network) (*Model, error) {
	net, err := n.Integers()
	if err != nil {
		return nil, err
	}
	layers := layersOf(net)
	size := func(_ context.Context, chip *profile.Profile, _ Form) (*compiler.Sizing, error) {
		return n.Size(chip)
	}
	return &Model{
		Name: n.Name, Layered: layers, Size: size, Form: Form{WeightBits: layers.WeightBits},
	}, nil
}

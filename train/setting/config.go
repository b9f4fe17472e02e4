package setting

import (
	"errors"
	"fmt"

	"adder/chip/profile"
	"adder/core"
	"adder/snn/stdp"
	"adder/spike/encode"
)

// Config is a training on the emulated chip: one image after the other, each changing the weights
// for the next.
type Config struct {
	Neuron stdp.Model
	Rule   stdp.Rule
	// Preset holds the integers, the encoder, whose seed is ignored, and the number of images that
	// label the neurons.
	Preset
	Neurons int
	// Epochs is the number of passes over the training images.
	Epochs int
	// Seed chooses the initial weights, the order and the spikes of images and
	// the draws of the chip.
	Seed uint64
	// Chip is the chip that the network learns on; it must fit one core.
	Chip *profile.Profile
	// Workers is the number of chips that label in parallel. It changes no result.
	Workers int
}

// TrainKeys separates the keys of training images from those of labelling and test images, which
// are their index.
const TrainKeys = 1 << 40

// Check returns an error that names the first setting that cannot be used.
func (c *Config) Check() error {
	if c.Chip == nil {
		return errors.New("no chip to learn on")
	}
	return c.CheckNetwork()
}

// CheckNetwork is Check without the checks of the chip.
func (c *Config) CheckNetwork() error {
	switch {
	case c.Neurons < 1 || c.Neurons > core.MaxNeurons:
		return fmt.Errorf("%d neurons: must be 1 to %d", c.Neurons, core.MaxNeurons)
	case c.Epochs < 1:
		return fmt.Errorf("%d epochs: must be at least 1", c.Epochs)
	case c.LabelImages < 1:
		return fmt.Errorf("%d images to label the neurons: must be at least 1", c.LabelImages)
	case c.Encoder.Kind == encode.KindDirect:
		return fmt.Errorf("encoder %s makes no spikes: use another", c.Encoder.Kind)
	}
	if c.Setting.Norm == ByHost {
		return fmt.Errorf("normalisation by the host: a chip divides nothing; take the sum or " +
			"the length")
	}
	return c.Setting.Check()
}

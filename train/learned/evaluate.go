package learned

import (
	"context"
	"fmt"

	"adder/chip"
	"adder/chip/profile"
	"adder/internal/dataset"
	"adder/layout"
	"adder/spike"
	"adder/spike/encode"
)

// Each runs the images of a set on the trained network and delivers the outcomes in order. Image i
// is sample i under the seed, as in `adder run`.
func (n *Network) Each(ctx context.Context, p *profile.Profile, set *dataset.Set, seed uint64,
	workers int, visit func(int, *chip.Outcome) error) error {
	result, err := n.Compile(p)
	if err != nil {
		return err
	}
	loaded, err := chip.Load(result.Image)
	if err != nil {
		return err
	}
	config := n.Encoder
	config.Seed = seed
	encoder, err := encode.New(config)
	if err != nil {
		return err
	}
	work := make([]encode.Work, set.Len())
	batch := chip.Batch{
		Samples: set.Len(), Workers: workers,
		Engine: func() (chip.Engine, error) {
			return loaded.NewFast(chip.Options{Seed: seed}), nil
		},
		Feed: func(i int, s *chip.Sample) error {
			if s.Spikes == nil {
				s.Spikes = &spike.Train{}
			}
			s.Number = uint64(i)
			work[i] = encoder.Encode(uint64(i), set.Image(i), s.Spikes)
			return nil
		},
		Each: func(i int, o *chip.Outcome) error {
			o.AddHost(work[i].Adds, work[i].Draws, work[i].MACs)
			o.AddReads(work[i].Reads)
			return visit(i, o)
		},
	}
	return batch.Run(ctx)
}

// Test is the accuracy of a trained network on images that it has not seen.
type Test struct {
	// Images is their number; CorrectAll and CorrectProportion are those that
	// the two readouts class right.
	Images, CorrectAll, CorrectProportion int
	// Silent is the number of images without a spike, Active that of neurons
	// that spiked for any.
	Silent, Active int
	Counts         chip.Counts

	all    layout.Readout // by all activity
	active []bool
}

// NewTest returns an empty test of a number of images, classified by labels.
func NewTest(images, classes int, labels []int32) *Test {
	return &Test{
		Images: images, active: make([]bool, len(labels)),
		all: layout.Readout{Kind: layout.ReadoutLabels, Classes: int32(classes), Labels: labels},
	}
}

// Add adds an image: the spikes of each neuron, the class by proportion weighting, and the right
// class.
func (t *Test) Add(spikes []int32, class, right int) {
	silent := true
	for j, count := range spikes {
		if count == 0 {
			continue
		}
		silent = false
		if !t.active[j] {
			t.active[j] = true
			t.Active++
		}
	}
	if silent {
		t.Silent++
	}
	if class == right {
		t.CorrectProportion++
	}
	if chip.Class(&t.all, spikes, 0) == right {
		t.CorrectAll++
	}
}

// Test runs a set on the trained network.
func (n *Network) Test(ctx context.Context, p *profile.Profile, set *dataset.Set, seed uint64,
	workers int) (*Test, error) {
	out := NewTest(set.Len(), n.Classes, n.Labels)
	err := n.Each(ctx, p, set, seed, workers, func(i int, o *chip.Outcome) error {
		out.Add(o.Output, o.Class, int(set.Labels[i]))
		out.Counts.Add(&o.Counts)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("test %s: %w", n.Name, err)
	}
	return out, nil
}

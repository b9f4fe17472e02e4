// Package diagnose finds where a network loses accuracy on its way to a chip: it runs the same
// samples on every form of the network, from real numbers to the placed chip, and compares each
// form with the previous one.
//
//	ladder.go    the ladder, and a run of it
//	forms.go     the forms of a network, and the scales of their layers
//	real.go      in real numbers
//	spiking.go   as spiking neurons in float64
//	integers.go  in integers: quantised, interpreted, on the chip
//	compare.go   one form compared with the previous one
//	advice.go    which settings to change
//	plot.go      a picture of it
package diagnose

import (
	"context"
	"errors"

	"adder/compiler"
	"adder/sample"
)

// Case is the input of Run.
type Case struct {
	// Compiled is the result of compiling an ANN.
	Compiled *compiler.Result
	// Source has the samples as the chip's input, and Analog returns sample i as the prepared
	// network's input.
	Source *sample.Encoded
	Analog func(i int) ([]float64, error)
	// Progress, if not nil, is called after each sample with the number done.
	Progress func(done, total int)
}

// Ladder is the result of Run: a rung per form, in order.
type Ladder struct {
	Model   string `json:"model"`
	Chip    string `json:"chip"`
	Code    string `json:"code"`
	Samples int    `json:"samples"`
	Rungs   []Rung `json:"rungs"`
	// Advice says which settings to change, the most useful first.
	Advice []string `json:"advice"`
}

// Rung is a form of the network.
type Rung struct {
	Name string `json:"name"`
	// Accuracy is nil without labels, Agreement the share of samples with the class of
	// the first rung.
	Accuracy  *float64 `json:"accuracy"`
	Agreement float64  `json:"agreement"`
	// Interval is the 95 % interval of Accuracy.
	Interval *[2]float64 `json:"accuracy_interval"`
	// Lost is by how much it is below the rung before, nil for the first.
	Lost   *Loss   `json:"lost"`
	Layers []Layer `json:"layers"`
	// First is the first difference from the previous form, nil if there is none: by a spike, a
	// level or, between real numbers and levels, by more than half a level.
	First *Divergence `json:"first"`
}

// Loss is the accuracy of a rung less that of the one before, of agreements where there are no
// labels, with the sign turned.
type Loss struct {
	// Points and Interval, its 95 % score interval for samples in pairs, are in points of
	// percent.
	Points   float64    `json:"points"`
	Interval [2]float64 `json:"interval"`
	// Undecided says that the interval holds 0: so few samples do not tell whether anything is
	// lost.
	Undecided bool `json:"undecided"`
}

// Layer compares a layer of a form with the first rung.
type Layer struct {
	Layer string `json:"layer"`
	// Spikes are per sample, nil in forms without spikes.
	Spikes *float64 `json:"spikes"`
	// Error is the root of the squared difference from the first rung, relative to the
	// root of its squares; nil where the form has no such layer.
	Error *float64 `json:"error"`
}

// Divergence is the first difference of a form from the previous one.
type Divergence struct {
	Sample int `json:"sample"`
	// Tick is nil where a form has no ticks.
	Tick   *int   `json:"tick"`
	Layer  string `json:"layer"`
	Neuron int    `json:"neuron"`
	// Margin is the distance of the previous form from the nearest boundary: of a potential from
	// its threshold, in thresholds, of an activation from the next level, in levels, and of a
	// clipped one from its range, in ranges. It is nil where that is not known.
	Margin *float64 `json:"margin"`
}

// Run evaluates all forms. When ctx is done it returns ctx's error.
func Run(ctx context.Context, c Case) (*Ladder, error) {
	if c.Compiled.Prepared == nil {
		return nil, errors.New(
			"diagnose: a ladder begins at an ANN: give a model of activations (.onnx)")
	}
	forms, err := newForms(&c)
	if err != nil {
		return nil, err
	}
	img := c.Compiled.Image
	out := &Ladder{Model: img.Model, Chip: img.Chip.Name, Code: codeName(img.Encoder.Kind),
		Samples: c.Source.Len()}
	climb := newClimb(&c, forms)
	for i := range c.Source.Len() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := climb.sample(ctx, i); err != nil {
			return nil, err
		}
		if c.Progress != nil {
			c.Progress(i+1, c.Source.Len())
		}
	}
	out.Rungs = climb.rungs()
	out.Advice = advice(out, &c)
	return out, nil
}

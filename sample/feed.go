package sample

import (
	"adder/internal/dataset"
	"adder/layout"
	"adder/snn"
	"adder/spike/encode"
)

// InputShape is the shape of a network's input, nil if it has not exactly one.
func InputShape(net *snn.Network) []int {
	if inputs := net.Inputs(); len(inputs) == 1 {
		return net.Nodes[inputs[0]].Out
	}
	return nil
}

// Fed is a network prepared for its samples: part of the preprocessing is folded into its first
// layer, and the host does the rest.
type Fed struct {
	// Net is the network whose input is the host's signal.
	Net *snn.Network
	// Plan is nil where nothing is known of the samples.
	Plan *Plan
	// Calibration returns samples in the units of the chip's input.
	Calibration [][]float64
	// Text describes the coding of the input.
	Text string
}

// Preparation is the host's preprocessing of a sample.
func (f *Fed) Preparation() *layout.Preparation {
	if f.Plan == nil {
		return nil
	}
	return f.Plan.Preparation
}

// NewFed makes a plan for the samples of a set, from the first n of them, and folds as much as
// possible into the first layer. Calibration of an ANN is those samples, [n][inputs].
func NewFed(net *snn.Network, set *dataset.Set, p Pipeline, encoder encode.Encoder,
	n int) (*Fed, error) {
	input := InputShape(net)
	if encoder.Sources(1) != 1 {
		input = nil // several sources per pixel
	}
	v, err := NewValues(set, p, input)
	if err != nil {
		return nil, err
	}
	plan, err := newPlan(v, n)
	if err != nil {
		return nil, err
	}
	_, direct := encoder.(*encode.Direct)
	out := &Fed{Net: net, Plan: plan, Text: plan.Describe(direct)}
	if !plan.Plain() {
		feed := snn.Feed{Factor: plan.Factor, Shift: plan.Shift, Signed: plan.Signed && !direct}
		if !net.IsANN() {
			feed.Factor = scaled(feed.Factor, 1/encoder.Peak())
		}
		if out.Net, err = snn.Refeed(net, feed); err != nil {
			return nil, err
		}
	}
	if !net.IsANN() {
		return out, nil
	}
	fed := &Encoded{Values: *v, Encoder: encoder, Preparation: plan.Preparation,
		Groups: groups(InputShape(out.Net), plan.Signed && !direct)}
	for i := range min(n, set.Len()) {
		out.Calibration = append(out.Calibration, fed.SourceValues(i))
	}
	return out, nil
}

func scaled(x []float64, by float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = v * by
	}
	return out
}

// groups is the number of channels of an input, by which two lines are ordered.
func groups(input []int, lines bool) int {
	if !lines || len(input) == 0 {
		return 1
	}
	return input[0] / 2
}

// NewEncoded encodes a set for a chip or the reference, with an image's preparation. input is the
// shape of the network's input.
func NewEncoded(set *dataset.Set, encoder encode.Encoder, p *layout.Preparation,
	input []int) (*Encoded, error) {
	var order string
	channels, lines := 1, false
	if p != nil {
		order, channels = p.Layout, max(len(p.Gain), len(p.Offset), 1)
		lines = p.Signed
	}
	if _, direct := encoder.(*encode.Direct); direct {
		lines = false
	}
	count := groups(input, lines)
	if lines {
		input = append([]int{count}, input[1:]...)
	}
	if Size(input) != set.Size() {
		input = nil // whoever runs the samples says what does not fit
	}
	v, err := newValuesOf(set, order, input, channels)
	if err != nil {
		return nil, err
	}
	return &Encoded{Values: *v, Encoder: encoder, Preparation: p, Groups: count}, nil
}

// NewCoded decides how a set is encoded by a code (encode.IsCode): the host does what the training
// pipeline did, and the levels are those of its result. Calibration are the first n samples so
// encoded. With a nil set there are none, and the input is assumed to be bytes.
func NewCoded(net *snn.Network, set *dataset.Set, p Pipeline, n int) (*Fed, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	out := &Fed{Net: net, Plan: &Plan{Factor: []float64{1}}, Text: "levels of pixels"}
	unit, moved := 1.0, p.Layout != ""
	if set != nil {
		v, err := NewValues(set, p, InputShape(net))
		if err != nil {
			return nil, err
		}
		if out.Calibration, err = Vectors(v, n); err != nil {
			return nil, err
		}
		unit, moved = v.unit(), v.axes.from != nil
	}
	if p.plain() && unit == 1 && !moved {
		return out, nil
	}
	prepared := &layout.Preparation{Layout: p.Layout}
	if !p.plain() || unit != 1 {
		out.Text = "levels of samples as the training pipeline made them"
		for c := range p.channels() {
			factor, shift := p.affine(c)
			prepared.Gain = append(prepared.Gain, layout.NewReal(unit*factor))
			prepared.Offset = append(prepared.Offset, layout.NewReal(shift))
		}
	}
	out.Plan.Preparation = prepared
	return out, nil
}

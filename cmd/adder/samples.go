package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"adder/compiler/convert"
	"adder/internal/dataset"
	"adder/layout"
	"adder/sample"
	"adder/snn"
	"adder/spike/encode"
)

// dataForms says what --data takes, in a line.
const dataForms = `data: .npz, .zip, a folder (IDX, .npy, CIFAR, pictures by class), or "digits"`

// pipelineFlags say what the training pipeline did to samples.
type pipelineFlags struct {
	mean, std []float64
	scale     float64
	layout    string
}

func (f *pipelineFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Float64SliceVar(&f.mean, "mean", nil, "what the training pipeline subtracted, one number or one per channel, in the scale of pixel/255")
	flags.Float64SliceVar(&f.std, "std", nil, "what it divided by after that, one number or one per channel")
	flags.Float64Var(&f.scale, "scale", 0, "what it multiplied by first, such as 255 where the network takes 0 to 255; default 1")
	flags.StringVar(&f.layout, "layout", "", "order in which the network takes a picture's axes: chw or hwc; default: that of the samples")
	offer(cmd, "layout", sample.LayoutCHW, sample.LayoutHWC)
}

// pipeline is what the flags say, for a network, which may be nil.
func (f *pipelineFlags) pipeline(net *snn.Network) sample.Pipeline {
	p := sample.Pipeline{Scale: f.scale, Mean: f.mean, Std: f.std, Layout: f.layout}
	p.Bytes = net != nil && net.Bytes
	return p
}

// openData opens a split of a data set and warns of what is odd in it.
func (a *app) openData(name string, split dataset.Split, limit int) (*dataset.Set, error) {
	set, err := dataset.OpenHead(name, split, limit)
	if err != nil {
		return nil, err
	}
	for _, note := range set.Notes {
		a.warnOnce("%s: %s", name, note)
	}
	return set, nil
}

// warnOnce is warn for what may be found twice.
func (a *app) warnOnce(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if slices.Contains(a.warned, text) {
		return
	}
	a.warned = append(a.warned, text)
	a.warn("%s", text)
}

// inputShape is the shape of a network's input, nil where it has not one.
func inputShape(net *snn.Network) []int {
	if inputs := net.Inputs(); len(inputs) == 1 {
		return net.Nodes[inputs[0]].Out
	}
	return nil
}

// feeding is a network as it is fed on a chip.
type feeding struct {
	// net hears what the host feeds.
	net *snn.Network
	// plan is nil where nothing is known of the samples.
	plan *sample.Plan
	// calibration are samples as the chip's input stands for them.
	calibration [][]float64
	// text says how the input is coded.
	text string
}

// preparation is what the host does to a sample.
func (f *feeding) preparation() *layout.Preparation {
	if f.plan == nil {
		return nil
	}
	return f.plan.Preparation
}

// feed settles how a network hears samples like those that calibrate it, and reads
// them. A network with state needs none.
func (a *app) feed(ctx context.Context, net *snn.Network, data string, f *modelFlags) (*feeding, error) {
	if err := f.pipelineFlags.check(); err != nil {
		return nil, err
	}
	dir := f.calibrate
	if dir == "" {
		dir = data
	}
	kind := f.kind(net)
	switch {
	case dir == "" && f.vectors != nil && net.IsANN():
		samples, err := f.vectors(net)
		return &feeding{net: net, calibration: samples}, err
	case dir == "" && net.IsANN():
		return nil, fmt.Errorf("%w (--calibrate DIR)", convert.ErrCalibration)
	case dir == "" || kind == layout.EncoderSpikes:
		return &feeding{net: net}, nil
	}
	set, err := a.openCalibration(dir, !net.IsANN(), f.samples)
	if err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	encoder, err := encode.New(f.config(kind, 0))
	if err != nil {
		return nil, err
	}
	fed, err := newFeeding(net, set, f.pipeline(net), encoder, f.samples)
	if err != nil {
		return nil, err
	}
	if !fed.plan.Plain() {
		fmt.Fprintf(a.err, "adder: input of %s: %s\n", net.Name, fed.text)
	}
	if !net.IsANN() {
		return fed, nil
	}
	return fed, a.checkANN(ctx, net, set, f.pipeline(net))
}

// openCalibration opens the training samples. A network with state takes what there is.
func (a *app) openCalibration(dir string, stateful bool, n int) (*dataset.Set, error) {
	set, err := a.openData(dir, dataset.Train, n)
	if stateful && err != nil {
		return a.openData(dir, dataset.Test, n)
	}
	return set, err
}

// newFeeding plans how a network hears a set, by its first n samples.
func newFeeding(net *snn.Network, set *dataset.Set, p sample.Pipeline, encoder encode.Encoder, n int) (*feeding, error) {
	input := inputShape(net)
	if encoder.Sources(1) != 1 {
		input = nil // several sources per pixel
	}
	v, err := sample.NewValues(set, p, input)
	if err != nil {
		return nil, err
	}
	plan, err := sample.NewPlan(v, n)
	if err != nil {
		return nil, err
	}
	_, direct := encoder.(*encode.Direct)
	out := &feeding{net: net, plan: plan, text: plan.Describe(direct)}
	if !plan.Plain() {
		feed := snn.Feed{Factor: plan.Factor, Shift: plan.Shift, Signed: plan.Signed && !direct}
		if !net.IsANN() {
			feed.Factor = scaled(feed.Factor, 1/encoder.Peak())
		}
		if out.net, err = snn.Refeed(net, feed); err != nil {
			return nil, err
		}
	}
	if !net.IsANN() {
		return out, nil
	}
	fed := &sample.Encoded{Values: *v, Encoder: encoder, Preparation: plan.Preparation, Groups: groups(inputShape(out.net), plan.Signed && !direct)}
	for i := range min(n, set.Len()) {
		out.calibration = append(out.calibration, fed.Heard(i))
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

// groups is the number of channels of an input, by which two lines lie.
func groups(input []int, lines bool) int {
	if !lines || len(input) == 0 {
		return 1
	}
	return input[0] / 2
}

// encoded gives a set to a chip or to the reference, whose input has a shape, as an
// image's preparation says.
func encoded(set *dataset.Set, encoder encode.Encoder, p *layout.Preparation, input []int) (*sample.Encoded, error) {
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
	if sample.Size(input) != set.Size() {
		input = nil // whoever runs the samples says what does not fit
	}
	v, err := sample.NewValuesOf(set, order, input, channels)
	if err != nil {
		return nil, err
	}
	return &sample.Encoded{Values: *v, Encoder: encoder, Preparation: p, Groups: count}, nil
}

// warnClipped says how many elements lay outside of what an input can say.
func (a *app) warnClipped(s sample.Source) {
	e, ok := s.(*sample.Encoded)
	if !ok || e.Clipped() == 0 {
		return
	}
	total := int64(e.Len()) * int64(e.Set.Size())
	a.warn("%s of %s inputs lay outside of what the input can say and were clipped: calibrate on samples like these, or give --scale",
		thousands(e.Clipped()), thousands(total))
}

// warnIntensity says where a rate saturates.
func (a *app) warnIntensity(e encode.Encoder) {
	c := e.Config()
	rate := c.Intensity * c.TickSeconds
	if !slices.Contains([]string{encode.KindRate, encode.KindPoisson, encode.KindPoissonRenewal}, c.Kind) || rate <= 1 {
		return
	}
	a.warnOnce("an intensity of %g Hz asks for %.3g spikes per tick of %s of a full-scale input, and at most one is given: inputs above %.2g of full scale all look alike; %g Hz is the most",
		c.Intensity, rate, seconds(c.TickSeconds), 1/rate, 1/c.TickSeconds)
}

func (f *pipelineFlags) check() error {
	p := f.pipeline(nil)
	return p.Check()
}

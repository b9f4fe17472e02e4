package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"adder/compiler/convert"
	"adder/internal/dataset"
	"adder/layout"
	"adder/sample"
	"adder/snn"
	"adder/spike/encode"
)

// dataForms is the syntax of --data, in a line.
const dataForms = `data: .npz, .zip, a folder (IDX, .npy, CIFAR, pictures by class), or "digits"`

// pipelineFlags say what the training pipeline did to samples.
type pipelineFlags struct {
	mean, std []float64
	scale     float64
	layout    string
}

func (f *pipelineFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Float64SliceVar(&f.mean, "mean", nil, "what the training pipeline subtracted, one "+
		"number or one per channel, in the scale of pixel/255")
	flags.Float64SliceVar(&f.std, "std", nil, "what it divided by after that, one number or one "+
		"per channel")
	flags.Float64Var(&f.scale, "scale", 0, "what it multiplied by first, such as 255 where the "+
		"network takes 0 to 255; default 1")
	flags.StringVar(&f.layout, "layout", "", "order in which the network takes a picture's axes: "+
		"chw or hwc; default: that of the samples")
	offer(cmd, "layout", sample.LayoutCHW, sample.LayoutHWC)
}

// pipeline is the preprocessing of the flags, for a network, which may be nil.
func (f *pipelineFlags) pipeline(net *snn.Network) sample.Pipeline {
	p := sample.Pipeline{Scale: f.scale, Mean: f.mean, Std: f.std, Layout: f.layout}
	p.Bytes = net != nil && net.Bytes
	return p
}

// openData opens a split of a data set and warns of anything unusual in it.
func (a *app) openData(name string, split dataset.Split, limit int) (*dataset.Set, error) {
	p := a.newProgress("reading " + filepath.Base(name))
	set, err := a.shelf.open(a.read, name, split, limit)
	p.end()
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

// feed decides how samples like the calibration samples are encoded, and reads those. A network
// with state needs none.
func (a *app) feed(ctx context.Context, net *snn.Network, data string,
	f *modelFlags) (*sample.Fed, error) {
	if err := f.pipelineFlags.check(); err != nil {
		return nil, err
	}
	dir := f.calibrate
	if dir == "" {
		dir = data
	}
	if f.coded(net) {
		return a.feedCoded(ctx, net, dir, f)
	}
	kind := f.kind(net)
	switch {
	case dir == "" && f.vectors != nil && net.IsANN():
		samples, err := f.vectors(net)
		return &sample.Fed{Net: net, Calibration: samples}, err
	case dir == "" && net.IsANN():
		return nil, fmt.Errorf("%w (--calibrate DIR)", convert.ErrCalibration)
	case dir == "" || kind == layout.EncoderSpikes:
		return &sample.Fed{Net: net}, nil
	}
	set, err := a.openCalibration(dir, !net.IsANN(), f.samples)
	if err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	encoder, err := encode.New(f.config(kind, 0))
	if err != nil {
		return nil, err
	}
	fed, err := sample.NewFed(net, set, f.pipeline(net), encoder, f.samples)
	if err != nil {
		return nil, err
	}
	if !fed.Plan.Plain() {
		fmt.Fprintf(a.err, "adder: input of %s: %s\n", net.Name, fed.Text)
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

// warnClipped warns of elements that were clipped to the range of the input.
func (a *app) warnClipped(s sample.Source) {
	e, ok := s.(*sample.Encoded)
	if !ok || e.Clipped() == 0 {
		return
	}
	a.warn("%s: calibrate on samples like these, or give --scale", e.ClippedText())
}

// warnIntensity says where a rate saturates.
func (a *app) warnIntensity(e encode.Encoder) {
	c := e.Config()
	rate := c.Intensity * c.TickSeconds
	if !slices.Contains([]string{encode.KindRate, encode.KindPoisson, encode.KindPoissonRenewal},
		c.Kind) || rate <= 1+1e-6 { // a rate of 1 may be off by its last digit
		return
	}
	a.warnOnce("an intensity of %g Hz asks for %.3g spikes per tick of %s of a full-scale input, "+
		"and at most one is given: inputs above %.2g of full scale all look alike; %g Hz is the most",
		c.Intensity, rate, seconds(c.TickSeconds), 1/rate, 1/c.TickSeconds)
}

func (f *pipelineFlags) check() error {
	p := f.pipeline(nil)
	return p.Check()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/convert"
	"adder/sample"
	"adder/snn"
	"adder/spike/encode"
	"adder/survey"
	"adder/train/learned"
)

// surveyed reads a model for a survey.
func (a *app) surveyed(ctx context.Context, path string, f *fitFlags) (*survey.Model, error) {
	switch {
	case isSNN(path):
		return surveyedSNN(path)
	case isImage(path):
		return nil, fmt.Errorf("%s is an image, which is of one chip: give the model that it was "+
			"compiled from; `adder inspect` says how full its chip is", path)
	case isCase(path):
		return nil, fmt.Errorf("%s is a case file, whose integers are those of one chip: `adder "+
			"run` takes it", path)
	}
	net, err := readModel(path, &f.modelFlags)
	if err != nil {
		return nil, err
	}
	for _, w := range net.Warnings {
		a.warn("%s: %s", path, w)
	}
	a.chooseEncoder(net, f.data, &f.modelFlags)
	if err := f.settleCode(net); err != nil {
		return nil, err
	}
	s := &sizer{app: a, net: net, flags: f, fed: map[string]*sample.Fed{}}
	// Samples that cannot be used are wrong words, and not a chip's fault.
	if _, err := s.feed(ctx, f.codeOf(net)); err != nil {
		return nil, err
	}
	form := survey.Form{WeightBits: f.bits, Pool: convert.Pool(f.pool),
		MaxPool: convert.MaxPool(f.maxPool)}
	if f.coded(net) {
		form.Code, form.MaxPool = f.codeOf(net), ""
	}
	return &survey.Model{Name: net.Name, Net: net, Form: form, Size: s.size}, nil
}

// surveyedSNN reads a network that `train stdp` wrote.
func surveyedSNN(path string) (*survey.Model, error) {
	n, err := learned.Open(path)
	if err != nil {
		return nil, err
	}
	return survey.Learned(n)
}

// sizer compiles one network for many chips as far as core loads. What samples say of it is
// read once.
type sizer struct {
	app   *app
	net   *snn.Network
	flags *fitFlags

	mu  sync.Mutex
	fed map[string]*sample.Fed
}

func (s *sizer) size(ctx context.Context, chip *profile.Profile,
	form survey.Form) (*compiler.Sizing, error) {
	g := s.flagsOf(form.Code)
	g.bits, g.pool, g.maxPool = form.WeightBits, string(form.Pool), string(form.MaxPool)
	if err := g.settleCode(s.net); err != nil {
		return nil, err
	}
	opts, err := g.optionsOn(s.net, chip)
	if err != nil {
		return nil, err
	}
	fed, err := s.feed(ctx, g.codeOf(s.net))
	if err != nil {
		return nil, err
	}
	opts.Conversion.Calibration, opts.Labels = fed.Calibration, nil
	opts.Choose = false
	return compiler.Size(ctx, fed.Net, *opts)
}

// flagsOf are the flags with another code, "" for rates.
func (s *sizer) flagsOf(code string) *modelFlags {
	g := s.flags.modelFlags
	if code == "" {
		code = codeRate
	}
	if code != s.flags.codeOf(s.net) {
		g.encoder, g.ticks, g.activationBits, g.inputBits = "", 0, "", 0
	}
	g.code = code
	return &g
}

// feed decides how samples are encoded under a code.
func (s *sizer) feed(ctx context.Context, code string) (*sample.Fed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if fed, ok := s.fed[code]; ok {
		return fed, nil
	}
	if code == codeRate {
		code = ""
	}
	g := s.flagsOf(code)
	fed, err := s.app.feed(ctx, s.net, s.flags.data, g)
	if errors.Is(err, convert.ErrCalibration) {
		fed, err = s.feedSynthetic(g)
	}
	if err != nil {
		return nil, err
	}
	s.fed[g.codeOf(s.net)] = fed
	return fed, nil
}

// feedSynthetic feeds a network samples that were drawn.
func (s *sizer) feedSynthetic(g *modelFlags) (*sample.Fed, error) {
	fed := &sample.Fed{Net: s.net}
	if encode.IsCode(g.codeOf(s.net)) {
		var err error
		if fed, err = sample.NewCoded(s.net, nil, g.pipeline(s.net), 0); err != nil {
			return nil, err
		}
	}
	fed.Calibration = survey.SyntheticSamples(s.net)
	return fed, nil
}

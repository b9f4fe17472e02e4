package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"adder/bench"
	"adder/internal/dataset"
	"adder/sample"
	"adder/snn"
)

// chanceSamples is the number of samples on which an ANN is tried.
const chanceSamples = 64

// checkANN warns of an ANN that does no better than a guess on its own samples, and
// says what about them may be wrong: it tries what pipelines commonly do.
func (a *app) checkANN(ctx context.Context, net *snn.Network, set *dataset.Set,
	p sample.Pipeline) error {
	outputs := net.Outputs()
	if len(set.Labels) == 0 || len(outputs) != 1 {
		return nil
	}
	classes := max(net.Nodes[outputs[0]].Out.Size(), 2)
	set = set.Head(chanceSamples)
	accuracy, err := annAccuracy(ctx, net, set, p)
	if err != nil || !nearChance(accuracy, classes) {
		return err
	}
	advice := "the samples may not be as it was trained on: see --scale, --mean and --std, " +
		"--layout, the order of the classes, and --output for models with several"
	if found := betterPipeline(ctx, net, set, p, classes, accuracy); found != "" {
		advice = found
	}
	a.warnOnce("%s is right on %s of %d samples of %s, where a guess among %d classes has %s: %s",
		net.Name, percent(accuracy), set.Len(), set.Name, classes, percent(1/float64(classes)),
		advice)
	return nil
}

// annAccuracy is the share of samples that an ANN classes right.
func annAccuracy(ctx context.Context, net *snn.Network, set *dataset.Set,
	p sample.Pipeline) (float64, error) {
	v, err := sample.NewValues(set, p, sample.InputShape(net))
	if err != nil {
		return 0, err
	}
	e, err := bench.EvaluateANN(ctx, bench.ANNRun{Network: net, Samples: v, Workers: 2})
	if err != nil {
		return 0, err
	}
	return e.Accuracy(), nil
}

// pipelineGuess is a possible preprocessing of a training pipeline, and its flags.
type pipelineGuess struct {
	flags  string
	change func(*sample.Pipeline)
}

// pipelineGuesses are common preprocessings.
func pipelineGuesses() []pipelineGuess {
	normal := func(mean, std []float64) func(*sample.Pipeline) {
		return func(p *sample.Pipeline) { p.Scale, p.Mean, p.Std = 0, mean, std }
	}
	return []pipelineGuess{
		{"--scale 255", func(p *sample.Pipeline) { p.Scale = 255 }},
		{"--scale 0.00392157", func(p *sample.Pipeline) { p.Scale = 1.0 / 255 }},
		{"--mean 0.5 --std 0.5", normal([]float64{0.5}, []float64{0.5})},
		{"--mean 0.1307 --std 0.3081", normal([]float64{0.1307}, []float64{0.3081})},
		{"--mean 0.4914,0.4822,0.4465 --std 0.247,0.2435,0.2616",
			normal([]float64{0.4914, 0.4822, 0.4465}, []float64{0.247, 0.2435, 0.2616})},
		{"--mean 0.485,0.456,0.406 --std 0.229,0.224,0.225",
			normal([]float64{0.485, 0.456, 0.406}, []float64{0.229, 0.224, 0.225})},
	}
}

// betterPipeline tries guesses and layouts, and says which is right more often.
func betterPipeline(ctx context.Context, net *snn.Network, set *dataset.Set, p sample.Pipeline,
	classes int, accuracy float64) string {
	best, flags := accuracy, ""
	try := func(guess sample.Pipeline, words string) {
		got, err := annAccuracy(ctx, net, set, guess)
		if err == nil && got > best && !nearChance(got, classes) {
			best, flags = got, words
		}
	}
	for _, order := range []string{p.Layout, sample.LayoutHWC, sample.LayoutCHW} {
		if order != p.Layout && len(set.Shape) != 3 {
			continue
		}
		turned := p
		turned.Layout = order
		var words []string
		if order != p.Layout {
			words = []string{"--layout " + order}
			try(turned, words[0])
		}
		for _, g := range pipelineGuesses() {
			guess := turned
			g.change(&guess)
			try(guess, strings.Join(append(slices.Clone(words), g.flags), " "))
		}
	}
	if flags == "" {
		return ""
	}
	return fmt.Sprintf("with %s it is right on %s, which may be what it was trained with",
		flags, percent(best))
}

// nearChance reports whether an accuracy is no better than a guess.
func nearChance(accuracy float64, classes int) bool {
	return accuracy < 1/float64(max(classes, 1))+chanceMargin
}

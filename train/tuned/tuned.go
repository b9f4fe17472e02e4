// Package tuned runs the cells of the published experiment under preset tuned (package
// setting): [Run] as train/onchip learns, [runFloat] with the same settings in real numbers.
package tuned

import (
	"context"
	"fmt"
	"time"

	"adder/chip"
	"adder/chip/profile"
	"adder/internal/dataset"
	"adder/snn/stdp"
	"adder/train/learned"
	"adder/train/onchip"
	"adder/train/paper"
	"adder/train/setting"
)

// Config describes a run of a cell of the published tables under preset
// `tuned`: online, with integers and adders only, on the emulated chip.
type Config struct {
	Neuron stdp.Model
	Rule   stdp.Rule
	// Encoder is the name in the tables, poisson, bernoulli or rankorder, or population.
	Encoder string
	// Arithmetic is Integer, on the emulated chip, or Float for the same settings in
	// real numbers (runFloat).
	Arithmetic paper.Arithmetic
	Neurons    int
	Epochs     int
	// Ticks is the number of ticks of an image, 0 for the preset's.
	Ticks int
	// Limit uses the first images of the training set only; 0 for all.
	Limit int
	Seed  uint64
	// Chip is the chip that the network learns on.
	Chip    *profile.Profile
	Workers int
}

// Run trains and tests a network of preset `tuned`, with a result like that of paper.Run. It runs
// on the chip, or in real numbers if cfg.Arithmetic is paper.Float. The result depends only on the
// sets and cfg, except its times, and not on cfg.Workers.
func Run(ctx context.Context, cfg Config, trainSet, testSet *dataset.Set,
	progress func(paper.Progress)) (*paper.Result, error) {
	preset, err := setting.Tuned(cfg.Neuron, cfg.Rule, cfg.Encoder, cfg.Neurons)
	if err != nil {
		return nil, fmt.Errorf("tuned: %w", err)
	}
	if cfg.Ticks > 0 {
		preset.Encoder.Ticks = cfg.Ticks
	}
	if cfg.Limit > 0 {
		trainSet = trainSet.Head(cfg.Limit)
	}
	config := setting.Config{
		Neuron: cfg.Neuron, Rule: cfg.Rule, Preset: preset, Neurons: cfg.Neurons,
		Epochs: cfg.Epochs, Seed: cfg.Seed, Chip: cfg.Chip, Workers: cfg.Workers,
	}
	if cfg.Arithmetic == paper.Float {
		return runFloat(ctx, config, trainSet, testSet, progress)
	}
	out, err := runOnChip(ctx, config, trainSet, testSet, progress)
	if err != nil {
		return nil, fmt.Errorf("tuned: %w", err)
	}
	return out, nil
}

// runOnChip is Run on the emulated chip.
func runOnChip(ctx context.Context, cfg setting.Config, trainSet, testSet *dataset.Set,
	progress func(paper.Progress)) (*paper.Result, error) {
	run, err := onchip.New(cfg, trainSet)
	if err != nil {
		return nil, err
	}
	total := run.Total() + testSet.Len()
	if progress != nil {
		run.Watch(func(p learned.Progress) {
			if !p.Labelling {
				progress(paper.Progress{Done: p.Done, Total: total, Accuracy: p.Accuracy})
			}
		})
	}
	start := time.Now()
	if err := run.Learn(ctx); err != nil {
		return nil, err
	}
	trained, err := run.Finish(ctx)
	if err != nil {
		return nil, err
	}
	tested := time.Now()
	test, err := trained.Network.Test(ctx, cfg.Chip, testSet, cfg.Seed, cfg.Workers)
	if err != nil {
		return nil, err
	}
	if progress != nil {
		progress(paper.Progress{Done: total, Total: total, Testing: true})
	}
	out := newResult(trained, test)
	out.TrainImages, out.TestImages = run.Total(), testSet.Len()
	out.TrainSeconds, out.TestSeconds = tested.Sub(start).Seconds(), time.Since(tested).Seconds()
	return out, nil
}

// newResult is the outcome without sizes and times. Thetas are in the article's millivolts: a
// potential's unit is the same, a weight of 1.
func newResult(trained *learned.Result, test *learned.Test) *paper.Result {
	images := float64(max(test.Images, 1))
	n := trained.Network
	out := &paper.Result{
		AccuracyAll:        float64(test.CorrectAll) / images,
		AccuracyProportion: float64(test.CorrectProportion) / images,
		Test: paper.Inference{
			InputSpikes: float64(test.Counts.InputSpikes) / images,
			Spikes:      float64(test.Counts.Core.Spikes) / images,
			Synops:      float64(test.Counts.Core.Synops) / images,
			Silent:      float64(test.Silent) / images,
		},
		TrainSpikes: perImage(&trained.Counts, n.Images), Labelled: make([]int, n.Classes),
		Assignments: 1, Active: test.Active,
	}
	for _, label := range n.Labels {
		if label >= 0 {
			out.Labelled[label]++
		}
	}
	if len(n.Theta) > 0 {
		theta := make([]float32, len(n.Theta))
		for j, x := range n.Theta {
			theta[j] = float32(x) / setting.Unit
		}
		out.Theta = paper.ThetaOf(theta)
	}
	return out
}

func perImage(c *chip.Counts, images int) float64 {
	return float64(c.Core.Spikes) / float64(max(images, 1))
}

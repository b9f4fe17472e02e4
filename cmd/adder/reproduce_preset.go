package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"adder/chip/profile"
	"adder/train/paper"
	"adder/train/setting"
	"adder/train/tuned"
)

// preset is a set of conditions under which the cells run.
type preset struct {
	// what says in a line what it is.
	what string
	// arithmetic is the preset's own, and otherwise says what the other one is.
	arithmetic paper.Arithmetic
	otherwise  string
	// run runs a cell and reports the images done of all.
	run func(ctx context.Context, cell paper.Cell, s reproduceSettings,
		progress func(done, total int)) (reproduceRow, error)
}

// presets holds the presets by name.
func presets() map[string]preset {
	return map[string]preset{
		"paper": {
			what: "the article's conditions, batches of 64 whose updates are summed, which " +
				"is no hardware",
			arithmetic: paper.Float, otherwise: "in a chip's integers, in lock-step",
			run: runPaperCell,
		},
		"tuned": {
			what: "online and integer, on the emulated chip", arithmetic: paper.Integer,
			otherwise: "the same settings in real numbers, on no chip",
			run:       runTunedCell,
		},
	}
}

// conditions says in a line under what cells run in an arithmetic.
func (p preset) conditions(a paper.Arithmetic) string {
	if a == p.arithmetic {
		return p.what
	}
	return p.what + "; here " + p.otherwise
}

// presetNames lists the presets in order.
func presetNames() []string { return slices.Sorted(maps.Keys(presets())) }

// presetHelp describes the presets, a line each.
func presetHelp() string {
	var b strings.Builder
	for _, name := range presetNames() {
		fmt.Fprintf(&b, "  %-6s %s\n", name, presets()[name].what)
	}
	return b.String()
}

// runPaperCell runs a cell under the article's conditions.
func runPaperCell(ctx context.Context, cell paper.Cell, s reproduceSettings,
	progress func(done, total int)) (reproduceRow, error) {
	cfg := paper.DefaultConfig(cell.Neuron, cell.Rule, paper.Encoder(cell.Encoder))
	cfg.Neurons, cfg.Batch, cfg.Epochs, cfg.Limit, cfg.Seed =
		s.neurons, s.batch, s.epochs, s.limit, s.seed
	cfg.ThetaDecay, cfg.Arithmetic = s.thetaDecay, s.arithmetic
	if s.ticks != 0 {
		cfg.Ticks = s.ticks
	}
	r, err := paper.Run(ctx, cfg, s.trainSet, s.testSet, func(p paper.Progress) {
		progress(p.Done, p.Total)
	})
	if err != nil {
		return reproduceRow{}, err
	}
	return newReproduceRow(cell, r, cfg.Ticks), nil
}

// runTunedCell runs a cell on the emulated chip. Its accuracy is that of the
// readout that the preset was chosen with, proportion weighting.
func runTunedCell(ctx context.Context, cell paper.Cell, s reproduceSettings,
	progress func(done, total int)) (reproduceRow, error) {
	chip, err := profile.LoadEmulated(s.chip)
	if err != nil {
		return reproduceRow{}, err
	}
	conditions, err := setting.Tuned(cell.Neuron, cell.Rule, cell.Encoder, s.neurons)
	if err != nil {
		return reproduceRow{}, err
	}
	if s.ticks != 0 {
		conditions.Encoder.Ticks = s.ticks
	}
	r, err := tuned.Run(ctx, tuned.Config{
		Neuron: cell.Neuron, Rule: cell.Rule, Encoder: cell.Encoder, Neurons: s.neurons,
		Epochs: s.epochs, Ticks: s.ticks,
		Limit: s.limit, Seed: s.seed, Chip: chip, Workers: 1, Arithmetic: s.arithmetic,
	}, s.trainSet, s.testSet, func(p paper.Progress) { progress(p.Done, p.Total) })
	if err != nil {
		return reproduceRow{}, fitOrUsage(err)
	}
	row := newReproduceRow(cell, r, conditions.Encoder.Ticks)
	row.Accuracy = r.AccuracyProportion
	return row, nil
}

// newReproduceRow is the row of a run with so many ticks per image.
func newReproduceRow(cell paper.Cell, r *paper.Result, ticks int) reproduceRow {
	var published *float64
	if cell.Paper != 0 {
		published = &cell.Paper
	}
	return reproduceRow{
		Table: cell.Table, Encoder: cell.Encoder, Neuron: cell.Neuron.String(),
		Rule:     cell.Rule.String(),
		Accuracy: r.AccuracyAll, Paper: published, AccuracyProportion: r.AccuracyProportion,
		Ticks: ticks,
		Theta: r.Theta, PerImage: r.Test, ActiveNeurons: r.Active, Labelled: r.Labelled,
		TrainSeconds: r.TrainSeconds, TestSeconds: r.TestSeconds,
	}
}

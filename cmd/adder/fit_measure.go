package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"adder/bench"
	"adder/bench/energy"
	"adder/chip"
	"adder/sample"
	"adder/survey"
)

// timedSamples is the number of samples whose time the cycle engine finds.
const timedSamples = 5

// measureFit runs samples where a network fits: accuracy and energy of all, time of the
// first few.
func (a *app) measureFit(ctx context.Context, path, chipName string, r *survey.Fit,
	f *fitFlags) error {
	g := *f
	if g.modelFlags.chip = chipName; r.Board == nil {
		g.board = ""
	}
	l, err := a.open(ctx, path, f.data, &g.modelFlags)
	var misfit limitError
	if errors.As(err, &misfit) {
		// What fits by its shape, or by core loads, may still exceed the routes.
		r.Refuse(misfit.Error(), "--compile says what its core loads are")
		return nil
	}
	if err != nil {
		return err
	}
	c, err := chip.Load(l.image)
	if err != nil {
		return err
	}
	a.chooseImageEncoder(c, &g.runFlags)
	source, err := a.source(c, &g.runFlags)
	if err != nil {
		return err
	}
	bar := a.newProgress("fit " + r.Chip)
	run := bench.Run{Chip: c, Source: source, Workers: f.workers,
		Options:  chip.Options{Seed: f.seed},
		Progress: bar.set}
	e, err := bench.Evaluate(ctx, run)
	bar.end()
	if err != nil {
		return err
	}
	r.Samples = &e.Samples
	if e.Labelled {
		accuracy, interval := e.Accuracy(), e.Interval()
		r.Accuracy, r.AccuracyInterval = &accuracy, &interval
	}
	if err := priceFit(c, e, r); err != nil {
		return err
	}
	if len(c.Untimed(false)) > 0 {
		return nil
	}
	return a.timeFit(ctx, c, source, r, f)
}

// priceFit bills an inference by the energy table of the chip, where there is one that leaves
// nothing out.
func priceFit(c *chip.Chip, e *bench.Evaluation, r *survey.Fit) error {
	tables, err := energy.LoadTables(nil)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if t.Name != r.Chip {
			continue
		}
		memories := bench.NewMemories(c.Image()).WithTile(c.Profile().CoreMemory())
		bill := t.Bill(bench.NewLedger(memories.Count(e.Attribution, nil), e.Samples, memories))
		if bill.Partial() {
			continue
		}
		r.EnergyPJ, r.EnergySource = &bill.PJ, fmt.Sprintf("energy table %s: %s", t.Name, t.Title)
		return nil
	}
	return nil
}

// timeFit finds how long an inference takes on the chip.
func (a *app) timeFit(ctx context.Context, c *chip.Chip, source sample.Source, r *survey.Fit,
	f *fitFlags) error {
	n := min(source.Len(), timedSamples)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	opts := chip.Options{Seed: f.seed, Ticks: source.Ticks()}
	run := bench.Run{
		Chip: c, Source: source, Order: order, Workers: f.workers, Options: opts,
		Engine: func() (chip.Engine, error) { return c.NewCycle(opts, nil) },
	}
	bar := a.newProgress("fit " + r.Chip + ", times")
	run.Progress = bar.set
	e, err := bench.Evaluate(ctx, run)
	bar.end()
	if err != nil {
		return fmt.Errorf("%s on %s: %w", filepath.Base(r.Model), r.Chip, err)
	}
	if times := newCyclesJSON(c, e); times != nil {
		r.Seconds = &times.SecondsPerSample
	}
	return nil
}

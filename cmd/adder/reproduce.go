package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"adder/bench/energy"
	"adder/internal/dataset"
	"adder/snn/stdp"
	"adder/spike/encode"
	"adder/train/paper"
)

// reproduceFlags are the flags of `reproduce`.
type reproduceFlags struct {
	data, preset, csv, energy string
	neurons, rules            []string
	settings                  reproduceSettings
}

// reproduceSettings are the settings of a cell in a preset; 0 ticks are the preset's.
type reproduceSettings struct {
	limit, neurons, batch, ticks, epochs, workers int
	seed                                          uint64
	thetaDecay                                    float64
	arithmetic                                    paper.Arithmetic
	chip                                          string
	trainSet, testSet                             *dataset.Set
}

func newReproduceCommand(a *app) *cobra.Command {
	f := reproduceFlags{}
	cmd := &cobra.Command{
		Use:   "reproduce table4|table5|table6|all|population",
		Short: "Run the published experiment on encoders, neuron models and learning rules",
		Long: `Run the cells of tables 4 (Poisson), 5 (Bernoulli) and 6 (rank order) of "Spiking Neural
Networks for Image Classification" (Shears and Yazdani) beside the published accuracies:
four neuron models times three learning rules, trained without labels.

population stands for 12 cells of population coding, which the article names and does
not run.

Presets:
` + presetHelp() + `
--arithmetic changes the numbers: integer runs preset paper in a chip's integers, in
lock-step, and float runs the settings of preset tuned in real numbers.

The accuracy is that of the all-activity readout under preset paper and of proportion
weighting under preset tuned; --json and --csv have the latter beside it.`,
		Example: `  adder reproduce all --limit 3000
  adder reproduce table4 --preset paper --neuron dc --seed 1
  adder reproduce all --preset paper --csv cells.csv --json
  adder reproduce table4 --preset paper --arithmetic integer --neuron dc
  adder reproduce table5 --preset tuned --limit 5000
  adder reproduce population --preset tuned --neuron dc,lif --rule postpre`,
		Args:      one("table4, table5, table6, all or population"),
		ValidArgs: []string{"table4", "table5", "table6", "all", "population"},
		RunE: func(cmd *cobra.Command, args []string) error {
			a.warnPreset(cmd, f.preset)
			return a.reproduce(cmd.Context(), args[0], &f)
		},
	}
	s := &f.settings
	flags := cmd.Flags()
	flags.StringVar(&f.data, "data", defaultDataDir(), dataForms)
	flags.StringVar(&f.preset, "preset", "paper", "the conditions: "+strings.Join(presetNames(),
		" or "))
	flags.StringVar((*string)(&s.arithmetic), "arithmetic", "",
		"float or integer; default: the preset's")
	flags.StringSliceVar(&f.neurons, "neuron", nil, "only these neuron models: if, lif, srm0, dc")
	flags.StringSliceVar(&f.rules, "rule", nil, "only these learning rules: postpre, wdpostpre "+
		"(weightdependent), hebbian")
	flags.IntVar(&s.limit, "limit", 0,
		"train on the first N images only, for a quick look; 0 for all")
	flags.Uint64Var(&s.seed, "seed", 0, "seed of initial weights, order, spikes and ties")
	flags.IntVar(&s.neurons, "neurons", 100, "neurons of the network")
	flags.IntVar(&s.batch, "batch", 64, "images whose updates are summed; preset paper only")
	flags.StringVar(&s.chip, "chip", "adder", "chip to learn on; preset tuned only")
	flags.IntVar(&s.ticks, "ticks", 0, "ticks of 1 ms that an image is shown; 0 for the preset's")
	flags.IntVar(&s.epochs, "epochs", 1, "passes over the training images")
	flags.Float64Var(&s.thetaDecay, "theta-decay", 0, "time constant of adaptive thresholds in "+
		"ticks; 0 for the article's; preset paper only")
	flags.IntVar(&s.workers, "workers", 2, "cells that run at once; changes no result")
	flags.StringVar(&f.energy, "energy", "loihi", "table that prices synops, updates and spikes "+
		"of an inference")
	flags.StringVar(&f.csv, "csv", "", "write the rows to this file as CSV")
	writes(cmd, "csv")
	return cmd
}

// reproduce runs the cells of a table.
func (a *app) reproduce(ctx context.Context, which string, f *reproduceFlags) error {
	p, ok := presets()[f.preset]
	if !ok {
		return fmt.Errorf("preset %q is not known: use %s", f.preset,
			strings.Join(presetNames(), " or "))
	}
	if err := f.check(); err != nil {
		return err
	}
	if f.settings.arithmetic == "" {
		f.settings.arithmetic = p.arithmetic
	}
	cells, err := selectCells(which, f.neurons, f.rules)
	if err != nil {
		return err
	}
	prices, err := energy.LoadTable(f.energy)
	if err != nil {
		return err
	}
	if err := a.openReproduced(f); err != nil {
		return err
	}
	start := time.Now()
	rows, err := a.runCells(ctx, p, cells, f.settings)
	interrupted := err != nil && ctx.Err() != nil && len(rows) > 0
	if err != nil && !interrupted {
		return err
	}
	a.finish()
	for i := range rows {
		rows[i].EnergyPJ = inferenceEnergy(prices, &rows[i], &f.settings)
	}
	if f.csv != "" {
		if err := writeCells(f.csv, rows); err != nil {
			return err
		}
	}
	if err := a.printCells(rows, f, time.Since(start).Seconds(), interrupted); err != nil {
		return err
	}
	if interrupted {
		return limitError{fmt.Errorf("the rows are the %d of %d cells that were done", len(rows),
			len(cells))}
	}
	return nil
}

// check refuses settings before any work is done.
func (f *reproduceFlags) check() error {
	s := &f.settings
	if a := s.arithmetic; a != "" && a != paper.Float && a != paper.Integer {
		return fmt.Errorf("--arithmetic %s: it is %s or %s", a, paper.Float, paper.Integer)
	}
	return errors.Join(checkWorkers(s.workers), checkTicks(s.ticks), checkLimit(s.limit),
		checkOutput("--csv", f.csv))
}

// openReproduced reads the data sets.
func (a *app) openReproduced(f *reproduceFlags) (err error) {
	s := &f.settings
	s.trainSet, s.testSet, err = a.openSplits(f.data, 0)
	return err
}

// selectCells returns the cells of a table with the given models and rules, all of them if none is
// named.
func selectCells(which string, neurons, rules []string) ([]paper.Cell, error) {
	models, err := parseEach(neurons, stdp.ParseModel)
	if err != nil {
		return nil, err
	}
	wanted, err := parseEach(rules, parseRule)
	if err != nil {
		return nil, err
	}
	all := paper.Cells()
	if which == encode.KindPopulation {
		all = paper.PopulationCells()
	}
	var cells []paper.Cell
	for _, cell := range all {
		of := which == "all" || which == encode.KindPopulation ||
			which == "table"+strconv.Itoa(cell.Table)
		if of && among(cell.Neuron, models) && among(cell.Rule, wanted) {
			cells = append(cells, cell)
		}
	}
	return cells, nil
}

// parseEach parses a list of words.
func parseEach[T any](words []string, parse func(string) (T, error)) ([]T, error) {
	var out []T
	for _, word := range words {
		x, err := parse(word)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// among reports whether x is wanted: where nothing is named, everything is.
func among[T comparable](x T, named []T) bool {
	return len(named) == 0 || slices.Contains(named, x)
}

// runCells runs all cells with one bar.
func (a *app) runCells(ctx context.Context, p preset, cells []paper.Cell,
	s reproduceSettings) ([]reproduceRow, error) {
	bar := a.newProgress("reproduce")
	defer bar.end()
	var mu sync.Mutex
	done := map[paper.Cell]int{}
	return paper.EachCell(ctx, cells, s.workers,
		func(ctx context.Context, cell paper.Cell) (reproduceRow, error) {
			return p.run(ctx, cell, s, func(images, total int) {
				mu.Lock()
				defer mu.Unlock()
				done[cell] = images
				sum := 0
				for _, n := range done {
					sum += n
				}
				bar.set(sum, total*len(cells))
			})
		})
}

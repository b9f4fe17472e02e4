package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"adder/bench"
	"adder/internal/dataset"
	"adder/train"
)

// reproduceFlags are the flags of `reproduce`.
type reproduceFlags struct {
	data, preset, csv, energy string
	neurons, rules            []string
	settings                  reproduceSettings
}

// reproduceSettings are what a preset runs a cell with; 0 ticks are the preset's.
type reproduceSettings struct {
	limit, neurons, batch, ticks, epochs, workers int
	seed                                          uint64
	thetaDecay                                    float64
	arithmetic                                    train.Arithmetic
	chip                                          string
	trainSet, testSet                             *dataset.Set
}

// reproduceRow is a cell in the JSON of `reproduce`.
type reproduceRow struct {
	Table    int     `json:"table"`
	Encoder  string  `json:"encoder"`
	Neuron   string  `json:"neuron"`
	Rule     string  `json:"rule"`
	Accuracy float64 `json:"accuracy"`
	Paper    float64 `json:"paper"`
	// AccuracyProportion is that of the other readout.
	AccuracyProportion float64              `json:"accuracy_proportion"`
	Theta              train.PaperTheta     `json:"theta"`
	PerImage           train.PaperInference `json:"per_image"`
	ActiveNeurons      int                  `json:"active_neurons"`
	Ticks              int                  `json:"ticks"`
	Labelled           []int                `json:"labelled"`
	TrainSeconds       float64              `json:"train_seconds"`
	TestSeconds        float64              `json:"test_seconds"`
	EnergyPJ           float64              `json:"energy_pj"`
}

func newReproduceCommand(a *app) *cobra.Command {
	f := reproduceFlags{}
	cmd := &cobra.Command{
		Use:   "reproduce table4|table5|table6|all",
		Short: "Run the published experiment on encoders, neuron models and learning rules",
		Long: `Run the cells of tables 4 (Poisson), 5 (Bernoulli) and 6 (rank order) of "Spiking Neural
Networks for Image Classification" (Shears and Yazdani) beside the published accuracies:
four neuron models times three learning rules, trained without labels.

Presets:
` + presetHelp() + `
The accuracy is that of the all-activity readout under preset paper and of proportion
weighting under preset tuned; --json and --csv have the latter beside it.`,
		Example: `  adder reproduce all --limit 3000
  adder reproduce table4 --preset paper --neuron dc --seed 1
  adder reproduce all --preset paper --csv cells.csv --json
  adder reproduce table4 --preset paper --arithmetic integer --neuron dc
  adder reproduce table5 --preset tuned --limit 5000`,
		Args:      one("table4, table5, table6 or all"),
		ValidArgs: []string{"table4", "table5", "table6", "all"},
		RunE:      func(cmd *cobra.Command, args []string) error { return a.reproduce(cmd.Context(), args[0], &f) },
	}
	s := &f.settings
	flags := cmd.Flags()
	flags.StringVar(&f.data, "data", defaultDataDir(), `folder of IDX files, or "digits"`)
	flags.StringVar(&f.preset, "preset", "paper", "the conditions: "+strings.Join(presetNames(), " or "))
	flags.StringVar((*string)(&s.arithmetic), "arithmetic", string(train.Float), "float (float32, as the article's software) or integer (a chip's integers, in lock-step); preset paper only")
	flags.StringSliceVar(&f.neurons, "neuron", nil, "only these neuron models: if, lif, srm0, dc")
	flags.StringSliceVar(&f.rules, "rule", nil, "only these learning rules: postpre, weightdependent, hebbian")
	flags.IntVar(&s.limit, "limit", 0, "train on the first N images only, for a quick look; 0 for all")
	flags.Uint64Var(&s.seed, "seed", 0, "seed of initial weights, order, spikes and ties")
	flags.IntVar(&s.neurons, "neurons", 100, "neurons of the network")
	flags.IntVar(&s.batch, "batch", 64, "images whose updates are summed; preset paper only")
	flags.StringVar(&s.chip, "chip", "adder", "chip to learn on; preset tuned only")
	flags.IntVar(&s.ticks, "ticks", 0, "ticks of 1 ms that an image is shown; 0 for the preset's")
	flags.IntVar(&s.epochs, "epochs", 1, "passes over the training images")
	flags.Float64Var(&s.thetaDecay, "theta-decay", 0, "time constant of adaptive thresholds in ticks; 0 for the article's; preset paper only")
	flags.IntVar(&s.workers, "workers", 2, "cells that run at once; changes no result")
	flags.StringVar(&f.energy, "energy", "loihi", "table that prices synops, updates and spikes of an inference")
	flags.StringVar(&f.csv, "csv", "", "write the rows to this file as CSV")
	return cmd
}

// reproduce runs the cells of a table.
func (a *app) reproduce(ctx context.Context, which string, f *reproduceFlags) error {
	p, ok := presets()[f.preset]
	if !ok {
		return fmt.Errorf("preset %q is not known: use %s", f.preset, strings.Join(presetNames(), " or "))
	}
	if err := f.checkArithmetic(); err != nil {
		return err
	}
	cells, err := selectCells(which, f.neurons, f.rules)
	if err != nil {
		return err
	}
	prices, err := bench.LoadTable(f.energy)
	if err != nil {
		return err
	}
	if err := f.open(); err != nil {
		return err
	}
	start := time.Now()
	rows, err := a.runCells(ctx, p, cells, f.settings)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].EnergyPJ = inferenceEnergy(prices, &rows[i], &f.settings)
	}
	if f.csv != "" {
		if err := writeCells(f.csv, rows); err != nil {
			return err
		}
	}
	return a.printCells(rows, f, time.Since(start).Seconds())
}

// checkArithmetic refuses numbers that the preset does not have.
func (f *reproduceFlags) checkArithmetic() error {
	arithmetic := f.settings.arithmetic
	if arithmetic != train.Float && arithmetic != train.Integer {
		return fmt.Errorf("--arithmetic %s: it is %s or %s", arithmetic, train.Float, train.Integer)
	}
	if f.preset == "tuned" && arithmetic == train.Integer {
		return errors.New("--arithmetic integer: preset tuned runs on the emulated chip, whose numbers are integers; leave the flag away")
	}
	return nil
}

// numbers is the arithmetic that the cells ran in.
func (f *reproduceFlags) numbers() train.Arithmetic {
	if f.preset == "tuned" {
		return train.Integer
	}
	return f.settings.arithmetic
}

// conditions says in a line under what the cells ran.
func (f *reproduceFlags) conditions() string {
	what := presets()[f.preset].what
	if f.preset == "paper" && f.settings.arithmetic == train.Integer {
		what += ", here a chip's integers in lock-step"
	}
	return what
}

// open reads the data sets.
func (f *reproduceFlags) open() (err error) {
	s := &f.settings
	s.trainSet, s.testSet, err = openSplits(f.data, 0)
	return err
}

// selectCells returns the cells of a table with the given models and rules, all of
// them where none is given.
func selectCells(which string, neurons, rules []string) ([]train.PaperCell, error) {
	known := map[string]bool{}
	var cells []train.PaperCell
	for _, cell := range train.PaperCells() {
		neuron, rule := cell.Neuron.String(), cell.Rule.String()
		known[neuron], known[rule] = true, true
		of := which == "all" || which == "table"+strconv.Itoa(cell.Table)
		if of && among(neuron, neurons) && among(rule, rules) {
			cells = append(cells, cell)
		}
	}
	for _, name := range slices.Concat(neurons, rules) {
		if !known[name] {
			return nil, fmt.Errorf("%q is neither a neuron model nor a learning rule: see adder reproduce --help", name)
		}
	}
	if len(cells) == 0 {
		return nil, errors.New("no cell has such a neuron model and learning rule: see adder reproduce --help")
	}
	return cells, nil
}

func among(name string, names []string) bool { return len(names) == 0 || slices.Contains(names, name) }

// runCells runs all cells with one bar.
func (a *app) runCells(ctx context.Context, p preset, cells []train.PaperCell, s reproduceSettings) ([]reproduceRow, error) {
	bar := a.newProgress("reproduce")
	defer bar.end()
	var mu sync.Mutex
	done := map[train.PaperCell]int{}
	return train.EachCell(ctx, cells, s.workers, func(ctx context.Context, cell train.PaperCell) (reproduceRow, error) {
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

// inferenceEnergy prices what an image costs at test, in picojoules: its synops, an
// update per neuron and tick, and a packet per spike of a neuron. A float network has
// no widths, so that tables which price bits and adders do not apply to it.
func inferenceEnergy(prices *bench.Table, row *reproduceRow, s *reproduceSettings) float64 {
	n := float64(s.testSet.Len())
	count := func(perImage float64) int64 { return int64(perImage*n + 0.5) }
	ledger := &bench.Ledger{Samples: int64(s.testSet.Len()), Entries: []bench.Entry{
		{Event: "synops", Count: count(row.PerImage.Synops)},
		{Event: "active_updates", Count: count(float64(s.neurons * row.Ticks))},
		{Event: "packets", Count: count(row.PerImage.Spikes)},
	}}
	return prices.Bill(ledger).PJ
}

// printCells writes the rows as JSON or as a table.
func (a *app) printCells(rows []reproduceRow, f *reproduceFlags, seconds float64) error {
	s := &f.settings
	images := s.trainSet
	if s.limit > 0 {
		images = images.Head(s.limit)
	}
	if a.json {
		return a.printJSON(map[string]any{
			"preset": f.preset, "conditions": f.conditions(), "arithmetic": f.numbers(), "data": s.trainSet.Name, "rows": rows, "seed": s.seed, "train_images": images.Len(), "test_images": s.testSet.Len(),
			"neurons": s.neurons, "batch": s.batch, "epochs": s.epochs, "energy_table": f.energy, "seconds": seconds,
		})
	}
	a.printf("preset %s: %s", f.preset, f.conditions())
	a.printf("%s: %s training and %s test images, %d neurons, seed %d, %.0f s", s.trainSet.Name,
		thousands(int64(images.Len())), thousands(int64(s.testSet.Len())), s.neurons, s.seed, seconds)
	var lines []table.Row
	for _, r := range rows {
		lines = append(lines, table.Row{
			r.Table, r.Encoder, r.Neuron, r.Rule, percent(r.Accuracy), fmt.Sprintf("%.0f %%", 100*r.Paper), percent(r.PerImage.Silent),
			fmt.Sprintf("%.1f", r.PerImage.Spikes), thousands(int64(r.PerImage.Synops + 0.5)), bench.Energy(r.EnergyPJ),
		})
	}
	a.printTable(table.Row{"table", "encoder", "neuron", "rule", "accuracy", "paper", "silent", "spikes", "synops", "energy (" + f.energy + ")"}, lines)
	a.printf("silent images, spikes, synops and energy are those of a test image")
	return nil
}

// writeCells writes rows as CSV, whole or not at all.
func writeCells(path string, rows []reproduceRow) (err error) {
	temporary := path + ".tmp"
	file, err := os.Create(temporary)
	if err != nil {
		return fmt.Errorf("write the cells: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temporary)
			err = fmt.Errorf("write the cells to %s: %w", path, err)
		}
	}()
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	lines := [][]string{{"table", "encoder", "neuron", "rule", "accuracy", "paper", "accuracy_proportion", "theta_mean", "silent",
		"input_spikes", "spikes", "synops", "energy_pj", "train_seconds", "test_seconds"}}
	for _, r := range rows {
		lines = append(lines, []string{
			strconv.Itoa(r.Table), r.Encoder, r.Neuron, r.Rule, number(r.Accuracy), number(r.Paper), number(r.AccuracyProportion),
			number(r.Theta.Mean), number(r.PerImage.Silent), number(r.PerImage.InputSpikes), number(r.PerImage.Spikes),
			number(r.PerImage.Synops), number(r.EnergyPJ), number(r.TrainSeconds), number(r.TestSeconds),
		})
	}
	if err := errors.Join(csv.NewWriter(file).WriteAll(lines), file.Close()); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

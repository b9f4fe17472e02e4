package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/jedib0t/go-pretty/v6/table"

	"adder/bench"
	"adder/bench/energy"
	"adder/internal/wholefile"
	"adder/train/paper"
)

// reproduceRow is a cell in the JSON of `reproduce`. Table is 0 and Paper null for a
// cell that the article leaves out.
type reproduceRow struct {
	Table    int      `json:"table"`
	Encoder  string   `json:"encoder"`
	Neuron   string   `json:"neuron"`
	Rule     string   `json:"rule"`
	Accuracy float64  `json:"accuracy"`
	Paper    *float64 `json:"paper"`
	// AccuracyProportion is that of the other readout.
	AccuracyProportion float64         `json:"accuracy_proportion"`
	Theta              paper.Theta     `json:"theta"`
	PerImage           paper.Inference `json:"per_image"`
	ActiveNeurons      int             `json:"active_neurons"`
	Ticks              int             `json:"ticks"`
	Labelled           []int           `json:"labelled"`
	TrainSeconds       float64         `json:"train_seconds"`
	TestSeconds        float64         `json:"test_seconds"`
	EnergyPJ           float64         `json:"energy_pj"`
}

// inferenceEnergy prices what an image costs at test, in picojoules: its synops, an
// update per neuron and tick, and a packet per spike of a neuron. A float network has
// no widths, so that tables which price bits and adders do not apply to it.
func inferenceEnergy(prices *energy.Table, row *reproduceRow, s *reproduceSettings) float64 {
	n := float64(s.testSet.Len())
	count := func(perImage float64) int64 { return int64(perImage*n + 0.5) }
	ledger := &energy.Ledger{Samples: int64(s.testSet.Len()), Entries: []energy.Entry{
		{Event: "synops", Count: count(row.PerImage.Synops)},
		{Event: "active_updates", Count: count(float64(s.neurons * row.Ticks))},
		{Event: "packets", Count: count(row.PerImage.Spikes)},
	}}
	return prices.Bill(ledger).PJ
}

// printCells writes the rows as JSON or as a table.
func (a *app) printCells(rows []reproduceRow, f *reproduceFlags, seconds float64,
	interrupted bool) error {
	s := &f.settings
	images := s.trainSet
	if s.limit > 0 {
		images = images.Head(s.limit)
	}
	if a.json {
		doc := map[string]any{
			"preset": f.preset, "conditions": presets()[f.preset].conditions(s.arithmetic),
			"arithmetic": s.arithmetic,
			"data":       s.trainSet.Name, "rows": rows, "seed": s.seed,
			"train_images": images.Len(),
			"test_images":  s.testSet.Len(),
			"neurons":      s.neurons, "batch": s.batch, "epochs": s.epochs,
			"energy_table": f.energy,
			"seconds":      seconds,
		}
		if interrupted {
			doc["interrupted"] = true
		}
		return a.printJSON(doc)
	}
	if interrupted {
		a.printf("interrupted: the rows are those of the cells that were done")
	}
	a.printf("preset %s: %s", f.preset, presets()[f.preset].conditions(s.arithmetic))
	a.printf("%s: %s training and %s, %s, seed %d, %.0f s", s.trainSet.Name,
		thousands(int64(images.Len())), count(s.testSet.Len(), "test image"),
		count(s.neurons, "neuron"), s.seed, seconds)
	var lines []table.Row
	for _, r := range rows {
		number, published := "-", "-"
		if r.Paper != nil {
			number, published = strconv.Itoa(r.Table), fmt.Sprintf("%.0f %%", 100**r.Paper)
		}
		lines = append(lines, table.Row{
			number, r.Encoder, r.Neuron, r.Rule, percent(r.Accuracy), published,
			percent(r.PerImage.Silent),
			fmt.Sprintf("%.1f", r.PerImage.Spikes), thousands(int64(r.PerImage.Synops + 0.5)),
			bench.Energy(r.EnergyPJ),
		})
	}
	a.printTable(table.Row{"table", "encoder", "neuron", "rule", "accuracy", "paper", "silent",
		"spikes", "synops", "energy (" + f.energy + ")"}, lines)
	a.printf("silent images, spikes, synops and energy are those of a test image")
	return nil
}

// writeCells writes rows as CSV, whole or not at all: what a seed repeats, and so no
// times.
func writeCells(path string, rows []reproduceRow) error {
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	lines := [][]string{{"table", "encoder", "neuron", "rule", "accuracy", "paper",
		"accuracy_proportion", "theta_mean", "silent",
		"input_spikes", "spikes", "synops", "energy_pj"}}
	for _, r := range rows {
		published := ""
		if r.Paper != nil {
			published = number(*r.Paper)
		}
		lines = append(lines, []string{
			strconv.Itoa(r.Table), r.Encoder, r.Neuron, r.Rule, number(r.Accuracy), published,
			number(r.AccuracyProportion),
			number(r.Theta.Mean), number(r.PerImage.Silent), number(r.PerImage.InputSpikes),
			number(r.PerImage.Spikes),
			number(r.PerImage.Synops), number(r.EnergyPJ),
		})
	}
	return wholefile.Write(path, func(w io.Writer) error {
		return csv.NewWriter(w).WriteAll(lines)
	})
}

package paper

import (
	"context"
	"fmt"

	"adder/snn/stdp"
	"adder/spike/encode"

	"golang.org/x/sync/errgroup"
)

// Cell is a cell of the published tables 4 to 6, or one that the article leaves
// out.
type Cell struct {
	// Table is 4, 5 or 6, or 0 for none.
	Table int
	// Encoder is the table's: poisson, bernoulli or rankorder; or population.
	Encoder string
	// Neuron and Rule select the row.
	Neuron stdp.Model
	Rule   stdp.Rule
	// Paper is the published accuracy, a single run without a seed, or 0 for none.
	Paper float64
}

// Cells returns the 36 cells in the order of the article.
func Cells() []Cell {
	tables := []struct {
		table   int
		encoder string
		percent [12]int // by neuron model, then by rule
	}{
		{4, "poisson", [12]int{10, 9, 10, 10, 13, 10, 10, 10, 10, 79, 79, 80}},
		{5, "bernoulli", [12]int{10, 10, 10, 10, 10, 10, 10, 9, 10, 37, 34, 35}},
		{6, "rankorder", [12]int{10, 10, 10, 10, 10, 10, 10, 10, 10, 14, 11, 13}},
	}
	var cells []Cell
	for _, t := range tables {
		k := 0
		for _, neuron := range stdp.Models() {
			for _, rule := range stdp.Rules() {
				cells = append(cells,
					Cell{t.table, t.encoder, neuron, rule, float64(t.percent[k]) / 100})
				k++
			}
		}
	}
	return cells
}

// PopulationCells returns the 12 cells of population coding, which the article names
// and does not run.
func PopulationCells() []Cell {
	var cells []Cell
	for _, neuron := range stdp.Models() {
		for _, rule := range stdp.Rules() {
			cells = append(cells, Cell{Encoder: encode.KindPopulation, Neuron: neuron, Rule: rule})
		}
	}
	return cells
}

// Encoder returns the encoder of a cell, one of encode.Names: the experiment's poisson is a renewal
// process.
func Encoder(cell string) string {
	if cell == "poisson" {
		return encode.KindPoissonRenewal
	}
	return cell
}

// EachCell calls run for every cell, in up to workers goroutines, and returns the results in the
// order of the cells. The first error ends it; the results are then those of the completed cells.
func EachCell[R any](ctx context.Context, cells []Cell, workers int,
	run func(context.Context, Cell) (R, error)) ([]R, error) {
	results, done := make([]R, len(cells)), make([]bool, len(cells))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(workers, 1))
	for i, cell := range cells {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			r, err := run(ctx, cell)
			if err != nil {
				return fmt.Errorf("%s, %s, %s: %w", cell.Encoder, cell.Neuron, cell.Rule, err)
			}
			results[i], done[i] = r, true
			return nil
		})
	}
	err := group.Wait()
	var out []R
	for i, r := range results {
		if done[i] {
			out = append(out, r)
		}
	}
	return out, err
}

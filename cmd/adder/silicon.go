package main

import (
	"errors"
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"

	"adder/bench"
	"adder/bench/silicon"
)

// listSilicon prints what the shipped tables predict of published measurements.
func (a *app) listSilicon(args []string) error {
	if len(args) > 0 {
		return errors.New("--silicon prints all measurements: name no table")
	}
	rows, err := silicon.Predict()
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"measurements": rows})
	}
	var lines []table.Row
	for _, r := range rows {
		unit := func(pj float64) string { return bench.Energy(pj) }
		if r.PerSecond {
			unit = func(pj float64) string { return fmt.Sprintf("%.3g mW", pj/1e9) }
		}
		lines = append(lines, table.Row{r.Case, r.Table, unit(r.MeasuredPJ), unit(r.PredictedPJ),
			fmt.Sprintf("%+.1f %%", r.MissPercent)})
	}
	a.printTable(table.Row{"measured on", "table", "measured", "predicted", "miss"}, lines)
	a.printf("Loads and sources: adder energies --silicon --json, docs/energy.md.")
	return nil
}

package main

import (
	"errors"
	"fmt"
	"math"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"adder/chip"
	"adder/rtl"
	"adder/sample"
	"adder/spike"
)

// osu018 is where Debian's qflow-tech-osu018 has its liberty file.
const osu018 = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib"

// lanesJSON is the JSON of `rtl --lanes`.
type lanesJSON struct {
	Model   string         `json:"model"`
	Out     string         `json:"out"`
	Samples int            `json:"samples"`
	Lanes   []rtl.LaneWork `json:"lanes"`
}

// rtlLanes writes the lanes with the operations of samples.
func (a *app) rtlLanes(c *chip.Chip, f *runFlags) error {
	if f.data == "" {
		return errors.New("rtl --lanes: say which pictures with --data DIR: " +
			"a lane that multiplies takes their elements, which recorded spikes have not")
	}
	trains, elements, err := a.elementsOf(c, f)
	if err != nil {
		return err
	}
	work, err := rtl.ExportLanes(c, trains, elements, f.out)
	if err != nil {
		return err
	}
	j := lanesJSON{Model: c.Image().Model, Out: f.out, Samples: len(trains), Lanes: work}
	if a.json {
		return a.printJSON(j)
	}
	a.printf("a lane that adds and one that multiplies in %s, with the operations of %s of %s:",
		j.Out, count(j.Samples, "sample"), j.Model)
	for _, w := range work {
		a.printf("  %-8s %s", w.Name, count(int(w.Operations), "operation"))
	}
	a.printf("next: make -C %s energy, then adder rtl energy %s", j.Out, j.Out)
	return nil
}

// elementsOf are samples as spikes, and their elements in steps of 1/255.
func (a *app) elementsOf(c *chip.Chip, f *runFlags) ([]*spike.Train, [][]uint8, error) {
	trains, _, err := a.trainsOf(c, f)
	if err != nil {
		return nil, nil, err
	}
	source, err := a.source(c, f)
	if err != nil {
		return nil, nil, err
	}
	values, ok := source.(*sample.Encoded)
	if !ok {
		return nil, nil, fmt.Errorf("rtl --lanes: samples of %s have no elements", source.Name())
	}
	var out [][]uint8
	var x []float64
	for i := range trains {
		if x, err = values.Analog(i, x); err != nil {
			return nil, nil, err
		}
		of := make([]uint8, len(x))
		for k, value := range x {
			of[k] = uint8(math.Round(min(max(value, 0), 1) * 255))
		}
		out = append(out, of)
	}
	return trains, out, nil
}

// laneEnergyJSON is the JSON of `rtl energy`.
type laneEnergyJSON struct {
	Lanes []rtl.LaneEnergy `json:"lanes"`
	// Ratios are those of a lane that multiplies to one that adds.
	AreaRatio   float64 `json:"area_ratio"`
	DelayRatio  float64 `json:"delay_ratio"`
	EnergyRatio float64 `json:"energy_ratio"`
	SkipRatio   float64 `json:"energy_ratio_zeros_skipped"`
}

func newRTLEnergyCommand(a *app) *cobra.Command {
	liberty := osu018
	cmd := &cobra.Command{
		Use:   "energy DIR",
		Short: "Price the operations of lanes by what their nets did",
		Long: `Work out the energy of an operation of a lane that adds and of one that multiplies,
from a folder that adder rtl --lanes wrote and make energy has simulated: the rises and
falls of each net, the energies of the cells' tables and what charges the inputs that a
net leads to. Wires and the tree of the clock are left out (docs/rtl.md).`,
		Example: `  adder rtl m.adder --lanes -o lanes --data mnist --limit 4
  make -C lanes energy`,
		Args: one("DIR, a folder that adder rtl --lanes wrote"),
		RunE: func(_ *cobra.Command, args []string) error { return a.rtlEnergy(args[0], liberty) },
	}
	cmd.Flags().StringVar(&liberty, "liberty", liberty, "the cells' liberty file")
	return cmd
}

func (a *app) rtlEnergy(dir, liberty string) error {
	energies, err := rtl.LaneEnergies(dir, liberty)
	if err != nil {
		return err
	}
	adder, mac, skip := energies[0], energies[1], energies[2]
	j := laneEnergyJSON{
		Lanes: energies, AreaRatio: mac.Area / adder.Area, DelayRatio: mac.Delay / adder.Delay,
		EnergyRatio: mac.Total / adder.Total, SkipRatio: skip.Total / adder.Total,
	}
	if a.json {
		return a.printJSON(j)
	}
	header := table.Row{"lane", "operations", "cells", "area", "delay", "cells' pJ", "loads' pJ",
		"clock pJ", "pJ", "changes"}
	var rows []table.Row
	for _, e := range energies {
		rows = append(rows, table.Row{
			e.Name, thousands(e.Operations), e.Cells, thousands(int64(e.Area)),
			fmt.Sprintf("%.2f ns", e.Delay/1000),
			fmt.Sprintf("%.2f", e.Internal), fmt.Sprintf("%.2f", e.Loads),
			fmt.Sprintf("%.2f", e.Clock),
			fmt.Sprintf("%.2f", e.Total), fmt.Sprintf("%.1f", e.Changes),
		})
	}
	a.printTable(header, rows)
	a.printf("a lane that multiplies has %.1f times the area and %.1f times the delay, and takes "+
		"%.1f times the energy per operation, %.1f times where zeros are skipped",
		j.AreaRatio, j.DelayRatio, j.EnergyRatio, j.SkipRatio)
	return nil
}

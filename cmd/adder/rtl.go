package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"adder/chip"
	"adder/rtl"
	"adder/spike"
)

// rtlJSON is the JSON of `rtl`.
type rtlJSON struct {
	Model      string `json:"model"`
	Chip       string `json:"chip"`
	Out        string `json:"out"`
	Cores      int    `json:"cores"`
	Routers    int    `json:"routers"`
	Keys       int    `json:"keys"`
	WeightBits int64  `json:"weight_memory_bits"`
	Samples    int    `json:"samples"`
	Ticks      int    `json:"ticks"`
	Cycles     int64  `json:"cycles"`
	Stalls     int64  `json:"stalls"`
}

func newRTLCommand(a *app) *cobra.Command {
	f := &runFlags{engine: "cycle", workers: 1}
	lanes := false
	cmd := &cobra.Command{
		Use:   "rtl FILE -o DIR (--data DIR --limit N | --spikes FILE)",
		Short: "Write a compiled chip as hardware, with what proves it",
		Long: `Write an image, or a model compiled on the fly, as a description of hardware in
Verilog: the cores in use with their memories, the routers between them, and a test
bench that plays the samples given and compares every spike, potential, arrival of a
packet and length of a tick with the cycle engine (docs/rtl.md).

In DIR, make sim runs the test bench in Icarus Verilog, make sim-verilator in
Verilator, make lint, make synth and make pnr need Verilator, yosys and nextpnr. What
the hardware has not is refused by feature and layer.

With --lanes DIR gets no chip but two lanes, one that adds and one that multiplies, with
the operations of the samples; make energy there compares them (adder rtl energy).`,
		Example: `  adder rtl m.adder -o chip --data digits --limit 2
  adder rtl braille.nir -o chip --spikes braille.npz --limit 4
  adder rtl m.adder --lanes -o lanes --data digits --limit 4`,
		Args: one("FILE, an image or a model"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.rtl(cmd, args[0], f, lanes)
		},
	}
	f.modelFlags.register(cmd)
	f.recordedFlags.register(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "the folder of the export; what an earlier one left "+
		"there is replaced")
	flags.StringVar(&f.data, "data", "", dataForms)
	flags.StringVar(&f.split, "split", "test", "train or test")
	flags.IntVar(&f.limit, "limit", 1, "samples to hold the hardware to; 0 for all")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of an encoder's draws")
	flags.BoolVar(&lanes, "lanes", false, "write a lane that adds beside one that multiplies, "+
		"with the samples' operations")
	offer(cmd, "split", "train", "test")
	cmd.AddCommand(newRTLEnergyCommand(a))
	return cmd
}

func (a *app) rtl(cmd *cobra.Command, path string, f *runFlags, lanes bool) error {
	if f.out == "" {
		return errors.New("rtl: say where to write with -o DIR")
	}
	if err := f.settleRecorded(cmd); err != nil {
		return err
	}
	if err := errors.Join(f.checkSamples("rtl"), f.checkNumbers()); err != nil {
		return err
	}
	if err := f.useTicks(); err != nil {
		return err
	}
	a.warnCompiled(cmd, path)
	l, err := a.open(cmd.Context(), path, f.data, &f.modelFlags)
	if err != nil {
		return err
	}
	c, err := chip.Load(l.image)
	if err != nil {
		return err
	}
	if lanes {
		return a.rtlLanes(c, f)
	}
	trains, ticks, err := a.trainsOf(c, f)
	if err != nil {
		return err
	}
	s, err := rtl.Export(cmd.Context(), c, ticks, trains, f.out)
	if err != nil {
		return err
	}
	j := rtlJSON{
		Model: l.image.Model, Chip: l.image.Chip.Name, Out: f.out, Cores: s.Cores,
		Routers: s.Routers, Keys: s.Keys, WeightBits: s.WeightBits,
		Samples: s.Samples, Ticks: ticks, Cycles: s.Cycles, Stalls: s.Stalls,
	}
	if a.json {
		return a.printJSON(j)
	}
	a.printf("%s on chip %s in %s: %s, %s, %s of packets, %s bits of weights as stored", j.Model,
		j.Chip, j.Out, count(j.Cores, "core"),
		count(j.Routers, "router"), count(j.Keys, "source"), thousands(j.WeightBits))
	a.printf("%s of %s to hold it to: %s cycles, of which packets waited %s",
		count(j.Samples, "sample"), count(j.Ticks, "tick"), thousands(j.Cycles),
		thousands(j.Stalls))
	a.printf("next: make -C %s sim, or sim-verilator, lint, synth, pnr", j.Out)
	return nil
}

// trainsOf returns the samples of the flags as spikes, and their ticks.
func (a *app) trainsOf(c *chip.Chip, f *runFlags) ([]*spike.Train, int, error) {
	a.chooseImageEncoder(c, f)
	source, err := a.source(c, f)
	if err != nil {
		return nil, 0, err
	}
	n := source.Len()
	if f.limit > 0 {
		n = min(n, f.limit)
	}
	var trains []*spike.Train
	for i := range n {
		s := &chip.Sample{}
		if _, err := source.Feed(i, s); err != nil {
			return nil, 0, err
		}
		if s.Spikes == nil {
			return nil, 0, fmt.Errorf("rtl: samples of %s are no spikes: take an encoder to spikes",
				source.Name())
		}
		trains = append(trains, s.Spikes)
	}
	return trains, source.Ticks(), nil
}

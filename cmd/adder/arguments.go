package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"adder/chip/profile"
	"adder/layout"
)

// one requires a single argument, one of ValidArgs where the command has those.
func one(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		path, name := cmd.CommandPath(), shortPath(cmd)
		switch {
		case len(args) == 0:
			return fmt.Errorf("%s needs %s: see `%s --help`", name, what, path)
		case len(args) > 1:
			return fmt.Errorf("%s takes %s, and %q is one word too many: see `%s --help`", name,
				what, args[1], path)
		case len(cmd.ValidArgs) > 0 && !slices.Contains(cmd.ValidArgs, args[0]):
			return fmt.Errorf("%s %s is not known: write %s", name, args[0], what)
		}
		return nil
	}
}

// atMostOne allows no argument or one.
func atMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return one("one "+what)(cmd, args)
	}
}

// offer completes a flag with fixed words.
func offer(cmd *cobra.Command, flag string, words ...string) {
	must(cmd.RegisterFlagCompletionFunc(flag,
		cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)))
}

// completeChips offers the shipped profiles and files.
func completeChips(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return profile.Shipped(), cobra.ShellCompDirectiveDefault
}

// checkLimit refuses a number of samples that a slip of the pen made negative: 0 means all.
func checkLimit(limit int) error {
	if limit < 0 {
		return fmt.Errorf("--limit %d: write a number of samples, or 0 for all", limit)
	}
	return nil
}

// checkNumbers refuses settings that would otherwise pass for "not given", or have no
// effect on a file that does not ask for them.
func (f *modelFlags) checkNumbers() error {
	switch {
	case f.bits < 1:
		return fmt.Errorf("--bits %d: write the bits of a weight, sign included, such as 8", f.bits)
	case !(f.percentile > 0 && f.percentile <= 100):
		return fmt.Errorf("--percentile %g: write a number above 0 and at most 100", f.percentile)
	case f.placeMoves < -1:
		return fmt.Errorf("--place-moves %d: write a number of moves, 0 for the default or -1 "+
			"for none", f.placeMoves)
	case f.samples < 1:
		return fmt.Errorf("--calibrate-samples %d: write 1 or more", f.samples)
	}
	return errors.Join(checkTicks(f.ticks), checkIntensity(f.intensity), f.checkReading(),
		f.checkCode())
}

func checkTicks(ticks int) error {
	if ticks < 0 {
		return fmt.Errorf("--ticks %d: write 1 or more, or 0 for the default", ticks)
	}
	if ticks > layout.MaxTicks {
		return fmt.Errorf("--ticks %d: a sample has at most %d", ticks, layout.MaxTicks)
	}
	return nil
}

func checkIntensity(intensity float64) error {
	if !(intensity >= 0) || math.IsInf(intensity, 0) {
		return fmt.Errorf("--intensity %g: write spikes per second above 0, or 0 for the default",
			intensity)
	}
	return nil
}

// checkReading is checkNumbers for the flags of registerReading.
func (f *modelFlags) checkReading() error {
	if !(f.dt >= 0) || math.IsInf(f.dt, 0) {
		return fmt.Errorf("--dt %g: write seconds above 0, or 0 for the default", f.dt)
	}
	if _, err := f.onnx.options(); err != nil {
		return err
	}
	_, err := parseReset(f.reset)
	return err
}

// checkSamples requires exactly one source of samples.
func (f *runFlags) checkSamples(command string) error {
	var given []string
	for _, place := range []struct {
		flag, path string
	}{{"--data", f.data}, {"--spikes", f.spikes}, {"--events", f.events}} {
		if place.path != "" {
			given = append(given, place.flag+" "+place.path)
		}
	}
	switch len(given) {
	case 0:
		return fmt.Errorf("%s needs samples: give --data DIR (--data digits for the generated "+
			"set), --spikes FILE or --events PATH", command)
	case 1:
		return nil
	}
	return fmt.Errorf("%s: the samples come from one of them, leave the other out",
		strings.Join(given, " and "))
}

// maxWorkers is more than any machine has use for: each takes the memory of a chip.
const maxWorkers = 1024

func checkWorkers(workers int) error {
	if workers < 1 || workers > maxWorkers {
		return fmt.Errorf("--workers %d: write 1 to %d", workers, maxWorkers)
	}
	return nil
}

func (f *runFlags) checkNumbers() error {
	return errors.Join(checkWorkers(f.workers), f.modelFlags.checkNumbers(), checkLimit(f.limit))
}

// checkFiles refuses, before any work is done, files that could not be written after it.
func (f *runFlags) checkFiles() error {
	if f.out == "" && len(f.probe)+len(f.probeV) > 0 {
		return errors.New("--probe and --probe-v record into a file: say which with --out out.npz")
	}
	return errors.Join(checkOutput("--out", f.out, ".npz", eventsEnding),
		checkOutput("--trace", f.traced.file))
}

// checkReportFiles is checkFiles for `bench`.
func (f *benchFlags) checkReportFiles() error {
	if info, err := os.Stat(f.csv); f.csv != "" && err == nil && !info.IsDir() {
		return fmt.Errorf("--csv %s: this is a file: give a folder", f.csv)
	}
	return errors.Join(checkOutput("--plot", f.plot), checkOutput("--plot-bill", f.plotBill),
		checkOutput("--plot-map", f.plotMap))
}

// checkOutput refuses a file to write, "" for none, whose folder is not there or whose
// ending is not the one by which other commands know such files.
func checkOutput(flag, path string, ending ...string) error {
	if path == "" {
		return nil
	}
	if len(ending) > 0 && !slices.Contains(ending, strings.ToLower(filepath.Ext(path))) {
		return fmt.Errorf("%s %s: end the name in %s, by which other commands know such files",
			flag, path, strings.Join(ending, " or "))
	}
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("%s %s: there is no folder %s: make it first", flag, path, folder)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s %s: this is a folder: give the name of a file", flag, path)
	}
	return nil
}

// idleFlags lists the flags that cannot change what a file holds: an image is compiled; networks
// that are integers from the start still need a chip.
func idleFlags(path string) []string {
	integers := []string{"bits", "calibrate", "calibrate-samples", "percentile", "per-channel",
		"maxpool", "pool", "code", "activation-bits", "loss", "mean", "std", "scale", "layout",
		"dt", "reset", "chip-timing", "placement"}
	switch {
	case isImage(path):
		return append(integers, "chip", "board", "balance", "input-bits", "place-seed",
			"place-moves")
	case isSNN(path):
		return append(integers, "place-seed", "place-moves")
	case isCase(path):
		return integers
	}
	return nil
}

// warnCompiled says which of the flags given have no effect on a file.
func (a *app) warnCompiled(cmd *cobra.Command, path string) {
	if idle := changed(cmd, idleFlags(path)); idle != "" {
		a.warn("%s is in the chip's integers already, which %s cannot change: start from the "+
			"trained model for that", path, idle)
	}
}

// warnCoding says which of the flags given code images, where the samples are spikes
// already. A model that is compiled on the fly has its rates from its encoder still.
func (a *app) warnCoding(cmd *cobra.Command, path string, f *runFlags) {
	if f.spikes == "" {
		return
	}
	names := []string{"split"}
	if idleFlags(path) != nil {
		names = append(names, "encoder", "intensity")
	}
	if idle := changed(cmd, names); idle != "" {
		a.warn("%s has spikes already, which %s cannot change: they are for --data", f.spikes, idle)
	}
}

// warnPreset says which of the flags given the preset of a learning command has no use
// for.
func (a *app) warnPreset(cmd *cobra.Command, preset string) {
	idle := map[string][]string{
		"reproduce paper": {"chip"}, "reproduce tuned": {"batch", "theta-decay"},
		"stdp paper": {"label-images", "energy"},
	}[cmd.Name()+" "+preset]
	if idle := changed(cmd, idle); idle != "" {
		a.warn("preset %s has no use for %s", preset, idle)
	}
}

// changed lists the flags that were set, of those named.
func changed(cmd *cobra.Command, names []string) string {
	var given []string
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			given = append(given, "--"+name)
		}
	}
	return strings.Join(given, ", ")
}

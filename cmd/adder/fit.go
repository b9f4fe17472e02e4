package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"adder/chip/profile"
	"adder/survey"
)

// fitFlags are the flags of `fit`.
type fitFlags struct {
	runFlags
	compile bool
	// grid is the value of --board.
	grid     profile.Board
	csv      string
	plot     string
	markdown bool
}

// allChips as --chip asks every shipped profile.
const allChips = "all"

func newFitCommand(a *app) *cobra.Command {
	f := &fitFlags{}
	cmd := &cobra.Command{
		Use:   "fit MODEL... [--chip all|NAME,...]",
		Short: "Which chip a network fits, and what it takes where it does not",
		Long: `Hold networks to chips: each fits, or the limits that bind are named with what the
network needs, what the chip has and the least change that mends it, which was tried.
Where it fits: cores, chips and how full they are.

MODEL is a .onnx, a .nir or a .snn file. Chips are the shipped profiles (adder chips lists
them) or YAML files. Those for fit alone have published limits and arithmetic that Adder
does not have: they are labelled so, and nothing is computed on them.

With --board WxH a network is held to a grid of as many of each chip, whose cores are one mesh
(docs/boards.md), and the report says how many chips it takes. Chips that hold one network by
themselves are tried alone.

Without samples nothing is measured: an ONNX model is converted at made-up activations,
which change no limit. Networks of up to 250,000 synapses go through the compiler as far as
their core loads; larger ones are sized by the shapes of their layers, or with --compile
through the compiler, too. With --data the chips that the network fits and that are emulated
run it: accuracy, and time and energy of an inference where the chip's profile times it and a
table prices it (docs/chips.md).

Exit status 0: a chip fits, 1: none does.`,
		Example: `  adder fit m.onnx
  adder fit m.onnx --bits 4 --chip adder,loihi,odin
  adder fit m.nir --chip speck2f --json
  adder fit m.onnx --chip adder,loihi2 --board 4x4
  adder fit m.onnx --data digits --limit 200
  adder fit a.onnx b.nir --csv fits.csv --plot fits.svg
  adder fit a.onnx b.nir --markdown`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("fit needs a MODEL: see `adder fit --help`")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.fit(cmd.Context(), args, f)
		},
	}
	f.modelFlags.register(cmd)
	flags := cmd.Flags()
	chips := flags.Lookup("chip")
	chips.Usage, chips.DefValue = "chips to try, with commas between them, each a shipped `NAME` "+
		"or a YAML file, or all", allChips
	must(chips.Value.Set(allChips))
	flags.StringVar(&f.data, "data", "", "run it where it fits: "+dataForms)
	flags.StringVar(&f.split, "split", "test", "train or test")
	flags.IntVar(&f.limit, "limit", 0, "run only the first N samples; 0 for all")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of random draws")
	flags.IntVar(&f.workers, "workers", runtime.GOMAXPROCS(0),
		"chips and samples side by side; changes no result")
	flags.BoolVar(&f.compile, "compile", false,
		"compile networks of any size as far as their core loads")
	flags.StringVar(&f.csv, "csv", "", "write a line per network and chip to a .csv file")
	flags.StringVar(&f.plot, "plot", "", "draw networks by chips to an .svg file")
	flags.BoolVar(&f.markdown, "markdown", false, "print a table for a page")
	writes(cmd, "csv", "plot")
	offer(cmd, "split", "train", "test")
	return cmd
}

// check refuses flags before any work is done.
func (f *fitFlags) check() error {
	f.engine = "fast"
	if f.board != "" {
		var err error
		if f.grid, err = profile.ParseBoard(f.board); err != nil {
			return fmt.Errorf("--board: %w", err)
		}
	}
	if f.data != "" {
		if err := f.checkSamples("fit"); err != nil {
			return err
		}
	}
	if f.limit != 0 && f.data == "" {
		return errors.New("--limit is a number of samples: add --data")
	}
	return errors.Join(f.checkNumbers(), checkLimit(f.limit),
		checkOutput("--csv", f.csv, ".csv"), checkOutput("--plot", f.plot, ".svg"))
}

// chips loads the profiles that --chip names.
func (f *fitFlags) chips() ([]*profile.Profile, []string, error) {
	names := strings.Split(f.chip, ",")
	if slices.Contains(names, allChips) {
		if len(names) > 1 {
			return nil, nil, fmt.Errorf(
				"--chip %s: all stands for every shipped chip: write it alone",
				f.chip)
		}
		names = profile.Shipped()
	}
	out := make([]*profile.Profile, len(names))
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
		p, err := profile.Load(names[i])
		if err != nil {
			return nil, nil, fmt.Errorf("--chip: %w", err)
		}
		out[i] = p
	}
	return out, names, nil
}

func (a *app) fit(ctx context.Context, paths []string, f *fitFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	chips, names, err := f.chips()
	if err != nil {
		return err
	}
	var found []survey.Fit
	for _, path := range paths {
		fits, err := a.fitOne(ctx, path, chips, names, f)
		if err != nil {
			return fitOrUsage(err)
		}
		found = append(found, fits...)
	}
	if err := a.writeFits(found, f); err != nil {
		return err
	}
	if err := a.printFits(found, chips, f); err != nil {
		return err
	}
	if !slices.ContainsFunc(found, func(r survey.Fit) bool { return r.Fits }) {
		return limitError{fmt.Errorf("%s fits none of %s", list(modelNames(found)), list(names))}
	}
	return nil
}

// fitOne checks a model against the chips and, with samples, runs it where it fits.
func (a *app) fitOne(ctx context.Context, path string, chips []*profile.Profile, names []string,
	f *fitFlags) ([]survey.Fit, error) {
	m, err := a.surveyed(ctx, path, f)
	if err != nil {
		return nil, err
	}
	p := a.newProgress("fit " + m.Name)
	fits, err := survey.Run(ctx, m, chips, survey.Options{Compile: f.compile, Board: f.grid,
		Workers: f.workers})
	p.end()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	if f.data == "" {
		return fits, nil
	}
	for i := range fits {
		if !fits[i].Fits || !fits[i].Exact {
			continue
		}
		if err := a.measureFit(ctx, path, names[i], &fits[i], f); err != nil {
			return nil, err
		}
	}
	return fits, nil
}

func modelNames(fits []survey.Fit) (names []string) {
	for i := range fits {
		if !slices.Contains(names, fits[i].Model) {
			names = append(names, fits[i].Model)
		}
	}
	return names
}

// list writes words with commas and an "or" before the last.
func list(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

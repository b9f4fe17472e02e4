package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"adder/bench"
	"adder/bench/energy"
	"adder/chip"
	"adder/sample"
)

// faultsFlags are the flags of `faults`.
type faultsFlags struct {
	runFlags
	rates []float64
	kinds []string
	seeds int
	plot  string
	table string
}

// defaultRates are the shares of bits that flip, and of what else breaks.
var defaultRates = []float64{1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1}

func newFaultsCommand(a *app) *cobra.Command {
	f := &faultsFlags{}
	cmd := &cobra.Command{
		Use:   "faults MODEL --data DIR",
		Short: "How accuracy falls as parts of a chip fail, and what would protect it",
		Long: `Emulate a model or an image on chips that are broken at rising rates, each on several
chips: accuracy with its interval. Cells of synapse memory flip, without protection, with
a parity bit per synapse whose row is skipped, and with SECDED over words of 64 bits; then
in one layer and in one bit of the weights alone, at the first rate that costs more than a
point: which bits are worth protecting. Neurons are dead or stuck firing, cores are dead and
their loads lost or on spare cores, links are dead, packets are lost, late or double, in the
whole network and in one layer. At the end stands what each protection takes in bits and
energy. docs/faults.md says what is broken.`,
		Example: `  adder faults m.onnx --data digits --limit 200
  adder faults m.onnx --data data/mnist --limit 1000 --code radix --plot faults.svg
  adder faults m.onnx --data digits --kinds dead,drop --limit 200
  adder faults m.adder --data digits --rates 1e-4,1e-3,1e-2 --seeds 5 --json
  adder run m.onnx --data digits --fault flip=1e-3,bits=6+7,seed=2`,
		Args: one("FILE, a model or an image"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.faults(cmd, args[0], f) },
	}
	f.modelFlags.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.data, "data", "", dataForms)
	flags.StringVar(&f.split, "split", "test", "train or test")
	flags.StringVar(&f.engine, "engine", "fast", "the engine that emulates: "+
		strings.Join(engineNames(), ", "))
	flags.IntVar(&f.limit, "limit", 0, "run only the first N samples; 0 for all")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of the first broken chip")
	flags.IntVar(&f.workers, "workers", runtime.GOMAXPROCS(0),
		"samples emulated side by side; changes no result")
	flags.Float64SliceVar(&f.rates, "rates", defaultRates, "shares of bits that flip, and of "+
		"what else breaks, ascending")
	flags.StringSliceVar(&f.kinds, "kinds", bench.FaultKinds(), "what breaks, each kind by itself")
	flags.IntVar(&f.seeds, "seeds", 3, "broken chips per rate")
	flags.StringVar(&f.table, "energy", "45nm", "table that prices protection, a shipped `NAME` "+
		"(adder energies) or a YAML file")
	flags.StringVar(&f.plot, "plot", "", "draw it to a .png or .svg file")
	writes(cmd, "plot")
	offer(cmd, "split", "train", "test")
	offer(cmd, "engine", engineNames()...)
	offer(cmd, "kinds", bench.FaultKinds()...)
	must(cmd.MarkFlagRequired("data"))
	return cmd
}

// check refuses flags before any work is done.
func (f *faultsFlags) check() error {
	if len(f.rates) == 0 || f.seeds < 1 || len(f.kinds) == 0 {
		return errors.New("give one rate, one seed and one kind at least (--rates, --seeds, " +
			"--kinds)")
	}
	for i, r := range f.rates {
		if !(r > 0 && r <= 1) || i > 0 && r <= f.rates[i-1] {
			return fmt.Errorf("--rates: %g: shares of bits rise, above 0 and up to 1", r)
		}
	}
	for _, kind := range f.kinds {
		if !slices.Contains(bench.FaultKinds(), kind) {
			return fmt.Errorf("--kinds: %q: there are %s", kind,
				strings.Join(bench.FaultKinds(), ", "))
		}
	}
	if f.plot != "" {
		if err := bench.CheckPlot(f.plot); err != nil {
			return err
		}
	}
	_, err := newEngine(f.engine, nil, chip.Options{})
	return errors.Join(err, f.checkSamples("faults"), f.checkNumbers())
}

func (a *app) faults(cmd *cobra.Command, path string, f *faultsFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	study, err := a.studyFaults(cmd.Context(), path, f)
	if err != nil {
		return err
	}
	if f.plot != "" {
		if err := study.SavePlot(f.plot); err != nil {
			return err
		}
		fmt.Fprintf(a.err, "wrote %s\n", f.plot)
	}
	if a.json {
		return a.printJSON(study)
	}
	a.printFaults(study)
	return nil
}

func (a *app) studyFaults(ctx context.Context, path string,
	f *faultsFlags) (*bench.FaultStudy, error) {
	table, err := energy.LoadTable(f.table)
	if err != nil {
		return nil, err
	}
	l, err := a.open(ctx, path, f.data, &f.modelFlags)
	if err != nil {
		return nil, err
	}
	bar := a.newProgress("broken chips")
	defer bar.end()
	return bench.StudyFaults(ctx, bench.FaultRun{
		Image: l.image, Rates: f.rates, Kinds: f.kinds, Seeds: f.seeds, Seed: f.seed, Table: table,
		Workers: f.workers, Progress: bar.set,
		Source: func(c *chip.Chip) (sample.Source, error) {
			a.chooseImageEncoder(c, &f.runFlags)
			return a.source(c, &f.runFlags)
		},
		Engine: func(c *chip.Chip, o chip.Options) func() (chip.Engine, error) {
			engine, _ := newEngine(f.engine, c, o) // the name is checked
			return engine
		},
	})
}

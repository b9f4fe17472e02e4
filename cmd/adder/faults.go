package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"adder/bench"
	"adder/chip"
	"adder/fault"
	"adder/sample"
)

// faultsFlags are the flags of `faults`.
type faultsFlags struct {
	runFlags
	rates []float64
	seeds int
	plot  string
}

// defaultRates are the shares of bits that flip.
var defaultRates = []float64{1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1}

func newFaultsCommand(a *app) *cobra.Command {
	f := &faultsFlags{}
	cmd := &cobra.Command{
		Use:   "faults MODEL --data DIR",
		Short: "How accuracy falls as cells of synapse memory fail, and what would protect it",
		Long: `Emulate a model or an image on chips whose synapse memory has cells that flip, at
rising rates, each on several chips: accuracy with its interval, without protection, with
a parity bit per synapse whose row is skipped, and with SECDED over words of 64 bits. Then
the same with faults in one layer and in one bit of the weights alone, at the first rate
that costs more than a point: which bits are worth protecting. docs/faults.md says what
is broken, and what protection takes.`,
		Example: `  adder faults m.onnx --data digits --limit 200
  adder faults m.onnx --data data/mnist --limit 1000 --code radix --plot faults.svg
  adder faults m.adder --data digits --rates 1e-4,1e-3,1e-2 --seeds 5 --json
  adder run m.onnx --data digits --fault flip=1e-3,bits=6+7,seed=2`,
		Args: one("FILE, a model or an image"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.faults(cmd, args[0], f) },
	}
	f.modelFlags.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.data, "data", "", dataForms)
	flags.StringVar(&f.split, "split", "test", "train or test")
	flags.StringVar(&f.engine, "engine", "fast", "the engine that emulates: "+strings.Join(engineNames(), ", "))
	flags.IntVar(&f.limit, "limit", 0, "run only the first N samples; 0 for all")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of the first broken chip")
	flags.IntVar(&f.workers, "workers", runtime.GOMAXPROCS(0), "samples emulated side by side; changes no result")
	flags.Float64SliceVar(&f.rates, "rates", defaultRates, "shares of bits that flip, ascending")
	flags.IntVar(&f.seeds, "seeds", 3, "broken chips per rate")
	flags.StringVar(&f.plot, "plot", "", "draw it to a .png or .svg file")
	writes(cmd, "plot")
	offer(cmd, "split", "train", "test")
	offer(cmd, "engine", engineNames()...)
	must(cmd.MarkFlagRequired("data"))
	return cmd
}

// check refuses flags before any work is done.
func (f *faultsFlags) check() error {
	if len(f.rates) == 0 || f.seeds < 1 {
		return errors.New("give one rate and one seed at least (--rates, --seeds)")
	}
	for i, r := range f.rates {
		if !(r > 0 && r <= 1) || i > 0 && r <= f.rates[i-1] {
			return fmt.Errorf("--rates: %g: shares of bits rise, above 0 and up to 1", r)
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

func (a *app) studyFaults(ctx context.Context, path string, f *faultsFlags) (*bench.FaultStudy, error) {
	l, err := a.open(ctx, path, f.data, &f.modelFlags)
	if err != nil {
		return nil, err
	}
	bar := a.newProgress("broken chips")
	defer bar.end()
	return bench.StudyFaults(ctx, bench.FaultRun{
		Image: l.image, Rates: f.rates, Seeds: f.seeds, Seed: f.seed, Workers: f.workers, Progress: bar.set,
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

func (a *app) printFaults(s *bench.FaultStudy) {
	a.printf("%s on chip %s, %s: %s on %s in order; %s per rate", s.Model, s.Chip, s.Encoder, percent(s.Clean.Accuracy),
		count(s.Samples, "sample"), count(s.Seeds, "broken chip"))
	var rows []table.Row
	for _, p := range s.Rates {
		rows = append(rows, faultRow(p, fmt.Sprintf("%g", p.Rate), protection(p.Protect)))
	}
	a.printTable(faultHead("bits that flip", "protection"), rows)
	a.printf("\nin one place alone, %g of its bits:", s.At)
	rows = nil
	for _, p := range s.ByLayer {
		rows = append(rows, faultRow(p, "layer", p.Layer))
	}
	for _, p := range s.ByBit {
		rows = append(rows, faultRow(p, "bit", fmt.Sprint(*p.Bit)))
	}
	a.printTable(faultHead("where", ""), rows)
	for _, c := range s.Protection {
		a.printf("%s stores %s bits beside %s: %s more memory, and as much more to read", c.Protect, thousands(c.CheckBits),
			thousands(c.Bits), percent(c.Share))
	}
}

func protection(p fault.Protection) string {
	if p == fault.Unprotected {
		return "none"
	}
	return string(p)
}

func faultHead(first, second string) table.Row {
	return table.Row{first, second, "accuracy", "interval", "one chip", "wrong bits", "rows skipped"}
}

// faultRow is a point; what broke is the sum over its chips.
func faultRow(p bench.FaultPoint, first, second string) table.Row {
	return table.Row{first, second, percent(p.Accuracy),
		fmt.Sprintf("%.1f-%.1f", 100*p.Interval[0], 100*p.Interval[1]), fmt.Sprintf("%.1f-%.1f", 100*p.Least, 100*p.Greatest),
		thousands(p.Damage.Wrong), thousands(p.Damage.Skipped)}
}

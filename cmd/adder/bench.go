package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"adder/bench"
	"adder/bench/energy"
	"adder/chip"
	"adder/quantised"
	"adder/sample"
	"adder/snn"
)

// benchFlags are the flags of `bench`; it runs as `run` does.
type benchFlags struct {
	runFlags
	// command is the one whose flags they are.
	command        string
	ann, plot, csv string
	// plotBill and plotMap are files to draw into, by what.
	plotBill, plotMap string
	margin            float64
	stopSamples       int
	// links has the loads of links recorded.
	links bool
}

func newBenchCommand(a *app) *cobra.Command {
	f := &benchFlags{command: "bench"}
	cmd := &cobra.Command{
		Use:   "bench FILE --ann m.onnx (--data DIR | --spikes FILE | --events PATH)",
		Short: "Price a model or an image and compare it with its ANN",
		Long: `Emulate an image, or a model compiled on the fly with the flags of compile, run its
ANN on the same samples, and say what both cost per inference: operations, memory,
energy under each table with a verdict in one sentence, break-even points, and the
curve of accuracy and energy over ticks.

Samples that are spikes or events already, as run takes them, are priced too; the
ANN is given their rates, the spikes of a source by the ticks.

The ANN is that of --ann, else the model itself where it was converted from one. It is
priced in three dataflows, dense and skipping zeros, on memories of its own. The two
sides are compared only under a table that has prices for both: same node, same
boundary, same memory terms. Nobody wins unless the samples show that the SNN is no more
than --margin points less accurate, and only who is cheaper at every price within its
band wins. The tick at which one may stop is chosen on training samples.

With --checkpoint FILE what was done is kept there every --every samples and at an
interrupt, and the same command goes on from there (docs/checkpoints.md).`,
		Example: `  adder bench m.onnx --data digits
  adder bench m.adder --ann m.onnx --data data/mnist --energy 45nm
  adder bench m.onnx --data data/mnist --code radix --input-bits 3 --energy 45nm
  adder bench m.onnx --data digits --ticks 64 --plot curve.svg --csv tables
  adder bench m.onnx --data digits --energy 45nm --by layer
  adder bench m.onnx --data digits --plot-bill bill.svg --plot-map map.svg
  adder bench m.onnx --data data/mnist --checkpoint bench.ckpt --every 2000
  adder bench speed`,
		Args: one("FILE, a model or an image"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.bench(cmd, args[0], f) },
	}
	f.register(cmd)
	cmd.AddCommand(newBenchSpeedCommand(a))
	return cmd
}

// register adds the flags, which are those of `report`, too.
func (f *benchFlags) register(cmd *cobra.Command) {
	f.modelFlags.register(cmd)
	f.recordedFlags.register(cmd)
	f.checkpointFlags.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.ann, "ann", "", "the ANN to compare with, an ONNX file")
	flags.StringVar(&f.data, "data", "", dataForms)
	flags.StringVar(&f.split, "split", "test", "train or test")
	flags.StringVar(&f.engine, "engine", "fast", "the engine that emulates: "+
		strings.Join(engineNames(), ", "))
	flags.IntVar(&f.limit, "limit", 0, "run only the first N samples; 0 for all")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of random draws")
	flags.IntVar(&f.workers, "workers", runtime.GOMAXPROCS(0),
		"samples emulated side by side; changes no result")
	flags.StringVar(&f.plot, "plot", "", "draw the curve to a .png or .svg file")
	flags.StringVar(&f.plotBill, "plot-bill", "",
		"draw where the energy goes to a .png or .svg file")
	flags.StringVar(&f.plotMap, "plot-map", "", "draw where the SNN would win, by ticks and "+
		"activity, to a .png or .svg file")
	flags.Float64Var(&f.margin, "margin", bench.DefaultMargin,
		"how many points of accuracy an SNN may lie below its ANN and still win")
	flags.IntVar(&f.stopSamples, "stop-samples", -1, "training samples that the stopping tick is "+
		"chosen on; default: as many as run, at most 1,000; 0 for none")
	flags.StringVar(&f.csv, "csv", "", "write the tables as CSV files into this folder")
	flags.BoolVar(&f.allowDrops, "allow-drops", false, "do not fail when the chip loses spikes")
	f.registerFault(cmd)
	f.registerBy(cmd, nil, "energy tables, each a shipped `NAME` (adder energies lists them) or "+
		"a YAML file; default: all shipped ones")
	writes(cmd, "plot", "plot-bill", "plot-map")
	writesInto(cmd, "csv", bench.CSVFiles()...)
	offer(cmd, "split", "train", "test")
	offer(cmd, "engine", engineNames()...)
}

// engineNames lists the engines that bench can run.
func engineNames() []string { return []string{"fast", "cycle"} }

// newEngine makes engines of the given name.
func newEngine(name string, c *chip.Chip, o chip.Options) (func() (chip.Engine, error), error) {
	switch name {
	case "fast":
		return func() (chip.Engine, error) { return c.NewFast(o), nil }, nil
	case "cycle":
		return func() (chip.Engine, error) { return c.NewCycle(o, nil) }, nil
	}
	return nil, fmt.Errorf("--engine %s: bench runs on %s", name, strings.Join(engineNames(), ", "))
}

func (a *app) bench(cmd *cobra.Command, path string, f *benchFlags) error {
	f.links = a.tellsLinks(&f.runFlags)
	report, err := a.measure(cmd, path, f)
	if err != nil {
		return err
	}
	if a.json {
		err = a.printJSON(report)
	} else {
		report.Wide, report.Breakdown.Wide = a.wide, a.wide
		err = report.WriteText(a.out)
		if f.by != "" {
			a.printf("\n%s", report.Text(f.by, "per inference"))
		}
	}
	if err != nil {
		return err
	}
	return goesOn(cmd.Context(), f.checkpoint, f.judge(report))
}

// judge ends a command whose report is not of all samples or of a chip that lost spikes.
func (f *benchFlags) judge(report *bench.Report) error {
	if err := cut(report.Interrupted, report.Samples); err != nil {
		return err
	}
	if dropped := report.SNN.Counts["dropped"]; dropped > 0 && !f.allowDrops {
		return limitError{fmt.Errorf("the chip lost %g spikes per inference (--allow-drops "+
			"accepts that)", dropped)}
	}
	return nil
}

// measure runs both sides and writes the files that were asked for.
func (a *app) measure(cmd *cobra.Command, path string, f *benchFlags) (*bench.Report, error) {
	if err := errors.Join(f.readFacts(cmd), f.settleRecorded(cmd)); err != nil {
		return nil, err
	}
	tables, err := f.check()
	if err != nil {
		return nil, err
	}
	a.warnCoding(cmd, path, &f.runFlags)
	if err := f.useTicks(); err != nil {
		return nil, err
	}
	a.warnCompiled(cmd, path)
	l, err := a.open(cmd.Context(), path, f.data, &f.modelFlags)
	if err != nil {
		return nil, err
	}
	ann, err := f.readANN(a, l)
	if err != nil {
		return nil, err
	}
	c, err := a.loadChip(l, &f.modelFlags)
	if err != nil {
		return nil, err
	}
	a.chooseImageEncoder(c, &f.runFlags)
	integers := l.quantised
	if f.ann != "" {
		integers = nil // of the model, not of this ANN
	}
	shared, key := f.sharedANN(a, path)
	if err := errors.Join(f.noteModel("model", path), f.noteModel("ANN", f.ann),
		f.noteImage(l.image)); err != nil {
		return nil, err
	}
	report, err := a.compare(cmd.Context(), c, ann, integers, tables, f, shared, key)
	if err != nil {
		return nil, goesOn(cmd.Context(), f.checkpoint, err)
	}
	return report, a.saveReport(report, f)
}

// check refuses flags before any work is done.
func (f *benchFlags) check() ([]*energy.Table, error) {
	if _, err := newEngine(f.engine, nil, chip.Options{}); err != nil {
		return nil, err
	}
	for _, path := range f.plots() {
		if path == "" {
			continue
		}
		if err := bench.CheckPlot(path); err != nil {
			return nil, err
		}
	}
	if !(f.margin > 0 && f.margin <= 100) {
		return nil, fmt.Errorf("--margin %g: give points of accuracy above 0, such as 0.5",
			f.margin)
	}
	if err := errors.Join(f.checkSamples(f.command), f.checkNumbers(), f.checkBy()); err != nil {
		return nil, err
	}
	if err := f.checkReportFiles(); err != nil {
		return nil, err
	}
	return energy.LoadTables(f.tables)
}

// plots are the files to draw, "" for none.
func (f *benchFlags) plots() []string { return []string{f.plot, f.plotBill, f.plotMap} }

// readANN reads the ANN of --ann, or takes the one that was converted. It is
// nil where there is none.
func (f *benchFlags) readANN(a *app, l *load) (*snn.Network, error) {
	if f.ann == "" {
		if l.analog == nil {
			a.warn("there is no ANN to compare with: give one with --ann m.onnx")
		}
		return l.analog, nil
	}
	if !strings.EqualFold(filepath.Ext(f.ann), ".onnx") {
		return nil, fmt.Errorf("--ann %s: give an ONNX file", f.ann)
	}
	return readModel(f.ann, &f.modelFlags)
}

// sharedANN is where what the ANN gives on these samples is kept for other commands of the
// process, and the key that says which ANN and samples they are.
func (f *benchFlags) sharedANN(a *app, model string) (*bench.Shared, string) {
	if a.shelf == nil || f.spikes != "" || f.events != "" {
		return nil, ""
	}
	return &a.shelf.ann, fmt.Sprintf("%q %q %q %q %d %d %v %v",
		model, f.ann, f.data, f.split, f.limit, f.stopSamples, f.onnx, f.pipelineFlags)
}

// compare runs both sides on the same samples.
func (a *app) compare(ctx context.Context, c *chip.Chip, ann *snn.Network,
	integers *quantised.Network, tables []*energy.Table, f *benchFlags, shared *bench.Shared,
	key string) (*bench.Report, error) {
	source, err := a.source(c, &f.runFlags)
	if err != nil {
		return nil, err
	}
	a.warnPeak(source)
	options := chip.Options{Ticks: source.Ticks(), ByTick: true, Links: f.links}
	f.engine = a.timed(c, f.engine)
	engine, err := newEngine(f.engine, c, options)
	if err != nil {
		return nil, err
	}
	training, err := a.training(c, f)
	if err != nil {
		return nil, err
	}
	keep, err := a.keepBench(source, training, f)
	if err != nil {
		return nil, err
	}
	report, err := bench.Compare(ctx, bench.CompareRun{
		Chip: c, Engine: engine, EngineName: f.engine, Encoder: encoderName(source),
		Options: options,
		Source:  source, Training: training, ANN: ann, Network: integers,
		Analog: func(s sample.Source) (sample.Samples, error) {
			return annSamples(s, ann, f.pipeline(ann))
		},
		Tables: tables, Margin: f.margin, Workers: f.workers, Shared: shared, SharedKey: key,
		Keep: keep,
		Progress: func(stage string) (func(done, total int), func()) {
			p := a.newProgress(stage)
			return p.set, func() {
				p.end()
				if stage == bench.StageSNN {
					a.finish()
				}
			}
		},
	})
	a.warnNotes(source)
	a.warnClipped(source)
	if report != nil {
		a.warnSaturations(
			int64(math.Round(report.SNN.Counts["saturations"] * float64(report.Samples))))
	}
	return report, err
}

// training are samples of the training split, --stop-samples of them or as many as run, at most a
// thousand; nil where the data have none or are run themselves.
func (a *app) training(c *chip.Chip, f *benchFlags) (sample.Source, error) {
	if f.data == "" || f.split == "train" || f.stopSamples == 0 {
		return nil, nil
	}
	train := f.runFlags
	train.split, train.limit = "train", bench.MaxStopSamples
	if f.limit > 0 {
		train.limit = min(train.limit, f.limit)
	}
	if f.stopSamples > 0 {
		train.limit = f.stopSamples
	}
	source, err := a.source(c, &train)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if e, ok := source.(*sample.Encoded); ok && e.Set.Whole {
		return nil, nil // the samples that are run
	}
	return source, err
}

// annSamples are a source's samples as an ANN takes them: those of a data set as the
// training pipeline made them.
func annSamples(s sample.Source, ann *snn.Network, p sample.Pipeline) (sample.Samples, error) {
	e, ok := s.(*sample.Encoded)
	if !ok {
		return s, nil
	}
	return sample.NewValues(e.Set, p, sample.InputShape(ann))
}

// saveReport writes the files that were asked for.
func (a *app) saveReport(r *bench.Report, f *benchFlags) error {
	for _, plot := range []struct {
		path string
		save func(string) error
	}{{f.plot, r.SavePlot}, {f.plotBill, r.SaveBill}, {f.plotMap, r.SaveMap}} {
		if plot.path == "" {
			continue
		}
		if err := plot.save(plot.path); err != nil {
			return err
		}
		fmt.Fprintf(a.err, "wrote %s\n", plot.path)
	}
	if f.csv == "" {
		return nil
	}
	names, err := r.SaveCSV(f.csv)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.err, "wrote %s\n", strings.Join(names, ", "))
	return nil
}

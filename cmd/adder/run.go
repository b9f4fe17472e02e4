package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"adder/bench"
	"adder/bench/energy"
	"adder/chip"
	"adder/compiler"
	"adder/internal/dataset"
	"adder/layout"
	"adder/sample"
	"adder/spike/encode"
)

// runFlags are the flags of `run`.
type runFlags struct {
	modelFlags
	recordedFlags
	checkpointFlags
	data, split     string
	limit           int
	engine, against string
	seed            uint64
	workers         int
	probe, probeV   []string
	out             string
	traced          traceFlags
	allowDrops      bool
	by              string
	tables          []string
}

func newRunCommand(a *app) *cobra.Command {
	f := &runFlags{}
	cmd := &cobra.Command{
		Use:   "run FILE (--data DIR | --spikes FILE | --events PATH)",
		Short: "Emulate a model or an image",
		Long: `Emulate the inference of an image, or of a model compiled on the fly with the
flags of compile, and count what the chip does.

Samples are those of a data set, pictures or arrays in any usual form (docs/data.md),
turned into spikes by an encoder; --mean, --std, --scale and --layout say how training
prepared them. Or they are spikes from a file (docs/spike-files.md): an .npz with
"spikes" [N, T, ...input shape], a .npy, or a .csv that lists spikes as
sample,tick,source. The reference engine takes real numbers as well: "input" in an .npz.

--events takes recordings of event cameras (docs/events.md), one file or a folder
FOLDER/CLASS/FILE, cut into ticks by --event-ticks or --event-dt.

--out writes the output and what --probe and --probe-v name into an .npz, or the
spikes of one layer into a .csv.

FILE may also be a case file (.yaml): a small network whose integers are given as
they are, in Loihi's terms (docs/case-files.md).

With --against reference a model also runs in float64 on the same samples, and the
layers are compared: numbers of spikes, the first tick that differs, accuracy. With
--code radix or level, --against quantised holds every output to the integers of the
quantised network (docs/codes.md).

With --checkpoint FILE what was done is kept there every --every samples and at an
interrupt. The same command goes on from there after a crash, and ends with the same
report and files, to the byte but for times (docs/checkpoints.md).`,
		Example: `  adder run m.onnx --data digits
  adder run m.adder --data data/mnist --limit 1000 --ticks 16
  adder run m.adder --data digits --limit 10 --probe /1/Relu --probe-v logits --out out.npz
  adder run m.adder --data digits --limit 10 --probe /1/Relu --out hidden.csv
  adder run resnet8.onnx --data cifar10.zip --chip wide --limit 100 --ticks 128
  adder run m.onnx --data data/mnist --code radix --input-bits 3 --against quantised
  adder run m.onnx --data letters.npz --mean 0.5 --std 0.25
  adder run m.onnx --data digits --engine reference
  adder run m.onnx --data digits --engine cycle --limit 2 --trace run.vcd --trace-neurons logits
  adder run m.onnx --data digits --by core
  adder run case.yaml --spikes in.npz --probe lif --probe-v lif --out out.npz
  adder run case.yaml --spikes events.csv --ticks 100
  adder run m.nir --events nmnist/Test --event-dt 0.001 --counts clip
  adder run m.nir --data data/mnist --encoder bernoulli --ticks 25 --against reference
  adder run m.adder --data data/mnist --checkpoint run.ckpt --every 2000
  adder run m.nir --events nmnist/Test --event-dt 0.001 --engine cycle --checkpoint run.ckpt --every 500t`,
		Args: one("FILE, a model, an image or a case file"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd, args[0], f) },
	}
	f.modelFlags.register(cmd)
	f.recordedFlags.register(cmd)
	f.checkpointFlags.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.data, "data", "", dataForms)
	flags.StringVar(&f.split, "split", "test", "train or test")
	flags.IntVar(&f.limit, "limit", 0, "run only the first N samples; 0 for all")
	flags.StringVar(&f.engine, "engine", "fast", "fast, cycle (with times) or reference (float64)")
	flags.StringVar(&f.against, "against", "", "reference (float64, layer by layer) or quantised "+
		"(radix and level: the quantised network, integer by integer)")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of random draws")
	flags.IntVar(&f.workers, "workers", runtime.GOMAXPROCS(0),
		"samples emulated side by side; changes no result")
	flags.StringSliceVar(&f.probe, "probe", nil, "layers whose spikes to record")
	flags.StringSliceVar(&f.probeV, "probe-v", nil, "layers whose potentials to record")
	flags.StringVar(&f.out, "out", "", "file to write outputs and probes to, .npz, or .csv for "+
		"the spikes of one layer")
	flags.BoolVar(&f.allowDrops, "allow-drops", false, "do not fail when the chip loses spikes")
	f.registerFault(cmd)
	f.traced.register(cmd)
	f.registerBy(cmd, []string{"45nm"}, "energy tables that price what --by and --json break "+
		"down, each a shipped `NAME` or a YAML file")
	writes(cmd, "out", "trace")
	offer(cmd, "split", "train", "test")
	offer(cmd, "engine", append(engineNames(), "reference")...)
	offer(cmd, "against", againstReference, againstQuantised)
	return cmd
}

func (a *app) run(cmd *cobra.Command, path string, f *runFlags) error {
	if err := f.readFacts(cmd); err != nil {
		return err
	}
	if err := f.settleRecorded(cmd); err != nil {
		return err
	}
	if err := f.check(path); err != nil {
		return err
	}
	a.warnCoding(cmd, path, f)
	if f.engine == "reference" {
		return a.runReference(cmd, path, f)
	}
	if err := f.useTicks(); err != nil {
		return err
	}
	a.warnCompiled(cmd, path)
	l, err := a.open(cmd.Context(), path, f.data, &f.modelFlags)
	if err != nil {
		return err
	}
	if err := f.noteModel("model", path); err != nil {
		return err
	}
	report, err := a.emulate(cmd.Context(), l, f)
	if err != nil {
		return goesOn(cmd.Context(), f.checkpoint, err)
	}
	if err := a.printRun(report); err != nil {
		return err
	}
	if err := cut(report.Interrupted, report.Samples); err != nil {
		return goesOn(cmd.Context(), f.checkpoint, err)
	}
	if dropped := *report.Counts["dropped"]; dropped > 0 && !f.allowDrops {
		return limitError{fmt.Errorf("the chip lost %d spikes (--allow-drops accepts that)",
			dropped)}
	}
	return nil
}

// check refuses flags that contradict each other or the file, before any work.
func (f *runFlags) check(path string) error {
	if err := errors.Join(f.checkSamples("run"), f.checkNumbers()); err != nil {
		return err
	}
	if err := f.checkAgainst(path); err != nil {
		return err
	}
	if f.fault != "" && f.engine == "reference" {
		return errors.New(
			"--fault breaks a chip, and the reference engine has none: use fast or cycle")
	}
	if err := f.checkFiles(); err != nil {
		return err
	}
	if err := f.traced.check(f.engine); err != nil {
		return err
	}
	if f.traced.file != "" && f.checkpoint != "" {
		return errors.New("--trace tells of a run as it goes, and a run with --checkpoint may go " +
			"in pieces: leave one out")
	}
	if err := f.checkBy(); err != nil {
		return err
	}
	if _, err := energy.LoadTables(f.tables); err != nil {
		return err
	}
	if !slices.Contains(append(engineNames(), "reference"), f.engine) {
		return fmt.Errorf("--engine %s: the engines are fast, cycle and reference", f.engine)
	}
	return nil
}

// emulate runs the samples on a chip, writing what is to be recorded of them.
func (a *app) emulate(ctx context.Context, l *load, f *runFlags) (*runJSON, error) {
	c, err := a.loadChip(l, &f.modelFlags)
	if err != nil {
		return nil, err
	}
	a.chooseImageEncoder(c, f)
	source, err := a.source(c, f)
	if err != nil {
		return nil, err
	}
	tables, err := energy.LoadTables(f.tables)
	if err != nil {
		return nil, err
	}
	if err := f.traced.checkLength(source.Len(), f.limit); err != nil {
		return nil, err
	}
	a.warnPeak(source)
	r := bench.Run{Chip: c, Source: source, Workers: f.workers,
		Options: chip.Options{Seed: f.seed, ByTick: a.tellsTicks(f), Links: a.tellsLinks(f)}}
	rec, err := newRecorder(c, f, source.Ticks(), &r)
	if err != nil {
		return nil, err
	}
	equal, err := f.compareQuantised(&r, l)
	if err != nil {
		return nil, err
	}
	if f.traced.file == "" { // which has nothing to show without times
		f.engine = a.timed(c, f.engine)
	}
	traced, err := f.useEngine(c, &r)
	if err != nil {
		return nil, err
	}
	if r.Keep, err = a.keepRun(&r, f); err != nil {
		return nil, err
	}
	r.Stage, r.Also = "emulation", append(r.Also, rec.kept()...)
	p := a.newProgress("run")
	r.Progress = p.set
	cpu := cpuSeconds()
	e, against, err := f.evaluate(ctx, r, l)
	p.end()
	a.finish()
	a.warnNotes(source)
	if e != nil {
		a.warnSaturations(e.Counts.Core.Saturations)
	}
	if err := rec.close(closeTrace(traced, err)); err != nil {
		return nil, err
	}
	a.warnClipped(source)
	report := newRunJSON(c, f, source, e)
	report.CPUSeconds, report.Input = cpuSeconds()-cpu, l.input
	switch {
	case against != nil:
		report.Against = newAgainstJSON(against, e)
	case equal != nil:
		report.Against = newUnlikeJSON(equal)
	}
	if a.breaksDown(f) {
		report.Breakdown, report.by = *bench.NewBreakdown(c, e, tables, 1), f.by
	}
	return &report, nil
}

// chooseImageEncoder chooses the encoder of images if neither flags nor image name one.
func (a *app) chooseImageEncoder(c *chip.Chip, f *runFlags) {
	if f.data != "" && f.encoder == "" && c.Image().Encoder.Kind == layout.EncoderSpikes {
		f.encoder = encode.KindRate
		a.warn("%s does not say how images become spikes: the encoder %s is used; --encoder "+
			"chooses another", c.Image().Model, f.encoder)
	}
}

// evaluate runs the samples, against the reference where that is asked for.
func (f *runFlags) evaluate(ctx context.Context, r bench.Run,
	l *load) (*bench.Evaluation, *bench.Against, error) {
	if f.against == againstReference {
		return bench.EvaluateAgainst(ctx, r, l.spiking)
	}
	e, err := bench.Evaluate(ctx, r)
	return e, nil, err
}

// compareQuantised compares a run with the quantised network if --against asks for it, else it
// returns nil.
func (f *runFlags) compareQuantised(r *bench.Run, l *load) (*bench.QuantisedComparison, error) {
	if f.against == againstReference && l.quantised != nil {
		return nil, fmt.Errorf("--against reference: %s travels by a code, and the reference "+
			"runs on rates: give --against quantised, or --code rate", l.image.Model)
	}
	if f.against != againstQuantised {
		return nil, nil
	}
	if l.quantised == nil {
		return nil, fmt.Errorf("--against quantised: %s was compiled to rates, which come near "+
			"their network and do not equal it: give --code radix or --code level", l.image.Model)
	}
	return bench.CompareQuantised(r, l.quantised)
}

// images opens the data set of the flags.
func (a *app) images(f *runFlags) (*dataset.Set, error) {
	split, err := dataset.ParseSplit(f.split)
	if err != nil {
		return nil, err
	}
	return a.openData(f.data, split, f.limit)
}

// source returns the samples of the flags, encoded as the image says unless a flag overrides it.
func (a *app) source(c *chip.Chip, f *runFlags) (sample.Source, error) {
	if f.data == "" {
		return f.recordedSource(wideShape(c.Image().Input.Shape), false,
			float64(c.Image().Encoder.TickNanoseconds)/1e9)
	}
	set, err := a.images(f)
	if err != nil {
		return nil, err
	}
	encoder, err := f.encoderFor(c)
	if err != nil {
		return nil, err
	}
	a.warnIntensity(encoder)
	return sample.NewEncoded(set, encoder, c.Image().Preparation, wideShape(c.Image().Input.Shape))
}

// encoderFor is the image's encoder with the changes of the flags.
func (f *runFlags) encoderFor(c *chip.Chip) (encode.Encoder, error) {
	e := c.Image().Encoder
	if (f.encoder == encode.KindDirect) != (c.Image().Host != nil) && f.encoder != "" {
		return nil, fmt.Errorf("--encoder %s: %s was compiled for %s input; compile it again",
			f.encoder, c.Image().Model, e.Kind)
	}
	if err := f.checkImageCode(&e, c.Image().Model); err != nil {
		return nil, err
	}
	cfg := compiler.EncoderConfig(&e, f.seed)
	if f.encoder != "" && f.encoder != e.Kind {
		cfg = encode.Config{Kind: f.encoder, Seed: f.seed}
	}
	if f.ticks > 0 {
		cfg.Ticks = f.ticks
	}
	if f.intensity > 0 {
		cfg.Intensity = f.intensity
	}
	return encode.New(cfg)
}

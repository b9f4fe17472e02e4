package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"adder/bench"
	"adder/chip"
	"adder/compiler"
	"adder/diagnose"
	"adder/internal/dataset"
	"adder/sample"
	"adder/spike/encode"
)

// diagnoseFlags are the flags of `diagnose`.
type diagnoseFlags struct {
	modelFlags
	data, split, plot string
	limit             int
}

func newDiagnoseCommand(a *app) *cobra.Command {
	f := &diagnoseFlags{}
	cmd := &cobra.Command{
		Use:   "diagnose MODEL --data DIR",
		Short: "Find the step at which a network loses accuracy",
		Long: `Run the same samples on every form that a network takes on its way to a chip, and say
at each rung what it knows still and where it first differs from the rung before:

  float       the model in real numbers
  normalised  the same with activations cut where their ranges end
  quantised   levels and integer weights (radix and level)
  spiking     rates of neurons in float64 (rate)
  integers    the chip's integers, on no chip
  chip        the placed chip

Each rung has its accuracy, the spikes of each layer and its error against the first
rung, and the first sample, tick and neuron that differ, with the margin to the
threshold. Below the ladder stands what to turn. MODEL is an ANN (.onnx); the flags are
those of compile.`,
		Example: `  adder diagnose m.onnx --data digits
  adder diagnose m.onnx --data data/mnist --code radix --activation-bits 3
  adder diagnose m.onnx --data data/mnist --ticks 8 --limit 500 --plot ladder.svg
  adder diagnose m.onnx --data digits --bits 4 --json`,
		Args: one("MODEL, an ANN"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.diagnose(cmd, args[0], f) },
	}
	f.modelFlags.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.data, "data", "", dataForms)
	flags.StringVar(&f.split, "split", "test", "train or test")
	flags.IntVar(&f.limit, "limit", 200, "run only the first N samples; 0 for all")
	flags.StringVar(&f.plot, "plot", "", "draw the ladder to a .png or .svg file")
	writes(cmd, "plot")
	offer(cmd, "split", "train", "test")
	return cmd
}

// check refuses flags before any work is done.
func (f *diagnoseFlags) check(path string) error {
	switch {
	case isImage(path) || isSNN(path) || isCase(path):
		return fmt.Errorf("%s is in integers already: a ladder begins at the trained model (.onnx)",
			path)
	case f.data == "":
		return errors.New("diagnose needs samples: give --data DIR (--data digits for the " +
			"generated set)")
	}
	if f.plot != "" {
		if err := errors.Join(bench.CheckPlot(f.plot), checkOutput("--plot", f.plot)); err != nil {
			return err
		}
	}
	return errors.Join(f.checkNumbers(), checkLimit(f.limit))
}

func (a *app) diagnose(cmd *cobra.Command, path string, f *diagnoseFlags) error {
	if err := f.check(path); err != nil {
		return err
	}
	l, err := a.open(cmd.Context(), path, f.data, &f.modelFlags)
	if err != nil {
		return err
	}
	if l.analog == nil {
		return fmt.Errorf("%s has neurons of its own: a ladder begins at an ANN; `adder run "+
			"--against reference` compares its chip with real numbers", path)
	}
	c, err := a.diagnosis(l, f)
	if err != nil {
		return err
	}
	p := a.newProgress("diagnose")
	c.Progress = p.set
	ladder, err := diagnose.Run(cmd.Context(), *c)
	p.end()
	if err != nil {
		return err
	}
	a.finish()
	if f.plot != "" {
		if err := ladder.Save(f.plot); err != nil {
			return err
		}
		fmt.Fprintf(a.err, "wrote %s\n", f.plot)
	}
	if a.json {
		return a.printJSON(ladder)
	}
	a.printLadder(ladder)
	return nil
}

// diagnosis opens the samples.
func (a *app) diagnosis(l *load, f *diagnoseFlags) (*diagnose.Case, error) {
	split, err := dataset.ParseSplit(f.split)
	if err != nil {
		return nil, err
	}
	set, err := a.openData(f.data, split, f.limit)
	if err != nil {
		return nil, err
	}
	loaded, err := chip.Load(l.image)
	if err != nil {
		return nil, err
	}
	encoder, err := encode.New(compiler.EncoderConfig(&l.image.Encoder, 0))
	if err != nil {
		return nil, err
	}
	source, err := sample.NewEncoded(set, encoder, l.image.Preparation,
		wideShape(loaded.Image().Input.Shape))
	if err != nil {
		return nil, err
	}
	c := &diagnose.Case{Compiled: l.result, Source: source}
	c.Analog = func(i int) ([]float64, error) { return source.SourceValues(i), nil }
	if l.quantised != nil {
		values, err := annSamples(source, l.analog, f.pipeline(l.analog))
		if err != nil {
			return nil, err
		}
		c.Analog = func(i int) ([]float64, error) { return values.Analog(i, nil) }
	}
	return c, nil
}

func (a *app) printLadder(l *diagnose.Ladder) {
	a.printf("%s on chip %s, code %s: %s", l.Model, l.Chip, l.Code, count(l.Samples, "sample"))
	var rows []table.Row
	for i := range l.Rungs {
		r := &l.Rungs[i]
		accuracy := bench.WithInterval(r.Accuracy, r.Interval)
		rows = append(rows, table.Row{r.Name, accuracy, percent(r.Agreement), firstText(r.First)})
	}
	a.printTable(table.Row{"rung", "accuracy", "class of float", "first unlike the rung before"},
		rows)
	header := table.Row{"layer"}
	for i := range l.Rungs {
		header = append(header, l.Rungs[i].Name)
	}
	rows = nil
	for k := range l.Rungs[0].Layers {
		row := table.Row{l.Rungs[0].Layers[k].Layer}
		for i := range l.Rungs {
			row = append(row, layerText(&l.Rungs[i].Layers[k]))
		}
		rows = append(rows, row)
	}
	a.printf("error of each layer, and its spikes per sample:")
	a.printTable(header, rows)
	a.printf("%s", strings.Join(l.Advice, "\n"))
}

func layerText(l *diagnose.Layer) string {
	text := "-"
	if l.Error != nil {
		text = percent(*l.Error)
	}
	if l.Spikes != nil {
		text += ", " + tenths(*l.Spikes)
	}
	return text
}

func firstText(d *diagnose.Divergence) string {
	if d == nil {
		return "none"
	}
	text := fmt.Sprintf("sample %d", d.Sample)
	if d.Tick != nil {
		text += fmt.Sprintf(", tick %d", *d.Tick)
	}
	text += fmt.Sprintf(", neuron %d of %s", d.Neuron, d.Layer)
	if d.Margin != nil {
		text += fmt.Sprintf(", margin %.2g", *d.Margin)
	}
	return text
}

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"adder/bench"
	"adder/bench/energy"
	"adder/chip"
	"adder/internal/dataset"
	"adder/layout"
	"adder/sample"
	"adder/snn"
	"adder/spike"
	"adder/spike/encode"
	"adder/train/ann"
)

// The demo's network and run.
const (
	demoHidden = 128
	demoEpochs = 10
	demoTicks  = 32
	demoBits   = 8
)

func newDemoCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Walk the whole path on generated digits: train, compile, emulate, price, verdict",
		Long: `Train a small network on built-in generated digits, write it as ONNX, compile it for
chip adder with 8-bit weights, emulate the test set for 32 ticks, and price the inference
against the ANN under every shipped energy table. Needs no file and no network.`,
		Example: `  adder demo
  adder demo --json`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context()) },
	}
}

// demoJSON is the JSON of `demo`.
type demoJSON struct {
	ANN        demoSide             `json:"ann"`
	SNN        demoSNN              `json:"snn"`
	Difference *bench.Difference    `json:"difference"`
	Counts     map[string]float64   `json:"counts"`
	Energy     []bench.EnergyReport `json:"energy"`
	Verdicts   []string             `json:"verdicts"`
	Seconds    float64              `json:"seconds"`
}

type demoSide struct {
	Accuracy float64 `json:"accuracy"`
	MACs     int64   `json:"macs"`
}

type demoSNN struct {
	Accuracy         *float64 `json:"accuracy"`
	Ticks            int      `json:"ticks"`
	Synops           float64  `json:"synops"`
	SpikesPerSynapse float64  `json:"spikes_per_synapse"`
}

// story prints the demo's steps, or nothing with --json.
type story struct {
	app   *app
	steps int
}

func (s *story) step(format string, args ...any) {
	s.steps++
	if !s.app.json {
		s.app.printf("\n%d. "+format, append([]any{s.steps}, args...)...)
	}
}

func (s *story) say(format string, args ...any) {
	if !s.app.json {
		s.app.printf("   "+format, args...)
	}
}

func (s *story) show(block string) {
	if !s.app.json {
		s.app.printf("%s", strings.TrimRight(indent(block), "\n"))
	}
}

func indent(block string) string {
	return "   " + strings.ReplaceAll(strings.TrimRight(block, "\n"), "\n", "\n   ") + "\n"
}

func (a *app) demo(ctx context.Context) error {
	start := time.Now()
	s := &story{app: a}
	test, err := a.read(dataset.DigitsName, dataset.Test, 0)
	if err != nil {
		return err
	}
	net, err := a.demoANN(ctx, s, test)
	if err != nil {
		return err
	}
	c, err := a.demoChip(ctx, s, net)
	if err != nil {
		return err
	}
	encoder, err := bench.EncoderOf(&c.Image().Encoder, 0)
	if err != nil {
		return err
	}
	source := &sample.Encoded{Values: sample.Values{Set: test}, Encoder: encoder}
	if err := demoSample(ctx, s, c, source); err != nil {
		return err
	}
	report, err := a.demoReport(ctx, s, c, net, source)
	if err != nil {
		return err
	}
	return a.printDemo(report, time.Since(start).Seconds())
}

// demoANN trains the ANN and reads it back from its file, as it would read a user's model.
func (a *app) demoANN(ctx context.Context, s *story, test *dataset.Set) (*snn.Network, error) {
	set, err := a.read(dataset.DigitsName, dataset.Train, 0)
	if err != nil {
		return nil, err
	}
	s.step("Train an ANN, %d-%d-%d, on %s generated digits", set.Size(), demoHidden, set.Classes,
		thousands(int64(set.Len())))
	cfg := ann.DefaultConfig()
	cfg.Hidden, cfg.Epochs = []int{demoHidden}, demoEpochs
	p := a.newProgress("train")
	start := time.Now()
	ann, err := ann.Train(ctx, &sample.Values{Set: set}, cfg, func(t ann.Progress) {
		p.set((t.Epoch-1)*t.Total+t.Done, t.Epochs*t.Total)
	})
	p.end()
	if err != nil {
		return nil, err
	}
	accuracy, err := ann.Accuracy(&sample.Values{Set: test})
	if err != nil {
		return nil, err
	}
	s.say("%s right on %s test digits after %d epochs, %.1f s", percent(accuracy),
		thousands(int64(test.Len())), demoEpochs, time.Since(start).Seconds())
	dir, err := os.MkdirTemp("", "adder-demo-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "digits.onnx")
	if err := ann.SaveONNX(path); err != nil {
		return nil, err
	}
	return readModel(path, &modelFlags{})
}

// demoChip compiles the network with the settings of `compile`.
func (a *app) demoChip(ctx context.Context, s *story, net *snn.Network) (*chip.Chip, error) {
	s.step("Compile it for chip adder: integrate-and-fire neurons, %d-bit weights, no multiplier",
		demoBits)
	f := modelFlags{chip: "adder", bits: demoBits, samples: 1000, percentile: 99.9,
		encoder: encode.KindRate, ticks: demoTicks}
	l, err := a.compile(ctx, net, dataset.DigitsName, &f, nil)
	if err != nil {
		return nil, err
	}
	footprint := layout.Measure(l.image)
	s.say("%d neurons and %s synapses in %d of %d cores, %s bytes on the chip", l.report.Neurons,
		thousands(l.report.Synapses),
		len(l.report.Cores), l.report.CoresTotal, thousands((footprint.Total.Bits()+7)/8))
	return chip.Load(l.image)
}

// demoSample shows one digit on its way through the chip.
func demoSample(ctx context.Context, s *story, c *chip.Chip, source *sample.Encoded) error {
	const number = 0
	s.step(
		"Send one digit through: each pixel becomes a train of %d ticks, bright ones spike often",
		demoTicks)
	var sample chip.Sample
	source.Feed(number, &sample)
	hidden := 0
	engine := c.NewFast(chip.Options{Ticks: demoTicks, ByTick: true, Spikes: []int{hidden}})
	o, err := engine.Run(ctx, &sample)
	if err != nil {
		return err
	}
	set := source.Set
	rows, cols := set.Shape[0], set.Shape[1]
	picture := drawImage(set.Image(number), rows, cols)
	s.show(beside([]string{"the digit", "its spikes, over ticks", "the hidden layer"}, []string{
		picture, spike.Raster(sample.Spikes, rows/2, demoTicks),
		spike.Raster(o.Spikes[0], rows/2, demoTicks),
	}, []int{cols, demoTicks, demoTicks}))
	s.say("its label is %d; the chip says %s", source.Label(number), classesText(o.ClassByTick))
	return nil
}

// drawImage draws an image in text, two rows of pixels in one of
// characters.
func drawImage(image []uint8, rows, cols int) string {
	const shades = " .:-=+*#%@"
	var b strings.Builder
	for r := 0; r+1 < rows; r += 2 {
		for c := range cols {
			ink := (int(image[r*cols+c]) + int(image[(r+1)*cols+c])) / 2
			b.WriteByte(shades[ink*(len(shades)-1)/255])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// beside puts blocks of text next to each other, each under a title.
func beside(titles, blocks []string, widths []int) string {
	var rows []string
	add := func(row, column int, text string) {
		for len(rows) <= row {
			rows = append(rows, "")
		}
		left := 0
		for _, w := range widths[:column] {
			left += w + 3
		}
		rows[row] += strings.Repeat(" ", max(0, left-len(rows[row]))) + text
	}
	for k, block := range blocks {
		add(0, k, titles[k])
		for i, line := range strings.Split(strings.TrimRight(block, "\n"), "\n") {
			add(i+1, k, strings.TrimRight(line, " "))
		}
	}
	return strings.Join(rows, "\n")
}

// classesText has the class of the chip after 1, 2, 4, ... ticks.
func classesText(byTick []int) string {
	var words []string
	for t := 1; t <= len(byTick); t *= 2 {
		words = append(words, fmt.Sprintf("%d after %d", byTick[t-1], t))
	}
	return strings.Join(words, ", ") + " ticks"
}

// demoReport runs the test set on both sides and prices it.
func (a *app) demoReport(ctx context.Context, s *story, c *chip.Chip, net *snn.Network,
	source *sample.Encoded) (*bench.Report, error) {
	s.step("Emulate all %s test digits", thousands(int64(source.Len())))
	tables, err := energy.LoadTables(nil)
	if err != nil {
		return nil, err
	}
	training, err := a.read(dataset.DigitsName, dataset.Train, 0)
	if err != nil {
		return nil, err
	}
	chosen := &sample.Encoded{Values: sample.Values{Set: training.Head(bench.MaxStopSamples)},
		Encoder: source.Encoder}
	start := time.Now()
	r, err := bench.Compare(ctx, bench.CompareRun{
		Chip: c, Options: chip.Options{Ticks: demoTicks, ByTick: true}, EngineName: "fast",
		Encoder: encoderName(source),
		Source:  source, Training: chosen, ANN: net, Tables: tables, Workers: runtime.GOMAXPROCS(0),
		Progress: func(stage string) (func(done, total int), func()) {
			p := a.newProgress(stage)
			return p.set, p.end
		},
	})
	if err != nil {
		return nil, err
	}
	s.say("both sides, and the stopping tick on %s training digits, in %.2f s",
		thousands(int64(chosen.Len())), time.Since(start).Seconds())
	return r, nil
}

func (a *app) printDemo(r *bench.Report, seconds float64) error {
	if a.json {
		out := demoJSON{
			ANN: demoSide{Accuracy: *r.ANN.Accuracy, MACs: r.ANN.MACs}, Counts: r.SNN.Counts,
			Energy: r.Energy, Seconds: seconds, Difference: r.Difference,
			SNN: demoSNN{Accuracy: r.SNN.Accuracy, Ticks: r.SNN.Ticks, Synops: r.SNN.Synops,
				SpikesPerSynapse: r.SNN.SpikesPerSynapse},
		}
		for i := range r.Energy {
			out.Verdicts = append(out.Verdicts, r.Energy[i].Verdict)
		}
		return a.printJSON(out)
	}
	a.printf("%s", indent(r.SidesText()))
	a.printf("5. Price every counted event, on both sides\n%s", indent(r.EnergyText()))
	a.printf("6. %s", r.VerdictText())
	a.printf("%.1f s. Next: `adder train ann --data digits -o m.onnx`, then `adder bench m.onnx "+
		"--data digits` for the whole report.", seconds)
	return nil
}

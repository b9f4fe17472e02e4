package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"adder/compiler"
	"adder/compiler/balance"
	"adder/compiler/fit"
	"adder/compiler/levels"
	"adder/compiler/quantise"
	"adder/compiler/relay"
	"adder/compiler/split"
	"adder/internal/texttable"
	"adder/internal/wholefile"
	"adder/layout"
)

// compileJSON is the JSON of `compile`.
type compileJSON struct {
	Model          string                `json:"model"`
	Chip           string                `json:"chip"`
	Fits           bool                  `json:"fits"`
	CoresUsed      int                   `json:"cores_used"`
	CoresTotal     int                   `json:"cores_total"`
	Neurons        int                   `json:"neurons"`
	Synapses       int64                 `json:"synapses"`
	SynapseBits    int64                 `json:"synapse_bits"`
	UnrolledBits   int64                 `json:"unrolled_bits"`
	FootprintBytes int64                 `json:"footprint_bytes"`
	WeightBits     int                   `json:"weight_bits"`
	Latency        int                   `json:"latency"`
	RoutedHops     int64                 `json:"routed_hops"`
	HopLowerBound  int64                 `json:"hop_lower_bound"`
	RowMajorHops   int64                 `json:"row_major_hops"`
	RouterKeys     int                   `json:"router_keys"`
	Board          *compiler.BoardUse    `json:"board"`
	Bottleneck     *balance.State        `json:"bottleneck"`
	Balance        *balance.Report       `json:"balance"`
	CoreWork       []balance.CoreWork    `json:"core_work"`
	Relays         *relay.Report         `json:"relays"`
	HopsPerTick    *compiler.HopsPerTick `json:"hops_per_tick,omitempty"`
	Input          string                `json:"input,omitempty"`
	Code           string                `json:"code"`
	// InputBits, ActivationBits (the most of a layer), Levels and Choice are null without a code.
	InputBits      *int           `json:"input_bits"`
	ActivationBits *int           `json:"activation_bits"`
	Levels         []levels.Layer `json:"levels"`
	Choice         *choiceJSON    `json:"choice"`
	Splits         []split.Layer  `json:"splits"`
	Layers         []layerJSON    `json:"layers"`
	Constants      []constantJSON `json:"constants,omitempty"`
	Warnings       []string       `json:"warnings"`
	Limits         []limitJSON    `json:"limits"`
	Image          string         `json:"image,omitempty"`
}

// layerJSON is the conversion and quantisation of a layer.
type layerJSON struct {
	Layer          string  `json:"layer"`
	Lambda         float64 `json:"lambda,omitempty"`
	Clipped        float64 `json:"clipped,omitempty"`
	RateError      float64 `json:"rate_error,omitempty"`
	Exponent       int     `json:"weight_exponent"`
	Weights        int64   `json:"weights"`
	WeightsZeroed  int64   `json:"weights_zeroed"`
	WeightError    float64 `json:"weight_error"`
	ThresholdError float64 `json:"threshold_error"`
	DecayError     float64 `json:"decay_error"`
	Leakless       int     `json:"leakless"`
	Saturates      bool    `json:"saturates"`
}

type limitJSON struct {
	Layer string `json:"layer"`
	Limit string `json:"limit"`
	Need  int64  `json:"need"`
	Have  int64  `json:"have"`
	Help  string `json:"help"`
}

func newCompileCommand(a *app) *cobra.Command {
	var f modelFlags
	var out string
	var writePlacement string
	var explain bool
	cmd := &cobra.Command{
		Use:   "compile MODEL -o x.adder",
		Short: "Compile a trained network into an image for a chip",
		Long: `Compile a trained network into an image: convert an ANN to spiking neurons, fold
linear chains, retime, quantise, cut into core loads, place, route and verify.

MODEL is a .onnx or a .nir file, or a .snn that train stdp wrote.

Activations travel as rates or, with --code radix or --code level, exactly, as levels
of a few bits: the chip then computes the quantised network (docs/codes.md). A model
that is quantised by its file (QDQ) does so by itself.

An ONNX model needs samples to measure its activations on: --calibrate DIR, of
whose training split the first images are used. A network that does not fit is
reported with the limit, the layer and what would help, and exit status 1.`,
		Example: `  adder compile m.onnx --calibrate digits -o m.adder
  adder compile m.onnx --calibrate data/mnist --bits 4 --chip my-chip.yaml -o m.adder
  adder compile m.onnx --calibrate data/mnist --code radix --activation-bits auto --loss 0.2 -o m.adder
  adder compile m.onnx --calibrate digits --explain -o m.adder
  adder compile m.onnx --calibrate digits --write-placement p.yaml -o m.adder
  adder compile m.nir --encoder bernoulli --ticks 25 -o m.adder`,
		Args: one("MODEL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runCompile(cmd, args[0], out, writePlacement, explain, &f)
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&f.fault, "fault", "", "a chip with dead cores, which no load is put "+
		"on: `SPEC` such as dead_cores=3:1+4:2, or a YAML file (docs/faults.md)")
	cmd.Flags().StringVarP(&out, "out", "o", "", "the image to write")
	cmd.Flags().StringVar(&writePlacement, "write-placement", "",
		"a file to write the placement to, as YAML that --placement reads")
	cmd.Flags().BoolVar(&explain, "explain", false, "print the network as text after each pass, "+
		"to standard error")
	must(cmd.MarkFlagRequired("out"))
	writes(cmd, "out", "write-placement")
	return cmd
}

func (a *app) runCompile(cmd *cobra.Command, path, out, writePlacement string, explain bool,
	f *modelFlags) error {
	if err := errors.Join(f.checkNumbers(), checkOutput("--out", out, ".adder"),
		checkOutput("--write-placement", writePlacement)); err != nil {
		return err
	}
	if isSNN(path) {
		a.warnCompiled(cmd, path)
	}
	l, err := a.openToCompile(cmd.Context(), path, explain, f)
	var fit *fit.Error
	if errors.As(err, &fit) {
		return a.reportMisfit(fit, err)
	}
	if err != nil {
		return err
	}
	if writePlacement != "" && l.plan == nil {
		return fmt.Errorf("--write-placement: %s lies in one core and has no placement: leave "+
			"the flag out", path)
	}
	a.finish()
	if err := layout.Save(out, l.image); err != nil {
		return err
	}
	if writePlacement != "" {
		write := func(w io.Writer) error { _, err := w.Write(l.plan.Text()); return err }
		if err := wholefile.Write(writePlacement, write); err != nil {
			return err
		}
	}
	report := newCompileJSON(l)
	report.Image = out
	if a.json {
		return a.printJSON(report)
	}
	a.printCompiled(report, l.report)
	a.printf("wrote %s", out)
	return nil
}

// openToCompile reads a model and compiles it. A network that was trained on a
// chip goes through no passes, so there is nothing to explain.
func (a *app) openToCompile(ctx context.Context, path string, explain bool,
	f *modelFlags) (*load, error) {
	switch {
	case isSNN(path):
		return openSNN(path, f)
	case isImage(path):
		return nil, fmt.Errorf("%s is an image, which is compiled already: give the model that "+
			"it was compiled from", path)
	case isCase(path):
		return nil, fmt.Errorf("%s is a case file, which has nothing to compile: `adder run` "+
			"takes it as it is", path)
	}
	net, err := readModel(path, f)
	if err != nil {
		return nil, err
	}
	for _, w := range net.Warnings {
		a.warn("%s: %s", path, w)
	}
	return a.compile(ctx, net, "", f, func(o *compiler.Options) {
		if explain {
			o.Explain = a.err
		}
	})
}

func newCompileJSON(l *load) compileJSON {
	r := l.report
	out := compileJSON{
		Layers: []layerJSON{}, Levels: []levels.Layer{},
		Splits: append([]split.Layer{}, r.Splits...), Input: l.input, Code: codeOfImage(l.image),
		Model: l.image.Model, Chip: l.image.Chip.Name, Fits: true, CoresUsed: len(r.Cores),
		CoresTotal: r.CoresTotal,
		Neurons:    r.Neurons, Synapses: r.Synapses, SynapseBits: r.SynapseBits,
		UnrolledBits: r.UnrolledBits, FootprintBytes: footprintBytes(l.image),
		WeightBits: r.WeightBits, Latency: r.Latency, RoutedHops: r.RoutedHops,
		HopLowerBound: r.HopLowerBound, RowMajorHops: r.RowMajorHops, HopsPerTick: r.HopsPerTick,
		RouterKeys: r.RouterKeys, Board: r.Board, Bottleneck: r.Bottleneck, Balance: r.Balance,
		CoreWork: r.CoreWork, Relays: r.Relays,
		Limits: []limitJSON{}, Warnings: append([]string{}, r.Warnings...),
		Constants: newConstantsJSON(r.Constants),
	}
	out.addLevels(r)
	for _, q := range byDepth(l.image, r.Layers) {
		layer := layerJSON{Layer: q.Layer, Exponent: q.Exponent, Weights: q.Weights,
			WeightsZeroed: q.Zeroed, WeightError: q.WeightError, ThresholdError: q.ThresholdError,
			DecayError: q.DecayError, Leakless: q.Leakless, Saturates: q.Saturates}
		for _, c := range r.Conversion {
			if c.Layer == q.Layer {
				layer.Lambda, layer.Clipped, layer.RateError = c.Lambda, c.Clipped, c.RateError
			}
		}
		out.Layers = append(out.Layers, layer)
	}
	return out
}

// byDepth orders what is known of layers as signals reach them.
func byDepth(img *layout.Image, layers []quantise.Report) []quantise.Report {
	place := map[string]int{}
	for k, p := range img.ByDepth() {
		place[img.Populations[p].Name] = k
	}
	out := slices.Clone(layers)
	slices.SortStableFunc(out, func(a, b quantise.Report) int {
		return cmp.Compare(place[a.Layer], place[b.Layer])
	})
	return out
}

func (a *app) printCompiled(j compileJSON, r *compiler.Report) {
	a.printf("%s fits chip %s: %d of %s, %s, %s of %s (%s bits stored, %s without shared rows), "+
		"latency %d",
		j.Model, j.Chip, j.CoresUsed, count(j.CoresTotal, "core"), count(j.Neurons, "neuron"),
		count(j.Synapses, "synapse"),
		count(j.WeightBits, "bit"), thousands(j.SynapseBits), thousands(j.UnrolledBits), j.Latency)
	if j.Input != "" {
		a.printf("input: %s", j.Input)
	}
	a.printLevels(&j)
	var rows []table.Row
	for _, l := range j.Layers {
		lambda, clipped, rate := "-", "-", "-"
		if l.Lambda > 0 {
			lambda, clipped, rate = fmt.Sprintf("%.4g",
				l.Lambda), percent(l.Clipped), percent(l.RateError)
		}
		rows = append(rows, table.Row{l.Layer, lambda, clipped, rate, l.Exponent,
			percent(l.WeightError), percent(l.ThresholdError), percent(l.DecayError)})
	}
	if len(rows) > 0 {
		a.printTable(table.Row{"layer", "activation per spike", "clipped", "rate error", "exponent",
			"weight error", "threshold error", "leak error"}, rows)
	}
	a.printSplits(r.Splits)
	a.printConstants(r.Constants)
	a.printCores(r.Cores, r.CoreWork)
	a.printf("routed hops per spike of every source: %s (no placement can have fewer than %s; "+
		"row by row %s)", thousands(j.RoutedHops), thousands(j.HopLowerBound),
		thousands(j.RowMajorHops))
	if j.Relays != nil {
		a.printf("%s", j.Relays)
	}
	a.printBalance(&j)
	if b := j.Board; b != nil {
		a.printf("board of %d x %d chips: %s in use, %s of these hops from chip to chip",
			b.Width, b.Height, count(b.ChipsUsed, "chip"), thousands(b.BorderHops))
	}
	if r.RouterKeysLimit > 0 {
		a.printf("sources in the fullest router's table: %s of %s", thousands(int64(j.RouterKeys)),
			thousands(int64(r.RouterKeysLimit)))
	}
	if h := j.HopsPerTick; h != nil {
		a.printf("expected hops per tick: %.1f (no placement can have fewer than %.1f; row by "+
			"row %.1f)", h.Routed, h.LowerBound, h.RowMajor)
	}
}

// printBalance prints the expected slowest core, and the result of balancing.
func (a *app) printBalance(j *compileJSON) {
	if j.Bottleneck == nil {
		return
	}
	now := j.Bottleneck
	var bounds []string
	for _, b := range balance.Bounds() {
		if n := now.Bounds[b]; n > 0 {
			bounds = append(bounds, fmt.Sprintf("%d by %s", n, b))
		}
	}
	a.printf("expected bottleneck: %s, %s of a mean tick of %s; cores bound: %s",
		placeOfBottleneck(now), count(whole(now.Cycles), "cycle"), thousands(whole(now.Tick)),
		strings.Join(bounds, ", "))
	if b := j.Balance; b != nil {
		a.printf("balanced: a tick of %s on %s before (%s), %s on %s after: %.2f times",
			count(whole(b.Before.Tick), "cycle"), count(b.Before.Cores, "core"),
			placeOfBottleneck(&b.Before), thousands(whole(b.After.Tick)),
			count(b.After.Cores, "core"), b.Before.Tick/b.After.Tick)
	}
}

func placeOfBottleneck(s *balance.State) string {
	if s.Layer == "" {
		return "packets of the host"
	}
	return fmt.Sprintf("a core of layer %s, bound by %s", s.Layer, s.Bound)
}

// whole is the whole number nearest to x.
func whole(x float64) int64 { return int64(math.Round(x)) }

func (a *app) printSplits(splits []split.Layer) {
	for _, l := range splits {
		a.printf("layer %s: a neuron hears %s sources, a core at most %s: %s of parts, in words "+
			"of %s, which take as many ticks more",
			l.Layer, thousands(int64(l.FanIn)), thousands(int64(l.Have)), count(l.Sums, "sum"),
			count(l.WordBits, "bit"))
	}
}

// printCores prints how full cores are and, where their work is known, what binds them.
func (a *app) printCores(cores []compiler.CoreFill, work []balance.CoreWork) {
	var rows []table.Row
	for i, c := range cores {
		full := c.Full
		if full == "" {
			full = "-"
		}
		rows = append(rows, table.Row{c.Tile, fmt.Sprintf("%d,%d", c.X, c.Y),
			strings.Join(c.Layers, " "), thousands(int64(c.Neurons)), thousands(int64(c.Axons)),
			thousands(c.Bits), thousands(int64(c.Routes)),
			percent(c.Share) + " of " + c.Tightest, full})
		if work != nil {
			rows[i] = append(rows[i], fmt.Sprintf("%s, %.0f", work[i].Bound, work[i].Cycles))
		}
	}
	head := table.Row{"core", "x,y", "layers", "neurons", "axons", "synapse bits", "routes",
		"fullest", "cut by"}
	if work != nil {
		head = append(head, "bound by, cycles a tick")
	}
	// Counts with separators are words, which would stand at the left.
	a.render(&texttable.Table{Header: head, Rows: rows, Right: true, Left: []int{2, 3, 6, 8, 9, 10}})
}

// reportMisfit prints the limits and ends with exit status 1.
func (a *app) reportMisfit(fit *fit.Error, err error) error {
	limits := []limitJSON{}
	for _, l := range fit.Limits {
		limits = append(limits, limitJSON{Layer: l.Layer, Limit: l.Limit, Need: l.Need,
			Have: l.Have, Help: l.Help})
	}
	if a.json {
		if jerr := a.printJSON(map[string]any{"model": fit.Network, "chip": fit.Chip, "fits": false,
			"limits": limits}); jerr != nil {
			return jerr
		}
	}
	return err
}

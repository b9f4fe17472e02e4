package main

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"adder/compiler"
	"adder/compiler/convert"
	"adder/compiler/levels"
	"adder/layout"
	"adder/snn"
	"adder/spike/encode"
)

func newInspectCommand(a *app) *cobra.Command {
	var f modelFlags
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show what a model, an image or a case file holds",
		Long: `Show what a model or an image holds: layers, shapes and parameters of a model,
what it was taken to mean and what was odd about it; cores, how full they are,
routes and settings of an image. A case file is placed on its chip, or on that of
--chip, and shown as an image.`,
		Example: `  adder inspect m.onnx
  adder inspect m.nir --dt 1e-3
  adder inspect m.adder --json
  adder inspect case.yaml --chip adder`,
		Args: one("FILE, a model, an image or a case file"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.inspect(cmd, args[0], &f) },
	}
	f.registerReading(cmd)
	f.registerChip(cmd)
	return cmd
}

func (a *app) inspect(cmd *cobra.Command, path string, f *modelFlags) error {
	if err := f.checkReading(); err != nil {
		return err
	}
	if !isCase(path) && cmd.Flags().Changed("chip") {
		return fmt.Errorf("--chip %s: only a case file is placed to be shown; `adder compile` "+
			"places a model", f.chip)
	}
	switch {
	case isImage(path):
		img, err := layout.Open(path)
		if err != nil {
			return err
		}
		return a.printImage(img)
	case isCase(path):
		l, err := a.openCase(cmd.Context(), path, f)
		if err != nil {
			return err
		}
		return a.printImage(l.image)
	case isSNN(path):
		return a.inspectSNN(path)
	}
	return a.inspectModel(path, f)
}

// modelJSON is the JSON of `inspect MODEL`.
type modelJSON struct {
	Model string `json:"model"`
	*snn.Summary
	// Warnings is declared here, apart from Summary's, to be present in the JSON when empty.
	Warnings []string `json:"warnings"`
}

func (a *app) inspectModel(path string, f *modelFlags) error {
	net, err := readModel(path, f)
	if err != nil {
		return err
	}
	s := net.Summary()
	if net.IsANN() {
		if s.Neurons, err = neurons(net); err != nil {
			return err
		}
		s.AfterConversion = true
	}
	if a.json {
		return a.printJSON(modelJSON{Model: net.Name, Summary: s,
			Warnings: append([]string{}, s.Warnings...)})
	}
	return s.Write(a.out)
}

// neurons is how many an ANN becomes.
func neurons(net *snn.Network) (int, error) {
	if net.Quantised() {
		return levels.Neurons(net)
	}
	return convert.Neurons(net, convert.Options{MaxPool: convert.MaxPoolOr})
}

// encoderJSON is how images become spikes, in the JSON of `inspect`.
type encoderJSON struct {
	Kind        string  `json:"kind"`
	Ticks       int     `json:"ticks"`
	Intensity   float64 `json:"intensity"` // spikes per second of a full-scale input
	TickSeconds float64 `json:"tick_seconds"`
	Bits        int     `json:"bits,omitempty"`
	Fields      int     `json:"fields,omitempty"` // receptive fields per input, of population
	Cut         float64 `json:"cut,omitempty"`    // activation from which a field spikes
	// Scale and Zero are those of a code: level a represents Scale (a - Zero).
	Scale float64 `json:"scale,omitempty"`
	Zero  int     `json:"zero,omitempty"`
}

func newEncoderJSON(e *layout.Encoder) encoderJSON {
	c := compiler.EncoderConfig(e, 0)
	return encoderJSON{
		Kind: c.Kind, Ticks: c.Ticks, Intensity: c.Intensity, TickSeconds: c.TickSeconds,
		Bits: c.Bits, Fields: c.Fields, Cut: c.Cut,
		Scale: c.Scale, Zero: c.Zero,
	}
}

// printImage shows an image.
func (a *app) printImage(img *layout.Image) error {
	fill := compiler.Fill(img)
	if a.json {
		return a.printJSON(map[string]any{
			"model": img.Model, "chip": img.Chip.Name, "cores": fill, "synapses": img.Synapses,
			"footprint_bytes": footprintBytes(img),
			"code":            codeOfImage(img), "encoder": newEncoderJSON(&img.Encoder),
			"readout": img.Readout.Kind.String(), "layers": populationsJSON(img),
		})
	}
	e := &img.Encoder
	a.printf("%s for chip %s: %s, %s, %s", img.Model, img.Chip.Name, count(len(img.Cores), "core"),
		count(img.Synapses, "synapse"), count(footprintBytes(img), "byte"))
	length := ""
	if e.TickNanoseconds > 0 {
		length = " of " + seconds(float64(e.TickNanoseconds)/1e9)
	}
	a.printf("input %s %v, encoder %s, %s%s, readout %s", img.Input.Name, img.Input.Shape, e.Kind,
		count(e.Ticks, "tick"), length, img.Readout.Kind)
	if encode.IsCode(e.Kind) {
		a.printf("code %s: inputs of %s, a level stands for %.4g from level %d on, in as many "+
			"ticks as say it exactly", e.Kind, count(int(e.Bits), "bit"), e.Scale.Float(), e.Zero)
	}
	var rows []table.Row
	for _, p := range populationsJSON(img) {
		rows = append(rows, table.Row{p.Name, p.Shape, p.Depth, p.Spikes, p.Cores})
	}
	a.printTable(table.Row{"layer", "shape", "depth", "spikes", "cores"}, rows)
	a.printCores(fill, nil)
	return nil
}

// codeOfImage is how activations travel in an image.
func codeOfImage(img *layout.Image) string {
	if encode.IsCode(img.Encoder.Kind) {
		return img.Encoder.Kind
	}
	return codeRate
}

// populationJSON is a layer in the JSON of `inspect IMAGE`.
type populationJSON struct {
	Name   string  `json:"name"`
	Shape  []int32 `json:"shape"`
	Depth  int32   `json:"depth"`
	Spikes bool    `json:"spikes"`
	Cores  int     `json:"cores"`
}

func populationsJSON(img *layout.Image) []populationJSON {
	out := make([]populationJSON, len(img.Populations))
	for i, at := range img.ByDepth() {
		p := &img.Populations[at]
		tiles := map[int32]bool{}
		for _, s := range p.Segments {
			tiles[int32(s.Tile)] = true
		}
		out[i] = populationJSON{Name: p.Name, Shape: p.Shape, Depth: p.Depth, Spikes: p.Spikes,
			Cores: len(tiles)}
	}
	return out
}

// seconds writes a duration with a unit that suits it.
func seconds(s float64) string {
	switch {
	case s >= 1:
		return fmt.Sprintf("%.3g s", s)
	case s >= 1e-3:
		return fmt.Sprintf("%.3g ms", s*1e3)
	case s >= 1e-6:
		return fmt.Sprintf("%.3g us", s*1e6)
	default:
		return fmt.Sprintf("%.3g ns", s*1e9)
	}
}

// footprintBytes is all memory an image takes on its chip.
func footprintBytes(img *layout.Image) int64 {
	footprint := layout.Measure(img)
	return (footprint.Total.Bits() + 7) / 8
}

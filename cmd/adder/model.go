package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"adder/bench"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/onnx"
	"adder/internal/dataset"
	"adder/layout"
	"adder/snn"
	"adder/spike/encode"
)

// modelFlags are the flags that turn a model into an image. They are the
// flags of `compile` and, for models given to them, of `run` and `bench`.
type modelFlags struct {
	chip       string
	bits       int
	calibrate  string
	samples    int
	percentile float64
	encoder    string
	ticks      int
	intensity  float64
	inputBits  int
	dt         float64
	reset      string
	chipTiming bool
	placeSeed  uint64
	placeMoves int
}

func (f *modelFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.chip, "chip", "adder", "chip profile: a shipped name (see `adder chips`) or a YAML file")
	flags.IntVar(&f.bits, "bits", 8, "weight bits, sign included")
	flags.StringVar(&f.calibrate, "calibrate", "", `folder whose training split calibrates an ONNX model, or "digits"; default: that of --data`)
	flags.IntVar(&f.samples, "calibrate-samples", 1000, "number of calibration images")
	flags.Float64Var(&f.percentile, "percentile", 99.9, "percentile of positive activations that becomes one spike per tick")
	flags.StringVar(&f.encoder, "encoder", "", "input coding: "+strings.Join(encode.Names(), ", ")+"; default: the model's, else rate")
	flags.IntVar(&f.ticks, "ticks", 0, "input ticks per sample; default: the image's or the encoder's")
	flags.Float64Var(&f.intensity, "intensity", 0, "spikes per second of a full-scale input; default: the encoder's")
	flags.IntVar(&f.inputBits, "input-bits", 0, "resolution of direct input; default 8")
	flags.Float64Var(&f.dt, "dt", 0, "tick length in seconds, for models that do not say")
	flags.StringVar(&f.reset, "reset", "", "zero or subtract, for models that do not say")
	flags.BoolVar(&f.chipTiming, "chip-timing", false, "let each hop take its tick instead of compensating for it")
	flags.Uint64Var(&f.placeSeed, "place-seed", 0, "seed of the placement's local search")
	flags.IntVar(&f.placeMoves, "place-moves", 0, "moves the local search tries; 0 for the default, -1 for none")
}

// config is the encoder that the flags ask for, seeded.
func (f *modelFlags) config(fallback string, seed uint64) encode.Config {
	kind := f.encoder
	if kind == "" {
		kind = fallback
	}
	if kind == "" {
		kind = encode.KindRate
	}
	return encode.Config{Kind: kind, Ticks: f.ticks, Intensity: f.intensity, Bits: f.inputBits, Seed: seed}
}

// load is a model that is ready to run.
type load struct {
	image *layout.Image
	// spiking is the network in real numbers, nil for an image.
	spiking *snn.Network
	// analog is the ANN a converted network came from, else nil.
	analog *snn.Network
	report *compiler.Report
}

// isImage goes by the ending.
func isImage(path string) bool { return strings.EqualFold(filepath.Ext(path), ".adder") }

// readModel reads a model file as a network.
func readModel(path string, f *modelFlags) (*snn.Network, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".onnx":
		return onnx.Read(path)
	default:
		return nil, fmt.Errorf("%s: the ending says nothing: a model is .onnx and an image is .adder", path)
	}
}

// open reads an image, or reads and compiles a model. data is the folder
// of --data, which calibrates where --calibrate does not say otherwise.
func (a *app) open(path, data string, f *modelFlags) (*load, error) {
	if isImage(path) {
		img, err := layout.Open(path)
		if err != nil {
			return nil, err
		}
		return &load{image: img}, nil
	}
	net, err := readModel(path, f)
	if err != nil {
		return nil, err
	}
	for _, w := range net.Warnings {
		a.warn("%s: %s", path, w)
	}
	return a.compile(net, data, f, nil)
}

// compile compiles a network with the flags' settings.
func (a *app) compile(net *snn.Network, data string, f *modelFlags, change func(*compiler.Options)) (*load, error) {
	opts, err := f.options(net, data)
	if err != nil {
		return nil, err
	}
	if change != nil {
		change(opts)
	}
	result, err := compiler.Compile(net, *opts)
	if err != nil {
		return nil, fitOrUsage(err)
	}
	l := &load{image: result.Image, spiking: result.Spiking, report: &result.Report}
	if result.Report.Converted {
		l.analog = net
	}
	return l, nil
}

// fitOrUsage makes "does not fit" a limit that was hit.
func fitOrUsage(err error) error {
	var fit *compiler.FitError
	if errors.As(err, &fit) {
		return limitError{err}
	}
	return err
}

func (f *modelFlags) options(net *snn.Network, data string) (*compiler.Options, error) {
	chip, err := profile.Load(f.chip)
	if err != nil {
		return nil, err
	}
	encoder, err := encode.New(f.config(net.Encoder, 0))
	if err != nil {
		return nil, err
	}
	opts := &compiler.Options{
		Chip: chip, WeightBits: f.bits, Encoder: bench.EncoderSettings(encoder.Config()), ChipTiming: f.chipTiming,
		Placement:  compiler.Placement{Seed: f.placeSeed, Moves: f.placeMoves},
		Conversion: compiler.Conversion{Percentile: f.percentile, InputPeak: encoder.Peak()},
	}
	if !net.Stateful() {
		opts.Conversion.Calibration, err = f.calibration(data)
	}
	return opts, err
}

// calibration reads training images as real numbers 0..1.
func (f *modelFlags) calibration(data string) ([][]float64, error) {
	dir := f.calibrate
	if dir == "" {
		dir = data
	}
	if dir == "" {
		return nil, fmt.Errorf("%w (--calibrate DIR)", compiler.ErrCalibration)
	}
	set, err := dataset.Open(dir, dataset.Train)
	if err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	return bench.Analog(set.Head(f.samples)), nil
}

package adder

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/convert"
	"adder/layout"
	"adder/snn"
	"adder/survey"
	"adder/train/learned"
)

// FitOptions say which chips [Fit] tries, and how. They are the main ones of `adder fit`.
type FitOptions struct {
	// Chips are shipped profiles or YAML files; none means all shipped ones.
	Chips []string
	// WeightBits is the width of weights, sign included; 0 means 8.
	WeightBits int
	// MaxPool is the spiking form of max-pooling, as in [CompileOptions].
	MaxPool string
	// Compile compiles networks of any size; without it, the size of large ones is computed from
	// the shapes of their layers.
	Compile bool
	// Board is the grid of each chip, as WIDTHxHEIGHT; "" for a single one of each.
	Board string
	// Workers is the number of chips tried in parallel, 0 for one; it changes no result.
	Workers int
}

// ChipFit is the result of [Fit] for one chip.
type ChipFit = survey.Fit

// Fit compares a model (.onnx, .nir or .snn) with chips: whether it fits, every limit that binds,
// and the change that would make it fit. Results are in the order of the chips. A network that fits
// no chip is not an error. No sample is run: Accuracy, Seconds and EnergyPJ are nil.
func Fit(ctx context.Context, path string, o FitOptions) ([]ChipFit, error) {
	if o.WeightBits == 0 {
		o.WeightBits = 8
	}
	names := o.Chips
	if len(names) == 0 {
		names = profile.Shipped()
	}
	chips := make([]*profile.Profile, len(names))
	for i, name := range names {
		var err error
		if chips[i], err = profile.Load(name); err != nil {
			return nil, err
		}
	}
	var board profile.Board
	if o.Board != "" {
		var err error
		if board, err = profile.ParseBoard(o.Board); err != nil {
			return nil, err
		}
	}
	m, err := modelToFit(path, &o)
	if err != nil {
		return nil, err
	}
	return survey.Run(ctx, m, chips,
		survey.Options{Compile: o.Compile, Board: board, Workers: o.Workers})
}

func modelToFit(path string, o *FitOptions) (*survey.Model, error) {
	if strings.EqualFold(filepath.Ext(path), ".snn") {
		n, err := learned.Open(path)
		if err != nil {
			return nil, err
		}
		return survey.Learned(n)
	}
	net, err := readNetwork(path)
	if err != nil {
		return nil, err
	}
	form := survey.Form{WeightBits: o.WeightBits, MaxPool: convert.MaxPool(o.MaxPool)}
	return &survey.Model{Name: net.Name, Net: net, Form: form, Size: sizeOf(net)}, nil
}

// sizeOf compiles a network, whose activations travel as rates, up to its core loads.
func sizeOf(net *snn.Network) func(context.Context, *profile.Profile,
	survey.Form) (*compiler.Sizing, error) {
	return func(ctx context.Context, chip *profile.Profile,
		f survey.Form) (*compiler.Sizing, error) {
		if f.Code != "" {
			return nil, fmt.Errorf("%s: package adder compiles to rates alone", net.Name)
		}
		return compiler.Size(ctx, net, compiler.Options{
			Chip: chip, WeightBits: f.WeightBits,
			Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: defaultTicks},
			Conversion: convert.Options{
				Percentile: defaultPercentile, InputPeak: 1, MaxPool: f.MaxPool, Pool: f.Pool,
				Calibration: survey.SyntheticSamples(net),
			},
		})
	}
}

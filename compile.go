package adder

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/convert"
	"adder/compiler/nir"
	"adder/compiler/onnx"
	"adder/layout"
	"adder/sample"
	"adder/snn"
	"adder/spike/encode"
	"adder/train/learned"
)

// CompileOptions say how a model becomes an image: the main options of `adder compile`, which has
// more. Activations are sent as spike rates.
type CompileOptions struct {
	// Chip is a shipped profile or a YAML file; "" means "adder".
	Chip string
	// WeightBits is the width of weights, sign included; 0 means 8.
	WeightBits int
	// Calibration are training samples of an ANN, [N, ...]; an ANN needs them; for other models
	// they set the scale of the input.
	Calibration *Samples
	// Encoder, Ticks and Intensity say how samples become spikes; a zero field takes the default of
	// the model or the encoder.
	Encoder   string
	Ticks     int
	Intensity float64
	// Mean, Std, Scale and Layout describe the training pipeline's preprocessing: (x*Scale - Mean)
	// / Std, with one number or one per channel, and the order of axes, "chw" or "hwc".
	Mean, Std []float64
	Scale     float64
	Layout    string
	// Percentile of the positive activations that becomes one spike per tick; 0 is 99.9.
	Percentile float64
	// MaxPool is the spiking form of max-pooling, "or" or "first"; "" refuses it.
	MaxPool string
	// Warn, if not nil, is called with each warning.
	Warn func(text string)
}

// defaultTicks is the length that an image for spikes allows if none is set.
const defaultTicks = 100

// Compile reads a model, .onnx, .nir or .snn, and compiles it for a chip. What does not fit
// the chip is an error that names the layer and the limit.
func Compile(ctx context.Context, path string, o CompileOptions) (*Image, error) {
	if o.Chip == "" {
		o.Chip = "adder"
	}
	if o.Warn == nil {
		o.Warn = func(string) {}
	}
	p, err := profile.LoadEmulated(o.Chip)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(filepath.Ext(path), ".snn") {
		return compileLearned(path, p)
	}
	net, err := readNetwork(path)
	if err != nil {
		return nil, err
	}
	for _, w := range net.Warnings {
		o.Warn(w)
	}
	return compile(ctx, net, p, &o)
}

// readNetwork reads a network as trained.
func readNetwork(path string) (*snn.Network, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".onnx":
		return onnx.Read(path, onnx.Options{})
	case ".nir", ".h5", ".hdf5":
		return nir.Read(path, nir.Options{})
	}
	return nil, fmt.Errorf("%s: a model ends in .onnx, .nir or .snn", path)
}

// compileLearned compiles a network that learned on a chip, in integers already.
func compileLearned(path string, p *profile.Profile) (*Image, error) {
	n, err := learned.Open(path)
	if err != nil {
		return nil, err
	}
	result, err := n.Compile(p)
	if err != nil {
		return nil, err
	}
	return load(result.Image)
}

// kind is the encoder of options or model.
func (o *CompileOptions) kind(net *snn.Network) string {
	switch {
	case o.Encoder != "":
		return o.Encoder
	case net.Encoder != "":
		return net.Encoder
	case !net.IsANN():
		return layout.EncoderSpikes
	}
	return encode.KindRate
}

func compile(ctx context.Context, net *snn.Network, p *profile.Profile,
	o *CompileOptions) (*Image, error) {
	opts := compiler.Options{
		Chip: p, WeightBits: o.WeightBits,
		Conversion: convert.Options{Percentile: o.Percentile, InputPeak: 1,
			MaxPool: convert.MaxPool(o.MaxPool)},
	}
	fed := &sample.Fed{Net: net}
	kind := o.kind(net)
	if kind == layout.EncoderSpikes {
		opts.Encoder = layout.Encoder{Kind: kind, Ticks: int32(defaultTicks),
			TickNanoseconds: int64(net.DT*1e9 + 0.5)}
		if o.Ticks > 0 {
			opts.Encoder.Ticks = int32(o.Ticks)
		}
	} else {
		encoder, err := encode.New(encode.Config{Kind: kind, Ticks: o.Ticks,
			Intensity: o.Intensity})
		if err != nil {
			return nil, err
		}
		opts.Encoder, opts.Conversion.InputPeak = compiler.EncoderSettings(
			encoder.Config()), encoder.Peak()
		if fed, err = o.feed(net, encoder); err != nil {
			return nil, err
		}
	}
	opts.Conversion.Calibration = fed.Calibration
	if opts.Conversion.Percentile == 0 {
		opts.Conversion.Percentile = defaultPercentile
	}
	result, err := compiler.Compile(ctx, fed.Net, opts)
	if err != nil {
		return nil, err
	}
	for _, w := range result.Report.Warnings {
		o.Warn(w)
	}
	result.Image.Preparation = fed.Preparation()
	return load(result.Image)
}

const defaultPercentile = 99.9

// feed decides how samples like the calibration samples are encoded.
func (o *CompileOptions) feed(net *snn.Network, encoder encode.Encoder) (*sample.Fed, error) {
	if o.Calibration == nil {
		if net.IsANN() {
			return nil, fmt.Errorf("%w (CompileOptions.Calibration)", convert.ErrCalibration)
		}
		return &sample.Fed{Net: net}, nil
	}
	if err := o.Calibration.check(); err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	if o.Calibration.Spikes != nil {
		return nil, fmt.Errorf("calibration: give samples, not spikes")
	}
	pipeline := sample.Pipeline{Scale: o.Scale, Mean: o.Mean, Std: o.Std, Layout: o.Layout,
		Bytes: net.Bytes}
	set := o.Calibration.set("calibration samples")
	return sample.NewFed(net, set, pipeline, encoder, set.Len())
}

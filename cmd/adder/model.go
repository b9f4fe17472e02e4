package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/convert"
	"adder/compiler/fit"
	"adder/compiler/nir"
	"adder/compiler/onnx"
	"adder/compiler/place"
	"adder/layout"
	"adder/quantised"
	"adder/snn"
	"adder/spike/encode"
)

// modelFlags are the flags that turn a model into an image. They are the
// flags of `compile` and, for models given to them, of `run` and `bench`.
type modelFlags struct {
	pipelineFlags
	codeFlags
	chip       string
	board      string
	bits       int
	calibrate  string
	samples    int
	percentile float64
	perChannel bool
	maxPool    string
	pool       string
	encoder    string
	ticks      int
	intensity  float64
	inputBits  int
	dt         float64
	reset      string
	onnx       onnxFlags
	chipTiming bool
	placeSeed  uint64
	placeMoves int
	placement  string
	fault      string
	balance    bool
	// spikeInput says that samples are spikes, even if the model describes images; vectors returns
	// calibration samples for such an input, nil if there are none.
	spikeInput bool
	vectors    func(*snn.Network) ([][]float64, error)
	// labels are those of the calibration samples, where they were read.
	labels []int
}

func (f *modelFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.registerChip(cmd)
	f.pipelineFlags.register(cmd)
	f.codeFlags.register(cmd)
	flags.IntVar(&f.bits, "bits", 8, "weight bits, sign included")
	flags.StringVar(&f.calibrate, "calibrate", "",
		"whose training split calibrates an ONNX model, as for --data; default: that of --data, "+
			"where there is one")
	flags.IntVar(&f.samples, "calibrate-samples", 1000, "number of calibration samples")
	flags.Float64Var(&f.percentile, "percentile", 99.9, "percentile of positive activations that "+
		"becomes one spike per tick")
	flags.BoolVar(&f.perChannel, "per-channel", false, "scale activations of convolutions by "+
		"channel: more spikes, finer rates")
	flags.StringVar(&f.maxPool, "maxpool", "", "spiking form of max-pooling: or (any input of a "+
		"window) or first (the input that spiked first), for rates; exact for radix and level; "+
		"default: exact, for rates refuse")
	offer(cmd, "maxpool", string(convert.MaxPoolOr), string(convert.MaxPoolFirst), maxPoolExact)
	flags.StringVar(&f.pool, "pool", string(convert.PoolAuto),
		"pools of sums and means: fold (into the next layer), spike (neurons of their own) or "+
			"auto (fold where it fits)")
	offer(cmd, "pool", string(convert.PoolFold), string(convert.PoolSpike),
		string(convert.PoolAuto))
	flags.StringVar(&f.encoder, "encoder", "", "input coding: "+strings.Join(encode.Names(), ", ")+
		"; default: the model's, else rate")
	offer(cmd, "encoder", encode.Names()...)
	flags.IntVar(&f.ticks, "ticks", 0, "input ticks per sample; default: the image's or the "+
		"encoder's")
	flags.Float64Var(&f.intensity, "intensity", 0, "spikes per second of a full-scale input; "+
		"default: the encoder's")
	flags.IntVar(&f.inputBits, "input-bits", 0, "bits of an input: of direct input, default 8, "+
		"or of radix and level, default 4")
	f.registerReading(cmd)
	flags.BoolVar(&f.chipTiming, "chip-timing", false, "let each hop take its tick instead of "+
		"compensating for it")
	flags.Uint64Var(&f.placeSeed, "place-seed", 0, "seed of the placement's local search")
	flags.BoolVar(&f.balance, "balance", false, "cut what the slowest core holds into more "+
		"cores, while that makes a tick shorter (docs/mapping.md)")
	flags.StringVar(&f.placement, "placement", "", "place as this file says, which compile "+
		"--write-placement wrote")
	flags.IntVar(&f.placeMoves, "place-moves", 0, "moves the local search tries; 0 for the "+
		"default, -1 for none")
}

// registerChip adds the flag that names the chip.
func (f *modelFlags) registerChip(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.chip, "chip", defaultChip, "chip profile: a shipped `NAME` (adder "+
		"chips lists them) or a YAML file")
	must(cmd.RegisterFlagCompletionFunc("chip", completeChips))
	cmd.Flags().StringVar(&f.board, "board", "", "as many of the chip in a grid, one mesh of all "+
		"their cores: `WxH`, e.g. 4x4 (docs/boards.md); default: what the profile says")
}

// openChip loads a chip, on the board of the flags.
func (f *modelFlags) openChip(name string) (*profile.Profile, error) {
	p, err := profile.LoadEmulated(name)
	if err != nil || f.board == "" {
		return p, err
	}
	board, err := profile.ParseBoard(f.board)
	if err != nil {
		return nil, fmt.Errorf("--board: %w", err)
	}
	return p.OnBoard(board)
}

// registerReading adds the flags on what a model file leaves open.
func (f *modelFlags) registerReading(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Float64Var(&f.dt, "dt", 0,
		fmt.Sprintf("tick length in seconds, for models that do not say; NIR: %g, and 1 where a "+
			"file counts time in ticks", nir.DefaultDT))
	flags.StringVar(&f.reset, "reset", "", "what a spike does, for models that do not say: zero "+
		"(to the reset value; converted ANNs subtract otherwise), subtract (the threshold), "+
		"subtract-delayed (a tick later: snnTorch's default), subtract-multi (several spikes a "+
		"tick: Sinabs) or none")
	offer(cmd, "reset", snn.ResetNames()...)
	f.onnx.register(flags)
}

// defaultSpikeTicks is the length of a sample that an image for spike trains allows, if none is
// set.
const defaultSpikeTicks = 100

// kind is the encoder of the flags or the model. A trained spiking network that names none takes
// spike trains as they are.
func (f *modelFlags) kind(net *snn.Network) string {
	switch {
	case f.coded(net):
		return f.codeOf(net)
	case f.encoder != "":
		return f.encoder
	case f.spikeInput:
		return layout.EncoderSpikes
	case net.Encoder != "":
		return net.Encoder
	case !net.IsANN():
		return layout.EncoderSpikes
	default:
		return encode.KindRate
	}
}

// config is the encoder of a kind with the flags' settings, seeded.
func (f *modelFlags) config(kind string, seed uint64) encode.Config {
	return encode.Config{Kind: kind, Ticks: f.ticks, Intensity: f.intensity, Bits: f.inputBits,
		Seed: seed}
}

// encoding is the image's record of the input, and the number of spikes per tick of a full-scale
// input.
func (f *modelFlags) encoding(net *snn.Network) (layout.Encoder, float64, error) {
	kind := f.kind(net)
	if f.coded(net) {
		return layout.Encoder{Kind: kind}, 1, nil
	}
	if kind == layout.EncoderSpikes {
		ticks := f.ticks
		if ticks == 0 {
			ticks = defaultSpikeTicks
		}
		return layout.Encoder{Kind: kind, Ticks: int32(ticks),
			TickNanoseconds: int64(net.DT*1e9 + 0.5)}, 1, nil
	}
	encoder, err := encode.New(f.config(kind, 0))
	if err != nil {
		return layout.Encoder{}, 0, err
	}
	return compiler.EncoderSettings(encoder.Config()), encoder.Peak(), nil
}

// chooseEncoder chooses the encoder of images if neither flags nor model name one.
func (a *app) chooseEncoder(net *snn.Network, data string, f *modelFlags) {
	if data != "" && f.kind(net) == layout.EncoderSpikes {
		f.encoder = encode.KindRate
		a.warn("%s does not say how images become spikes: the encoder %s is used; --encoder "+
			"chooses another", net.Name, f.encoder)
	}
}

// load is a model that is ready to run.
type load struct {
	image *layout.Image
	// spiking is the network in real numbers, nil for an image.
	spiking *snn.Network
	// quantised is the network that a code carries, nil without one and for an image.
	quantised *quantised.Network
	// analog is the ANN a converted network came from, else nil.
	analog *snn.Network
	// input describes the input of the network, "" where it is not known.
	input  string
	report *compiler.Report
	// result is the result of compilation, nil for an image.
	result *compiler.Result
	// plan is the placement, nil for an image.
	plan *place.Plan
}

// isImage goes by the ending.
func isImage(path string) bool { return strings.EqualFold(filepath.Ext(path), ".adder") }

// readModel reads a model file as a network.
func readModel(path string, f *modelFlags) (*snn.Network, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".onnx":
		opts, err := f.onnx.options()
		if err != nil {
			return nil, err
		}
		return onnx.Read(path, opts)
	case ".nir", ".h5", ".hdf5":
		reset, err := parseReset(f.reset)
		if err != nil {
			return nil, err
		}
		return nir.Read(path, nir.Options{DT: f.dt, Reset: reset})
	default:
		return nil, fmt.Errorf("%s: the ending is not known: a model ends in .onnx, .nir (or "+
			".h5, .hdf5) or .snn, an image in .adder and a case file, for `adder run`, `bench` "+
			"and `inspect`, in .yaml", path)
	}
}

// toZero reports whether neurons that compute activations reset to 0.
func (f *modelFlags) toZero() bool { return f.reset == snn.ResetToValue.String() }

// parseReset reads --reset; without it a spike resets to the model's value.
func parseReset(name string) (snn.ResetMode, error) {
	if name == "" {
		return snn.ResetToValue, nil
	}
	mode, err := snn.ParseReset(name)
	if err != nil {
		return 0, fmt.Errorf("--reset %s: %w", name, err)
	}
	return mode, nil
}

// open reads an image, or reads and compiles a model. data is the folder
// of --data, which calibrates where --calibrate does not say otherwise.
func (a *app) open(ctx context.Context, path, data string, f *modelFlags) (*load, error) {
	if isImage(path) {
		img, err := layout.Open(path)
		if err != nil {
			return nil, err
		}
		return &load{image: img}, nil
	}
	if isCase(path) {
		return a.openCase(ctx, path, f)
	}
	if isSNN(path) {
		return openSNN(path, f)
	}
	net, err := readModel(path, f)
	if err != nil {
		return nil, err
	}
	for _, w := range net.Warnings {
		a.warn("%s: %s", path, w)
	}
	a.chooseEncoder(net, data, f)
	return a.compile(ctx, net, data, f, nil)
}

// compile compiles a network with the flags' settings.
func (a *app) compile(ctx context.Context, net *snn.Network, data string, f *modelFlags,
	change func(*compiler.Options)) (*load, error) {
	if err := f.settleCode(net); err != nil {
		return nil, err
	}
	opts, err := f.options(net)
	if err != nil {
		return nil, err
	}
	fed, err := a.feed(ctx, net, data, f)
	if err != nil {
		return nil, err
	}
	opts.Conversion.Calibration = fed.Calibration
	opts.Labels = f.labels
	if change != nil {
		change(opts)
	}
	bar := a.newStages("compile")
	if opts.Explain == nil {
		opts.Progress = bar.at
	}
	result, err := compiler.Compile(ctx, fed.Net, *opts)
	bar.end()
	if err != nil {
		return nil, fitOrUsage(err)
	}
	for _, w := range result.Report.Warnings {
		a.warn("%s: %s", net.Name, w)
	}
	result.Image.Preparation = fed.Preparation()
	l := &load{result: result, input: fed.Text, image: result.Image, spiking: result.Spiking,
		report: &result.Report, plan: result.Plan}
	l.quantised = result.Quantised
	if result.Report.Converted {
		l.analog = net
	}
	return l, nil
}

// fitOrUsage makes "does not fit" a limit that was hit.
func fitOrUsage(err error) error {
	var fit *fit.Error
	if errors.As(err, &fit) {
		return limitError{err}
	}
	return err
}

func (f *modelFlags) options(net *snn.Network) (*compiler.Options, error) {
	chip, err := f.openChip(f.chip)
	if err != nil {
		return nil, err
	}
	return f.optionsOn(net, chip)
}

// optionsOn are the options with which a network is compiled for a chip.
func (f *modelFlags) optionsOn(net *snn.Network, chip *profile.Profile) (*compiler.Options, error) {
	encoder, peak, err := f.encoding(net)
	if err != nil {
		return nil, err
	}
	opts := &compiler.Options{
		Chip: chip, WeightBits: f.bits, Encoder: encoder, ChipTiming: f.chipTiming,
		Balance:   f.balance,
		Placement: place.Options{Seed: f.placeSeed, Moves: f.placeMoves},
		Conversion: convert.Options{Percentile: f.percentile, InputPeak: peak,
			PerChannel: f.perChannel, MaxPool: convert.MaxPool(f.maxPool),
			Pool: convert.Pool(f.pool), ResetToZero: f.toZero()},
	}
	if f.coded(net) {
		opts.Levels, opts.Conversion.MaxPool = f.levels(), ""
		opts.Choose, opts.Loss = f.auto(), f.loss
	}
	if opts.Placement.Avoid, err = f.avoid(chip); err != nil {
		return nil, err
	}
	if f.placement != "" {
		opts.Placement.Plan, err = place.ReadPlan(f.placement)
	}
	return opts, err
}

package compiler

import (
	"context"
	"fmt"
	"slices"

	"adder/compiler/balance"
	"adder/compiler/compartments"
	"adder/compiler/convert"
	"adder/compiler/fit"
	"adder/compiler/flat"
	"adder/compiler/ir"
	"adder/compiler/lower"
	"adder/compiler/partition"
	"adder/compiler/place"
	"adder/compiler/quantise"
	"adder/compiler/rates"
	"adder/compiler/relay"
	"adder/compiler/rewrite"
	"adder/compiler/route"
	"adder/compiler/typed"
	"adder/compiler/verify"
	"adder/layout"
	"adder/quantised"
	"adder/snn"
)

// state is passed from pass to pass. Each pass fills the next field.
type state struct {
	opts    Options
	spiking *snn.Network
	// prepared is nil where the network is no ANN.
	prepared *snn.Network
	flat     *flat.Network
	// quantised is nil without a code.
	quantised *quantised.Network
	// carried is the same network after split, whose layers fit cores.
	carried *quantised.Network
	net     *ir.Network
	mapping *partition.Mapping
	// sources are the rates of the network's sources, nil where they are not known.
	sources []int64
	// objective judges the placement.
	objective *place.Objective
	image     *layout.Image
	report    Report
	// begin is the share of the compilation before the pass, and width the share of the pass.
	begin, width float64
}

// pass is one step of the compilation.
type pass struct {
	name string
	// does says in a few words what the pass does.
	does string
	// after names the passes that must have run, and why.
	after map[string]string
	// ways are the kinds of network that the pass runs for; none means all.
	ways way
	run  func(context.Context, *state) error
	// check, if not nil, validates the output of the pass. It runs in tests and under the build tag
	// invariants: a fault of a pass is found there and not in what the next ones make of it.
	check func(*state) error
}

// way is how a network becomes integers.
type way uint8

const (
	// byRate is that of spiking networks, and of ANNs whose activations are rates.
	byRate way = 1 << iota
	// byCode is that of ANNs whose activations are sent exactly.
	byCode
	// given is that of networks that are integers from the start.
	given
)

// passes in the order they run. Whatever becomes an image comes this way: models from
// their first pass on, case files and networks that learned on a chip from partition on.
var passes = []pass{
	{name: "convert", does: "neurons in place of activations",
		ways: byRate, run: runConvert},
	{name: "rewrite", does: "what a chip cannot do, in forms that it can",
		after: map[string]string{"convert": "the forms are those of spiking networks"},
		ways:  byRate, run: runRewrite},
	{name: "lower", does: "linear chains folded into projections",
		after: map[string]string{"convert": "activations would stand between linear nodes",
			"rewrite": "only some forms have a place in a flat network"},
		ways: byRate, run: runLower, check: checkFlat},
	{name: "retime", does: "a depth per layer, a delay per projection",
		after: map[string]string{"lower": "a linear node takes no tick, a population does"},
		ways:  byRate, run: runRetime, check: checkFlat},
	{name: "quantise", does: "integers at the chip's widths",
		after: map[string]string{"lower": "a scale belongs to all weights into a neuron",
			"retime": "delays are copied into the integer network"},
		ways: byRate, run: runQuantise, check: checkNetwork},
	{name: "levels", does: "the quantised network: activations of a few bits, integers alone",
		ways: byCode, run: runLevels, check: checkQuantised},
	{name: "split", does: "layers whose neurons hear more than a core does, as sums of parts",
		after: map[string]string{"levels": "it is integers whose sums are known exactly"},
		ways:  byCode, run: runSplit, check: checkCarried},
	{name: "code", does: "neurons that send levels, and when",
		after: map[string]string{
			"split": "a code carries a quantised network, and adds nothing to it"},
		ways: byCode, run: runCode, check: checkNetwork},
	{name: "compartments", does: "second compartments, where a chip resets to a value alone",
		after: map[string]string{"quantise": "an amount is taken by a weight, which is an integer"},
		run:   runCompartments, check: checkNetwork},
	{name: "fit", does: "nothing: the network is held to what the chip's cores can do",
		after: map[string]string{"quantise": "models and widths of weights are those of integers",
			"code": "so are those of codes", "compartments": "a chip may lack the reset without them"},
		run: runFit},
	{name: "types", does: "types of axons, where weights are stored by them",
		after: map[string]string{"fit": "weights are those that some core of the chip could store"},
		run:   runTypes, check: checkNetwork},
	{name: "partition", does: "core loads within the limits",
		after: map[string]string{"quantise": "memory depends on which weights round to zero",
			"fit":   "no number of cores makes up for what none of them can do",
			"types": "a source takes an axon for each type of its weights"},
		run: runPartition, check: checkMapping},
	{name: "place", does: "a tile for each core load",
		after: map[string]string{"partition": "only loads have places"},
		run:   runPlace, check: checkMapping},
	{name: "route", does: "the image",
		after: map[string]string{"place": "a route names tiles"},
		run:   runRoute, check: checkMapping},
	{name: "verify", does: "nothing: the image is checked against chip and network",
		after: map[string]string{"route": "it reads the image alone"},
		run:   runVerify, check: checkNetwork},
}

func checkFlat(s *state) error      { return s.flat.Validate() }
func checkQuantised(s *state) error { return s.quantised.Validate() }
func checkCarried(s *state) error   { return s.carried.Validate() }
func checkNetwork(s *state) error   { return s.net.Validate() }
func checkMapping(s *state) error   { return s.mapping.Validate() }

// checkOrder checks the table against its own constraints.
func checkOrder(passes []pass) error {
	var done []string
	for _, p := range passes {
		for name, why := range p.after {
			if !slices.Contains(done, name) {
				return fmt.Errorf("compiler: pass %s must come after %s: %s", p.name, name, why)
			}
		}
		done = append(done, p.name)
	}
	return nil
}

func runConvert(ctx context.Context, s *state) (err error) {
	s.report.Converted = s.spiking.IsANN()
	conversion := s.opts.Conversion
	conversion.Ticks = int(s.opts.Encoder.Ticks)
	conversion.FanIn = fit.FanIn(s.opts.Chip, s.opts.WeightBits)
	conversion.Progress = func(done, total int) {
		s.progress("convert", float64(done)/float64(total))
	}
	given := len(s.spiking.Warnings)
	trained, err := convert.Prepare(s.spiking, conversion)
	if err != nil {
		return err
	}
	s.report.Warnings = append(s.report.Warnings, trained.Warnings[given:]...)
	if err := convert.CheckLatches(trained, s.opts.Conversion.MaxPool,
		s.opts.WeightBits); err != nil {
		return fmt.Errorf("convert %s: %w", trained.Name, err)
	}
	if s.report.Converted {
		s.prepared = trained
		if err := checkANNLimits(trained, &s.opts); err != nil {
			return err
		}
	}
	s.spiking, s.report.Conversion, err = convert.Network(ctx, trained, conversion)
	if err != nil || !s.report.Converted {
		return err
	}
	rates, err := rates.Estimate(ctx, trained, s.report.Conversion, conversion)
	if s.opts.Rates == nil {
		s.opts.Rates = rates
	}
	return err
}

func runRewrite(_ context.Context, s *state) error {
	equal, warnings, err := rewrite.Network(s.spiking)
	if err != nil {
		return err
	}
	s.spiking = equal
	s.report.Warnings = append(s.report.Warnings, warnings...)
	return nil
}

func runLower(_ context.Context, s *state) (err error) {
	if s.flat, err = lower.Network(s.spiking); err != nil {
		return err
	}
	out := &s.flat.Populations[s.flat.Output]
	out.Shared = !out.Neuron.Model.Spikes()
	return nil
}

func runRetime(_ context.Context, s *state) error {
	warnings, err := lower.Retime(s.flat, s.opts.ChipTiming)
	s.report.Warnings = append(s.report.Warnings, warnings...)
	if err != nil {
		return err
	}
	return checkDelays(s.flat, s.opts.Chip)
}

func runQuantise(_ context.Context, s *state) (err error) {
	q := quantise.Options{WeightBits: s.opts.WeightBits, Ticks: int(s.opts.Encoder.Ticks),
		Host: s.opts.Encoder.Kind == "direct"}
	s.net, s.report.Layers, err = quantise.Network(s.flat, q, s.opts.Chip)
	for i := range s.report.Layers {
		s.report.Warnings = append(s.report.Warnings, s.report.Layers[i].Warnings()...)
	}
	return err
}

func runCompartments(_ context.Context, s *state) error {
	net, given := compartments.Network(s.net, s.opts.Chip)
	for _, g := range given {
		s.report.Warnings = append(s.report.Warnings, fmt.Sprintf("layer %s: chip %s resets to a "+
			"value alone: its %d neurons reset by subtraction in a second compartment each, which "+
			"takes %d neurons and %d synapses more and no tick", g.Layer, s.opts.Chip.Name,
			g.Neurons, g.Neurons, g.Synapses))
	}
	s.net = net
	return nil
}

func runFit(_ context.Context, s *state) error { return fit.Check(s.net, s.opts.Chip) }

func runTypes(_ context.Context, s *state) (err error) {
	s.net, err = typed.Network(s.net, s.opts.Chip)
	return err
}

func runPartition(ctx context.Context, s *state) (err error) {
	switch {
	case s.opts.Balance:
		if err := s.rates(); err != nil {
			return err
		}
		s.mapping, s.report.Balance, err = balance.Network(ctx, s.net, s.opts.Chip, s.sources)
		if err != nil {
			return err
		}
		return fit.CheckDelays(s.net, s.opts.Chip)
	case s.opts.Chip.Core.RoutesPerNeuron > 0:
		if s.mapping, s.report.Relays, err = relay.Network(ctx, s.net, s.opts.Chip); err != nil {
			return err
		}
		s.net = s.mapping.Net
	default:
		if s.mapping, err = partition.Network(ctx, s.net, s.opts.Chip); err != nil {
			return err
		}
	}
	if err := fit.CheckDelays(s.net, s.opts.Chip); err != nil {
		return err
	}
	return s.rates()
}

// rates returns the rates of the network's sources, as far as they are known.
func (s *state) rates() (err error) {
	if s.opts.Rates != nil {
		s.sources, err = s.opts.Rates.Sources(s.net)
	}
	return err
}

func runPlace(ctx context.Context, s *state) error {
	if err := placeParts(ctx, s); err != nil {
		return err
	}
	s.report.Bottleneck, s.report.CoreWork = balance.Bottleneck(s.mapping, s.sources)
	return nil
}

// placeParts places the loads as the plan says, or by the placer.
func placeParts(ctx context.Context, s *state) error {
	s.objective = place.ObjectiveOf(s.mapping, s.sources)
	if err := s.opts.Placement.CheckRoom(s.mapping); err != nil {
		return err
	}
	if s.opts.Placement.Plan != nil {
		if err := place.Follow(s.mapping, s.opts.Placement.Plan); err != nil {
			return err
		}
		return s.opts.Placement.CheckPlan(s.mapping)
	}
	return place.Parts(ctx, s.mapping, s.objective, s.opts.Placement)
}

func runRoute(_ context.Context, s *state) (err error) {
	s.image, err = route.Image(s.mapping,
		route.Delivery{Encoder: s.opts.Encoder, Readout: readout(s.net)})
	return err
}

// readout is how the host reads the image.
func readout(net *ir.Network) layout.Readout {
	if net.Output < 0 {
		return layout.Readout{}
	}
	out := &net.Populations[net.Output]
	r := layout.Readout{Kind: layout.ReadoutCount, Population: int32(net.Output),
		Classes: int32(out.Size)}
	switch {
	case out.Groups[0].Integrator:
		r.Kind = layout.ReadoutPotential
	case net.Labels != nil:
		r.Kind, r.Classes = layout.ReadoutLabels, int32(net.Labels.Classes)
		r.Labels, r.Proportions = net.Labels.Class, net.Labels.Proportions
	}
	return r
}

func runVerify(_ context.Context, s *state) error {
	return verify.Image(s.image, s.opts.Chip, s.net)
}

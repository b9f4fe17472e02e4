package compiler

import (
	"context"
	"errors"
	"fmt"
	"io"

	"adder/chip/profile"
	"adder/compiler/convert"
	"adder/compiler/ir"
	"adder/compiler/levels"
	"adder/compiler/place"
	"adder/compiler/rates"
	"adder/layout"
	"adder/quantised"
	"adder/snn"
	"adder/spike/encode"
)

// Options are the options of a compilation.
type Options struct {
	// Chip is the target.
	Chip *profile.Profile
	// WeightBits is the width of weights, sign included; 0 means 8.
	WeightBits int
	// Conversion applies to ANNs only.
	Conversion convert.Options
	// Encoder is recorded in the image; its Ticks bound the range that integrators need. Kind
	// "direct" keeps the first layer's synapses with the host.
	Encoder layout.Encoder
	// Levels applies if Encoder.Kind is a code, radix or level: a quantised network is then made.
	// WeightBits and the pools of Conversion apply there too.
	Levels levels.Options
	// Choose has the compiler choose the bits of inputs and activations: those with the fewest
	// synaptic operations that lose at most Loss points of accuracy on calibration samples, by
	// Labels or, without labels, by the ANN's own classes. Bits set in Levels are kept.
	Choose bool
	Loss   float64
	Labels []int
	// Balance divides the load of the slowest core among more cores while that makes ticks shorter.
	Balance bool
	// Placement has the options of the place pass.
	Placement place.Options
	// Rates, if not nil, are the spike rates of the sources; those of a converted network are
	// otherwise estimated on its calibration samples.
	Rates *rates.Rates
	// ChipTiming lets every hop take a tick, without delays that compensate for it.
	ChipTiming bool
	// Check validates the output of each pass, as the build tag invariants does.
	Check bool
	// Progress, if not nil, is called with the share of the compilation that is done, from 0 to 1,
	// and the name of the current pass. It is called from the goroutine that compiles.
	Progress func(pass string, done float64)
	// Explain, if not nil, receives the network as text after each pass.
	Explain io.Writer
}

// Result is a compiled network.
type Result struct {
	Image *layout.Image
	// Prepared is the ANN with activations where neurons can be, nil if the network was not an ANN.
	Prepared *snn.Network
	// Quantised is the quantised network, nil without a code.
	Quantised *quantised.Network
	// Network is the integer network that the image holds.
	Network *ir.Network
	// Spiking is the network after conversion, in real numbers: the input of the reference engine.
	Spiking *snn.Network
	// Plan is the placement.
	Plan   *place.Plan
	Report Report
}

// Compile compiles a trained network into an image. A network that does not fit its chip is a
// *fit.Error. When ctx is done, Compile returns ctx's error soon after.
func Compile(ctx context.Context, net *snn.Network, opts Options) (*Result, error) {
	if opts.WeightBits == 0 {
		opts.WeightBits = 8
	}
	return compile(ctx, &state{opts: opts, spiking: net})
}

// CompileIR compiles an integer network, whose constants are for a chip with the network's widths.
// Passes for trained networks are skipped, their options ignored, and Result.Spiking is nil. An
// invalid network is an error.
func CompileIR(ctx context.Context, net *ir.Network, opts Options) (*Result, error) {
	if err := net.Validate(); err != nil {
		return nil, fmt.Errorf("compile %w", err)
	}
	for k := range net.Projections {
		opts.WeightBits = max(opts.WeightBits, net.Projections[k].WeightBits)
	}
	return compile(ctx, &state{opts: opts, net: net})
}

// compile runs the passes that a network needs.
func compile(ctx context.Context, s *state) (*Result, error) {
	if err := s.runUntil(ctx, ""); err != nil {
		return nil, err
	}
	s.report.fill(s)
	return &Result{Image: s.image, Prepared: s.prepared, Quantised: s.quantised, Network: s.net,
		Spiking: s.spiking, Plan: place.PlanOf(s.mapping), Report: s.report}, nil
}

// runUntil runs the passes that a network needs before the one that is named, or all.
func (s *state) runUntil(ctx context.Context, end string) error {
	if err := errors.Join(checkOrder(passes), s.opts.Chip.NotEmulated()); err != nil {
		return err
	}
	for i := range passes {
		if passes[i].name == end {
			return nil
		}
		s.width = 1 / float64(len(passes))
		s.begin = float64(i) * s.width
		s.progress(passes[i].name, 0)
		if err := s.pass(ctx, &passes[i]); err != nil {
			return err
		}
	}
	return nil
}

// way is how the network becomes integers.
func (s *state) way() way {
	switch {
	case s.coded():
		return byCode
	case s.spiking == nil:
		return given
	}
	return byRate
}

// coded reports whether activations are sent exactly.
func (s *state) coded() bool { return encode.IsCode(s.opts.Encoder.Kind) && s.spiking != nil }

// progress reports how much of the pass that runs is done.
func (s *state) progress(pass string, part float64) {
	if s.opts.Progress != nil {
		s.opts.Progress(pass, s.begin+float64(part*s.width))
	}
}

// pass runs one pass, validates its output and prints it, as far as requested.
func (s *state) pass(ctx context.Context, p *pass) error {
	if p.ways != 0 && p.ways&s.way() == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("compile: before pass %s: %w", p.name, err)
	}
	if err := p.run(ctx, s); err != nil {
		return err
	}
	if p.check != nil && (invariants || s.opts.Check) {
		if err := p.check(s); err != nil {
			return fmt.Errorf("compiler: after pass %s: %w", p.name, err)
		}
	}
	if s.opts.Explain == nil {
		return nil
	}
	if _, err := fmt.Fprintf(s.opts.Explain, "== after %s: %s\n%s\n", p.name, p.does,
		s.text()); err != nil {
		return fmt.Errorf("explain pass %s: %w", p.name, err)
	}
	return nil
}

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

// Options steer a compilation.
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
	// Levels applies where Encoder.Kind is a code, radix or level, which then carries a
	// quantised network; WeightBits and the pools of Conversion count there too.
	Levels levels.Options
	// Choose has the bits of inputs and activations chosen: those with the least synaptic
	// operations that lose at most Loss points of accuracy on calibration samples, by
	// Labels or, without, by the ANN's own classes. Bits that Levels has are kept.
	Choose bool
	Loss   float64
	Labels []int
	// Balance cuts what the slowest core holds into more cores while that pays.
	Balance bool
	// Placement steers the place pass.
	Placement place.Options
	// Rates, if not nil, are how often the sources spike; a converted
	// network without them gets estimates from its calibration samples.
	Rates *rates.Rates
	// ChipTiming lets every hop take its tick instead of compensating for
	// it.
	ChipTiming bool
	// Check holds what each pass leaves behind to its own rules, as the build tag
	// invariants does.
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
	// Prepared is the ANN with activations where neurons can be, nil where the network was
	// none.
	Prepared *snn.Network
	// Quantised is the network that a code carries, nil without one.
	Quantised *quantised.Network
	// Network is the integer network that the image holds.
	Network *ir.Network
	// Spiking is the network after conversion, in real numbers: what the
	// reference engine runs.
	Spiking *snn.Network
	// Plan is the placement.
	Plan   *place.Plan
	Report Report
}

// Compile makes an image of a network as trained. A network that does not fit its chip
// is a *fit.Error. When ctx is done, compiling ends soon with ctx's error.
func Compile(ctx context.Context, net *snn.Network, opts Options) (*Result, error) {
	if opts.WeightBits == 0 {
		opts.WeightBits = 8
	}
	return compile(ctx, &state{opts: opts, spiking: net})
}

// CompileIR makes an image of an integer network, whose constants are those of a chip
// with the network's widths: passes for networks as trained are left out, with the
// options that steer them, and Result.Spiking is nil. A network that is not valid is
// refused.
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

// way is how the network comes to integers.
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

// pass runs one pass, checks what it leaves behind and shows it, as far as that is
// wanted.
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

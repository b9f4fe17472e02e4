package compiler

import (
	"fmt"
	"io"
	"slices"

	"adder/chip/profile"
	"adder/compiler/convert"
	"adder/compiler/ir"
	"adder/compiler/place"
	"adder/compiler/rates"
	"adder/layout"
	"adder/snn"
)

// Options steer a compilation.
type Options struct {
	// Chip is the target.
	Chip *profile.Profile
	// WeightBits is the width of weights, sign included; 0 means 8.
	WeightBits int
	// Conversion applies to ANNs only.
	Conversion convert.Options
	// Encoder is recorded in the image; its Ticks bound the room that
	// integrators need. Kind "direct" keeps the first layer's synapses with
	// the host.
	Encoder layout.Encoder
	// Placement steers the place pass.
	Placement place.Options
	// Rates, if not nil, are how often the sources spike; a converted
	// network without them gets estimates from its calibration samples.
	Rates *rates.Rates
	// ChipTiming lets every hop take its tick instead of compensating for
	// it.
	ChipTiming bool
	// Readout, if not nil, is how the image is read. Otherwise the output
	// population is: the potentials of integrators, the counts of spikes.
	Readout *layout.Readout
	// Explain, if not nil, receives the network as text after each pass.
	Explain io.Writer
}

// Result is a compiled network.
type Result struct {
	Image *layout.Image
	// Network is the integer network that the image holds.
	Network *ir.Network
	// Spiking is the network after conversion, in real numbers: what the
	// reference engine runs.
	Spiking *snn.Network
	// Plan is the placement.
	Plan   *place.Plan
	Report Report
}

// Compile runs all passes. A network that does not fit its chip is a
// *FitError.
func Compile(net *snn.Network, opts Options) (*Result, error) {
	if opts.WeightBits == 0 {
		opts.WeightBits = 8
	}
	return compile(&state{opts: opts, spiking: net}, passes)
}

// CompileIR puts an integer network on a chip: it runs the passes from
// partition on. The constants must be those of a chip with the network's
// widths. A network whose Output is negative and that has no
// Options.Readout makes an image without a readout. Options that steer
// earlier passes are not looked at, and Result.Spiking is nil.
func CompileIR(net *ir.Network, opts Options) (*Result, error) {
	for k := range net.Projections {
		opts.WeightBits = max(opts.WeightBits, net.Projections[k].WeightBits)
	}
	from := slices.IndexFunc(passes, func(p pass) bool { return p.name == "partition" })
	return compile(&state{opts: opts, net: net}, passes[from:])
}

// compile runs passes, which are the end of the table.
func compile(s *state, todo []pass) (*Result, error) {
	if err := checkOrder(passes); err != nil {
		return nil, err
	}
	for _, p := range todo {
		if err := p.run(s); err != nil {
			return nil, err
		}
		if s.opts.Explain == nil {
			continue
		}
		if _, err := fmt.Fprintf(s.opts.Explain, "== after %s: %s\n%s\n", p.name, p.does, s.text()); err != nil {
			return nil, fmt.Errorf("explain pass %s: %w", p.name, err)
		}
	}
	s.report.fill(s)
	return &Result{Image: s.image, Network: s.net, Spiking: s.spiking, Plan: place.PlanOf(s.mapping), Report: s.report}, nil
}

package compiler

import (
	"fmt"
	"io"

	"adder/chip/profile"
	"adder/compiler/ir"
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
	Conversion Conversion
	// Encoder is recorded in the image; its Ticks bound the room that
	// integrators need. Kind "direct" keeps the first layer's synapses with
	// the host.
	Encoder layout.Encoder
	// Placement steers the place pass.
	Placement Placement
	// ChipTiming lets every hop take its tick instead of compensating for
	// it.
	ChipTiming bool
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
	Report  Report
}

// Compile runs all passes. A network that does not fit its chip is a
// *FitError.
func Compile(net *snn.Network, opts Options) (*Result, error) {
	if opts.WeightBits == 0 {
		opts.WeightBits = 8
	}
	if err := checkOrder(passes); err != nil {
		return nil, err
	}
	s := &state{opts: opts, spiking: net}
	for _, p := range passes {
		if err := p.run(s); err != nil {
			return nil, err
		}
		if opts.Explain != nil {
			if _, err := fmt.Fprintf(opts.Explain, "== after %s: %s\n%s\n", p.name, p.does, s.text()); err != nil {
				return nil, err
			}
		}
	}
	s.report.fill(s)
	return &Result{Image: s.image, Network: s.net, Spiking: s.spiking, Report: s.report}, nil
}

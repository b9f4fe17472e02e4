package compiler

import (
	"context"
	"fmt"

	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/snn"
)

// Sizing is the use of a chip by a network, before it is placed.
type Sizing struct {
	// Cores is the number of core loads.
	Cores int
	// Used are the neurons, axons, routes and bits of synapse memory of all cores together.
	Used []LimitFill
	// Tightest is the limit that a core is closest to, and Share its used share.
	Tightest string
	Share    float64
	Neurons  int
	Latency  int
	Warnings []string
}

// Size compiles a network up to its core loads, without placement and image. Its errors are those
// of Compile.
func Size(ctx context.Context, net *snn.Network, opts Options) (*Sizing, error) {
	if opts.WeightBits == 0 {
		opts.WeightBits = 8
	}
	return size(ctx, &state{opts: opts, spiking: net})
}

// SizeIR is Size of an integer network.
func SizeIR(ctx context.Context, net *ir.Network, opts Options) (*Sizing, error) {
	if err := net.Validate(); err != nil {
		return nil, fmt.Errorf("size %w", err)
	}
	return size(ctx, &state{opts: opts, net: net})
}

func size(ctx context.Context, s *state) (*Sizing, error) {
	if err := s.runUntil(ctx, "place"); err != nil {
		return nil, err
	}
	core := &s.opts.Chip.Core
	out := &Sizing{
		Cores: len(s.mapping.Parts), Latency: s.net.Latency(int(s.opts.Encoder.Ticks)),
		Warnings: s.report.Warnings,
		Used: []LimitFill{
			{Limit: fit.LimitNeurons}, {Limit: fit.LimitAxons}, {Limit: fit.LimitMemory},
			{Limit: fit.LimitRoutes},
		},
	}
	for p := range s.net.Populations {
		out.Neurons += s.net.Populations[p].Size
	}
	for i := range s.mapping.Parts {
		load := &s.mapping.Parts[i].Load
		used := []int64{int64(load.Neurons), int64(load.Axons), load.Bits, int64(load.Routes)}
		have := []int64{int64(core.Neurons), int64(core.InputAxons), core.SynapseMemory,
			int64(core.OutputRoutes)}
		for k := range used {
			out.Used[k].Used += used[k]
			out.Used[k].Have += have[k]
			if share := float64(used[k]) / float64(have[k]); share > out.Share {
				out.Tightest, out.Share = out.Used[k].Limit, share
			}
		}
	}
	return out, nil
}

package chip_test

import (
	"context"
	"errors"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/ir/irtest"
	"adder/compiler/place"
	"adder/layout"
	"adder/spike"
)

// fatal is what both testing.T and rapid.T are.
type fatal interface {
	require.TestingT
	Helper()
	Context() context.Context
}

// randomNetwork draws a network for the registers of a chip.
func randomNetwork(t *rapid.T, on *profile.Profile) *ir.Network {
	return irtest.Network(t, on, fit.Widths(on))
}

// compileOrSkip compiles a network; a draw that does not fit its chip is no
// test.
func compileOrSkip(t *rapid.T, net *ir.Network, on *profile.Profile, ticks int,
	seed uint64) *layout.Image {
	encoder := layout.Encoder{Kind: layout.EncoderSpikes, Ticks: int32(ticks)}
	if net.Host != nil {
		encoder.Kind = layout.EncoderDirect
	}
	r, err := compiler.CompileIR(t.Context(), net, compiler.Options{
		Chip: on, Encoder: encoder, Placement: place.Options{Seed: seed, Moves: 50},
	})
	if misfit := new(fit.Error); err != nil && errors.As(err, &misfit) {
		t.Skip(err)
	}
	require.NoError(t, err)
	return r.Image
}

// recordAll has an engine record all populations of an image.
func recordAll(img *layout.Image, opts chip.Options) chip.Options {
	for p := range img.Populations {
		opts.Spikes, opts.Potentials = append(opts.Spikes, p), append(opts.Potentials, p)
	}
	return opts
}

// run emulates one train, recording everything.
func run(t fatal, img *layout.Image, train *spike.Train, opts chip.Options) *chip.Outcome {
	t.Helper()
	c, err := chip.Load(img)
	require.NoError(t, err)
	out, err := c.NewFast(recordAll(img, opts)).Run(context.Background(),
		&chip.Sample{Number: 7, Spikes: train})
	require.NoError(t, err)
	return out
}

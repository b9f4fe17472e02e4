package compiler

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/testnets"
	"adder/layout"
)

// smallCores is a chip with cores so small that every limit cuts.
func smallCores(t *testing.T, change func(p *profile.Profile)) *profile.Profile {
	t.Helper()
	chip, err := profile.Load("adder")
	require.NoError(t, err)
	out := *chip
	change(&out)
	return &out
}

// pooled is the state before the first pass of a small CNN.
func pooled(chip *profile.Profile) *state {
	return &state{spiking: testnets.Pool(), opts: Options{Chip: chip, WeightBits: 8,
		Encoder: layout.Encoder{Kind: "rate", Ticks: 32}}}
}

// TestLoadsAreWhatRouteMakes compares the loads that partition worked out
// with the images that come of them, for each limit as the one that cuts.
func TestLoadsAreWhatRouteMakes(t *testing.T) {
	if testing.Short() {
		t.Skip("a second or more")
	}
	for _, c := range []struct {
		name   string
		change func(p *profile.Profile)
	}{
		{fit.LimitNeurons, func(p *profile.Profile) { p.Core.Neurons = 300 }},
		{fit.LimitAxons, func(p *profile.Profile) { p.Core.InputAxons = 1200 }},
		{fit.LimitMemory, func(p *profile.Profile) {
			p.Core.SynapseMemory = 1 << 19
			p.Weights.SharedRows = false
		}},
		{fit.LimitRoutes, func(p *profile.Profile) { p.Core.OutputRoutes = 1100 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			chip := smallCores(t, c.change)
			few := func(chip *profile.Profile) *state {
				return &state{net: testnets.Sparse(chip, 3, 400, 16, 32), opts: Options{Chip: chip}}
			}
			cut := false
			for _, start := range []func(*profile.Profile) *state{pooled, few} {
				s := start(chip)
				for _, p := range passes {
					if s.net == nil || p.name == "partition" || p.name == "place" ||
						p.name == "route" || p.name == "verify" {
						require.NoError(t, p.run(t.Context(), s))
					}
				}
				requireLoads(t, s)
				for i := range s.mapping.Parts {
					cut = cut || s.mapping.Parts[i].Full == c.name
				}
			}
			require.True(t, cut, "no core is full of %s", c.name)
		})
	}
}

func requireLoads(t *testing.T, s *state) {
	t.Helper()
	fill := map[int]CoreFill{}
	for _, f := range Fill(s.image) {
		fill[f.Tile] = f
	}
	for i := range s.mapping.Parts {
		l, f := s.mapping.Parts[i].Load, fill[s.mapping.Tiles[i]]
		require.Equal(t, l.Neurons, f.Neurons)
		require.Equal(t, l.Axons, f.Axons)
		require.Equal(t, l.Routes, f.Routes)
		require.Equal(t, s.mapping.Parts[i].Full, f.Full)
		if s.mapping.Chip.Weights.SharedRows {
			require.GreaterOrEqual(t, l.Bits, f.Bits)
		} else {
			require.Equal(t, l.Bits, f.Bits)
			require.Equal(t, f.Unrolled, f.Bits)
		}
	}
}

// TestKernelsAreStoredOnce compares the memory of a convolution on chips
// with and without shared rows. A tile of 16 channels over 20 x 20 places
// stores per input channel at most the 9 x 9 ways in which its edges cut a
// kernel of 5 x 5 off, where each of 24 x 24 sources would have a row.
func TestKernelsAreStoredOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("a second or more")
	}
	wide, err := profile.Load("wide")
	require.NoError(t, err)
	net := convNetwork(28)
	r, err := Compile(t.Context(), net,
		Options{Chip: wide, Encoder: layout.Encoder{Kind: "rate", Ticks: 8}})
	require.NoError(t, err)
	require.Less(t, 3*r.Report.SynapseBits, r.Report.UnrolledBits)
	rows := 0
	for i := range r.Image.Cores {
		rows = max(rows, len(r.Image.Cores[i].Config.Rows))
	}
	require.LessOrEqual(t, rows, 8*9*9)
	alone := *wide
	alone.Weights.SharedRows = false
	own, err := Compile(t.Context(), net,
		Options{Chip: &alone, Encoder: layout.Encoder{Kind: "rate", Ticks: 8}})
	require.NoError(t, err)
	require.Equal(t, own.Report.UnrolledBits, own.Report.SynapseBits)
	require.Equal(t, own.Report.UnrolledBits, r.Report.UnrolledBits)
}

// TestAllLayersThatCannotBeCutAreNamed: a misfit is of all populations, in their order.
func TestAllLayersThatCannotBeCutAreNamed(t *testing.T) {
	chip := smallCores(t, func(p *profile.Profile) { p.Core.InputAxons = 8 })
	s := pooled(chip)
	var err error
	for i := range passes {
		if p := &passes[i]; p.name != "convert" && p.ways&byCode == 0 && err == nil {
			err = p.run(t.Context(), s)
		}
	}
	var misfit *fit.Error
	require.ErrorAs(t, err, &misfit)
	require.Greater(t, len(misfit.Limits), 1)
	seen := map[string]bool{}
	for _, l := range misfit.Limits {
		require.Equal(t, "input axons for one neuron", l.Limit)
		require.False(t, seen[l.Layer], "%s twice", l.Layer)
		seen[l.Layer] = true
	}
}

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"adder/compiler"
	"adder/compiler/casefile"
	"adder/compiler/fit"
	"adder/compiler/place"
	"adder/layout"
)

// defaultChip is the profile that models are compiled for.
const defaultChip = "adder"

// isCase goes by the ending.
func isCase(path string) bool {
	ending := filepath.Ext(path)
	return strings.EqualFold(ending, ".yaml") || strings.EqualFold(ending, ".yml")
}

// openCase reads a case file and places its network. The chip is the case's
// unless --chip names another.
func (a *app) openCase(ctx context.Context, path string, f *modelFlags) (*load, error) {
	c, err := casefile.Open(path)
	if err != nil {
		return nil, err
	}
	name := f.chip
	if c.Chip != "" && name == defaultChip {
		name = c.Chip
	}
	p, err := f.openChip(name)
	if err != nil {
		return nil, err
	}
	net, err := c.Network(p, fit.Widths(p))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	ticks := c.Ticks
	if f.ticks > 0 {
		ticks = f.ticks
	}
	if ticks == 0 {
		ticks = defaultSpikeTicks
	}
	avoid, err := f.avoid(p)
	if err != nil {
		return nil, err
	}
	result, err := compiler.CompileIR(ctx, net, compiler.Options{
		Chip: p, Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: int32(ticks)},
		Placement: place.Options{Seed: f.placeSeed, Moves: f.placeMoves, Avoid: avoid},
		Balance:   f.balance,
	})
	if err != nil {
		return nil, fitOrUsage(err)
	}
	return &load{image: result.Image, report: &result.Report}, nil
}

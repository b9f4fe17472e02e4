package compiler

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler/testnets"
	"adder/layout"
	"adder/snn"
)

// mapped is a network of the table in docs/mapping.md and a chip for it.
type mapped struct {
	name, chip string
	// start is the state before the first pass that the network needs.
	start func(chip *profile.Profile) *state
}

var mappedNetworks = []mapped{
	{"CNN of 28x28-8C5-P2-16C5-P2-10", "adder", trained(testnets.Pool)},
	{"CNN of 28x28-8C5-P2-16C5-P2-10", "loihi", trained(testnets.Pool)},
	{"MLP of 784-1024-1024-10", "adder", trained(testnets.Layered)},
	{"MLP of 784-1024-1024-10", "loihi", trained(testnets.Layered)},
	{"random sparse, 8 x 2048, fan-in 32", "adder", sparse(2048)},
	{"random sparse, 8 x 2048, fan-in 32", "loihi", sparse(2048)},
	{"sparse with neighbourhoods of 64", "adder", sparse(64)},
	{"sparse with neighbourhoods of 64", "loihi", sparse(64)},
}

func trained(build func() *snn.Network) func(*profile.Profile) *state {
	return func(chip *profile.Profile) *state {
		return &state{spiking: build(), opts: Options{Chip: chip, WeightBits: 8, Encoder: layout.Encoder{Kind: "rate", Ticks: 32}}}
	}
}

func sparse(reach int) func(*profile.Profile) *state {
	return func(chip *profile.Profile) *state {
		return &state{net: testnets.Sparse(chip, 8, 2048, 32, reach), opts: Options{Chip: chip}}
	}
}

// place runs the passes up to the placement.
func (c *mapped) place(t *testing.T) *state {
	chip, err := profile.Load(c.chip)
	require.NoError(t, err)
	s := c.start(chip)
	for _, p := range passes {
		if p.name == "route" {
			break
		}
		if s.net == nil || p.name == "partition" || p.name == "place" {
			require.NoError(t, p.run(s), "%s on %s", c.name, c.chip)
		}
	}
	return s
}

// The table stands between these lines of docs/mapping.md.
const (
	mappingDoc   = "../docs/mapping.md"
	mappingBegin = "<!-- measured -->\n"
	mappingEnd   = "<!-- end -->\n"
)

// TestMappingTable measures the table of docs/mapping.md (-update writes
// it) and holds the placement to what the page claims of it.
func TestMappingTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("| network | chip | cores | row by row | along the curve | placed | lower bound | than row by row | above the bound |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|\n")
	for _, c := range mappedNetworks {
		s := c.place(t)
		m, o := s.mapping, s.objective
		parts := len(m.Parts)
		placed, rows := o.hops(m.Tiles), o.hops(rowMajor(parts))
		curve := o.hops(hilbert(m.Chip.Mesh, m.Chip.Ports[0])[:parts])
		bound := o.hopsBound(parts)
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d | %d %% fewer | %d %% |\n", c.name, c.chip, parts, rows, curve, placed, bound, 100*(rows-placed)/rows, 100*(placed-bound)/bound)
		require.LessOrEqual(t, placed, min(rows, curve))
		require.GreaterOrEqual(t, placed, bound)
		if parts > 4 {
			require.LessOrEqual(t, 5*placed, 4*rows, "%s on %s saves less than a fifth", c.name, c.chip)
		}
	}
	text, err := os.ReadFile(mappingDoc)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), mappingBegin)
	require.True(t, ok)
	measured, after, ok := strings.Cut(rest, mappingEnd)
	require.True(t, ok)
	if *update {
		require.NoError(t, os.WriteFile(mappingDoc, []byte(before+mappingBegin+b.String()+mappingEnd+after), 0o644))
		return
	}
	require.Equal(t, b.String(), measured, "run with -update")
}

package place

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler/ir"
	"adder/compiler/lower"
	"adder/compiler/partition"
	"adder/compiler/quantise"
	"adder/compiler/testnets"
	"adder/internal/golden"
	"adder/snn"
)

// mapped is a network of the table in docs/mapping.md and a chip for it.
type mapped struct {
	name, chip string
	build      func(t testing.TB, chip *profile.Profile) *ir.Network
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

// trained makes integers of 8 bits of a network in real numbers.
func trained(build func() *snn.Network) func(testing.TB, *profile.Profile) *ir.Network {
	return func(t testing.TB, chip *profile.Profile) *ir.Network {
		f, err := lower.Network(build())
		require.NoError(t, err)
		_, err = lower.Retime(f, false)
		require.NoError(t, err)
		net, _, err := quantise.Network(f, quantise.Options{WeightBits: 8, Ticks: 32}, chip)
		require.NoError(t, err)
		return net
	}
}

func sparse(reach int) func(testing.TB, *profile.Profile) *ir.Network {
	return func(_ testing.TB, chip *profile.Profile) *ir.Network {
		return testnets.Sparse(chip, 8, 2048, 32, reach)
	}
}

// placed is the network on its chip, and what judged the placement.
func (c *mapped) placed(t testing.TB) (*partition.Mapping, *Objective) {
	m, o := c.partitioned(t)
	Parts(t.Context(), m, o, Options{})
	return m, o
}

// partitioned is the network in core loads that have no tiles yet.
func (c *mapped) partitioned(t testing.TB) (*partition.Mapping, *Objective) {
	chip, err := profile.Load(c.chip)
	require.NoError(t, err)
	m, err := partition.Network(t.Context(), c.build(t, chip), chip)
	require.NoError(t, err, "%s on %s", c.name, c.chip)
	return m, ObjectiveOf(m, nil)
}

// BenchmarkParts answers how long a placement takes.
func BenchmarkParts(b *testing.B) {
	for _, c := range mappedNetworks {
		b.Run(c.name+" on "+c.chip, func(b *testing.B) {
			m, o := c.partitioned(b)
			for b.Loop() {
				Parts(context.Background(), m, o, Options{})
			}
		})
	}
}

// The table stands between these lines of docs/mapping.md.
const (
	mappingDoc   = "../../docs/mapping.md"
	mappingBegin = "<!-- measured -->\n"
	mappingEnd   = "<!-- end -->\n"
)

// TestMappingTable measures the table of docs/mapping.md (-rewrite writes
// it) and holds the placement to what the page claims of it; with -short, of the networks that
// somebody trained.
func TestMappingTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("| network | chip | cores | row by row | along the curve | placed | lower " +
		"bound | than row by row | above the bound |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|\n")
	networks := mappedNetworks
	if testing.Short() {
		networks = networks[:4]
	}
	for _, c := range networks {
		m, o := c.placed(t)
		parts := len(m.Parts)
		placed, rows := o.Hops(m.Tiles), o.Hops(RowMajor(parts))
		curve := o.Hops(curveOf(o.topology, m.Chip)[:parts])
		bound := o.HopsBound(parts)
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d | %d %% fewer | %d %% |\n", c.name,
			c.chip, parts, rows, curve, placed, bound, 100*(rows-placed)/rows,
			100*(placed-bound)/bound)
		require.LessOrEqual(t, placed, min(rows, curve))
		require.GreaterOrEqual(t, placed, bound)
		if parts > 4 {
			require.LessOrEqual(t, 5*placed, 4*rows, "%s on %s saves less than a fifth", c.name,
				c.chip)
		}
	}
	text, err := os.ReadFile(mappingDoc)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), mappingBegin)
	require.True(t, ok)
	measured, after, ok := strings.Cut(rest, mappingEnd)
	require.True(t, ok)
	if golden.Rewriting() {
		require.NoError(t,
			os.WriteFile(mappingDoc, []byte(before+mappingBegin+b.String()+mappingEnd+after),
				0o644))
		return
	}
	if len(networks) < len(mappedNetworks) {
		measured = measured[:min(b.Len(), len(measured))]
	}
	require.Empty(t, golden.Diff(measured, b.String()), "run with -rewrite")
}

package irtest

import (
	"fmt"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/chip/profile/profiletest"
)

// Chip draws a chip of small cores, so that a few neurons take many of them, or a board of
// such chips.
func Chip(t *rapid.T) *profile.Profile {
	bits := rapid.IntRange(8, 32).Draw(t, "potential bits")
	overflow := rapid.SampledFrom([]string{"saturate", "wrap"})
	fields := profiletest.Fields{
		"width": rapid.IntRange(1, 8).Draw(t, "mesh width"), "height": 8,
		"multicast":      rapid.Bool().Draw(t, "multicast"),
		"neurons":        rapid.IntRange(1, 16).Draw(t, "neurons per core"),
		"input_axons":    rapid.IntRange(12, 60).Draw(t, "axons per core"),
		"synapse_memory": fmt.Sprint(rapid.IntRange(300, 6000).Draw(t, "memory"), " bit"),
		"formats": rapid.SampledFrom([]string{"[dense, sparse, others]", "[dense, sparse]", dense,
			"[sparse]", typed}).Draw(t, "formats"),
		"shared_rows":    rapid.Bool().Draw(t, "shared rows"),
		"potential_bits": bits, "threshold_bits": bits, "bias_bits": bits,
		"threshold_unsigned": false,
		"current_bits":       rapid.IntRange(8, 32).Draw(t, "current bits"),
		"potential_overflow": overflow.Draw(t, "potential overflow"),
		"current_overflow":   overflow.Draw(t, "current overflow"),
		"align":              rapid.IntRange(0, 3).Draw(t, "align"),
		"decay_digits":       rapid.IntRange(0, 3).Draw(t, "decay digits"),
		"duplicates":         rapid.SampledFrom([]string{"add", "merge"}).Draw(t, "duplicates"),
	}
	if fields["formats"] == typed {
		fields["weights.axon_types"] = 4
	}
	offChip(t, fields)
	crossbar(t, fields)
	p := profiletest.Variant(t, "adder", fields)
	if !rapid.Bool().Draw(t, "board") {
		return p
	}
	board := profile.Board{
		Width:  rapid.IntRange(1, 2).Draw(t, "board width"),
		Height: rapid.IntRange(1, 3).Draw(t, "board height"),
	}
	p, err := p.OnBoard(board)
	require.NoError(t, err)
	return p
}

// The formats of chips that others than they do not have.
const (
	dense = "[dense]"
	typed = "[typed]"
)

// crossbar has some chips, of those that store dense rows alone, bound neurons by the columns
// that they take.
func crossbar(t *rapid.T, fields profiletest.Fields) {
	alone := fields["formats"] == dense && fields["shared_rows"] == false
	if !alone || rapid.Bool().Draw(t, "no crossbar") {
		return
	}
	fields["core.crossbar"] = fmt.Sprintf("{axons: 16, columns: %d}",
		64<<rapid.IntRange(0, 3).Draw(t, "columns"))
}

// offChip has some chips, of those that store no types, hold their weights outside.
func offChip(t *rapid.T, fields profiletest.Fields) {
	if fields["formats"] == typed || rapid.IntRange(0, 4).Draw(t, "weights outside") > 0 {
		return
	}
	fields["synapse_memory"], fields["plastic_bits"] = nil, 0
	fields["timing.core.off_chip_latency"] = fmt.Sprint(rapid.IntRange(0, 60).Draw(t, "latency"),
		" cycles")
	fields["timing.core.off_chip_cycle"] = fmt.Sprint(rapid.IntRange(0, 5).Draw(t, "word time"),
		" cycles")
	fields["off_chip"] = fmt.Sprintf("{memory: %d bit, word: %d}",
		rapid.IntRange(2000, 100000).Draw(t, "memory outside"),
		8<<rapid.IntRange(0, 4).Draw(t, "word outside"))
}

package irtest

import (
	"fmt"
	"regexp"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile"
)

// Variant is the profile adder with fields changed, as key, value pairs.
func Variant(t require.TestingT, fields ...string) *profile.Profile {
	base, err := profile.Load("adder")
	require.NoError(t, err)
	text := string(base.Text())
	for i := 0; i < len(fields); i += 2 {
		at := regexp.MustCompile(`(?m)^( *` + fields[i] + `:) .*$`)
		require.True(t, at.MatchString(text), "the profile has no field %s", fields[i])
		text = at.ReplaceAllString(text, "${1} "+fields[i+1])
	}
	p, err := profile.Parse("variant.yaml", []byte(text))
	require.NoError(t, err)
	return p
}

// Chip draws a chip of small cores, so that a few neurons take many of them, or a board of
// such chips.
func Chip(t *rapid.T) *profile.Profile {
	bits := fmt.Sprint(rapid.IntRange(8, 32).Draw(t, "potential bits"))
	overflow := rapid.SampledFrom([]string{"saturate", "wrap"})
	formats := []string{"[dense, sparse, others]", "[dense, sparse]", "[dense]", "[sparse]",
		"[typed]\n  axon_types: 4"}
	p := Variant(t,
		"width", fmt.Sprint(rapid.IntRange(1, 8).Draw(t, "mesh width")), "height", "8",
		"multicast", fmt.Sprint(rapid.Bool().Draw(t, "multicast")),
		"neurons", fmt.Sprint(rapid.IntRange(1, 16).Draw(t, "neurons per core")),
		"input_axons", fmt.Sprint(rapid.IntRange(12, 60).Draw(t, "axons per core")),
		"synapse_memory", fmt.Sprint(rapid.IntRange(300, 6000).Draw(t, "memory"), " bit"),
		"formats", rapid.SampledFrom(formats).Draw(t, "formats"), "shared_rows",
		fmt.Sprint(rapid.Bool().Draw(t, "shared rows")),
		"potential_bits", bits, "threshold_bits", bits, "bias_bits", bits, "threshold_unsigned",
		"false",
		"current_bits", fmt.Sprint(rapid.IntRange(8, 32).Draw(t, "current bits")),
		"potential_overflow", overflow.Draw(t, "potential overflow"),
		"current_overflow", overflow.Draw(t, "current overflow"),
		"align", fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "align")),
		"decay_digits", fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "decay digits")),
		"duplicates", rapid.SampledFrom([]string{"add", "merge"}).Draw(t, "duplicates"),
	)
	p = crossbar(t, offChip(t, p))
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

// crossbar has some chips, of those that store dense rows alone, bound neurons by the columns
// that they take.
func crossbar(t *rapid.T, p *profile.Profile) *profile.Profile {
	alone := p.HasFormat(profile.Dense) && len(p.Weights.Formats) == 1 && !p.Weights.SharedRows
	if !alone || rapid.Bool().Draw(t, "no crossbar") {
		return p
	}
	key := fmt.Sprintf("${1}crossbar: {axons: 16, columns: %d}\n${0}",
		64<<rapid.IntRange(0, 3).Draw(t, "columns"))
	text := regexp.MustCompile(`(?m)^( *)max_delay:`).ReplaceAllString(string(p.Text()), key)
	p, err := profile.Parse("variant.yaml", []byte(text))
	require.NoError(t, err)
	return p
}

// offChip has some chips, of those that store no types, hold their weights outside.
func offChip(t *rapid.T, p *profile.Profile) *profile.Profile {
	if p.HasFormat(profile.Typed) || rapid.IntRange(0, 4).Draw(t, "weights outside") > 0 {
		return p
	}
	text := regexp.MustCompile(`(?m)^  synapse_memory:.*\n`).ReplaceAllString(string(p.Text()), "")
	text = regexp.MustCompile(`(?m)^( *plastic_bits:) .*$`).ReplaceAllString(text, "${1} 0")
	text = regexp.MustCompile(`(?m)^( *)memory_cycle:.*$`).ReplaceAllString(text,
		fmt.Sprintf("${0}\n${1}off_chip_latency: %d cycles\n${1}off_chip_cycle: %d cycles",
			rapid.IntRange(0, 60).Draw(t, "latency"), rapid.IntRange(0, 5).Draw(t, "word time")))
	text += fmt.Sprintf("off_chip: {memory: %d bit, word: %d}\n",
		rapid.IntRange(2000, 100000).Draw(t, "memory outside"),
		8<<rapid.IntRange(0, 4).Draw(t, "word outside"))
	p, err := profile.Parse("variant.yaml", []byte(text))
	require.NoError(t, err)
	return p
}

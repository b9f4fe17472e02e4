package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReproduce(t *testing.T) {
	csv := filepath.Join(t.TempDir(), "cells.csv")
	args := []string{"reproduce", "table4", "--data", "digits", "--limit", "200", "--neurons", "10",
		"--ticks", "30", "--batch", "20",
		"--rule", "postpre", "--seed", "3"}
	r := runCommand(append(args, "--json", "--csv", csv)...)
	require.Equal(t, exitDone, r.code, r.err)
	doc := decode(t, r.out)
	require.Equal(t, "paper", doc["preset"])
	require.Equal(t, 200.0, doc["train_images"])
	rows := doc["rows"].([]any)
	require.Len(t, rows, 4)
	for i, neuron := range []string{"if", "lif", "srm0", "dc"} {
		row := rows[i].(map[string]any)
		require.Equal(t, "poisson", row["encoder"])
		require.Equal(t, neuron, row["neuron"])
		require.Equal(t, "postpre", row["rule"])
		require.Equal(t, []float64{0.10, 0.10, 0.10, 0.79}[i], row["paper"])
		require.Greater(t, row["accuracy"], 0.0)
		perImage := row["per_image"].(map[string]any)
		// 23.6 pJ a synop, 81 an update of a neuron, 1.7 a packet
		want := 23.6*perImage["synops"].(float64) + 81*10*30 + 1.7*perImage["spikes"].(float64)
		require.InEpsilon(t, want, row["energy_pj"], 1e-6)
	}
	lines, err := os.ReadFile(csv)
	require.NoError(t, err)
	require.Len(t, strings.Split(strings.TrimSpace(string(lines)), "\n"), 5)

	text := runCommand(append(args, "--workers", "1")...)
	require.Equal(t, exitDone, text.code, text.err)
	require.NotContains(t, text.err, "has no use for")
	require.Contains(t, text.out, "no hardware")
	require.Contains(t, text.out, percent(rows[3].(map[string]any)["accuracy"].(float64)),
		"the same with another number of workers")
}

// TestReproduceInIntegers runs a cell in both arithmetics, which are close.
func TestReproduceInIntegers(t *testing.T) {
	if testing.Short() {
		t.Skip("a second")
	}
	var synops []float64
	for _, arithmetic := range []string{"float", "integer"} {
		r := runCommand("reproduce", "table4", "--data", "digits", "--limit", "640", "--neurons",
			"10", "--neuron", "dc", "--rule", "hebbian",
			"--arithmetic", arithmetic, "--json")
		require.Equal(t, exitDone, r.code, r.err)
		doc := decode(t, r.out)
		require.Equal(t, arithmetic, doc["arithmetic"])
		row := doc["rows"].([]any)[0].(map[string]any)
		require.Greater(t, row["accuracy"], 0.15)
		synops = append(synops, row["per_image"].(map[string]any)["synops"].(float64))
	}
	require.InEpsilon(t, synops[0], synops[1], 0.1)
}

// TestReproduceTuned runs a cell of each encoder on the emulated chip.
func TestReproduceTuned(t *testing.T) {
	if testing.Short() {
		t.Skip("a second")
	}
	r := runCommand("reproduce", "all", "--preset", "tuned", "--batch", "5", "--data", "digits",
		"--limit", "150", "--neurons", "10", "--neuron", "dc", "--rule", "postpre", "--json")
	require.Equal(t, exitDone, r.code, r.err)
	require.Contains(t, r.err, "preset tuned has no use for --batch")
	rows := decode(t, r.out)["rows"].([]any)
	require.Len(t, rows, 3)
	for i, ticks := range []float64{100, 20, 100} {
		row := rows[i].(map[string]any)
		require.Equal(t, ticks, row["ticks"], "the preset's")
		require.Equal(t, row["accuracy_proportion"], row["accuracy"])
		require.Positive(t, row["per_image"].(map[string]any)["synops"])
	}
}

// TestReproducePopulation runs cells that the article leaves out, on the chip and in real
// numbers.
func TestReproducePopulation(t *testing.T) {
	if testing.Short() {
		t.Skip("a second")
	}
	var synops []float64
	for _, arithmetic := range []string{"integer", "float"} {
		r := runCommand("reproduce", "population", "--preset", "tuned", "--data", "digits",
			"--limit", "60", "--neurons", "5", "--neuron", "dc,lif", "--rule", "postpre",
			"--arithmetic", arithmetic, "--json")
		require.Equal(t, exitDone, r.code, r.err)
		doc := decode(t, r.out)
		require.Equal(t, arithmetic, doc["arithmetic"])
		rows := doc["rows"].([]any)
		require.Len(t, rows, 2)
		row := rows[0].(map[string]any)
		require.Nil(t, row["paper"])
		require.Equal(t, 10.0, row["ticks"])
		synops = append(synops, row["per_image"].(map[string]any)["input_spikes"].(float64))
	}
	require.Equal(t, synops[0], synops[1], "the same spikes")
}

// TestReproduceKnowsTheRulesOfTraining: both commands take the same words.
func TestReproduceKnowsTheRulesOfTraining(t *testing.T) {
	short, err := selectCells("table4", []string{"dc"}, []string{"wdpostpre"})
	require.NoError(t, err)
	require.Len(t, short, 1)
	long, err := selectCells("table4", []string{"dc"}, []string{"weightdependent"})
	require.NoError(t, err)
	require.Equal(t, long, short)
	all, err := selectCells("all", nil, nil)
	require.NoError(t, err)
	require.Len(t, all, 36)
}

func TestReproduceRefused(t *testing.T) {
	for _, c := range []struct {
		want string
		args []string
	}{
		{"table7 is not known: write table4, table5, table6, all or population",
			[]string{"table7"}},
		{`preset "fast" is not known: use paper or tuned`, []string{"all", "--preset", "fast"}},
		{`neuron model "cell" is not known: use one of`, []string{"all", "--neuron", "dc,cell"}},
		{"--arithmetic double: it is float or integer", []string{"all", "--arithmetic", "double"}},
		{"--workers 0", []string{"all", "--workers", "0"}},
		{"--limit -1", []string{"all", "--limit", "-1"}},
		{"0 neurons: must be 1 to", []string{"table4", "--preset", "tuned", "--arithmetic", "float",
			"--data", "digits", "--neurons", "0"}},
		{"-1 epochs", []string{"table4", "--preset", "tuned", "--arithmetic", "float", "--data",
			"digits", "--epochs", "-1"}},
		{"2000000000 neurons: must be 1 to", []string{"table4", "--preset", "tuned", "--data",
			"digits", "--neurons", "2000000000"}},
		{"there is no folder",
			[]string{"all", "--csv", filepath.Join(t.TempDir(), "none", "cells.csv")}},
		{`neuron model "hebbian" is not known`, []string{"all", "--neuron", "hebbian"}},
		{`learning rule "dc" is not known`, []string{"all", "--rule", "dc"}},
		{"adder data fetch mnist",
			[]string{"table4", "--data", filepath.Join(t.TempDir(), "none")}},
		{"0 neurons: must be 1 to", []string{"table4", "--data", "digits", "--neurons", "0"}},
	} {
		r := runCommand(append([]string{"reproduce"}, c.args...)...)
		require.Equal(t, exitUsage, r.code)
		require.Contains(t, r.err, c.want)
	}
}

package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// A script that asked for JSON reads one document whatever happens.
func TestErrorsAreOneDocument(t *testing.T) {
	for _, args := range [][]string{
		{"fly", "--json"},
		{"--json", "data"},
		{"run", "none.adder", "--data", "digits", "--json"},
		{"run", "none.adder", "--wings", "--json"},
		{"compile", "m.txt", "-o", "x.adder", "--json"},
		{"chips", "brain", "--json"},
	} {
		r := runCommand(args...)
		require.Equal(t, exitUsage, r.code, "%v", args)
		doc := decode(t, r.out)
		require.Equal(t, float64(exitUsage), doc["exit_status"], "%v", args)
		require.Equal(t, "adder: "+doc["error"].(string)+"\n", r.err, "%v", args)
	}
}

// Every engine has the fields of run; what the reference has no events for is null.
func TestCountsOfTheReference(t *testing.T) {
	doc := requireCounts(t, "run", model(t), "--data", "digits", "--limit", "2", "--engine",
		"reference")
	for _, field := range []string{"counts", "per_sample"} {
		counts := doc[field].(map[string]any)
		for _, name := range []string{"synops", "synaptic_adds", "packets", "hops",
			"neuron_updates", "saturations", "dropped"} {
			require.Contains(t, counts, name)
			require.Nil(t, counts[name], name)
		}
		require.Positive(t, counts["spikes"])
		require.Positive(t, counts["input_spikes"])
	}
	require.Contains(t, doc, "synops_per_second")
	require.Nil(t, doc["synops_per_second"])
}

func TestInterruptsAreOneDocument(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := runUntil(ctx, "demo", "--json")
	require.Equal(t, exitLimit, r.code, r.err)
	doc := decode(t, r.out)
	require.Equal(t, float64(exitLimit), doc["exit_status"])
	require.Contains(t, doc["error"], "interrupted")
}

package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/outside"
)

// TestLayersByDepth: layers of a NIR file, whose nodes have no order but that of their names, are
// listed as signals reach them.
func TestLayersByDepth(t *testing.T) {
	m := filepath.Join(outside.Folder(t, "nir"), "public", "NIR__cnn_sinabs__89e0a61.nir")
	image := filepath.Join(t.TempDir(), "m.adder")
	events := filepath.Join(outside.Folder(t, "events"), "sample_nmnist.bin")
	input := []string{"--events", events, "--event-ticks", "20", "--counts", "clip", "--json"}
	want := []string{"1", "3", "6", "10", "12"}
	compiled := decode(t, runCommand("compile", m, "-o", image, "--json").out)
	require.Equal(t, want, namesOf(compiled, "layers", "layer"))
	inspected := decode(t, runCommand("inspect", image, "--json").out)
	require.Equal(t, want, namesOf(inspected, "layers", "name"))
	for _, words := range [][]string{{"run", image}, {"run", m, "--engine", "reference"}} {
		ran := decode(t, runCommand(append(words, input...)...).out)
		require.Equal(t, want, namesOf(ran, "spikes_by_layer", "layer"))
	}
	ran := decode(t, runCommand(append([]string{"run", m, "--against", "reference"},
		input...)...).out)
	require.Equal(t, append(want, "host", "chip"), namesOf(ran, "by_layer", "layer"))
	require.Equal(t, want, namesOf(ran["against"].(map[string]any), "layers", "layer"))
}

// namesOf are the values of a field in a list of a document.
func namesOf(doc map[string]any, list, field string) (out []string) {
	for _, one := range doc[list].([]any) {
		out = append(out, one.(map[string]any)[field].(string))
	}
	return out
}

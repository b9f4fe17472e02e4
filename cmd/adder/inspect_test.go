package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A case file is inspected as it would run: on its chip, or on another.
func TestInspectCaseFile(t *testing.T) {
	net := saveText(t, "lif.yaml", lif)
	r := runCommand("inspect", net)
	require.Equal(t, exitDone, r.code, r.err)
	for _, want := range []string{"lif for chip loihi: 1 core, 2 synapses", "│ first  │ [1]",
		"│ second │ [1]"} {
		require.Contains(t, r.out, want)
	}
	doc := requireCounts(t, "inspect", net, "--chip", "wide")
	require.Equal(t, "wide", doc["chip"])
	for _, core := range doc["cores"].([]any) {
		tile, width := core.(map[string]any)["tile"].(float64), float64(32)
		require.Equal(t, tile, core.(map[string]any)["y"].(float64)*width+
			core.(map[string]any)["x"].(float64))
	}
	require.Equal(t, "spikes", doc["encoder"].(map[string]any)["kind"])
	require.Equal(t, float64(2), doc["synapses"])
	require.Len(t, doc["layers"], 2)
}

func TestInspectRefuses(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "binary.yaml")
	require.NoError(t, os.WriteFile(binary, []byte("\x08\x07\x00\xff"), 0o600))
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"binary.yaml: this is not a case file, which is text", []string{"inspect", binary}},
		{"none.yaml: no such file", []string{"inspect", filepath.Join(dir, "none.yaml")}},
		{"only a case file is placed to be shown",
			[]string{"inspect", "m.onnx", "--chip", "loihi"}},
		{`profile "brain" is not shipped`, []string{"inspect", saveText(t, "lif.yaml", lif),
			"--chip", "brain"}},
		{"ticks: -3: write 1 to 1073741823",
			[]string{"inspect", saveText(t, "lif.yaml", "ticks: -3\n"+lif)}},
	} {
		r := runCommand(tt.args...)
		require.Equal(t, exitUsage, r.code, tt.want)
		require.Contains(t, r.err, tt.want)
	}
}

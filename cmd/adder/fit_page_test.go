package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/golden"
	"adder/internal/outside"
)

// pageMade is the line of docs/chips.md behind which a command wrote.
const pageMade = "<!-- made by adder fit --markdown -->\n"

// TestChipsPage holds the tables of docs/chips.md to the command that makes them; -rewrite
// makes them anew, as a new profile asks for.
func TestChipsPage(t *testing.T) {
	var models []string
	for _, group := range []struct {
		folder string
		names  []string
	}{
		{"onnx", []string{
			"mlp_784_128_10.onnx", "cnn_avgpool_8_16.onnx", "cnn_avgpool_bn_unfolded.onnx",
			"qdq_mlp_u8.onnx", "qdq_mlp_3_4bit.onnx",
		}},
		{"cifar10", []string{"resnet8.onnx", "vggavg_qcfs.onnx", "vggmax.onnx"}},
		{"nir", []string{
			"public/NIR__cnn_sinabs__89e0a61.nir", "public/NIR__scnn_mnist__e5ac832.nir",
			"public/NIR__braille__047410e.nir", "public/NIR__braille_v2a__64a0b95.nir",
			"public/NIR__braille_noDelay_noBias_subtract__90a7fbb.nir",
			"public/NIR__lif_norse__ce5f8e1.nir", "public/NIR__two_lif_neurons__b23438d.nir",
			"snntorch/dev_mlp_lif.nir", "snntorch/dev_rnn_leaky.nir",
		}},
	} {
		folder := outside.Folder(t, group.folder)
		for _, name := range group.names {
			models = append(models, filepath.Join(folder, name))
		}
	}
	r := runCommand(append([]string{"fit", "--markdown"}, models...)...)
	require.Equal(t, exitDone, r.code, r.err)
	path := filepath.Join("..", "..", "docs", "chips.md")
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	prose, _, found := strings.Cut(string(page), pageMade)
	require.True(t, found, "docs/chips.md has no line %s", pageMade)
	golden.Equal(t, path, prose+pageMade+"\n"+strings.TrimRight(r.out, "\n")+"\n")
}

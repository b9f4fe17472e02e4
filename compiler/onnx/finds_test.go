package onnx

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/outside"
	"adder/snn"
)

// find is a file that was met in public repositories, or is built like
// one, with what onnxruntime computes of it.
type find struct {
	X    [][]float64 `json:"x"`
	Want [][]float64 `json:"y_onnxruntime"`
}

// findCases say how each file is read where the defaults do not do, and
// what is asked of its network.
var findCases = map[string]struct {
	opts Options
	// refusal is the reason where the file is refused.
	refusal string
	// warning is one that must be given.
	warning string
	// classes is the number of outputs, 10 if 0.
	classes int
	// scale is what the file's samples are multiplied by to be fed.
	scale float64
	// end is applied to the outputs where the network left it out.
	end func(float64) float64
}{
	"avgpool_fc":        {},
	"classes_26":        {classes: 26},
	"concat_halves":     {},
	"conv_maxpool_relu": {},
	"dropout_training_true": {refusal: "(Dropout): it is in training mode, where it drops " +
		"elements at random"},
	"dynamic_hw":    {opts: Options{Shapes: map[string][]int{"x": {1, 1, 28, 28}}}},
	"identity_clip": {},
	"lfs_pointer": {refusal: "it is a Git LFS pointer, which stands for the file: " +
		"fetch the file itself with `git lfs pull`"},
	"nhwc_flatten":       {},
	"normalised_outside": {},
	"one_logit":          {classes: 1},
	"qdq_weights_only":   {},
	"relu6_max_min":      {},
	"relu_as_max":        {},
	"rescaling_0_255":    {},
	"sigmoid_classes": {warning: "(Sigmoid) is dropped", end: func(v float64) float64 {
		return 1 / (1 + math.Exp(-v))
	}},
	"sum_of_three":       {},
	"uint8_input":        {scale: 1.0 / 255},
	"unbatched_28x28":    {warning: "the input's first axis of 28 belongs to the sample"},
	"unsorted_nodes":     {},
	"unused_first_input": {},
}

// TestFinds reads every file and compares its outputs with onnxruntime's.
func TestFinds(t *testing.T) {
	folder := filepath.Join(outside.Folder(t, "finds"), "onnx")
	paths, err := filepath.Glob(filepath.Join(folder, "*.onnx"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		name := filepath.Base(path[:len(path)-len(".onnx")])
		t.Run(name, func(t *testing.T) {
			tc, ok := findCases[name]
			require.True(t, ok, "no case for %s", name)
			net, err := Read(path, tc.opts)
			if tc.refusal != "" {
				require.ErrorContains(t, err, tc.refusal)
				return
			}
			require.NoError(t, err)
			if tc.warning != "" {
				require.Contains(t, joinLines(net.Warnings), tc.warning)
			}
			classes := tc.classes
			if classes == 0 {
				classes = 10
			}
			require.Equal(t, classes, net.Nodes[net.Outputs()[0]].Out.Size())
			checkFind(t, net, folder, name, tc.scale, tc.end)
		})
	}
}

func joinLines(lines []string) string {
	out := ""
	for _, l := range lines {
		out += l + "\n"
	}
	return out
}

func checkFind(t *testing.T, net *snn.Network, folder, name string, scale float64,
	end func(float64) float64) {
	t.Helper()
	var f find
	data, err := os.ReadFile(filepath.Join(folder, name+".json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &f))
	analog, err := snn.NewAnalog(net)
	require.NoError(t, err)
	var got [][]float64
	for _, x := range f.X {
		for i := range x {
			if scale != 0 {
				x[i] *= scale
			}
		}
		y, err := analog.Run(x)
		require.NoError(t, err)
		row := append([]float64(nil), y...)
		for i, v := range row {
			if end != nil {
				row[i] = end(v)
			}
		}
		got = append(got, row)
	}
	requireClose(t, f.Want, got, 1e-4)
}

package onnx

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/golden"
	"adder/snn"
)

// backendFolder is where Debian's libonnx-testdata puts the test cases of
// the ONNX project.
const backendFolder = "/usr/share/libonnx-testdata/data"

// backendCase is a model with the values of its inputs and outputs.
type backendCase struct {
	name   string
	folder string
	model  *modelProto
}

func backendCases(t *testing.T) []backendCase {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(backendFolder, "*", "*", "model.onnx"))
	require.NoError(t, err)
	if len(paths) == 0 {
		t.Skipf("no ONNX backend test cases in %s: install libonnx-testdata", backendFolder)
	}
	var out []backendCase
	for _, path := range paths {
		folder := filepath.Dir(path)
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		m, err := decodeModel(data)
		require.NoError(t, err, path)
		name, _ := filepath.Rel(backendFolder, folder)
		out = append(out, backendCase{name, folder, m})
	}
	return out
}

// operators are the operators of the model that are not its own functions.
func (c *backendCase) operators() []string {
	known := map[string]bool{}
	add := func(nodes []nodeProto) {
		for i := range nodes {
			known[nodes[i].op] = true
		}
	}
	add(c.model.graph.nodes)
	for i := range c.model.functions {
		delete(known, c.model.functions[i].name)
		add(c.model.functions[i].nodes)
	}
	return slices.Sorted(maps.Keys(known))
}

// tensor reads input_0.pb or the like, under a name.
func (c *backendCase) tensor(kind string, i int, name string) (*tensorProto, error) {
	data, err := os.ReadFile(filepath.Join(c.folder, "test_data_set_0",
		fmt.Sprintf("%s_%d.pb", kind, i)))
	if err != nil {
		return nil, err
	}
	t := &tensorProto{}
	if err := (message{data: data}).each(t.field); err != nil {
		return nil, err
	}
	t.name = name
	return t, nil
}

func (c *backendCase) values(t *testing.T, kind string, i int) *tensor {
	t.Helper()
	p, err := c.tensor(kind, i, "")
	require.NoError(t, err)
	declared := c.model.graph.inputs
	if kind == "output" {
		declared = c.model.graph.outputs
	}
	if declared[i].elem == typeBfloat16 && p.dataType == typeUint16 {
		p.dataType = typeBfloat16 // the cases hold its bits as integers
	}
	v, err := p.decode(nil)
	require.NoError(t, err)
	return v
}

// bind makes all inputs but the first constants.
func (c *backendCase) bind() error {
	g := c.model.graph
	given := map[string]bool{}
	for i := range g.initializers {
		given[g.initializers[i].name] = true
	}
	next := 0
	for i := range g.inputs {
		if i == 0 || given[g.inputs[i].name] {
			continue
		}
		next++
		p, err := c.tensor("input", next, g.inputs[i].name)
		if err != nil {
			return err
		}
		g.initializers = append(g.initializers, *p)
	}
	return inlineFunctions(c.model)
}

// outputs runs the model on the samples of its first input.
func outputs(t *testing.T, net *snn.Network, x []float64, last bool) [][]float64 {
	t.Helper()
	require.NoError(t, net.Validate())
	analog, err := snn.NewAnalog(net)
	require.NoError(t, err)
	size := net.Nodes[net.Inputs()[0]].Out.Size()
	require.Zero(t, len(x)%size)
	var out [][]float64
	for ; len(x) > 0; x = x[size:] {
		y, err := analog.Run(x[:size])
		require.NoError(t, err)
		out = append(out, dropped(net, y, last))
	}
	return out
}

// sampleOf is what a tensor of n samples along an axis has of one of them.
func sampleOf(t *tensor, axis, n, sample int) []float64 {
	if n == 1 {
		return t.floats()
	}
	inner, _ := product(t.dims[axis+1:])
	var out []float64
	for i := range t.size() {
		if i/inner%t.dims[axis]/(t.dims[axis]/n) == sample {
			out = append(out, t.at(i))
		}
	}
	return out
}

// dropped applies what the network left out at its end. Of equal classes
// ArgMax takes the first or the last.
func dropped(net *snn.Network, y []float64, last bool) []float64 {
	ends := strings.Join(net.Warnings, "\n")
	y = slices.Clone(y)
	total, top := 0.0, slices.Max(y)
	for _, v := range y {
		total += math.Exp(v - top)
	}
	each := func(f func(v float64) float64) []float64 {
		for i, v := range y {
			y[i] = f(v)
		}
		return y
	}
	switch {
	case strings.Contains(ends, "(Softmax) is dropped"):
		return each(func(v float64) float64 { return math.Exp(v-top) / total })
	case strings.Contains(ends, "(LogSoftmax) is dropped"):
		return each(func(v float64) float64 { return v - top - math.Log(total) })
	case strings.Contains(ends, "(Sigmoid) is dropped"):
		return each(func(v float64) float64 { return 1 / (1 + math.Exp(-v)) })
	case strings.Contains(ends, "(ArgMax) is dropped"):
		at := slices.Index(y, top)
		for i, v := range y {
			if last && v == top {
				at = i
			}
		}
		return []float64{float64(at)}
	}
	return y
}

// refusalPlace is how every refusal begins: by what it is about.
var refusalPlace = regexp.MustCompile(
	`^(node \d+ ('[^']*' )?\(\w+\): |input '|output '|the output |the model )`)

// TestBackendCases runs the ONNX project's own test cases whose operators
// docs/onnx.md lists as read. Each gives the values of its file, or is
// refused with a place and a reason, which a golden file lists.
func TestBackendCases(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "onnx.md"))
	require.NoError(t, err)
	read, _, _ := strings.Cut(string(page), "## What is refused")
	known := map[string]bool{}
	for _, op := range listed(read) {
		known[op] = true
	}
	refused, equal := map[string]string{}, 0
	for _, c := range backendCases(t) {
		if slices.ContainsFunc(c.operators(), func(op string) bool { return !known[op] }) {
			continue
		}
		reason := c.check(t)
		if reason == "" {
			equal++
			continue
		}
		require.Regexp(t, refusalPlace, reason, c.name)
		refused[c.name] = reason
	}
	t.Logf("%d cases equal, %d refused", equal, len(refused))
	checkBackendGolden(t, refused)
}

// compare holds the samples' outputs against a tensor that has them along
// one of its axes, mostly the first.
func (c *backendCase) compare(t *testing.T, want *tensor, got [][]float64, tolerance float64) {
	t.Helper()
	worst, n := math.Inf(1), len(got)
	for axis := 0; axis == 0 || axis < len(want.dims); axis++ {
		if n > 1 && (len(want.dims) == 0 || want.dims[axis]%n != 0) {
			continue
		}
		off := 0.0
		for sample := range got {
			row := sampleOf(want, axis, n, sample)
			require.Len(t, got[sample], len(row), c.name)
			for i, v := range row {
				if v == got[sample][i] || math.IsNaN(v) && math.IsNaN(got[sample][i]) {
					continue
				}
				off = max(off, math.Abs(v-got[sample][i])/max(1, math.Abs(v)))
			}
		}
		worst = min(worst, off)
	}
	require.LessOrEqual(t, worst, tolerance, c.name)
}

// precision is what outputs may differ by: where they are of 16 bits, the
// rounding of these, which the network does without.
func precision(elem int64) float64 {
	switch elem {
	case typeFloat16:
		return 0x1p-11
	case typeBfloat16:
		return 0x1p-8
	}
	return 1e-4
}

// check compares every output of the case and gives the refusal, if it is
// refused.
func (c *backendCase) check(t *testing.T) string {
	t.Helper()
	if len(c.model.graph.inputs) == 0 {
		return "input '': the case has no input"
	}
	if err := c.bind(); err != nil {
		return fmt.Sprintf("input '%s': its value is no tensor", c.model.graph.inputs[0].name)
	}
	for i, out := range c.model.graph.outputs {
		net, err := build(c.model, "case", Options{Output: out.name},
			externalData{folder: c.folder})
		if err != nil {
			return err.Error()
		}
		x := c.values(t, "input", 0).floats()
		if c.model.graph.inputs[0].elem == typeUint8 {
			for k := range x {
				x[k] /= 255
			}
		}
		got := outputs(t, net, x, strings.HasSuffix(c.name, "_select_last_index"))
		c.compare(t, c.values(t, "output", i), got, precision(out.elem))
	}
	return ""
}

// checkBackendGolden compares refusals with those of the golden file, case
// by case: another version of the cases may have others.
func checkBackendGolden(t *testing.T, refused map[string]string) {
	t.Helper()
	path := filepath.Join("testdata", "backend_refused.txt")
	if golden.Rewriting() {
		var b strings.Builder
		for _, name := range slices.Sorted(maps.Keys(refused)) {
			fmt.Fprintf(&b, "%s\n\t%s\n", name, refused[name])
		}
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
		return
	}
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	known := map[string]string{}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		known[lines[i]] = strings.TrimPrefix(lines[i+1], "\t")
	}
	for name, reason := range refused {
		require.Equal(t, known[name], reason, "%s: go test ./compiler/onnx -rewrite writes the "+
			"golden file", name)
	}
}

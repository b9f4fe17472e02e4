package compiler

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/stretchr/testify/require"

	"adder/compiler/flat"
	"adder/compiler/ir"
	"adder/compiler/verify"
	"adder/core"
	"adder/layout"
	"adder/snn"
)

// TestPasses runs the scripts of testdata, in the form of datadriven: files are named by
// the pass after which a network is shown; a script is followed by what the pass leaves
// behind, or by its error.
func TestPasses(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, file string) {
		pass := strings.TrimSuffix(filepath.Base(file), ".txt")
		datadriven.RunTest(t, file, func(t *testing.T, d *datadriven.TestData) string {
			require.Equal(t, "network", d.Cmd, d.Pos)
			return runScript(d.Input, pass) + "\n"
		})
	})
}

// runScript shows a script's network after a pass.
func runScript(text, pass string) string {
	s, err := parseScript(text)
	if err != nil {
		return "script: " + err.Error()
	}
	at, err := runUntil(s, pass)
	if err != nil {
		return "error: " + err.Error()
	}
	lines := strings.Split(strings.TrimSpace(show(at, pass)), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func runUntil(s *script, last string) (*state, error) {
	at := &state{opts: s.opts, spiking: s.net}
	for i := range passes {
		if err := at.pass(context.Background(), &passes[i]); err != nil {
			return nil, err
		}
		if passes[i].name == last {
			return at, nil
		}
	}
	return nil, fmt.Errorf("no pass %s", last)
}

func show(s *state, pass string) string {
	switch pass {
	case "convert":
		return showNetwork(s.spiking)
	case "lower":
		return s.flat.String() + showEntries(s.flat)
	case "retime":
		return s.flat.String() + strings.Join(s.report.Warnings, "\n")
	case "quantise":
		return showIntegers(s)
	case "partition":
		return s.mapping.String()
	case "place":
		var r Report
		r.fillHops(s)
		return s.mapping.String() + fmt.Sprintf("hops %d, row by row %d, at least %d", r.RoutedHops,
			r.RowMajorHops, r.HopLowerBound)
	default:
		return showImage(s.image)
	}
}

func showNetwork(n *snn.Network) string {
	var b strings.Builder
	for i := range n.Nodes {
		v := &n.Nodes[i]
		fmt.Fprintf(&b, "%s %s %s", v.Op.Kind(), v.Name, v.Out)
		for _, e := range n.Incoming(i) {
			fmt.Fprintf(&b, " < %s", n.Nodes[e.From].Name)
		}
		switch op := v.Op.(type) {
		case *snn.Scale:
			fmt.Fprintf(&b, " factor %.6g", op.Factor)
		case *snn.Neuron:
			fmt.Fprintf(&b, " %s threshold %g v0 %g reset %s at least %t", op.Model, op.VThreshold,
				op.V0, op.Reset, op.AtLeast)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// showEntries lists biases and, per source, the weights of each target.
func showEntries(f *flat.Network) string {
	var b strings.Builder
	for _, p := range f.Populations {
		if p.Bias != nil {
			fmt.Fprintf(&b, "bias of %s %.6g\n", p.Name, p.Bias)
		}
	}
	for i := range f.Projections {
		w := &f.Projections[i].Weights
		lines := make([]string, w.Sources)
		w.EachEntry(func(s, t int, v float64) {
			if v != 0 {
				lines[s] += fmt.Sprintf(" %d*%.6g", t, v)
			}
		})
		fmt.Fprintf(&b, "weights of projection %d\n", i)
		for s, line := range lines {
			fmt.Fprintf(&b, "  %d:%s\n", s, line)
		}
	}
	return b.String()
}

func showIntegers(s *state) string {
	var b strings.Builder
	b.WriteString(s.net.String())
	for i := range s.net.Populations {
		p := &s.net.Populations[i]
		fmt.Fprintf(&b, "units of %s %.8g, rest %g\n", p.Name, p.Unit, p.Rest)
	}
	if h := s.net.Host; h != nil {
		fmt.Fprintf(&b, "host feeds %s: %v exponent %d\n", s.net.Populations[h.Target].Name,
			h.Weights, h.WeightExp)
	}
	for _, w := range s.report.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", w)
	}
	return b.String()
}

func showImage(img *layout.Image) string {
	var b strings.Builder
	for i := range img.Cores {
		c := &img.Cores[i].Config
		fmt.Fprintf(&b, "tile %d: %d neurons from number %d\n", img.Cores[i].Tile, c.Neurons(),
			slices.Min(c.ID))
		for k, a := range c.Axons {
			r := &c.Rows[a.Row]
			format := [...]string{core.Dense8: "dense", core.Dense16: "dense16",
				core.Sparse: "sparse", core.Others: "others", core.Plastic: "plastic"}[r.Format]
			fmt.Fprintf(&b, "  axon %d delay %d: %s", k, a.Delay, format)
			verify.EachWeight(c, a, func(n, w int32) { fmt.Fprintf(&b, " %d*%d", n, w) })
			b.WriteByte('\n')
		}
	}
	for p := range img.Routes.Ports {
		port := &img.Routes.Ports[p]
		for i := range port.Sources() {
			fmt.Fprintf(&b, "%s %d -> %v\n", port.Name, i, port.Of(i))
		}
	}
	for tile := range img.Routes.Neurons {
		r := &img.Routes.Neurons[tile]
		for i := range r.Sources() {
			fmt.Fprintf(&b, "tile %d neuron %d -> %v\n", tile, i, r.Of(i))
		}
	}
	fmt.Fprintf(&b, "read %s of %s", img.Readout.Kind, img.Populations[img.Readout.Population].Name)
	return b.String()
}

// TestOrderOfPasses breaks every constraint of the table.
func TestOrderOfPasses(t *testing.T) {
	require.NoError(t, checkOrder(passes))
	for i, p := range passes {
		for name, why := range p.after {
			moved := slices.Concat([]pass{p}, slices.Delete(slices.Clone(passes), i, i+1))
			require.ErrorContains(t, checkOrder(moved), "pass "+p.name+" must come after ",
				"%s: %s", name, why)
			before := slices.IndexFunc(passes, func(q pass) bool { return q.name == name })
			require.GreaterOrEqual(t, before, 0, "%s comes after %s, which is no pass", p.name,
				name)
			swapped := slices.Clone(passes)
			swapped[before], swapped[i] = swapped[i], swapped[before]
			require.Error(t, checkOrder(swapped))
		}
	}
}

// TestNoImageIsUnverified: the last pass is verify, for whatever comes, and nothing makes
// an image behind it.
func TestNoImageIsUnverified(t *testing.T) {
	last := passes[len(passes)-1]
	require.Equal(t, "verify", last.name)
	for _, p := range passes {
		always := []string{"compartments", "fit", "types", "partition", "place", "route", "verify"}
		whole := slices.Contains(always, p.name)
		require.Equal(t, !whole, p.ways != 0, "pass %s is left out for networks in integers",
			p.name)
	}
}

// TestPassesAreChecked: a pass that breaks a rule of what it leaves behind is named, and
// each pass from the lowered network on has a check.
func TestPassesAreChecked(t *testing.T) {
	s := &state{net: &ir.Network{Name: "net", Widths: core.Widths{Potential: 8, Current: 8}},
		opts: Options{Check: true}}
	breaks := pass{name: "break", check: checkNetwork,
		run: func(_ context.Context, s *state) error {
			s.net.Output = 9
			return nil
		}}
	require.EqualError(t, s.pass(t.Context(), &breaks), "compiler: after pass break: network "+
		"net: input : shape [] and size 0: the size is the product of the sides")
	breaks.ways = byRate
	require.NoError(t, s.pass(t.Context(), &breaks), "a pass for networks as trained is left out")
	for _, p := range passes {
		require.Equal(t, slices.Contains([]string{"convert", "rewrite", "fit"}, p.name),
			p.check == nil, "pass %s", p.name)
	}
}

// TestPassesAreDescribed holds the package's doc and the picture of the architecture to the
// table of passes.
func TestPassesAreDescribed(t *testing.T) {
	for _, file := range []string{"doc.go", "../ARCHITECTURE.md"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, p := range passes {
			require.Regexp(t, `\b`+p.name+`\b`, string(text), "%s leaves out pass %s", file, p.name)
		}
	}
}

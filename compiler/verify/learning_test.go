package verify_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/ir"
	"adder/compiler/verify"
	"adder/compiler/winner"
	"adder/core"
	"adder/layout"
)

// learning is a network that learns, competes and fires by chance, on a chip.
func learning(t *testing.T) (*profile.Profile, *compiler.Result) {
	t.Helper()
	chip, err := profile.Load("adder")
	require.NoError(t, err)
	w := &winner.Net{
		Name: "learns", Shape: []int{3}, Neurons: 4,
		Group: core.Group{
			DecayV: 4000, HasFloor: true, Winner: core.Winner{Arbiter: core.ArbiterMargin},
			Theta: core.Theta{Adaptive: true, Plus: 7, Fall: 9},
		},
		Threshold: []int32{10, 20, 30, 40}, Reset: make([]int32, 4), Theta: []int32{1, 2, 3, 4},
		Target:     []int32{500, 500, 500, 500},
		Weights:    []uint16{0, 100, 200, 300, 4000, 5000, 6000, 7000, 8000, 9000, 10000, 11000},
		Inhibition: 1000,
		Escape:     &core.EscapeTable{Probability: []uint32{0, 1 << 30}},
		Learning: &core.Plasticity{
			LTP: 4, LTD: 9, Pre: core.Trace{Length: 4}, Post: core.Trace{Length: 4}, Max: 65535,
			Norm: core.Norm{Kind: core.NormL1, Shift: 4, Step: 5, Every: 20},
		},
		Labels: &ir.Labels{Classes: 2, Class: []int32{0, 1, 0, 1},
			Proportions: []uint16{1, 2, 3, 4}},
	}
	net, err := w.Network(chip)
	require.NoError(t, err)
	spikes := layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 5}
	options := compiler.Options{Chip: chip, Encoder: spikes, Check: true}
	r, err := compiler.CompileIR(t.Context(), net, options)
	require.NoError(t, err)
	return chip, r
}

// TestVerifyCatchesWhatLearns changes one thing at a time of what only networks that learn
// or compete have.
func TestVerifyCatchesWhatLearns(t *testing.T) {
	chip, r := learning(t)
	for _, c := range []struct {
		name   string
		change func(img *layout.Image, c *core.Config)
		want   string
	}{
		{"low bits of a plastic weight",
			func(_ *layout.Image, c *core.Config) { c.Plastic[5]++ },
			"input 1: synapse to neuron 1"},
		{"a plastic weight of 0",
			func(_ *layout.Image, c *core.Config) { c.Plastic[0] = 1 },
			"input 0: synapse to neuron 0"},
		{"rate",
			func(_ *layout.Image, c *core.Config) { c.Plasticity[0].LTP++ },
			"projection input-winners: it learns by"},
		{"rule",
			func(_ *layout.Image, c *core.Config) { c.Plasticity[0].Rule = core.RuleHebbian },
			"it learns by"},
		{"bound", func(_ *layout.Image, c *core.Config) { c.Plasticity[0].Max-- }, "it learns by"},
		{"trace",
			func(_ *layout.Image, c *core.Config) { c.Plasticity[0].Post.Length = 3 },
			"it learns by"},
		{"scaling",
			func(_ *layout.Image, c *core.Config) { c.Plasticity[0].Norm.Every++ },
			"it learns by"},
		{"fewer rows",
			func(_ *layout.Image, c *core.Config) { c.Plasticity[0].Rows-- },
			"it learns by"},
		{"nothing learns",
			func(_ *layout.Image, c *core.Config) { c.Plasticity = nil },
			"projection input-winners does not learn"},
		{"order of rows", func(img *layout.Image, _ *core.Config) {
			d := img.Routes.Ports[0].Dests
			d[0].Axon, d[1].Axon = d[1].Axon, d[0].Axon
		}, "input 0: "},
		{"theta",
			func(_ *layout.Image, c *core.Config) { c.Theta[1]++ },
			"layer winners: neuron 1: a constant"},
		{"no theta",
			func(_ *layout.Image, c *core.Config) { c.Theta = nil },
			"neuron 0: a constant"},
		{"target", func(_ *layout.Image, c *core.Config) { c.Target[2]-- }, "neuron 2: a constant"},
		{"rise of theta",
			func(_ *layout.Image, c *core.Config) { c.Groups[0].Theta.Plus++ },
			"group"},
		{"floor", func(_ *layout.Image, c *core.Config) { c.Groups[0].Floor-- }, "group"},
		{"arbiter",
			func(_ *layout.Image, c *core.Config) { c.Groups[0].Winner.Arbiter = core.ArbiterFair },
			"group"},
		{"chance",
			func(_ *layout.Image, c *core.Config) { c.Escape[0].Probability[1]++ },
			"the table of escape noise is not the network's"},
		{"no chance",
			func(_ *layout.Image, c *core.Config) { c.Groups[0].Escape = 0 },
			"the table of escape noise is not the network's"},
		{"inhibition",
			func(_ *layout.Image, c *core.Config) { c.Rows[4].Weight++ },
			"layer winners neuron 1: "},
		{"shift of inhibition",
			func(_ *layout.Image, c *core.Config) { c.Rows[4].Shift-- },
			"layer winners neuron 1: "},
		{"who is left out",
			func(_ *layout.Image, c *core.Config) { c.Rows[4].Exclude = 2 },
			"layer winners neuron 1: "},
		{"label",
			func(img *layout.Image, _ *core.Config) { img.Readout.Labels[0] = 1 },
			"the readout is not the network's"},
		{"proportion",
			func(img *layout.Image, _ *core.Config) { img.Readout.Proportions[0]++ },
			"the readout is not the network's"},
		{"kind of readout", func(img *layout.Image, _ *core.Config) {
			img.Readout = layout.Readout{Kind: layout.ReadoutCount, Classes: 4}
		}, "the readout is not the network's"},
		{"two groups", func(_ *layout.Image, c *core.Config) {
			g := c.Groups[0]
			g.First, g.Count = 2, 2
			c.Groups[0].Count = 2
			c.Groups = append(c.Groups, g)
			c.Plasticity = nil
		}, "group 0: its neurons share an arbiter, a draw or a pool, but are not one group of " +
			"one core"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var file bytes.Buffer
			require.NoError(t, layout.Write(&file, r.Image))
			img, err := layout.Read(&file, "copy")
			require.NoError(t, err)
			require.NoError(t, verify.Image(img, chip, r.Network))
			c.change(img, &img.Cores[0].Config)
			require.ErrorContains(t, verify.Image(img, chip, r.Network), c.want)
		})
	}
}

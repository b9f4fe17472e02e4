package casefile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/chip/profile/profiletest"
	"adder/compiler"
	"adder/compiler/casefile"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/core"
	"adder/internal/npz"
)

func loihi(t require.TestingT) *profile.Profile {
	p, err := profile.Load("loihi")
	require.NoError(t, err)
	return p
}

// network makes the network of a case's text.
func network(t require.TestingT, text string) (*ir.Network, error) {
	c, err := casefile.Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	return c.Network(loihi(t), fit.Widths(loihi(t)))
}

const two = `
name: two
input: {shape: [2, 3]}
populations:
  - {name: a, size: 2, du: 1000, dv: 400, vth: [200, 201], bias: {mantissa: -3, exponent: [2, 0]}, refractory: 4}
  - {name: b, size: 1, dv: 4096, vth: 7, reset: -5, v0: 9, depth: 1}
connections:
  - {from: input, to: a, weights: [[1, -2, 3, 4, 5, 6], [-256, 255, 0, 0, 0, 7]], exponent: 2, delay: 1}
  - {from: a, to: b, weights: [[255, 17]], bits: 4, exponent: -1}
  - {from: b, to: b, weights: [[-255]], bits: 8, exponent: -1, delay: 3}
output: a
`

func TestNetwork(t *testing.T) {
	net, err := network(t, two)
	require.NoError(t, err)
	require.Equal(t, ir.Input{Name: "input", Shape: []int{2, 3}, Size: 6}, net.Input)
	require.Equal(t, 0, net.Output)
	a, b := &net.Populations[0], &net.Populations[1]
	require.Equal(t, []int32{200 << 6, 201 << 6}, a.Threshold)
	require.Equal(t, []int32{-12, -3}, a.Bias)
	require.True(t, a.Groups[0].HasCurrent)
	require.EqualValues(t, 4096-1001, a.Groups[0].DecayU)
	require.EqualValues(t, 4096-400, a.Groups[0].DecayV)
	require.EqualValues(t, 4, a.Groups[0].Refractory)
	require.False(t, b.Groups[0].HasCurrent, "without du there is no current")
	require.EqualValues(t, 0, b.Groups[0].DecayV)
	require.EqualValues(t, 1, b.Groups[0].Population)
	require.Equal(t, []int32{-5}, b.Reset)
	require.Equal(t, []int32{9}, b.V0)
	require.Equal(t, 1, b.Depth)

	// Mixed weights of 8 bits are even: the lowest bit becomes an exponent.
	in := &net.Projections[0]
	require.Equal(t, 8, in.WeightBits)
	require.EqualValues(t, 3, a.Groups[0].WeightExp)
	require.Equal(t, []int16{0, -128, -1, 127, 1, 0, 2, 0, 2, 0, 3, 3}, in.Weights.Dense16,
		"[sources][targets], halves to minus infinity")
	require.Equal(t, 1, in.Delay)
	require.Equal(t, ir.SourceInput, in.Source)

	// Four bits of magnitude keep multiples of 16. The inhibitory ones beside
	// them keep all bits, so nothing moves into the exponent.
	require.EqualValues(t, -1, b.Groups[0].WeightExp)
	require.Equal(t, []int16{240, 16}, net.Projections[1].Weights.Dense16)
	require.Equal(t, []int16{-255}, net.Projections[2].Weights.Dense16)
	require.Equal(t, 9, net.Projections[2].WeightBits)
}

// TestInhibitoryWeightsKeepTheirMagnitude: -17 of four bits is -16, not -32.
func TestInhibitoryWeightsKeepTheirMagnitude(t *testing.T) {
	net, err := network(t, `
input: {size: 3}
populations: [{name: a, size: 1, vth: 1}]
connections: [{from: input, to: a, weights: [[-17, -255, 0]], bits: 4}]`)
	require.NoError(t, err)
	require.Equal(t, []int16{-1, -15, 0}, net.Projections[0].Weights.Dense16)
	require.EqualValues(t, 4, net.Populations[0].Groups[0].WeightExp)
	require.Equal(t, 5, net.Projections[0].WeightBits)
}

func TestRefuse(t *testing.T) {
	const pops = "input: {size: 2}\npopulations: [{name: a, size: 1, vth: 1}]\n"
	for _, c := range []struct{ name, text, want string }{
		{"not YAML", "{", "docs/case-files.md"},
		{"unknown field", "inputs: {size: 1}", "unknown field"},
		{"no input", "populations: [{name: a, size: 1, vth: 1}]", "input of shape [0]"},
		{"two sizes", "input: {size: 5, shape: [2, 2]}", "leave one out"},
		{"huge input", "input: {shape: [1048576, 1048576]}", "at most 1048576"},
		{"no populations", "input: {size: 1}", "list at least one"},
		{"reserved name", "input: {size: 1}\npopulations: [{name: input, size: 1, vth: 1}]",
			`"input" is the host's`},
		{"same name", "input: {size: 1}\npopulations: [{name: a, size: 1, vth: 1}, {name: a, " +
			"size: 1, vth: 1}]", `population 1 is named "a"`},
		{"no threshold", "input: {size: 1}\npopulations: [{name: a, size: 1}]",
			"population a: vth is missing"},
		{"dv", "input: {size: 1}\npopulations: [{name: a, size: 1, vth: 1, dv: 5000}]",
			"population a: dv 5000: write 0 to 4096"},
		{"leak", "input: {size: 1}\npopulations: [{name: a, size: 1, vth: 1, leak: -4096}]",
			"population a: leak -4096: write -4095 to 4095"},
		{"vth", "input: {size: 1}\npopulations: [{name: a, size: 1, vth: 131072}]",
			"population a: neuron 0: vth 131072: write 0 to 131071"},
		{"negative vth", "input: {size: 1}\npopulations: [{name: a, size: 1, vth: -1}]", "vth -1"},
		{"mantissa", "input: {size: 1}\npopulations: [{name: a, size: 1, vth: 1, bias: " +
			"{mantissa: 4096}}]", "bias mantissa 4096: write -4095 to 4095"},
		{"list", "input: {size: 1}\npopulations: [{name: a, size: 3, vth: [1, 2]}]",
			"vth has 2 values for 3 neurons"},
		{"words", "input: {size: 1}\npopulations: [{name: a, size: 3, vth: high}]",
			"write an integer"},
		{"output", pops + "output: c", `output "c" is no population`},
		{"from", pops + "connections: [{from: c, to: a, weights: [[1, 2]]}]",
			`connection 0 from c to a: there is no population "c"`},
		{"to", pops + "connections: [{from: input, to: c, weights: [[1, 2]]}]",
			`there is no population "c"`},
		{"no weights", pops + "connections: [{from: input, to: a}]",
			"write the weights, or the file that has them"},
		{"rows", pops + "connections: [{from: input, to: a, weights: [[1, 2], [3, 4]]}]",
			"one per target, 1"},
		{"columns", pops + "connections: [{from: input, to: a, weights: [[1]]}]",
			"one per source, 2"},
		{"range", pops + "connections: [{from: input, to: a, weights: [[1, -257]]}]",
			"weight 1 is -257: mixed weights are -256 to 255"},
		{"sign", pops + "connections: [{from: input, to: a, weights: [[1, -2]], sign: excitatory}]",
			"weight 1 is -2: excitatory weights are 0 to 255"},
		{"no such sign",
			pops + "connections: [{from: input, to: a, weights: [[1, -2]], sign: both}]",
			`sign "both"`},
		{"bits", pops + "connections: [{from: input, to: a, weights: [[1, 2]], bits: 9}]",
			"bits 9: write 1 to 8"},
		{"exponent", pops + "connections: [{from: input, to: a, weights: [[1, 2]], exponent: 8}]",
			"exponent 8: write -8 to 7"},
		{"delay", pops + "connections: [{from: input, to: a, weights: [[1, 2]], delay: 63}]",
			"delay 63: write 0 to 62"},
		{"exponents", pops + "connections: [{from: input, to: a, weights: [[1, 2]]}, {from: a, " +
			"to: a, weights: [[1]], exponent: 1}]", "that from input has 0"},
		{"file", pops + "connections: [{from: input, to: a, file: nothing.npz, array: w}]",
			"nothing.npz"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := network(t, c.text)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// TestModelsOfAChip: a case needs the neuron models that its keys ask for.
func TestModelsOfAChip(t *testing.T) {
	only := func(models string) *profile.Profile {
		return profiletest.Variant(t, "adder", profiletest.Fields{"models": "[" + models + "]"})
	}
	for _, c := range []struct {
		keys string
		chip *profile.Profile
		want string
	}{
		{"dv: 0", only("if"), ""},
		{"dv: 128", only("if"), "layer a needs 2 lif neurons"},
		{"dv: 128", only("lif"), ""},
		{"du: 7, dv: 128", only("if, lif"), "layer a needs 2 cuba neurons"},
		{"du: 7", only("cuba"), ""},
		{"leak: -3", only("if"), "layer a needs 2 reversal neurons"},
		{"leak: -3", only("if, reversal"), ""},
		{"leak: 3, dv: 128", only("if, reversal"), "layer a needs 2 lif neurons"},
		{"leak: 3", loihi(t), "layer a needs 2 reversal neurons"},
		{"dv: 4096", only("if, lif, cuba"), "layer a needs 2 threshold neurons"},
		{"dv: 4096", loihi(t), "layer a needs 2 threshold neurons"},
		{"dv: 4095", loihi(t), ""},
	} {
		text := "input: {size: 1}\npopulations: [{name: a, size: 2, vth: 1, " + c.keys +
			"}]\nconnections: [{from: input, to: a, weights: [[1], [2]]}]"
		made, err := casefile.Parse([]byte(text))
		require.NoError(t, err)
		net, err := made.Network(c.chip, fit.Widths(c.chip))
		require.NoError(t, err)
		_, err = compiler.CompileIR(t.Context(), net, compiler.Options{Chip: c.chip})
		if c.want == "" {
			require.NoError(t, err, "%s on %v", c.keys, c.chip.Models)
			continue
		}
		require.ErrorContains(t, err, c.want, "%s on %v", c.keys, c.chip.Models)
	}
}

// keys make the neurons of a case one of a model.
var keys = map[core.Model]string{
	core.ModelIF: "dv: 0", core.ModelLIF: "dv: 7", core.ModelCUBA: "du: 3",
	core.ModelThreshold: "dv: 4096", core.ModelReversal: "leak: -2",
	core.ModelGraded: "graded: 8",
}

// TestEveryModelHasKeys: a case file can say every model, but for those that its
// page says it cannot.
func TestEveryModelHasKeys(t *testing.T) {
	page, err := os.ReadFile("../../docs/case-files.md")
	require.NoError(t, err)
	_, missing, found := strings.Cut(string(page), "Not in a case file:")
	require.True(t, found)
	for _, model := range core.ModelNames() {
		keys, said := keys[model]
		if !said {
			require.Contains(t, missing, "`"+string(model)+"`",
				"%s: give it keys (model.go), or say on the page that a case file has none for it",
				model)
			continue
		}
		net, err := network(t, "input: {size: 1}\npopulations: [{name: a, size: 1, vth: 1, "+keys+
			"}]")
		require.NoError(t, err)
		require.Contains(t, net.Populations[0].Groups[0].Models(), model)
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "my.case.yaml"), []byte(`
input: {size: 2}
populations: [{name: a, size: 3, vth: 1}]
connections: [{from: input, to: a, file: w.npz, array: w}]`), 0o644))
	w, err := npz.Create(filepath.Join(dir, "w.npz"))
	require.NoError(t, err)
	require.NoError(t, npz.Write(w, "w", []int{3, 2}, []int64{2, 4, 6, 8, 10, -12}))
	require.NoError(t, w.Close())
	c, err := casefile.Open(filepath.Join(dir, "my.case.yaml"))
	require.NoError(t, err)
	require.Equal(t, "my.case", c.Name)
	net, err := c.Network(loihi(t), fit.Widths(loihi(t)))
	require.NoError(t, err)
	require.Equal(t, []int16{1, 3, 5, 2, 4, -6}, net.Projections[0].Weights.Dense16)
	c.Connections[0].Array = "x"
	_, err = c.Network(loihi(t), fit.Widths(loihi(t)))
	require.ErrorContains(t, err, "w.npz")
	_, err = casefile.Open(filepath.Join(dir, "none.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(two))
	f.Add([]byte("input: {size: 1}\npopulations: [{name: a, size: 1, vth: [1, 2]}]"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := casefile.Parse(text)
		if err != nil {
			return
		}
		for k := range c.Connections {
			c.Connections[k].File = ""
		}
		for p := range c.Populations {
			c.Populations[p].Size = min(c.Populations[p].Size, 100)
		}
		_, _ = c.Network(loihi(t), fit.Widths(loihi(t)))
	})
}

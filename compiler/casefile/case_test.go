package casefile_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/casefile"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/ir/irtest"
	"adder/core"
	"adder/internal/npz"
	"adder/internal/outside"
	"adder/layout"
	"adder/spike"
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
		base, err := profile.Load("adder")
		require.NoError(t, err)
		at := regexp.MustCompile(`(?m)^models: .*$`)
		p, err := profile.Parse("only.yaml",
			at.ReplaceAll(base.Text(), []byte("models: ["+models+"]")))
		require.NoError(t, err)
		return p
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

// data is the path of a recorded vector.
func data(t *testing.T, name string) string {
	return filepath.Join(outside.Folder(t, "loihi"), name)
}

// emulate compiles a case for the chip it names and runs it on both engines,
// which agree. Spikes and potentials are those of population 0.
func emulate(t *testing.T, text string, train *spike.Train) (*spike.Train, []int32) {
	o := emulatePopulation(t, text, train, 0)
	return o.Spikes[0], o.Potentials[0]
}

// emulatePopulation runs a case on both engines, or where the chip has no times on one of
// them and by the interpreter, and records a population.
func emulatePopulation(t *testing.T, text string, train *spike.Train,
	population int) *chip.Outcome {
	c, err := casefile.Parse([]byte(text))
	require.NoError(t, err)
	p, err := profile.Load(c.Chip)
	require.NoError(t, err)
	net, err := c.Network(p, fit.Widths(p))
	require.NoError(t, err)
	r, err := compiler.CompileIR(t.Context(), net,
		compiler.Options{Chip: p, Encoder: layout.Encoder{Kind: layout.EncoderSpikes,
			Ticks: int32(c.Ticks)}})
	require.NoError(t, err)
	loaded, err := chip.Load(r.Image)
	require.NoError(t, err)
	opts := chip.Options{Spikes: []int{population}, Potentials: []int{population},
		Ticks: train.Ticks()}
	if p.Timing == nil {
		o, err := loaded.NewFast(opts).Run(t.Context(), &chip.Sample{Spikes: train})
		require.NoError(t, err)
		want := irtest.Interpret(t, net, train)
		require.True(t, want.Spikes[population].Equal(o.Spikes[0]))
		require.Equal(t, want.Potentials[population], o.Potentials[0])
		return o
	}
	cycle, err := loaded.NewCycle(opts, nil)
	require.NoError(t, err)
	var outcomes []*chip.Outcome
	for _, engine := range []chip.Engine{loaded.NewFast(opts), cycle} {
		o, err := engine.Run(t.Context(), &chip.Sample{Spikes: train})
		require.NoError(t, err)
		outcomes = append(outcomes, o)
	}
	require.True(t, outcomes[0].Spikes[0].Equal(outcomes[1].Spikes[0]))
	require.Equal(t, outcomes[0].Potentials, outcomes[1].Potentials)
	require.Positive(t, outcomes[1].Cycles.Total)
	return outcomes[0]
}

// TestLeakBySign runs a case whose neuron swings about 0 and is pushed to a spike,
// on both engines.
func TestLeakBySign(t *testing.T) {
	train := spike.NewTrain(1, 8)
	train.Set(3, 0)
	train.Set(4, 0)
	spikes, potentials := emulate(t, `
chip: adder
ticks: 8
input: {size: 1}
populations: [{name: a, size: 1, vth: 30, leak: -3, v0: 5, reset: -4}]
connections: [{from: input, to: a, weights: [[20]], exponent: 0}]`, train)
	// the weight is added before the leak looks at the sign
	require.Equal(t, []int32{2, -1, 2, 19, -4, -1, 2, -1}, potentials)
	require.EqualValues(t, 1, spikes.Count())
	require.True(t, spikes.Get(4, 0))
}

// TestLoihiVectors runs layers recorded from the public bit-accurate model of
// Loihi (Lava, github.com/lava-nc/lava) from case file to chip: v and spikes of
// every tick are the same.
func TestLoihiVectors(t *testing.T) {
	for i := range 3 {
		t.Run(fmt.Sprint("case", i), func(t *testing.T) {
			path := data(t, fmt.Sprintf("case%d.npz", i))
			file, err := npz.Open(path)
			require.NoError(t, err)
			defer file.Close()
			config, err := file.Array("cfg")
			require.NoError(t, err)
			texts, err := config.Strings()
			require.NoError(t, err)
			var k struct {
				N, M, DU, DV, VTh, BM, BE, WExp, Bits int
				Mode                                  string
			}
			require.NoError(t, json.Unmarshal([]byte(texts[0]), &k))
			sign := map[string]string{"mixed": "mixed", "exc": "excitatory",
				"inh": "inhibitory"}[k.Mode]
			input, v, s := integers(t, file, "inp"), integers(t, file, "v"), integers(t, file, "s")
			ticks := len(v) / k.M
			train := spike.NewTrain(k.N, ticks)
			for at, on := range input {
				if on == 1 {
					train.Set(at%ticks, at/ticks)
				}
			}
			t.Chdir(filepath.Dir(path)) // a case file names files of its own folder
			spikes, potentials := emulate(t, fmt.Sprintf(`
chip: loihi
ticks: %d
input: {size: %d}
populations: [{name: lif, size: %d, du: %d, dv: %d, vth: %d, bias: {mantissa: %d, exponent: %d}}]
connections: [{from: input, to: lif, file: %q, array: weights, bits: %d, sign: %s, exponent: %d, delay: 1}]`,
				ticks, k.N, k.M, k.DU, k.DV, k.VTh, k.BM, k.BE, filepath.Base(path), k.Bits, sign,
				k.WExp), train)
			for at := range v {
				require.Equal(t, v[at], int64(potentials[at]), "v of neuron %d, tick %d", at%k.M,
					at/k.M)
				require.Equal(t, s[at] == 1, spikes.Get(at/k.M, at%k.M),
					"spike of neuron %d, tick %d", at%k.M, at/k.M)
			}
			require.Positive(t, spikes.Count())
		})
	}
}

func integers(t *testing.T, file *npz.File, name string) []int64 {
	array, err := file.Array(name)
	require.NoError(t, err)
	values, err := array.Int64s()
	require.NoError(t, err)
	return values
}

// TestLoihiChip follows the neuron of the NIR paper's first task, as the model
// computed it and as a Loihi 2 chip was recorded. On its spikes the chip's probe
// shows a code of its own, 128, for v.
func TestLoihiChip(t *testing.T) {
	for _, run := range []struct {
		chip, name string
		code       float64
	}{
		{"loihi", "lif_lava_cpu_fixed.csv", 0}, {"loihi", "lif_lava_loihi_fixed.csv", 128},
		{"loihi2", "lif_lava_cpu_fixed.csv", 0}, {"loihi2", "lif_lava_loihi_fixed.csv", 128},
	} {
		t.Run(run.chip+" "+run.name, func(t *testing.T) {
			name, code := run.name, run.code
			text, err := os.ReadFile(data(t, name))
			require.NoError(t, err)
			rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
			require.NoError(t, err)
			train := spike.NewTrain(1, len(rows))
			for tick, row := range rows {
				if row[0] == "1" {
					train.Set(tick, 0)
				}
			}
			spikes, potentials := emulate(t, `
chip: `+run.chip+`
ticks: 1000
input: {size: 1}
populations: [{name: lif, size: 1, du: 4095, dv: 163, vth: 25}]
connections: [{from: input, to: lif, weights: [[10]], delay: 1}]`, train)
			for tick, row := range rows {
				fired := strings.HasPrefix(row[2], "1")
				require.Equal(t, fired, spikes.Get(tick, 0), "tick %d", tick)
				want, err := strconv.ParseFloat(row[1], 64)
				require.NoError(t, err)
				if fired {
					require.Equal(t, code, want)
					want = 0
				}
				require.Equal(t, want, float64(potentials[tick]), "v of tick %d", tick)
			}
			require.Equal(t, 4, spikes.Count())
		})
	}
}

// TestGradedByHand follows a layer that sends what reaches it where that is beyond 320 on
// either side, in 12 bits, and a neuron that sums the products: on Loihi 2, whose sums are
// shifted by 6.
func TestGradedByHand(t *testing.T) {
	train := spike.NewTrain(2, 5)
	train.Set(0, 0) // 10 << 6 = 640
	train.Set(1, 1) // -20 << 6 = -1280
	train.Set(2, 0)
	train.Set(2, 1) // 640 - 1280 = -640
	train.Set(3, 2-1)
	o := emulatePopulation(t, `
chip: loihi2
ticks: 5
input: {size: 2}
populations:
  - {name: g, size: 2, dv: 4096, vth: [5, 15], graded: 12}
  - {name: sum, size: 1, vth: 131071, depth: 1}
connections:
  - {from: input, to: g, weights: [[10, -20], [10, -20]]}
  - {from: g, to: sum, weights: [[6, 4]]}`, train, 1)
	// Neuron 0 is beyond 5 << 6 = 320 with 640, -1280, -640, -1280; neuron 1 beyond 960 with
	// -1280 alone. The sum of neuron 2 after each tick, all of it << 6:
	sum := int32(0)
	for k, in := range []int32{6 * 640, 6*-1280 + 4*-1280, 6 * -640, 6*-1280 + 4*-1280, 0} {
		sum += in << 6
		require.Equal(t, sum, o.Potentials[0][k], "tick %d", k)
	}
	require.Zero(t, o.Spikes[0].Count())
}

// TestPassesAgree runs a case with a loop on a chip and on the interpreter of
// the integer network.
func TestPassesAgree(t *testing.T) {
	const text = `
chip: loihi
ticks: 40
input: {size: 4}
populations:
  - {name: a, size: 3, du: 2000, dv: 300, vth: 30, bias: {mantissa: 5, exponent: 1}, refractory: 1}
connections:
  - {from: input, to: a, weights: [[60, 20, -30, 9], [7, 80, 0, 11], [90, -90, 40, 3]]}
  - {from: a, to: a, weights: [[0, -20, 6], [12, 0, -33], [5, 2, -7]], delay: 2}`
	train := spike.NewTrain(4, 40)
	for tick := range 40 {
		for i := range 4 {
			if (tick*7+i*5)%6 < 2 {
				train.Set(tick, i)
			}
		}
	}
	spikes, potentials := emulate(t, text, train)
	net, err := network(t, text)
	require.NoError(t, err)
	want := irtest.Interpret(t, net, train)
	require.True(t, want.Spikes[0].Equal(spikes))
	require.Equal(t, want.Potentials[0], potentials)
	require.Positive(t, spikes.Count())
}

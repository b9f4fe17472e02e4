package casefile_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/casefile"
	"adder/compiler/fit"
	"adder/compiler/ir/irtest"
	"adder/internal/npz"
	"adder/internal/outside"
	"adder/layout"
	"adder/spike"
)

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

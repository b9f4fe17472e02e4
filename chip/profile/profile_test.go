package profile_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/chip/profile/profiletest"
	"adder/core"
	"adder/internal/golden"
)

func shippedText(t testing.TB, name string) string {
	t.Helper()
	p, err := profile.Load(name)
	require.NoError(t, err)
	return string(p.Text())
}

func TestShippedProfilesLoad(t *testing.T) {
	require.Subset(t, profile.Shipped(), []string{"adder", "loihi", "loihi-calibrated", "odin",
		"speck2f",
		"truenorth", "wide"})
	for _, name := range profile.Shipped() {
		t.Run(name, func(t *testing.T) {
			p, err := profile.Load(name)
			require.NoError(t, err)
			require.Equal(t, name, p.Name)
			require.True(t, len(p.Models) > 0 || p.FitOnly != nil)
			again, err := profile.Parse("again.yaml", p.Text())
			require.NoError(t, err)
			require.Equal(t, p, again, "a profile's text stands for the profile")
			golden.Equal(t, filepath.Join("testdata", name+".txt"), p.Describe())
		})
	}
}

func TestShippedFiguresStateTheirOrigin(t *testing.T) {
	for _, name := range profile.Shipped() {
		p, err := profile.Load(name)
		require.NoError(t, err)
		for _, f := range p.Figures() {
			if f.IsText() {
				continue
			}
			require.NotEqual(t, profile.Ungraded, f.Grade, "%s: %s", name, f.Path)
			require.NotEmpty(t, f.Source, "%s: %s", name, f.Path)
		}
	}
}

func TestUnverifiedFiguresSaySo(t *testing.T) {
	p, err := profile.Load("loihi")
	require.NoError(t, err)
	require.Regexp(t, `(?m)^timing\.core\.output_fifo .* unverified`, p.Describe())
}

// The figures that other parts of Adder and published descriptions rely on.
func TestAdderHoldsADenseLayerInOneCore(t *testing.T) {
	p, err := profile.Load("adder")
	require.NoError(t, err)
	require.Equal(t, 64, p.Cores())
	require.Greater(t, p.Core.SynapseMemory, int64(784*1024*8))
	require.Equal(t, 255, p.WeightLimit())
	require.True(t, p.HasFormat(profile.Others))
	require.True(t, p.HasModel(core.ModelCUBA))
	require.True(t, p.HasReset(profile.ResetSubtract))
	require.Equal(t, 0, p.Port("host"))
	require.Equal(t, -1, p.Port("nowhere"))
}

// TestOpenChipsRunEveryModel: the two chips that are nobody's design run whatever
// the datapath does.
func TestOpenChipsRunEveryModel(t *testing.T) {
	for _, name := range []string{"adder", "wide"} {
		p, err := profile.Load(name)
		require.NoError(t, err)
		for _, model := range core.ModelNames() {
			require.True(t, p.HasModel(model), "%s does not list %s", name, model)
		}
	}
}

func TestLoihiAsPublished(t *testing.T) {
	p, err := profile.Load("loihi")
	require.NoError(t, err)
	require.Equal(t, 128, p.Cores())
	require.Equal(t, profile.Core{Neurons: 1024, InputAxons: 4096, SynapseMemory: 1 << 20,
		OutputRoutes: 4096, MaxDelay: 62}, p.Core)
	require.Equal(t, profile.Wrap, p.Widths.CurrentOverflow)
	require.Equal(t, profile.Saturate, p.Widths.PotentialOverflow)
	require.Equal(t, 6, p.Widths.Align)
	require.False(t, p.HasReset(profile.ResetSubtract))
	require.True(t, p.HasSignMode(profile.Excitatory))

	b := p.Timing.Barrier
	require.EqualValues(t, 1130, b.Cycles(1, 0), "113 ns for one tile")
	require.EqualValues(t, 4650, b.Cycles(p.Cores(), p.Mesh.Width+p.Mesh.Height-2),
		"465 ns for the chip")
	require.EqualValues(t, 35, p.Timing.Core.DenseStep, "3.5 ns at 10 GHz")
}

func TestBarrierTable(t *testing.T) {
	p, err := profile.Load("loihi-calibrated")
	require.NoError(t, err)
	for _, c := range []struct{ tiles, cycles int }{
		{1, 6000}, {4, 6000}, {5, 7000}, {8, 10000}, {16, 14000}, {17, 14040}, {116, 18000},
		{128, 18000},
	} {
		require.EqualValues(t, c.cycles, p.Timing.Barrier.Cycles(c.tiles, 9), "%d tiles", c.tiles)
	}
}

func TestLoadByPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.yaml")
	require.NoError(t, os.WriteFile(path, []byte(shippedText(t, "adder")), 0o644))
	p, err := profile.Load(path)
	require.NoError(t, err)
	require.Equal(t, "adder", p.Name)

	_, err = profile.Load("adler")
	require.EqualError(t, err, `profile "adler" is not shipped: use one of `+
		strings.Join(profile.Shipped(), ", ")+`, or the path of a .yaml file`)

	_, err = profile.Load(filepath.Join(t.TempDir(), "none.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "give a shipped profile")
}

// TestNumbersWithUnits: a number of things may say of what.
func TestNumbersWithUnits(t *testing.T) {
	plain := shippedText(t, "adder")
	want, err := profile.Parse("x.yaml", []byte(plain))
	require.NoError(t, err)
	for _, words := range []string{"1024 neurons", "1024neurons", `"1024 neurons"`, "1024 neuron"} {
		text := strings.Replace(plain, "neurons: 1024", "neurons: "+words, 1)
		require.NotEqual(t, plain, text)
		got, err := profile.Parse("x.yaml", []byte(text))
		require.NoError(t, err, words)
		require.Equal(t, want.Core, got.Core, words)
	}
}

func TestTimingIsOptional(t *testing.T) {
	text, _, _ := strings.Cut(shippedText(t, "adder"), "timing:")
	p, err := profile.Parse("x.yaml", []byte(text))
	require.NoError(t, err)
	require.Nil(t, p.Timing)
}

// barrier is the whole section of the adder profile.
const barrier = `    # [C] detection of the last core and release of all
    base: 8 cycles
    # [C] one cycle per hop on the way up a tree and one on the way down
    per_hop: 2 cycles`

// faults are edits of the adder profile that must be refused; the messages are
// in testdata/faults.golden.
var faults = []struct{ name, old, new string }{
	{"unknown field", "  neurons: 1024", "  neuron: 1024"},
	{"unknown section", "duplicates: add", "duplicate: add"},
	{"missing field", "  max_delay: 62\n", ""},
	{"missing at the top", "drops: never\n", ""},
	{"missing section", "mesh:\n  width: 8\n  height: 8\n", ""},
	{"field twice", "  max_delay: 62", "  max_delay: 62\n  max_delay: 63"},
	{"text for a number", "  neurons: 1024", "  neurons: many"},
	{"quoted number", "  neurons: 1024", `  neurons: "1024"`},
	{"fraction for a number", "  neurons: 1024", "  neurons: 1024.5"},
	{"number too small", "  neurons: 1024", "  neurons: 0"},
	{"number too large", "  neurons: 1024", "  neurons: 65537"},
	{"number too large with its unit", "  neurons: 1024", "  neurons: 65537 neurons"},
	{"number of something else", "  neurons: 1024", "  neurons: 1024 cores"},
	{"number beyond int64", "  neurons: 1024", "  neurons: 99999999999999999999"},
	{"empty value", "  neurons: 1024", "  neurons:"},
	{"list for a number", "  neurons: 1024", "  neurons: [1024]"},
	{"number for a section", "mesh:\n  width: 8\n  height: 8\n", "mesh: 8\n"},
	{"word for a flag", "multicast: true", "multicast: yes please"},
	{"number for a name", "name: adder", "name: 7"},
	{"space in a name", "name: adder", "name: my chip"},
	{"memory without unit", "  synapse_memory: 8 Mibit", "  synapse_memory: 8388608"},
	{"memory in quotes without unit", "  synapse_memory: 8 Mibit", `  synapse_memory: "8388608"`},
	{"memory in hertz", "  synapse_memory: 8 Mibit", "  synapse_memory: 8 MHz"},
	{"memory with half a bit", "  synapse_memory: 8 Mibit", "  synapse_memory: 8.0000001 Mibit"},
	{"negative memory", "  synapse_memory: 8 Mibit", "  synapse_memory: -8 Mibit"},
	{"no memory", "  synapse_memory: 8 Mibit", "  synapse_memory: 0 bit"},
	{"too much memory", "  synapse_memory: 8 Mibit", "  synapse_memory: 1000 GiB"},
	{"memory beyond int64", "  synapse_memory: 8 Mibit",
		"  synapse_memory: 99999999999999999999 GiB"},
	{"broken number", "  synapse_memory: 8 Mibit", "  synapse_memory: 8..0 Mibit"},
	{"list for a quantity", "  synapse_memory: 8 Mibit", "  synapse_memory: [8 Mibit]"},
	{"unknown word", "  potential_overflow: saturate", "  potential_overflow: clip"},
	{"unknown model", "models: [if, lif,", "models: [if, izhikevich,"},
	{"model twice", "models: [if, lif,", "models: [if, if,"},
	{"no models", "models: [if,", "models: [] # [if,"},
	{"word for a list", "resets: [value, subtract]", "resets: value"},
	{"weights exchanged", "  max_bits: 9", "  max_bits: 1"},
	{"exponents without zero", "  exponent_min: -8", "  exponent_min: 1"},
	{"exponents below zero", "  exponent_max: 15", "  exponent_max: -1"},
	{"index too narrow", "  sparse_index_bits: 10", "  sparse_index_bits: 9"},
	{"half a barrier", "    per_hop: 2 cycles\n", ""},
	{"crossbar of any rows", "  max_delay: 62", "  crossbar: {axons: 9, columns: 9}\n  max_delay: 62"},
	{"memory in no place", "  synapse_memory: 8 Mibit\n", ""},
	{"memory in two places", "drops: never", "drops: never\noff_chip: {memory: 1 Gibit, word: 64}"},
	{"time of no memory", "    memory_cycle: 1 cycle",
		"    memory_cycle: 1 cycle\n    off_chip_cycle: 1 cycle"},
	{"plastic bits", "  plastic_bits: 16", "  plastic_bits: 8"},
	{"threshold too wide", "  threshold_shift: 0", "  threshold_shift: 1"},
	{"bias too wide", "  bias_exponent_max: 0", "  bias_exponent_max: 3"},
	{"port outside", "{name: host, x: 0, y: 0}", "{name: host, x: 8, y: 0}"},
	{"ports of one name", "{name: host, x: 0, y: 0}", "{name: host, x: 0, y: 0}, {name: host, x: " +
		"1, y: 0}"},
	{"port without place", "{name: host, x: 0, y: 0}", "{name: host, x: 0}"},
	{"port with more", "{name: host, x: 0, y: 0}", "{name: host, x: 0, y: 0, z: 0}"},
	{"port that is a word", "{name: host, x: 0, y: 0}", "host"},
	{"time in bits", "    axon_lookup: 1 cycle", "    axon_lookup: 1 bit"},
	{"time without unit", "    axon_lookup: 1 cycle", "    axon_lookup: 1"},
	{"time between cycles", "    axon_lookup: 1 cycle", "    axon_lookup: 2.1 ns"},
	{"half a cycle", "    axon_lookup: 1 cycle", "    axon_lookup: 0.5 cycles"},
	{"time too long", "    axon_lookup: 1 cycle", "    axon_lookup: 3000 s"},
	{"cycles beyond int64", "    axon_lookup: 1 cycle",
		"    axon_lookup: 99999999999999999999 cycles"},
	{"clock in nanoseconds", "  clock: 500 MHz", "  clock: 2 ns"},
	{"clock too fast", "  clock: 500 MHz", "  clock: 2 THz"},
	{"no lanes", "    lanes: 8", "    lanes: 0"},
	{"barrier half timed", "    per_hop: 2 cycles\n", ""},
	{"barrier timed twice", "    per_hop: 2 cycles", "    per_hop: 2 cycles\n    table: [{tiles: " +
		"1, time: 2 ns}]"},
	{"barrier out of order", barrier,
		"    table: [{tiles: 2, time: 2 ns}, {tiles: 1, time: 2 ns}]"},
	{"barrier entry without time", barrier, "    table: [{tiles: 2}]"},
	{"anchor", "  neurons: 1024", "  neurons: &n 1024"},
	{"tag", "  neurons: 1024", "  neurons: !!int 1024"},
	{"merge key", "  neurons: 1024", "  <<: {neurons: 1024}"},
	{"two documents", "core:\n", "---\ncore:\n"},
	{"bad indentation", "  neurons: 1024", "neurons: 1024\n   x"},
	{"open bracket", "models: [if,", "models: [[if,"},
	{"long line", "name: adder", "name: " + strings.Repeat("a", 300)},
	{"long description", "description: >-\n", "description: >-\n  " + strings.Repeat("a ", 300) +
		"\n"},
}

func TestFaultsAreExplained(t *testing.T) {
	text := shippedText(t, "adder")
	var report strings.Builder
	for _, fault := range faults {
		require.True(t, strings.Contains(text, fault.old), "%s: nothing to replace", fault.name)
		_, err := profile.Parse("my.yaml", []byte(strings.Replace(text, fault.old, fault.new, 1)))
		require.Error(t, err, fault.name)
		var e *profile.Error
		require.ErrorAs(t, err, &e, fault.name)
		require.Equal(t, "my.yaml", e.File)
		fmt.Fprintf(&report, "# %s\n%v\n\n", fault.name, err)
	}
	for _, whole := range []struct{ name, text string }{
		{"empty file", ""},
		{"only comments", "# nothing\n"},
		{"a list", "- 1\n- 2\n"},
		{"a word", "adder\n"},
		{"one field", "name: x\n"},
		{"binary", "\x7fELF\x00\x01\x02"},
		{"nested too deep", strings.Repeat("[", 65000)},
		{"too long", strings.Repeat("# filler\n", 10000)},
	} {
		_, err := profile.Parse("my.yaml", []byte(whole.text))
		require.Error(t, err, whole.name)
		fmt.Fprintf(&report, "# %s\n%v\n\n", whole.name, err)
	}
	golden.Equal(t, filepath.Join("testdata", "faults.golden"), report.String())
}

// FuzzParse looks for texts that make Parse panic, or fail without naming the
// file.
func FuzzParse(f *testing.F) {
	for _, name := range profile.Shipped() {
		f.Add([]byte(shippedText(f, name)))
	}
	for _, text := range []string{"", "a: [", "name: {a: &b *b}", "? x\n: y", "%YAML 1.2\n---\n",
		"- - - -", "name: |\n  x", "\"", "<<: *x"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := profile.Parse("fuzz.yaml", text)
		if err != nil {
			require.Contains(t, err.Error(), "profile fuzz.yaml:")
			return
		}
		require.True(t, bytes.Equal(text, p.Text()))
		require.NotEmpty(t, p.Describe())
		require.Positive(t, p.Cores())
	})
}

// TestTimesOfWeightsOutside: a memory outside of the chip whose times are not stated has none
// that are known; those of the cores' own memory stand for nothing.
func TestTimesOfWeightsOutside(t *testing.T) {
	adder, err := profile.Load("adder")
	require.NoError(t, err)
	require.Empty(t, adder.Timing.Lacks(adder.MemoryFigures()...))
	fields := profiletest.Fields{
		"synapse_memory": nil, "plastic_bits": 0, "off_chip": "{memory: 1 Gibit, word: 64}",
		"memory_cycle": nil, "timing.core.off_chip_cycle": "4 cycles",
	}
	outside := profiletest.Variant(t, "adder", fields)
	require.Equal(t, []string{"timing.core.off_chip_latency"},
		outside.Timing.Lacks(outside.MemoryFigures()...))
	fields["timing.core.off_chip_latency"] = "30 cycles"
	outside = profiletest.Variant(t, "adder", fields)
	require.Empty(t, outside.Timing.Lacks(outside.MemoryFigures()...))
}

package rtl

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/chip/profile/profiletest"
	"adder/core"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// small is an image of one neuron that hears one input.
func small(t *testing.T, lines map[string]any) *layout.Image {
	text := map[string]any{"width": 1, "height": 1}
	for key, value := range lines {
		text[key] = value
	}
	return &layout.Image{
		Model: "small",
		Chip:  layout.Chip{Name: "adder", Profile: profiletest.Text(t, "adder", text)},
		Routes: router.Table{
			Mesh:    router.Mesh{Width: 1, Height: 1},
			Neurons: []router.Routes{{Start: []int32{0, 0}}},
			Ports: []router.PortRoutes{{Name: "host", Routes: router.Routes{Start: []int32{0, 1},
				Dests: []router.Dest{{}}}}},
		},
		Input:   layout.Input{Name: "in", Shape: []int32{1}},
		Encoder: layout.Encoder{Kind: "spikes", Ticks: 2},
		Cores: []layout.PlacedCore{{Config: core.Config{
			Widths:    core.Widths{Potential: 24, Current: 24, IndexBits: 10},
			Groups:    []core.Group{{Count: 1, DecayV: 4096}},
			Threshold: []int32{0}, Bias: []int32{0}, Reset: []int32{0}, V0: []int32{0},
			ID:    []uint32{0},
			Axons: []core.Axon{{}}, Rows: []core.Row{{WeightBits: 8, Count: 1, Exclude: -1}},
			Dense8: []int8{1},
		}}},
		Populations: []layout.Population{{Name: "layer", Shape: []int32{1}, Spikes: true,
			Segments: []layout.Segment{{Count: 1}}}},
	}
}

// TestRefusals: what the hardware has not is refused by feature, and by layer where it
// has one.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name   string
		lines  map[string]any
		change func(img *layout.Image, cfg *core.Config)
		want   string
	}{
		{"unicast", map[string]any{"multicast": false}, func(img *layout.Image, _ *core.Config) {
			img.Routes.Unicast = true
		}, "chip adder is unicast"},
		{"weights outside", map[string]any{"plastic_bits": 0},
			func(img *layout.Image, cfg *core.Config) {
				img.Chip.Profile = profiletest.Text(t, "adder", profiletest.Fields{
					"synapse_memory": nil, "plastic_bits": 0,
					"off_chip": "{memory: 1 Mibit, word: 64}",
				})
				cfg.Widths.OffChip = 64
			},
			"chip adder holds its weights outside (off_chip)"},
		{"two compartments", nil, func(img *layout.Image, cfg *core.Config) {
			g := &cfg.Groups[0]
			g.Count, g.Pairs = 2, true
			for _, list := range []*[]int32{&cfg.Threshold, &cfg.Bias, &cfg.Reset, &cfg.V0} {
				*list = append(*list, 0)
			}
			cfg.ID = append(cfg.ID, 1)
			img.Routes.Neurons[0].Start = []int32{0, 0, 0}
			img.Populations[0].Shape[0], img.Populations[0].Segments[0].Count = 2, 2
		}, "layer layer: neurons of two compartments"},
		{"drops", map[string]any{"drops": "when-full"}, nil, "drops packets"},
		{"merging", map[string]any{"duplicates": "merge"}, func(_ *layout.Image, cfg *core.Config) {
			cfg.Widths.MergeDuplicates = true
		}, "merges duplicates"},
		{"idle slots", map[string]any{"neuron_idle": "1 cycle"}, nil, "timing: neuron_idle"},
		{"slots of a cycle", map[string]any{"neuron_idle": "1 cycle", "neuron_update": "1 cycle"},
			nil, "timing: neuron_update"},
		{"shallow pipelines", map[string]any{"pipeline": "1 cycle"}, nil, "timing: pipeline"},
		{"lanes", map[string]any{"lanes": 7}, nil, "a power of two"},
		{"delays that take no time", map[string]any{"delay_read": "0 cycles"},
			func(_ *layout.Image, cfg *core.Config) {
				cfg.Axons[0].Delay = 1
			}, "layer layer: timing of delays"},
		{"adaptive thresholds", nil, func(_ *layout.Image, cfg *core.Config) {
			cfg.Groups[0].Theta = core.Theta{Adaptive: true, Always: true, Plus: 1}
		}, "layer layer: adaptive thresholds"},
		{"competition", nil, func(_ *layout.Image, cfg *core.Config) {
			cfg.Groups[0].Winner.Arbiter = core.ArbiterFair
		}, "layer layer: winner-take-all"},
		{"values", nil, func(_ *layout.Image, cfg *core.Config) { cfg.Groups[0].Graded = 8 },
			"layer layer: spikes that carry values"},
		{"model shift", nil, func(_ *layout.Image, cfg *core.Config) {
			g := cfg.Groups[0]
			cfg.Groups[0] = core.Group{
				First: g.First, Count: g.Count, Population: g.Population, Depth: g.Depth,
				ResetMode: core.ResetSubtract, Shift: core.Shift{Most: 3},
			}
		}, "layer layer: neurons of model shift"},
		{"slow others", map[string]any{"others_step": "2 cycles"},
			func(_ *layout.Image, cfg *core.Config) {
				cfg.Rows[0].Format, cfg.Rows[0].Weight, cfg.Dense8 = core.Others, 1, nil
			}, "layer layer: timing of rows that reach all others"},
		{"gearbox", nil, func(_ *layout.Image, cfg *core.Config) {
			cfg.Rows[0].Format, cfg.Rows[0].WeightBits, cfg.Dense8, cfg.Dense16 =
				core.Dense16, 9, nil, []int16{200}
		}, "layer layer: 9-bit weights in dense rows: the hardware has no gearbox"},
	} {
		t.Run(c.name, func(t *testing.T) {
			img := small(t, c.lines)
			if c.change != nil {
				c.change(img, &img.Cores[0].Config)
			}
			loaded, err := chip.Load(img)
			require.NoError(t, err)
			_, err = newDesign(loaded, 0)
			require.ErrorContains(t, err, c.want)
			require.ErrorAs(t, err, new(*RefusedError))
		})
	}
}

// TestCodesAreRefused: so are groups with a code that needs more than multiples of a
// threshold.
func TestCodesAreRefused(t *testing.T) {
	for want, code := range map[string]core.Code{
		"layer layer: codes with tables of boundaries are not in the hardware": {
			Kind: core.CodeRadix, Window: 2, Bits: 1, Table: 1},
		"layer layer: maxima of sums are not in the hardware": {
			Kind: core.CodeLevel, Window: 2, Bits: 1, Run: 2},
	} {
		r := &refusal{img: small(t, nil)}
		r.group(&core.Group{Count: 1, Code: code})
		require.Equal(t, []string{want}, r.reasons)
	}
}

// TestExportReplacesWhatWasThere: simulators, logs and memories of another export go.
func TestExportReplacesWhatWasThere(t *testing.T) {
	c, err := chip.Load(small(t, nil))
	require.NoError(t, err)
	dir := t.TempDir()
	for _, old := range []string{"sim.vvp", "core7_words.hex", "synth.json"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, old), []byte("old"), 0o644))
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "obj_dir"), 0o755))
	train := spike.NewTrain(1, 2)
	train.Set(0, 0)
	s, err := Export(t.Context(), c, 0, []*spike.Train{train}, dir)
	require.NoError(t, err)
	require.Equal(t, Summary{Cores: 1, Routers: 1, Keys: 1, Samples: 1, Cycles: s.Cycles,
		WeightBits: 64 - 48}, *s)
	for _, old := range []string{"sim.vvp", "core7_words.hex", "synth.json", "obj_dir"} {
		require.NoFileExists(t, filepath.Join(dir, old))
		require.NoDirExists(t, filepath.Join(dir, old))
	}
	expected, err := os.ReadFile(filepath.Join(dir, "expect.txt"))
	require.NoError(t, err)
	require.Contains(t, string(expected), "A 4 0 0\n", "the host's packet: 1 cycle in, 2 through "+
		"the router and 1 out")
	_, err = Export(t.Context(), c, 0, nil, dir)
	require.ErrorContains(t, err, "no sample")
}

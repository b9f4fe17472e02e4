package rtl

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/core"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// turns exports a row of three cores: one neuron of the first and two of the last fire
// in every tick and send to the middle, where the first packets of both come in one
// cycle. Which goes first is the turn's to say, and the last packet of a sample leaves
// it where it would let the other go first.
func turns(t *testing.T) string {
	img := small(t, map[string]any{"width": 3})
	img.Routes.Mesh.Width, img.Routes.Neurons = 3, nil
	img.Routes.Ports[0].Routes = router.Routes{Start: []int32{0, 0}}
	of := img.Cores[0].Config
	img.Cores, img.Populations = nil, nil
	for tile, neurons := range []int32{1, 1, 2} {
		cfg := of
		cfg.Groups = []core.Group{{Count: neurons, Population: int32(tile), DecayV: 4096}}
		cfg.Threshold, cfg.Bias, cfg.Reset, cfg.V0, cfg.ID = nil, nil, nil, nil, nil
		routes := router.Routes{Start: []int32{0}}
		for n := range neurons {
			bias := int32(1)
			if tile == 1 {
				bias = 0
			} else {
				routes.Dests = append(routes.Dests, router.Dest{Core: 1})
			}
			routes.Start = append(routes.Start, int32(len(routes.Dests)))
			cfg.Threshold, cfg.Bias, cfg.Reset, cfg.V0 = append(cfg.Threshold, 0), append(cfg.Bias,
				bias), append(cfg.Reset, 0), append(cfg.V0, 0)
			cfg.ID = append(cfg.ID, uint32(int32(tile)+n))
		}
		img.Routes.Neurons = append(img.Routes.Neurons, routes)
		img.Cores = append(img.Cores, layout.PlacedCore{Tile: router.Core(tile), Config: cfg})
		img.Populations = append(img.Populations, layout.Population{
			Name: string(rune('a' + tile)), Shape: []int32{neurons}, Spikes: true,
			Segments: []layout.Segment{{Tile: router.Core(tile), Count: neurons}},
		})
	}
	c, err := chip.Load(img)
	require.NoError(t, err)
	dir := t.TempDir()
	_, err = Export(t.Context(), c, 0, []*spike.Train{spike.NewTrain(1, 2), spike.NewTrain(1, 2)},
		dir)
	require.NoError(t, err)
	return dir
}

// TestTurnsBeginAnew: the turn around the inputs begins anew with each sample.
func TestTurnsBeginAnew(t *testing.T) {
	need(t, "iverilog", "make")
	dir := turns(t)
	out, err := run(t, dir, "sim")
	require.NoError(t, err, out)
	require.True(t, caught(t, dir, "outlet.v", "if (clear) above <= 5'b11111;",
		"if (above === 5'bxxxxx) above <= 5'b11111;"),
		"a turn that is not cleared between samples goes unnoticed")
}

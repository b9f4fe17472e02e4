package chip

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile/profiletest"
	"adder/core"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// TestDropsAreCounted: a chip that drops loses packets into a small buffer, says
// how many, and counts only the links that were crossed.
func TestDropsAreCounted(t *testing.T) {
	text := profileText("adder", map[string]any{"drops": "when-full", "input_buffer": 1,
		"pipeline": "9 cycles", "neuron_update": "0 cycles", "neuron_idle": "0 cycles",
		"spike_out": "0 cycles"})
	c, err := Load(fan(t, 64, text))
	require.NoError(t, err)
	e, err := c.NewCycle(Options{}, nil)
	require.NoError(t, err)
	train := spike.NewTrain(64, 2)
	for i := range 64 {
		train.Set(0, i)
	}
	o, err := e.Run(t.Context(), &Sample{Spikes: train})
	require.NoError(t, err)
	require.Positive(t, o.Counts.Dropped)
	require.Equal(t, e.mesh.Load().Lost, o.Counts.Dropped)
	require.Equal(t, e.mesh.Load().Hops, o.Counts.Traffic.Hops.Total())
	require.Equal(t, int64(64), o.Counts.InputSpikes)
	require.Less(t, o.Counts.Core.AxonReads, int64(64))
}

// TestDropsAddUp: on any chip that drops, packets arrive or are dropped, and the
// links are those that the mesh says were crossed.
func TestDropsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		img := drawImage(t)
		drops, err := profiletest.Change(img.Chip.Profile,
			profiletest.Fields{"drops": "when-full"})
		require.NoError(t, err)
		img.Chip.Profile = drops
		c, err := Load(img)
		require.NoError(t, err)
		l := newLedger(t, c)
		e, err := c.NewCycle(Options{ByTick: rapid.Bool().Draw(t, "by tick")}, l)
		require.NoError(t, err)
		require.True(t, e.plan.mesh.DropWhenFull)
		o, err := e.Run(t.Context(),
			&Sample{Spikes: drawTrain(t, int(img.Input.Shape[0]), int(img.Encoder.Ticks))})
		require.NoError(t, err)
		load := e.mesh.Load()
		require.Equal(t, load.Lost, o.Counts.Dropped)
		require.Equal(t, load.Hops, o.Counts.Traffic.Hops.Total())
		require.Equal(t, load.Hops, o.Cycles.LinkPackets)
		require.Equal(t, load.Arrived, l.messages)
		require.Equal(t, load.Entered, o.Counts.Traffic.Packets)
	})
}

// fan is a chip whose host inputs each reach a neuron of their own, two cores
// away.
func fan(t require.TestingT, inputs int, profile []byte) *layout.Image {
	img := line(3, profile)
	cfg := &img.Cores[2].Config
	*cfg = core.Config{Widths: cfg.Widths,
		Groups: []core.Group{{Count: int32(inputs), Population: 2, Depth: 2, DecayV: 4096}}}
	routes := router.Routes{Start: []int32{0}}
	own := router.Routes{Start: []int32{0}}
	for n := range inputs {
		cfg.Threshold, cfg.Bias, cfg.Reset = append(cfg.Threshold, 0), append(cfg.Bias,
			0), append(cfg.Reset, 0)
		cfg.V0, cfg.ID = append(cfg.V0, 0), append(cfg.ID, uint32(2+n))
		cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(n)})
		cfg.Rows = append(cfg.Rows, core.Row{WeightBits: 8, First: int32(n), Count: 1,
			Offset: int64(n)})
		cfg.Dense8 = append(cfg.Dense8, 1)
		routes.Dests = append(routes.Dests, router.Dest{Core: 2, Axon: int32(n)})
		routes.Start = append(routes.Start, int32(n+1))
		own.Start = append(own.Start, 0)
	}
	img.Routes.Neurons[2] = own
	img.Routes.Ports[0].Routes = routes
	img.Input.Shape = []int32{int32(inputs)}
	img.Populations[2].Shape = []int32{int32(inputs)}
	img.Populations[2].Segments[0].Count = int32(inputs)
	img.Readout.Classes = int32(inputs)
	img.Encoder.Ticks = 2
	return img
}

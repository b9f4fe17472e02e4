package chip_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/chip/profile"
	"adder/chip/profile/profiletest"
	"adder/compiler/ir/irtest"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// TestBoardIsOneChip compares sixteen chips with one of as many cores: the same spikes and
// potentials on both engines, and the same counts but for links, of which those between
// chips are a class of their own.
func TestBoardIsOneChip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 3).Draw(t, "width")
		height := rapid.IntRange(1, 2).Draw(t, "height")
		mesh := func(w, h int) *profile.Profile {
			return profiletest.Variant(t, "adder", profiletest.Fields{
				"width": w, "height": h, "neurons": 8, "input_axons": 60,
				"synapse_memory": "6 Kibit",
			})
		}
		one := mesh(4*width, 4*height)
		board, err := mesh(width, height).OnBoard(profile.Board{Width: 4, Height: 4})
		require.NoError(t, err)
		require.Equal(t, one.Cores(), board.Cores())
		net := randomNetwork(t, one)
		train := irtest.Train(t, net.Input.Size)
		large := compileOrSkip(t, net, one, train.Ticks(), 1)
		chips := compileOrSkip(t, net, board, train.Ticks(), 1)
		for _, engine := range []func(fatal, *layout.Image, *spike.Train,
			chip.Options) *chip.Outcome{run, runClocked} {
			want := engine(t, large, train, chip.Options{})
			got := engine(t, chips, train, chip.Options{})
			requireSameLayers(t, want, got, func(c *chip.Counts) {
				c.Traffic.Hops = router.Hops{}
			})
		}
	})
}

// runClocked is run on the cycle engine, without the times.
func runClocked(t fatal, img *layout.Image, train *spike.Train, o chip.Options) *chip.Outcome {
	t.Helper()
	c, err := chip.Load(img)
	require.NoError(t, err)
	engine, err := c.NewCycle(recordAll(img, o), nil)
	require.NoError(t, err)
	out, err := engine.Run(t.Context(), &chip.Sample{Number: 7, Spikes: train})
	require.NoError(t, err)
	require.NotNil(t, out.Cycles)
	out.Cycles = nil
	return out
}

// TestBoardHasBorders: two chips side by side are one mesh with a border in its middle. What
// a border costs in time is held by the router's oracle.
func TestBoardHasBorders(t *testing.T) {
	one := profiletest.Variant(t, "adder", profiletest.Fields{"width": 2, "height": 1})
	board, err := one.OnBoard(profile.Board{Width: 2, Height: 1})
	require.NoError(t, err)
	require.Equal(t, []int{4, 1}, []int{board.Mesh.Width, board.Mesh.Height})
	topology := board.Topology()
	require.Equal(t, []string{"east", "west", "north", "south", "border"}, topology.Classes())
	b := topology.(*router.Board)
	require.Equal(t, 1, b.Borders([]router.Core{1, 2}))
	require.Zero(t, b.Borders([]router.Core{0, 1}))
}

package survey_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/chip/profile/profiletest"
	"adder/compiler"
	"adder/compiler/testnets"
	"adder/survey"
)

// TestBoards: a network that is too large for a chip is told how many it takes, and fits a
// board of as many, which `compile` says too.
func TestBoards(t *testing.T) {
	one := smallLoihi(t)
	net := testnets.Layered()
	for _, compiled := range []bool{false, true} {
		m := sized(net)
		if !compiled {
			m.Size = nil
		}
		alone := run(t, m, survey.Options{Compile: compiled}, one)[0]
		require.False(t, alone.Fits)
		require.Nil(t, alone.Board)
		require.NotNil(t, alone.Chips)
		require.Equal(t, 2, *alone.Chips, "%d cores of %d", *alone.Cores, alone.CoresTotal)
		cores := slices.IndexFunc(alone.Limits, func(l survey.Limit) bool {
			return l.Limit == "cores"
		})
		require.GreaterOrEqual(t, cores, 0)

		board := profile.Board{Width: 2, Height: 2}
		four := run(t, m, survey.Options{Compile: compiled, Board: board}, one)[0]
		require.True(t, four.Fits, "%+v", four.Limits)
		require.Equal(t, &survey.Board{Width: 2, Height: 2}, four.Board)
		require.Equal(t, 4*one.Cores(), four.CoresTotal)
		require.Equal(t, 2, *four.Chips)
	}
	on, err := one.OnBoard(profile.Board{Width: 2, Height: 1})
	require.NoError(t, err)
	r, err := compiler.Compile(t.Context(), net, compiling(net, on, survey.Form{WeightBits: 8}))
	require.NoError(t, err)
	require.Equal(t, 2, r.Report.Board.ChipsUsed)
}

// TestBoardsOfOthers: chips for fit alone are counted by their cores; what holds one network by
// itself stays alone; a board that no mesh has is refused in words.
func TestBoardsOfOthers(t *testing.T) {
	board := profile.Board{Width: 3, Height: 2}
	chips := []*profile.Profile{chip(t, "darwin3"), chip(t, "speck2f"), chip(t, "xylo-imu"),
		chip(t, "truenorth")}
	fits := run(t, sized(vendorNetwork()), survey.Options{Board: board}, chips...)
	require.Equal(t, 6*575, fits[0].CoresTotal)
	require.Equal(t, 1, *fits[0].Chips)
	for _, alone := range fits[1:3] {
		require.Nil(t, alone.Board, alone.Chip)
	}
	require.True(t, fits[1].Fits)
	require.Equal(t, 6*4096, fits[3].CoresTotal)
	large := run(t, sized(testnets.Pool()), survey.Options{Board: profile.Board{Width: 17, Height: 1}},
		chips[3])[0]
	require.False(t, large.Fits)
	require.Contains(t, large.Limits[0].Limit, "of which a side has at most 1024")
}

// TestLoopsThroughRelays: a layer that hears itself has no tick for relays to spare, which
// shapes and the compiler say alike.
func TestLoopsThroughRelays(t *testing.T) {
	c := testnets.NewChain("loop", 4)
	addDense(c, 600, func(int) float64 { return 1 })
	c.Add(valued(), 600)
	hidden := c.At
	p := *chip(t, "truenorth")
	p.Core.InputAxons, p.Core.SynapseMemory = 1024, 1<<20
	again := dense(600, 600, func(int) float64 { return 1 })
	w := c.Net.AddNode("again", again, c.Shape, c.Shape)
	c.Net.Connect(hidden, w)
	c.Net.Connect(w, hidden)
	requireVerdicts(t, c.End(), 2, []*profile.Profile{&p}, 2)
}

// smallLoihi is chip loihi with a tenth of its cores.
func smallLoihi(t *testing.T) *profile.Profile {
	return profiletest.Variant(t, "loihi", profiletest.Fields{"width": 4, "height": 3})
}

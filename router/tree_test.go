package router

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawMesh draws a mesh of a few hundred tiles at most.
func drawMesh(t *rapid.T) Mesh {
	return Mesh{
		Width:  rapid.Int16Range(1, 20).Draw(t, "width"),
		Height: rapid.Int16Range(1, 20).Draw(t, "height"),
	}
}

func drawCores(t *rapid.T, m Topology, from int) []Core {
	core := rapid.Custom(func(t *rapid.T) Core {
		return Core(rapid.IntRange(0, m.Tiles()-1).Draw(t, "core"))
	})
	cores := rapid.SliceOfN(core, from, 24).Draw(t, "cores")
	slices.Sort(cores)
	return slices.Compact(cores)
}

// TestTreeIsTheUnionOfRoutes compares links and local exits of a tree with the
// set of the links of all single routes.
func TestTreeIsTheUnionOfRoutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawTopology(t, drawMesh(t))
		from := m.At(Core(rapid.IntRange(0, m.Tiles()-1).Draw(t, "from")))
		to := drawCores(t, m, 0)
		want := map[Link]bool{}
		for _, core := range to {
			for _, link := range walk(m, from, m.At(core)) {
				want[link] = true
			}
		}
		tree := NewTree(m, from, to)
		got := slices.Collect(tree.Links())
		require.Len(t, got, len(want), "each link once")
		for _, link := range got {
			require.True(t, want[link], "link %v", link)
		}
		requireGrown(t, tree, to, m)
	})
}

// requireGrown checks that branches follow the one they are reached from, that
// each tile occurs once, and that exactly the destinations exit.
func requireGrown(t require.TestingT, tree Tree, to []Core, m Topology) {
	reached := map[Coord]bool{tree.Source: true}
	passed := map[Coord]bool{}
	var exits []Core
	for _, branch := range tree.Branches {
		require.True(t, reached[branch.At], "tile %v is reached before it is passed", branch.At)
		require.False(t, passed[branch.At], "tile %v is passed once", branch.At)
		passed[branch.At] = true
		for dir := East; dir <= South; dir++ {
			if branch.Out.Has(dir.Port()) {
				next, ok := m.End(Link{From: branch.At, Dir: dir})
				require.True(t, ok)
				reached[next] = true
			}
		}
		if branch.Out.Has(Local) {
			exits = append(exits, m.CoreAt(branch.At))
		}
	}
	slices.Sort(exits)
	require.ElementsMatch(t, to, exits)
}

// TestHopsOfOneDestination holds that a route has as many links as the Manhattan
// distance, and that a tree to one core is its route.
func TestHopsOfOneDestination(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMesh(t)
		core := func(name string) Core { return Core(rapid.IntRange(0, m.Tiles()-1).Draw(t, name)) }
		source, dest := core("source"), core("dest")
		from, to := m.At(source), m.At(dest)
		distance := func(a, b int16) int64 { return int64(max(a-b, b-a)) }
		hops := NewTree(m, from, []Core{dest}).Hops(m)
		require.Equal(t, distance(from.X, to.X)+distance(from.Y, to.Y), hops.Total())
		require.Equal(t, m.Counter().Paths(from, []Coord{to}), hops)
	})
}

func TestTreeExample(t *testing.T) {
	m := Mesh{Width: 4, Height: 3}
	// . . o .    S source, o destinations; the row first
	// o S . o
	// . . o o
	tree := NewTree(m, Coord{1, 1}, []Core{2, 4, 7, 10, 11})
	require.Equal(t, []Branch{
		{Coord{1, 1}, East.Port() | West.Port()},
		{Coord{2, 1}, East.Port() | North.Port() | South.Port()},
		{Coord{2, 0}, Local},
		{Coord{2, 2}, Local},
		{Coord{3, 1}, South.Port() | Local},
		{Coord{3, 2}, Local},
		{Coord{0, 1}, Local},
	}, tree.Branches)
	require.Equal(t, Hops{East: 2, West: 1, North: 1, South: 2}, tree.Hops(m))
	ends := []Coord{{2, 0}, {0, 1}, {3, 1}, {2, 2}, {3, 2}}
	require.Equal(t, Hops{East: 2, West: 1, North: 1, South: 2},
		m.Counter().Tree(Coord{1, 1}, ends))
	require.Equal(t, Hops{East: 6, West: 1, North: 1, South: 2},
		m.Counter().Paths(Coord{1, 1}, ends))
}

func TestEmptyTree(t *testing.T) {
	tree := NewTree(Mesh{3, 3}, Coord{1, 1}, nil)
	require.Empty(t, tree.Branches)
	require.Zero(t, new(Routes).Sources())
	for link := range NewTree(Mesh{3, 3}, Coord{1, 1}, []Core{0, 8}).Links() {
		require.Equal(t, Link{From: Coord{1, 1}, Dir: East}, link)
		break // which ends the walk
	}
	require.Equal(t, Hops{}, tree.Hops(Mesh{3, 3}))
}

func TestCoordinatesInvert(t *testing.T) {
	for _, m := range []Mesh{{1, 1}, {1, 9}, {9, 1}, {7, 5}, {16, 16}, {33, 31}, {MaxSide, 3},
		{3, MaxSide}} {
		t.Run(fmt.Sprintf("%dx%d", m.Width, m.Height), func(t *testing.T) {
			require.Equal(t, int(m.Width)*int(m.Height), m.Tiles())
			for c := range Core(m.Tiles()) {
				at := m.At(c)
				require.Equal(t, Coord{int16(int(c) % int(m.Width)), int16(int(c) / int(m.Width))},
					at)
				require.True(t, m.Contains(at))
				require.Equal(t, c, m.CoreAt(at))
			}
			require.False(t, m.Holds(Core(m.Tiles())))
			require.False(t, m.Holds(-1))
			require.True(t, m.Holds(0))
		})
	}
	for _, m := range []Mesh{{0, 1}, {1, 0}, {-3, 4}, {MaxSide + 1, 1}, {1, MaxSide + 1}} {
		require.Error(t, m.Validate())
		require.Zero(t, m.Tiles())
	}
	for _, c := range []Coord{{-1, 0}, {0, -1}, {2, 0}, {0, 2}} {
		require.False(t, Mesh{2, 2}.Contains(c))
	}
}

func TestDirectionNames(t *testing.T) {
	for dir, name := range map[Direction]string{East: "east", West: "west", North: "north",
		South: "south"} {
		require.Equal(t, name, dir.String())
	}
}

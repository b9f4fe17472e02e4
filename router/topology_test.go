package router

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// torus is a mesh whose rows and columns are rings, with two classes of links:
// those of rows and those of columns.
type torus struct{ Mesh }

func (torus) Classes() []string { return []string{"row", "column"} }

func (torus) Class(l Link) LinkClass { return LinkClass(l.Dir >> 1) }

func (t torus) End(l Link) (Coord, bool) {
	to, _ := t.Mesh.End(l)
	to = Coord{X: (to.X + t.Width) % t.Width, Y: (to.Y + t.Height) % t.Height}
	return to, to != l.From
}

func (t torus) Next(at, to Coord) Ports {
	if dx := around(at.X, to.X, t.Width); dx != 0 {
		return map[bool]Ports{true: East.Port(), false: West.Port()}[dx > 0]
	}
	if dy := around(at.Y, to.Y, t.Height); dy != 0 {
		return map[bool]Ports{true: South.Port(), false: North.Port()}[dy > 0]
	}
	return Local
}

func (t torus) Distance(from, to Coord) int {
	return len(walk(t, from, to))
}

func (t torus) Counter() Counter { return treeCounter{t} }

// around is the shorter way around a ring, forward if both are as long.
func around(from, to, size int16) int16 {
	d := (to - from + size) % size
	if d > size/2 {
		d -= size
	}
	return d
}

// treeCounter counts by making trees.
type treeCounter struct{ topology Topology }

func (k treeCounter) Tree(from Coord, to []Coord) Hops {
	var cores []Core
	for _, at := range to {
		cores = append(cores, k.topology.CoreAt(at))
	}
	return NewTree(k.topology, from, cores).Hops(k.topology)
}

func (k treeCounter) Paths(from Coord, to []Coord) (h Hops) {
	for _, at := range to {
		h.Add(k.Tree(from, []Coord{at}))
	}
	return h
}

// walk lists the links of the route between two tiles of one of our topologies,
// worked out from coordinates.
func walk(topology Topology, from, to Coord) []Link {
	dx, dy := to.X-from.X, to.Y-from.Y
	wrap := func(x int16, _ int16) int16 { return x }
	var m Mesh
	switch t := topology.(type) {
	case torus:
		m = t.Mesh
		dx, dy = around(from.X, to.X, m.Width), around(from.Y, to.Y, m.Height)
		wrap = func(x, size int16) int16 { return (x + size) % size }
	case *Board:
		m = t.Mesh
	case Mesh:
		m = t
	}
	var links []Link
	at := from
	for ; dx > 0; dx-- {
		links = append(links, Link{From: at, Dir: East})
		at.X = wrap(at.X+1, m.Width)
	}
	for ; dx < 0; dx++ {
		links = append(links, Link{From: at, Dir: West})
		at.X = wrap(at.X-1, m.Width)
	}
	for ; dy > 0; dy-- {
		links = append(links, Link{From: at, Dir: South})
		at.Y = wrap(at.Y+1, m.Height)
	}
	for ; dy < 0; dy++ {
		links = append(links, Link{From: at, Dir: North})
		at.Y = wrap(at.Y-1, m.Height)
	}
	return links
}

// drawTopology draws one with the tiles of a mesh.
func drawTopology(t *rapid.T, m Mesh) Topology {
	return rapid.SampledFrom([]Topology{m, drawBoard(t, m), torus{m}}).Draw(t, "topology")
}

func drawBoard(t *rapid.T, m Mesh) *Board {
	return NewBoard(m, Mesh{
		Width:  rapid.Int16Range(1, m.Width).Draw(t, "chip width"),
		Height: rapid.Int16Range(1, m.Height).Draw(t, "chip height"),
	})
}

// topologies are small ones of each kind, with odd shapes.
func topologies() []Topology {
	var all []Topology
	for _, m := range []Mesh{{1, 1}, {2, 1}, {1, 4}, {5, 4}, {4, 5}, {6, 2}} {
		all = append(all, m, torus{m}, NewBoard(m, Mesh{2, 1}), NewBoard(m, Mesh{3, 2}),
			NewBoard(m, m))
	}
	return all
}

func TestTopologies(t *testing.T) {
	for _, topology := range topologies() {
		t.Run(fmt.Sprintf("%T%v", topology, topology), func(t *testing.T) {
			require.LessOrEqual(t, len(topology.Classes()), MaxLinkClasses)
			for from := range Core(topology.Tiles()) {
				requireLinks(t, topology, topology.At(from))
				for to := range Core(topology.Tiles()) {
					requireRoute(t, topology, topology.At(from), topology.At(to))
				}
			}
		})
	}
}

// requireLinks checks the links of a tile.
func requireLinks(t *testing.T, topology Topology, at Coord) {
	require.Equal(t, at, topology.At(topology.CoreAt(at)))
	for dir := East; dir <= South; dir++ {
		link := Link{From: at, Dir: dir}
		end, ok := topology.End(link)
		if !ok {
			continue
		}
		require.Less(t, int(topology.Class(link)), len(topology.Classes()))
		back, ok := topology.End(Link{From: end, Dir: dir.opposite()})
		require.True(t, ok)
		require.Equal(t, at, back)
	}
}

// requireRoute checks a route: its links, its length, and that a table of
// columns and one of rows lead along it.
func requireRoute(t *testing.T, topology Topology, from, to Coord) {
	want := walk(topology, from, to)
	require.Equal(t, want, slices.Collect(Links(topology, from, to)))
	require.Equal(t, len(want), topology.Distance(from, to))
	for other := range Core(topology.Tiles()) {
		at := topology.At(other)
		if from.X != to.X {
			require.Equal(t, topology.Next(from, to),
				topology.Next(Coord{from.X, at.Y}, Coord{to.X, at.Y}))
			require.Equal(t, topology.Next(from, to), topology.Next(from, Coord{to.X, at.Y}))
		} else {
			require.Equal(t, topology.Next(from, to),
				topology.Next(Coord{at.X, from.Y}, Coord{at.X, to.Y}))
		}
	}
	for range Links(topology, from, to) {
		break // which ends the walk
	}
}

// TestCountersEqualRoutes: a counter counts the links of all routes, and of
// their union, one use after the other.
func TestCountersEqualRoutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMesh(t)
		topology := drawTopology(t, m)
		counter := topology.Counter()
		for range 3 {
			from := m.At(Core(rapid.IntRange(0, m.Tiles()-1).Draw(t, "from")))
			var to []Coord
			var paths, tree Hops
			seen := map[Link]bool{}
			for _, core := range drawCores(t, m, 0) {
				to = append(to, m.At(core))
				for _, link := range walk(topology, from, m.At(core)) {
					paths[topology.Class(link)]++
					if !seen[link] {
						tree[topology.Class(link)]++
					}
					seen[link] = true
				}
			}
			require.Equal(t, tree, counter.Tree(from, to))
			require.Equal(t, paths, counter.Paths(from, to))
		}
	})
}

func TestSpan(t *testing.T) {
	m := Mesh{Width: 6, Height: 5}
	for want, cores := range map[int][]Core{0: {17}, 1: {0, 6}, 5: {0, 5}, 8: {3, 12, 18, 23},
		9: {5, 24}} {
		require.Equal(t, want, Span(m, cores), "%v", cores)
	}
	require.Zero(t, Span(m, nil))
	require.Equal(t, 1, Span(torus{m}, []Core{0, 5}), "around the ring")
}

// TestBorderTakesItsTime: on a board of two chips a packet that crosses the
// border takes the time of its class, and is counted by it.
func TestBorderTakesItsTime(t *testing.T) {
	b := NewBoard(Mesh{Width: 6, Height: 2}, Mesh{Width: 3, Height: 2})
	timing := Timing{Pipeline: 2, Local: 1, Links: [MaxLinkClasses]int64{1, 1, 1, 1, 30},
		InputBuffer: 4, OutputFIFO: 4}
	require.NoError(t, timing.Validate(b.Classes()))
	timing.Links[Border] = -1
	require.ErrorContains(t, timing.Validate(b.Classes()), "border takes -1 cycles")
	timing.Links[Border] = 30
	for _, c := range []struct {
		from, to Core
		time     int64
		hops     Hops
	}{
		{0, 2, 2*(1+2) + 4, Hops{East: 2}},
		{0, 3, 2*(1+2) + 30 + 2 + 4, Hops{East: 2, Border: 1}},
		{9, 1, 30 + 2 + 1 + 2 + 1 + 2 + 4, Hops{West: 1, North: 1, Border: 1}},
	} {
		forest := NewForest(b)
		for _, route := range []Route{To(c.to), forest.Add(b.At(c.from), []Core{c.to})} {
			s := &script{parcels: []parcel{{from: c.from, route: route}}}
			s.run(b, timing, forest, newRing())
			require.Equal(t, map[Core]int64{c.to: c.time}, s.parcels[0].arrived)
			require.Equal(t, c.hops, s.mesh.HopsBelow(c.from, route))
		}
		require.Equal(t, c.time, timing.ZeroLoad(b, b.At(c.from), b.At(c.to)))
	}
}

// TestBorders: a link is a border where its ends lie on unlike chips by division.
func TestBorders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Mesh{Width: rapid.Int16Range(1, 12).Draw(t, "width"),
			Height: rapid.Int16Range(1, 9).Draw(t, "height")}
		b := drawBoard(t, m)
		for core := range Core(m.Tiles()) {
			for dir := East; dir <= South; dir++ {
				l := Link{From: m.At(core), Dir: dir}
				end, ok := b.End(l)
				if !ok {
					continue
				}
				crosses := l.From.X/b.chip.Width != end.X/b.chip.Width ||
					l.From.Y/b.chip.Height != end.Y/b.chip.Height
				require.Equal(t, crosses, b.Class(l) == Border, "%v", l)
			}
		}
	})
}

// TestBoardsAreOfWholeChips refuses a table whose chips do not make up its mesh.
func TestBoardsAreOfWholeChips(t *testing.T) {
	for want, table := range map[string]Table{
		"":                              {Mesh: Mesh{6, 4}, Chip: Mesh{3, 2}},
		"is not made of whole chips":    {Mesh: Mesh{6, 4}, Chip: Mesh{4, 2}},
		"not made of whole chips of 6 ": {Mesh: Mesh{6, 4}, Chip: Mesh{6, 3}},
		"chips of a board: mesh of 0 x": {Mesh: Mesh{6, 4}, Chip: Mesh{0, 3}},
	} {
		err := table.Validate(nil, nil)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, want)
	}
	require.Equal(t, Mesh{6, 4}, (&Table{Mesh: Mesh{6, 4}, Chip: Mesh{6, 4}}).Topology(),
		"one chip is no board")
}

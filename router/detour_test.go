package router

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawDetour draws a mesh with some links dead.
func drawDetour(t *rapid.T) (*Detour, map[Link]bool) {
	m := Mesh{Width: rapid.Int16Range(1, 7).Draw(t, "width"),
		Height: rapid.Int16Range(1, 7).Draw(t, "height")}
	broken := map[Link]bool{}
	var dead []Link
	for tile := range m.Tiles() {
		for _, dir := range []Direction{East, South} {
			l := Link{From: m.At(Core(tile)), Dir: dir}
			if end, ok := m.End(l); ok && rapid.IntRange(0, 4).Draw(t, "dead") == 0 {
				dead = append(dead, l)
				broken[l], broken[Link{From: end, Dir: dir.opposite()}] = true, true
			}
		}
	}
	var sources []Core
	if rapid.Bool().Draw(t, "beforehand") {
		sources = drawCores(t, m, 0)
	}
	return NewDetour(m, dead, sources), broken
}

// TestDetours: a route leads to every tile that can be reached at all, over links that work;
// routes from a tile are a tree; and no packets can wait for each other in a circle.
func TestDetours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, broken := drawDetour(t)
		behind := map[Link]map[Link]bool{}
		for from := range d.Tiles() {
			into := map[Coord]Link{}
			linked := reachable(d, Core(from))
			for to := range d.Tiles() {
				a, b := d.At(Core(from)), d.At(Core(to))
				require.Equal(t, linked[Core(to)], d.Reaches(a, b))
				if !linked[Core(to)] {
					continue
				}
				at, last := a, Link{Dir: local}
				for l := range Links(d, a, b) {
					require.Equal(t, at, l.From)
					require.False(t, broken[l])
					at, _ = d.End(l)
					if before, met := into[at]; met {
						require.Equal(t, before, l, "two ways from %v to %v", a, at)
					}
					into[at] = l
					if behind[last] == nil {
						behind[last] = map[Link]bool{}
					}
					behind[last][l] = true
					last = l
				}
				require.Equal(t, b, at)
			}
		}
		requireNoCircle(t, behind)
	})
}

// reachable finds the tiles that links lead to.
func reachable(d *Detour, from Core) map[Core]bool {
	met := map[Core]bool{from: true}
	for queue := []Core{from}; len(queue) > 0; queue = queue[1:] {
		d.each(queue[0], func(_ Link, to Core) {
			if !met[to] {
				met[to] = true
				queue = append(queue, to)
			}
		})
	}
	return met
}

// requireNoCircle goes from each link to those that packets take behind it.
func requireNoCircle(t require.TestingT, behind map[Link]map[Link]bool) {
	const under, done = 1, 2
	state := map[Link]int{}
	var visit func(l Link)
	visit = func(l Link) {
		require.NotEqual(t, under, state[l], "packets on %v wait for each other", l)
		if state[l] == done {
			return
		}
		state[l] = under
		for next := range behind[l] {
			visit(next)
		}
		state[l] = done
	}
	for l := range behind {
		visit(l)
	}
}

// TestDetoursAreCounted: the counter counts the links of trees and of routes.
func TestDetoursAreCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, _ := drawDetour(t)
		c := d.Counter()
		for range 3 {
			from := Core(rapid.IntRange(0, d.Tiles()-1).Draw(t, "from"))
			var cores []Core
			var ends []Coord
			var paths Hops
			for _, to := range drawCores(t, d, 0) {
				if !d.Reaches(d.At(from), d.At(to)) {
					continue
				}
				cores, ends = append(cores, to), append(ends, d.At(to))
				for l := range Links(d, d.At(from), d.At(to)) {
					paths[d.Class(l)]++
				}
				require.Equal(t, d.Distance(d.At(from), d.At(to)),
					len(d.route(d.At(from), d.At(to))))
			}
			require.Equal(t, paths, c.Paths(d.At(from), ends))
			require.Equal(t, NewTree(d, d.At(from), cores).Hops(d), c.Tree(d.At(from), ends))
		}
	})
}

// TestWholeDetour: without a dead link the routes are as short as those of the mesh from the
// first tile on.
func TestWholeDetour(t *testing.T) {
	m := Mesh{Width: 5, Height: 4}
	d := NewDetour(m, nil, nil)
	for to := range m.Tiles() {
		require.Equal(t, m.Distance(Coord{}, m.At(Core(to))), d.Distance(Coord{}, d.At(Core(to))))
	}
}

package router

import (
	"iter"
	"slices"
)

// Branch is a router that a packet passes and the ports by which it leaves,
// one copy each.
type Branch struct {
	At  Coord
	Out Ports
}

// Tree is the way of a packet from a tile to a set of cores: the union of the
// routes to each (Topology). It crosses each link at most once.
//
// NewTree makes one. The zero Tree leads nowhere.
type Tree struct {
	// Source is the tile where the packet enters the network.
	Source Coord
	// Branches are the routers passed, each after the one it is reached
	// from: below each router first what is north, south, east and west of
	// it.
	Branches []Branch
}

// NewTree returns the route tree from a tile to cores, all of the topology. The
// order of the cores and repetitions do not matter.
func NewTree(t Topology, from Coord, to []Core) Tree {
	tree := Tree{Source: from}
	if len(to) == 0 {
		return tree
	}
	w := newWalker(t)
	w.walk(from, to)
	tree.grow(w, from)
	return tree
}

// grow adds the router at a tile and those below it.
func (t *Tree) grow(w *walker, at Coord) {
	out := w.outs[w.topology.CoreAt(at)]
	t.Branches = append(t.Branches, Branch{At: at, Out: out})
	for _, dir := range [...]Direction{North, South, East, West} {
		if out.Has(dir.Port()) {
			next, _ := w.topology.End(Link{From: at, Dir: dir})
			t.grow(w, next)
		}
	}
}

// Links yields the links of the tree, each after the one it is reached by.
func (t Tree) Links() iter.Seq[Link] {
	return func(yield func(Link) bool) {
		for _, branch := range t.Branches {
			for dir := East; dir <= South; dir++ {
				if branch.Out.Has(dir.Port()) && !yield(Link{From: branch.At, Dir: dir}) {
					return
				}
			}
		}
	}
}

// Hops counts the links of a tree of a topology by class.
func (t Tree) Hops(topology Topology) Hops {
	var h Hops
	for link := range t.Links() {
		h[topology.Class(link)]++
	}
	return h
}

// walker joins routes from one tile to a tree.
type walker struct {
	topology Topology
	// outs[c] are the ports by which the tree leaves the router of core c,
	// 0 for all but those that it passes.
	outs   []Ports
	passed []Core
}

func newWalker(t Topology) *walker { return &walker{topology: t, outs: make([]Ports, t.Tiles())} }

// walk builds the tree from a tile to some cores, and drops the previous one.
func (w *walker) walk(from Coord, to []Core) {
	for _, c := range w.passed {
		w.outs[c] = 0
	}
	w.passed = w.passed[:0]
	for _, core := range to {
		end := w.topology.At(core)
		for link := range Links(w.topology, from, end) {
			w.leave(w.topology.CoreAt(link.From), link.Dir.Port())
		}
		w.leave(core, Local)
	}
}

// leave adds a port to those of a core's router.
func (w *walker) leave(c Core, out Ports) {
	if w.outs[c] == 0 {
		w.passed = append(w.passed, c)
	}
	w.outs[c] |= out
}

// Cores lists the cores of sorted destinations, each once, appended to into.
func Cores(dests []Dest, into []Core) []Core {
	for _, d := range dests {
		into = append(into, d.Core)
	}
	return slices.Compact(into)
}

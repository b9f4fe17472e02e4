package router

import "math/bits"

// Route says where a packet goes from the router it is in: a node of a Forest,
// or a core that it is on its way to (To).
type Route int32

// NoRoute leads nowhere.
const NoRoute Route = -1 << 31

// To is the route to one core, X before Y.
func To(c Core) Route { return ^Route(c) }

// branching is a router of a tree: the ports by which a packet leaves and the
// node of the first link's end. Those of the other links follow it, in the
// order of the directions.
type branching struct {
	first int32
	out   Ports
}

// Forest holds the route trees of a chip as routers use them. Equal trees are
// kept once.
type Forest struct {
	mesh  Mesh
	nodes []branching
	roots map[string]Route
	key   []byte
}

// NewForest returns a forest without trees.
func NewForest(m Mesh) *Forest { return &Forest{mesh: m, roots: map[string]Route{}} }

// Add returns the root of the tree from a tile to sorted cores, NoRoute for
// none.
func (f *Forest) Add(from Coord, to []Core) Route {
	if len(to) == 0 {
		return NoRoute
	}
	f.key = append(f.key[:0], byte(from.X), byte(from.X>>8), byte(from.Y), byte(from.Y>>8))
	for _, c := range to {
		f.key = append(f.key, byte(c), byte(c>>8), byte(c>>16))
	}
	if root, ok := f.roots[string(f.key)]; ok {
		return root
	}
	tree := NewTree(f.mesh, from, to)
	outs := make(map[Coord]Ports, len(tree.Branches))
	for _, b := range tree.Branches {
		outs[b.At] = b.Out
	}
	root := int32(len(f.nodes))
	f.nodes = append(f.nodes, branching{})
	f.fill(root, from, outs)
	f.roots[string(f.key)] = Route(root)
	return Route(root)
}

// fill makes a node of the router at a tile and adds those below it.
func (f *Forest) fill(node int32, at Coord, outs map[Coord]Ports) {
	out := outs[at]
	first := int32(len(f.nodes))
	f.nodes[node] = branching{first: first, out: out}
	below := bits.OnesCount8(uint8(out &^ Local))
	for range below {
		f.nodes = append(f.nodes, branching{})
	}
	for dir := East; dir <= South; dir++ {
		if out.Has(dir.Port()) {
			f.fill(first, Link{From: at, Dir: dir}.To(), outs)
			first++
		}
	}
}

// below is the node at the end of a link that leaves a node.
func (f *Forest) below(r Route, dir Direction) Route {
	n := f.nodes[r]
	return Route(n.first + int32(bits.OnesCount8(uint8(n.out&(dir.Port()-1)))))
}

// hops counts the links below a node.
func (f *Forest) hops(r Route) Hops {
	var h Hops
	for dir := East; dir <= South; dir++ {
		if f.nodes[r].out.Has(dir.Port()) {
			h.count(dir)
			h.Add(f.hops(f.below(r, dir)))
		}
	}
	return h
}

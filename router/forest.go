package router

import "math/bits"

// Route says where a packet goes from the router it is in: a node of a Forest,
// or a core that it is on its way to (To).
type Route int32

// NoRoute leads nowhere.
const NoRoute Route = -1 << 31

// To is the route to one core, as the topology has it.
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
	topology Topology
	// tabled says that routes follow from columns and rows, as routers table them: a
	// tree of one core is then the route to that.
	tabled bool
	walker *walker
	nodes  []branching
	roots  map[string]Route
	key    []byte
}

// NewForest returns a forest without trees.
func NewForest(t Topology) *Forest {
	_, around := t.(*Detour)
	return &Forest{topology: t, tabled: !around, walker: newWalker(t), roots: map[string]Route{}}
}

// Add returns the root of the tree from a tile to sorted cores, NoRoute for
// none.
func (f *Forest) Add(from Coord, to []Core) Route {
	if len(to) == 0 {
		return NoRoute
	}
	if len(to) == 1 && f.tabled {
		return To(to[0])
	}
	f.key = append(f.key[:0], byte(from.X), byte(from.X>>8), byte(from.Y), byte(from.Y>>8))
	for _, c := range to {
		f.key = append(f.key, byte(c), byte(c>>8), byte(c>>16))
	}
	if root, ok := f.roots[string(f.key)]; ok {
		return root
	}
	f.walker.walk(from, to)
	root := int32(len(f.nodes))
	f.nodes = append(f.nodes, branching{})
	f.fill(root, from)
	f.roots[string(f.key)] = Route(root)
	return Route(root)
}

// fill makes a node of the router at a tile and adds those below it.
func (f *Forest) fill(node int32, at Coord) {
	out := f.walker.outs[f.topology.CoreAt(at)]
	first := int32(len(f.nodes))
	f.nodes[node] = branching{first: first, out: out}
	for range bits.OnesCount8(uint8(out &^ Local)) {
		f.nodes = append(f.nodes, branching{})
	}
	for rest := out &^ Local; rest != 0; rest &= rest - 1 {
		next, _ := f.topology.End(Link{From: at, Dir: rest.first()})
		f.fill(first, next)
		first++
	}
}

// below is the node at the end of a link that leaves a node.
func (f *Forest) below(r Route, dir Direction) Route {
	n := f.nodes[r]
	return Route(n.first + int32(bits.OnesCount8(uint8(n.out&(dir.Port()-1)))))
}

// hops counts the links below a node, which is of a tile's router.
func (f *Forest) hops(r Route, at Coord) Hops {
	var h Hops
	for rest := f.nodes[r].out &^ Local; rest != 0; rest &= rest - 1 {
		link := Link{From: at, Dir: rest.first()}
		h[f.topology.Class(link)]++
		next, _ := f.topology.End(link)
		h.Add(f.hops(f.below(r, link.Dir), next))
	}
	return h
}

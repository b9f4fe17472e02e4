package router

// Coord is a tile of the mesh: X grows eastwards, Y southwards.
type Coord struct{ X, Y int16 }

// Core numbers a core of the chip. Core c is at the tile that Mesh.At(c) gives, row by row.
type Core int32

// Dest is one axon entry of one core: where a packet ends.
type Dest struct {
	Core Core
	Axon int32
}

// Table holds the routes of a chip: for each neuron of each core, and for
// each host input, the axon entries its spikes reach. Plain data; layout
// serialises it.
type Table struct {
	// Mesh is how the tiles are linked.
	Mesh Mesh
	// Chip is one of the chips of a board that the mesh is made of; the zero Mesh says that
	// it is one chip.
	Chip Mesh
	// Unicast sends one packet per destination core instead of one packet
	// that branches.
	Unicast bool
	// Neurons[c] are the routes of core c's neurons.
	Neurons []Routes
	// Ports are the routes of host inputs, one Routes per input port.
	Ports []PortRoutes
}

// Topology is how the tiles of a valid table are linked.
func (t *Table) Topology() Topology { return TopologyOf(t.Mesh, t.Chip) }

// TopologyOf is that of a mesh whose chips are of a size, or the zero Mesh where it is one.
func TopologyOf(mesh, chip Mesh) Topology {
	if chip == (Mesh{}) || chip == mesh {
		return mesh
	}
	return NewBoard(mesh, chip)
}

// PortRoutes are the routes of the inputs that enter at one tile.
type PortRoutes struct {
	Name string
	// At is the tile at whose router the packets enter.
	At Coord
	Routes
}

// Routes maps source i to Dests[Start[i]:Start[i+1]], sorted by core and
// axon. Len(Start) is the number of sources plus one.
type Routes struct {
	Start []int32
	Dests []Dest
}

// Of lists the destinations of source i.
func (r *Routes) Of(i int) []Dest { return r.Dests[r.Start[i]:r.Start[i+1]] }

// Sources is the number of sources.
func (r *Routes) Sources() int { return max(len(r.Start)-1, 0) }

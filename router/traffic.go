package router

import "iter"

// Hops counts links crossed, by direction.
type Hops struct{ East, West, North, South int64 }

// Add adds other to h.
func (h *Hops) Add(other Hops) {
	h.East += other.East
	h.West += other.West
	h.North += other.North
	h.South += other.South
}

// Total is the number of links crossed.
func (h Hops) Total() int64 { return h.East + h.West + h.North + h.South }

func (h *Hops) count(d Direction) {
	switch d {
	case East:
		h.East++
	case West:
		h.West++
	case North:
		h.North++
	case South:
		h.South++
	}
}

// Traffic counts what spikes put on the mesh (docs/neurocore.md, section 10).
type Traffic struct {
	// Packets are those injected: one per spike with a destination, or one
	// per spike and destination core on a unicast mesh.
	Packets int64
	Hops    Hops
}

// Add adds other to t.
func (t *Traffic) Add(other Traffic) {
	t.Packets += other.Packets
	t.Hops.Add(other.Hops)
}

// AddSpike adds one spike of a source with that cost.
func (t *Traffic) AddSpike(c *Cost) {
	t.Packets += int64(c.Packets)
	t.Hops.East += int64(c.East)
	t.Hops.West += int64(c.West)
	t.Hops.North += int64(c.North)
	t.Hops.South += int64(c.South)
}

// All yields the counters by their names in reports, always in the same order.
func (t Traffic) All() iter.Seq2[string, int64] {
	return func(yield func(string, int64) bool) {
		_ = yield("packets", t.Packets) &&
			yield("hops_east", t.Hops.East) &&
			yield("hops_west", t.Hops.West) &&
			yield("hops_north", t.Hops.North) &&
			yield("hops_south", t.Hops.South)
	}
}

// Cost is what one spike of a source puts on the mesh.
type Cost struct{ Packets, East, West, North, South int32 }

// Costs holds the Cost of every source of a Table, made once so that counting
// a spike's traffic is five additions.
type Costs struct {
	// Neurons[c][n] is the cost of neuron n of core c, Ports[p][i] that of
	// input i of port p.
	Neurons, Ports [][]Cost
}

// NewCosts returns the costs of a valid table.
func NewCosts(t *Table) *Costs {
	counter := costCounter{table: t, reach: newReach(t.Mesh)}
	costs := &Costs{}
	for c := range t.Neurons {
		costs.Neurons = append(costs.Neurons, counter.count(t.Mesh.At(Core(c)), &t.Neurons[c]))
	}
	for p := range t.Ports {
		costs.Ports = append(costs.Ports, counter.count(t.Ports[p].At, &t.Ports[p].Routes))
	}
	return costs
}

// costCounter makes costs; reach and cores are reused from source to source.
type costCounter struct {
	table *Table
	reach *reach
	cores []Core
}

// count returns the costs of the sources at a tile.
func (k *costCounter) count(from Coord, routes *Routes) []Cost {
	costs := make([]Cost, routes.Sources())
	for i := range costs {
		k.cores = Cores(routes.Of(i), k.cores[:0])
		if len(k.cores) == 0 {
			continue
		}
		packets, hops := 1, Hops{}
		if k.table.Unicast {
			packets, hops = len(k.cores), UnicastHops(k.table.Mesh, from, k.cores)
		} else {
			hops = k.multicast(from)
		}
		costs[i] = Cost{
			Packets: int32(packets),
			East:    int32(hops.East), West: int32(hops.West), North: int32(hops.North), South: int32(hops.South),
		}
	}
	return costs
}

// multicast counts the links of the tree to k.cores.
func (k *costCounter) multicast(from Coord) Hops {
	for _, core := range k.cores {
		k.reach.extend(from, k.table.Mesh.At(core))
	}
	hops := k.reach.hops(from)
	k.reach.clear(from)
	return hops
}

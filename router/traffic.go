package router

import "iter"

// Hops counts links crossed, by class (Topology.Classes).
type Hops [MaxLinkClasses]int64

// Add adds other to h.
func (h *Hops) Add(other Hops) {
	for c, n := range other {
		h[c] += n
	}
}

// Sub takes other from h.
func (h *Hops) Sub(other Hops) {
	for c, n := range other {
		h[c] -= n
	}
}

// Total is the number of links crossed.
func (h Hops) Total() (total int64) {
	for _, n := range h {
		total += n
	}
	return total
}

// HopCounter is the name of the counter of a class's links in reports.
func HopCounter(class string) string { return "hops_" + class }

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

// AddSpike adds one spike of a source with that cost. Classes are written out,
// because engines add every spike; the conversion holds their number.
func (t *Traffic) AddSpike(k *Cost) {
	hops, more := (*[6]int64)(&t.Hops), &k.Hops
	t.Packets += int64(k.Packets)
	hops[0] += int64(more[0])
	hops[1] += int64(more[1])
	hops[2] += int64(more[2])
	hops[3] += int64(more[3])
	hops[4] += int64(more[4])
	hops[5] += int64(more[5])
}

// All yields the counters of a topology with these classes by their names in
// reports, always in the same order.
func (t Traffic) All(classes []string) iter.Seq2[string, int64] {
	return func(yield func(string, int64) bool) {
		if !yield("packets", t.Packets) {
			return
		}
		for c, class := range classes {
			if !yield(HopCounter(class), t.Hops[c]) {
				return
			}
		}
	}
}

// Cost is the traffic of one spike of a source: packets, and links by class.
type Cost struct {
	Packets int32
	Hops    [MaxLinkClasses]int32
}

// Costs holds the Cost of every source of a Table, made once so that counting
// a spike's traffic is a handful of additions.
type Costs struct {
	// Neurons[c][n] is the cost of neuron n of core c, Ports[p][i] that of
	// input i of port p.
	Neurons, Ports [][]Cost
}

// NewCosts returns the costs of a valid table on its topology, or on another
// one with the same tiles.
func NewCosts(t *Table, topology Topology) *Costs {
	k := costCounter{topology: topology, counter: topology.Counter(), unicast: t.Unicast}
	costs := &Costs{}
	for c := range t.Neurons {
		costs.Neurons = append(costs.Neurons, k.count(topology.At(Core(c)), &t.Neurons[c]))
	}
	for p := range t.Ports {
		costs.Ports = append(costs.Ports, k.count(t.Ports[p].At, &t.Ports[p].Routes))
	}
	return costs
}

// costCounter makes costs; cores and ends are reused from source to source.
type costCounter struct {
	topology Topology
	counter  Counter
	unicast  bool
	cores    []Core
	ends     []Coord
}

// count returns the costs of the sources at a tile.
func (k *costCounter) count(from Coord, routes *Routes) []Cost {
	costs := make([]Cost, routes.Sources())
	for i := range costs {
		k.cores = Cores(routes.Of(i), k.cores[:0])
		if len(k.cores) > 0 {
			costs[i] = k.cost(from)
		}
	}
	return costs
}

// cost is that of one spike to k.cores.
func (k *costCounter) cost(from Coord) Cost {
	k.ends = k.ends[:0]
	for _, core := range k.cores {
		k.ends = append(k.ends, k.topology.At(core))
	}
	cost, hops := Cost{Packets: 1}, Hops{}
	if k.unicast {
		cost.Packets, hops = int32(len(k.cores)), k.counter.Paths(from, k.ends)
	} else {
		hops = k.counter.Tree(from, k.ends)
	}
	for c, n := range hops {
		cost.Hops[c] = int32(n)
	}
	return cost
}

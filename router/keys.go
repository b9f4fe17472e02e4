package router

// Keys counts, for each tile of a topology, the entries of its router's multicast
// table: one for every source, a neuron or a host input, whose packets pass it.
// A unicast table has none, since its packets name the core that they go to.
func (t *Table) Keys(topology Topology) []int {
	keys := make([]int, topology.Tiles())
	if t.Unicast {
		return keys
	}
	w := newWalker(topology)
	for c := range t.Neurons {
		w.note(keys, topology.At(Core(c)), &t.Neurons[c])
	}
	for p := range t.Ports {
		w.note(keys, t.Ports[p].At, &t.Ports[p].Routes)
	}
	return keys
}

// note counts the routers that the trees of the sources at a tile pass.
func (w *walker) note(keys []int, from Coord, routes *Routes) {
	var cores []Core
	for i := range routes.Sources() {
		if cores = Cores(routes.Of(i), cores[:0]); len(cores) == 0 {
			continue
		}
		w.walk(from, cores)
		for _, c := range w.passed {
			keys[c]++
		}
	}
}

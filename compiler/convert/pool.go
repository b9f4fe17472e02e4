package convert

import (
	"fmt"

	"adder/snn"
)

// Pool is the form of sum and average pools.
type Pool string

const (
	// PoolFold multiplies it into the weights of the next layer, whose neurons then have every
	// element of its windows as a source.
	PoolFold Pool = "fold"
	// PoolSpike gives it its own neurons if no element that it sums can be negative, so that the
	// next layer has one source per window.
	PoolSpike Pool = "spike"
	// PoolAuto folds it unless the fan-in of a neuron of the next layer would then exceed a core.
	PoolAuto Pool = "auto"
)

// parsePool reads a form; "" is PoolAuto.
func parsePool(s string) (Pool, error) {
	switch p := Pool(s); p {
	case "":
		return PoolAuto, nil
	case PoolFold, PoolSpike, PoolAuto:
		return p, nil
	}
	return "", fmt.Errorf("pools as %q: the forms are %s, %s and %s", s, PoolFold, PoolSpike,
		PoolAuto)
}

// keepPools gives pools their own neurons: all, or those that raise the fan-in of a neuron of the
// next layer above fanIn, 0 for no limit.
func (g *graph) keepPools(form Pool, fanIn int) error {
	if form == PoolFold || form == PoolAuto && fanIn == 0 {
		return nil
	}
	for i := range len(g.net.Nodes) {
		var err error
		switch {
		case form == PoolSpike && g.keepable(i):
			err = g.keep(i)
		case form == PoolAuto && g.listens(i):
			err = g.relieve(i, fanIn)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// relieve gives pools before node i neurons until its fan-in is at most fanIn, or no pool is left.
func (g *graph) relieve(i, fanIn int) error {
	for pool := g.nearestPool(i); pool >= 0; pool = g.nearestPool(i) {
		most := g.largestFanIn(i)
		if most <= fanIn {
			return nil
		}
		g.note("pool %s has neurons of its own: folded, a neuron of %s would hear %d sources, "+
			"and one core takes %d", g.net.Nodes[pool].Name, g.net.Nodes[i].Name, most, fanIn)
		if err := g.keep(pool); err != nil {
			return err
		}
	}
	return nil
}

// keepable reports whether node i is a pool that may have neurons: what it
// sums is never below 0.
func (g *graph) keepable(i int) bool {
	_, ok := g.net.Nodes[i].Op.(*snn.Pool)
	return ok && g.known.arriving(g.net, i).low && !g.hasNeurons(i)
}

// hasNeurons reports whether pool i has its own neurons.
func (g *graph) hasNeurons(i int) bool {
	at := g.activation(i)
	return at >= 0 && (g.kept[at] || !g.idle(at))
}

// activation is the activation that is the only reader of node i, reshapes excepted; -1 if there is
// none.
func (g *graph) activation(i int) int {
	for at := g.reader(i); at >= 0 && g.source(at) >= 0; at = g.reader(at) {
		switch g.net.Nodes[at].Op.Kind() {
		case "relu":
			return at
		case "reshape":
		default:
			return -1
		}
	}
	return -1
}

// keep gives pool i neurons: those of the activation after it, or of a new one with the pool's
// name.
func (g *graph) keep(i int) error {
	if at := g.activation(i); at >= 0 {
		g.kept[at] = true
		return nil
	}
	name := g.net.Nodes[i].Name
	g.net.Nodes[i].Name = g.free(name + ".windows")
	g.kept[g.insert(i, name, &snn.Relu{})] = true
	return g.survey()
}

package survey

import (
	"adder/compiler/fit"
)

// reachable is a rounding error of means, below which a neuron has no more destinations.
const reachable = 1e-9

// throughRelays says which layers have neurons with more destinations than a neuron of the
// class may have; routes are those of a neuron of each layer, on average.
func throughRelays(c *class, routes []float64) []bool {
	out := make([]bool, len(routes))
	for i, r := range routes {
		out[i] = c.perNeuron > 0 && r > float64(c.perNeuron)+reachable
	}
	return out
}

// relays adds the cores of relay neurons: one for each destination of each neuron of a layer, those
// of a neuron in one core (compiler/relay). It returns how many these are, and the load of each
// layer's last one, which may be shared.
func (h *holding) relays(n *Network, c *class, routes []float64,
	through []bool) (loose []load, all int) {
	room := c.neurons(1)
	if c.allRoutes > 0 {
		room = min(room, c.allRoutes)
	}
	for i := range n.Layers {
		if !through[i] {
			continue
		}
		l := &n.Layers[i]
		each := int(routes[i] + 1 - reachable)
		if each > room {
			h.lacks(fit.Excess{Layer: l.Name, Limit: fit.LimitRelays, Need: int64(each),
				Have: int64(room)})
			continue
		}
		sources := min(int(float64(room)/routes[i]), c.axons)
		cores := ceilDiv(l.Neurons, sources)
		last := l.Neurons - (cores-1)*sources
		loose = append(loose, load{neurons: int(routes[i] * float64(last)), axons: last,
			bits: c.bits(int64(last), int64(each), int64(each))})
		all += cores
		h.places = append(h.places, Place{Layer: l.Name + ".relays", Used: []Used{
			{fit.LimitNeurons, int64(routes[i] * float64(l.Neurons)), int64(cores * c.neurons(1))},
			{fit.LimitAxons, int64(l.Neurons), int64(cores * c.axons)},
		}})
	}
	h.cores += all
	return loose, all
}

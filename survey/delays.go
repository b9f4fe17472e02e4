package survey

import (
	"adder/chip/profile"
	"adder/compiler/fit"
)

// timing is the depths and delays of layers within a model tick, as passes retime and relay find
// them. A layer is one tick deeper than its sources; a layer in a loop receives from earlier layers
// in the same model tick, and from the others in the next.
type timing struct {
	n *Network
	// depth is that of each layer; later is by how many ticks relays make it later.
	depth, later []int
	// through are the layers that send by relays.
	through []bool
}

func timingOf(n *Network, through []bool) *timing {
	t := &timing{n: n, depth: make([]int, len(n.Layers)), later: make([]int, len(n.Layers)),
		through: through}
	for range n.Layers {
		for i := range n.Layers {
			for _, p := range n.Layers[i].Inputs {
				if p.Source != FromInput && p.Source < i {
					t.depth[i] = max(t.depth[i], t.depth[p.Source]+1)
				}
			}
		}
	}
	return t
}

// delay is that of the axons from a source to a layer, without relays.
func (t *timing) delay(layer, source int) int {
	switch {
	case source == FromInput:
		return t.depth[layer]
	case source >= layer:
		return max(t.depth[layer]-t.depth[source], 0)
	}
	return t.depth[layer] - t.depth[source] - 1
}

// arrives is by how much what a layer sends comes later, relays included.
func (t *timing) arrives(source int) int {
	switch {
	case source == FromInput:
		return 0
	case t.through[source]:
		return t.later[source] + 1
	}
	return t.later[source]
}

// settle computes the least start of each layer with which no delay falls below 0, and the layer
// that receives its own spikes too soon for that, or -1.
func (t *timing) settle() int {
	for range len(t.n.Layers) + 1 {
		moved := -1
		for i := range t.n.Layers {
			for _, p := range t.n.Layers[i].Inputs {
				need := t.arrives(p.Source) - t.delay(i, p.Source)
				if t.later[i] < need {
					t.later[i], moved = need, i
				}
			}
		}
		if moved < 0 {
			return -1
		}
		if t.later[moved] > 2*len(t.n.Layers) {
			return moved
		}
	}
	for i := range t.n.Layers {
		for _, p := range t.n.Layers[i].Inputs {
			if t.later[i] < t.arrives(p.Source)-t.delay(i, p.Source) {
				return i
			}
		}
	}
	return -1
}

// delays checks the axonal delays that paths of different length need. What a code needs follows
// from its windows, which shapes do not show.
func (h *holding) delays(n *Network, chip *profile.Profile, through []bool) {
	if n.code != "" {
		return
	}
	t := timingOf(n, through)
	if at := t.settle(); at >= 0 {
		h.lacks(fit.Excess{Layer: n.Layers[at].Name, Limit: fit.LimitLoop, Need: 2, Have: 1})
		return
	}
	for i := range n.Layers {
		most := 0
		for _, p := range n.Layers[i].Inputs {
			most = max(most, t.delay(i, p.Source)+t.later[i]-t.arrives(p.Source))
		}
		if long := fit.LongDelay(chip, n.Layers[i].Name, most, ""); long != nil {
			h.lacks(*long)
		}
	}
}

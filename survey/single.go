package survey

import (
	"adder/chip/profile"
	"adder/compiler/fit"
)

// single holds a network to the limits of a chip whose one core holds one network, as far as
// shapes show them: which exponents its weights get they do not. It reports whether one binds.
func (h *holding) single(n *Network, s *profile.Single) (binds bool) {
	if s == nil {
		return false
	}
	r := fit.Reservoir{Inputs: n.Input.Size()}
	for i := range n.Layers {
		l := &n.Layers[i]
		r.Layers = append(r.Layers,
			fit.ReservoirLayer{Name: l.Name, Neurons: l.Neurons, Output: l.Output})
	}
	for i := range n.Layers {
		for k := range n.Layers[i].Inputs {
			n.reservoir(&r, &n.Layers[i], &n.Layers[i].Inputs[k], &r.Layers[i])
		}
	}
	beyond := r.Beyond(s)
	h.limits = append(h.limits, beyond...)
	return len(beyond) > 0
}

// reservoir adds the input of a layer from a source.
func (n *Network) reservoir(r *fit.Reservoir, l *Layer, p *Projection, at *fit.ReservoirLayer) {
	weights := int64(l.Neurons) * int64(p.FanIn)
	switch {
	case p.Source == FromInput && l.Output:
		r.Direct += weights
		return
	case p.Source == FromInput:
		at.Reached = l.Neurons
		return
	}
	from := &r.Layers[p.Source]
	from.FanOut += p.fanOut(l)
	if l.Output {
		from.Read = max(from.Read, int(min(int64(from.Neurons), weights)))
		return
	}
	r.Hidden += weights
}

// fanOut is the largest number of a layer's neurons that one element of the source reaches.
func (p *Projection) fanOut(l *Layer) int {
	if p.Elements == 0 {
		return 0
	}
	mean := ceilDiv(l.Neurons*p.FanIn, p.Elements)
	channels, rows, columns, ok := plane(l.Shape)
	if !p.Plane || !ok {
		return min(mean, l.Neurons)
	}
	high, wide := p.reach(rows, columns)
	if p.Apart {
		channels = max(channels*p.Channels*p.H*p.W/p.Elements, 1)
	}
	return max(high*wide*channels, min(mean, l.Neurons))
}

// reach is how many rows and columns of neurons one element of a plane reaches at most.
func (p *Projection) reach(rows, columns int) (high, wide int) {
	return min(ceilDiv(p.KernelH, max(p.StepH, 1)), rows),
		min(ceilDiv(p.KernelW, max(p.StepW, 1)), columns)
}

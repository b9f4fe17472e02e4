package survey

import (
	"fmt"
	"slices"
	"strings"

	"adder/compiler/fit"
)

// classes puts layers onto cores by class. Layers are cut after their targets, whose number of
// parts is the number of their destinations. It reports which layers send by relays.
func (h *holding) classes(n *Network, classes []class) (through []bool) {
	routes := make([]float64, len(n.Layers))
	left := make([]int, len(classes))
	for k := range classes {
		left[k] = classes[k].count
	}
	var sum load
	var loose []load // loads of parts with free space
	broken := false
	places := make([]Place, 0, len(n.Layers))
	missing := 0
	for i := len(n.Layers) - 1; i >= 0; i-- {
		l := &n.Layers[i]
		cuts, limits := cutOn(l, classes, routes[i])
		if limits != nil {
			h.limits = append(h.limits, limits...)
			broken = true
			continue
		}
		best := &cuts[0]
		taken, without := take(cuts, left)
		missing += without
		h.cores += taken.cores + without
		sum = sum.plus(best.total())
		if best.parts == 1 {
			loose = append(loose, best.each)
		}
		places = append(places, best.place(l, taken.names))
		countRoutes(l, routes, best)
	}
	slices.Reverse(places)
	through = throughRelays(&classes[0], routes)
	slices.SortStableFunc(h.limits, func(a, b fit.Excess) int {
		return n.order(a.Layer) - n.order(b.Layer)
	})
	if broken {
		h.cores = 0
		return through
	}
	h.places = places
	relays, more := h.relays(n, &classes[0], routes, through)
	loose = append(loose, relays...)
	missing += max(more-left[0], 0)
	total := 0
	for k := range classes {
		total += classes[k].count
	}
	if missing > 0 && len(classes) == 1 {
		missing -= classes[0].packed(loose)
		h.cores -= min(classes[0].packed(loose), h.cores)
	}
	if missing > 0 {
		h.lacks(fit.Excess{Limit: fit.LimitCores, Need: int64(h.cores), Have: int64(total)})
	}
	h.shares(&sum, classes, n)
	return through
}

// order is the number of a layer by its name, before all for the network as a whole.
func (n *Network) order(layer string) int {
	return slices.IndexFunc(n.Layers, func(l Layer) bool { return l.Name == layer })
}

// cutOnClass is a layer cut for cores of a class.
type cutOnClass struct {
	cut
	class *class
	index int
}

func (c *cutOnClass) total() load {
	out := c.last
	for range min(c.parts-1, 1) {
		n := c.parts - 1
		e := c.each
		out = out.plus(load{e.neurons * n, e.axons * n, e.routes * n, e.bits * int64(n)})
	}
	return out
}

// place is the cores that a layer takes.
func (c *cutOnClass) place(l *Layer, names string) Place {
	p := Place{Layer: l.Name, Cores: names}
	t := c.total()
	n := int64(c.parts)
	p.Used = append(p.Used, Used{fit.LimitNeurons, int64(l.Neurons),
		n * int64(c.class.neurons(t.axons/max(c.parts, 1)))})
	if c.class.axons > 0 {
		p.Used = append(p.Used, Used{fit.LimitAxons, int64(t.axons), n * int64(c.class.axons)})
	}
	if c.class.memory > 0 {
		p.Used = append(p.Used, Used{fit.LimitMemory, t.bits, n * c.class.memory})
	}
	return p
}

// cutOn cuts a layer for each class that can hold it, that of the fewest parts first and of
// the least memory among equals. Where none can, the limits are those of the largest.
func cutOn(l *Layer, classes []class, routes float64) ([]cutOnClass, []fit.Excess) {
	var out []cutOnClass
	var limits []fit.Excess
	for k := range classes {
		made, lacking := classes[k].cut(l, routes)
		if lacking == nil {
			out = append(out, cutOnClass{made, &classes[k], k})
			continue
		}
		if limits == nil {
			limits = lacking
		}
	}
	if out != nil {
		limits = nil
	}
	slices.SortStableFunc(out, func(a, b cutOnClass) int {
		if a.parts != b.parts {
			return a.parts - b.parts
		}
		return int(min(max(a.class.memory-b.class.memory, -1), 1))
	})
	return out, limits
}

// taken are the cores that a layer got.
type taken struct {
	cores int
	names string
}

// take gives a layer cores that are left, of the class it likes best first, and says how many
// more of that it needs.
func take(cuts []cutOnClass, left []int) (t taken, without int) {
	open := 1.0
	var names []string
	for i := range cuts {
		c := &cuts[i]
		need := int(open*float64(c.parts) + 0.999999)
		got := min(need, left[c.index])
		if got == 0 {
			continue
		}
		left[c.index] -= got
		t.cores += got
		open -= float64(got) / float64(c.parts)
		names = append(names, strings.TrimSpace(fmt.Sprintf("%d %s", got, c.class.name)))
		if got == need {
			open = 0
			break
		}
	}
	t.names = strings.Join(names, " and ")
	return t, int(open*float64(cuts[0].parts) + 0.999999)
}

// countRoutes adds, to the neurons of a layer's sources, the layer as a destination.
func countRoutes(l *Layer, routes []float64, c *cutOnClass) {
	for i := range l.Inputs {
		p := &l.Inputs[i]
		if p.Source == FromInput || p.Elements == 0 || c.parts == 0 {
			continue
		}
		t := &c.tile
		axons := p.tile(t[0], t[1], t[2], p.FanIn)
		axons += c.class.more(l, p, axons, t[0]*t[1]*t[2])
		share := float64(axons) / float64(p.Elements)
		routes[p.Source] += float64(c.parts) * share
	}
}

// packed is how many cores are saved if small loads share cores, each in the first that it fits.
func (c *class) packed(loads []load) int {
	var cores []load
	for _, l := range loads {
		at := slices.IndexFunc(cores, func(have load) bool { return c.within(have.plus(l)) })
		if at < 0 {
			cores = append(cores, l)
			continue
		}
		cores[at] = cores[at].plus(l)
	}
	return len(loads) - len(cores)
}

// shares finds what of the chip is used most.
func (h *holding) shares(sum *load, classes []class, n *Network) {
	var neurons, axons, memory int64
	for k := range classes {
		c, count := &classes[k], int64(classes[k].count)
		neurons += count * int64(c.neurons(1))
		axons += count * int64(c.axons)
		memory += count * c.memory
	}
	h.weigh(fit.LimitNeurons, n.Neurons(), neurons)
	h.weigh(fit.LimitAxons, int64(sum.axons), axons)
	h.weigh(fit.LimitMemory, sum.bits, memory)
}

package survey

import (
	"adder/compiler/fit"
)

// load is the use of a core by neurons.
type load struct {
	neurons, axons, routes int
	bits                   int64
}

func (l load) plus(m load) load {
	return load{l.neurons + m.neurons, l.axons + m.axons, l.routes + m.routes, l.bits + m.bits}
}

// within reports whether a core of a class holds a load.
func (c *class) within(l load) bool {
	return l.neurons <= c.neurons(l.axons) && (c.axons == 0 || l.axons <= c.axons) &&
		(c.memory == 0 || l.bits <= c.memory) && (c.routes == 0 || l.routes <= c.routes)
}

// cut is a layer in parts.
type cut struct {
	parts int
	// tile is the largest part in channels, rows and columns.
	tile [3]int
	// each is the load of the largest part, last that of what is left for the last one.
	each, last load
}

// weigh computes the load of a tile of a layer. Its neurons are so many channels, rows and columns.
// Each neuron has so many destinations.
func (c *class) weigh(l *Layer, channels, rows, columns int, routes float64) load {
	members := l.Neurons / max(l.Shape.Size(), 1)
	out := load{neurons: channels * rows * columns * members}
	out.routes = int(routes * float64(out.neurons))
	for i := range l.Inputs {
		p := &l.Inputs[i]
		axons := p.tile(channels, rows, columns, p.FanIn)
		axons += c.more(l, p, axons, out.neurons)
		out.axons += axons
		out.bits += c.rows(l, p, int64(axons), channels, rows, columns)
	}
	return c.second(l, out)
}

// allShown is a number of draws that show all of a few weights.
const allShown = 64

// more is how many axons sources take besides one each: for their other sign where a source has
// one, and for other weights where axons have types. How many of v weights k neurons of a tile
// have of one source is taken to be what k draws of v show.
func (c *class) more(l *Layer, p *Projection, axons, neurons int) int {
	mixed := min(axons, p.Mixed)
	if c.signOfSource {
		return mixed
	}
	if c.types == 0 || l.used < 2 {
		return 0
	}
	v, missed := float64(l.used), 1.0
	for range min(neurons, allShown) {
		missed *= 1 - 1/v
	}
	// The conversions keep machines from rounding once for two operations.
	shown := float64(v * (1 - missed))
	return int(float64(float64(mixed) * (shown - 1)))
}

// rows is the synapse memory of a projection into a tile.
func (c *class) rows(l *Layer, p *Projection, axons int64, channels, rows, columns int) int64 {
	neurons := int64(channels * rows * columns)
	if axons == 0 {
		return 0
	}
	if !p.Plane {
		return c.bits(axons, max(neurons*int64(p.FanIn)/axons, 1), neurons*l.spread())
	}
	// A source reaches neurons as wide as the kernel, fewer at the border of the tile.
	high, wide := p.reach(rows, columns)
	entries, span := high*wide*channels, ((high-1)*columns+wide)*channels
	if p.Apart {
		entries, span = high*wide, ((high-1)*columns+wide-1)*channels+1
	}
	all := neurons * int64(p.FanIn)
	if c.shared {
		// There is a row for each way in which the tile cuts the kernel off.
		down, one := ways(p.KernelH, p.StepH, p.H, rows, high)
		across, other := ways(p.KernelW, p.StepW, p.W, columns, wide)
		heard := p.Channels
		if p.Apart {
			heard *= channels
		}
		axons = min(axons, int64(heard*down*across))
		all = min(all, int64(heard*one*other*entries/(high*wide)))
	}
	mean := min(max(all/axons, 1), int64(entries))
	return c.bits(axons, mean, max(int64(span)*mean/int64(entries), mean)*l.spread())
}

// ways is in how many ways a tile cuts off what the sources along a side of it reach, and how
// many neurons these reach together. A source reaches up to so many.
func ways(kernel, step, side, neurons, reach int) (rows, entries int) {
	step = max(step, 1)
	rows = min(side, kernel+(neurons-1)*step, 2*max(kernel-step, 0)+step)
	return rows, min(neurons*kernel, kernel*reach)
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// cut cuts a layer into as few parts as a class's cores take, or says why one neuron does
// not fit: the limits of an empty core.
func (c *class) cut(l *Layer, routes float64) (cut, []fit.Excess) {
	one := c.weigh(l, 1, 1, 1, routes)
	if limits := c.tooLarge(l, one, c.neurons(one.axons)); limits != nil {
		return cut{}, limits
	}
	channels, rows, columns, ok := plane(l.Shape)
	if !ok {
		return c.cutList(l, routes), nil
	}
	best := cut{}
	for a := 1; a <= channels && (best.parts == 0 || a < best.parts); a = nextCut(channels, a) {
		for b := 1; b <= rows && (best.parts == 0 || a*b < best.parts); b = nextCut(rows, b) {
			d := c.fewestColumns(l, ceilDiv(channels, a), ceilDiv(rows, b), columns, routes)
			if d > 0 && (best.parts == 0 || a*b*d < best.parts) {
				tile := [3]int{ceilDiv(channels, a), ceilDiv(rows, b), ceilDiv(columns, d)}
				each := c.weigh(l, tile[0], tile[1], tile[2], routes)
				best = cut{parts: a * b * d, tile: tile, each: each, last: each}
			}
		}
	}
	if best.parts == 1 {
		best.each.neurons = l.Neurons
		best.last = best.each
	}
	return best, nil
}

// nextCut is the next number of blocks of a side that makes the largest of them smaller.
func nextCut(side, blocks int) int {
	if largest := ceilDiv(side, blocks); largest > 1 {
		return ceilDiv(side, largest-1)
	}
	return side + 1
}

// fewestColumns is into how few blocks of columns tiles of so many channels and rows must be
// cut so that each fits, 0 where none do.
func (c *class) fewestColumns(l *Layer, channels, rows, columns int, routes float64) int {
	fits := func(blocks int) bool {
		return c.within(c.weigh(l, channels, rows, ceilDiv(columns, blocks), routes))
	}
	if !fits(columns) {
		return 0
	}
	low, high := 1, columns
	for low < high {
		if middle := (low + high) / 2; fits(middle) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// cutList cuts a layer without a shape into runs.
func (c *class) cutList(l *Layer, routes float64) cut {
	low, high := 1, l.Shape.Size()
	for low < high {
		if middle := (low + high + 1) / 2; c.within(c.weigh(l, middle, 1, 1, routes)) {
			low = middle
		} else {
			high = middle - 1
		}
	}
	size := l.Shape.Size()
	out := cut{parts: ceilDiv(size, low), tile: [3]int{low, 1, 1},
		each: c.weigh(l, low, 1, 1, routes)}
	out.last = c.weigh(l, size-(out.parts-1)*low, 1, 1, routes)
	return out
}

// tooLarge lists the limits that one neuron of a layer does not keep.
func (c *class) tooLarge(l *Layer, one load, most int) (limits []fit.Excess) {
	add := func(limit string, need, have int64) {
		limits = append(limits, fit.Excess{Layer: l.Name, Limit: limit, Need: need, Have: have})
	}
	if c.axons > 0 && one.axons > c.axons {
		add("input axons for one neuron", int64(one.axons), int64(c.axons))
	}
	if c.memory > 0 && one.bits > c.memory {
		add("bits of synapse memory for one neuron", one.bits, c.memory)
	}
	if c.routes > 0 && one.routes > c.routes {
		add("output routes for one neuron", int64(one.routes), int64(c.routes))
	}
	if most < one.neurons && limits == nil {
		add("neurons in one core", int64(one.neurons), int64(most))
	}
	return limits
}

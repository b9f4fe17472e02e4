package partition

import (
	"cmp"
	"fmt"
	"slices"

	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/core"
	"adder/internal/parallel"
)

// plane is a population as channels over a plane of positions, each of one neuron or, for a
// maximum, of those of its window.
type plane struct{ channels, height, width, members int }

// planeOf reads the shape of population p: C x H x W, or C x L of a one-dimensional convolution,
// and after it the neurons of a window. Other shapes have no neighbourhoods.
func (c *cutter) planeOf(p int) (plane, bool) {
	pop := &c.net.Populations[p]
	shape, members := pop.Shape, 1
	if c.units[p] != nil {
		members = int(pop.Groups[0].Together())
		whole := func(g core.Group) bool { return members > 0 && int(g.Together()) == members }
		if last := len(shape) - 1; last < 0 || shape[last] != members ||
			slices.ContainsFunc(pop.Groups, func(g core.Group) bool {
				return !whole(g)
			}) {
			return plane{}, false
		}
		shape = shape[:len(shape)-1]
	}
	switch len(shape) {
	case 2:
		return plane{shape[0], 1, shape[1], members}, true
	case 3:
		return plane{shape[0], shape[1], shape[2], members}, true
	default:
		return plane{}, false
	}
}

// tiling cuts a plane into blocks of channels, rows and columns.
type tiling struct{ channels, rows, columns int }

// neurons lists tile i of the tiling with the channels of a position next to
// each other: a kernel that moves over the tile then moves over the list,
// and its weights for one position are neighbours.
func (g tiling) neurons(of plane, i int) []int32 {
	c, rest := i%g.channels, i/g.channels
	x, y := rest%g.columns, rest/g.columns
	c0, c1 := c*of.channels/g.channels, (c+1)*of.channels/g.channels
	x0, x1 := x*of.width/g.columns, (x+1)*of.width/g.columns
	y0, y1 := y*of.height/g.rows, (y+1)*of.height/g.rows
	out := make([]int32, 0, (c1-c0)*(x1-x0)*(y1-y0)*of.members)
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			for c := c0; c < c1; c++ {
				for k := range of.members {
					out = append(out, int32(((c*of.height+y)*of.width+x)*of.members+k))
				}
			}
		}
	}
	return out
}

// largest is the size of the largest tile: rows x columns x channels.
func (g tiling) largest(of plane) string {
	return fmt.Sprintf("%dx%dx%d", ceilDiv(of.height, g.rows), ceilDiv(of.width, g.columns),
		ceilDiv(of.channels, g.channels))
}

func ceilDiv(a, b int) int { return int(ceil(int64(a), int64(b))) }

// maxTileWork bounds the search for a tiling: synapses looked at, as a
// multiple of those of the layer.
const maxTileWork = 64

// cutTiles cuts population p into tiles: of the tilings with the fewest
// tiles that all fit, the one with the fewest axons. It reports false where
// the population has no shape or the search finds none.
func (c *cutter) cutTiles(p int) (cut, bool) {
	of, ok := c.planeOf(p)
	if !ok {
		return cut{}, false
	}
	synapses := 0
	for i := range c.fanIn[p] {
		synapses += len(c.fanIn[p][i].source)
	}
	size := c.net.Populations[p].Size
	work, full := 0, ""
	for tiles := c.fewestParts(p); tiles <= size && work <= maxTileWork*(synapses+size); tiles++ {
		best, found := cut{}, false
		axons, squarest := 0, ""
		for i, g := range tilings(of, tiles) {
			made, sum, why := c.tryTiling(p, of, g, &work)
			if i == 0 {
				squarest = why
			}
			if why != "" {
				continue
			}
			if !found || sum < axons {
				best, axons, found = cut{parts: made, tile: g.largest(of)}, sum, true
			}
		}
		if found {
			c.explain(&best, full)
			return best, true
		}
		if squarest != "" {
			full = squarest
		}
	}
	return cut{}, false
}

// explain records why the parts of a cut are not larger: the limit that ruled out larger ones or,
// where none was tried, the one that set the least number of parts.
func (c *cutter) explain(made *cut, full string) {
	if len(made.parts) < 2 {
		return
	}
	if full == "" {
		full = c.tightest(made)
	}
	for i := range made.parts {
		made.parts[i].Full = full
	}
}

// tightest is the limit that the parts together come closest to.
func (c *cutter) tightest(made *cut) string {
	var sum Load
	for i := range made.parts {
		sum.add(made.parts[i].Load)
	}
	limits := &c.chip.Core
	share := []struct {
		limit string
		of    float64
	}{
		{fit.LimitNeurons, float64(sum.Neurons) / float64(limits.Neurons)},
		{fit.LimitAxons, float64(sum.Axons) / float64(limits.InputAxons)},
		{fit.LimitMemory, float64(sum.Bits) / float64(limits.SynapseMemory)},
		{fit.LimitRoutes, float64(sum.Routes) / float64(limits.OutputRoutes)},
	}
	top := share[0]
	for _, s := range share[1:] {
		if s.of > top.of {
			top = s
		}
	}
	return top.limit
}

// tilings lists the tilings of a number of tiles: squarer tiles first, which
// have less border.
func tilings(of plane, tiles int) []tiling {
	var out []tiling
	for channels := 1; channels <= min(of.channels, tiles); channels++ {
		if tiles%channels != 0 {
			continue
		}
		flat := tiles / channels
		for rows := 1; rows <= min(of.height, flat); rows++ {
			if flat%rows == 0 && flat/rows <= of.width {
				out = append(out, tiling{channels, rows, flat / rows})
			}
		}
	}
	border := func(g tiling) int {
		return ceilDiv(of.height, g.rows) + ceilDiv(of.width, g.columns)
	}
	slices.SortStableFunc(out, func(a, b tiling) int { return cmp.Compare(border(a), border(b)) })
	return out
}

// tryTiling weighs the tiles of a tiling, or returns the limit that one exceeds.
func (c *cutter) tryTiling(p int, of plane, g tiling,
	work *int) (parts []Part, axons int, why string) {
	parts = make([]Part, g.channels*g.rows*g.columns)
	weighed := 0
	for i := range parts {
		if i == weighed {
			weighed = c.weighSome(p, of, g, parts, i)
		}
		neurons, l := parts[i].Pieces[0].Neurons, &parts[i].Load
		*work += len(neurons) + c.synapsesOf(p, neurons)
		if why := l.exceeds(&c.chip.Core); why != "" {
			return nil, 0, why
		}
		axons += l.Axons
	}
	return parts, axons, ""
}

// weighSome weighs tiles from one on, as many side by side as there are processors but
// the first, at which most tilings fail, alone. It returns the next one.
func (c *cutter) weighSome(p int, of plane, g tiling, parts []Part, first int) (next int) {
	count := 1
	if first > 0 {
		count = min(parallel.Workers(), len(parts)-first)
	}
	by := []*cutter{c}
	for k := range count - 1 { // before c weighs: they are copies of it
		if k == len(c.hands) {
			c.hands = append(c.hands, hand{})
		}
		by = append(by, c.hands[k].of(c, p))
	}
	parallel.Each(count, func(_, k int) {
		neurons := g.neurons(of, first+k)
		by[k].byGroup(p, neurons)
		parts[first+k] = Part{Pieces: []Piece{{p, neurons}}, Load: by[k].weigh(p, neurons)}
	})
	return first + count
}

// hand weighs pieces of one population for a cutter; hands run in parallel.
type hand struct {
	population int
	cutter     *cutter // nil before the first
}

func (h *hand) of(c *cutter, p int) *cutter {
	if h.cutter == nil || h.population != p {
		h.population, h.cutter = p, c.beside(p)
	}
	return h.cutter
}

func (c *cutter) synapsesOf(p int, neurons []int32) (n int) {
	for i := range c.fanIn[p] {
		f := &c.fanIn[p][i]
		for _, t := range neurons {
			n += int(f.start[t+1] - f.start[t])
		}
	}
	return n
}

// byGroup sorts neurons with equal constants together, since a core keeps the constants of a group
// once.
func (c *cutter) byGroup(p int, neurons []int32) {
	groups := c.net.Populations[p].Groups
	if len(groups) < 2 {
		return
	}
	of := func(n int32) int { return ir.GroupOf(groups, n) }
	slices.SortStableFunc(neurons, func(a, b int32) int { return cmp.Compare(of(a), of(b)) })
}

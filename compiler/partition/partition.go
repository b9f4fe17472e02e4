// Package partition cuts an integer network into core loads within the limits of a chip, and owns
// the mapping: the load of each core and its tile.
//
//	partition.go  the cut of a network into loads within the limits
//	mapping.go    the mapping: parts, pieces, homes
//	load.go       what a core is loaded with, and its weight in bits
//	runs.go       cuts into runs of neurons
//	tile.go       cuts of planes into tiles
//	grow.go       cuts of sparse layers, grown by common axons
//	refine.go     moves and swaps that save axons
//	shared.go     rows that several sources share
//	reach.go      routes that each neuron needs
//	toolarge.go   refusals, and what would help
//	validate.go   the checks of a mapping
//	text.go       a mapping as text
package partition

import (
	"context"
	"fmt"
	"slices"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/ir"
)

// Network cuts the populations into core loads: into as few as the limits of a core allow, and of
// these with as few axons as it finds (docs/mapping.md). Populations share a core when they have
// the same depth, so that all neurons of a core have the same window; when that takes more cores
// than the chip has, depths are mixed. Neurons that share something, such as those that compete,
// are kept in one core.
func Network(ctx context.Context, net *ir.Network, chip *profile.Profile) (*Mapping, error) {
	return AtMost(ctx, net, chip, nil)
}

// AtMost is Network with no more than most[p] neurons of population p in a core, where that is
// above 0; parts of such a population do not share cores as long as the chip has others. nil means
// no bounds. A set of neurons that must share a core is never smaller for it.
func AtMost(
	ctx context.Context, net *ir.Network, chip *profile.Profile, most []int,
) (*Mapping, error) {
	c := newCutter(net, chip)
	c.most = most
	return c.network(ctx)
}

// Keep is Network with some populations already cut: kept[p] lists the neurons of each part of
// population p, nil if it is to be cut. A part that is too large is an error.
func Keep(
	ctx context.Context, net *ir.Network, chip *profile.Profile, kept [][][]int32,
) (*Mapping, error) {
	c := newCutter(net, chip)
	c.kept = kept
	return c.network(ctx)
}

// network cuts the network and packs what is cut into cores.
func (c *cutter) network(ctx context.Context) (*Mapping, error) {
	net, chip := c.net, c.chip
	cuts, err := c.cutAll(ctx)
	if err != nil {
		return nil, err
	}
	m := &Mapping{Net: net, Chip: c.whole, Parts: c.pack(cuts, false)}
	if len(m.Parts) > chip.Cores() {
		m.Parts = c.pack(cuts, true)
	}
	if len(m.Parts) > chip.Cores() {
		return nil, c.tooManyCores(cuts, len(m.Parts))
	}
	return m, c.checkOffChip(m.Parts)
}

// checkOffChip refuses parts whose weights, together, are more than the memory outside of the
// chip holds.
func (c *cutter) checkOffChip(parts []Part) error {
	if c.chip.OffChip == nil {
		return nil
	}
	need, have := int64(0), c.chip.OffChip.Total(c.chip.Board)
	for i := range parts {
		need += parts[i].Load.Bits
	}
	if need > have && c.chip.Weights.SharedRows {
		need = 0
		for i := range parts {
			for _, q := range parts[i].Pieces {
				need += c.sharedBits(q.Population, q.Neurons)
			}
		}
	}
	if need <= have {
		return nil
	}
	return &fit.Error{Network: c.net.Name, Chip: c.chip.Name, Limits: []fit.Excess{{
		Limit: fit.LimitOffChip, Need: need, Have: have,
		Help: "use narrower weights, a smaller network or a larger memory (off_chip.memory)",
	}}}
}

// cut is a population in parts of one piece each.
type cut struct {
	parts []Part
	// tile describes the largest part of a cut into tiles, else "".
	tile string
}

// maxRounds bounds how often populations in a loop are cut: the routes of a neuron depend on how
// its target populations are cut.
const maxRounds = 4

// cutter cuts populations.
type cutter struct {
	net *ir.Network
	// chip is the chip as the network's weights meet it, whole the chip itself.
	chip, whole *profile.Profile
	// fanIn indexes the projections into each population by target.
	fanIn [][]fanIn
	// reach[k][s] is the number of parts that source s of projection k
	// reaches: as many axon entries, and routes. Before the target is cut it
	// is 1 where there is a synapse.
	reach [][]int32
	// routes[p][n] are the routes of neuron n of population p.
	routes [][]int32
	// units[p][n] is the first neuron of those that are not cut from neuron n
	// of population p; nil where all can be.
	units [][]int32
	// hands weigh tiles in parallel.
	hands []hand
	// most bounds the neurons of each population in a part, where it is above 0.
	most []int
	// kept are the parts of populations that are cut already.
	kept [][][]int32
}

// Limits are the limits of a core for the weights of a network.
func Limits(net *ir.Network, chip *profile.Profile) *profile.Core {
	return &chip.ForWeights(widest(net)).Core
}

// widest is the width of a network's widest weights.
func widest(net *ir.Network) int {
	bits := 1
	for k := range net.Projections {
		bits = max(bits, net.Projections[k].WeightBits)
	}
	return bits
}

func newCutter(net *ir.Network, chip *profile.Profile) *cutter {
	c := &cutter{net: net, chip: chip.ForWeights(widest(net)), whole: chip, fanIn: fanIns(net),
		reach: make([][]int32, len(net.Projections)), routes: make([][]int32, len(net.Populations))}
	for p := range c.routes {
		c.routes[p] = make([]int32, net.Populations[p].Size)
		c.units = append(c.units, unitsOf(net, p))
	}
	for p := range net.Populations {
		c.setReach(p,
			[]Part{{Pieces: []Piece{{Population: p, Neurons: run(0, net.Populations[p].Size)}}}})
	}
	return c
}

// run lists count numbers from first on.
func run(first, count int) []int32 {
	out := make([]int32, count)
	for i := range out {
		out[i] = int32(first + i)
	}
	return out
}

// cutAll cuts every population, sources after their targets, so that the routes of a neuron are
// known when it is put into a part. Loops are cut again with the routes that the round before
// found. Of populations that cannot be cut all are named.
func (c *cutter) cutAll(ctx context.Context) ([]cut, error) {
	cuts := make([]cut, len(c.net.Populations))
	for range maxRounds {
		misfit := &fit.Error{Network: c.net.Name, Chip: c.chip.Name}
		for p := len(cuts) - 1; p >= 0; p-- {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("partition %s: %w", c.net.Name, err)
			}
			made, err := c.cutOne(p)
			if err != nil && !misfit.Gather(err) {
				return nil, err
			}
			if err == nil {
				cuts[p] = made
				c.setReach(p, made.parts)
			}
		}
		if len(misfit.Limits) > 0 {
			return nil, misfit
		}
		if c.checkRoutes(cuts) == nil {
			return cuts, nil
		}
	}
	return nil, c.checkRoutes(cuts)
}

// cutOne cuts population p: into runs where a source reaches all neurons or some
// cannot be cut, into tiles where the layer has a shape, else by growth.
func (c *cutter) cutOne(p int) (cut, error) {
	if c.kept != nil && c.kept[p] != nil {
		return c.keep(p)
	}
	if c.bounded(p) {
		chip := *c.chip
		chip.Core.Neurons = max(min(chip.Core.Neurons, c.most[p]), c.largestUnit(p))
		defer func(whole *profile.Profile) { c.chip = whole }(c.chip)
		c.chip = &chip
	}
	return c.cutWithin(p)
}

// keep weighs the parts of a population that is cut already.
func (c *cutter) keep(p int) (cut, error) {
	var made cut
	for _, neurons := range c.kept[p] {
		l := c.weigh(p, neurons)
		if l.exceeds(&c.chip.Core) != "" {
			return cut{}, c.tooLarge(p, l)
		}
		made.parts = append(made.parts, Part{Pieces: []Piece{{p, neurons}}, Load: l})
	}
	return made, nil
}

// bounded reports whether parts of population p are to hold fewer neurons than a core.
func (c *cutter) bounded(p int) bool { return c.most != nil && c.most[p] > 0 }

// largestUnit is the largest number of neurons of population p that must share a core.
func (c *cutter) largestUnit(p int) int {
	largest, first := 1, 0
	for n := range c.units[p] {
		if c.units[p][n] == int32(n) {
			first = n
		}
		largest = max(largest, n-first+1)
	}
	return largest
}

// cutWithin cuts population p within the limits of a core.
func (c *cutter) cutWithin(p int) (cut, error) {
	if c.hasDense(p) {
		return c.cutRuns(p)
	}
	if made, ok := c.cutTiles(p); ok {
		return made, nil
	}
	if c.units[p] != nil {
		return c.cutRuns(p)
	}
	return c.cutSparse(p)
}

func (c *cutter) hasDense(p int) bool {
	for i := range c.fanIn[p] {
		if c.fanIn[p][i].dense {
			return true
		}
	}
	return false
}

// tooManyCores lists the cores of each layer, and the limit that decides them.
func (c *cutter) tooManyCores(cuts []cut, need int) error {
	err := &fit.Error{Network: c.net.Name, Chip: c.chip.Name, Limits: []fit.Excess{{
		Limit: fit.LimitCores, Need: int64(need), Have: int64(c.chip.Cores()),
		Help: coresHelp(cuts),
	}}}
	for p := range cuts {
		if len(cuts[p].parts) < 2 {
			continue
		}
		help := "bound by " + cuts[p].parts[0].Full
		if cuts[p].tile != "" {
			help += ", with tiles of " + cuts[p].tile
		}
		err.Limits = append(err.Limits, fit.Excess{
			Layer: c.net.Populations[p].Name, Limit: fit.LimitCores, Need: int64(len(cuts[p].parts)),
			Have: int64(c.chip.Cores()), Help: help,
		})
	}
	return err
}

// coresHelp says how to need fewer cores: narrower weights only where memory fills them.
func coresHelp(cuts []cut) string {
	for _, c := range cuts {
		for i := range c.parts {
			if c.parts[i].Full == fit.LimitMemory {
				return "use narrower weights, a larger mesh, several chips (--board) or a " +
					"smaller network"
			}
		}
	}
	return "use a larger mesh, several chips (--board) or a smaller network"
}

// pack puts the parts of all populations into cores, each into the first that it fits. Parts of
// different depth go together only if mixDepths.
func (c *cutter) pack(cuts []cut, mixDepths bool) []Part {
	var out []Part
	for p := range cuts {
		depth := c.net.Populations[p].Depth
		for _, add := range cuts[p].parts {
			add.Depth = depth
			if c.bounded(p) && !mixDepths || !c.join(out, &add, mixDepths) {
				out = append(out, add)
			}
		}
	}
	return out
}

// join puts a part of one piece into the first part that it fits, except those that are to be
// small.
func (c *cutter) join(parts []Part, add *Part, mixDepths bool) bool {
	for i := range parts {
		if !mixDepths && (parts[i].Depth != add.Depth || c.bounded(parts[i].Pieces[0].Population)) {
			continue
		}
		both := parts[i].Load
		both.add(add.Load)
		// Pieces of one population may have the same sources, whose rows would then grow together:
		// such parts were cut apart and remain so.
		if both.exceeds(&c.chip.Core) == "" && !parts[i].holds(add.Pieces[0].Population) {
			parts[i].Pieces = append(slices.Clip(parts[i].Pieces), add.Pieces...)
			parts[i].Load, parts[i].Full = both, ""
			return true
		}
	}
	return false
}

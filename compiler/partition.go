package compiler

import (
	"fmt"

	"adder/chip/profile"
	"adder/compiler/ir"
)

// mapping is the network cut into core loads, and where they stand.
type mapping struct {
	net  *ir.Network
	chip *profile.Profile
	// parts are the core loads.
	parts []part
	// tiles[i] is the tile of part i, set by place.
	tiles []int
}

// part is what one core holds.
type part struct {
	pieces  []piece
	neurons int
	axons   int
	bits    int64
	depth   int
	// full names the limit that closed the part, "" where the layer ended.
	full string
}

// piece is a run of consecutive neurons of one population.
type piece struct{ population, first, count int }

// partition cuts the populations into core loads, in order, each as large
// as the limits of a core allow. Populations share a core when they stand
// at the same depth, so that all neurons of a core have the same window;
// when that takes more cores than the chip has, depths are mixed.
func partition(net *ir.Network, chip *profile.Profile) (*mapping, error) {
	m, err := cut(net, chip, false)
	if err != nil {
		return nil, err
	}
	if len(m.parts) > chip.Cores() {
		if mixed, err := cut(net, chip, true); err == nil && len(mixed.parts) < len(m.parts) {
			m = mixed
		}
	}
	if len(m.parts) > chip.Cores() {
		return nil, &FitError{Network: net.Name, Chip: chip.Name, Limits: []Excess{{
			Limit: "cores", Need: int64(len(m.parts)), Have: int64(chip.Cores()),
			Help: "use narrower weights, a larger mesh or a smaller network",
		}}}
	}
	return m, nil
}

func cut(net *ir.Network, chip *profile.Profile, mixDepths bool) (*mapping, error) {
	c := &cutter{net: net, chip: chip, fanIn: fanIns(net)}
	for p := range net.Populations {
		depth := net.Populations[p].Depth
		if c.open != nil && c.open.depth != depth && !mixDepths {
			c.close("")
		}
		for n := range net.Populations[p].Size {
			if err := c.add(p, n, depth); err != nil {
				return nil, err
			}
		}
	}
	c.close("")
	return &mapping{net: net, chip: chip, parts: c.parts}, nil
}

// cutter fills one core after the other. It counts the axons and bits that
// route will make, row by row, so that a load that it accepts fits.
type cutter struct {
	net   *ir.Network
	chip  *profile.Profile
	fanIn [][]fanIn // by population
	parts []part
	open  *part
}

// fanIn is a projection seen from its targets.
type fanIn struct {
	*ir.Projection
	// start and source list the sources of each target; nil where the
	// weights are dense.
	start  []int64
	source []int32
	// rows are the rows of the open part, one per source.
	rows []rowExtent
}

// rowExtent is a row in the making: its entries and the neurons of the
// target population it spans.
type rowExtent struct{ entries, first, last int32 }

// fanIns indexes the projections into each population by target.
func fanIns(net *ir.Network) [][]fanIn {
	out := make([][]fanIn, len(net.Populations))
	for k := range net.Projections {
		p := &net.Projections[k]
		f := fanIn{Projection: p, rows: make([]rowExtent, p.Weights.Sources)}
		if !p.Weights.IsDense() {
			f.start, f.source = byTarget(&p.Weights)
		}
		out[p.Target] = append(out[p.Target], f)
	}
	return out
}

// byTarget transposes the pattern of a list, leaving zeros out.
func byTarget(w *ir.Weights) (start []int64, source []int32) {
	start = make([]int64, w.Targets+1)
	for s := range w.Sources {
		w.Each(s, func(t int32, _ int16) { start[t+1]++ })
	}
	for t := range w.Targets {
		start[t+1] += start[t]
	}
	source = make([]int32, start[w.Targets])
	next := append([]int64(nil), start[:w.Targets]...)
	for s := range w.Sources {
		w.Each(s, func(t int32, _ int16) {
			source[next[t]] = int32(s)
			next[t]++
		})
	}
	return start, source
}

// each calls visit with every source that has a weight to target n.
func (f *fanIn) each(n int, visit func(source int)) {
	w := &f.Weights
	if !w.IsDense() {
		for _, s := range f.source[f.start[n]:f.start[n+1]] {
			visit(int(s))
		}
		return
	}
	for s, k := 0, n; s < w.Sources; s, k = s+1, k+w.Targets {
		if w.Dense != nil && w.Dense[k] != 0 || w.Dense16 != nil && w.Dense16[k] != 0 {
			visit(s)
		}
	}
}

func (c *cutter) close(full string) {
	if c.open == nil {
		return
	}
	c.open.full = full
	c.parts = append(c.parts, *c.open)
	for _, q := range c.open.pieces {
		for i := range c.fanIn[q.population] {
			clear(c.fanIn[q.population][i].rows)
		}
	}
	c.open = nil
}

// add puts neuron n of population p into the open core, or into a new one.
func (c *cutter) add(p, n, depth int) error {
	axons, bits := 0, int64(0)
	if c.open != nil {
		axons, bits = c.need(p, n)
		if full := c.exceeds(axons, bits); full != "" {
			c.close(full)
		}
	}
	if c.open == nil {
		c.open = &part{depth: depth}
		axons, bits = c.need(p, n)
		if c.exceeds(axons, bits) != "" {
			return c.tooLarge(p, axons, bits)
		}
	}
	c.take(p, n, axons, bits)
	return nil
}

// need is what neuron n of population p adds to the open core.
func (c *cutter) need(p, n int) (axons int, bits int64) {
	for i := range c.fanIn[p] {
		f := &c.fanIn[p][i]
		f.each(n, func(s int) {
			r := f.rows[s]
			if r.entries == 0 {
				axons++
			} else {
				bits -= r.bits(f.WeightBits, c.chip)
			}
			bits += r.with(n).bits(f.WeightBits, c.chip)
		})
	}
	return axons, bits
}

// with is the row with an entry for neuron n, which is behind its last.
func (r rowExtent) with(n int) rowExtent {
	if r.entries == 0 {
		return rowExtent{1, int32(n), int32(n)}
	}
	return rowExtent{r.entries + 1, r.first, int32(n)}
}

// bits is the memory of the row in the format that takes least.
func (r rowExtent) bits(weightBits int, chip *profile.Profile) int64 {
	bits, _ := rowBits(int(r.entries), int(r.last-r.first)+1, weightBits, chip)
	return bits
}

// rowBits is the memory of a row with a number of entries over a span of
// neurons, and the format that takes least of it.
func rowBits(entries, span, weightBits int, chip *profile.Profile) (int64, profile.Format) {
	dense := int64(span) * int64(weightBits)
	sparse := int64(entries) * int64(weightBits+chip.Weights.SparseIndexBits)
	if !chip.HasFormat(profile.Sparse) || dense <= sparse && chip.HasFormat(profile.Dense) {
		return dense, profile.Dense
	}
	return sparse, profile.Sparse
}

func (c *cutter) exceeds(axons int, bits int64) string {
	limits := &c.chip.Core
	switch {
	case c.open.neurons+1 > limits.Neurons:
		return "neurons"
	case c.open.axons+axons > limits.InputAxons:
		return "input axons"
	case c.open.bits+bits > limits.SynapseMemory:
		return "synapse memory"
	default:
		return ""
	}
}

func (c *cutter) take(p, n, axons int, bits int64) {
	c.open.neurons++
	c.open.axons += axons
	c.open.bits += bits
	for i := range c.fanIn[p] {
		f := &c.fanIn[p][i]
		f.each(n, func(s int) { f.rows[s] = f.rows[s].with(n) })
	}
	if k := len(c.open.pieces); k > 0 && c.open.pieces[k-1].population == p {
		c.open.pieces[k-1].count++
		return
	}
	c.open.pieces = append(c.open.pieces, piece{population: p, first: n, count: 1})
}

// tooLarge explains why a single neuron does not fit an empty core.
func (c *cutter) tooLarge(p, axons int, bits int64) error {
	err := &FitError{Network: c.net.Name, Chip: c.chip.Name}
	name := c.net.Populations[p].Name
	if axons > c.chip.Core.InputAxons {
		err.Limits = append(err.Limits, Excess{Layer: name, Limit: "input axons for one neuron", Need: int64(axons), Have: int64(c.chip.Core.InputAxons),
			Help: fmt.Sprintf("a neuron's fan-in must fit one core: prune the layer or put a narrower layer (at most %d outputs) before it", c.chip.Core.InputAxons)})
	}
	if bits > c.chip.Core.SynapseMemory {
		err.Limits = append(err.Limits, Excess{Layer: name, Limit: "bits of synapse memory for one neuron", Need: bits, Have: c.chip.Core.SynapseMemory,
			Help: "use narrower weights or a chip with more synapse memory per core"})
	}
	return err
}

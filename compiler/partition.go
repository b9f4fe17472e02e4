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

// cutter fills one core after the other.
type cutter struct {
	net   *ir.Network
	chip  *profile.Profile
	fanIn [][]fanIn
	parts []part
	open  *part
	// heard counts, per projection and source, the entries in the open
	// part; a source's first entry takes an axon.
	heard map[hearing]struct{}
	whole map[int]bool // dense projections that already took their axons
}

type hearing struct {
	projection int
	source     int32
}

// fanIn lists the synapses of a projection by target.
type fanIn struct {
	projection int
	bits       int
	sources    int
	dense      bool
	start      []int64
	source     []int32
}

// fanIns indexes the projections into each population by target.
func fanIns(net *ir.Network) [][]fanIn {
	out := make([][]fanIn, len(net.Populations))
	for k := range net.Projections {
		p := &net.Projections[k]
		f := fanIn{projection: k, bits: p.WeightBits, sources: p.Weights.Sources, dense: p.Weights.IsDense()}
		if !f.dense {
			f.start, f.source = byTarget(&p.Weights)
		}
		out[p.Target] = append(out[p.Target], f)
	}
	return out
}

// byTarget transposes the pattern of a list.
func byTarget(w *ir.Weights) (start []int64, source []int32) {
	start = make([]int64, w.Targets+1)
	for _, t := range w.Target {
		start[t+1]++
	}
	for t := range w.Targets {
		start[t+1] += start[t]
	}
	source = make([]int32, len(w.Target))
	next := append([]int64(nil), start[:w.Targets]...)
	for s := range w.Sources {
		for k := w.Start[s]; k < w.Start[s+1]; k++ {
			t := w.Target[k]
			source[next[t]] = int32(s)
			next[t]++
		}
	}
	return start, source
}

func (c *cutter) close(full string) {
	if c.open != nil {
		c.open.full = full
		c.parts = append(c.parts, *c.open)
	}
	c.open = nil
}

// add puts neuron n of population p into the open core, or into a new one.
func (c *cutter) add(p, n, depth int) error {
	if c.open != nil {
		full := c.exceeds(p, n)
		if full == "" {
			c.take(p, n)
			return nil
		}
		c.close(full)
	}
	c.open = &part{depth: depth}
	c.heard, c.whole = map[hearing]struct{}{}, map[int]bool{}
	if full := c.exceeds(p, n); full != "" {
		return c.tooLarge(p, n)
	}
	c.take(p, n)
	return nil
}

// need is what neuron n of population p adds to the open core.
func (c *cutter) need(p, n int) (axons int, bits int64) {
	for i := range c.fanIn[p] {
		f := &c.fanIn[p][i]
		if f.dense {
			bits += int64(f.sources) * int64(f.bits)
			if !c.whole[f.projection] {
				axons += f.sources
			}
			continue
		}
		entries := f.source[f.start[n]:f.start[n+1]]
		bits += int64(len(entries)) * int64(f.bits+c.chip.Weights.SparseIndexBits)
		for _, s := range entries {
			if _, known := c.heard[hearing{f.projection, s}]; !known {
				axons++
			}
		}
	}
	return axons, bits
}

func (c *cutter) exceeds(p, n int) string {
	axons, bits := c.need(p, n)
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

func (c *cutter) take(p, n int) {
	axons, bits := c.need(p, n)
	c.open.neurons++
	c.open.axons += axons
	c.open.bits += bits
	for i := range c.fanIn[p] {
		f := &c.fanIn[p][i]
		if f.dense {
			c.whole[f.projection] = true
			continue
		}
		for _, s := range f.source[f.start[n]:f.start[n+1]] {
			c.heard[hearing{f.projection, s}] = struct{}{}
		}
	}
	if k := len(c.open.pieces); k > 0 && c.open.pieces[k-1].population == p {
		c.open.pieces[k-1].count++
		return
	}
	c.open.pieces = append(c.open.pieces, piece{population: p, first: n, count: 1})
}

// tooLarge explains why a single neuron does not fit an empty core.
func (c *cutter) tooLarge(p, n int) error {
	axons, bits := c.need(p, n)
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

package rtl

import (
	"fmt"
	"math/bits"
	"slices"

	"adder/core"
	"adder/fixedpoint"
)

// kind is the common part of neurons of one model and one set of constants.
type kind struct {
	hasCurrent, biasToCurrent, integrates, subtracts, hasFloor bool
	left, right, refractory                                    int
	floor, leak                                                int64
	// coded and radix say that it has a code and which, closes in which tick its window
	// closes, bits how many digits it sends.
	coded, radix bool
	closes, bits int
	// factorU and factorV are the decays in effect, by their place in the core's lists.
	factorU, factorV int
}

// neuronDesign is the design of a core's neurons.
type neuronDesign struct {
	kinds              []kind
	factorsU, factorsV []uint16
	// own are the constants of which each neuron has its own, of columns.
	own       [columns]bool
	shared    [columns]int32
	constants memory
	// sends has, for every neuron, its key and whether it has one.
	sends    memory
	anySends bool
	// potential, current and wide are bits of v, of u and of every sum; rest those of
	// a refractory counter.
	potential, current, wide, rest int
	keepsCurrent, keepsRest        bool
}

// The columns of constants, from the lowest bits on.
const (
	columnKind = iota
	columnThreshold
	columnBias
	columnReset
	columnFirst
	columns
)

// newNeurons converts the neurons of core i.
func (d *Design) newNeurons(i int, c *coreDesign) (neuronDesign, error) {
	cfg := c.cfg
	n := neuronDesign{potential: int(cfg.Widths.Potential), current: int(cfg.Widths.Current),
		rest: 1}
	of := make([]int32, cfg.Neurons())
	for k := range cfg.Groups {
		g := &cfg.Groups[k]
		number, err := n.kindOf(g, &cfg.Widths)
		if err != nil {
			return n, fmt.Errorf("%s: core at tile %d, layer %s: %w", d.img.Model, c.tile,
				d.img.Populations[g.Population].Name, err)
		}
		for neuron := g.First; neuron < g.First+g.Count; neuron++ {
			of[neuron] = int32(number)
		}
	}
	n.wide = n.sumBits(c.sum)
	n.storeConstants(cfg, of)
	for _, key := range d.keys.neurons[i] {
		sends := int64(0)
		if key >= 0 {
			sends, n.anySends = 1, true
		}
		n.sends.add(new(word).put(int64(max(key, 0)), d.keys.bits()).put(sends, 1))
	}
	return n, nil
}

// kindOf finds or adds the kind of a group.
func (n *neuronDesign) kindOf(g *core.Group, w *core.Widths) (int, error) {
	shift := int(g.WeightExp)
	k := kind{
		hasCurrent: g.HasCurrent, biasToCurrent: g.BiasToCurrent, integrates: g.Integrator,
		subtracts: g.ResetMode == core.ResetSubtract, hasFloor: g.HasFloor, leak: int64(g.Leak),
		left: max(shift, 0) + int(w.Align), right: max(-shift, 0), refractory: int(g.Refractory),
	}
	if g.HasFloor {
		k.floor = int64(g.Floor)
	}
	if g.Code.Kind != core.CodeNone {
		k.coded, k.radix = true, g.Code.Kind == core.CodeRadix
		k.closes, k.bits = int(g.Depth+g.Code.Window)-1, int(g.Code.Bits)
	}
	var err error
	if k.factorV, err = factor(&n.factorsV, g.DecayV, w); err != nil {
		return 0, err
	}
	if g.HasCurrent {
		n.keepsCurrent = true
		if k.factorU, err = factor(&n.factorsU, g.DecayU, w); err != nil {
			return 0, err
		}
	}
	n.rest = max(n.rest, bits.Len16(g.Refractory))
	n.keepsRest = n.keepsRest || g.Refractory > 0
	if at := slices.Index(n.kinds, k); at >= 0 {
		return at, nil
	}
	if len(n.kinds) == maxKinds {
		return 0, fmt.Errorf("more than %d sets of constants in a core: the hardware has no more",
			maxKinds)
	}
	n.kinds = append(n.kinds, k)
	return len(n.kinds) - 1, nil
}

// factor finds or adds the decay in effect.
func factor(list *[]uint16, f uint16, w *core.Widths) (int, error) {
	decay, err := fixedpoint.NewDecay(f, int(w.DecayDigits))
	if err != nil {
		return 0, err
	}
	if at := slices.Index(*list, decay.Factor()); at >= 0 {
		return at, nil
	}
	if len(*list) == maxFactors {
		return 0, fmt.Errorf("more than %d decay factors in a core: the hardware has no more",
			maxFactors)
	}
	*list = append(*list, decay.Factor())
	return len(*list) - 1, nil
}

// sumBits holds every sum of an update: an input that is scaled, a current, a
// potential or two and a bias, and a leak.
func (n *neuronDesign) sumBits(sum int) int {
	most := max(n.potential, n.current, sum)
	for _, k := range n.kinds {
		most = max(most, sum+k.left)
	}
	return most + 3
}

// storeConstants keeps what all neurons share, and gives the others a column.
func (n *neuronDesign) storeConstants(cfg *core.Config, kindOf []int32) {
	lists := [columns][]int32{kindOf, cfg.Threshold, cfg.Bias, cfg.Reset, cfg.V0}
	for c, list := range lists {
		if len(list) > 0 {
			n.shared[c] = list[0]
		}
		n.own[c] = slices.ContainsFunc(list, func(x int32) bool { return x != list[0] })
	}
	for neuron := range kindOf {
		var w word
		for c, list := range lists {
			if width := n.columnBits(c); n.own[c] {
				w.put(int64(list[neuron]), width)
			}
		}
		n.constants.add(&w)
	}
}

// columnBits is the width of a column.
func (n *neuronDesign) columnBits(column int) int {
	if column == columnKind {
		return width(len(n.kinds))
	}
	return n.potential
}

// signedDigits are the powers of two that a factor adds and takes off, the least of
// them.
func signedDigits(f uint16) (plus, minus uint16) {
	triple := uint32(f)*3 ^ uint32(f)
	return uint16((uint32(f)*3&triple)>>1) & 0x1fff, uint16((uint32(f)&triple)>>1) & 0x1fff
}

// Package typed is the pass that assigns types to axons, for chips whose cores store a bit per axon
// and neuron, and a weight per neuron and axon type.
//
// A neuron then has as many different weights as there are types, and a source one type for each of
// its axons. Where it can, a source keeps one axon; where its weights need different types, it
// takes one for each.
//
//	typed.go   the type of each axon
//	split.go   projections with an axon for each type
package typed

import (
	"fmt"
	"slices"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/ir"
)

// Network returns the network with types of axons for a chip that stores weights by them,
// and the network itself for any other. A neuron with too many different weights is a
// *fit.Error that names its layer.
func Network(net *ir.Network, chip *profile.Profile) (*ir.Network, error) {
	if !chip.HasFormat(profile.Typed) {
		return net, nil
	}
	refusal := &fit.Error{Network: net.Name, Chip: chip.Name}
	made := *net
	made.Projections = nil
	into := make([]*choice, len(net.Populations))
	for p := range net.Populations {
		c, excess := choose(net, p, chip.Weights.AxonTypes)
		if excess != nil {
			refusal.Limits = append(refusal.Limits, *excess)
		}
		into[p] = c
	}
	if len(refusal.Limits) > 0 {
		return nil, refusal
	}
	for k := range net.Projections {
		p := &net.Projections[k]
		made.Projections = append(made.Projections, into[p.Target].split(k, p)...)
	}
	return &made, nil
}

// choice is the types of the axons into a population.
type choice struct {
	// tables have the weight of each neuron for each type, 0 where it is not taken.
	tables [][]int32
	// whole are the types of sources by projection, where each keeps one axon; nil where
	// weights are split by value.
	whole map[int][]uint8
}

// choose finds types for the axons into a population: such that every source keeps one
// axon, or else by the values of each neuron.
func choose(net *ir.Network, population, types int) (*choice, *fit.Excess) {
	if c := chooseWhole(net, population, types); c != nil {
		return c, nil
	}
	if pop := &net.Populations[population]; pop.Groups[0].Shift.Most > 0 {
		return nil, &fit.Excess{
			Layer: pop.Name, Limit: "axons of one source", Need: 2, Have: 1,
			Help: "neurons of model shift hear their sources in order, and several axons of a " +
				"source would change it: take a chip that stores every weight",
		}
	}
	return chooseByValue(net, population, types)
}

// newChoice has types without weights.
func newChoice(types, size int) *choice {
	c := &choice{tables: make([][]int32, types)}
	for t := range c.tables {
		c.tables[t] = make([]int32, size)
	}
	return c
}

// chooseWhole gives each source, in order, the first type whose weights agree with its
// own; nil where one has none.
func chooseWhole(net *ir.Network, population, types int) *choice {
	c := newChoice(types, net.Populations[population].Size)
	c.whole = map[int][]uint8{}
	for k := range net.Projections {
		p := &net.Projections[k]
		if p.Target != population {
			continue
		}
		c.whole[k] = make([]uint8, p.Weights.Sources)
		for s := range p.Weights.Sources {
			t := slices.IndexFunc(c.tables, func(table []int32) bool {
				return agrees(&p.Weights, s, table)
			})
			if t < 0 {
				return nil
			}
			c.whole[k][s] = uint8(t)
			p.Weights.Each(s, func(target, weight int32) { c.tables[t][target] = weight })
		}
	}
	return c
}

// agrees reports whether the weights of a source are those of a table, where it has any.
func agrees(w *ir.Weights, source int, table []int32) bool {
	ok := true
	w.Each(source, func(target, weight int32) {
		ok = ok && (table[target] == 0 || table[target] == weight)
	})
	return ok
}

// chooseByValue gives the i-th type the i-th value of each neuron, in ascending order: of all
// values of the population where there are types enough, so that equal weights are of one type,
// else of the neuron's own.
func chooseByValue(net *ir.Network, population, types int) (*choice, *fit.Excess) {
	pop := &net.Populations[population]
	values := make([][]int32, pop.Size)
	var all []int32
	for k := range net.Projections {
		p := &net.Projections[k]
		for s := range p.Weights.Sources {
			if p.Target != population {
				break
			}
			p.Weights.Each(s, func(target, weight int32) {
				values[target] = insert(values[target], weight)
				all = insert(all, weight)
			})
		}
	}
	c, most := newChoice(types, pop.Size), 0
	for n, own := range values {
		if most = max(most, len(own)); len(own) > types {
			continue
		}
		if len(all) <= types {
			own = all
		}
		for t, w := range own {
			c.tables[t][n] = w
		}
	}
	if most > types {
		return nil, &fit.Excess{
			Layer: pop.Name, Limit: fit.LimitValues, Need: int64(most), Have: int64(types),
			Help: fmt.Sprintf("a neuron has one weight for each of %d types of axons: quantise "+
				"to 2 bits, "+
				"whose weights are -1, 0 and 1", types),
		}
	}
	return c, nil
}

// insert adds a value to an ascending list, once.
func insert(list []int32, value int32) []int32 {
	at, found := slices.BinarySearch(list, value)
	if found {
		return list
	}
	return slices.Insert(list, at, value)
}

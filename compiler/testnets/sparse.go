package testnets

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/core"
)

// Sparse is layers whose neurons have a number of sources drawn from a neighbourhood of the
// previous layer; indices are shuffled, so that neighbours are not adjacent.
func Sparse(chip *profile.Profile, layers, size, fanIn, reach int) *ir.Network {
	random := rand.New(rand.NewPCG(7, 8))
	net := &ir.Network{Name: "sparse", Input: ir.Input{Name: "in", Shape: []int{size}, Size: size},
		Output: layers - 1, Widths: fit.Widths(chip)}
	place := random.Perm(size) // place[n] is the index of source n of a layer
	for l := range layers {
		net.Populations = append(net.Populations, plainPopulation(fmt.Sprintf("l%d", l), l, size))
		next := random.Perm(size)
		net.Projections = append(net.Projections, ir.Projection{
			Name: fmt.Sprintf("p%d", l), Source: l - 1, Target: l, WeightBits: 8,
			Weights: neighbours(random, place, next, fanIn, reach),
		})
		place = next
	}
	return net
}

func plainPopulation(name string, depth, size int) ir.Population {
	p := ir.Population{
		Name: name, Shape: []int{size}, Size: size, Depth: depth,
		Groups: []core.Group{{Count: int32(size), Population: int32(depth), Depth: int32(depth),
			DecayV: 4096}},
		Threshold: slices.Repeat([]int32{4096}, size), Bias: make([]int32, size),
		Reset: make([]int32, size), V0: make([]int32, size),
		Unit: slices.Repeat([]float64{1}, size), Rest: make([]float64, size),
	}
	return p
}

// neighbours draws for each target sources whose place is at most reach / 2
// from its own, around the layer.
func neighbours(random *rand.Rand, from, to []int, fanIn, reach int) ir.Weights {
	size := len(from)
	at := make([]int, size) // place -> source
	for n, p := range from {
		at[p] = n
	}
	lists := make([][]int32, size)
	for t, p := range to {
		for _, k := range random.Perm(reach)[:fanIn] {
			s := at[(p+k-reach/2+size)%size]
			lists[s] = append(lists[s], int32(t))
		}
	}
	w := ir.Weights{Sources: size, Targets: size, Start: []int64{0}}
	for _, list := range lists {
		for _, t := range list {
			w.Target = append(w.Target, t)
			w.Value = append(w.Value, int16(1+random.IntN(127)))
		}
		w.Start = append(w.Start, int64(len(w.Target)))
	}
	return w
}

package fit

import (
	"adder/chip/profile"
	"adder/compiler/ir"
)

// reservoir is a network seen as a chip of one core holds it: the output is what is read,
// all other layers are hidden.
type reservoir struct {
	net *ir.Network
	// fanOut is per layer that of each neuron; reached and read are the hidden neurons that
	// inputs reach and outputs hear.
	fanOut        [][]int
	reached, read []map[int32]bool
	hidden        int64 // weights between hidden neurons
	direct        int   // and from inputs to outputs
	// exponents are those of weights from inputs, between hidden neurons and to outputs.
	exponents [3]map[int]bool
}

// lackingSingle lists the limits of a chip of one core that a network does not keep.
func lackingSingle(net *ir.Network, chip *profile.Profile) (limits []Excess) {
	s := chip.Single
	if s == nil {
		return nil
	}
	r := newReservoir(net)
	add := func(layer, limit string, need, have int, help string) {
		if need > have {
			limits = append(limits, Excess{Layer: layer, Limit: limit, Need: int64(need),
				Have: int64(have),
				Help: help})
		}
	}
	hidden, reached, read := 0, 0, 0
	for p := range net.Populations {
		pop := &net.Populations[p]
		if p == net.Output {
			add(pop.Name, "outputs", pop.Size, s.Outputs, "take fewer classes")
			for _, n := range r.fanOut[p] {
				add(pop.Name, "connections from outputs", n, 0,
					"outputs are read and nobody hears them: "+
						"read a layer of their own")
				if n > 0 {
					break
				}
			}
			continue
		}
		hidden += pop.Size
		reached, read = reached+len(r.reached[p]), read+len(r.read[p])
		most := 0
		for _, n := range r.fanOut[p] {
			most = max(most, n)
		}
		add(pop.Name, "targets of one neuron", most, s.FanOut,
			"prune its weights, or take fewer neurons")
	}
	add("", "inputs", net.Input.Size, s.Inputs, "take fewer inputs")
	add("", "hidden neurons", hidden, s.Hidden, "take smaller layers")
	add("", "hidden neurons that inputs reach", reached, s.InputsReach, "let inputs reach fewer")
	add("", "hidden neurons that outputs hear", read, s.OutputsRead, "let outputs hear fewer")
	add("", "weights from inputs to outputs", r.direct, 0, "put a hidden layer between them")
	add("", "weights between hidden neurons", int(r.hidden), s.HiddenWeights, "prune them")
	for i, class := range []string{"from inputs", "between hidden neurons", "to outputs"} {
		add("", "weight exponents "+class, len(r.exponents[i]), 1,
			"the chip shifts these weights by one number: bring layers to one scale")
	}
	return limits
}

func newReservoir(net *ir.Network) *reservoir {
	r := &reservoir{net: net}
	for p := range net.Populations {
		r.fanOut = append(r.fanOut, make([]int, net.Populations[p].Size))
		r.reached, r.read = append(r.reached, map[int32]bool{}), append(r.read, map[int32]bool{})
	}
	for i := range r.exponents {
		r.exponents[i] = map[int]bool{}
	}
	for k := range net.Projections {
		r.add(&net.Projections[k])
	}
	return r
}

func (r *reservoir) add(p *ir.Projection) {
	class := 1
	switch {
	case p.Target == r.net.Output:
		class = 2
	case p.Source == ir.SourceInput:
		class = 0
	}
	r.exponents[class][p.Exponent] = true
	for s := range p.Weights.Sources {
		p.Weights.Each(s, func(target, _ int32) {
			switch {
			case p.Source == ir.SourceInput && class == 2:
				r.direct++
				return
			case p.Source == ir.SourceInput:
				r.reached[p.Target][target] = true
				return
			}
			r.fanOut[p.Source][s]++
			if class == 2 {
				r.read[p.Source][int32(s)] = true
				return
			}
			r.hidden++
		})
	}
}

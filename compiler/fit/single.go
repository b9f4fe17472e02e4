package fit

import (
	"adder/chip/profile"
	"adder/compiler/ir"
)

// Reservoir is the size of a network on a chip whose one core holds one network: the output layer
// is read, all other layers are hidden.
type Reservoir struct {
	Inputs int
	Layers []ReservoirLayer
	// Direct are the weights from inputs to the output, Hidden those between hidden neurons.
	Direct, Hidden int64
	// Exponents are the numbers of different exponents of the weights from inputs, between hidden
	// neurons and to the output.
	Exponents [3]int
}

// ReservoirLayer is a layer of a Reservoir.
type ReservoirLayer struct {
	Name    string
	Neurons int
	Output  bool
	// FanOut is the largest number of neurons that one neuron reaches.
	FanOut int
	// Reached is the number of neurons that inputs reach, Read that of those which feed the output.
	Reached, Read int
}

// Beyond lists the limits of a chip of one core that a network exceeds.
func (r *Reservoir) Beyond(s *profile.Single) (limits []Excess) {
	add := func(layer, limit string, need, have int, help string) {
		if need > have {
			limits = append(limits, Excess{Layer: layer, Limit: limit, Need: int64(need),
				Have: int64(have), Help: help})
		}
	}
	hidden, reached, read := 0, 0, 0
	for i := range r.Layers {
		l := &r.Layers[i]
		if l.Output {
			add(l.Name, "outputs", l.Neurons, s.Outputs, "take fewer classes")
			add(l.Name, "connections from outputs", l.FanOut, 0,
				"outputs are read and nobody hears them: read a layer of their own")
			continue
		}
		hidden, reached, read = hidden+l.Neurons, reached+l.Reached, read+l.Read
		add(l.Name, "targets of one neuron", l.FanOut, s.FanOut,
			"prune its weights, or take fewer neurons")
	}
	add("", "inputs", r.Inputs, s.Inputs, "take fewer inputs")
	add("", "hidden neurons", hidden, s.Hidden, "take smaller layers")
	add("", "hidden neurons that inputs reach", reached, s.InputsReach, "let inputs reach fewer")
	add("", "hidden neurons that outputs hear", read, s.OutputsRead, "let outputs hear fewer")
	add("", "weights from inputs to outputs", int(r.Direct), 0, "put a hidden layer between them")
	add("", "weights between hidden neurons", int(r.Hidden), s.HiddenWeights, "prune them")
	for i, class := range []string{"from inputs", "between hidden neurons", "to outputs"} {
		add("", "weight exponents "+class, r.Exponents[i], 1,
			"the chip shifts these weights by one number: bring layers to one scale")
	}
	return limits
}

// lackingSingle lists the limits of a chip of one core that a network does not keep.
func lackingSingle(net *ir.Network, chip *profile.Profile) []Excess {
	if chip.Single == nil {
		return nil
	}
	return reservoirOf(net).Beyond(chip.Single)
}

// counting is a Reservoir whose synapses are counted.
type counting struct {
	Reservoir
	net *ir.Network
	// fanOut is per layer that of each neuron; reached and read are the hidden neurons that inputs
	// reach and that feed outputs.
	fanOut        [][]int
	reached, read []map[int32]bool
	exponents     [3]map[int]bool
}

func reservoirOf(net *ir.Network) *Reservoir {
	c := &counting{net: net}
	c.Inputs = net.Input.Size
	for p := range net.Populations {
		c.fanOut = append(c.fanOut, make([]int, net.Populations[p].Size))
		c.reached, c.read = append(c.reached, map[int32]bool{}), append(c.read, map[int32]bool{})
	}
	for i := range c.exponents {
		c.exponents[i] = map[int]bool{}
	}
	for k := range net.Projections {
		c.add(&net.Projections[k])
	}
	for p := range net.Populations {
		pop := &net.Populations[p]
		l := ReservoirLayer{Name: pop.Name, Neurons: pop.Size, Output: p == net.Output,
			Reached: len(c.reached[p]), Read: len(c.read[p])}
		for _, n := range c.fanOut[p] {
			l.FanOut = max(l.FanOut, n)
		}
		c.Layers = append(c.Layers, l)
	}
	for i := range c.exponents {
		c.Exponents[i] = len(c.exponents[i])
	}
	return &c.Reservoir
}

func (c *counting) add(p *ir.Projection) {
	class := 1
	switch {
	case p.Target == c.net.Output:
		class = 2
	case p.Source == ir.SourceInput:
		class = 0
	}
	c.exponents[class][p.Exponent] = true
	for s := range p.Weights.Sources {
		p.Weights.Each(s, func(target, _ int32) {
			switch {
			case p.Source == ir.SourceInput && class == 2:
				c.Direct++
				return
			case p.Source == ir.SourceInput:
				c.reached[p.Target][target] = true
				return
			}
			c.fanOut[p.Source][s]++
			if class == 2 {
				c.read[p.Source][int32(s)] = true
				return
			}
			c.Hidden++
		})
	}
}

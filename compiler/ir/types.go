package ir

import (
	"fmt"

	"adder/core"
)

// validateTypes checks that every neuron has one weight for all axons of a type.
func (n *Network) validateTypes() error {
	tables := make([][][]int32, len(n.Populations))
	for k := range n.Projections {
		p := &n.Projections[k]
		if p.AxonTypes == nil {
			continue
		}
		if len(p.AxonTypes) != p.Weights.Sources || p.Weights.Plastic != nil ||
			p.Weights.Others != nil {
			return fmt.Errorf(
				"projection %s: %d types of axons for %d sources, whose weights are a "+
					"matrix or a list", p.Name, len(p.AxonTypes), p.Weights.Sources)
		}
		if tables[p.Target] == nil {
			tables[p.Target] = make([][]int32, core.MaxTypes)
		}
		for s, of := range p.AxonTypes {
			if of >= core.MaxTypes {
				return fmt.Errorf("projection %s: axon of type %d: there are %d", p.Name, of,
					core.MaxTypes)
			}
			if err := n.agree(p, s, tables[p.Target]); err != nil {
				return fmt.Errorf("projection %s: source %d: %w", p.Name, s, err)
			}
		}
	}
	return nil
}

// agree checks the weights of a source against the table of its type, which they extend.
func (n *Network) agree(p *Projection, source int, tables [][]int32) (err error) {
	of := p.AxonTypes[source]
	if tables[of] == nil {
		tables[of] = make([]int32, p.Weights.Targets)
	}
	p.Weights.Each(source, func(target, weight int32) {
		if known := &tables[of][target]; *known == 0 {
			*known = weight
		} else if *known != weight {
			err = fmt.Errorf("neuron %d has weights %d and %d of type %d: it has one", target,
				*known,
				weight, of)
		}
	})
	return err
}

package verify

import (
	"cmp"
	"fmt"
	"slices"

	"adder/compiler/ir"
	"adder/core"
	"adder/router"
)

// synapse is one connection in logical numbers. The weight of a plastic one is as it is
// stored, and may be 0.
type synapse struct {
	target, delay, weight int32
	plastic               bool
}

func compareSynapses(a, b synapse) int {
	kind := func(s synapse) int {
		if s.plastic {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.target, b.target), cmp.Compare(a.delay, b.delay), cmp.Compare(a.weight, b.weight),
		cmp.Compare(kind(a), kind(b)))
}

// synapses expands each source's routes, axons and rows and compares them
// with the network's projections.
func (x *expander) synapses() error {
	port := &x.img.Routes.Ports[x.img.Input.Port]
	if port.Sources() != x.net.Input.Size {
		return fmt.Errorf("%d inputs, the network has %d", port.Sources(), x.net.Input.Size)
	}
	for s := range x.net.Input.Size {
		if err := x.compare(ir.SourceInput, s, port.Of(s)); err != nil {
			return fmt.Errorf("input %d: %w", s, err)
		}
	}
	for p := range x.net.Populations {
		for n, at := range x.of(p) {
			if err := x.compare(p, n, x.img.Routes.Neurons[at.tile].Of(int(at.neuron))); err != nil {
				return fmt.Errorf("layer %s neuron %d: %w", x.net.Populations[p].Name, n, err)
			}
		}
	}
	return nil
}

// compare holds what a source reaches by its routes against what it
// reaches by the projections from population.
func (x *expander) compare(population, n int, dests []router.Dest) error {
	x.got, x.want = x.got[:0], x.want[:0]
	for _, d := range dests {
		if err := x.expand(source{population, n}, d); err != nil {
			return err
		}
	}
	for k := range x.net.Projections {
		if p := &x.net.Projections[k]; p.Source == population {
			x.expect(p, n)
		}
	}
	for _, list := range [][]synapse{x.got, x.want} {
		if !slices.IsSortedFunc(list, compareSynapses) { // as those of a dense layer are
			slices.SortFunc(list, compareSynapses)
		}
	}
	if len(x.got) != len(x.want) {
		return fmt.Errorf("%d synapses, the network has %d", len(x.got), len(x.want))
	}
	for i, got := range x.got {
		if want := x.want[i]; got != want {
			return fmt.Errorf("synapse to neuron %d with delay %d and weight %d, the network's is to neuron %d with %d and %d",
				got.target, got.delay, got.weight, want.target, want.delay, want.weight)
		}
	}
	return nil
}

// expand adds what a spike of a source reaches by a destination.
func (x *expander) expand(from source, d router.Dest) error {
	c, logical := x.configs[d.Core], x.logical[d.Core]
	a := c.Axons[d.Axon]
	r := &c.Rows[a.Row]
	if r.Format != core.Plastic {
		EachWeight(c, a, func(k, w int32) {
			if w != 0 {
				x.got = append(x.got, synapse{logical[k], int32(a.Delay), w, false})
			}
		})
		return nil
	}
	if owner, known := x.sources[d.Core][a.Row]; known && owner != from {
		return fmt.Errorf("it shares plastic row %d of tile %d with another source", a.Row, d.Core)
	}
	x.sources[d.Core][a.Row] = from
	for k, stored := range c.Plastic[r.Offset:][:r.Count] {
		x.got = append(x.got, synapse{logical[r.First+int32(k)], int32(a.Delay), int32(stored), true})
	}
	return nil
}

// expect adds what source n of a projection reaches.
func (x *expander) expect(p *ir.Projection, n int) {
	first, delay, w := x.first[p.Target], int32(p.Delay), &p.Weights
	if w.Plastic == nil {
		w.Each(n, func(t, v int32) { x.want = append(x.want, synapse{first + t, delay, v, false}) })
		return
	}
	for k, stored := range w.Plastic[n*w.Count:][:w.Count] {
		x.want = append(x.want, synapse{first + int32(w.First+k), delay, int32(stored), true})
	}
}

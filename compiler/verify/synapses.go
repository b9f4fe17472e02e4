package verify

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"sort"

	"adder/compiler/ir"
	"adder/core"
	"adder/router"
)

// synapse is one connection in logical numbers. The weight of a plastic one is the stored one, and
// may be 0.
type synapse struct {
	target, delay, weight int32
	plastic               bool
	entrance
}

// entrance is how a weight enters a current of a neuron of model shift, and the width of the
// values that spikes carry.
type entrance struct {
	exponent, value uint8
	second          bool
}

// number is different for each.
func (e entrance) number() int {
	n := int(e.exponent)<<8 | int(e.value)
	if e.second {
		n |= 1 << 16
	}
	return n
}

func compareSynapses(a, b synapse) int {
	kind := func(s synapse) int {
		if s.plastic {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.target, b.target), cmp.Compare(a.delay, b.delay),
		cmp.Compare(a.weight, b.weight),
		cmp.Compare(kind(a), kind(b)), cmp.Compare(a.number(), b.number()))
}

// synapses expands each source's routes, axons and rows and compares them
// with the network's projections, many sources at a time.
func (x *expander) synapses() error {
	port := &x.img.Routes.Ports[x.img.Input.Port]
	if port.Sources() != x.net.Input.Size {
		return fmt.Errorf("%d inputs, the network has %d", port.Sources(), x.net.Input.Size)
	}
	return inTurn((x.net.Input.Size+len(x.places)+chunk-1)/chunk, x.workers(),
		func() func(int) error {
			c := comparer{expander: x, head: make([]int32, len(x.places))}
			return func(at int) error { return c.compareChunk(at * chunk) }
		})
}

// chunk is the number of sources that are compared by one processor in a row.
const chunk = 256

// workers is how many compare at a time: one where plastic rows have owners, which
// are found on the way.
func (x *expander) workers() int {
	for k := range x.net.Projections {
		if x.net.Projections[k].Weights.Plastic != nil {
			return 1
		}
	}
	return runtime.GOMAXPROCS(0)
}

// comparer compares one source after the other.
type comparer struct {
	*expander
	matcher
	head []int32
	// got and want are the synapses of one source.
	got, want []synapse
}

// compareChunk compares the sources from a number on: the inputs come first, then the
// neurons in the order of their logical numbers.
func (c *comparer) compareChunk(first int) error {
	inputs := c.net.Input.Size
	for at := first; at < min(first+chunk, inputs+len(c.places)); at++ {
		if at < inputs {
			if err := c.compare(ir.SourceInput, at,
				c.img.Routes.Ports[c.img.Input.Port].Of(at)); err != nil {
				return fmt.Errorf("input %d: %w", at, err)
			}
			continue
		}
		logical := int32(at - inputs)
		p := sort.Search(len(c.net.Populations), func(p int) bool { return c.first[p+1] > logical })
		n, place := int(logical-c.first[p]), c.places[logical]
		if err := c.compare(p, n,
			c.img.Routes.Neurons[place.tile].Of(int(place.neuron))); err != nil {
			return fmt.Errorf("layer %s neuron %d: %w", c.net.Populations[p].Name, n, err)
		}
	}
	return nil
}

// compare holds what a source reaches by its routes against what it
// reaches by the projections from population.
func (c *comparer) compare(population, n int, dests []router.Dest) error {
	c.got, c.want = c.got[:0], c.want[:0]
	for _, d := range dests {
		if err := c.expand(source{population, n}, d); err != nil {
			return err
		}
	}
	for k := range c.net.Projections {
		if p := &c.net.Projections[k]; p.Source == population {
			c.expect(p, n)
		}
	}
	if len(c.got) == len(c.want) && c.match(c.head, c.got, c.want) {
		return nil
	}
	return c.difference()
}

// difference is the first difference between what is there and what the network has,
// nil if there is none.
func (c *comparer) difference() error {
	slices.SortFunc(c.got, compareSynapses)
	slices.SortFunc(c.want, compareSynapses)
	if len(c.got) != len(c.want) {
		return fmt.Errorf("%d synapses, the network has %d", len(c.got), len(c.want))
	}
	for i, got := range c.got {
		if want := c.want[i]; got != want {
			return fmt.Errorf("synapse to neuron %d with delay %d and weight %d, the network's "+
				"is to neuron %d with %d and %d",
				got.target, got.delay, got.weight, want.target, want.delay, want.weight)
		}
	}
	return nil
}

// expand adds what a spike of a source reaches by a destination.
func (x *comparer) expand(from source, d router.Dest) error {
	c, logical := x.configs[d.Core], x.logical[d.Core]
	a := c.Axons[d.Axon]
	r := &c.Rows[a.Row]
	in := entrance{value: a.Value, second: r.Second}
	if r.Format != core.Others {
		in.exponent = r.Shift
	}
	if r.Format != core.Plastic {
		EachWeight(c, a, func(k, w int32) {
			if w != 0 {
				x.got = append(x.got, synapse{logical[k], int32(a.Delay), w, false, in})
			}
		})
		return nil
	}
	if owner, known := x.sources[d.Core][a.Row]; known && owner != from {
		return fmt.Errorf("it shares plastic row %d of tile %d with another source", a.Row, d.Core)
	}
	x.sources[d.Core][a.Row] = from
	for k, stored := range c.Plastic[r.Offset:][:r.Count] {
		x.got = append(x.got, synapse{logical[r.First+int32(k)], int32(a.Delay), int32(stored),
			true, in})
	}
	return nil
}

// expect adds what source n of a projection reaches.
func (x *comparer) expect(p *ir.Projection, n int) {
	first, delay, w := x.first[p.Target], int32(p.Delay), &p.Weights
	in := entrance{exponent: uint8(p.Exponent), second: p.Second}
	if p.Source >= 0 {
		in.value = uint8(x.net.Populations[p.Source].Value())
	}
	if w.Plastic == nil {
		w.Each(n, func(t, v int32) {
			x.want = append(x.want, synapse{first + t, delay, v, false, in})
		})
		return
	}
	for k, stored := range w.Plastic[n*w.Count:][:w.Count] {
		x.want = append(x.want, synapse{first + int32(w.First+k), delay, int32(stored), true, in})
	}
}

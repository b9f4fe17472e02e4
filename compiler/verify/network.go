package verify

import (
	"fmt"
	"reflect"
	"slices"

	"adder/compiler/ir"
	"adder/core"
	"adder/layout"
	"adder/router"
)

// verifyNetwork holds a valid image against the network it was made from:
// every neuron with its constants, every synapse with its delay.
func verifyNetwork(img *layout.Image, net *ir.Network) error {
	if len(img.Populations) != len(net.Populations) {
		return fmt.Errorf("%d populations, the network has %d", len(img.Populations), len(net.Populations))
	}
	x := newExpander(img)
	for p := range net.Populations {
		if err := x.neurons(&net.Populations[p], p); err != nil {
			return fmt.Errorf("layer %s: %w", net.Populations[p].Name, err)
		}
	}
	if err := verifyHost(img.Host, net.Host); err != nil {
		return err
	}
	return x.synapses(net)
}

func verifyHost(got *layout.HostLayer, want *ir.Host) error {
	if got == nil && want == nil {
		return nil
	}
	if got == nil || want == nil || int(got.Population) != want.Target || int(got.WeightExp) != want.WeightExp || !slices.Equal(got.Weights, want.Weights) {
		return fmt.Errorf("the host's layer is not the network's")
	}
	return nil
}

// expander follows an image's tables back to logical numbers.
type expander struct {
	img     *layout.Image
	configs map[router.Core]*core.Config
	// logical is the number of each core's neurons, places where each
	// number is, first the number of each population's first neuron.
	logical map[router.Core][]int32
	places  []position
	first   []int32
	// got and want are the synapses of one source.
	got, want []synapse
}

// position is a neuron of a core.
type position struct {
	tile   router.Core
	neuron int32
}

func newExpander(img *layout.Image) *expander {
	x := &expander{img: img, configs: map[router.Core]*core.Config{}, logical: map[router.Core][]int32{}}
	for i := range img.Cores {
		x.configs[img.Cores[i].Tile] = &img.Cores[i].Config
		x.logical[img.Cores[i].Tile] = make([]int32, img.Cores[i].Config.Neurons())
	}
	for p := range img.Populations {
		x.first = append(x.first, int32(len(x.places)))
		for _, s := range img.Populations[p].Segments {
			for n := s.First; n < s.First+s.Count; n++ {
				x.logical[s.Tile][n] = int32(len(x.places))
				x.places = append(x.places, position{s.Tile, n})
			}
		}
	}
	x.first = append(x.first, int32(len(x.places)))
	return x
}

// of lists where the neurons of population p are.
func (x *expander) of(p int) []position { return x.places[x.first[p]:x.first[p+1]] }

// neurons compares the constants of a population's neurons.
func (x *expander) neurons(pop *ir.Population, p int) error {
	if got := len(x.of(p)); got != pop.Size {
		return fmt.Errorf("%d neurons, the network has %d", got, pop.Size)
	}
	for n, at := range x.of(p) {
		c := x.configs[at.tile]
		if c.Threshold[at.neuron] != pop.Threshold[n] || c.Bias[at.neuron] != pop.Bias[n] ||
			c.Reset[at.neuron] != pop.Reset[n] || c.V0[at.neuron] != pop.V0[n] {
			return fmt.Errorf("neuron %d: a constant is not the network's", n)
		}
	}
	for _, s := range x.img.Populations[p].Segments {
		if err := x.groups(pop, s, int(x.logical[s.Tile][s.First]-x.first[p])); err != nil {
			return err
		}
	}
	return nil
}

// groups compares the groups of a segment with those of the population,
// from neuron n of which it starts.
func (x *expander) groups(pop *ir.Population, s layout.Segment, n int) error {
	for k := int32(0); k < s.Count; {
		got, want := groupAt(x.configs[s.Tile].Groups, s.First+k), groupAt(pop.Groups, int32(n)+k)
		step := min(got.First+got.Count-s.First-k, want.First+want.Count-int32(n)-k)
		got.First, got.Count, want.First, want.Count = 0, 0, 0, 0
		if !reflect.DeepEqual(got, want) {
			return fmt.Errorf("neuron %d: group %+v, the network's is %+v", n+int(k), got, want)
		}
		k += step
	}
	return nil
}

// groupAt is the group of neuron n; groups cover all neurons.
func groupAt(groups []core.Group, n int32) core.Group {
	i := slices.IndexFunc(groups, func(g core.Group) bool { return n < g.First+g.Count })
	return groups[i]
}

// synapses expands each source's routes, axons and rows and compares them
// with the network's projections.
func (x *expander) synapses(net *ir.Network) error {
	port := &x.img.Routes.Ports[x.img.Input.Port]
	if port.Sources() != net.Input.Size {
		return fmt.Errorf("%d inputs, the network has %d", port.Sources(), net.Input.Size)
	}
	for s := range net.Input.Size {
		if err := x.compare(net, ir.SourceInput, s, port.Of(s)); err != nil {
			return fmt.Errorf("input %d: %w", s, err)
		}
	}
	for p := range net.Populations {
		for n, at := range x.of(p) {
			if err := x.compare(net, p, n, x.img.Routes.Neurons[at.tile].Of(int(at.neuron))); err != nil {
				return fmt.Errorf("layer %s neuron %d: %w", net.Populations[p].Name, n, err)
			}
		}
	}
	return nil
}

// compare holds what a source reaches by its routes against what it
// reaches by the projections from population.
func (x *expander) compare(net *ir.Network, population, n int, dests []router.Dest) error {
	x.got, x.want = x.got[:0], x.want[:0]
	for _, d := range dests {
		c := x.configs[d.Core]
		a := c.Axons[d.Axon]
		logical := x.logical[d.Core]
		EachWeight(c, a, func(k, w int32) {
			if w != 0 {
				x.got = append(x.got, synapse{logical[k], int32(a.Delay), w})
			}
		})
	}
	for k := range net.Projections {
		p := &net.Projections[k]
		if p.Source != population {
			continue
		}
		p.Weights.Each(n, func(t int32, w int16) {
			x.want = append(x.want, synapse{x.first[p.Target] + t, int32(p.Delay), int32(w)})
		})
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

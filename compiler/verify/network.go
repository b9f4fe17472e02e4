package verify

import (
	"fmt"
	"slices"

	"adder/compiler/ir"
	"adder/core"
	"adder/layout"
	"adder/router"
)

// verifyNetwork holds a valid image against the network it was made from:
// every neuron with its constants, every synapse with its delay, what learns and how,
// and what the host writes and reads.
func verifyNetwork(img *layout.Image, net *ir.Network) error {
	if len(img.Populations) != len(net.Populations) {
		return fmt.Errorf("%d populations, the network has %d", len(img.Populations),
			len(net.Populations))
	}
	x := newExpander(img, net)
	for p := range net.Populations {
		if err := x.neurons(&net.Populations[p], p); err != nil {
			return fmt.Errorf("layer %s: %w", net.Populations[p].Name, err)
		}
	}
	for _, err := range []error{verifyHost(img.Host, net.Host), verifyReadout(&img.Readout, net)} {
		if err != nil {
			return err
		}
	}
	if err := x.synapses(); err != nil {
		return err
	}
	return x.learning()
}

func verifyHost(got *layout.HostLayer, want *ir.Host) error {
	if got == nil && want == nil {
		return nil
	}
	if got == nil || want == nil || int(got.Population) != want.Target ||
		int(got.WeightExp) != want.WeightExp || !slices.Equal(got.Weights, want.Weights) {
		return fmt.Errorf("the host's layer is not the network's")
	}
	return nil
}

// verifyReadout checks what is read and how.
func verifyReadout(got *layout.Readout, net *ir.Network) error {
	if net.Output < 0 {
		if got.Kind != layout.ReadoutNone {
			return fmt.Errorf("a readout of kind %s, the network has none", got.Kind)
		}
		return nil
	}
	kind, classes := layout.ReadoutCount, net.Populations[net.Output].Size
	labels := net.Labels
	switch {
	case labels != nil:
		kind, classes = layout.ReadoutLabels, labels.Classes
	case net.Populations[net.Output].Groups[0].Integrator:
		kind = layout.ReadoutPotential
	}
	if labels == nil {
		labels = &ir.Labels{}
	}
	if got.Kind != kind || int(got.Population) != net.Output || int(got.Classes) != classes ||
		!slices.Equal(got.Labels, labels.Class) ||
		!slices.Equal(got.Proportions, labels.Proportions) {
		return fmt.Errorf("the readout is not the network's")
	}
	return nil
}

// expander follows an image's tables back to logical numbers.
type expander struct {
	img     *layout.Image
	net     *ir.Network
	configs map[router.Core]*core.Config
	// logical is the number of each core's neurons, places where each
	// number is, first the number of each population's first neuron.
	logical map[router.Core][]int32
	places  []position
	first   []int32
	// sources are, of each plastic row of each core, where its spikes come from.
	sources map[router.Core]map[int32]source
}

// position is a neuron of a core.
type position struct {
	tile   router.Core
	neuron int32
}

// source is a neuron of a population, or an element of the input.
type source struct{ population, neuron int }

func newExpander(img *layout.Image, net *ir.Network) *expander {
	x := &expander{
		img: img, net: net, configs: map[router.Core]*core.Config{},
		logical: map[router.Core][]int32{},
		sources: map[router.Core]map[int32]source{},
	}
	for i := range img.Cores {
		tile, cfg := img.Cores[i].Tile, &img.Cores[i].Config
		x.configs[tile], x.logical[tile], x.sources[tile] = cfg, make([]int32,
			cfg.Neurons()), map[int32]source{}
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

package compiler

import (
	"fmt"
	"slices"

	"adder/chip/profile"
	"adder/compiler/ir"
	"adder/core"
	"adder/layout"
	"adder/router"
)

// Verify checks an image against its chip and, where net is given, against
// the network before placement, from the image's own tables alone: it
// shares no code with the passes that made them. It reports the first
// violation.
func Verify(img *layout.Image, chip *profile.Profile, net *ir.Network) error {
	if err := verifyLimits(img, chip); err != nil {
		return fmt.Errorf("verify %s on %s: %w", img.Model, chip.Name, err)
	}
	if net == nil {
		return nil
	}
	if err := verifySynapses(img, net); err != nil {
		return fmt.Errorf("verify %s on %s: %w", img.Model, chip.Name, err)
	}
	return nil
}

func verifyLimits(img *layout.Image, chip *profile.Profile) error {
	if len(img.Cores) > chip.Cores() {
		return fmt.Errorf("%d cores in use, the chip has %d", len(img.Cores), chip.Cores())
	}
	for i := range img.Cores {
		placed := &img.Cores[i]
		if int(placed.Tile) < 0 || int(placed.Tile) >= chip.Cores() {
			return fmt.Errorf("core at tile %d, the chip has %d", placed.Tile, chip.Cores())
		}
		if err := verifyCore(&placed.Config, chip); err != nil {
			return fmt.Errorf("core at tile %d: %w", placed.Tile, err)
		}
		if n := len(img.Routes.Neurons[placed.Tile].Dests); n > chip.Core.OutputRoutes {
			return fmt.Errorf("core at tile %d: %d output routes, the chip has %d", placed.Tile, n, chip.Core.OutputRoutes)
		}
	}
	return nil
}

func verifyCore(c *core.Config, chip *profile.Profile) error {
	if c.Neurons() > chip.Core.Neurons {
		return fmt.Errorf("%d neurons, a core has %d", c.Neurons(), chip.Core.Neurons)
	}
	if len(c.Axons) > chip.Core.InputAxons {
		return fmt.Errorf("%d axons, a core has %d", len(c.Axons), chip.Core.InputAxons)
	}
	var bits int64
	for i := range c.Rows {
		r := &c.Rows[i]
		if int(r.WeightBits) < chip.Weights.MinBits || int(r.WeightBits) > chip.Weights.MaxBits {
			return fmt.Errorf("row %d: %d-bit weights, the chip stores %d to %d", i, r.WeightBits, chip.Weights.MinBits, chip.Weights.MaxBits)
		}
		per := int64(r.WeightBits)
		if r.Format == core.Sparse {
			per += int64(chip.Weights.SparseIndexBits)
		}
		bits += per * int64(r.Count)
	}
	if bits > chip.Core.SynapseMemory {
		return fmt.Errorf("%d bits of synapse memory, a core has %d", bits, chip.Core.SynapseMemory)
	}
	for i, a := range c.Axons {
		if int(a.Delay) > chip.Core.MaxDelay {
			return fmt.Errorf("axon %d: delay %d, the chip has %d", i, a.Delay, chip.Core.MaxDelay)
		}
	}
	room := int64(1)<<(chip.Widths.PotentialBits-1) - 1
	for n := range c.Neurons() {
		for _, v := range []int32{c.Threshold[n], c.Reset[n], c.V0[n]} {
			if int64(v) > room || int64(v) < -room {
				return fmt.Errorf("neuron %d: constant %d does not fit %d bits", n, v, chip.Widths.PotentialBits)
			}
		}
	}
	return verifyAccumulators(c)
}

// verifyAccumulators proves that no sum of a tick overflows: every axon
// may be hit once by each of the sources that name it, and a source fires
// at most once per tick, so the sum over axons bounds it.
func verifyAccumulators(c *core.Config) error {
	sum := make([]int64, c.Neurons())
	for _, a := range c.Axons {
		eachWeight(c, &c.Rows[a.Row], func(n int32, w int16) { sum[n] += max(int64(w), -int64(w)) })
	}
	for n, s := range sum {
		if s >= 1<<31 {
			return fmt.Errorf("neuron %d: the weights of a tick may sum to %d, past 32 bits", n, s)
		}
	}
	return nil
}

func eachWeight(c *core.Config, r *core.Row, visit func(neuron int32, w int16)) {
	for k := int64(0); k < int64(r.Count); k++ {
		switch r.Format {
		case core.Dense8:
			visit(r.First+int32(k), int16(c.Dense8[r.Offset+k]))
		case core.Dense16:
			visit(r.First+int32(k), c.Dense16[r.Offset+k])
		case core.Sparse:
			visit(int32(c.Sparse[r.Offset+k].Neuron), c.Sparse[r.Offset+k].Weight)
		case core.Others:
			if n := r.First + int32(k); n != r.Exclude {
				visit(n, r.Weight)
			}
		}
	}
}

// synapse is one connection in logical numbers.
type synapse struct {
	target int32
	delay  uint8
	weight int16
}

// verifySynapses expands each source's routes, axons and rows and compares
// them with the network's projections.
func verifySynapses(img *layout.Image, net *ir.Network) error {
	v := &expander{img: img, configs: map[router.Core]*core.Config{}, logical: map[router.Core][]int32{}}
	for i := range img.Cores {
		v.configs[img.Cores[i].Tile] = &img.Cores[i].Config
		v.logical[img.Cores[i].Tile] = make([]int32, img.Cores[i].Config.Neurons())
	}
	base := int32(0)
	bases := make([]int32, len(net.Populations))
	for p := range net.Populations {
		bases[p] = base
		for _, s := range img.Populations[p].Segments {
			for k := range s.Count {
				v.logical[s.Tile][s.First+k] = base
				base++
			}
		}
	}
	for s := range net.Input.Size {
		if err := v.compare(net, bases, ir.SourceInput, s, img.Routes.Ports[img.Input.Port].Of(s)); err != nil {
			return err
		}
	}
	for p := range net.Populations {
		n := 0
		for _, seg := range img.Populations[p].Segments {
			for k := range seg.Count {
				if err := v.compare(net, bases, p, n, img.Routes.Neurons[seg.Tile].Of(int(seg.First+k))); err != nil {
					return err
				}
				n++
			}
		}
	}
	return nil
}

type expander struct {
	img       *layout.Image
	configs   map[router.Core]*core.Config
	logical   map[router.Core][]int32
	got, want []synapse
}

func (v *expander) compare(net *ir.Network, bases []int32, population, n int, dests []router.Dest) error {
	v.got, v.want = v.got[:0], v.want[:0]
	for _, d := range dests {
		c := v.configs[d.Core]
		if c == nil || int(d.Axon) >= len(c.Axons) {
			return fmt.Errorf("%s neuron %d: route to core %d axon %d, which does not exist", sourceName(net, population), n, d.Core, d.Axon)
		}
		a := c.Axons[d.Axon]
		eachWeight(c, &c.Rows[a.Row], func(k int32, w int16) {
			if w != 0 {
				v.got = append(v.got, synapse{v.logical[d.Core][k], a.Delay, w})
			}
		})
	}
	for k := range net.Projections {
		p := &net.Projections[k]
		if p.Source != population {
			continue
		}
		p.Weights.Each(n, func(t int32, w int16) {
			v.want = append(v.want, synapse{bases[p.Target] + t, uint8(p.Delay), w})
		})
	}
	order := func(a, b synapse) int {
		if a.target != b.target {
			return int(a.target - b.target)
		}
		if a.delay != b.delay {
			return int(a.delay) - int(b.delay)
		}
		return int(a.weight) - int(b.weight)
	}
	slices.SortFunc(v.got, order)
	slices.SortFunc(v.want, order)
	if !slices.Equal(v.got, v.want) {
		return fmt.Errorf("%s neuron %d: the image has %d synapses, the network %d, and they differ", sourceName(net, population), n, len(v.got), len(v.want))
	}
	return nil
}

func sourceName(net *ir.Network, population int) string {
	if population == ir.SourceInput {
		return "input " + net.Input.Name
	}
	return net.Populations[population].Name
}

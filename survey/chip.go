package survey

import (
	"slices"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/row"
	"adder/core"
)

// holding is the use of a chip by a network, or the limits that it exceeds.
type holding struct {
	limits []fit.Excess
	// cores is the number of cores of all layers, even if it exceeds the chip's; 0 where a layer
	// does not fit any number of cores.
	cores int
	// fill is the share of the chip's memories, neurons or axons that is used, whichever
	// is the largest, and fullest names it.
	fill    float64
	fullest string
	places  []Place
	// paired counts the neurons that take a second compartment.
	paired int
}

// Place is the cores of a layer on a chip.
type Place struct {
	Layer string `json:"layer"`
	// Cores names the cores, on a chip with several kinds of cores.
	Cores string `json:"cores"`
	// Used lists the layer's use of them.
	Used []Used `json:"used"`
}

// Used is a layer's use of a resource of its cores.
type Used struct {
	What string `json:"what"`
	Used int64  `json:"used"`
	Have int64  `json:"have"`
}

func (h *holding) lacks(e fit.Excess) { h.limits = append(h.limits, e) }

// weigh notes a share of a limit of the whole chip.
func (h *holding) weigh(limit string, used, have int64) {
	if have <= 0 {
		return
	}
	if share := float64(used) / float64(have); share > h.fill {
		h.fill, h.fullest = share, limit
	}
}

// hold checks the layers of a network against a chip, by their shapes.
func hold(n *Network, chip *profile.Profile) *holding {
	h := &holding{}
	if n.maxima > 0 {
		h.lacks(fit.Excess{Limit: maximaAsRates, Need: int64(n.maxima)})
	}
	if f := chip.FitOnly; f != nil {
		h.neurons(n, f, chip.Name)
		h.fitOnly(n, f)
		if f.Layers != nil {
			h.layerCores(n, f)
		} else {
			h.classes(n, classesOf(f, n.WeightBits))
		}
		return h
	}
	n.splitFanIn(chip.Core.InputAxons)
	h.paired = n.pair(chip)
	h.neurons(n, chip, chip.Name)
	if h.single(n, chip.Single) {
		return h // what a core holds is no question then
	}
	if have := chip.Weights.MaxBits; n.WeightBits > have {
		h.lacks(bitsPerWeight(n.WeightBits, have))
	}
	h.values(n, chip.Weights.AxonTypes)
	through := h.classes(n, []class{classOf(chip, n.WeightBits)})
	h.delays(n, chip, through)
	return h
}

// values checks the number of different weights, where a neuron has one per type of axon.
func (h *holding) values(n *Network, types int) {
	if types == 0 {
		return
	}
	n.Layers = slices.Clone(n.Layers)
	for i := range n.Layers {
		l := &n.Layers[i]
		need := values(l.rows, n.WeightBits)
		if l.used = min(need, types); need > types {
			h.lacks(fit.Excess{Layer: l.Name, Limit: fit.LimitValues, Need: int64(need),
				Have: int64(types)})
		}
	}
}

func bitsPerWeight(need, have int) fit.Excess {
	return fit.Excess{Limit: "bits per weight", Need: int64(need), Have: int64(have)}
}

// class is a kind of core.
type class struct {
	name    string
	count   int
	neurons func(fanIn int) int
	axons   int
	memory  int64
	// routes is the number of output routes of a core. On a chip whose neurons have perNeuron
	// destinations at most relays keep to it, which allRoutes has then.
	routes, allRoutes, perNeuron int
	// types is the number of types of axons, of which a source takes an axon each.
	types        int
	signOfSource bool
	// bits is the memory of rows, each with so many entries over a span of neurons.
	bits func(rows, entries, span int64) int64
	// shared says that equal rows are stored once.
	shared bool
}

// classOf is the one class of an emulated chip.
func classOf(p *profile.Profile, weightBits int) class {
	width := max(weightBits, p.Weights.MinBits)
	c := class{
		count: p.Cores(), neurons: func(fanIn int) int { return neuronsOf(p, width, fanIn) },
		axons: p.Core.InputAxons, memory: p.Core.SynapseMemory, routes: p.Core.OutputRoutes,
		shared: p.Weights.SharedRows, types: p.Weights.AxonTypes,
		bits: func(rows, entries, span int64) int64 {
			one, _ := row.Bits(int(entries), int(span), width, p)
			return rows * one
		},
	}
	if p.Core.RoutesPerNeuron > 0 {
		c.routes, c.allRoutes, c.perNeuron = 0, p.Core.OutputRoutes, p.Core.RoutesPerNeuron
	}
	return c
}

// neuronsOf is how many neurons a core of an emulated chip holds with weights of a width that have
// so many sources together.
func neuronsOf(p *profile.Profile, width, fanIn int) int {
	core := &p.ForWeights(width).Core
	if core.Crossbar.Columns == 0 {
		return core.Neurons
	}
	return min(core.Neurons, core.Crossbar.Columns/core.Crossbar.Factor(fanIn))
}

// classesOf are those of a chip for fit alone, whose memory is taken to hold weights alone.
func classesOf(f *profile.FitOnly, weightBits int) []class {
	width := int64(max(f.WeightWidth(weightBits), 1))
	out := make([]class, len(f.Classes))
	for i := range f.Classes {
		c := &f.Classes[i]
		out[i] = class{
			name: c.Name, count: c.Count, axons: c.Axons, memory: c.SynapseMemory, routes: c.Routes,
			neurons:      func(fanIn int) int { return c.Trade(fanIn, int(width)) },
			signOfSource: f.Signs == profile.SignOfSource,
			bits:         func(rows, entries, _ int64) int64 { return rows * entries * width },
		}
		if c.FanInFactor > 0 {
			out[i].axons *= c.FanInFactor
		}
	}
	return out
}

// neurons checks the models and resets of the layers.
func (h *holding) neurons(n *Network, chip interface {
	HasModel(core.Model) bool
	HasReset(profile.Reset) bool
}, name string) {
	resets := map[profile.Reset]int64{}
	for i := range n.Layers {
		l := &n.Layers[i]
		if l.Reset != "" && !l.pairs {
			resets[l.Reset] += int64(l.Neurons)
		}
		for _, m := range l.Models {
			// Leaks of CUBA neurons become shifts on chips of that model (compiler/quantise).
			shifted := m == core.ModelCUBA && chip.HasModel(core.ModelShift)
			if !shifted && !chip.HasModel(m) {
				h.lacks(fit.Excess{Layer: l.Name, Limit: string(m) + " neurons",
					Need: int64(l.Neurons)})
			}
		}
	}
	for _, r := range []struct {
		reset profile.Reset
		words string
	}{{profile.ResetSubtract, "neurons that reset by subtraction"}, {profile.ResetValue,
		"neurons that reset to a value"}} {
		if need := resets[r.reset]; need > 0 && !chip.HasReset(r.reset) {
			h.lacks(fit.Excess{Limit: r.words, Need: need})
		}
	}
}

// fitOnly checks the further limits of FitOnly chips.
func (h *holding) fitOnly(n *Network, f *profile.FitOnly) {
	if f.WeightWidth(n.WeightBits) == 0 {
		h.lacks(bitsPerWeight(n.WeightBits, f.WeightBits[len(f.WeightBits)-1]))
	}
	for i := range n.Layers {
		l := &n.Layers[i]
		if f.Thresholds == profile.PerLayer && l.Thresholds > 1 {
			h.lacks(fit.Excess{Layer: l.Name, Limit: "thresholds in one layer",
				Need: int64(l.Thresholds),
				Have: 1})
		}
	}
}

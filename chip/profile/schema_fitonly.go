package profile

import (
	"fmt"
	"strings"

	"adder/core"
)

// maxEnergy bounds an energy in femtojoules.
const maxEnergy = 1e12

// fitOnlySchema is the format of a chip that is for fit alone: that of an emulated one has
// the registers and rules of a datapath, which this one need not share.
func fitOnlySchema(p *Profile) []field {
	f := &FitOnly{}
	p.FitOnly = f
	layers := &LayerCores{}
	return []field{
		name("name", &p.Name),
		prose("description", &p.Description),
		prose("fit_only", &f.Reason),
		optional(prose("caution", &f.Caution)),
		section("weights",
			integers("bits", &f.WeightBits, 1, 16),
			choice("signs", &f.Signs, SignOfSynapse, SignOfSource)),
		section("neurons",
			choices("models", &f.Models, core.ModelNames()...),
			choices("resets", &f.Resets, ResetValue, ResetSubtract),
			choice("thresholds", &f.Thresholds, PerNeuron, PerLayer)),
		optional(integer("reach", &f.Reach, 1, maxSide, "tiles")),
		{key: "layer_cores", optional: true, fields: layerSchema(layers),
			enter: func() { f.Layers = layers }},
		{key: "core_classes", optional: true, read: readClasses(f),
			show: func() string { return showClasses(f.Classes) }},
		{key: "cost", optional: true, fields: []field{
			optional(quantity("synop", &f.Cost.SynopFemtojoules, energy(), 1, maxEnergy)),
			optional(quantity("tick", &f.Cost.TickPicoseconds, duration(), 1, maxClock)),
			optional(quantity("static_power", &f.Cost.StaticNanowatts, power(), 1, maxPower)),
		}},
	}
}

func layerSchema(l *LayerCores) []field {
	return []field{
		integer("max_kernel", &l.MaxKernel, 1, maxSide, "neurons"),
		integers("strides", &l.Strides, 1, maxSide),
		integer("max_padding", &l.MaxPadding, 0, maxSide, "neurons"),
		integers("pools", &l.Pools, 1, maxSide),
		integer("max_channels", &l.MaxChannels, 1, maxNeurons, "channels"),
		integer("input_width", &l.InputWidth, 1, maxNeurons, "pixels"),
		integer("input_height", &l.InputHeight, 1, maxNeurons, "pixels"),
		integer("map_width", &l.MapWidth, 1, maxNeurons, "neurons"),
		integer("map_height", &l.MapHeight, 1, maxNeurons, "neurons"),
		integer("destinations", &l.Destinations, 1, maxSide, "layers"),
		integer("outputs", &l.Outputs, 1, maxNeurons, "neurons"),
		choice("rounding", &l.Rounding, RoundNone, RoundPowerOfTwo),
		{key: "cores", read: readLayerCores(l), show: func() string {
			return showLayerCores(l.Cores)
		}},
	}
}

func energy() dimension {
	return dimension{what: "an energy", example: "12.7 pJ", units: []unit{
		{"J", 1e15}, {"mJ", 1e12}, {"uJ", 1e9}, {"nJ", 1e6}, {"pJ", 1e3}, {"fJ", 1},
	}}
}

// integers is a list of whole numbers, ascending.
func integers(key string, to *[]int, low, high int) field {
	show := func() string {
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(*to), " ", ", "), "[]")
	}
	return field{key: key, show: show, read: func(d *decoder, v value) error {
		items, err := d.list(v)
		if err != nil {
			return err
		}
		*to = make([]int, len(items))
		for i, item := range items {
			if (*to)[i], err = d.integer(item, low, high); err != nil {
				return err
			}
			if i > 0 && (*to)[i] <= (*to)[i-1] {
				return d.fail(item, "%d follows %d: list numbers in rising order", (*to)[i],
					(*to)[i-1])
			}
		}
		return nil
	}}
}

func readLayerCores(l *LayerCores) func(*decoder, value) error {
	return func(d *decoder, v value) error {
		items, err := d.list(v)
		if err != nil {
			return err
		}
		l.Cores = make([]LayerCore, len(items))
		first := 0
		for i, item := range items {
			c := &l.Cores[i]
			fields := []field{
				integer("count", &c.Count, 1, maxSide, "cores"),
				integer("kernel_words", &c.KernelWords, 1, maxEntries, "words"),
				integer("neuron_words", &c.NeuronWords, 1, maxEntries, "words"),
				integer("bias_entries", &c.BiasEntries, 0, maxEntries, "entries"),
			}
			if err := d.section(item, fields, nil); err != nil {
				return err
			}
			c.First = first
			first += c.Count
		}
		return nil
	}
}

func showLayerCores(cores []LayerCore) string {
	words := make([]string, len(cores))
	for i, c := range cores {
		words[i] = fmt.Sprintf("%s: %d kernel words, %d neuron words, %d biases",
			c.Numbers(), c.KernelWords, c.NeuronWords, c.BiasEntries)
	}
	return strings.Join(words, "; ")
}

// Numbers names the cores of the kind, as "cores 0-2" or "core 3".
func (c *LayerCore) Numbers() string {
	if c.Count == 1 {
		return fmt.Sprintf("core %d", c.First)
	}
	return fmt.Sprintf("cores %d-%d", c.First, c.First+c.Count-1)
}

func readClasses(f *FitOnly) func(*decoder, value) error {
	return func(d *decoder, v value) error {
		items, err := d.list(v)
		if err != nil {
			return err
		}
		f.Classes = make([]CoreClass, len(items))
		for i, item := range items {
			c := &f.Classes[i]
			fields := []field{
				name("name", &c.Name),
				integer("count", &c.Count, 1, maxSide*maxSide, "cores"),
				integer("neurons", &c.Neurons, 1, maxNeurons, "neurons"),
				optional(integer("input_axons", &c.Axons, 1, maxEntries, "entries")),
				optional(quantity("synapse_memory", &c.SynapseMemory, memory(), 1, maxMemory)),
				optional(integer("output_routes", &c.Routes, 1, maxEntries, "destinations")),
				optional(integer("fan_in_factor", &c.FanInFactor, 1, maxSide, "")),
			}
			if err := d.section(item, fields, nil); err != nil {
				return err
			}
			if c.FanInFactor > 0 && c.Axons == 0 {
				return d.fail(item, "a fan_in_factor multiplies input_axons: add them")
			}
		}
		return nil
	}
}

func showClasses(classes []CoreClass) string {
	words := make([]string, len(classes))
	for i, c := range classes {
		words[i] = fmt.Sprintf("%s: %s of %s", c.Name, count(c.Count, "cores"),
			count(c.Neurons, "neurons"))
		if c.Axons > 0 {
			words[i] += ", " + count(c.Axons, "axons")
		}
		if c.SynapseMemory > 0 {
			dim := memory()
			words[i] += ", " + dim.format(c.SynapseMemory)
		}
		if c.Routes > 0 {
			words[i] += ", " + count(c.Routes, "routes")
		}
		if c.FanInFactor > 0 {
			words[i] += fmt.Sprintf(", fan-in up to %d times that for fewer neurons", c.FanInFactor)
		}
	}
	return strings.Join(words, "; ")
}

// checkFitOnly holds what fields of a chip that is for fit alone must agree on.
func (d *decoder) checkFitOnly(p *Profile) error {
	f := p.FitOnly
	switch {
	case f.Layers == nil && f.Classes == nil:
		return d.place(1, 1, "", "the chip has no cores: add layer_cores or core_classes")
	case f.Layers != nil && f.Classes != nil:
		return d.fail(d.at["core_classes"], "the chip has layer_cores, too: keep one of them")
	}
	return nil
}

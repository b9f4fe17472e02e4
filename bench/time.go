package bench

import (
	"adder/bench/energy"
	"adder/layout"
)

// inferenceTime is how long the chip takes for an inference.
type inferenceTime struct {
	seconds, cycles float64
	// bound is true where the fast engine ran: the time is then a lower bound, since it has no
	// waiting and assumes work spread evenly over the cores.
	bound bool
}

// timeOf is the time of an inference, nil where the chip's profile has no times.
func timeOf(c *Comparison) *inferenceTime {
	timing := c.Chip.Profile().Timing
	if timing == nil || timing.Clock == 0 {
		return nil
	}
	n := float64(c.SNN.Samples)
	if c.SNN.Cycles != nil {
		cycles := float64(c.SNN.Cycles.Total) / n
		return &inferenceTime{seconds: cycles / float64(timing.Clock), cycles: cycles}
	}
	if len(timing.Lacks("core.lanes", "core.dense_step", "core.sparse_step", "core.others_step",
		"core.neuron_update", "core.neuron_idle", "barrier")) > 0 {
		return nil
	}
	counts, core := &c.SNN.Counts, &timing.Core
	step := min(core.DenseStep, core.SparseStep, core.OthersStep)
	work := float64(counts.Core.SynapticAdds) / float64(max(core.Lanes, 1)) * float64(step)
	work += float64(counts.Core.ActiveUpdates)*float64(core.NeuronUpdate) +
		float64(counts.Core.IdleUpdates)*float64(core.NeuronIdle)
	cycles := work/float64(max(len(c.Chip.Image().Cores), 1)) +
		float64(counts.Ticks)*float64(timing.Barrier.Cycles(1, 0))
	cycles /= n
	return &inferenceTime{seconds: cycles / float64(timing.Clock), cycles: cycles, bound: true}
}

const bitsPerKiB = 8 << 10

// usageOf is the hardware that the SNN keeps powered: the cores in use with all their synapse
// memory, used or not, and what else the image keeps in them. unused is the synapse memory of the
// other cores, with their routers.
func usageOf(c *Comparison, t *inferenceTime) (used, unused energy.Usage) {
	img, p := c.Chip.Image(), c.Chip.Profile()
	f := layout.Measure(img).Total
	cores := len(img.Cores)
	others := p.Mesh.Width*p.Mesh.Height - cores
	synapses := float64(p.CoreMemory()) / bitsPerKiB
	used = energy.Usage{
		Seconds: t.seconds, Cycles: t.cycles, Routers: cores, Chip: true,
		MemoryKiB: float64(cores)*synapses + float64(f.Bits()-f.SynapseBits())/bitsPerKiB,
	}
	unused = energy.Usage{Seconds: t.seconds, Cycles: t.cycles, Routers: others,
		MemoryKiB: float64(others) * synapses}
	return used, unused
}

// annUsage is the hardware that an ANN keeps powered: as many multipliers as the SNN's cores in use
// have adder lanes, on the same clock, and memories that hold its own weights and activations.
func annUsage(c *Comparison, e *ANNEvaluation, d annDesign) energy.Usage {
	timing := c.Chip.Profile().Timing
	lanes := float64(max(timing.Core.Lanes, 1) * max(len(c.Chip.Image().Cores), 1))
	cycles := 0.0
	for _, layer := range annLayers(e) {
		cycles += float64(layer.done(d.zeros, int64(e.Samples))) / float64(e.Samples) / lanes
	}
	return energy.Usage{
		Seconds: cycles / float64(timing.Clock), Cycles: cycles,
		MemoryKiB: float64(annFootprint(e, d.precision)) / 1024,
	}
}

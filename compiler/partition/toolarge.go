package partition

import (
	"fmt"
	"math"

	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/core"
	"adder/internal/grouped"
)

// tooLarge explains why a single neuron does not fit an empty core.
func (c *cutter) tooLarge(p int, l Load) error {
	err := &fit.Error{Network: c.net.Name, Chip: c.chip.Name}
	name, limits := c.net.Populations[p].Name, &c.chip.Core
	if l.Axons > limits.InputAxons {
		err.Limits = append(err.Limits, fit.Excess{Layer: name, Limit: "input axons for one neuron",
			Need: int64(l.Axons), Have: int64(limits.InputAxons),
			Help: c.fanInHelp(p)})
	}
	if l.Bits > limits.SynapseMemory {
		err.Limits = append(err.Limits,
			fit.Excess{Layer: name, Limit: "bits of synapse memory for one neuron", Need: l.Bits,
				Have: limits.SynapseMemory,
				Help: "use narrower weights or a chip with more synapse memory per core"})
	}
	if x := &limits.Crossbar; x.Columns > 0 && x.Factor(l.Axons) > x.Columns {
		err.Limits = append(err.Limits, fit.Excess{Layer: name, Limit: fit.LimitColumns,
			Need: int64(x.Factor(l.Axons)), Have: int64(x.Columns), Help: c.fanInHelp(p)})
	}
	if l.Words > limits.TableWords {
		err.Limits = append(err.Limits, fit.Excess{Layer: name, Limit: fit.LimitTable,
			Need: int64(l.Words), Have: int64(limits.TableWords), Help: fit.FewerBits})
	}
	if l.Routes > limits.OutputRoutes {
		err.Limits = append(err.Limits,
			fit.Excess{Layer: name, Limit: "output routes for one neuron", Need: int64(l.Routes),
				Have: int64(limits.OutputRoutes),
				Help: "the layers it feeds are spread over many cores: use narrower weights or " +
					"larger cores"})
	}
	return err
}

// fanInHelp says how to reduce the fan-in of a neuron of population p to that of a core.
func (c *cutter) fanInHelp(p int) string {
	help := fmt.Sprintf("a neuron's fan-in must fit one core: prune the layer or put a narrower "+
		"layer (at most %s outputs) before it", grouped.Int(int64(c.chip.Core.InputAxons)))
	if c.net.Populations[p].Groups[0].Code.Kind == core.CodeLevel {
		help += "; " + fit.SplitByRadix(c.chip)
	}
	return help
}

// tooLargeTogether is tooLarge for neurons that are not cut.
func (c *cutter) tooLargeTogether(p int, neurons []int32) error {
	l := c.weighUpTo(p, neurons, math.MaxInt)
	err, limits := &fit.Error{Network: c.net.Name, Chip: c.chip.Name}, &c.chip.Core
	for _, part := range []struct {
		limit      string
		need, have int64
	}{
		{"neurons in one core", int64(l.Neurons), int64(limits.Neurons)},
		{"input axons in one core", int64(l.Axons), int64(limits.InputAxons)},
		{"bits of synapse memory in one core", l.Bits, limits.SynapseMemory},
		{"output routes in one core", int64(l.Routes), int64(limits.OutputRoutes)},
		{fit.LimitColumns + " in one core", int64(l.columns(&limits.Crossbar)),
			int64(limits.Crossbar.Columns)},
		{fit.LimitTable + " in one core", int64(l.Words), int64(limits.TableWords)},
	} {
		if part.need > part.have {
			err.Limits = append(err.Limits, fit.Excess{
				Layer: c.net.Populations[p].Name, Limit: part.limit, Need: part.need,
				Have: part.have, Help: c.togetherHelp(p, neurons[0]),
			})
		}
	}
	return err
}

// togetherHelp says why the neurons with neuron n of population p are not cut.
func (c *cutter) togetherHelp(p int, n int32) string {
	groups := c.net.Populations[p].Groups
	switch g := &groups[ir.GroupOf(groups, n)]; {
	case g.Code.Run > 0:
		return fit.OneWindow
	case g.Pairs:
		return fit.OnePair
	}
	return fit.OneCore
}

package compiler

import (
	"fmt"
	"strings"

	"adder/chip/profile"
	"adder/compiler/convert"
	"adder/compiler/fit"
	"adder/core"
	"adder/internal/grouped"
	"adder/snn"
)

// checkANNLimits compares a prepared ANN, before calibration, with the chip: its neurons, their
// fan-in, and the widths of weights. All that do not fit are in one *fit.Error, each with a remedy.
// What depends on calibrated weights is left to the passes.
func checkANNLimits(net *snn.Network, opts *Options) error {
	layers, err := convert.Layers(net, opts.Conversion, opts.WeightBits,
		opts.Encoder.Kind == "direct")
	if err != nil {
		return err
	}
	l := &limits{chip: opts.Chip, bits: opts.WeightBits, form: opts.Conversion.Pool,
		toZero: opts.Conversion.ResetToZero}
	l.kinds(layers)
	for i := range layers {
		l.sources(&layers[i])
	}
	l.cores(layers)
	if len(l.found) == 0 {
		return nil
	}
	return &fit.Error{Network: net.Name, Chip: l.chip.Name, Limits: l.found}
}

// limits collects what a chip does not hold.
type limits struct {
	chip *profile.Profile
	bits int
	form convert.Pool
	// toZero says that neurons reset to 0.
	toZero bool
	found  []fit.Excess
}

func (l *limits) add(e fit.Excess) { l.found = append(l.found, e) }

// kinds checks that the chip has neurons that reset by subtraction.
func (l *limits) kinds(layers []convert.Layer) {
	total := 0
	for i := range layers {
		total += layers[i].Neurons
	}
	if !l.toZero && !resetsBySubtraction(l.chip) {
		l.add(fit.Excess{
			Limit: "neurons that reset by subtraction", Need: int64(total),
			Help: "a converted ANN needs them: " + l.chips(func(p *profile.Profile) bool {
				return resetsBySubtraction(p)
			}),
		})
	}
	l.found = append(l.found, fit.LackingTrained(l.chip, snn.ModelIF.String(), int64(total))...)
}

// sources compares the fan-in of a neuron with the limits of a core.
func (l *limits) sources(layer *convert.Layer) {
	need := int64(layer.Sources)
	if have := int64(l.chip.Core.InputAxons); need > have {
		l.add(fit.Excess{
			Layer: layer.Name, Limit: "input axons for one neuron", Need: need, Have: have,
			Help: l.fanInHelp(layer, have, func(p *profile.Profile) bool {
				return int64(p.Core.InputAxons) >= need
			}),
		})
	}
	bits := need * int64(l.bits)
	if have := l.chip.Core.SynapseMemory; bits > have {
		l.add(fit.Excess{
			Layer: layer.Name, Limit: "bits of synapse memory for one neuron", Need: bits,
			Have: have,
			Help: l.fanInHelp(layer, have/int64(l.bits), func(p *profile.Profile) bool {
				return p.Core.SynapseMemory >= bits
			}),
		})
	}
}

// fanInHelp says how a neuron would fit a core.
func (l *limits) fanInHelp(layer *convert.Layer, most int64,
	fits func(*profile.Profile) bool) string {
	change := fmt.Sprintf("prune it by %s, or put a layer of at most %s outputs before it",
		grouped.Int(int64(layer.Sources)-most), grouped.Int(most))
	if layer.Pooled && l.form == convert.PoolFold {
		change = fmt.Sprintf("give the pool before it neurons, --pool %s", convert.PoolSpike)
	} else {
		change += "; " + fit.SplitByRadix(l.chip)
	}
	return change + "; or " + l.chips(fits)
}

// cores compares the neurons with all cores.
func (l *limits) cores(layers []convert.Layer) {
	neurons, per := l.neurons(layers, l.chip), int64(l.chip.Core.Neurons)
	need := (neurons + per - 1) / per
	if have := int64(l.chip.Cores()); need > have {
		l.add(fit.Excess{
			Limit: fit.LimitCores, Need: need, Have: have,
			Help: fmt.Sprintf("it has %s neurons, %s more than the chip: use a smaller network, "+
				"a larger mesh, several chips (--board), or %s",
				grouped.Int(neurons), grouped.Int(neurons-have*per),
				l.chips(func(p *profile.Profile) bool {
					return int64(p.Cores())*int64(p.Core.Neurons) >= l.neurons(layers, p)
				})),
		})
	}
}

// neurons is how many neurons the network has on a chip: on one that resets to a value alone,
// all but those that are read have a second compartment.
func (l *limits) neurons(layers []convert.Layer, chip *profile.Profile) (n int64) {
	for i := range layers {
		n += int64(layers[i].Neurons)
	}
	if !l.toZero && !chip.HasReset(profile.ResetSubtract) {
		n = 2*n - int64(layers[len(layers)-1].Neurons)
	}
	return n
}

// resetsBySubtraction reports whether neurons of a chip do, directly or with a second compartment.
func resetsBySubtraction(p *profile.Profile) bool {
	return p.HasReset(profile.ResetSubtract) || p.HasModel(core.ModelPairs)
}

// runsConverted reports whether a chip has the neurons and rows of converted ANNs.
func runsConverted(p *profile.Profile) bool {
	return resetsBySubtraction(p) && p.HasModel(core.ModelIF) &&
		p.HasModel(core.ModelIntegrator)
}

// chips names the shipped chips that run converted ANNs and keep a limit.
func (l *limits) chips(fits func(*profile.Profile) bool) string {
	var names []string
	for _, name := range profile.Shipped() {
		if p, err := profile.Load(name); err == nil && runsConverted(p) && fits(p) {
			names = append(names, name)
		}
	}
	if names == nil {
		return "a chip of your own (no shipped one keeps it)"
	}
	return "another chip: --chip " + strings.Join(names, " or ")
}

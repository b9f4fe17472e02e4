package fit

import (
	"fmt"

	"adder/chip/profile"
	"adder/compiler/ir"
	"adder/core"
)

// lackingModels lists the layers with neurons of a model that the chip's cores do not run.
func lackingModels(net *ir.Network, chip *profile.Profile) (limits []Excess) {
	for p := range net.Populations {
		pop := &net.Populations[p]
		need := map[core.Model]int64{}
		for i := range pop.Groups {
			for _, model := range pop.Groups[i].Models() {
				need[model] += int64(pop.Groups[i].Count)
			}
		}
		for _, model := range core.ModelNames() {
			if need[model] > 0 && !chip.HasModel(model) {
				limits = append(limits, Lacks(pop.Name, model, need[model], chip))
			}
		}
	}
	return limits
}

// Lacks is the excess of a layer whose neuron model the chip does not have.
func Lacks(layer string, model core.Model, neurons int64, chip *profile.Profile) Excess {
	return Excess{
		Layer: layer, Limit: fmt.Sprintf("%s neurons", model), Need: neurons,
		Help: fmt.Sprintf("it has %v: take a chip that has them", chip.Models),
	}
}

// LackingTrained lists the models that neurons of a trained model need and the chip's cores do not
// have, for a number of neurons.
func LackingTrained(chip *profile.Profile, trained string, neurons int64) []Excess {
	var out []Excess
	for _, model := range core.ModelsTrained(trained) {
		if !chip.HasModel(model) {
			out = append(out, Lacks("", model, neurons, chip))
		}
	}
	return out
}

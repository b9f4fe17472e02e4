package fit

import (
	"fmt"

	"adder/chip/profile"
	"adder/compiler/ir"
	"adder/core"
)

// CheckModels refuses a network with neurons of a model that the chip's cores do
// not run. Its error is a *Error that names the layers.
func CheckModels(net *ir.Network, chip *profile.Profile) error {
	misfit := &Error{Network: net.Name, Chip: chip.Name}
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
				misfit.Limits = append(misfit.Limits, Lacks(pop.Name, model, need[model], chip))
			}
		}
	}
	if len(misfit.Limits) > 0 {
		return misfit
	}
	return nil
}

// Lacks says that a layer has neurons that a chip does not.
func Lacks(layer string, model core.Model, neurons int64, chip *profile.Profile) Excess {
	return Excess{
		Layer: layer, Limit: fmt.Sprintf("%s neurons", model), Need: neurons,
		Help: fmt.Sprintf("it has %v: take a chip that has them", chip.Models),
	}
}

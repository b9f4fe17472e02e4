package chip_test

import (
	"testing"

	"pgregory.net/rapid"

	"adder/compiler/ir/irtest"
	"adder/core"
	"adder/internal/draws"
)

// TestValuesOnEveryEngine holds both engines to the interpreter on networks whose spikes
// carry values: graded ones, and those of neurons that fire several times a tick, whose
// currents saturate arrival by arrival.
func TestValuesOnEveryEngine(t *testing.T) {
	draws.Less(t, 2)
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		on.Models = rapid.SampledFrom([][]core.Model{
			{core.ModelShift, core.ModelSecond},
			{core.ModelShift, core.ModelLIF, core.ModelIntegrator},
			{core.ModelIF, core.ModelThreshold, core.ModelGraded, core.ModelIntegrator},
			{core.ModelShift, core.ModelSecond, core.ModelCUBA, core.ModelGraded, core.ModelRadix},
		}).Draw(t, "models")
		followInterpreter(t, on, randomNetwork(t, on), rapid.Bool().Draw(t, "learn"))
	})
}

package chip_test

import (
	"testing"

	"pgregory.net/rapid"

	"adder/chip/profile/profiletest"
	"adder/internal/draws"
)

// TestTypedRowsOnEveryEngine holds both engines to the interpreter where cores store a bit
// per axon and neuron, and weights by type of axon.
func TestTypedRowsOnEveryEngine(t *testing.T) {
	draws.Less(t, 4)
	rapid.Check(t, func(t *rapid.T) {
		on := profiletest.Variant(t, "adder", profiletest.Fields{
			"formats": "[typed]", "weights.axon_types": 4, "neurons": 6, "width": 8,
			"duplicates": rapid.SampledFrom([]string{"add", "merge"}).Draw(t, "duplicates"),
		})
		followInterpreter(t, on, randomNetwork(t, on), false)
	})
}

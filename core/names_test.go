package core_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/core"
	"adder/snn"
	"adder/snn/stdp"
)

// TestModelsOfFrontEnds: the table maps every neuron that package snn and package
// snn/stdp know, and no other.
func TestModelsOfFrontEnds(t *testing.T) {
	trained, learned := map[string]bool{}, map[string]bool{}
	for m := snn.ModelI; m.String() != "unknown"; m++ {
		trained[m.String()] = true
		require.NotEmpty(t, core.ModelsTrained(m.String()), "%s", m)
	}
	for _, m := range stdp.Models() {
		learned[m.String()] = true
		require.NotEmpty(t, core.ModelsLearned(m.String()), "%s", m)
	}
	for _, row := range core.Models() {
		for _, name := range row.Trained {
			require.True(t, trained[name], "%s: package snn has no %s", row.Model, name)
		}
		for _, name := range row.Learned {
			require.True(t, learned[name], "%s: package snn/stdp has no %s", row.Model, name)
		}
	}
}

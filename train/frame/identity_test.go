package frame

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/dataset"
)

// TestOtherTraining: what differs is named, and nothing else.
func TestOtherTraining(t *testing.T) {
	set := &dataset.Set{}
	have := json.RawMessage(`{"descent":{"Epochs":1,"Batch":64},"run":{"Net":"8","Mean":null}}`)
	require.NoError(t, SameTraining(have, have, Fingerprint(set), set))
	want := json.RawMessage(`{"descent":{"Epochs":2,"Batch":64},"run":{"Net":"8","Mean":[0.5]}}`)
	require.EqualError(t, SameTraining(have, want, 0, set), "it belongs to another training: "+
		"descent.Epochs: here 2, there 1; run.Mean: here [0.5], there nothing; remove it or ask "+
		"for the same")
}

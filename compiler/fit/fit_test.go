package fit

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExcessIsASentence(t *testing.T) {
	for want, e := range map[string]Excess{
		"the network needs 1,024 cores; the chip has 64": {Limit: LimitCores, Need: 1024, Have: 64},
		"layer a needs 1 radix neuron; the chip has 0":   {Layer: "a", Limit: "radix neurons", Need: 1},
		"layer a needs 1 neuron that inputs reach; the chip has 0: help": {Layer: "a",
			Limit: "neurons that inputs reach", Need: 1, Help: "help"},
	} {
		require.Equal(t, want, e.String())
	}
	require.Equal(t, "1 destination of one neuron", Count(1, LimitFanOut))
	require.Equal(t, "1 synapse memory", Count(1, LimitMemory))
	require.Equal(t, "1 neuron that resets to a value", Count(1, "neurons that reset to a value"))
	require.Equal(t, "1 layer of neurons", Count(1, "layers of neurons"))
	require.Equal(t, "1 neuron that is read", Count(1, "neurons that are read"))
	require.Equal(t, "1 row that reaches all others", Count(1, "rows that reach all others"))
}

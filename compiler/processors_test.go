package compiler

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/layout"
	"adder/snn"
)

// TestProcessorsChangeNothing: an image and what is said of it are the same however many
// processors compile it.
func TestProcessorsChangeNothing(t *testing.T) {
	chip, err := profile.Load("adder")
	require.NoError(t, err)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, net := range []*snn.Network{convNetwork(16), denseNetwork(70)} {
		var first *Result
		for _, processors := range []int{1, 2, 5} {
			runtime.GOMAXPROCS(processors)
			r, err := Compile(t.Context(), net, Options{
				Chip: chip, Encoder: layout.Encoder{Kind: "rate", Ticks: 32},
			})
			require.NoError(t, err)
			if first == nil {
				first = r
			}
			require.Equal(t, first.Image, r.Image)
			require.Equal(t, first.Report, r.Report)
		}
	}
}

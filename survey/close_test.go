package survey_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler/testnets"
	"adder/survey"
)

// TestCloseByShape: a number of cores by shape that is near to what the chip has is called close,
// whether it fits or not; one that is far from it or that the compiler counted is not.
func TestCloseByShape(t *testing.T) {
	for _, tt := range []struct {
		name          string
		width, height int
		compiled      bool
		fits, close   bool
	}{
		{"just as many", 3, 3, false, true, true},
		{"one too few", 4, 2, false, false, true},
		{"half", 4, 1, false, false, false},
		{"twice", 6, 3, false, true, false},
		{"counted", 3, 3, true, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := profile.Load("adder")
			require.NoError(t, err)
			p.Mesh.Width, p.Mesh.Height, p.Core.Neurons = tt.width, tt.height, 256
			net := testnets.Layered()
			found, err := survey.Run(context.Background(), asked(net, 8, tt.compiled),
				[]*profile.Profile{p}, survey.Options{Compile: tt.compiled})
			require.NoError(t, err)
			require.Equal(t, 9, *found[0].Cores, "%+v", found[0])
			require.Equal(t, tt.fits, found[0].Fits)
			require.Equal(t, tt.close, found[0].Close)
		})
	}
}

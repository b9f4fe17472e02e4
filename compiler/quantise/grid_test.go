package quantise

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGrid(t *testing.T) {
	for _, tt := range []struct {
		name      string
		fractions []float64
		want      int
	}{
		{"nothing seen", nil, 1},
		{"signs", []float64{1, 0, 1}, 1},
		{"quarters of three", []float64{1, 1.0 / 3, 2.0 / 3}, 3},
		{"7 bits", []float64{1, 62.0 / 63, 5.0 / 63}, 63},
		{"in 32 bits", []float64{1, float64(float32(100.0/127.0)) / 1, float64(float32(3.0 / 127))},
			127},
		{"trained", []float64{1, 0.7312345, 0.2178321}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := fullGrid()
			for _, x := range tt.fractions {
				g.keep(x)
			}
			require.Equal(t, tt.want, g.coarsest())
		})
	}
}

package traintest

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// perParameter is about how many elements of a parameter CheckGradient moves.
const perParameter = 25

// CheckGradient compares gradients with central differences of the loss at some elements of each
// parameter, with steps of step. loss computes the loss for the present params. The root mean
// square error is below 2 % of that of the differences.
func CheckGradient(t testing.TB, params, grads [][]float32, step float32, loss func() float64) {
	t.Helper()
	var squares, errors float64
	for k, p := range params {
		for i := 0; i < len(p); i += 1 + len(p)/perParameter {
			old := p[i]
			p[i] = old + step
			above := loss()
			p[i] = old - step
			below := loss()
			p[i] = old
			want := (above - below) / (2 * float64(step))
			squares += want * want
			errors += math.Pow(want-float64(grads[k][i]), 2)
		}
	}
	require.Greater(t, squares, 1e-4)
	require.Less(t, math.Sqrt(errors/squares), 0.02)
}

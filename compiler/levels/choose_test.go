package levels

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestChoose: what is chosen keeps the loss, and any narrower choice of the same bits for
// all, judged again, loses more or costs as much.
func TestChoose(t *testing.T) {
	ctx := context.Background()
	o := Options{Calibration: samples(120, 72), MaxExponent: 4}
	m, err := Measure(ctx, everything(), o)
	require.NoError(t, err)
	const loss = 5
	found, err := m.Choose(ctx, o, nil, loss)
	require.NoError(t, err)
	require.Equal(t, 1.0, found.Float, "without labels the network's own classes are right")
	require.GreaterOrEqual(t, found.Accuracy, 1-loss/100.0)
	j, err := m.judge(nil)
	require.NoError(t, err)
	again, err := m.try(ctx, found.Options, j)
	require.NoError(t, err)
	require.Equal(t, found, again)
	for in := 1; in <= found.Options.InputBits; in++ {
		c := o
		c.InputBits, c.ActivationBits = in, found.Options.ActivationBits
		other, err := m.try(ctx, c, j)
		require.NoError(t, err)
		require.True(t, other.Accuracy < 1-loss/100.0 || other.Synops >= found.Synops,
			"%d bits: %+v", in, other)
	}

	o.InputBits, o.ActivationBits = 1, 1
	_, err = m.Choose(ctx, o, nil, 0.1)
	require.ErrorContains(t, err, "give a larger --loss")
}

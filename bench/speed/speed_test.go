package speed

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMeasure: rows of workloads of each kind say what they measured.
func TestMeasure(t *testing.T) {
	names := []string{"mlp-784-128-10", "packets-32x256", "stdp-784-100", "cycle-64"}
	if testing.Short() {
		names = names[2:]
	}
	rows, err := Measure(context.Background(), Options{Duration: 1e6, Threads: []int{1, 2},
		Workloads: names})
	require.NoError(t, err)
	require.Len(t, rows, 2*len(names))
	for i, r := range rows {
		require.Equal(t, names[i/2], r.Workload)
		require.Equal(t, 1+i%2, r.Threads)
		require.Positive(t, r.KernelAddsPerSecond)
		require.Positive(t, r.KernelAddsPerCPUSecond)
		require.Positive(t, r.SynopsPerSecond, r.Workload)
		require.InEpsilon(t, r.SynopsPerCPUSecond/r.KernelAddsPerCPUSecond, r.Ratio, 1e-12)
		require.Positive(t, r.BytesPerSynapse)
		require.Positive(t, r.Samples)
		require.Positive(t, r.CPUSeconds)
		if r.Workload == "packets-32x256" || r.Workload == "cycle-64" {
			require.Positive(t, r.HopsPerCPUSecond)
		}
	}
}

func TestUnknownWorkload(t *testing.T) {
	_, err := Measure(context.Background(), Options{Workloads: []string{"tiny"}})
	require.ErrorContains(t, err, `no workload "tiny": there are mlp-784-128-10, `)
}

// TestRing: neurons of a ring fire in turn, a tenth of them in each tick, whatever their
// weights add.
func TestRing(t *testing.T) {
	w := workload{name: "ring", batch: 1, build: grid{cores: 3, neurons: 100, period: 10,
		fan: 64}.build}
	l, err := w.load(context.Background())
	require.NoError(t, err)
	engine, err := l.engine()
	require.NoError(t, err)
	o, err := engine.Run(context.Background(), &l.sample)
	require.NoError(t, err)
	require.InDelta(t, 3*100*speedTicks/10, o.Counts.Core.Spikes, 3*100/10*3)
	require.EqualValues(t, 3*100*64, l.chip.Image().Synapses)
}

package bench

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
)

// BenchmarkFastEngine asks how many synops per second one fast engine makes:
// 784-400-10 with 10 % of the inputs spiking in a tick, and a sparse
// network.
func BenchmarkFastEngine(b *testing.B) {
	workloads, err := speedWorkloads()
	require.NoError(b, err)
	for _, w := range workloads {
		b.Run(w.Name, func(b *testing.B) {
			engine := w.Chip.NewFast(chip.Options{Ticks: speedTicks})
			sample := &chip.Sample{Spikes: w.Train}
			synops := int64(0)
			b.ReportAllocs()
			for b.Loop() {
				o, err := engine.Run(context.Background(), sample)
				if err != nil {
					b.Fatal(err)
				}
				synops += o.Counts.Core.Synops
			}
			b.ReportMetric(float64(synops)/b.Elapsed().Seconds(), "synops/s")
			b.ReportMetric(w.BytesPerSynapse, "bytes/synapse")
		})
	}
}

// BenchmarkKernel asks how many additions per second the bare loop makes.
func BenchmarkKernel(b *testing.B) {
	weights, sums := make([]int8, kernelRow), make([]int32, kernelRow)
	for b.Loop() {
		addRow(sums, weights)
	}
	b.ReportMetric(kernelRow*float64(b.N)/b.Elapsed().Seconds(), "adds/s")
}

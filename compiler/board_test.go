package compiler

import (
	"context"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/chip/profile"
	"adder/chip/profile/profiletest"
	"adder/compiler/testnets"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// BenchmarkBoard compiles 100,000 neurons with 10 million synapses, ten layers that each hear
// 100 of 2,048 neighbours, for four chips adder, for sixteen of a quarter of its cores, and for
// one of as many, and runs a sample of 20 ticks on both engines (docs/boards.md).
func BenchmarkBoard(b *testing.B) {
	if testing.Short() {
		b.Skip("takes a minute and half a gigabyte")
	}
	for _, c := range []struct {
		name  string
		side  string // of a chip, in cores
		board profile.Board
	}{
		{"one chip", "16", profile.Board{Width: 1, Height: 1}},
		{"4 chips", "8", profile.Board{Width: 2, Height: 2}},
		{"16 chips", "4", profile.Board{Width: 4, Height: 4}},
	} {
		b.Run(c.name, func(b *testing.B) {
			one := profiletest.Variant(b, "adder",
				profiletest.Fields{"width": c.side, "height": c.side})
			on, err := one.OnBoard(c.board)
			require.NoError(b, err)
			net := testnets.Sparse(on, 10, 10_000, 100, 2048)
			for b.Loop() {
				began := time.Now()
				r, err := CompileIR(context.Background(), net, Options{
					Chip: on, Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 20},
				})
				require.NoError(b, err)
				b.ReportMetric(time.Since(began).Seconds(), "compile-s")
				b.ReportMetric(float64(r.Report.Synapses), "synapses")
				b.ReportMetric(float64(len(r.Report.Cores)), "cores")
				b.ReportMetric(float64(r.Report.RoutedHops), "hops")
				if r.Report.Board != nil {
					b.ReportMetric(float64(r.Report.Board.ChipsUsed), "chips")
					b.ReportMetric(float64(r.Report.Board.BorderHops), "border-hops")
				}
				runBoard(b, r.Image)
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.Sys)/(1<<20), "MiB-peak")
		})
	}
}

// runBoard runs a sample in which every tenth input spikes in a tick.
func runBoard(b *testing.B, img *layout.Image) {
	loaded, err := chip.Load(img)
	require.NoError(b, err)
	train, random := spike.NewTrain(10_000, 20), rand.New(rand.NewPCG(1, 2))
	for t := range 20 {
		for s := range 10_000 {
			if random.IntN(10) == 0 {
				train.Set(t, s)
			}
		}
	}
	began := time.Now()
	fast, err := loaded.NewFast(chip.Options{}).Run(context.Background(),
		&chip.Sample{Spikes: train})
	require.NoError(b, err)
	b.ReportMetric(time.Since(began).Seconds(), "fast-s")
	b.ReportMetric(float64(fast.Counts.Core.Synops), "synops")
	hops := &fast.Counts.Traffic.Hops
	b.ReportMetric(float64(hops.Total()), "sample-hops")
	b.ReportMetric(float64(hops[router.Border]), "sample-border-hops")
	began = time.Now()
	cycle, err := loaded.NewCycle(chip.Options{}, nil)
	require.NoError(b, err)
	clocked, err := cycle.Run(context.Background(), &chip.Sample{Spikes: train})
	require.NoError(b, err)
	b.ReportMetric(time.Since(began).Seconds(), "cycle-s")
	require.Equal(b, fast.Output, clocked.Output)
	b.ReportMetric(float64(clocked.Cycles.Total), "cycles")
	b.ReportMetric(float64(clocked.Cycles.Stalls), "stalls")
	b.ReportMetric(float64(clocked.Cycles.LastPacket), "packet-wait")
	b.ReportMetric(float64(clocked.Cycles.Barrier), "barrier")
}

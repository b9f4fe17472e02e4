package core

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/core/kernel"
)

// sparseCore is a core of which each of some axon entries has a weight for a share of the
// neurons.
func sparseCore(b *testing.B, seed uint64, neurons, axons int, density float64) *Core {
	rng := rand.New(rand.NewPCG(seed, 2))
	cfg := &Config{
		Widths: Widths{Potential: 24, Current: 24}, Groups: []Group{plainGroup},
		Threshold: make([]int32, neurons), Bias: make([]int32, neurons),
		Reset: make([]int32, neurons),
		V0:    make([]int32, neurons), ID: make([]uint32, neurons),
	}
	cfg.Groups[0].Count = int32(neurons)
	for n := range neurons {
		cfg.Threshold[n], cfg.ID[n] = 1<<20, uint32(n)
	}
	for a := range axons {
		r := Row{Format: Sparse, WeightBits: 8, Exclude: -1, Offset: int64(len(cfg.Sparse))}
		for n := range neurons {
			if rng.Float64() < density {
				cfg.Sparse = append(cfg.Sparse,
					Synapse{Neuron: uint16(n), Weight: int16(rng.IntN(127) + 1)})
				r.Count++
			}
		}
		cfg.Rows, cfg.Axons = append(cfg.Rows, r), append(cfg.Axons, Axon{Row: int32(a)})
	}
	c, err := New(cfg)
	require.NoError(b, err)
	c, _ = c.Ordered(nil) // makes rows ready for many ticks
	return c
}

// BenchmarkSparse asks how many synaptic operations a CPU-second cores do whose rows are
// sparse, with a tenth of their axon entries spiking in each tick, neuron updates
// included: told tick by tick, and of 32 ticks at once.
func BenchmarkSparse(b *testing.B) {
	const ticks = 32
	for _, shape := range []struct {
		cores, neurons, axons int
		density               float64
	}{{10, 1000, 10_000, 0.01}, {1, 1000, 1000, 0.064}, {300, 1000, 1000, 0.064}} {
		cores := make([]*Core, shape.cores)
		for i := range cores {
			cores[i] = sparseCore(b, uint64(i), shape.neurons, shape.axons, shape.density)
		}
		rng, words := rand.New(rand.NewPCG(3, 4)), cores[0].SetWords()
		due := make([]uint64, ticks*words)
		for k := range ticks {
			for a := range shape.axons {
				if rng.IntN(10) == 0 {
					due[k*words+a>>6] |= 1 << (a & 63)
				}
			}
		}
		fired := make([]uint64, (shape.neurons+63)/64)
		for _, window := range []int{1, ticks} {
			b.Run(fmt.Sprintf("%d cores of %d x %d/window=%d", shape.cores, shape.axons,
				shape.neurons, window), func(b *testing.B) {
				cpu := cpuSeconds(b)
				for b.Loop() {
					for t := 0; t < ticks; t += window {
						for _, c := range cores {
							c.Gather(due[t*words:], window)
							for k := range window {
								c.Select(k)
								c.Receive(nil)
								c.TickSet(0, 1, fired)
							}
						}
					}
				}
				var synops int64
				for _, c := range cores {
					synops += c.Counts().Synops
					c.ResetCounts()
				}
				b.ReportMetric(float64(synops)/(cpuSeconds(b)-cpu), "synops/CPU-s")
			})
		}
	}
	b.Logf("instructions: %v", kernel.Best())
}

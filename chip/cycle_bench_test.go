package chip

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/core"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// layered is a chip with one layer of neurons per core, each fully connected to
// the next, on the shipped chip named.
func layered(profile string, sizes ...int) *layout.Image {
	r := rand.New(rand.NewPCG(1, 2))
	text := profileText(profile, nil)
	img := &layout.Image{
		Model: "layered", Chip: layout.Chip{Name: profile, Profile: text},
		Input:   layout.Input{Name: "in", Shape: []int32{int32(sizes[0])}},
		Encoder: layout.Encoder{Kind: "spikes", Ticks: 16},
		Routes: router.Table{Mesh: router.Mesh{Width: 8, Height: 8},
			Neurons: make([]router.Routes, 64)},
	}
	number := uint32(0)
	for k, size := range sizes[1:] {
		tile := router.Core(k)
		cfg := core.Config{
			Widths: core.Widths{Potential: 24, Current: 24, IndexBits: 10},
			Groups: []core.Group{{Count: int32(size), Population: int32(k), Depth: int32(k),
				DecayV: 3900}},
		}
		for range size {
			cfg.Threshold, cfg.Bias, cfg.Reset = append(cfg.Threshold, 900), append(cfg.Bias,
				0), append(cfg.Reset, 0)
			cfg.V0, cfg.ID = append(cfg.V0, 0), append(cfg.ID, number)
			number++
		}
		before := router.Routes{Start: []int32{0}}
		for i := range sizes[k] {
			cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(i)})
			cfg.Rows = append(cfg.Rows, core.Row{WeightBits: 8, Count: int32(size), Exclude: -1,
				Offset: int64(len(cfg.Dense8))})
			for range size {
				cfg.Dense8 = append(cfg.Dense8, int8(r.IntN(255)-127))
			}
			before.Dests = append(before.Dests, router.Dest{Core: tile, Axon: int32(i)})
			before.Start = append(before.Start, int32(i+1))
		}
		if k == 0 {
			img.Routes.Ports = []router.PortRoutes{{Name: "host", Routes: before}}
		} else {
			img.Routes.Neurons[k-1] = before
		}
		img.Cores = append(img.Cores, layout.PlacedCore{Tile: tile, Config: cfg})
		img.Populations = append(img.Populations, layout.Population{
			Name: fmt.Sprint("fc", k), Shape: []int32{int32(size)}, Depth: int32(k), Spikes: true,
			Segments: []layout.Segment{{Tile: tile, Count: int32(size)}},
		})
		img.Routes.Neurons[k] = router.Routes{Start: make([]int32, size+1)}
	}
	last := len(img.Populations) - 1
	img.Readout = layout.Readout{Kind: layout.ReadoutCount, Population: int32(last),
		Classes: img.Populations[last].Shape[0]}
	return img
}

// noise is a train in which each source spikes with a probability in each tick.
func noise(sources, ticks int, rate float64) *spike.Train {
	r := rand.New(rand.NewPCG(3, 4))
	train := spike.NewTrain(sources, ticks)
	for t := range ticks {
		for s := range sources {
			if r.Float64() < rate {
				train.Set(t, s)
			}
		}
	}
	return train
}

// BenchmarkEngines answers how many synops per CPU-second each engine emulates
// on a 784-400-10 network with a tenth of its inputs spiking per tick.
func BenchmarkEngines(b *testing.B) {
	for _, profile := range []string{"adder", "loihi"} {
		c, err := Load(layered(profile, 784, 400, 10))
		require.NoError(b, err)
		cycle, err := c.NewCycle(Options{}, nil)
		require.NoError(b, err)
		for k, engine := range []Engine{c.NewFast(Options{}), cycle} {
			b.Run(profile+"/"+[]string{"fast", "cycle"}[k], func(b *testing.B) {
				sample := &Sample{Spikes: noise(784, 16, 0.1)}
				var synops, hops int64
				b.ReportAllocs()
				cpu := cpuSeconds(b)
				for b.Loop() {
					o, err := engine.Run(context.Background(), sample)
					if err != nil {
						b.Fatal(err)
					}
					synops += o.Counts.Core.Synops
					hops += o.Counts.Traffic.Hops.Total()
				}
				used := cpuSeconds(b) - cpu
				b.ReportMetric(float64(synops)/used/1e6, "Msynops/CPU-s")
				b.ReportMetric(float64(hops)/used, "hops/CPU-s")
			})
		}
	}
}

// emptyChip is an image of cores with neurons and not one synapse.
func emptyChip(cores, neurons int) *layout.Image {
	img := line(1, profileText("loihi", nil))
	img.Routes = router.Table{
		Mesh: router.Mesh{Width: 16, Height: 8}, Unicast: true,
		Neurons: make([]router.Routes, cores),
		Ports:   []router.PortRoutes{{Name: "host", Routes: router.Routes{Start: []int32{0, 0}}}},
	}
	img.Cores, img.Populations = nil, nil
	for i := range cores {
		cfg := core.Config{
			Widths: core.Widths{Potential: 24, Current: 24, IndexBits: 10, Align: 6},
			Groups: []core.Group{{Count: int32(neurons), Population: int32(i), DecayV: 4000,
				DecayU: 3000, HasCurrent: true}},
			Threshold: make([]int32, neurons), Bias: make([]int32, neurons),
			Reset: make([]int32, neurons), V0: make([]int32, neurons), ID: make([]uint32, neurons),
		}
		for n := range cfg.ID {
			cfg.ID[n] = uint32(i*neurons + n)
		}
		img.Cores = append(img.Cores, layout.PlacedCore{Tile: router.Core(i), Config: cfg})
		img.Routes.Neurons[i] = router.Routes{Start: make([]int32, neurons+1)}
		img.Populations = append(img.Populations, layout.Population{
			Name: fmt.Sprint("p", i), Shape: []int32{int32(neurons)}, Spikes: true,
			Segments: []layout.Segment{{Tile: router.Core(i), Count: int32(neurons)}},
		})
	}
	img.Readout = layout.Readout{Kind: layout.ReadoutCount, Classes: int32(neurons)}
	return img
}

// heap is the memory in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestEmptyChipIsSmall: 128 cores of 1,024 neurons, image, chip and both engines
// together.
func TestEmptyChipIsSmall(t *testing.T) {
	before := heap()
	img := emptyChip(128, 1024)
	c, err := Load(img)
	require.NoError(t, err)
	fast := c.NewFast(Options{})
	cycle, err := c.NewCycle(Options{}, nil)
	require.NoError(t, err)
	for _, engine := range []Engine{fast, cycle} {
		_, err := engine.Run(t.Context(), &Sample{Spikes: spike.NewTrain(1, 1)})
		require.NoError(t, err)
	}
	used := heap() - before
	runtime.KeepAlive(img)
	runtime.KeepAlive(fast)
	runtime.KeepAlive(cycle)
	t.Logf("%.1f MB", float64(used)/1e6)
	require.Less(t, used, int64(50e6))
}

// TestBytesPerSynapse: what a loaded core takes per synapse, by format, beside
// its configuration and all else that a synapse costs.
func TestBytesPerSynapse(t *testing.T) {
	const neurons, sources = 1024, 1024
	for _, c := range []struct {
		name  string
		most  float64
		store func(cfg *core.Config, row *core.Row)
	}{
		{"dense, 8 bits", 1, func(cfg *core.Config, row *core.Row) {
			row.Format, row.WeightBits, row.Offset = core.Dense8, 8, int64(len(cfg.Dense8))
			cfg.Dense8 = append(slices.Grow(cfg.Dense8, neurons*sources-len(cfg.Dense8)),
				make([]int8, neurons)...)
		}},
		{"dense, 9 bits", 2, func(cfg *core.Config, row *core.Row) {
			row.Format, row.WeightBits, row.Offset = core.Dense16, 9, int64(len(cfg.Dense16))
			cfg.Dense16 = append(slices.Grow(cfg.Dense16, neurons*sources-len(cfg.Dense16)),
				slices.Repeat([]int16{-200, 200}, neurons/2)...)
		}},
		{"sparse", 8, func(cfg *core.Config, row *core.Row) {
			row.Format, row.WeightBits, row.Offset = core.Sparse, 8, int64(len(cfg.Sparse))
			cfg.Sparse = append(slices.Grow(cfg.Sparse, neurons*sources-len(cfg.Sparse)),
				make([]core.Synapse, neurons)...)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := heap()
			cfg := &core.Config{
				Widths:    core.Widths{Potential: 24, Current: 24, IndexBits: 10},
				Groups:    []core.Group{{Count: neurons, DecayV: 4096}},
				Threshold: make([]int32, neurons), Bias: make([]int32, neurons),
				Reset: make([]int32, neurons), V0: make([]int32, neurons),
				ID: make([]uint32, neurons),
			}
			for i := range sources {
				row := core.Row{Count: neurons, Exclude: -1}
				c.store(cfg, &row)
				cfg.Axons, cfg.Rows = append(cfg.Axons, core.Axon{Row: int32(i)}), append(cfg.Rows,
					row)
			}
			loaded, err := core.New(cfg)
			require.NoError(t, err)
			used := float64(heap()-before) / (neurons * sources)
			runtime.KeepAlive(loaded)
			runtime.KeepAlive(cfg)
			t.Logf("%.2f bytes", used)
			require.Less(t, used, c.most*1.4)
		})
	}
}

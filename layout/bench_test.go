package layout

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/core"
	"adder/router"
)

// bigImage fills 100 cores with a megabyte of synapses each, in rows of the
// given format and length.
func bigImage(format core.RowFormat, length int) *Image {
	const (
		cores   = 100
		neurons = 1024
		bytes   = 1 << 20
	)
	img := &Image{
		Model: "big",
		Routes: router.Table{Mesh: router.Mesh{Width: 10, Height: 10},
			Neurons: make([]router.Routes, cores)},
		Input:   Input{Name: "input", Shape: []int32{1}},
		Encoder: Encoder{Kind: "rate", Ticks: 32},
	}
	img.Routes.Ports = []router.PortRoutes{{Name: "host",
		Routes: router.Routes{Start: []int32{0, 0}}}}
	pop := Population{Name: "layer", Shape: []int32{cores * neurons}, Spikes: true}
	for tile := range router.Core(cores) {
		cfg := core.Config{
			Widths:    core.Widths{Potential: 24, Current: 24},
			Groups:    []core.Group{{Count: neurons, DecayV: 4096}},
			Threshold: make([]int32, neurons), Bias: make([]int32, neurons),
			Reset: make([]int32, neurons), V0: make([]int32, neurons),
			ID: make([]uint32, neurons),
		}
		for n := range cfg.ID {
			cfg.ID[n] = uint32(tile)*neurons + uint32(n)
		}
		entries := bytes
		if format == core.Sparse {
			entries = bytes / 4
			cfg.Sparse = make([]core.Synapse, entries)
		} else {
			cfg.Dense8 = make([]int8, entries)
		}
		for at := 0; at+length <= entries; at += length {
			cfg.Rows = append(cfg.Rows, core.Row{Format: format, WeightBits: 8, Exclude: -1,
				Count: int32(length), Offset: int64(at)})
			cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(len(cfg.Rows) - 1)})
		}
		img.Cores = append(img.Cores, PlacedCore{Tile: tile, Config: cfg})
		routes := &img.Routes.Neurons[tile]
		routes.Start = make([]int32, 1, neurons+1)
		for n := range neurons {
			routes.Dests = append(routes.Dests,
				router.Dest{Core: tile, Axon: int32(n % len(cfg.Axons))})
			routes.Start = append(routes.Start, int32(len(routes.Dests)))
		}
		pop.Segments = append(pop.Segments, Segment{Tile: tile, Count: neurons})
	}
	img.Populations = []Population{pop}
	return img
}

var bigImages = []struct {
	name   string
	format core.RowFormat
	length int
}{
	{"dense rows of 1024", core.Dense8, 1024},
	{"sparse rows of 64", core.Sparse, 64},
	{"sparse rows of 9", core.Sparse, 9},
}

// BenchmarkOpen asks how long an image of 100 MB takes from the file to an
// image that is checked.
func BenchmarkOpen(b *testing.B) {
	for _, big := range bigImages {
		b.Run(big.name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "big.image")
			require.NoError(b, Save(path, bigImage(big.format, big.length)))
			info, err := os.Stat(path)
			require.NoError(b, err)
			b.SetBytes(info.Size())
			b.ReportAllocs()
			for b.Loop() {
				_, err := Open(path)
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkWrite asks how long the same images take to check and encode.
func BenchmarkWrite(b *testing.B) {
	for _, big := range bigImages {
		b.Run(big.name, func(b *testing.B) {
			img := bigImage(big.format, big.length)
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, Write(io.Discard, img))
			}
		})
	}
}

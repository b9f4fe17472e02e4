package chip

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"adder/chip/profile/profiletest"
	"adder/core"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// profileText is a shipped profile with some of its fields changed.
func profileText(name string, fields profiletest.Fields) []byte {
	return profiletest.Text(panics{}, name, fields)
}

// panics is the test of functions that have none.
type panics struct{}

func (panics) Errorf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

func (panics) FailNow() {}

// drawProfile draws a chip: sizes of buffers and times of all parts.
func drawProfile(t *rapid.T, m router.Mesh, unicast bool) layout.Chip {
	cycles := func(name string) string {
		return fmt.Sprintf("%d cycles", rapid.SampledFrom([]int{0, 1, 2, 3, 7, 40}).Draw(t, name))
	}
	lines := profiletest.Fields{
		"name": "drawn", "width": m.Width, "height": m.Height, "multicast": !unicast,
		"early_start":  rapid.Bool().Draw(t, "early"),
		"output_fifo":  rapid.IntRange(1, 3).Draw(t, "fifo"),
		"input_buffer": rapid.IntRange(1, 3).Draw(t, "buffer"),
		"lanes":        rapid.IntRange(1, 8).Draw(t, "lanes"), "base": cycles("base"),
		"per_hop": cycles("per hop"),
	}
	for _, key := range []string{
		"axon_lookup", "row_start", "memory_cycle", "dense_step", "sparse_step", "others_step",
		"neuron_update", "neuron_idle",
		"spike_out", "packet_out", "reset_write", "update_fill", "delay_write", "delay_read",
		"pipeline", "local", "east", "west", "north", "south",
	} {
		lines[key] = cycles(key)
	}
	return layout.Chip{Name: "drawn", Profile: profileText("adder", lines)}
}

// drawImage draws a chip and a network on it, placed anyhow: populations in
// pieces on cores in any order, routes from anywhere to anywhere.
func drawImage(t *rapid.T) *layout.Image {
	m := router.Mesh{Width: int16(rapid.IntRange(1, 4).Draw(t, "width")),
		Height: int16(rapid.IntRange(1, 3).Draw(t, "height"))}
	unicast := rapid.Bool().Draw(t, "unicast")
	img := &layout.Image{Model: "drawn", Chip: drawProfile(t, m, unicast),
		Routes: router.Table{Mesh: m, Unicast: unicast}}
	img.Routes.Neurons = make([]router.Routes, m.Tiles())
	always := rapid.IntRange(0, m.Tiles()-1).Draw(t, "always used")
	for tile := range m.Tiles() {
		if tile == always || rapid.Bool().Draw(t, "used") {
			img.Cores = append(img.Cores, layout.PlacedCore{Tile: router.Core(tile)})
		}
	}
	drawPopulations(t, img)
	img.Cores = slices.DeleteFunc(img.Cores, func(c layout.PlacedCore) bool {
		return c.Config.Neurons() == 0
	})
	merge := rapid.Bool().Draw(t, "merge")
	for i := range img.Cores {
		cfg := &img.Cores[i].Config
		cfg.Widths = core.Widths{Potential: 12, Current: 12, MergeDuplicates: merge, IndexBits: 10}
		drawRows(t, cfg)
	}
	for i := range img.Cores {
		img.Routes.Neurons[img.Cores[i].Tile] = drawRoutes(t, img, img.Cores[i].Config.Neurons())
	}
	inputs := rapid.IntRange(1, 12).Draw(t, "inputs")
	at := m.At(router.Core(rapid.IntRange(0, m.Tiles()-1).Draw(t, "port")))
	img.Routes.Ports = []router.PortRoutes{{Name: "host", At: at,
		Routes: drawRoutes(t, img, inputs)}}
	img.Input = layout.Input{Name: "in", Shape: []int32{int32(inputs)}}
	img.Encoder = layout.Encoder{Kind: "spikes",
		Ticks: int32(rapid.IntRange(1, 6).Draw(t, "ticks"))}
	drawReadout(t, img)
	return img
}

// drawReadout draws what is read of a population: what it can be read by, or
// nothing.
func drawReadout(t *rapid.T, img *layout.Image) {
	p := rapid.IntRange(0, len(img.Populations)-1).Draw(t, "read")
	size := img.Populations[p].Shape[0]
	r := layout.Readout{Kind: layout.ReadoutKind(rapid.IntRange(0, 3).Draw(t, "readout")),
		Population: int32(p), Classes: size}
	if !img.Populations[p].Spikes {
		r.Kind = min(r.Kind, layout.ReadoutPotential)
	}
	if r.Kind == layout.ReadoutLabels {
		r.Classes = int32(rapid.IntRange(1, 4).Draw(t, "classes"))
		weighted := rapid.Bool().Draw(t, "weighted")
		for range size {
			r.Labels = append(r.Labels, rapid.Int32Range(-1, r.Classes-1).Draw(t, "label"))
			if weighted {
				r.Proportions = append(r.Proportions, rapid.Uint16().Draw(t, "proportion"))
			}
		}
	}
	img.Readout = r
}

func drawPopulations(t *rapid.T, img *layout.Image) {
	number := uint32(0)
	for p := range rapid.IntRange(1, 4).Draw(t, "populations") {
		pop := layout.Population{Name: fmt.Sprint("p", p),
			Depth:  int32(rapid.IntRange(0, 3).Draw(t, "depth")),
			Spikes: rapid.IntRange(0, 4).Draw(t, "integrates") > 0}
		total := int32(0)
		for range rapid.IntRange(1, 3).Draw(t, "segments") {
			i := rapid.IntRange(0, len(img.Cores)-1).Draw(t, "core")
			cfg := &img.Cores[i].Config
			g := core.Group{
				First: int32(cfg.Neurons()), Count: int32(rapid.IntRange(1, 8).Draw(t, "count")),
				Population: int32(p), Depth: pop.Depth, Integrator: !pop.Spikes,
				DecayV:     rapid.SampledFrom([]uint16{0, 2048, 4000, 4096}).Draw(t, "decay"),
				HasCurrent: rapid.Bool().Draw(t, "current"), DecayU: 2000,
				Refractory: uint16(rapid.IntRange(0, 2).Draw(t, "refractory")),
				ResetMode:  core.ResetMode(rapid.IntRange(0, 1).Draw(t, "reset")),
			}
			cfg.Groups = append(cfg.Groups, g)
			for range g.Count {
				cfg.Threshold = append(cfg.Threshold,
					int32(rapid.IntRange(0, 20).Draw(t, "threshold")))
				cfg.Bias = append(cfg.Bias, int32(rapid.IntRange(-1, 3).Draw(t, "bias")))
				cfg.Reset, cfg.V0, cfg.ID = append(cfg.Reset, 1), append(cfg.V0, 0), append(cfg.ID,
					number)
				number++
			}
			pop.Segments = append(pop.Segments,
				layout.Segment{Tile: img.Cores[i].Tile, First: g.First, Count: g.Count})
			total += g.Count
		}
		pop.Shape = []int32{total}
		img.Populations = append(img.Populations, pop)
	}
}

// drawRows draws synapse rows of every format and the axon entries that name
// them.
func drawRows(t *rapid.T, cfg *core.Config) {
	neurons := cfg.Neurons()
	weight := rapid.IntRange(-8, 12)
	for range rapid.IntRange(1, 5).Draw(t, "rows") {
		first := rapid.IntRange(0, neurons-1).Draw(t, "first")
		row := core.Row{WeightBits: 8, Exclude: -1, First: int32(first),
			Count: int32(rapid.IntRange(0, neurons-first).Draw(t, "length"))}
		switch row.Format = core.RowFormat(rapid.IntRange(0, 3).Draw(t, "format")); row.Format {
		case core.Dense8:
			row.Offset = int64(len(cfg.Dense8))
			for range row.Count {
				cfg.Dense8 = append(cfg.Dense8, int8(weight.Draw(t, "weight")))
			}
		case core.Dense16:
			row.Offset, row.WeightBits = int64(len(cfg.Dense16)), 9
			for range row.Count {
				cfg.Dense16 = append(cfg.Dense16, int16(weight.Draw(t, "weight")))
			}
		case core.Sparse:
			row.Offset, row.First = int64(len(cfg.Sparse)), 0
			for n := range row.Count {
				cfg.Sparse = append(cfg.Sparse,
					core.Synapse{Neuron: uint16(n), Weight: int16(weight.Draw(t, "weight"))})
			}
		case core.Others:
			row.Weight, row.Exclude = int16(weight.Draw(t, "weight")), int32(rapid.IntRange(-1,
				neurons-1).Draw(t, "exclude"))
		}
		cfg.Rows = append(cfg.Rows, row)
	}
	for range rapid.IntRange(1, 6).Draw(t, "axons") {
		a := core.Axon{
			Row:   int32(rapid.IntRange(0, len(cfg.Rows)-1).Draw(t, "row")),
			Delay: rapid.SampledFrom([]uint8{0, 0, 0, 1, 2, 5}).Draw(t, "delay"),
		}
		// sparse rows name neurons from 0 on, each once
		if r := &cfg.Rows[a.Row]; r.Format != core.Others {
			a.Base = int32(rapid.IntRange(0, neurons-int(r.First+r.Count)).Draw(t, "base"))
		}
		cfg.Axons = append(cfg.Axons, a)
	}
}

func drawRoutes(t *rapid.T, img *layout.Image, sources int) router.Routes {
	r := router.Routes{Start: []int32{0}}
	for range sources {
		var dests []router.Dest
		for range rapid.IntRange(0, 4).Draw(t, "fan-out") {
			i := rapid.IntRange(0, len(img.Cores)-1).Draw(t, "to")
			dests = append(dests,
				router.Dest{Core: img.Cores[i].Tile,
					Axon: int32(rapid.IntRange(0, len(img.Cores[i].Config.Axons)-1).Draw(t,
						"axon"))})
		}
		slices.SortFunc(dests, func(a, b router.Dest) int {
			if a.Core != b.Core {
				return int(a.Core - b.Core)
			}
			return int(a.Axon - b.Axon)
		})
		r.Dests = append(r.Dests, dests...)
		r.Start = append(r.Start, int32(len(r.Dests)))
	}
	return r
}

func drawTrain(t *rapid.T, sources, ticks int) *spike.Train {
	train := spike.NewTrain(sources, ticks)
	for tick := range ticks {
		for s := range sources {
			if rapid.IntRange(0, 2).Draw(t, "spike") == 0 {
				train.Set(tick, s)
			}
		}
	}
	return train
}

package layout

import (
	"fmt"

	"pgregory.net/rapid"

	"adder/core"
	"adder/router"
)

// smallImage uses every part of the format: two cores, all row formats, one
// core that learns, two ports, a population in two segments and a host layer.
func smallImage() *Image {
	first := core.Config{
		Widths: core.Widths{Potential: 24, Current: 20, WrapCurrent: true, Align: 6, DecayDigits: 3,
			IndexBits: 10},
		Groups: []core.Group{
			{First: 0, Count: 2, Population: 0, HasCurrent: true, BiasToCurrent: true, DecayU: 1024,
				DecayV: 4000, WeightExp: -3, Refractory: 2, HasFloor: true, Floor: -9,
				Winner: core.Winner{Arbiter: core.ArbiterMargin, LateralReset: true, Alone: true}},
			{First: 2, Count: 1, Population: 1, Depth: 1, DecayV: 4096, Integrator: true,
				ResetMode: core.ResetSubtract},
		},
		Threshold: []int32{4096, 5000, 1}, Bias: []int32{-7, 8, 0}, Reset: []int32{0, -3, 4},
		V0:    []int32{1, 2, 3},
		ID:    []uint32{0, 1, 3},
		Axons: []core.Axon{{Row: 0}, {Row: 1, Delay: 3}, {Row: 2}, {Row: 3, Delay: 62}},
		Rows: []core.Row{
			{Format: core.Dense8, WeightBits: 8, Exclude: -1, First: 0, Count: 3},
			{Format: core.Dense16, WeightBits: 9, Exclude: -1, First: 1, Count: 2},
			{Format: core.Sparse, WeightBits: 4, Exclude: -1, Count: 2},
			{Format: core.Others, WeightBits: 5, Weight: -16, Shift: 3, Exclude: 1, First: 0,
				Count: 3},
		},
		Dense8: []int8{-128, 0, 127}, Dense16: []int16{-255, 255},
		Sparse: []core.Synapse{{Neuron: 0, Weight: 7}, {Neuron: 2, Weight: -7}},
	}
	second := core.Config{
		Widths: core.Widths{Potential: 24, Current: 20},
		Groups: []core.Group{{Count: 1, Population: 0, DecayV: 4096, Escape: 1,
			Theta: core.Theta{Adaptive: true, Always: true, Plus: 5, Decay: 23, Fall: 70000,
				Min: -6}}},
		Threshold: []int32{9}, Bias: []int32{0}, Reset: []int32{0}, V0: []int32{0}, ID: []uint32{2},
		Rows: []core.Row{{Format: core.Plastic, WeightBits: 16, Exclude: -1, Count: 1},
			{Format: core.Plastic, WeightBits: 16, Exclude: -1, Count: 1, Offset: 1}},
		Plastic: []uint16{65535, 258}, Theta: []int32{-4}, Target: []int32{1 << 20},
		Escape: []core.EscapeTable{{Shift: 3, Probability: []uint32{0, 7, 1 << 31}}},
		Plasticity: []core.Plasticity{{
			Rows: 2, Rule: core.RuleWeightDependent, LTP: 6, LTD: core.RateOff,
			Pre:  core.Trace{Kind: core.TraceBox, Length: 20},
			Post: core.Trace{Length: 4}, Offset: 3, Min: 1, Max: 65280,
			Norm: core.Norm{Kind: core.NormL2, Shift: 5, Step: 100, Every: 400},
		}},
	}
	return &Image{
		Model: "small", Chip: Chip{Name: "tiny", Profile: []byte("name: tiny\n")},
		Cores: []PlacedCore{{Tile: 1, Config: first, Full: "neurons"}, {Tile: 5, Config: second}},
		Routes: router.Table{
			Mesh: router.Mesh{Width: 3, Height: 2}, Unicast: true,
			Neurons: []router.Routes{
				{}, {Start: []int32{0, 1, 1, 1}, Dests: []router.Dest{{Core: 1, Axon: 3}}}, {}, {},
				{},
				{Start: []int32{0, 2}, Dests: []router.Dest{{Core: 1, Axon: 1},
					{Core: 1, Axon: 2}}},
			},
			Ports: []router.PortRoutes{
				{Name: "host", At: router.Coord{X: 2, Y: 1},
					Routes: router.Routes{Start: []int32{0, 1, 1},
						Dests: []router.Dest{{Core: 1}}}},
				{Name: "aux", At: router.Coord{}},
			},
		},
		Input: Input{Name: "pixels", Shape: []int32{1, 2}},
		Encoder: Encoder{Kind: EncoderDirect, Ticks: 32, Intensity: 1_000_000,
			TickNanoseconds: 1_000_000, Bits: 8, Fields: 4, Cut: 100_000},
		Populations: []Population{
			{Name: "hidden", Shape: []int32{3}, Spikes: true,
				Segments: []Segment{{Tile: 1, Count: 2}, {Tile: 5, Count: 1}},
				Unit: []Real{{Mantissa: 4096}, {Mantissa: 4097, Exponent: -1},
					{Mantissa: 3, Exponent: 10}}, Rest: []Real{{Mantissa: -65, Exponent: -4}}},
			{Name: "out", Shape: []int32{1, 1}, Depth: 1,
				Segments: []Segment{{Tile: 1, First: 2, Count: 1}}},
		},
		Readout: Readout{Kind: ReadoutLabels, Population: 0, Classes: 2, Labels: []int32{1, -1, 0},
			Proportions: []uint16{65535, 0, 30000}},
		Host:     &HostLayer{Population: 0, Weights: []int16{1, -2, 3, -4, 5, -6}, WeightExp: 4},
		Synapses: 1 << 40, Unrolled: 1<<40 + 1,
	}
}

// randomImage draws a valid image: a few populations cut into segments that
// are spread over random tiles, with random rows and routes.
func randomImage(t *rapid.T) *Image {
	mesh := router.Mesh{Width: int16(rapid.IntRange(1, 5).Draw(t, "width")),
		Height: int16(rapid.IntRange(1, 5).Draw(t, "height"))}
	cores := make([]*core.Config, mesh.Tiles())
	img := &Image{
		Model: rapid.String().Draw(t, "model"),
		Chip:  Chip{Name: "chip", Profile: some(t, "profile", rapid.Byte())},
		Encoder: Encoder{
			Kind: "rate", Ticks: rapid.Int32Range(0, 100).Draw(t, "ticks"),
			Intensity:       rapid.Int64Min(0).Draw(t, "intensity"),
			TickNanoseconds: rapid.Int64Min(0).Draw(t, "nanoseconds"),
			Bits:            rapid.Byte().Draw(t, "bits"),
			Fields:          rapid.Int32Min(0).Draw(t, "fields"),
			Cut:             rapid.Int32Min(0).Draw(t, "cut"),
		},
		Synapses: rapid.Int64().Draw(t, "synapses"), Unrolled: rapid.Int64().Draw(t, "unrolled"),
	}
	if rapid.Bool().Draw(t, "prepared") {
		img.Preparation = &Preparation{
			Layout: rapid.SampledFrom([]string{"", "chw", "hwc"}).Draw(t, "layout"),
			Gain:   NewReals(rapid.Float64Range(-1e9, 1e9).Draw(t, "gain")),
		}
	}
	id := uint32(0)
	for p := range rapid.IntRange(1, 4).Draw(t, "populations") {
		pop := Population{
			Name: fmt.Sprint("layer ", p), Depth: rapid.Int32Range(0, 9).Draw(t, "depth"),
			Spikes: rapid.Bool().Draw(t, "spikes"),
			Rest: []Real{{Mantissa: rapid.Int64().Draw(t, "rest"),
				Exponent: rapid.Int32().Draw(t, "exponent")}},
		}
		size := int32(0)
		for range rapid.IntRange(1, 3).Draw(t, "segments") {
			tile := rapid.IntRange(0, mesh.Tiles()-1).Draw(t, "tile")
			if cores[tile] == nil {
				cores[tile] = &core.Config{Widths: core.Widths{Potential: 24, Current: 24,
					Align: rapid.Uint8Range(0, 6).Draw(t, "align")}}
			}
			count := rapid.Int32Range(1, 6).Draw(t, "count")
			pop.Segments = append(pop.Segments,
				Segment{Tile: router.Core(tile), First: int32(cores[tile].Neurons()), Count: count})
			addNeurons(t, cores[tile], core.Group{Count: count, Population: int32(p),
				Depth: pop.Depth, Integrator: !pop.Spikes}, &id)
			size += count
		}
		pop.Shape = []int32{size}
		for range size {
			pop.Unit = append(pop.Unit, Real{Mantissa: rapid.Int64Min(1).Draw(t, "unit")})
		}
		img.Populations = append(img.Populations, pop)
	}
	img.Readout.Population = rapid.Int32Range(0, int32(len(img.Populations)-1)).Draw(t, "read")
	place(t, img, mesh, cores)
	return img
}

func addNeurons(t *rapid.T, cfg *core.Config, g core.Group, id *uint32) {
	g.First = int32(cfg.Neurons())
	g.HasCurrent = rapid.Bool().Draw(t, "current")
	g.DecayV = rapid.Uint16Range(0, 4096).Draw(t, "decay")
	g.WeightExp = rapid.Int8Range(-8, 15).Draw(t, "weightExp")
	g.Refractory = rapid.Uint16().Draw(t, "refractory")
	cfg.Groups = append(cfg.Groups, g)
	constant := rapid.Int32Range(-1<<22, 1<<22)
	for range g.Count {
		cfg.Threshold = append(cfg.Threshold, constant.Draw(t, "threshold"))
		cfg.Bias = append(cfg.Bias, constant.Draw(t, "bias"))
		cfg.Reset = append(cfg.Reset, constant.Draw(t, "reset"))
		cfg.V0 = append(cfg.V0, constant.Draw(t, "v0"))
		cfg.ID = append(cfg.ID, *id)
		*id++
	}
}

// place gives cores synapses and the image its cores and routes.
func place(t *rapid.T, img *Image, mesh router.Mesh, cores []*core.Config) {
	var ends []router.Dest
	for tile, cfg := range cores {
		if cfg == nil {
			continue
		}
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			addRow(t, cfg)
			ends = append(ends,
				router.Dest{Core: router.Core(tile), Axon: int32(len(cfg.Axons) - 1)})
		}
		img.Cores = append(img.Cores, PlacedCore{Tile: router.Core(tile), Config: *cfg})
	}
	draw := func(sources int) router.Routes {
		r := router.Routes{Start: []int32{0}}
		for range sources {
			for _, end := range ends {
				if rapid.Bool().Draw(t, "reaches") {
					r.Dests = append(r.Dests, end)
				}
			}
			r.Start = append(r.Start, int32(len(r.Dests)))
		}
		return r
	}
	img.Routes = router.Table{Mesh: mesh, Unicast: rapid.Bool().Draw(t, "unicast"),
		Neurons: make([]router.Routes, mesh.Tiles())}
	for _, placed := range img.Cores {
		img.Routes.Neurons[placed.Tile] = draw(placed.Config.Neurons())
	}
	img.Input = Input{Name: "input", Shape: []int32{rapid.Int32Range(1, 3).Draw(t, "rows"),
		rapid.Int32Range(1, 3).Draw(t, "columns")}}
	img.Routes.Ports = []router.PortRoutes{{Name: "host",
		Routes: draw(int(img.Input.Shape[0] * img.Input.Shape[1]))}}
}

func addRow(t *rapid.T, cfg *core.Config) {
	count := rapid.IntRange(0, cfg.Neurons()).Draw(t, "length")
	row := core.Row{Format: rapid.SampledFrom([]core.RowFormat{core.Dense8, core.Dense16,
		core.Sparse, core.Others}).Draw(t, "format"), WeightBits: 8, Exclude: -1,
		Count: int32(count)}
	weight := rapid.Int8()
	switch row.Format {
	case core.Dense8:
		row.Offset = int64(len(cfg.Dense8))
		for range count {
			cfg.Dense8 = append(cfg.Dense8, weight.Draw(t, "weight"))
		}
	case core.Dense16:
		row.Offset = int64(len(cfg.Dense16))
		for range count {
			cfg.Dense16 = append(cfg.Dense16, int16(weight.Draw(t, "weight")))
		}
	case core.Sparse:
		row.Offset = int64(len(cfg.Sparse))
		for n := range count {
			cfg.Sparse = append(cfg.Sparse,
				core.Synapse{Neuron: uint16(n), Weight: int16(weight.Draw(t, "weight"))})
		}
	default:
		row.Weight = int16(weight.Draw(t, "weight"))
	}
	cfg.Rows = append(cfg.Rows, row)
	cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(len(cfg.Rows) - 1),
		Base: rapid.Int32().Draw(t, "base"), Delay: rapid.Byte().Draw(t, "delay")})
}

func some[T any](t *rapid.T, label string, item *rapid.Generator[T]) []T {
	if items := rapid.SliceOfN(item, 0, 20).Draw(t, label); len(items) > 0 {
		return items
	}
	return nil
}

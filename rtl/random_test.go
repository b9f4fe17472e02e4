package rtl

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/chip/profile/profiletest"
	"adder/core"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// drawing draws images of what the hardware has, with everything in them: several
// cores and routers, dense and sparse rows at any place, layers that start in
// different ticks, every model, and times of all parts.
type drawing struct {
	*rand.Rand
	t *testing.T
	// crowded chips have all tiles in use, and packets from everywhere to everywhere that
	// wait for each other.
	crowded bool
	// more draws what few networks have: rows to all others, delays, codes.
	more bool
}

func newDrawing(t *testing.T, seed uint64) *drawing {
	return &drawing{Rand: rand.New(rand.NewPCG(seed, 17)), t: t, crowded: seed%3 == 2,
		more: seed%3 == 1}
}

func (d *drawing) between(low, high int) int { return low + d.IntN(high-low+1) }

func (d *drawing) yes(of int) bool { return d.IntN(of) == 0 }

// timing draws lines of a profile. Buffers of one place and slow parts are common.
func (d *drawing) timing(mesh router.Mesh) profiletest.Fields {
	cycles := func(low, high int) string { return fmt.Sprint(d.between(low, high), " cycles") }
	update := cycles(2, 6)
	return profiletest.Fields{
		"width": mesh.Width, "height": mesh.Height, "lanes": []int{2, 4, 8}[d.IntN(3)],
		"early_start": !d.yes(4),
		"output_fifo": d.between(1, 4), "input_buffer": d.between(1, 3),
		"axon_lookup": cycles(1, 3), "row_start": cycles(2, 3),
		"neuron_update": update, "neuron_idle": update, "update_fill": cycles(0, 5),
		"spike_out": cycles(1, 3), "packet_out": cycles(1, 2),
		"reset_write": cycles(1, 2), "pipeline": cycles(2, 4), "local": cycles(1, 3),
		"east": cycles(1, 3), "west": cycles(1, 2),
		"north": cycles(1, 2), "south": cycles(1, 3), "base": cycles(1, 9), "per_hop": cycles(0, 2),
		"potential_overflow": []string{"saturate", "wrap"}[d.IntN(2)],
		"current_overflow":   []string{"saturate", "wrap"}[d.IntN(2)],
		"sparse_index_bits":  10, "delay_write": cycles(1, 3), "delay_read": cycles(1, 3),
	}
}

// image draws a network on a chip.
func (d *drawing) image() *layout.Image {
	mesh := router.Mesh{Width: int16(d.between(1, 4)), Height: int16(d.between(1, 3))}
	if d.crowded {
		mesh = router.Mesh{Width: 3, Height: 2}
	}
	lines := d.timing(mesh)
	img := &layout.Image{
		Model:   "drawn",
		Chip:    layout.Chip{Name: "adder", Profile: profiletest.Text(d.t, "adder", lines)},
		Routes:  router.Table{Mesh: mesh, Neurons: make([]router.Routes, mesh.Tiles())},
		Input:   layout.Input{Name: "in", Shape: []int32{int32(d.between(1, 12))}},
		Encoder: layout.Encoder{Kind: "spikes", Ticks: int32(d.between(2, 8))},
	}
	widths := core.Widths{
		Potential: uint8(d.between(10, 24)), Current: uint8(d.between(10, 24)), IndexBits: 10,
		Align:         uint8(d.between(0, 2)),
		WrapPotential: lines["potential_overflow"] == "wrap",
		WrapCurrent:   lines["current_overflow"] == "wrap", DecayDigits: uint8(d.between(0, 3)),
	}
	for tile := range mesh.Tiles() {
		if len(img.Cores) == 0 || d.crowded || d.yes(2) {
			img.Cores = append(img.Cores, layout.PlacedCore{Tile: router.Core(tile),
				Config: core.Config{Widths: widths}})
		}
	}
	d.populate(img)
	for i := range img.Cores {
		d.rows(&img.Cores[i].Config)
	}
	for i := range img.Cores {
		cfg := &img.Cores[i].Config
		img.Routes.Neurons[img.Cores[i].Tile] = d.routes(img, cfg.Neurons())
	}
	img.Routes.Ports = []router.PortRoutes{{Name: "host",
		Routes: d.routes(img, int(img.Input.Shape[0]))}}
	return img
}

// populate puts populations on cores, a group each.
func (d *drawing) populate(img *layout.Image) {
	number := uint32(0)
	for i := range img.Cores {
		for range d.between(1, 3) {
			cfg, count := &img.Cores[i].Config, d.between(1, 9)
			g := d.group(&cfg.Widths)
			if d.more && d.yes(2) {
				g = d.coded(&cfg.Widths)
			}
			g.First, g.Count, g.Population = int32(cfg.Neurons()), int32(count), int32(
				len(img.Populations))
			cfg.Groups = append(cfg.Groups, g)
			img.Populations = append(img.Populations, layout.Population{
				Name: fmt.Sprint("p", g.Population), Shape: []int32{g.Count}, Depth: g.Depth,
				Spikes: !g.Integrator,
				Segments: []layout.Segment{{Tile: img.Cores[i].Tile, First: g.First,
					Count: g.Count}},
			})
			top := 1<<(cfg.Widths.Potential-1) - 1
			one, bias := d.between(1, min(top, 300)), d.between(-20, 60)
			if d.crowded {
				one, bias = 1, d.between(40, 60)
			}
			for range count {
				if g.Code.Kind != core.CodeNone {
					d.codedNeuron(cfg, g.Code.Bits, number)
					number++
					continue
				}
				if d.yes(3) && !d.crowded {
					one, bias = d.between(-5, min(top, 300)), d.between(-20, 60)
				}
				cfg.Threshold, cfg.Bias = append(cfg.Threshold, int32(one)), append(cfg.Bias,
					int32(bias))
				cfg.Reset, cfg.V0 = append(cfg.Reset, int32(d.between(-10, 80))), append(cfg.V0,
					int32(d.between(-50, 100)))
				cfg.ID = append(cfg.ID, number)
				number++
			}
		}
	}
}

// group draws a model with its constants.
func (d *drawing) group(w *core.Widths) core.Group {
	factor := func() uint16 { return []uint16{4096, 0, 3968, 3000, 2047, 1365, 4095}[d.IntN(7)] }
	g := core.Group{
		Depth: int32(d.between(0, 2)), DecayV: factor(), WeightExp: int8(d.between(-2, 3)),
		Integrator: d.yes(6),
		ResetMode:  core.ResetMode(d.IntN(2)), Refractory: uint16(max(d.between(-3, 3), 0)),
	}
	if d.yes(3) {
		g.HasCurrent, g.DecayU, g.BiasToCurrent = true, factor(), d.yes(2)
	}
	if d.yes(4) {
		g.HasFloor, g.Floor = true, int32(d.between(-100, 0))
	}
	if d.yes(4) {
		g.Leak = int32(d.between(-9, 9))
	}
	return g
}

// coded draws a group with a code.
func (d *drawing) coded(w *core.Widths) core.Group {
	g := core.Group{
		Depth: int32(d.between(0, 2)), WeightExp: int8(d.between(-1, 2)),
		Code: core.Code{
			Kind:   []core.CodeKind{core.CodeRadix, core.CodeLevel}[d.IntN(2)],
			Window: int32(d.between(1, 4)),
			Bits:   uint8(d.between(1, 3)),
		},
	}
	if d.yes(5) {
		g.Integrator, g.Code.Bits = true, 0
	}
	return g
}

// codedNeuron draws the constants of a neuron with a code of so many bits.
func (d *drawing) codedNeuron(cfg *core.Config, bits uint8, number uint32) {
	highest := (1<<(cfg.Widths.Potential-1) - 1) >> max(int(bits)-1, 0)
	cfg.Threshold = append(cfg.Threshold,
		int32(d.between(1, min(highest, []int{3, 150}[d.IntN(2)]))))
	cfg.Bias = append(cfg.Bias, int32(d.between(-20, 60)))
	cfg.Reset, cfg.V0 = append(cfg.Reset, 0), append(cfg.V0, 0)
	cfg.ID = append(cfg.ID, number)
}

// rows draws synapse rows and the axon entries that name them.
func (d *drawing) rows(cfg *core.Config) {
	neurons := cfg.Neurons()
	bits := uint8(d.between(2, 8))
	weight := func() int { return d.between(-(1 << (bits - 1)), 1<<(bits-1)-1) }
	for range d.between(1, 5) {
		first := d.IntN(neurons)
		row := core.Row{WeightBits: bits, Exclude: -1, First: int32(first),
			Count: int32(d.between(0, neurons-first))}
		if d.yes(2) {
			row.Format, row.First, row.Count, row.Offset = core.Sparse, 0, 0, int64(len(cfg.Sparse))
			for n := range neurons {
				if d.yes(2) {
					cfg.Sparse = append(cfg.Sparse,
						core.Synapse{Neuron: uint16(n), Weight: int16(weight())})
					row.Count++
				}
			}
		} else {
			row.Offset = int64(len(cfg.Dense8))
			for range row.Count {
				cfg.Dense8 = append(cfg.Dense8, int8(weight()))
			}
		}
		cfg.Rows = append(cfg.Rows, row)
	}
	if d.more {
		cfg.Rows = append(cfg.Rows, d.others(neurons), d.others(neurons))
	}
	for range d.between(1, 8) {
		a := core.Axon{Row: int32(d.IntN(len(cfg.Rows)))}
		if r := &cfg.Rows[a.Row]; r.Format == core.Dense8 {
			a.Base = int32(d.between(0, neurons-int(r.First+r.Count)))
		}
		if d.more && d.yes(3) {
			a.Delay = uint8(d.between(1, 5))
		}
		cfg.Axons = append(cfg.Axons, a)
	}
}

// others draws a row of a weight for all neurons of a run but one.
func (d *drawing) others(neurons int) core.Row {
	first := d.IntN(neurons)
	return core.Row{
		Format: core.Others, WeightBits: 8, Weight: int16(d.between(-128, 127)),
		Shift:   uint8(d.between(0, 3)),
		Exclude: int32(d.between(-1, neurons-1)), First: int32(first),
		Count: int32(d.between(0, neurons-first)),
	}
}

// routes draws where sources go.
func (d *drawing) routes(img *layout.Image, sources int) router.Routes {
	r := router.Routes{Start: []int32{0}}
	for range sources {
		for i := range img.Cores {
			for a := range img.Cores[i].Config.Axons {
				if d.yes(4) {
					r.Dests = append(r.Dests, router.Dest{Core: img.Cores[i].Tile, Axon: int32(a)})
				}
			}
		}
		r.Start = append(r.Start, int32(len(r.Dests)))
	}
	return r
}

// trains draws samples.
func (d *drawing) trains(img *layout.Image, samples int) []*spike.Train {
	var out []*spike.Train
	for range samples {
		train := spike.NewTrain(int(img.Input.Shape[0]), int(img.Encoder.Ticks))
		for t := range train.Ticks() {
			for i := range int(img.Input.Shape[0]) {
				if d.yes(2) {
					train.Set(t, i)
				}
			}
		}
		out = append(out, train)
	}
	return out
}

// load draws image number n and loads it.
func load(t *testing.T, n uint64) (*chip.Chip, []*spike.Train) {
	d := newDrawing(t, n)
	img := d.image()
	c, err := chip.Load(img)
	require.NoError(t, err)
	samples := 2
	if d.crowded { // what one sample leaves in the arbiters must not reach the next
		samples = 8
	}
	return c, d.trains(img, samples)
}

package speed

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"

	"adder/chip"
	"adder/chip/profile"
	"adder/core"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// grid is a chip of cores alike. Neurons fire without input every period ticks, in turn, or never
// if that is 0; each reaches fan neurons of the next core or, scattered, of one drawn. With inputs,
// it is these that reach fan neurons of every core.
type grid struct {
	cores, neurons, inputs int
	active                 float64 // share of inputs that spike in a tick
	period, fan            int
	scattered              bool
	ticks                  int // 0 means speedTicks
}

// Potentials rise by rise in a tick: the weights are too small to move a spike far.
const (
	rise      = 10_000
	unreached = 1 << 22
)

func (g grid) build(context.Context) (*chip.Chip, *spike.Train, error) {
	side := 1
	for side*side < g.cores {
		side++
	}
	img, err := blank(side)
	if err != nil {
		return nil, nil, err
	}
	rnd := rand.New(rand.NewPCG(5, 6))
	for i := range g.cores {
		g.add(img, rnd, i)
	}
	img.Input.Shape = []int32{int32(max(g.inputs, 1))}
	img.Routes.Ports = []router.PortRoutes{{Name: "host", Routes: g.inputRoutes()}}
	img.Readout = layout.Readout{Kind: layout.ReadoutCount, Classes: int32(g.neurons)}
	c, err := chip.Load(img)
	ticks := g.ticks
	if ticks == 0 {
		ticks = speedTicks
	}
	return c, noise(max(g.inputs, 1), ticks, g.active), err
}

// blank is an image of chip adder with so many tiles on a side and nothing on them.
func blank(side int) (*layout.Image, error) {
	p, err := profile.Load("adder")
	if err != nil {
		return nil, err
	}
	text := p.Text()
	for _, key := range []string{"width", "height"} {
		line := regexp.MustCompile(`(?m)^( *` + key + `): .*$`)
		text = line.ReplaceAll(text, fmt.Appendf(nil, "${1}: %d", side))
	}
	return &layout.Image{
		Model: "speed", Chip: layout.Chip{Name: "adder", Profile: text},
		Input: layout.Input{Name: "in"}, Encoder: layout.Encoder{Kind: "spikes", Ticks: speedTicks},
		Routes: router.Table{Mesh: router.Mesh{Width: int16(side), Height: int16(side)},
			Neurons: make([]router.Routes, side*side)},
	}, nil
}

// add adds core i, its population and its routes.
func (g grid) add(img *layout.Image, rnd *rand.Rand, i int) {
	cfg := neurons(i, g.neurons)
	for n := range g.neurons {
		cfg.Threshold[n] = unreached
		if g.period > 0 {
			cfg.Threshold[n], cfg.Bias[n] = int32(rise*g.period-rise/2), rise
			cfg.V0[n] = int32(rise * (n % g.period))
		}
	}
	routes := router.Routes{Start: make([]int32, g.neurons+1)}
	axons := g.inputs
	if g.inputs == 0 && g.fan > 0 {
		axons = g.neurons
		to := (i + 1) % g.cores
		for n := range g.neurons {
			if g.scattered {
				to = (i + 1 + rnd.IntN(g.cores-1)) % g.cores
			}
			routes.Dests = append(routes.Dests, router.Dest{Core: router.Core(to), Axon: int32(n)})
			routes.Start[n+1] = int32(n + 1)
		}
	}
	fan := min(g.fan, g.neurons)
	cfg.Axons, cfg.Rows = make([]core.Axon, 0, axons), make([]core.Row, 0, axons)
	cfg.Sparse = make([]core.Synapse, 0, axons*fan)
	for range axons {
		addRow(&cfg, rnd, fan)
	}
	img.Synapses += int64(len(cfg.Sparse))
	img.Routes.Neurons[i] = routes
	occupy(img, i, cfg)
}

// neurons is a core's neurons without weights: they keep their potential and fall back to
// 0 when they fire.
func neurons(i, count int) core.Config {
	cfg := core.Config{
		Widths:    core.Widths{Potential: 24, Current: 24, IndexBits: 10},
		Groups:    []core.Group{{Count: int32(count), Population: int32(i), DecayV: 4096}},
		Threshold: make([]int32, count), Bias: make([]int32, count), Reset: make([]int32, count),
		V0: make([]int32, count), ID: make([]uint32, count),
	}
	for n := range cfg.ID {
		cfg.ID[n] = uint32(i*count + n)
	}
	return cfg
}

// addRow adds an axon entry with a sparse row of entries, one for each of as many runs of
// neurons.
func addRow(cfg *core.Config, rnd *rand.Rand, entries int) {
	cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(len(cfg.Rows))})
	cfg.Rows = append(cfg.Rows, core.Row{Format: core.Sparse, WeightBits: 8, Count: int32(entries),
		Exclude: -1, Offset: int64(len(cfg.Sparse))})
	count := cfg.Neurons()
	for k := range entries {
		first, last := k*count/entries, (k+1)*count/entries
		weight := (1 + rnd.IntN(100)) * (1 - 2*(k&1))
		cfg.Sparse = append(cfg.Sparse, core.Synapse{Neuron: uint16(first + rnd.IntN(last-first)),
			Weight: int16(weight)})
	}
}

// occupy puts core i with its population on its tile.
func occupy(img *layout.Image, i int, cfg core.Config) {
	count := int32(cfg.Neurons())
	img.Cores = append(img.Cores, layout.PlacedCore{Tile: router.Core(i), Config: cfg})
	img.Populations = append(img.Populations, layout.Population{
		Name: fmt.Sprint("p", i), Shape: []int32{count}, Spikes: true,
		Segments: []layout.Segment{{Tile: router.Core(i), Count: count}},
	})
}

// inputRoutes leads each input to its entry in every core.
func (g grid) inputRoutes() router.Routes {
	if g.inputs == 0 {
		return router.Routes{Start: []int32{0, 0}}
	}
	routes := router.Routes{Start: []int32{0}}
	for k := range g.inputs {
		for i := range g.cores {
			routes.Dests = append(routes.Dests, router.Dest{Core: router.Core(i), Axon: int32(k)})
		}
		routes.Start = append(routes.Start, int32(len(routes.Dests)))
	}
	return routes
}

// learners are neurons that compete on one core and learn from all inputs.
type learners struct {
	sources, neurons int
	active           float64
}

func (l learners) build(context.Context) (*chip.Chip, *spike.Train, error) {
	img, err := blank(1)
	if err != nil {
		return nil, nil, err
	}
	rnd := rand.New(rand.NewPCG(7, 8))
	cfg := neurons(0, l.neurons)
	g := &cfg.Groups[0]
	g.DecayV, g.Refractory = 4092, 5
	g.Winner = core.Winner{Arbiter: core.ArbiterMargin, LateralReset: true}
	for n := range cfg.Threshold {
		cfg.Threshold[n] = 20_000
	}
	routes := router.Routes{Start: []int32{0}}
	for i := range l.sources {
		cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(i)})
		cfg.Rows = append(cfg.Rows, core.Row{Format: core.Plastic, WeightBits: 16,
			Count: int32(l.neurons), Exclude: -1, Offset: int64(len(cfg.Plastic))})
		for range l.neurons {
			cfg.Plastic = append(cfg.Plastic, uint16(1<<8+rnd.UintN(1<<14)))
		}
		routes.Dests = append(routes.Dests, router.Dest{Axon: int32(i)})
		routes.Start = append(routes.Start, int32(i+1))
	}
	trace := core.Trace{Kind: core.TraceExponential, Length: 4}
	cfg.Plasticity = []core.Plasticity{{Rows: int32(l.sources), LTP: 6, LTD: 10, Pre: trace,
		Post: trace, Max: 65535}}
	img.Synapses = int64(len(cfg.Plastic))
	img.Routes.Neurons[0] = router.Routes{Start: make([]int32, l.neurons+1)}
	occupy(img, 0, cfg)
	img.Input.Shape = []int32{int32(l.sources)}
	img.Routes.Ports = []router.PortRoutes{{Name: "host", Routes: routes}}
	img.Readout = layout.Readout{Kind: layout.ReadoutCount, Classes: int32(l.neurons)}
	c, err := chip.Load(img)
	return c, noise(l.sources, 100, l.active), err
}

package compiler

import (
	"fmt"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/quantise"
	"adder/core"
	"adder/layout"
	"adder/router"
)

// Winner is a winner-take-all network in the chip's integers: inputs that reach
// all neurons of one population, which compete and inhibit each other. Its
// neurons are one group, and a group that competes lies in one core.
type Winner struct {
	Name string
	// Shape is that of a sample; its elements are the presynaptic sources.
	Shape []int
	// Neurons is the size of the population.
	Neurons int
	// Group holds the constants of the neurons; First, Count and Population
	// are filled in.
	Group core.Group
	// Threshold, Reset, Theta and Target have one entry per neuron; Theta
	// and Target may be empty.
	Threshold, Reset, Theta, Target []int32
	// V0 is the potential before a sample, empty for 0.
	V0 []int32
	// Escape is the table of escape noise, nil for none.
	Escape *core.EscapeTable
	// Weights are the stored weights, [sources][neurons], row-major. With a
	// Learning they become plastic rows, else rows of the 8 bits that reach
	// the adder.
	Weights []uint16
	// Learning says how the weights learn, nil for a network that does not;
	// its group and rows are filled in.
	Learning *core.Plasticity
	// Inhibition is what a win takes from the potential of all others in
	// the next tick; it is rounded to 8 bits and a shift.
	Inhibition int32
	// InputDelay is the axonal delay of the inputs, in ticks.
	InputDelay uint8
	// Relay inhibits by way of a second population with a neuron for each of
	// the first, a tick later: the form with excitatory and inhibitory
	// neurons (Diehl and Cook, Frontiers in Computational Neuroscience 9:99,
	// 2015). Otherwise a winner reaches the others itself.
	Relay   bool
	Encoder layout.Encoder
	Readout layout.Readout
}

// frozenBits is the width of a weight of 8 bits without sign among weights with
// sign.
const frozenBits = 9

// CompileWinner puts a winner-take-all network on a chip: on the core where host
// input enters. Its error is a *FitError where the network does not fit that one
// core.
func CompileWinner(net *Winner, chip *profile.Profile) (*Result, error) {
	if err := net.check(); err != nil {
		return nil, fmt.Errorf("compile %s: %w", net.Name, err)
	}
	if net.Learning != nil && chip.Weights.PlasticBits == 0 {
		return nil, &fit.Error{Network: net.Name, Chip: chip.Name, Limits: []fit.Excess{{
			Layer: winnerLayer, Limit: "bits per plastic weight", Need: 16, Help: "learn on a chip with plastic synapses; a trained network needs none",
		}}}
	}
	if chip.Widths.Align != 0 {
		return nil, &fit.Error{Network: net.Name, Chip: chip.Name, Limits: []fit.Excess{{
			Layer: winnerLayer, Limit: "bits of alignment of summed weights", Need: 0, Have: int64(chip.Widths.Align),
			Help: "thresholds are in units of a weight, which this chip shifts: take a chip that does not",
		}}}
	}
	if err := net.checkModels(chip); err != nil {
		return nil, err
	}
	img := net.image(chip)
	memory := layout.Measure(img)
	if err := net.fit(&memory.Cores[0], chip); err != nil {
		return nil, err
	}
	report := Report{
		Cores: Fill(img), CoresTotal: chip.Cores(), Neurons: img.Cores[0].Config.Neurons(), Synapses: img.Synapses,
		SynapseBits: memory.Total.SynapseBits(), UnrolledBits: memory.Total.UnrolledBits, WeightBits: int(img.Cores[0].Config.Rows[0].WeightBits),
	}
	return &Result{Image: img, Report: report}, nil
}

// checkModels refuses a chip without the kinds of neurons that the network needs.
func (w *Winner) checkModels(chip *profile.Profile) error {
	err := &fit.Error{Network: w.Name, Chip: chip.Name}
	g := w.Group
	if w.Escape != nil {
		g.Escape = 1
	}
	for _, model := range g.Models() {
		if !chip.HasModel(model) {
			err.Limits = append(err.Limits, fit.Lacks(winnerLayer, model, int64(w.Neurons), chip))
		}
	}
	if len(err.Limits) > 0 {
		return err
	}
	return nil
}

// winnerLayer is the name of the population.
const winnerLayer = "winners"

// relayLayer is the name of the population that relays inhibition.
const relayLayer = "inhibitors"

// shape is that of a sample in an image's numbers.
func (w *Winner) shape() []int32 {
	out := make([]int32, len(w.Shape))
	for i, side := range w.Shape {
		out[i] = int32(side)
	}
	return out
}

func (w *Winner) sources() int {
	n := 1
	for _, side := range w.Shape {
		n *= side
	}
	return n
}

// check refuses lengths that do not agree. What stands in them is checked when
// the image is loaded.
func (w *Winner) check() error {
	for _, part := range []struct {
		name       string
		have, want int
		optional   bool
	}{
		{"thresholds", len(w.Threshold), w.Neurons, false},
		{"resets", len(w.Reset), w.Neurons, false},
		{"adaptive thresholds", len(w.Theta), w.Neurons, true},
		{"targets", len(w.Target), w.Neurons, true},
		{"initial potentials", len(w.V0), w.Neurons, true},
		{"weights", len(w.Weights), w.sources() * w.Neurons, false},
	} {
		if part.have != part.want && !(part.optional && part.have == 0) {
			return fmt.Errorf("%d %s for %d neurons and %d inputs: want %d", part.have, part.name, w.Neurons, w.sources(), part.want)
		}
	}
	if w.Neurons < 1 {
		return fmt.Errorf("a population of %d neurons", w.Neurons)
	}
	return nil
}

// image writes the one core, its routes and what the host needs to know.
func (w *Winner) image(chip *profile.Profile) *layout.Image {
	port := chip.Ports[0]
	mesh := router.Mesh{Width: int16(chip.Mesh.Width), Height: int16(chip.Mesh.Height)}
	tile := mesh.CoreAt(router.Coord{X: int16(port.X), Y: int16(port.Y)})
	cfg := w.core(chip)
	routes := router.Table{Mesh: mesh, Unicast: !chip.Multicast, Neurons: make([]router.Routes, chip.Cores())}
	routes.Ports = []router.PortRoutes{{
		Name: port.Name, At: router.Coord{X: int16(port.X), Y: int16(port.Y)},
		Routes: routesTo(tile, 0, w.sources()),
	}}
	routes.Neurons[tile] = router.Routes{Start: make([]int32, cfg.Neurons()+1)}
	if w.Inhibition > 0 {
		routes.Neurons[tile] = routesTo(tile, w.sources(), cfg.Neurons())
	}
	img := &layout.Image{
		Model: w.Name, Chip: layout.Chip{Name: chip.Name, Profile: chip.Text()},
		Cores: []layout.PlacedCore{{Tile: tile, Config: cfg}}, Routes: routes,
		Input: layout.Input{Name: "input", Shape: w.shape()}, Encoder: w.Encoder, Readout: w.Readout,
		Populations: []layout.Population{{
			Name: winnerLayer, Shape: []int32{int32(w.Neurons)}, Spikes: true,
			Segments: []layout.Segment{{Tile: tile, Count: int32(w.Neurons)}},
		}},
	}
	if w.relays() {
		img.Populations = append(img.Populations, layout.Population{
			Name: relayLayer, Shape: []int32{int32(w.Neurons)}, Spikes: true,
			Segments: []layout.Segment{{Tile: tile, First: int32(w.Neurons), Count: int32(w.Neurons)}},
		})
		img.Synapses += int64(w.Neurons)
	}
	for _, weight := range w.Weights {
		if weight>>8 != 0 {
			img.Synapses++
		}
	}
	if w.Inhibition > 0 {
		img.Synapses += int64(w.Neurons) * int64(w.Neurons-1)
	}
	img.Unrolled = img.Synapses
	return img
}

// routesTo sends source i to axon first + i of a core.
func routesTo(tile router.Core, first, sources int) router.Routes {
	r := router.Routes{Start: make([]int32, sources+1), Dests: make([]router.Dest, sources)}
	for i := range sources {
		r.Dests[i] = router.Dest{Core: tile, Axon: int32(first + i)}
		r.Start[i+1] = int32(i + 1)
	}
	return r
}

func (w *Winner) core(chip *profile.Profile) core.Config {
	count := int32(w.Neurons)
	cfg := core.Config{
		Widths:    winnerWidths(chip),
		Threshold: w.Threshold, Reset: w.Reset, Bias: make([]int32, count), V0: make([]int32, count), ID: make([]uint32, count),
		Theta: w.Theta, Target: w.Target,
	}
	copy(cfg.V0, w.V0)
	for n := range cfg.ID {
		cfg.ID[n] = uint32(n)
	}
	g := w.Group
	g.First, g.Count, g.Population = 0, count, 0
	if w.Escape != nil {
		cfg.Escape, g.Escape = []core.EscapeTable{*w.Escape}, 1
	}
	cfg.Groups = []core.Group{g}
	w.addInputs(&cfg)
	if w.relays() {
		w.addRelay(&cfg)
	}
	if w.Inhibition > 0 {
		w.addInhibition(&cfg)
	}
	return cfg
}

// relays says whether there is a second population.
func (w *Winner) relays() bool { return w.Relay && w.Inhibition > 0 }

// relayBits is the width of the weight 1.
const relayBits = 2

// addRelay adds the neurons that relay inhibition, which fire a tick after the
// one they hear and remember nothing, and the rows by which they hear it.
func (w *Winner) addRelay(cfg *core.Config) {
	count := int32(w.Neurons)
	cfg.Groups = append(cfg.Groups, core.Group{First: count, Count: count, Population: 1})
	none := make([]int32, count)
	cfg.Threshold = append(append([]int32(nil), w.Threshold...), none...)
	cfg.Reset = append(append([]int32(nil), w.Reset...), none...)
	cfg.Bias, cfg.V0 = append(cfg.Bias, none...), append(cfg.V0, none...)
	if len(w.Theta) > 0 {
		cfg.Theta = append(append([]int32(nil), w.Theta...), none...)
	}
	if len(w.Target) > 0 {
		cfg.Target = append(append([]int32(nil), w.Target...), none...)
	}
	for n := range count {
		cfg.ID = append(cfg.ID, uint32(count+n))
		cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(len(cfg.Rows))})
		cfg.Rows = append(cfg.Rows, core.Row{
			Format: core.Dense8, WeightBits: relayBits, Exclude: -1, First: count + n, Count: 1, Offset: int64(n),
		})
		cfg.Dense8 = append(cfg.Dense8, 1)
	}
}

// winnerWidths are the registers of the chip, which aligns nothing.
func winnerWidths(chip *profile.Profile) core.Widths {
	w := &chip.Widths
	return core.Widths{
		Potential: uint8(w.PotentialBits), Current: uint8(w.CurrentBits),
		WrapPotential: w.PotentialOverflow == profile.Wrap, WrapCurrent: w.CurrentOverflow == profile.Wrap,
		DecayDigits: uint8(w.DecayDigits), IndexBits: uint8(chip.Weights.SparseIndexBits),
		MergeDuplicates: chip.Duplicates == profile.MergeDuplicates,
	}
}

func (w *Winner) addInputs(cfg *core.Config) {
	count := int32(w.Neurons)
	row := core.Row{Format: core.Dense16, WeightBits: frozenBits, Exclude: -1, Count: count}
	if w.Learning != nil {
		row.Format, row.WeightBits = core.Plastic, 16
		cfg.Plastic = w.Weights
		learning := *w.Learning
		learning.Group, learning.FirstRow, learning.Rows = 0, 0, int32(w.sources())
		cfg.Plasticity = []core.Plasticity{learning}
	} else {
		cfg.Dense16 = make([]int16, len(w.Weights))
		for i, weight := range w.Weights {
			cfg.Dense16[i] = int16(weight >> 8)
		}
	}
	for i := range w.sources() {
		row.Offset = int64(i) * int64(count)
		cfg.Rows = append(cfg.Rows, row)
		cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(i), Delay: w.InputDelay})
	}
}

// addInhibition gives each neuron a row that reaches all others.
func (w *Winner) addInhibition(cfg *core.Config) {
	amount, shift := quantise.SplitInhibition(w.Inhibition)
	for n := range int32(w.Neurons) {
		cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(len(cfg.Rows))})
		cfg.Rows = append(cfg.Rows, core.Row{
			Format: core.Others, WeightBits: frozenBits, Weight: int16(-amount), Shift: shift, Exclude: n, Count: int32(w.Neurons),
		})
	}
}

// fit compares the one core with the chip's limits.
func (w *Winner) fit(core *layout.CoreFootprint, chip *profile.Profile) error {
	err := &fit.Error{Network: w.Name, Chip: chip.Name}
	for _, l := range []struct {
		limit      string
		need, have int64
		help       string
	}{
		{"neurons in one core", core.Neurons, int64(chip.Core.Neurons), fit.OneCore},
		{"input axons in one core", core.Axons, int64(chip.Core.InputAxons), fit.OneCore},
		{"bits of synapse memory in one core", core.SynapseBits(), chip.Core.SynapseMemory, fit.OneCore},
		{"output routes in one core", core.Routes, int64(chip.Core.OutputRoutes), fit.OneCore},
		{"ticks of axonal delay", int64(w.InputDelay), int64(chip.Core.MaxDelay), "take a chip with longer delays"},
		{"bits per weight", int64(frozenBits), int64(max(chip.Weights.MaxBits, chip.Weights.PlasticBits)), "take a chip that stores a sign and eight bits"},
	} {
		if l.need > l.have {
			err.Limits = append(err.Limits, fit.Excess{Layer: winnerLayer, Limit: l.limit, Need: l.need, Have: l.have, Help: l.help})
		}
	}
	if len(err.Limits) > 0 {
		return err
	}
	return nil
}

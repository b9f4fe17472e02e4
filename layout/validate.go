package layout

import (
	"cmp"
	"fmt"
	"slices"

	"adder/core"
	"adder/router"
)

// maxSize bounds the number of elements of a sample or neurons of a
// population, so that all products of shapes fit.
const maxSize = 1 << 31

// Validate checks that the parts of an image agree: cores are on tiles of the mesh, routes lead to
// entries that exist, each neuron belongs to one place in one population, and input, readout and
// host layer fit what they name. core.New checks the configuration of a core. The error names the
// part.
func Validate(img *Image) error {
	for _, check := range []func(*Image) error{
		validateCores, validateRoutes, validateInput, validatePopulations, validateReadout,
		validateHost, validatePreparation,
	} {
		if err := check(img); err != nil {
			return err
		}
	}
	return nil
}

func validateCores(img *Image) error {
	if err := img.Routes.Mesh.Validate(); err != nil {
		return err
	}
	if err := img.Routes.Mesh.ValidateChip(img.Routes.Chip); err != nil {
		return err
	}
	last := router.Core(-1)
	for i := range img.Cores {
		tile := img.Cores[i].Tile
		if !img.Routes.Mesh.Holds(tile) {
			return fmt.Errorf("core %d stands at tile %d: the mesh has %d tiles", i, tile,
				img.Routes.Mesh.Tiles())
		}
		if tile <= last {
			return fmt.Errorf("core %d stands at tile %d after tile %d: cores are listed by "+
				"ascending tile", i, tile, last)
		}
		last = tile
		cfg := &img.Cores[i].Config
		if err := cmp.Or(validateGroups(cfg), validateReferences(cfg)); err != nil {
			return fmt.Errorf("core at tile %d: %w", tile, err)
		}
	}
	return nil
}

// validateGroups checks what the populations rely on: groups cover the neurons
// one after another, and each neuron has a number.
func validateGroups(cfg *core.Config) error {
	next := int64(0)
	for i, g := range cfg.Groups {
		if int64(g.First) != next || g.Count < 1 {
			return fmt.Errorf("group %d has %d neurons from %d on: neuron %d is next", i, g.Count,
				g.First, next)
		}
		next += int64(g.Count)
	}
	if next != int64(cfg.Neurons()) || next > core.MaxNeurons {
		return fmt.Errorf("groups have %d neurons: the core has %d, and a core at most %d", next,
			cfg.Neurons(), core.MaxNeurons)
	}
	if len(cfg.ID) != cfg.Neurons() {
		return fmt.Errorf("%d numbers for %d neurons", len(cfg.ID), cfg.Neurons())
	}
	return nil
}

func validateRoutes(img *Image) error {
	tiles := img.Routes.Mesh.Tiles()
	if len(img.Routes.Neurons) != tiles {
		return fmt.Errorf("routes for %d tiles: the mesh has %d", len(img.Routes.Neurons), tiles)
	}
	neurons, axons := make([]int, tiles), make([]int, tiles)
	for i := range img.Cores {
		placed := &img.Cores[i]
		neurons[placed.Tile], axons[placed.Tile] = placed.Config.Neurons(), len(placed.Config.Axons)
	}
	if err := img.Routes.Validate(neurons, axons); err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	return nil
}

func validateInput(img *Image) error {
	in := &img.Input
	size, err := product(in.Shape)
	if err != nil {
		return fmt.Errorf("input %q: %w", in.Name, err)
	}
	if in.Port < 0 || int(in.Port) >= len(img.Routes.Ports) {
		return fmt.Errorf("input %q enters at port %d: there are %d", in.Name, in.Port,
			len(img.Routes.Ports))
	}
	if sources := img.Routes.Ports[in.Port].Sources(); int64(sources) != size {
		return fmt.Errorf("input %q has %d elements: port %q has routes for %d", in.Name, size,
			img.Routes.Ports[in.Port].Name, sources)
	}
	e := &img.Encoder
	if e.Ticks > MaxTicks {
		return fmt.Errorf("encoder %q: %d ticks: a sample has at most %d", e.Kind, e.Ticks,
			MaxTicks)
	}
	if e.Scale.Mantissa < 0 || e.Zero < 0 {
		return fmt.Errorf("encoder %q: levels of %d * 2^%d with a zero of %d: neither is negative",
			e.Kind, e.Scale.Mantissa, e.Scale.Exponent, e.Zero)
	}
	if e.Ticks < 0 || e.Intensity < 0 || e.TickNanoseconds < 0 || e.Fields < 0 || e.Cut < 0 {
		return fmt.Errorf("encoder %q: ticks %d, intensity %d, tick of %d ns, %d fields, cut %d: "+
			"none may be negative",
			e.Kind, e.Ticks, e.Intensity, e.TickNanoseconds, e.Fields, e.Cut)
	}
	return nil
}

// product is the number of elements of a shape, at least 1.
func product(shape []int32) (int64, error) {
	n := int64(1)
	for _, d := range shape {
		if d < 1 || n*int64(d) > maxSize {
			return 0, fmt.Errorf("shape %v: sides are positive and their product is at most %d",
				shape, maxSize)
		}
		n *= int64(d)
	}
	return n, nil
}

// places follows the neurons of an image from population to core.
type places struct {
	cores map[router.Core]*core.Config
	// taken marks the neurons of each core that a segment has placed.
	taken map[router.Core][]bool
	// next is the logical number of the next neuron.
	next int64
	// code is that of the population's first group.
	code *core.Code
}

func validatePopulations(img *Image) error {
	at := places{cores: map[router.Core]*core.Config{}, taken: map[router.Core][]bool{}}
	left := 0
	for i := range img.Cores {
		placed := &img.Cores[i]
		at.cores[placed.Tile] = &placed.Config
		at.taken[placed.Tile] = make([]bool, placed.Config.Neurons())
		left += placed.Config.Neurons()
	}
	names := map[string]bool{}
	for p := range img.Populations {
		pop := &img.Populations[p]
		if names[pop.Name] {
			return fmt.Errorf("two populations are named %q", pop.Name)
		}
		names[pop.Name] = true
		placed, err := at.validate(p, pop)
		if err != nil {
			return fmt.Errorf("population %q: %w", pop.Name, err)
		}
		left -= int(placed)
	}
	if left != 0 {
		return fmt.Errorf("%d neurons belong to no population", left)
	}
	return nil
}

// validate checks population p and returns the number of its neurons.
func (at *places) validate(p int, pop *Population) (int64, error) {
	size, err := product(pop.Shape)
	if err != nil {
		return 0, err
	}
	if pop.Depth < 0 || pop.Depth > MaxTicks {
		return 0, fmt.Errorf("depth %d: it is 0 to %d", pop.Depth, MaxTicks)
	}
	placed := int64(0)
	at.code = nil
	for i, s := range pop.Segments {
		if err := at.segment(p, pop, s); err != nil {
			return 0, fmt.Errorf("segment %d: %w", i, err)
		}
		placed += int64(s.Count)
	}
	if placed != size {
		return 0, fmt.Errorf("%d of its %d neurons are placed", placed, size)
	}
	if n := int64(len(pop.Unit)); n > 1 && n != size {
		return 0, fmt.Errorf("%d units for %d neurons: one serves all, or each has one", n, size)
	}
	if n := int64(len(pop.Rest)); n > 1 && n != size {
		return 0, fmt.Errorf("%d rest potentials for %d neurons: one serves all, or each has one",
			n, size)
	}
	for _, unit := range pop.Unit {
		if unit.Mantissa <= 0 {
			return 0, fmt.Errorf("unit of potential %d * 2^%d: it is positive", unit.Mantissa,
				unit.Exponent)
		}
	}
	return size, nil
}

// segment checks that a segment's neurons are free, belong to the population
// and carry the numbers that come next.
func (at *places) segment(p int, pop *Population, s Segment) error {
	cfg, ok := at.cores[s.Tile]
	if !ok {
		return fmt.Errorf("tile %d has no core", s.Tile)
	}
	if s.First < 0 || s.Count < 1 || int64(s.First)+int64(s.Count) > int64(cfg.Neurons()) {
		return fmt.Errorf("%d neurons from %d on: the core at tile %d has %d", s.Count, s.First,
			s.Tile, cfg.Neurons())
	}
	last := s.First + s.Count
	for n := s.First; n < last; n++ {
		if at.taken[s.Tile][n] {
			return fmt.Errorf("neuron %d of the core at tile %d is placed twice", n, s.Tile)
		}
		at.taken[s.Tile][n] = true
		if int64(cfg.ID[n]) != at.next {
			return fmt.Errorf("neuron %d of the core at tile %d has number %d: it is neuron %d "+
				"of the network", n, s.Tile, cfg.ID[n], at.next)
		}
		at.next++
	}
	// Groups are sorted by validateGroups: start with the one that holds
	// the segment's first neuron.
	i, found := slices.BinarySearchFunc(cfg.Groups, s.First, func(g core.Group, n int32) int {
		return cmp.Compare(g.First, n)
	})
	if !found {
		i--
	}
	for ; i < len(cfg.Groups) && cfg.Groups[i].First < last; i++ {
		g := &cfg.Groups[i]
		if int(g.Population) != p || g.Depth != pop.Depth || g.Integrator == pop.Spikes {
			return fmt.Errorf("group %d of the core at tile %d is of population %d, depth %d, "+
				"spiking %t: these neurons are of %d, %d, %t",
				i, s.Tile, g.Population, g.Depth, !g.Integrator, p, pop.Depth, pop.Spikes)
		}
		if at.code == nil {
			at.code = &g.Code
		}
		if c := &g.Code; c.Kind > core.CodeLevel || c.Window < 0 || c.Window > MaxTicks ||
			c.Bits > c.MaxBits() {
			return fmt.Errorf("group %d of the core at tile %d has code %d, a window of %d ticks "+
				"and %d bits: a code has at most %d bits",
				i, s.Tile, c.Kind, c.Window, c.Bits, c.MaxBits())
		}
		if c := &g.Code; c.Kind != at.code.Kind || c.Window != at.code.Window ||
			c.Bits != at.code.Bits {
			return fmt.Errorf("group %d of the core at tile %d has code %d, a window of %d ticks "+
				"and %d bits: others of the population have %d, %d, %d",
				i, s.Tile, c.Kind, c.Window, c.Bits, at.code.Kind, at.code.Window, at.code.Bits)
		}
	}
	return nil
}

func validateReadout(img *Image) error {
	r := &img.Readout
	if r.Kind > ReadoutLabels {
		return fmt.Errorf("readout %d is unknown: it is 0 to %d", r.Kind, ReadoutLabels)
	}
	if r.Population < 0 || int(r.Population) >= len(img.Populations) {
		return fmt.Errorf("readout of population %d: there are %d", r.Population,
			len(img.Populations))
	}
	pop := &img.Populations[r.Population]
	size, err := product(pop.Shape)
	if err != nil {
		return err
	}
	fail := func(format string, args ...any) error {
		return fmt.Errorf("readout %s of population %q: %w", r.Kind, pop.Name,
			fmt.Errorf(format, args...))
	}
	switch {
	case (r.Kind == ReadoutCount || r.Kind == ReadoutLabels) && !pop.Spikes:
		return fail("it does not spike")
	case (r.Kind == ReadoutCount || r.Kind == ReadoutPotential) && int64(r.Classes) != size:
		return fail("%d classes for %d neurons: there is one per neuron", r.Classes, size)
	case r.Kind != ReadoutLabels:
		if len(r.Labels) > 0 || len(r.Proportions) > 0 {
			return fail("it takes no labels or proportions and has %d and %d", len(r.Labels),
				len(r.Proportions))
		}
		return nil
	case r.Classes < 1 || r.Classes > maxSize>>8:
		return fail("%d classes", r.Classes)
	case int64(len(r.Labels)) != size:
		return fail("%d labels for %d neurons: there is one per neuron", len(r.Labels), size)
	case len(r.Proportions) > 0 && int64(len(r.Proportions)) != size:
		return fail("%d proportions for %d neurons: there is one per neuron, or none",
			len(r.Proportions), size)
	}
	for n, label := range r.Labels {
		if label < -1 || label >= r.Classes {
			return fail("neuron %d has label %d: it is 0 to %d, or -1 for none", n, label,
				r.Classes-1)
		}
	}
	return nil
}

// maxHostExp bounds the shift of a host layer's currents either way.
const maxHostExp = 31

func validateHost(img *Image) error {
	h := img.Host
	if (h != nil) != (img.Encoder.Kind == EncoderDirect) {
		return fmt.Errorf("encoder %q with a host layer: %t: the encoder %q needs one and no "+
			"other has one", img.Encoder.Kind, h != nil, EncoderDirect)
	}
	if h == nil {
		return nil
	}
	if h.Population < 0 || int(h.Population) >= len(img.Populations) {
		return fmt.Errorf("host layer feeds population %d: there are %d", h.Population,
			len(img.Populations))
	}
	inputs, err := product(img.Input.Shape)
	if err != nil {
		return err
	}
	pop := &img.Populations[h.Population]
	neurons, err := product(pop.Shape)
	if err != nil {
		return err
	}
	if len(pop.Segments) > 0 && img.code(pop).Kind != core.CodeNone {
		return fmt.Errorf("host layer feeds population %q, whose neurons have a code: they take "+
			"spikes alone", pop.Name)
	}
	if int64(len(h.Weights)) != inputs*neurons {
		return fmt.Errorf("host layer has %d weights: population %q has %d neurons and the input "+
			"%d elements", len(h.Weights), pop.Name, neurons, inputs)
	}
	if h.WeightExp < -maxHostExp || h.WeightExp > maxHostExp {
		return fmt.Errorf("host layer has weight exponent %d: it is %d to %d", h.WeightExp,
			-maxHostExp, maxHostExp)
	}
	return nil
}

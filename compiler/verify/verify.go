// Package verify checks an image, from its own tables alone, against its chip and the integer
// network that it was made of.
//
//	verify.go    the image against network and chip
//	network.go   populations and readout
//	neurons.go   neurons by group
//	synapses.go  synapses by source
//	learning.go  learning rules
//	match.go     parts against their homes
package verify

import (
	"cmp"
	"fmt"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/core"
	"adder/layout"
	"adder/router"
)

// Image checks an image against its chip and, unless net is nil, against the network before
// placement, from the image's own tables alone: it shares no code with the passes that made them.
// It reports the first violation.
func Image(img *layout.Image, chip *profile.Profile, net *ir.Network) error {
	if err := verifyImage(img, chip, net); err != nil {
		return fmt.Errorf("verify %s on %s: %w", img.Model, chip.Name, err)
	}
	return nil
}

func verifyImage(img *layout.Image, chip *profile.Profile, net *ir.Network) error {
	if err := layout.Validate(img); err != nil {
		return err
	}
	if err := verifyLimits(img, chip); err != nil {
		return err
	}
	if net == nil {
		return nil
	}
	return verifyNetwork(img, net)
}

func verifyLimits(img *layout.Image, chip *profile.Profile) error {
	mesh := img.Routes.Mesh
	if int(mesh.Width) != chip.Mesh.Width || int(mesh.Height) != chip.Mesh.Height ||
		img.Routes.Unicast == chip.Multicast ||
		img.Routes.Chip != chip.ChipMesh() {
		return fmt.Errorf("routes for %d x %d tiles on chips of %v, unicast %t; the chip has %d "+
			"x %d, of %v, multicast %t",
			mesh.Width, mesh.Height, img.Routes.Chip, img.Routes.Unicast, chip.Mesh.Width,
			chip.Mesh.Height,
			chip.ChipMesh(), chip.Multicast)
	}
	hits := axonSources(img)
	for i := range img.Cores {
		placed := &img.Cores[i]
		v := coreVerifier{chip: chip, cfg: &placed.Config, layers: img.Populations}
		if err := v.verify(hits[placed.Tile]); err != nil {
			return fmt.Errorf("core at tile %d: %w", placed.Tile, err)
		}
		if err := verifyFanOut(&img.Routes.Neurons[placed.Tile],
			chip.Core.RoutesPerNeuron); err != nil {
			return fmt.Errorf("core at tile %d: %w", placed.Tile, err)
		}
		if n := len(img.Routes.Neurons[placed.Tile].Dests); n > chip.Core.OutputRoutes {
			return fmt.Errorf("core at tile %d: %d output routes, a core has %d", placed.Tile, n,
				chip.Core.OutputRoutes)
		}
	}
	return cmp.Or(verifyOffChip(img, chip), verifyKeys(img, chip))
}

// verifyOffChip checks the rows of all cores against the off-chip memory.
func verifyOffChip(img *layout.Image, chip *profile.Profile) error {
	if chip.OffChip == nil {
		return nil
	}
	var bits int64
	for i := range img.Cores {
		cfg := &img.Cores[i].Config
		for k := range cfg.Rows {
			bits += cfg.BitsRead(&cfg.Rows[k])
		}
	}
	if have := chip.OffChip.Total(chip.Board); bits > have {
		return fmt.Errorf("%d bits of weight memory outside of the chip, there are %d", bits, have)
	}
	return nil
}

// verifyFanOut checks the destinations of each neuron against the chip's limit.
func verifyFanOut(routes *router.Routes, most int) error {
	for n := range routes.Sources() {
		if have := len(routes.Of(n)); most > 0 && have > most {
			return fmt.Errorf("neuron %d: %d destinations, one has at most %d", n, have, most)
		}
	}
	return nil
}

// verifyKeys checks the routers' multicast tables against the chip's limit.
func verifyKeys(img *layout.Image, chip *profile.Profile) error {
	if chip.Core.RouterKeys == 0 {
		return nil
	}
	for tile, n := range img.Routes.Keys(img.Routes.Topology()) {
		if n > chip.Core.RouterKeys {
			return fmt.Errorf("router at tile %d: the packets of %d sources pass it, its table "+
				"has %d entries", tile, n, chip.Core.RouterKeys)
		}
	}
	return nil
}

// axonSources adds up, for each axon entry of each tile, the largest values that spikes
// of its sources carry, 1 for those that carry none: a source spikes at most once per tick.
func axonSources(img *layout.Image) [][]int64 {
	hits := make([][]int64, img.Routes.Mesh.Tiles())
	for i := range img.Cores {
		hits[img.Cores[i].Tile] = make([]int64, len(img.Cores[i].Config.Axons))
	}
	for i := range img.Cores {
		routes := &img.Routes.Neurons[img.Cores[i].Tile]
		for n := range routes.Sources() {
			value := largestValue(&img.Cores[i].Config, int32(n))
			for _, d := range routes.Of(n) {
				hits[d.Core][d.Axon] += value
			}
		}
	}
	for i := range img.Routes.Ports {
		for _, d := range img.Routes.Ports[i].Dests {
			hits[d.Core][d.Axon]++
		}
	}
	return hits
}

// largestValue is the largest magnitude of what a spike of a neuron carries.
func largestValue(c *core.Config, n int32) int64 {
	switch g := groupAt(c.Groups, n); {
	case g.Graded > 0:
		return int64(1)<<(g.Graded-1) - 1
	case g.Shift.Most > 1:
		return int64(g.Shift.Most)
	}
	return 1
}

// coreVerifier checks one core's load.
type coreVerifier struct {
	chip   *profile.Profile
	cfg    *core.Config
	layers []layout.Population
}

func (v *coreVerifier) verify(hits []int64) error {
	if v.cfg.Widths != fit.Widths(v.chip) {
		return fmt.Errorf("registers are %+v, the chip's are %+v", v.cfg.Widths, fit.Widths(v.chip))
	}
	for _, check := range []func() error{v.memory, v.groups, v.constants} {
		if err := check(); err != nil {
			return err
		}
	}
	if _, err := core.New(v.cfg); err != nil {
		return err
	}
	return v.accumulators(hits)
}

// memory checks the tables of the core against its limits.
func (v *coreVerifier) memory() error {
	limits, c := &v.chip.Core, v.cfg
	if c.Neurons() > limits.Neurons {
		return fmt.Errorf("%d neurons, a core has %d", c.Neurons(), limits.Neurons)
	}
	if len(c.Axons) > limits.InputAxons {
		return fmt.Errorf("%d axons, a core has %d", len(c.Axons), limits.InputAxons)
	}
	var bits int64
	for i := range c.Rows {
		stored, err := v.row(&c.Rows[i])
		if err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
		bits += stored
	}
	if x := &limits.Crossbar; !x.Holds(c.Neurons(), len(c.Axons), v.widest()) {
		return fmt.Errorf("%d neurons that hear %d axons with weights of %d bits, a crossbar has "+
			"%d columns of %d axons", c.Neurons(), len(c.Axons), v.widest(), x.Columns, x.Axons)
	}
	if bits > limits.SynapseMemory {
		return fmt.Errorf("%d bits of synapse memory, a core has %d", bits, limits.SynapseMemory)
	}
	words := 0
	for _, table := range c.Boundaries {
		words += len(table)
	}
	if words > limits.TableWords {
		return fmt.Errorf("%d words of boundary tables, a core has %d", words, limits.TableWords)
	}
	if len(c.Types) > v.chip.Weights.AxonTypes {
		return fmt.Errorf("%d types of axons, the chip has %d", len(c.Types),
			v.chip.Weights.AxonTypes)
	}
	named := make([]bool, len(c.Rows))
	for i, a := range c.Axons {
		if int(a.Delay) > limits.MaxDelay {
			return fmt.Errorf("axon %d: delay %d, the chip has %d", i, a.Delay, limits.MaxDelay)
		}
		if (a.Base != 0 || named[a.Row]) && !v.chip.Weights.SharedRows {
			return fmt.Errorf("axon %d shares or moves row %d, which the chip cannot", i, a.Row)
		}
		named[a.Row] = true
	}
	return nil
}

// widest is the widest weight of the core's rows in bits.
func (v *coreVerifier) widest() int {
	bits := uint8(1)
	for i := range v.cfg.Rows {
		bits = max(bits, v.cfg.Rows[i].WeightBits)
	}
	return int(bits)
}

// row checks a row's form and gives the bits it stores.
func (v *coreVerifier) row(r *core.Row) (int64, error) {
	w, bits := &v.chip.Weights, int(r.WeightBits)
	if (bits < w.MinBits || bits > w.MaxBits) && bits != w.PlasticBits {
		return 0, fmt.Errorf("%d-bit weights, the chip stores %d to %d", bits, w.MinBits, w.MaxBits)
	}
	format, stored := profile.Dense, int64(bits)*int64(r.Count)
	switch r.Format {
	case core.Sparse:
		format, stored = profile.Sparse, int64(bits+w.SparseIndexBits)*int64(r.Count)
	case core.Others:
		format, stored = profile.Others, int64(bits+w.SparseIndexBits)
	case core.Typed:
		format, stored = profile.Typed, int64(r.Count)
		if err := v.shifted(r); err != nil {
			return 0, err
		}
	}
	if !v.chip.HasFormat(format) {
		return 0, fmt.Errorf("format %s, the chip has %v", format, v.chip.Weights.Formats)
	}
	return v.chip.RowBits(stored), nil
}

// shifted checks that the weights of a typed row, which are stored shifted by the exponent of
// each neuron, have the bits for it.
func (v *coreVerifier) shifted(r *core.Row) error {
	for k := range r.Count {
		if v.cfg.Masks[r.Offset+int64(k)/64]&(1<<(k%64)) == 0 {
			continue
		}
		g := groupAt(v.cfg.Groups, r.First+k)
		if need := int(r.WeightBits) + int(g.WeightExp); need > v.chip.Weights.MaxBits {
			return fmt.Errorf("neuron %d: weights of %d bits stored with exponent %d, the chip "+
				"stores %d bits",
				r.First+k, r.WeightBits, g.WeightExp, v.chip.Weights.MaxBits)
		}
	}
	return nil
}

func (v *coreVerifier) groups() error {
	for i := range v.cfg.Groups {
		g := &v.cfg.Groups[i]
		if e := int(g.WeightExp); e < v.chip.Weights.ExponentMin || e > v.chip.Weights.ExponentMax {
			return fmt.Errorf("group %d: weight exponent %d, the chip has %d to %d", i, e,
				v.chip.Weights.ExponentMin, v.chip.Weights.ExponentMax)
		}
		for _, model := range g.Models() {
			if !v.chip.HasModel(model) {
				return fmt.Errorf("layer %s: neurons of kind %s, the chip has %v",
					v.layers[g.Population].Name, model, v.chip.Models)
			}
		}
		reset := profile.ResetValue
		if g.ResetMode == core.ResetSubtract {
			reset = profile.ResetSubtract
		}
		if !g.Integrator && g.Code.Kind == core.CodeNone && !v.chip.HasReset(reset) {
			return fmt.Errorf("group %d: reset by %s, the chip has %v", i, reset, v.chip.Resets)
		}
	}
	return nil
}

// constants checks that thresholds and biases are numbers that the chip
// stores. That they fit their registers is core.New's to check.
func (v *coreVerifier) constants() error {
	w := &v.chip.Widths
	bits, low := w.ThresholdBits, int64(0)
	if !w.ThresholdUnsigned {
		bits--
		low = -(int64(1)<<bits - 1) << w.ThresholdShift
	}
	high := (int64(1)<<bits - 1) << w.ThresholdShift
	for i := range v.cfg.Groups {
		g := &v.cfg.Groups[i]
		for n := g.First; n < g.First+g.Count; n++ {
			t := int64(v.cfg.Threshold[n])
			if !g.Integrator && g.Code.Table == 0 &&
				(t < low || t > high || t&(int64(1)<<w.ThresholdShift-1) != 0) {
				return fmt.Errorf("neuron %d: threshold %d, the chip stores multiples of %d from "+
					"%d to %d", n, t, int64(1)<<w.ThresholdShift, low, high)
			}
			if b := int64(v.cfg.Bias[n]); !storableBias(b, w) {
				return fmt.Errorf("neuron %d: bias %d, the chip stores %d bits shifted by up to %d",
					n, b, w.BiasBits, w.BiasExponentMax)
			}
		}
	}
	return nil
}

func storableBias(b int64, w *profile.Widths) bool {
	limit := int64(1)<<(w.BiasBits-1) - 1
	for e := 0; e <= w.BiasExponentMax; e++ {
		if m := b >> e; m<<e == b && m >= -limit && m <= limit {
			return true
		}
	}
	return false
}

// accumulators proves that no sum of a tick overflows: at most, every
// source of every axon spikes.
func (v *coreVerifier) accumulators(hits []int64) error {
	sum := make([]int64, v.cfg.Neurons())
	for i, a := range v.cfg.Axons {
		if r := &v.cfg.Rows[a.Row]; r.Format == core.Plastic {
			for n := r.First; n < r.First+r.Count; n++ {
				sum[n] += hits[i] * maxPlastic
			}
			continue
		}
		EachWeight(v.cfg, a, func(n, w int32) { sum[n] += hits[i] * max(int64(w), -int64(w)) })
	}
	for n, s := range sum {
		if s >= 1<<31 {
			return fmt.Errorf("neuron %d: the weights of a tick may sum to %d, past 32 bits", n, s)
		}
	}
	return nil
}

// maxPlastic is the largest weight that a plastic row can add.
const maxPlastic = 1<<core.AdderBits - 1

// EachWeight calls visit for the neurons and weights that a spike on an axon reaches.
func EachWeight(c *core.Config, a core.Axon, visit func(neuron, w int32)) {
	r := &c.Rows[a.Row]
	first := r.First + a.Base
	switch r.Format {
	case core.Dense8:
		for k, w := range c.Dense8[r.Offset:][:r.Count] {
			visit(first+int32(k), int32(w))
		}
	case core.Dense16:
		for k, w := range c.Dense16[r.Offset:][:r.Count] {
			visit(first+int32(k), int32(w))
		}
	case core.Sparse:
		for _, e := range c.Sparse[r.Offset:][:r.Count] {
			visit(a.Base+int32(e.Neuron), int32(e.Weight))
		}
	case core.Others:
		for n := first; n < first+r.Count; n++ {
			if n != r.Exclude {
				visit(n, int32(r.Weight)<<r.Shift)
			}
		}
	case core.Typed:
		for k := range r.Count {
			if word := c.Masks[r.Offset+int64(k)/64]; word&(1<<(k%64)) != 0 {
				visit(first+k, int32(c.Types[r.Type][first+k]))
			}
		}
	case core.Plastic:
		for k, stored := range c.Plastic[r.Offset:][:r.Count] {
			visit(first+int32(k), int32(stored)/(maxPlastic+1))
		}
	}
}

package core

import (
	"fmt"

	"adder/fixedpoint"
)

const (
	// minRegister and maxRegister bound the widths of u and v in bits.
	minRegister, maxRegister = 2, 32
	// maxAlign keeps a summed input, shifted by the largest weight exponent and aligned, inside an
	// int64 with enough bits for the other addends.
	maxAlign = 16
	// minWeightExp and maxWeightExp bound Group.WeightExp.
	minWeightExp, maxWeightExp = -8, 15
	// maxOffChip is the widest word of a memory outside of the chip.
	maxOffChip = 1 << 12
	// maxSynapses bounds the sum of all stored row lengths, so that checking
	// rows that overlap in the store stays a matter of seconds.
	maxSynapses = 1 << 31
	// maxEntries bounds a sparse row, whose bits are then counted in 32.
	maxEntries = 1 << 24
)

// validate checks everything that New and a running core rely on. Images come
// from outside, so nothing is taken for granted. Errors name the place within
// the core; the caller knows which core it is.
func (c *Config) validate() error {
	for _, check := range []func() error{
		c.Widths.validate, c.validateLengths, c.validateGroups, c.validateNeurons, c.validateTypes,
		c.validateAxons, c.validateRows, c.validateBases,
		c.validateModes, c.validatePlastic, c.validateCodes, c.validateValues,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (w *Widths) validate() error {
	for _, register := range []struct {
		name string
		bits uint8
	}{{"potential", w.Potential}, {"current", w.Current}} {
		if register.bits < minRegister || register.bits > maxRegister {
			return fmt.Errorf("widths: %s of %d bits: a register has %d to %d bits",
				register.name, register.bits, minRegister, maxRegister)
		}
	}
	if w.Align > maxAlign {
		return fmt.Errorf("widths: align %d: an input is shifted by at most %d", w.Align, maxAlign)
	}
	if w.IndexBits > maxIndexBits {
		return fmt.Errorf("widths: index of %d bits: a neuron index has at most %d bits",
			w.IndexBits, maxIndexBits)
	}
	if w.OffChip&(w.OffChip-1) != 0 || w.OffChip > maxOffChip {
		return fmt.Errorf("widths: a memory outside of the chip with words of %d bits: they have "+
			"a power of two, at most %d", w.OffChip, maxOffChip)
	}
	return nil
}

func (c *Config) validateLengths() error {
	neurons := c.Neurons()
	if neurons > MaxNeurons {
		return fmt.Errorf("%d neurons: a core holds at most %d", neurons, MaxNeurons)
	}
	for _, field := range []struct {
		name   string
		length int
	}{{"bias", len(c.Bias)}, {"reset", len(c.Reset)}, {"v0", len(c.V0)}, {"id", len(c.ID)}} {
		if field.length != neurons {
			return fmt.Errorf("%s has %d entries for %d neurons: it needs one per neuron",
				field.name, field.length, neurons)
		}
	}
	return nil
}

// validateGroups checks each group and that together they partition the
// neurons.
func (c *Config) validateGroups() error {
	var next int64
	for i := range c.Groups {
		g := &c.Groups[i]
		if int64(g.First) != next {
			return fmt.Errorf("group %d starts at neuron %d, but %d is next: groups follow each "+
				"other without gaps",
				i, g.First, next)
		}
		if g.Count < 1 || int64(g.Count) > int64(c.Neurons())-next {
			return fmt.Errorf("group %d has %d neurons from %d on: the core has %d", i, g.Count,
				next, c.Neurons())
		}
		if err := g.validate(); err != nil {
			return fmt.Errorf("group %d: %w", i, err)
		}
		next += int64(g.Count)
	}
	if next != int64(c.Neurons()) {
		return fmt.Errorf("groups cover %d of %d neurons: each neuron belongs to a group", next,
			c.Neurons())
	}
	return nil
}

func (g *Group) validate() error {
	if g.Depth < 0 {
		return fmt.Errorf("depth %d: a group cannot start before tick 0", g.Depth)
	}
	if g.DecayU > fixedpoint.DecayOne || g.DecayV > fixedpoint.DecayOne {
		return fmt.Errorf("decay factors %d and %d: at most %d can be kept", g.DecayU, g.DecayV,
			fixedpoint.DecayOne)
	}
	if g.WeightExp < minWeightExp || g.WeightExp > maxWeightExp {
		return fmt.Errorf("weight exponent %d: it is between %d and %d", g.WeightExp, minWeightExp,
			maxWeightExp)
	}
	if g.BiasToCurrent && !g.HasCurrent {
		return fmt.Errorf("the bias enters a current, but the group has none: set HasCurrent or " +
			"clear BiasToCurrent")
	}
	if g.ResetMode > ResetSubtract {
		return fmt.Errorf("reset mode %d is unknown: use %d (to a value) or %d (by subtraction)",
			g.ResetMode, ResetToValue, ResetSubtract)
	}
	return nil
}

// validateNeurons checks that every constant of a neuron fits the register it
// meets. The threshold of an integrator is never looked at.
func (c *Config) validateNeurons() error {
	for i := range c.Groups {
		g := &c.Groups[i]
		biasBits := c.Widths.Potential
		if g.BiasToCurrent {
			biasBits = c.Widths.Current
		}
		for _, field := range []struct {
			name   string
			values []int32
			bits   uint8
			unused bool
		}{
			{"threshold", c.Threshold, c.Widths.Potential, g.Integrator},
			{"bias", c.Bias, biasBits, false},
			{"reset", c.Reset, c.Widths.Potential, g.Integrator},
			{"v0", c.V0, c.Widths.Potential, false},
		} {
			if field.unused {
				continue
			}
			if err := validateConstants(field.name, field.values[g.First:][:g.Count], g.First,
				field.bits); err != nil {
				return err
			}
		}
	}
	return nil
}

func validateConstants(name string, values []int32, first int32, bits uint8) error {
	limit := fixedpoint.Limit(uint(bits))
	for i, value := range values {
		if int64(value) > limit || int64(value) < -limit {
			return fmt.Errorf("neuron %d: %s %d does not fit %d bits: its magnitude is at most %d",
				int(first)+i, name, value, bits, limit)
		}
	}
	return nil
}

func (c *Config) validateAxons() error {
	for i, axon := range c.Axons {
		if axon.Row < 0 || int(axon.Row) >= len(c.Rows) {
			return fmt.Errorf("axon %d names row %d: the core has %d rows", i, axon.Row,
				len(c.Rows))
		}
	}
	return nil
}

// validateBases checks that rows are within the core at the offsets of their axons. The rows
// themselves are checked.
func (c *Config) validateBases() error {
	ends := make([]int64, len(c.Rows)) // of rows that an axon has moved: 1 + last neuron
	for i, axon := range c.Axons {
		if axon.Base == 0 {
			continue
		}
		r := &c.Rows[axon.Row]
		if r.Format == Others || r.Format == Plastic || r.Format == Typed {
			return fmt.Errorf("axon %d starts row %d at neuron %d: only dense and sparse rows "+
				"can be moved", i, axon.Row, axon.Base)
		}
		if ends[axon.Row] == 0 {
			ends[axon.Row] = c.endOf(r)
		}
		if axon.Base < 0 || int64(axon.Base)+ends[axon.Row] > int64(c.Neurons()) {
			return fmt.Errorf("axon %d starts row %d, which reaches to neuron %d, at neuron %d: "+
				"the core has %d",
				i, axon.Row, ends[axon.Row]-1, axon.Base, c.Neurons())
		}
	}
	return nil
}

// endOf is one more than the last neuron of a dense or sparse row.
func (c *Config) endOf(r *Row) int64 {
	if r.Format != Sparse {
		return int64(r.First) + int64(r.Count)
	}
	end := int64(0)
	for _, entry := range c.Sparse[r.Offset:][:r.Count] {
		end = max(end, int64(entry.Neuron)+1)
	}
	return end
}

func (c *Config) validateRows() error {
	// Before any row is read, so that rows that overlap in the store cannot
	// make the reading last.
	var synapses int64
	for i := range c.Rows {
		if c.Rows[i].Format == Others {
			continue
		}
		if synapses += int64(c.Rows[i].Count); synapses > maxSynapses {
			return fmt.Errorf("row %d: rows up to here have more than %d synapses together", i,
				int64(maxSynapses))
		}
	}
	for i := range c.Rows {
		if err := c.validateRow(&c.Rows[i]); err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
	}
	return nil
}

func (c *Config) validateRow(r *Row) error {
	if r.WeightBits < 1 || r.WeightBits > maxWeightBits {
		return fmt.Errorf("weights of %d bits: a weight has 1 to %d bits", r.WeightBits,
			maxWeightBits)
	}
	if r.Format == Dense8 && r.WeightBits > maxByteBits {
		return fmt.Errorf("weights of %d bits in a row of bytes: store them as Dense16",
			r.WeightBits)
	}
	if c.Widths.OffChip > 0 && (r.Format == Plastic || r.Format == Typed) {
		return fmt.Errorf("a row that learns or of weights by type in a memory outside of the " +
			"chip: it lies in the core")
	}
	if r.Count < 0 {
		return fmt.Errorf("negative length %d", r.Count)
	}
	if r.Format == Sparse {
		if r.Count > maxEntries {
			return fmt.Errorf("%d entries: a sparse row has at most %d", r.Count, maxEntries)
		}
		return c.validateSparse(r)
	}
	if r.First < 0 || int64(r.First)+int64(r.Count) > int64(c.Neurons()) {
		return fmt.Errorf("neurons from %d on, %d of them: the core has %d", r.First, r.Count,
			c.Neurons())
	}
	switch r.Format {
	case Dense8:
		return validateDense(r, c.Dense8, "8-bit")
	case Dense16:
		return validateDense(r, c.Dense16, "16-bit")
	case Others:
		return c.validateOthers(r)
	case Plastic:
		return c.validatePlasticRow(r)
	case Typed:
		return c.validateTyped(r)
	}
	return fmt.Errorf("format %d is unknown", r.Format)
}

// stored returns the row's part of its store, or an error if it reaches
// outside.
func stored[T any](r *Row, store []T, name string) ([]T, error) {
	length := int64(len(store))
	if r.Offset < 0 || r.Offset > length || int64(r.Count) > length-r.Offset {
		return nil, fmt.Errorf("%d entries at offset %d of the %s store: it has %d", r.Count,
			r.Offset, name, length)
	}
	return store[r.Offset : r.Offset+int64(r.Count)], nil
}

func validateDense[W int8 | int16](r *Row, store []W, name string) error {
	weights, err := stored(r, store, name)
	if err != nil || len(weights) == 0 {
		return err
	}
	low, high := weights[0], weights[0]
	for _, w := range weights {
		low, high = min(low, w), max(high, w)
	}
	if fits(int32(low), r.WeightBits) && fits(int32(high), r.WeightBits) {
		return nil
	}
	for i, w := range weights {
		if !fits(int32(w), r.WeightBits) {
			return weightError(int64(r.First)+int64(i), int32(w), r.WeightBits)
		}
	}
	return nil
}

func (c *Config) validateSparse(r *Row) error {
	entries, err := stored(r, c.Sparse, "sparse")
	if err != nil {
		return err
	}
	for i, entry := range entries {
		if int(entry.Neuron) >= c.Neurons() {
			return fmt.Errorf("entry %d names neuron %d: the core has %d", i, entry.Neuron,
				c.Neurons())
		}
		if !fits(int32(entry.Weight), r.WeightBits) {
			return weightError(int64(entry.Neuron), int32(entry.Weight), r.WeightBits)
		}
	}
	return nil
}

func (c *Config) validateOthers(r *Row) error {
	if r.Exclude < -1 || int(r.Exclude) >= c.Neurons() {
		return fmt.Errorf("excludes neuron %d: use one of the core's %d, or -1 for none", r.Exclude,
			c.Neurons())
	}
	if !fits(int32(r.Weight), r.WeightBits) {
		return fmt.Errorf("weight %d does not fit %d bits", r.Weight, r.WeightBits)
	}
	if r.Shift > maxShift || int64(r.Weight)<<r.Shift != int64(int32(r.Weight)<<r.Shift) {
		return fmt.Errorf("weight %d shifted by %d: a shift is at most %d and the weight stays "+
			"within 32 bits", r.Weight, r.Shift, maxShift)
	}
	return nil
}

// fits reports whether a weight fits a two's complement field of the width.
func fits(weight int32, bits uint8) bool {
	half := int32(1) << (bits - 1)
	return weight >= -half && weight < half
}

func weightError(neuron int64, weight int32, bits uint8) error {
	return fmt.Errorf("weight %d to neuron %d does not fit %d bits", weight, neuron, bits)
}

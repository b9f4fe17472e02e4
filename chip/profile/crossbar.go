package profile

// Crossbar describes a core with binary synapses: each bit of a neuron's weights takes a column of
// Axons axons. A core with more axons takes 2, 4, 8, ... times the columns for each neuron. The
// zero Crossbar is none.
type Crossbar struct {
	// Axons is the number of axons of a column, Columns that of columns.
	Axons, Columns int
}

// Width is the number of columns of a weight of so many bits: the next power of two.
func (c *Crossbar) Width(bits int) int {
	width := 1
	for width < bits {
		width *= 2
	}
	return width
}

// Factor is the multiple of columns per neuron for a number of axons.
func (c *Crossbar) Factor(axons int) int {
	factor := 1
	for factor*c.Axons < axons {
		factor *= 2
	}
	return factor
}

// Holds reports whether a core has columns for so many neurons on so many axons, with weights of a
// width in bits. A core without a crossbar holds any.
func (c *Crossbar) Holds(neurons, axons, bits int) bool {
	return c.Columns == 0 || neurons*c.Width(bits)*c.Factor(axons) <= c.Columns
}

// ForWeights is the profile for weights of so many bits: with a crossbar, the number of columns is
// divided by the columns of a neuron, so that each neuron takes one.
func (p *Profile) ForWeights(bits int) *Profile {
	x := &p.Core.Crossbar
	if x.Columns == 0 {
		return p
	}
	narrow := *p
	narrow.Core.Crossbar.Columns = x.Columns / x.Width(bits)
	narrow.Core.Neurons = min(p.Core.Neurons, narrow.Core.Crossbar.Columns)
	return &narrow
}

// checkCrossbar checks the limits of a core against its crossbar.
func (d *decoder) checkCrossbar(p *Profile) error {
	x, c := &p.Core.Crossbar, &p.Core
	at := d.at["core.crossbar"]
	switch {
	case x.Columns == 0:
		return nil
	case p.HasFormat(Typed) || p.HasFormat(Sparse) || p.Weights.SharedRows:
		return d.fail(at, "a crossbar stores rows as dense, each its own: write formats "+
			"[dense] and shared_rows false")
	case x.Width(p.Weights.MaxBits)*x.Factor(c.InputAxons) > x.Columns:
		return d.fail(at, "no neuron hears %d axons at %d bits with %d columns of %d axons: "+
			"lower core.input_axons", c.InputAxons, p.Weights.MaxBits, x.Columns, x.Axons)
	}
	return nil
}

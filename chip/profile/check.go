package profile

import "slices"

// check holds what fields must agree on.
func (d *decoder) check(p *Profile) error {
	if p.FitOnly != nil {
		return d.checkFitOnly(p)
	}
	for _, check := range []func(*Profile) error{
		d.checkPorts, d.checkWeights, d.checkWidths, d.checkSingle, d.checkBarrier, d.checkOffChip,
		d.checkCrossbar,
		d.checkBoard,
	} {
		if err := check(p); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) checkPorts(p *Profile) error {
	for i, port := range p.Ports {
		if port.X >= p.Mesh.Width || port.Y >= p.Mesh.Height {
			return d.fail(d.at["ports"], "port %q is at (%d, %d), outside the mesh of %d x %d: "+
				"count tiles from 0",
				port.Name, port.X, port.Y, p.Mesh.Width, p.Mesh.Height)
		}
		if p.Port(port.Name) != i {
			return d.fail(d.at["ports"], "two ports are named %q: give each its own name",
				port.Name)
		}
	}
	return nil
}

func (d *decoder) checkWeights(p *Profile) error {
	w := &p.Weights
	switch {
	case w.MinBits > w.MaxBits:
		return d.fail(d.at["weights.max_bits"], "%d is less than min_bits = %d: exchange them",
			w.MaxBits, w.MinBits)
	case w.ExponentMin > 0 || w.ExponentMax < 0:
		return d.fail(d.at["weights.exponent_min"], "exponents %d to %d leave out 0: include it",
			w.ExponentMin, w.ExponentMax)
	case p.HasFormat(Sparse) && 1<<w.SparseIndexBits < p.Core.Neurons:
		return d.fail(d.at["weights.sparse_index_bits"], "%d bits do not name %d neurons: write "+
			"enough for core.neurons, or leave sparse out of formats",
			w.SparseIndexBits, p.Core.Neurons)
	case p.HasFormat(Typed) && len(w.Formats) > 1:
		return d.fail(d.at["weights.formats"], "typed stands beside other formats: a crossbar of "+
			"types has no other rows, leave them out")
	case p.HasFormat(Typed) != (w.AxonTypes > 0):
		return d.fail(d.at["weights.formats"], "formats %s and %d axon_types: rows are typed "+
			"where there are types, and only there", join(w.Formats), w.AxonTypes)
	case w.PlasticBits != 0 && w.PlasticBits != 16:
		return d.fail(d.at["weights.plastic_bits"], "%d is not possible: write 16, or 0 for a "+
			"chip that does not learn", w.PlasticBits)
	}
	return nil
}

func (d *decoder) checkWidths(p *Profile) error {
	w := &p.Widths
	magnitude := w.ThresholdBits + w.ThresholdShift
	if !w.ThresholdUnsigned {
		magnitude--
	}
	switch {
	case magnitude > w.PotentialBits-1:
		return d.fail(d.at["widths.threshold_bits"],
			"a threshold of %d bits shifted by %d is wider than a potential of %d bits: no "+
				"neuron could reach it; narrow one or the other",
			w.ThresholdBits, w.ThresholdShift, w.PotentialBits)
	case w.BiasBits+w.BiasExponentMax > w.PotentialBits:
		return d.fail(d.at["widths.bias_bits"],
			"a bias of %d bits shifted by up to %d is wider than a potential of %d bits: narrow "+
				"one or the other",
			w.BiasBits, w.BiasExponentMax, w.PotentialBits)
	}
	return nil
}

func (d *decoder) checkBarrier(p *Profile) error {
	if p.Timing == nil {
		return nil
	}
	const path = "timing.barrier"
	_, base := d.at[path+".base"]
	_, perHop := d.at[path+".per_hop"]
	table, listed := d.at[path+".table"]
	switch {
	case listed && (base || perHop):
		return d.fail(table,
			"the barrier has a table and a formula: keep table, or base and per_hop")
	case !listed && base != perHop:
		return d.fail(d.at[path], "the barrier is half timed: add base and per_hop, or a table of "+
			"{tiles, time}, or leave all out where they are not known")
	case !listed && !base && !slices.Contains(p.Timing.Unknown, path):
		p.Timing.Unknown = append(p.Timing.Unknown, path)
	}
	entries := p.Timing.Barrier.Table
	for i := 1; i < len(entries); i++ {
		if entries[i].Tiles <= entries[i-1].Tiles {
			return d.fail(table, "%d tiles follow %d: list entries by ascending tiles",
				entries[i].Tiles, entries[i-1].Tiles)
		}
	}
	return nil
}

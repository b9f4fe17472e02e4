package core

import "math/big"

// pairs lists the (neuron, weight) pairs of an axon's row, zeros included, where
// the axon moves them.
func (o *oracle) pairs(axon *Axon) []Synapse {
	r := &o.cfg.Rows[axon.Row]
	var list []Synapse
	for i := int64(0); i < int64(r.Count); i++ {
		neuron := uint16(int64(r.First) + i)
		switch r.Format {
		case Dense8:
			list = append(list, Synapse{Neuron: neuron, Weight: int16(o.cfg.Dense8[r.Offset+i])})
		case Dense16:
			list = append(list, Synapse{Neuron: neuron, Weight: o.cfg.Dense16[r.Offset+i]})
		case Sparse:
			list = append(list, o.cfg.Sparse[r.Offset+i])
		case Others:
			if int32(neuron) != r.Exclude {
				list = append(list, Synapse{Neuron: neuron, Weight: r.Weight})
			}
		case Plastic:
			list = append(list,
				Synapse{Neuron: neuron, Weight: int16(o.learns.weights[r.Offset+i] / 256)})
		case Typed:
			if o.cfg.Masks[r.Offset+i/64]/(1<<(i%64))%2 == 1 {
				list = append(list, Synapse{Neuron: neuron, Weight: o.cfg.Types[r.Type][neuron]})
			}
		}
	}
	for i := range list {
		list[i].Neuron += uint16(axon.Base)
	}
	return list
}

// largest is a bound on what one spike on an axon adds to a neuron, at least 1.
func (o *oracle) largest(axon int32) int64 {
	a, most := &o.cfg.Axons[axon], int64(1)
	for _, synapse := range o.pairs(a) {
		most = max(most, int64(synapse.Weight)<<o.cfg.Rows[a.Row].Shift,
			-int64(synapse.Weight)<<o.cfg.Rows[a.Row].Shift)
	}
	if o.cfg.Rows[a.Row].Format == Sparse { // which may name a neuron again
		most *= int64(max(o.cfg.Rows[a.Row].Count, 1))
	}
	return most
}

// deliver counts by the population of each neuron that a row names; what is read
// once, the entry and the word of an others row, by that of the first.
func (o *oracle) deliver(axon int32) {
	row, base := &o.cfg.Rows[o.cfg.Axons[axon].Row], o.cfg.Axons[axon].Base
	first := int32(0)
	if row.Count > 0 {
		first = row.First + base
	}
	if row.Format == Sparse && row.Count > 0 {
		first = int32(o.cfg.Sparse[row.Offset].Neuron) + base
	}
	if o.arrived[axon]++; o.arrived[axon] > 1 && o.cfg.Widths.MergeDuplicates {
		o.of(first).Merges++
		return
	}
	o.of(first).AxonReads++
	index := int64(o.cfg.Widths.IndexBits)
	if index == 0 {
		index = 16
	}
	if row.Format == Others {
		o.of(first).SynapseBits += int64(row.WeightBits) + index
	}
	if row.Format == Typed {
		for n := row.First; n < row.First+row.Count; n++ {
			o.of(n).SynapseBits++
		}
	}
	var bits int64
	for _, synapse := range o.pairs(&o.cfg.Axons[axon]) {
		weight, n := int64(synapse.Weight), o.of(int32(synapse.Neuron))
		if row.Format == Others {
			weight <<= row.Shift
		}
		if o.group(int32(synapse.Neuron)).Shift.Most > 0 {
			if row.Format != Others {
				weight <<= row.Shift
			}
			o.late = append(o.late, oracleArrival{axon, int32(synapse.Neuron), weight, row.Second})
		} else {
			o.a[synapse.Neuron].Add(o.a[synapse.Neuron], big.NewInt(weight))
		}
		n.SynapticAdds++
		if synapse.Weight != 0 {
			n.Synops++
		}
		switch row.Format {
		case Plastic:
			n.SynapseBits += 8
		case Dense8, Dense16, Typed:
			n.SynapseBits += int64(row.WeightBits)
		case Sparse:
			n.SynapseBits += int64(row.WeightBits) + index
		}
		bits += int64(row.WeightBits)
		if row.Format == Sparse {
			bits += index
		}
	}
	if row.Format == Others {
		bits = int64(row.WeightBits) + index
	}
	for word := int64(o.cfg.Widths.OffChip); word > 0 && bits%word != 0; bits++ {
		o.of(first).SynapseBits++ // what fills the last word
	}
}

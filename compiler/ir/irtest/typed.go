package irtest

import "adder/compiler/ir"

// typed draws a matrix of as few values per neuron as the chip has types of axons. In one
// of two populations all neurons have the same.
func (d *drawing) typed(p *ir.Projection) {
	few, known := d.few[p.Target]
	if !known {
		few = d.values(p.Weights.Targets)
		if d.few == nil {
			d.few = map[int][][]int16{}
		}
		d.few[p.Target] = few
	}
	w := &p.Weights
	p.WeightBits = 5 // and an exponent of up to 4, in 9
	w.Dense16 = make([]int16, w.Sources*w.Targets)
	for i := range w.Dense16 {
		values := few[i%w.Targets]
		if k := d.number("value", 0, len(values)); k > 0 {
			w.Dense16[i] = values[k-1]
		}
	}
}

// values draws the weights that each neuron has.
func (d *drawing) values(targets int) [][]int16 {
	out, same := make([][]int16, targets), d.yes("the same values")
	for n := range out {
		if same && n > 0 {
			out[n] = out[0]
			continue
		}
		for range d.number("types", 1, d.on.Weights.AxonTypes) {
			out[n] = append(out[n], int16(d.number("weight of a type", -16, 15)))
		}
	}
	return out
}

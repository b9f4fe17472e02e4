package ir

import "adder/core"

// Each calls emit for every nonzero weight of source i, by ascending target. Of a plastic weight
// emit gets the upper bits, which a core adds.
func (w *Weights) Each(i int, emit func(target, weight int32)) { w.each(i, false, emit) }

// eachListed is Each with all listed entries, zeros included: all of a matrix, of a run with the
// excluded target, and those in lists.
func (w *Weights) eachListed(i int, emit func(target, weight int32)) { w.each(i, true, emit) }

func (w *Weights) each(i int, zeros bool, emit func(target, weight int32)) {
	switch {
	case w.Dense != nil:
		eachOf(w.Dense[i*w.Targets:(i+1)*w.Targets], zeros, emit)
	case w.Dense16 != nil:
		eachOf(w.Dense16[i*w.Targets:(i+1)*w.Targets], zeros, emit)
	case w.Plastic != nil:
		w.eachPlastic(i, zeros, emit)
	case w.Others != nil:
		w.eachOther(i, zeros, emit)
	default:
		for k := w.Start[i]; k < w.Start[i+1]; k++ {
			if zeros || w.Value[k] != 0 {
				emit(w.Target[k], int32(w.Value[k]))
			}
		}
	}
}

func eachOf[W int8 | int16](row []W, zeros bool, emit func(target, weight int32)) {
	for t, v := range row {
		if zeros || v != 0 {
			emit(int32(t), int32(v))
		}
	}
}

// plasticBits is the width of a stored plastic weight.
const plasticBits = 16

func (w *Weights) eachPlastic(i int, zeros bool, emit func(target, weight int32)) {
	for k, stored := range w.Plastic[i*w.Count : (i+1)*w.Count] {
		if v := stored >> (plasticBits - core.AdderBits); zeros || v != 0 {
			emit(int32(w.First+k), int32(v))
		}
	}
}

func (w *Weights) eachOther(i int, zeros bool, emit func(target, weight int32)) {
	row := &w.Others[i]
	for t := int32(w.First); t < int32(w.First+w.Count); t++ {
		v := int32(row.Weight) << row.Shift
		if t == row.Exclude {
			v = 0
		}
		if zeros || v != 0 {
			emit(t, v)
		}
	}
}

// EachStored calls emit for the stored entries of source i: the nonzero weights or, where rows are
// kept (KeepsRows), all listed ones.
func (p *Projection) EachStored(i int, emit func(target, weight int32)) {
	if p.KeepsRows() {
		p.Weights.eachListed(i, emit)
		return
	}
	p.Weights.Each(i, emit)
}

// KeepsRows reports whether each source has its own row, with its entries in their order.
func (p *Projection) KeepsRows() bool {
	return p.Verbatim || p.Weights.Plastic != nil || p.Weights.Others != nil
}

// OwnRows reports whether each source has its own row, so that no row is shared: rows that are
// kept, and those whose weights are shifted or enter a second current.
func (p *Projection) OwnRows() bool { return p.KeepsRows() || p.Exponent != 0 || p.Second }

// IsDense reports whether every source has a weight for every target.
func (w *Weights) IsDense() bool { return w.Dense != nil || w.Dense16 != nil }

// NonZero counts the nonzero weights.
func (w *Weights) NonZero() int64 {
	var n int64
	for i := range w.Sources {
		w.Each(i, func(int32, int32) { n++ })
	}
	return n
}

// ShiftedByte rounds an amount that is not negative to 8 bits and a shift: weight << shift, as
// Others adds.
func ShiftedByte(amount int32) (weight int32, shift uint8) {
	for ; amount > 1<<8-1; shift++ {
		amount = (amount + 1) >> 1
	}
	return amount, shift
}

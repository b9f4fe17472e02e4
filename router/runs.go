package router

// Run is a run of sources, which reach consecutive axon entries of one core: source Source + k
// reaches axon entry Axon + k, for k below Count.
type Run struct {
	Source, Count int32
	Core          Core
	Axon          int32
}

// Runs are routes as runs, in the order of their first sources and then by core and axon
// entry. Each destination of each source is in one.
func (r *Routes) Runs() []Run {
	var runs []Run
	var open, next []int // runs that end at the source before, and at this one
	for i := range r.Sources() {
		next = next[:0]
		k := 0
		for _, d := range r.Of(i) {
			for k < len(open) && before(runs[open[k]].end(), d) {
				k++
			}
			if k < len(open) && runs[open[k]].end() == d {
				runs[open[k]].Count++
				next = append(next, open[k])
				k++
				continue
			}
			next = append(next, len(runs))
			runs = append(runs, Run{Source: int32(i), Count: 1, Core: d.Core, Axon: d.Axon})
		}
		open, next = next, open
	}
	return runs
}

// end is the axon entry that the next source after the run would have.
func (r *Run) end() Dest { return Dest{Core: r.Core, Axon: r.Axon + r.Count} }

// OrRange adds bits from..from+count-1 of one set to another one, from bit at on. Bit i
// mod 64 of word i / 64 of a set is its i-th.
func OrRange(to []uint64, at int32, of []uint64, from, count int32) {
	if (at|from)&63 == 0 {
		OrWords(to[at>>6:], of[from>>6:], count)
		return
	}
	for ; count > 0; at, from, count = at+64, from+64, count-64 {
		word := bitsFrom(of, from)
		if count < 64 {
			word &= 1<<uint(count) - 1
		}
		if word == 0 {
			continue
		}
		shift := uint(at & 63)
		to[at>>6] |= word << shift
		if high := word >> (64 - shift); high != 0 {
			to[at>>6+1] |= high
		}
	}
}

// OrWords adds the first count bits of one set to another one.
func OrWords(to, of []uint64, count int32) {
	whole := int(count >> 6)
	from := of[:whole]
	into := to[:len(from)]
	for w, word := range from {
		into[w] |= word
	}
	if rest := uint(count & 63); rest > 0 {
		to[whole] |= of[whole] & (1<<rest - 1)
	}
}

// bitsFrom are the 64 bits of a set from one on, 0 past its end.
func bitsFrom(of []uint64, from int32) uint64 {
	shift := uint(from & 63)
	word := of[from>>6] >> shift
	if shift > 0 && int(from>>6+1) < len(of) {
		word |= of[from>>6+1] << (64 - shift)
	}
	return word
}

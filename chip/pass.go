package chip

// A core that receives its own spikes, or learns, is advanced tick by tick, but what the host
// sends is known for many ticks: as long as no neuron fires, the core goes on by itself.

// foresees reports whether all input of core i is from itself or from the host on its bank, without
// delay, and nobody looks at it between two ticks.
func (f *Fast) foresees(i int) bool {
	c := &f.cells[i]
	if f.opts.ByTick || f.threads() > 1 || f.trails != nil || len(c.watched) > 0 ||
		f.chip.image.Host != nil || f.wiring.anyFar || f.dead(i) {
		return false
	}
	first, count := f.cores[i].Bank()
	found := false
	for k := range f.wiring.feeds[i] {
		from := &f.wiring.feeds[i][k]
		switch {
		case int(from.from) == i:
		case int(from.from) != len(f.cores) || found || !from.aligned || from.delay != 0:
			return false
		default:
			// All inputs are on the bank: Foresee takes their sets as they are.
			r := &from.runs[0]
			found = int(r.Count) == from.sources && r.Axon == first && r.Count == count
		}
	}
	return found
}

// foresee tells a part of one core what the host sends in the ticks first..last-1, and reports
// whether it could.
func (f *Fast) foresee(p *part, first, last int32) bool {
	i := p.cores[0]
	last = min(last, f.ticks)
	if len(p.cores) > 1 || !f.cells[i].foresees || first >= last || f.retired.out[i] {
		return false
	}
	sets, words := f.sample.Spikes.Words()
	f.cores[i].Foresee(first, sets[words*int(first):words*int(last)], words, int(last-first))
	return true
}

// pass advances core i by ticks from t on, below last, as long as nothing of its own is due and
// none of its neurons fires, and returns how many that are.
func (f *Fast) pass(i int, t, last int32) int32 {
	if f.asleep[i] != awake || f.rings[i].Last()+f.wiring.reach[i] >= t {
		return 0
	}
	n := f.cores[i].Pass(t, last, f.ticks)
	f.rings[i].Silence(t, t+n)
	return n
}

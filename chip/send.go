package chip

import (
	"math/bits"

	"adder/core"
	"adder/router"
)

// costRun is a run of neurons of one account whose spikes put the same on the mesh.
type costRun struct {
	first, last, account, depth int32
	cost                        router.Cost
}

// costRuns are those of core i.
func (c *Chip) costRuns(i int) []costRun {
	costs := c.costs.Neurons[c.image.Cores[i].Tile]
	var runs []costRun
	for n, account := range c.account[i] {
		if last := len(runs) - 1; last >= 0 && runs[last].account == account &&
			runs[last].cost == costs[n] {
			runs[last].last++
			continue
		}
		runs = append(runs, costRun{
			first: int32(n), last: int32(n + 1), account: account,
			depth: c.image.Populations[c.owner[i][n]].Depth, cost: costs[n],
		})
	}
	return runs
}

// addSpikes adds so many spikes of a source with that cost.
func addSpikes(t *router.Traffic, k *router.Cost, spikes int64) {
	t.Packets += spikes * int64(k.Packets)
	for class, links := range k.Hops {
		t.Hops[class] += spikes * int64(links)
	}
}

// ones is the number of members first..last-1 of a set.
func ones(set []uint64, first, last int32) (n int64) {
	if first>>6 == (last-1)>>6 {
		return int64(bits.OnesCount64(set[first>>6] >> (first & 63) << (64 - (last - first))))
	}
	n = int64(bits.OnesCount64(set[first>>6] >> (first & 63)))
	for _, word := range set[first>>6+1 : last>>6] {
		n += int64(bits.OnesCount64(word))
	}
	if last&63 != 0 {
		n += int64(bits.OnesCount64(set[last>>6] << (64 - last&63)))
	}
	return n
}

// onesOf is the number of members first..last-1 of all sets that planes count (core.Planes).
func onesOf(planes []uint64, words int, first, last int32) (n int64) {
	for p := 0; len(planes) > 0; p, planes = p+1, planes[words:] {
		n += ones(planes[:words], first, last) << p
	}
	return n
}

// sendSet counts and records the spikes that left core i in tick t. The cores that receive them
// look them up there; only spikes with a long delay are scheduled.
func (f *Fast) sendSet(i int, t int32, set []uint64) {
	c := &f.cells[i]
	f.sendFar(i, t, set)
	if c.recorded || c.listed && f.readings.byTick {
		f.leaveList(i, t, c.members(set))
		return
	}
	if c.listed {
		f.countRead(i, set)
	}
	if len(c.costs) > 4*len(set) { // so many runs that spikes are fewer
		f.addCosts(i, t, c.members(set))
		return
	}
	for k := range c.costs {
		r := &c.costs[k]
		if n := ones(set, r.first, r.last); n > 0 {
			addSpikes(&f.tally.at(r.account, t-r.depth).Traffic, &r.cost, n)
		}
	}
}

// sendSpan is sendSet for the sets of ticks in a row, of a core whose spikes are only counted.
func (f *Fast) sendSpan(i int, fired []uint64) {
	c, words := &f.cells[i], f.cores[i].FiredWords()
	if c.listed {
		f.countRead(i, fired)
	}
	if len(c.costs) > 4*words { // so many runs that spikes are fewer
		for ; len(fired) > 0; fired = fired[words:] {
			f.addCosts(i, 0, c.members(fired[:words]))
		}
		return
	}
	c.planes = core.Planes(c.planes, fired, words)
	for k := range c.costs {
		r := &c.costs[k]
		if n := onesOf(c.planes, words, r.first, r.last); n > 0 {
			addSpikes(&f.tally.at(r.account, 0).Traffic, &r.cost, n)
		}
	}
}

// countRead counts the spikes of a core, in ticks in a row, from which the class is read at
// the end.
func (f *Fast) countRead(i int, fired []uint64) {
	words, owner, logical := f.cores[i].FiredWords(), f.chip.owner[i], f.chip.logical[i]
	for ; len(fired) > 0; fired = fired[words:] {
		for _, n := range f.cells[i].members(fired[:words]) {
			if p := owner[n]; f.readout.reads(p) {
				f.readings.count(0, int(logical[n]-f.chip.first[p]))
			}
		}
	}
}

// addCosts counts what spikes of core i put on the mesh in tick t.
func (f *Fast) addCosts(i int, t int32, fired []int32) {
	accounts, owner := f.chip.account[i], f.chip.owner[i]
	costs := f.chip.costs.Neurons[f.chip.image.Cores[i].Tile]
	for len(fired) > 0 {
		n, account := 1, accounts[fired[0]]
		for n < len(fired) && accounts[fired[n]] == account {
			n++
		}
		at := f.modelTick(owner[fired[0]], t)
		traffic := &f.tally.at(account, at).Traffic
		for _, one := range fired[:n] {
			traffic.AddSpike(&costs[one])
		}
		fired = fired[n:]
	}
}

// leaveList is sendSet for spikes that are recorded, read by tick or followed over links.
func (f *Fast) leaveList(i int, t int32, fired []int32) {
	f.addCosts(i, t, fired)
	f.together.Lock()
	defer f.together.Unlock()
	for _, n := range fired {
		if f.trails != nil {
			f.out.Links.cross(&f.trails.cores[i], n, 1)
		}
		p := f.chip.owner[i][n]
		logical := int(f.chip.logical[i][n] - f.chip.first[p])
		at := f.modelTick(p, t)
		f.probes.spike(p, at, logical)
		if f.readout.reads(p) {
			f.readings.count(at, logical)
		}
	}
}

// inject counts and sends the host's spikes of the whole sample.
func (f *Fast) inject() {
	host := len(f.cores)
	if f.opts.ByTick || f.trails != nil || len(f.wiring.far[host]) > 0 {
		for t := range f.ticks {
			f.injectSet(t)
		}
		return
	}
	counts := f.tally.at(accountHost, 0)
	sets, words := f.sample.Spikes.Words()
	for sets = sets[:words*int(f.ticks)]; len(sets) > 0; {
		now := sets[:min(len(sets), words*core.MaxSets)]
		sets = sets[len(now):]
		f.planes = core.Planes(f.planes, now, words)
		for k := range f.chip.hostCosts {
			r := &f.chip.hostCosts[k]
			n := onesOf(f.planes, words, r.first, r.last)
			counts.InputSpikes += n
			addSpikes(&counts.Traffic, &r.cost, n)
		}
	}
}

// injectSet counts the host's spikes of tick t.
func (f *Fast) injectSet(t int32) {
	set := f.sample.Spikes.Row(int(t))
	host := len(f.cores)
	f.sendFar(host, t, set)
	counts := f.tally.at(accountHost, t)
	for k := range f.chip.hostCosts {
		r := &f.chip.hostCosts[k]
		n := ones(set, r.first, r.last)
		counts.InputSpikes += n
		addSpikes(&counts.Traffic, &r.cost, n)
	}
	if f.trails == nil {
		return
	}
	for w, word := range set {
		for ; word != 0; word &= word - 1 {
			f.out.Links.cross(&f.trails.port, int32(w<<6+bits.TrailingZeros64(word)), 1)
		}
	}
}

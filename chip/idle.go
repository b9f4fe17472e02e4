package chip

import (
	"slices"

	"adder/core"
)

// A core that did nothing in a whole sample is in its initial state after it, and its counts of the
// next one are known, unless a spike reaches it: such cores are retired. A sample does not touch
// them, and its attribution has no cells for them, but includes their counts. A spike that may
// reach one wakes it: it then begins the sample and catches up on the ticks before.

// idle is the counts of accounts in samples without activity.
type idle struct {
	cells [][]Counts // by account and bin, nil for those not known
	sum   core.Counts
}

// few are the cells of an attribution of which most accounts are idle. rest are the counts of those
// without cells in all bins.
type few struct {
	idle     *idle
	place    []int32 // by account, 1 + the place of its cells, or 0
	own      [][]Counts
	accounts []int32 // that own has
	rest     core.Counts
}

// sumOf is the sum of an account's counts over all bins.
func sumOf(cells []Counts) (sum core.Counts) {
	for bin := range cells {
		sum.Add(&cells[bin].Core)
	}
	return sum
}

// take gives an account cells.
func (f *few) take(account int, cells []Counts) {
	f.own, f.accounts = append(f.own, cells), append(f.accounts, int32(account))
	f.place[account] = int32(len(f.own))
}

// cells returns the cells of an account, and allocates them if it has none.
func (f *few) cells(account int) []Counts {
	if f.place[account] == 0 {
		cells := slices.Clone(f.idle.cells[account])
		sum := sumOf(cells)
		f.rest.Sub(&sum)
		f.take(account, cells)
	}
	return f.own[f.place[account]-1]
}

// read are the cells of an account, to be read.
func (f *few) read(account int) []Counts {
	if at := f.place[account]; at > 0 {
		return f.own[at-1]
	}
	return f.idle.cells[account]
}

func (f *few) total() Counts {
	sum := Counts{Core: f.rest}
	for _, cells := range f.own {
		for bin := range cells {
			sum.Add(&cells[bin])
		}
	}
	return sum
}

// retired are the cores of a run that samples leave out.
type retired struct {
	out   []bool // by core
	count int
	live  []int32 // the others
	idle  *idle   // shared with attributions
	// allowed says that the present sample may leave cores out.
	allowed bool
}

func newRetired(cores int) retired {
	r := retired{out: make([]bool, cores), live: make([]int32, cores), idle: &idle{}}
	for i := range r.live {
		r.live[i] = int32(i)
	}
	return r
}

// recall wakes all cores, between two samples.
func (r *retired) recall() {
	if r.count > 0 {
		*r = newRetired(len(r.out))
	}
}

// fewFrom is the number of retired cores from which an attribution is one of few.
const fewFrom = 256

// attribution is that of a sample before it begins: what retired cores count, and nothing of
// the others.
func (r *run) attribution() *Attribution {
	t, gone := &r.tally, &r.retired
	if gone.count < fewFrom {
		a := NewAttribution(t.chip.accounts, t.opts.Ticks, t.opts.ByTick)
		for i := 0; i < len(gone.out) && gone.count > 0; i++ {
			if gone.out[i] {
				t.each(i, func(account int) { a.set(account, gone.idle.cells[account]) })
			}
		}
		return a
	}
	a := &Attribution{accounts: t.chip.accounts, ticks: t.opts.Ticks, byTick: t.opts.ByTick}
	a.few = &few{idle: gone.idle, place: make([]int32, len(a.accounts)), rest: gone.idle.sum}
	bins := a.Bins()
	open := func(account int) { a.few.take(account, make([]Counts, bins)) }
	open(accountHost)
	open(accountChip)
	for _, i := range gone.live {
		t.each(int(i), open)
	}
	return a
}

// set writes the cells of an account of an attribution that is not one of few.
func (a *Attribution) set(account int, cells []Counts) {
	for bin := range cells {
		a.rows[bin][account] = cells[bin]
	}
}

// open empties the cells of an account that was idle.
func (a *Attribution) open(account int, idle *core.Counts) {
	empty := make([]Counts, a.Bins())
	if a.few == nil {
		a.set(account, empty)
		return
	}
	a.few.rest.Sub(idle)
	a.few.take(account, empty)
}

// each visits the accounts of core i.
func (t *tally) each(i int, visit func(account int)) {
	for k := range t.depths[i] {
		visit(t.chip.firstAccount[i] + k)
	}
}

// retires reports whether samples may leave cores out: where one processor works on a
// sample, spikes alone reach cores, and nothing is learned or broken.
func (f *Fast) retires() bool {
	return f.threads() == 1 && !f.opts.Learn && f.chip.image.Host == nil &&
		!f.chip.broken.ByPacket()
}

// retireAll leaves out those of the cores that did nothing.
func (f *Fast) retireAll(slept []int32) {
	before := f.retired.count
	for _, i := range slept {
		f.retire(int(i))
	}
	if f.retired.count == before {
		return
	}
	f.retired.live = slices.DeleteFunc(f.retired.live, func(i int32) bool {
		return f.retired.out[i]
	})
}

// retire leaves out core i from the next sample on if it did nothing in this one, of whose
// last ticks it slept through all.
func (f *Fast) retire(i int) {
	gone, a, did := &f.retired, f.tally.of, false
	f.tally.each(i, func(account int) {
		for bin := range a.Bins() {
			n := &a.read(account, bin).Core
			did = did || n.ActiveUpdates|n.AxonReads|n.Merges|n.Spikes != 0
		}
	})
	if did {
		return
	}
	if gone.idle.cells == nil {
		gone.idle.cells = make([][]Counts, len(a.accounts))
	}
	f.tally.each(i, func(account int) {
		if gone.idle.cells[account] == nil {
			cells := make([]Counts, a.Bins())
			for bin := range cells {
				cells[bin] = *a.read(account, bin)
			}
			gone.idle.cells[account] = cells
		}
		sum := sumOf(gone.idle.cells[account])
		gone.idle.sum.Add(&sum)
	})
	gone.out[i], f.asleep[i] = true, 0
	gone.count++
}

// rouse wakes the retired cores that receive from core s, or from the host if s is the number of
// cores.
func (f *Fast) rouse(s int) {
	if f.retired.count == 0 {
		return
	}
	for _, to := range f.wiring.targets[s] {
		if f.retired.out[to] {
			f.comeBack(int(to))
		}
	}
}

// comeBack has core i begin the sample, of which it has slept through all ticks so far.
func (f *Fast) comeBack(i int) {
	gone, a, k := &f.retired, f.tally.of, f.cores[i]
	f.tally.each(i, func(account int) {
		sum := sumOf(gone.idle.cells[account])
		gone.idle.sum.Sub(&sum)
		a.open(account, &sum)
	})
	gone.out[i] = false
	gone.count--
	gone.live = append(gone.live, int32(i))
	f.tally.point(i, k, a.Bin(TickReset))
	k.Seed(f.source, f.sample.Number)
	k.Begin()
	f.tally.point(i, k, a.within(0))
	f.beginCore(i)
	f.asleep[i] = 0
	f.addPart(i)
}

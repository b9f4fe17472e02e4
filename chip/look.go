package chip

import "adder/layout"

// watched is a segment of a population on a core whose potentials are recorded or read.
type watched struct {
	population, first, count, logical int32
	probed, read                      bool
}

// readings are the values that a class is read from in each tick, with Options.ByTick, and for the
// last tick alone without, or of a population with a code: potentials, or spikes of the tick, which
// add up at the end.
type readings struct {
	values [][]int32 // by model tick
	counts bool
	byTick bool
}

// count counts a spike of a neuron of the population that is read.
func (r *readings) count(at int32, logical int) {
	if !r.byTick {
		at = 0
	}
	r.values[at][logical]++
}

// watch finds what is recorded and read of each core, which is the same in all samples.
func (f *Fast) watch() {
	read := f.chip.image.Readout
	f.readings.counts = read.Kind == layout.ReadoutCount || read.Kind == layout.ReadoutLabels
	f.readings.open(f)
	if f.watching {
		return
	}
	f.watching = true
	for i := range f.cells {
		c := &f.cells[i]
		c.watched, c.listed, c.recorded = c.watched[:0], f.trails != nil, f.trails != nil
	}
	for p := range f.chip.image.Populations {
		reads := f.out.Output != nil && int(read.Population) == p
		probe := &f.probes[p]
		w := watched{population: int32(p), probed: probe.potentials != nil, read: reads &&
			!f.readings.counts}
		for _, s := range f.chip.image.Populations[p].Segments {
			c := &f.cells[f.chip.coreAt[s.Tile]]
			c.listed = c.listed || probe.records || reads && f.readings.counts
			c.recorded = c.recorded || probe.records
			if w.first, w.count = s.First, s.Count; w.probed || w.read {
				c.watched = append(c.watched, w)
			}
			w.logical += s.Count
		}
	}
	for i := range f.cells {
		f.cells[i].whole = f.plain(i)
		f.cells[i].foresees = f.foresees(i)
	}
}

// open allocates for the values of a sample.
func (r *readings) open(f *Fast) {
	if f.out.Output == nil {
		return
	}
	ticks := 1
	if r.byTick = f.opts.ByTick && f.chip.spans[f.chip.image.Readout.Population] == 0; r.byTick {
		ticks = int(f.ticks)
	}
	r.values = r.values[:0]
	for range ticks - 1 {
		r.values = append(r.values, make([]int32, len(f.out.Output)))
	}
	r.values = append(r.values, f.out.Output)
}

// look takes the potentials of core i after tick t.
func (f *Fast) look(i int, t int32) {
	for k := range f.cells[i].watched {
		w := &f.cells[i].watched[k]
		at, inside := f.inWindow(int(w.population), t)
		if !inside {
			continue
		}
		if w.probed {
			size := f.chip.Size(int(w.population))
			f.copyPotentials(i, w, f.probes[w.population].potentials[int(at)*size:])
		}
		if w.read && f.readings.byTick {
			f.copyPotentials(i, w, f.readings.values[at])
		}
		if w.read && at == f.chip.span(int(w.population), f.ticks)-1 {
			f.copyPotentials(i, w, f.out.Output)
		}
	}
}

// lastTick is the last tick in which population p takes part.
func (f *Fast) lastTick(p int) int32 {
	return f.chip.image.Populations[p].Depth + f.chip.span(p, f.ticks) - 1
}

func (f *Fast) copyPotentials(i int, w *watched, to []int32) {
	copy(to[w.logical:][:w.count], f.cores[i].Potentials()[w.first:])
}

// readAll reads the classes of all ticks, once the sample has ended.
func (f *Fast) readAll() {
	if !f.readings.byTick {
		return
	}
	for at, values := range f.readings.values {
		if f.readings.counts && at > 0 {
			for n, before := range f.readings.values[at-1] {
				values[n] += before
			}
		}
		f.out.ClassByTick[at] = class(f.readout.layout, values, int32(at+1))
	}
}

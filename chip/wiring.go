package chip

import (
	"cmp"
	"maps"
	"slices"

	"adder/core"
	"adder/router"
)

// wiring is the tables shared by the fast engines of a chip: the routes of its image, seen from the
// receiving cores, and the order in which cores can be advanced.
type wiring struct {
	// cores are the chip's, with their axon entries in an order in which routes are runs,
	// and place[i] that of each entry of core i in its sets of spikes, nil for its own.
	cores []*core.Core
	place [][]int32
	// feeds[i] are those of core i, far[s] what core s sends beyond what is near, with the host
	// after the last core.
	feeds  [][]feed
	far    [][]farRoute
	anyFar bool // any far route
	// reach[s] is the number of ticks for which the spikes of core s are kept, without those of the
	// current window.
	reach []int32
	// targets[s] are the cores that core s sends to; the last entry is that of the host.
	targets [][]int32
	parts   []part
	of      []int32 // the part of each core
	// looped says that most neurons are in parts of several cores.
	looped bool
	// levels are the parts by the largest number of parts in front of them.
	levels [][]int32
}

// feed is the axon entries of a core whose sources are in one other core, or the host, and reach it
// after the same number of ticks.
type feed struct {
	from, delay int32
	// sources is how many sources from has, whether they reach the core or not.
	sources int
	// runs of sources, or a table by source: where there are few sources to a run.
	runs  []router.Run
	start []int32
	axons []int32
	// shared says that the entries have other sources as well: their input is then no set.
	shared bool
	// aligned says that there is one run, whose sets are copied by whole words; parts are
	// words that are copied in part.
	aligned bool
	parts   []wordPart
}

// wordPart is the part of a word of a set of sources that is due at one of a set of entries.
type wordPart struct {
	source, entry int32
	part          uint64
}

// farRoute is a run whose spikes are due after a delay that is not near.
type farRoute struct {
	router.Run
	to, delay int32
}

// fewSources is the number of sources to a run below which a table serves.
const fewSources = 4

// feedKey identifies a feed of one source.
type feedKey struct {
	to, delay int32
	shared    bool
}

// newWiring reads the routes of a chip.
func newWiring(c *Chip) *wiring {
	n := len(c.cores)
	w := &wiring{feeds: make([][]feed, n), far: make([][]farRoute, n+1), reach: make([]int32, n),
		targets: make([][]int32, n+1)}
	sources := make([]*router.Routes, n+1)
	for i := range c.cores {
		sources[i] = &c.image.Routes.Neurons[c.image.Cores[i].Tile]
	}
	if c.image.Host == nil && len(c.image.Routes.Ports) > 0 {
		sources[n], _ = c.port()
	}
	shared := c.sharedEntries(sources)
	for s, routes := range sources {
		if routes != nil {
			w.connect(c, int32(s), routes, shared)
		}
	}
	for i, k := range c.cores {
		w.order(i, k)
	}
	w.arrange(n)
	all, inLoops := 0, 0
	for _, p := range w.parts {
		for _, i := range p.cores {
			all += c.cores[i].Neurons()
			if len(p.cores) > 1 {
				inLoops += c.cores[i].Neurons()
			}
		}
	}
	w.looped = 2*inLoops > all
	return w
}

// form gives a feed its runs, or a table where they are short.
func (f *feed) form(runs []router.Run) {
	total := int32(0)
	for _, run := range runs {
		total += run.Count
	}
	if !f.shared && total >= fewSources*int32(len(runs)) {
		f.runs = runs
		f.aligned = len(runs) == 1 && (runs[0].Source|runs[0].Axon)&63 == 0
		return
	}
	f.tabulate(runs)
}

// sharedEntries marks the axon entries of each core that several sources reach.
func (c *Chip) sharedEntries(sources []*router.Routes) [][]bool {
	met, shared := make([][]bool, len(c.cores)), make([][]bool, len(c.cores))
	for i, k := range c.cores {
		met[i], shared[i] = make([]bool, k.Axons()), make([]bool, k.Axons())
	}
	for _, routes := range sources {
		if routes == nil {
			continue
		}
		for _, d := range routes.Dests {
			at := c.coreAt[d.Core]
			shared[at][d.Axon] = met[at][d.Axon]
			met[at][d.Axon] = true
		}
	}
	return shared
}

// connect makes the feeds of a source.
func (w *wiring) connect(c *Chip, s int32, routes *router.Routes, shared [][]bool) {
	hop := int32(1)
	if int(s) == len(c.cores) {
		hop = 0
	}
	found := map[feedKey][]router.Run{}
	for _, run := range routes.Runs() {
		at := c.coreAt[run.Core]
		for run.Count > 0 {
			key := feedKey{at, hop + c.cores[at].AxonDelay(run.Axon), shared[at][run.Axon]}
			one := run
			for one.Count = 1; one.Count < run.Count; one.Count++ {
				a := run.Axon + one.Count
				if hop+c.cores[at].AxonDelay(a) != key.delay || shared[at][a] != key.shared {
					break
				}
			}
			found[key] = append(found[key], one)
			run.Source, run.Axon, run.Count = run.Source+one.Count, run.Axon+one.Count, run.Count-
				one.Count
		}
	}
	keys := slices.SortedFunc(maps.Keys(found), func(a, b feedKey) int {
		return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(a.delay, b.delay),
			compareBool(a.shared, b.shared))
	})
	for _, key := range keys {
		w.add(c, s, key, found[key], routes.Sources())
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// add adds a feed, or far routes.
func (w *wiring) add(c *Chip, s int32, key feedKey, runs []router.Run, sources int) {
	if targets := w.targets[s]; len(targets) == 0 || targets[len(targets)-1] != key.to {
		w.targets[s] = append(targets, key.to)
	}
	if key.delay > router.Near {
		for _, run := range runs {
			w.far[s] = append(w.far[s], farRoute{Run: run, to: key.to, delay: key.delay})
		}
		w.anyFar = true
		return
	}
	if int(s) < len(c.cores) {
		w.reach[s] = max(w.reach[s], key.delay)
	}
	f := feed{from: s, delay: key.delay, sources: sources, shared: key.shared}
	f.form(runs)
	w.feeds[key.to] = append(w.feeds[key.to], f)
}

// tabulate lists the entries of each source.
func (f *feed) tabulate(runs []router.Run) {
	f.start = make([]int32, f.sources+1)
	for _, run := range runs {
		for k := range run.Count {
			f.start[run.Source+k+1]++
		}
	}
	for i := range f.sources {
		f.start[i+1] += f.start[i]
	}
	f.axons = make([]int32, f.start[f.sources])
	next := slices.Clone(f.start)
	for _, run := range runs {
		for k := range run.Count {
			f.axons[next[run.Source+k]] = run.Axon + k
			next[run.Source+k]++
		}
	}
}

// of are the entries of a source.
func (f *feed) of(source int32) []int32 { return f.axons[f.start[source]:f.start[source+1]] }

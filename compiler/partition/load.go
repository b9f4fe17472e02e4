package partition

import (
	"slices"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/row"
	"adder/internal/parallel"
)

// Load is the use of a core by neurons.
type Load struct {
	Neurons, Axons, Routes int
	// Bits of synapse memory.
	Bits int64
	// Words of the tables of boundaries.
	Words int
}

func (l *Load) add(m Load) {
	l.Neurons += m.Neurons
	l.Axons += m.Axons
	l.Routes += m.Routes
	l.Bits += m.Bits
	l.Words += m.Words
}

// exceeds names the first limit that the load does not keep, or is "".
func (l *Load) exceeds(limits *profile.Core) string {
	switch {
	case l.Neurons > limits.Neurons:
		return fit.LimitNeurons
	case l.Axons > limits.InputAxons:
		return fit.LimitAxons
	case l.Bits > limits.SynapseMemory:
		return fit.LimitMemory
	case l.Routes > limits.OutputRoutes:
		return fit.LimitRoutes
	case l.columns(&limits.Crossbar) > limits.Crossbar.Columns:
		return fit.LimitColumns
	case l.Words > limits.TableWords:
		return fit.LimitTable
	default:
		return ""
	}
}

// columns is the number of columns of a crossbar that a load takes, of those that ForWeights
// leaves; without a crossbar it is 0.
func (l *Load) columns(x *profile.Crossbar) int {
	if x.Columns == 0 {
		return 0
	}
	return l.Neurons * x.Factor(l.Axons)
}

// fanIn is a projection seen from its targets.
type fanIn struct {
	*ir.Projection
	// index is that of the projection.
	index int
	// dense says that most sources reach most targets, whole that all of them have a kept row over
	// the same run. Otherwise start and source list the sources of each target.
	dense, whole bool

	start  []int64
	source []int32
	// rows are the rows of the piece that is weighed, one per source, all
	// empty in between; touched lists those that are not.
	rows    []rowExtent
	touched []int32
}

// rowExtent is a row in the making: its entries and the places in the
// piece that it spans.
type rowExtent struct{ entries, first, last int32 }

// fanIns indexes the projections into each population by target.
func fanIns(net *ir.Network) [][]fanIn {
	made := make([]fanIn, len(net.Projections))
	parallel.Each(len(made), func(_, k int) {
		p, f := &net.Projections[k], &made[k]
		*f = fanIn{Projection: p, index: k, rows: make([]rowExtent, p.Weights.Sources)}
		f.whole = p.KeepsRows() && p.Weights.Start == nil
		f.dense = f.whole || IsDense(&p.Weights)
		if !f.dense {
			f.start, f.source = byTarget(p)
		}
	})
	out := make([][]fanIn, len(net.Populations))
	for _, f := range made {
		out[f.Target] = append(out[f.Target], f)
	}
	return out
}

// beside is a cutter that weighs pieces of population p independently of others.
func (c *cutter) beside(p int) *cutter {
	other := *c
	other.fanIn = slices.Clone(c.fanIn)
	other.fanIn[p] = slices.Clone(c.fanIn[p])
	for i := range other.fanIn[p] {
		f := &other.fanIn[p][i]
		f.rows, f.touched = make([]rowExtent, len(f.rows)), nil
	}
	return &other
}

// IsDense reports whether more than half of the possible synapses of the connected sources exist: a
// matrix may be pruned, or connect a part of a layer.
func IsDense(w *ir.Weights) bool {
	if !w.IsDense() {
		return false
	}
	entries, leading := int64(0), int64(0)
	for s := range w.Sources {
		before := entries
		w.Each(s, func(_, _ int32) { entries++ })
		if entries > before {
			leading++
		}
	}
	return 2*entries > leading*int64(w.Targets)
}

// byTarget transposes the pattern of what is stored.
func byTarget(p *ir.Projection) (start []int64, source []int32) {
	w := &p.Weights
	start = make([]int64, w.Targets+1)
	for s := range w.Sources {
		p.EachStored(s, func(t, _ int32) { start[t+1]++ })
	}
	for t := range w.Targets {
		start[t+1] += start[t]
	}
	source = make([]int32, start[w.Targets])
	next := append([]int64(nil), start[:w.Targets]...)
	for s := range w.Sources {
		p.EachStored(s, func(t, _ int32) {
			source[next[t]] = int32(s)
			next[t]++
		})
	}
	return start, source
}

// of lists the sources of target n of a sparse projection.
func (f *fanIn) of(n int32) []int32 { return f.source[f.start[n]:f.start[n+1]] }

// each calls visit with every source that has a weight to target n.
func (f *fanIn) each(n int32, visit func(source int32)) {
	w := &f.Weights
	if !f.dense {
		for _, s := range f.of(n) {
			visit(s)
		}
		return
	}
	for s, k := 0, int(n); s < w.Sources; s, k = s+1, k+w.Targets {
		if w.Dense != nil && w.Dense[k] != 0 || w.Dense16 != nil && w.Dense16[k] != 0 {
			visit(int32(s))
		}
	}
}

// eachBetween calls visit with the weights of a source to targets low to
// high and may call it with others. Of a wide matrix it reads no more.
func (f *fanIn) eachBetween(source, low, high int, visit func(target, weight int32)) {
	w := &f.Weights
	if w.Dense == nil {
		w.Each(source, visit)
		return
	}
	for t, v := range w.Dense[source*w.Targets:][low : high+1] {
		if v != 0 {
			visit(int32(low+t), int32(v))
		}
	}
}

// put adds an entry for the neuron at a place of the piece, which comes after those put before, to
// the row of a source.
func (f *fanIn) put(s, place int32) {
	r := f.rows[s]
	if r.entries == 0 {
		f.touched = append(f.touched, s)
	}
	f.rows[s] = r.with(place)
}

// clear empties the rows.
func (f *fanIn) clear() {
	for _, s := range f.touched {
		f.rows[s] = rowExtent{}
	}
	f.touched = f.touched[:0]
}

// with is the row with an entry at a place after its last.
func (r rowExtent) with(place int32) rowExtent {
	if r.entries == 0 {
		return rowExtent{1, place, place}
	}
	return rowExtent{r.entries + 1, r.first, place}
}

// bits is the memory of the row in the format that takes least.
func (r rowExtent) bits(weightBits int, chip *profile.Profile) int64 {
	bits, _ := row.Bits(int(r.entries), int(r.last-r.first)+1, weightBits, chip)
	return bits
}

// weigh finds what a list of neurons of population p takes as a piece. It
// stops counting when there are too many axons.
func (c *cutter) weigh(p int, neurons []int32) Load {
	return c.weighUpTo(p, neurons, c.chip.Core.InputAxons)
}

// weighUpTo is weigh with another number of axons beyond which counting stops.
func (c *cutter) weighUpTo(p int, neurons []int32, axons int) Load {
	l := Load{Neurons: len(neurons), Routes: c.routesOf(p, neurons), Words: c.wordsOf(p, neurons)}
	for i := range c.fanIn[p] {
		f := &c.fanIn[p][i]
		c.weighProjection(f, neurons, &l)
		if l.Axons > axons {
			return l
		}
	}
	if c.chip.Weights.SharedRows && l.Bits > c.chip.Core.SynapseMemory {
		l.Bits = c.sharedBits(p, neurons)
	}
	return l
}

// wordsOf is the size of the tables of boundaries that neurons of population p need.
func (c *cutter) wordsOf(p int, neurons []int32) (words int) {
	groups, seen, last := c.net.Populations[p].Groups, map[int32]bool{}, -1
	for _, n := range neurons {
		at := last
		if at < 0 || n < groups[at].First || n >= groups[at].First+groups[at].Count {
			at = ir.GroupOf(groups, n)
		}
		table := groups[at].Code.Table
		if last = at; table > 0 && !seen[table] {
			seen[table] = true
			words += len(c.net.Boundaries[table-1])
		}
	}
	return words
}

func (c *cutter) weighProjection(f *fanIn, neurons []int32, l *Load) {
	if f.whole {
		c.weighWhole(f, neurons, l)
		return
	}
	defer f.clear()
	if f.dense && int(neurons[len(neurons)-1]-neurons[0]) == len(neurons)-1 &&
		slices.IsSorted(neurons) {
		f.putRun(int(neurons[0]), len(neurons))
	} else {
		for place, n := range neurons {
			f.each(n, func(s int32) { f.put(s, int32(place)) })
			if l.Axons+len(f.touched) > c.chip.Core.InputAxons {
				break
			}
		}
	}
	l.Axons += len(f.touched)
	for _, s := range f.touched {
		l.Bits += f.rows[s].bits(f.WeightBits, c.chip)
	}
}

// weighWhole adds a row for each source over those of the neurons, a run, that the
// projection reaches.
func (c *cutter) weighWhole(f *fanIn, neurons []int32, l *Load) {
	k := f.inRun(int(neurons[0]), len(neurons))
	if k == 0 {
		return
	}
	l.Axons += f.Weights.Sources
	l.Bits += int64(f.Weights.Sources) * f.wholeRow(k, c.chip)
}

// inRun is how many of count neurons from first on a whole projection reaches.
func (f *fanIn) inRun(first, count int) int {
	low, high := 0, f.Weights.Targets
	if !f.Weights.IsDense() {
		low, high = f.Weights.First, f.Weights.First+f.Weights.Count
	}
	return max(min(first+count, high)-max(first, low), 0)
}

// wholeRow is the memory of a row of a whole projection over so many neurons.
func (f *fanIn) wholeRow(neurons int, chip *profile.Profile) int64 {
	switch {
	case f.Weights.Others != nil:
		return chip.RowBits(int64(f.WeightBits + chip.Weights.SparseIndexBits))
	case f.Weights.Plastic != nil:
		return int64(neurons) * int64(f.WeightBits)
	}
	bits, _ := row.Bits(neurons, neurons, f.WeightBits, chip)
	return bits
}

// putRun adds the entries of a run of targets of a dense projection row by row, in the order of
// memory.
func (f *fanIn) putRun(first, count int) {
	w := &f.Weights
	for s, k := 0, first; s < w.Sources; s, k = s+1, k+w.Targets {
		var r rowExtent
		if w.Dense != nil {
			r = extentOf(w.Dense[k : k+count])
		} else {
			r = extentOf(w.Dense16[k : k+count])
		}
		if r.entries > 0 {
			f.rows[s] = r
			f.touched = append(f.touched, int32(s))
		}
	}
}

func extentOf[W int8 | int16](weights []W) rowExtent {
	first, last, zeros := 0, len(weights)-1, 0
	for first <= last && weights[first] == 0 {
		first++
	}
	if first > last {
		return rowExtent{}
	}
	for weights[last] == 0 {
		last--
	}
	for _, w := range weights[first : last+1] {
		if w == 0 {
			zeros++
		}
	}
	return rowExtent{entries: int32(last - first + 1 - zeros), first: int32(first),
		last: int32(last)}
}

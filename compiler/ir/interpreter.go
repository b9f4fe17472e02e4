package ir

import (
	"cmp"
	"fmt"
	"slices"

	"adder/core"
	"adder/spike"
)

// Interpreter executes the integer network without cores, axons or routes: the reference for the
// engines. It implements docs/neurocore.md with ordinary arithmetic, products included, and uses
// only types of package core. It ignores merging of spikes by axons: in a network no two sources
// share one.
type Interpreter struct {
	net  *Network
	opts Options
	into [][]int // projections by source population, the input last
	// number of each population's first neuron, for draws.
	first []int
	bar   int

	populations []population
	learners    []learner // per projection
	// pending are the rows that a tick to come reaches.
	pending map[int][]arrival

	sample uint64
	out    *Activity
}

// Options are the options of an interpreter.
type Options struct {
	// Seed keys the random draws, together with the number of the sample.
	Seed uint64
	// Learn lets plastic weights and adaptive thresholds learn, so that each
	// sample changes the network for those after it.
	Learn bool
	// Faults are neurons that are broken.
	Faults Faults
}

// Sample is the input of a network: spikes, or for direct input one level per element, of which
// MaxLevel is 1, over Ticks ticks.
type Sample struct {
	Number   uint64
	Spikes   *spike.Train
	Levels   []int32
	MaxLevel int32
	// Ticks is used with Levels; spikes have their own.
	Ticks int
}

// Activity is the result of a sample, by model tick: tick t of a population at depth d is tick t +
// d of the chip.
type Activity struct {
	// Spikes[p] are the spikes of population p over its span: the input ticks, or those
	// of its code.
	Spikes []*spike.Train
	// Potentials[p] is v after each tick, [ticks][neurons].
	Potentials [][]int32
	// Final is v at the end.
	Final [][]int32
	// Output are the values of the output population, nil without one, and Class the class read
	// from them, -1 without one.
	Output []int32
	Class  int
}

// arrival is a spike on row source of a projection.
type arrival struct {
	projection, source int
	value              int64 // that the spike carries, 1 for none
}

// population is the state of a population.
type population struct {
	*Population
	groups        []core.Group // with the decays that the chip applies
	sum           []int64
	u, v, r       []int64
	theta, target []int64
	barred        []int
	activation    []int64 // of neurons with a code whose window is closed
	fired         []bool  // spikes that left in this tick
	second        []int64 // currents of neurons of model shift that have two
	value         []int64 // what the spikes carry
}

// NewInterpreter prepares a network. A network that is invalid, or has a feature that the
// interpreter does not implement, is an error.
func NewInterpreter(net *Network, opts Options) (*Interpreter, error) {
	if err := net.Validate(); err != nil {
		return nil, err
	}
	if err := net.checkKnown(); err != nil {
		return nil, err
	}
	r := &Interpreter{net: net, opts: opts, into: make([][]int, len(net.Populations)+1)}
	for k := range net.Projections {
		s := net.Projections[k].Source
		if s == SourceInput {
			s = len(net.Populations)
		}
		r.into[s] = append(r.into[s], k)
		r.learners = append(r.learners, newLearner(&net.Projections[k]))
	}
	first, _ := FirstSources(net)
	for _, s := range first {
		r.first = append(r.first, s-net.Input.Size)
	}
	for p := range net.Populations {
		r.populations = append(r.populations, newPopulation(&net.Populations[p], &net.Widths))
	}
	return r, nil
}

func newPopulation(from *Population, w *core.Widths) population {
	p := population{Population: from, barred: make([]int, from.Size),
		theta: make([]int64, from.Size), target: make([]int64, from.Size)}
	for _, g := range from.Groups {
		g.DecayU, g.DecayV = applied(g.DecayU, int(w.DecayDigits)), applied(g.DecayV,
			int(w.DecayDigits))
		p.groups = append(p.groups, g)
	}
	for n, target := range from.Target {
		p.target[n] = int64(target)
	}
	for i := range p.groups {
		p.loadTheta(&p.groups[i])
	}
	return p
}

// SetBar bars a neuron that wins while learning from firing in so many samples
// after the one that it won.
func (r *Interpreter) SetBar(samples int) { r.bar = samples }

// Run executes one sample from the initial state.
func (r *Interpreter) Run(s *Sample) (*Activity, error) {
	ticks, err := r.check(s)
	if err != nil {
		return nil, err
	}
	r.begin(s, ticks)
	host := r.net.hostCurrents(s)
	for t := range ticks + r.net.Latency(ticks) {
		if r.net.Host == nil && t < ticks {
			for _, i := range s.Spikes.AppendTick(t, nil) {
				r.emit(len(r.populations), int(i), t, 1)
			}
		}
		r.deliver(t, ticks)
		for p := range r.populations {
			var currents []int64
			if r.net.Host != nil && r.net.Host.Target == p {
				currents = host
			}
			r.advance(p, t, ticks, currents)
		}
		if r.opts.Learn {
			r.learn(t)
		}
	}
	if r.opts.Learn {
		r.endSample()
	}
	r.finish(ticks)
	return r.out, nil
}

// check refuses a sample that does not fit and returns its ticks.
func (r *Interpreter) check(s *Sample) (int, error) {
	if r.net.Host != nil {
		if len(s.Levels) != r.net.Input.Size || s.MaxLevel < 1 || s.Ticks < 1 {
			return 0, fmt.Errorf("interpret %s: %d levels up to %d over %d ticks: it takes %d, "+
				"and the others are positive",
				r.net.Name, len(s.Levels), s.MaxLevel, s.Ticks, r.net.Input.Size)
		}
		return s.Ticks, nil
	}
	if s.Spikes == nil || s.Spikes.Sources() != r.net.Input.Size {
		return 0, fmt.Errorf("interpret %s: the spikes are not those of its %d inputs", r.net.Name,
			r.net.Input.Size)
	}
	return s.Spikes.Ticks(), nil
}

// begin begins a sample (section 6).
func (r *Interpreter) begin(s *Sample, ticks int) {
	r.sample, r.pending, r.out = s.Number, map[int][]arrival{}, &Activity{Class: -1}
	for i := range r.populations {
		p := &r.populations[i]
		p.sum, p.u, p.v, p.r = make([]int64, p.Size), make([]int64, p.Size), make([]int64,
			p.Size), make([]int64, p.Size)
		p.fired, p.activation = make([]bool, p.Size), make([]int64, p.Size)
		p.second, p.value = make([]int64, p.Size), slices.Repeat([]int64{1}, p.Size)
		for n, v := range p.V0 {
			p.v[n] = int64(v)
			r.fail(i, n)
		}
		for k := range p.groups {
			if p.groups[k].Theta.Always {
				p.loadTheta(&p.groups[k])
			}
		}
		r.out.Spikes = append(r.out.Spikes, spike.NewTrain(p.Size, p.Span(ticks)))
		r.out.Potentials = append(r.out.Potentials, make([]int32, p.Span(ticks)*p.Size))
	}
	for k := range r.learners {
		r.learners[k].begin()
	}
}

// emit has a spike that is due in tick from reach every row of its neuron when
// the projection's delay is over.
func (r *Interpreter) emit(source, n, from int, value int64) {
	for _, k := range r.into[source] {
		due := from + r.net.Projections[k].Delay
		r.pending[due] = append(r.pending[due], arrival{k, n, value})
	}
}

// deliver adds the rows that are due (3.1), in the order that section 12 gives, which
// matters there alone.
func (r *Interpreter) deliver(t, ticks int) {
	slices.SortStableFunc(r.pending[t], func(a, b arrival) int {
		return cmp.Or(cmp.Compare(a.projection, b.projection), cmp.Compare(a.source, b.source))
	})
	for _, a := range r.pending[t] {
		p := &r.net.Projections[a.projection]
		sum := r.populations[p.Target].sum
		if l := &r.learners[a.projection]; l.stored != nil {
			l.deliver(a.source, sum)
			continue
		}
		if to := &r.populations[p.Target]; to.shifts() {
			if at := t - to.Depth; at >= 0 && at < to.Span(ticks) {
				to.arrive(&r.net.Widths, p, a)
			}
			continue
		}
		p.Weights.Each(a.source, func(target, weight int32) {
			sum[target] += int64(weight) * a.value
		})
	}
	delete(r.pending, t)
}

// advance computes tick t of population p. Outside of its window only the accumulators change.
func (r *Interpreter) advance(p, t, ticks int, host []int64) {
	pop := &r.populations[p]
	defer clear(pop.sum)
	clear(pop.fired)
	at := t - pop.Depth
	if at < 0 || at >= pop.Span(ticks) {
		return
	}
	for i := range pop.groups {
		if pop.groups[i].Code.Kind != core.CodeNone {
			r.advanceCode(p, at, &pop.groups[i])
			continue
		}
		if pop.groups[i].Shift.Most > 0 {
			pop.advanceShift(&r.net.Widths, &pop.groups[i])
			continue
		}
		if pop.groups[i].Pairs {
			r.advancePairs(p, &pop.groups[i], host)
			continue
		}
		r.advanceGroup(p, t, &pop.groups[i], host)
	}
	for n, fired := range pop.fired {
		if fired {
			r.out.Spikes[p].Set(at, n)
			r.emit(p, n, t+1, pop.value[n])
		}
		r.out.Potentials[p][at*pop.Size+n] = int32(pop.v[n])
	}
}

// finish reads the potentials at the end, and the class.
func (r *Interpreter) finish(ticks int) {
	for i := range r.populations {
		final := make([]int32, r.populations[i].Size)
		for n, v := range r.populations[i].v {
			final[n] = int32(v)
		}
		r.out.Final = append(r.out.Final, final)
	}
	if r.net.Output >= 0 {
		r.out.Output = r.net.read(r.out)
		r.out.Class = r.net.class(r.out.Output, ticks)
	}
}

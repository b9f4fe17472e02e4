package ir

import (
	"fmt"
	"slices"

	"adder/core"
	"adder/fixedpoint"
	"adder/spike"
)

// Interpreter executes the integer network without cores, axons or routes:
// the reference that engines are held against. It follows
// docs/neurocore.md with ordinary arithmetic, products included, and shares
// no code with package core.
type Interpreter struct {
	net     *Network
	into    [][]int // projections by source population, the input last
	groups  [][]core.Group
	state   []state
	pending []map[int][]int64 // per population: due tick -> accumulator
}

// state of a population.
type state struct{ u, v, refractory []int64 }

// Activity is what a sample did, ticks compensated for depth.
type Activity struct {
	// Spikes[p] are the spikes of population p over the input ticks.
	Spikes []*spike.Train
	// Potentials[p] is v after each tick, [ticks][neurons].
	Potentials [][]int32
	// Final is v at the end.
	Final [][]int32
}

// NewInterpreter prepares a network.
func NewInterpreter(net *Network) *Interpreter {
	r := &Interpreter{net: net, into: make([][]int, len(net.Populations)+1)}
	for k := range net.Projections {
		s := net.Projections[k].Source
		if s == SourceInput {
			s = len(net.Populations)
		}
		r.into[s] = append(r.into[s], k)
	}
	for p := range net.Populations {
		r.groups = append(r.groups, limitDigits(net.Populations[p].Groups, int(net.Widths.DecayDigits)))
	}
	return r
}

// limitDigits gives groups the decay factors that a chip with few digits
// applies.
func limitDigits(groups []core.Group, digits int) []core.Group {
	out := slices.Clone(groups)
	for i := range out {
		for _, f := range []*uint16{&out[i].DecayU, &out[i].DecayV} {
			if d, err := fixedpoint.NewDecay(*f, digits); err == nil {
				*f = d.Factor()
			}
		}
	}
	return out
}

// Run executes one sample. host are currents per population for direct
// input, nil entries or a nil slice for none.
func (r *Interpreter) Run(in *spike.Train, host [][]int32) (*Activity, error) {
	if in.Sources() != r.net.Input.Size {
		return nil, fmt.Errorf("ir: %d sources, network %s has %d inputs", in.Sources(), r.net.Name, r.net.Input.Size)
	}
	ticks := in.Ticks()
	latency := 0
	for p := range r.net.Populations {
		latency = max(latency, r.net.Populations[p].Depth)
	}
	out := r.begin(ticks)
	for t := range ticks + latency {
		if t < ticks {
			for _, s := range in.AppendTick(t, nil) {
				r.emit(len(r.net.Populations), int(s), t)
			}
		}
		for p := range r.net.Populations {
			r.advance(p, t, ticks, hostOf(host, p), out)
		}
	}
	for p := range r.state {
		final := make([]int32, len(r.state[p].v))
		for n, v := range r.state[p].v {
			final[n] = int32(v)
		}
		out.Final = append(out.Final, final)
	}
	return out, nil
}

func hostOf(host [][]int32, p int) []int32 {
	if host == nil {
		return nil
	}
	return host[p]
}

func (r *Interpreter) begin(ticks int) *Activity {
	out := &Activity{}
	r.state, r.pending = nil, nil
	for p := range r.net.Populations {
		pop := &r.net.Populations[p]
		s := state{u: make([]int64, pop.Size), v: make([]int64, pop.Size), refractory: make([]int64, pop.Size)}
		for n, v := range pop.V0 {
			s.v[n] = int64(v)
		}
		r.state = append(r.state, s)
		r.pending = append(r.pending, map[int][]int64{})
		out.Spikes = append(out.Spikes, spike.NewTrain(pop.Size, ticks))
		out.Potentials = append(out.Potentials, make([]int32, ticks*pop.Size))
	}
	return out
}

// emit delivers a spike that is due at from plus the projection's delay.
func (r *Interpreter) emit(source, n, from int) {
	for _, k := range r.into[source] {
		p := &r.net.Projections[k]
		due := from + p.Delay
		sum := r.pending[p.Target][due]
		if sum == nil {
			sum = make([]int64, p.Weights.Targets)
			r.pending[p.Target][due] = sum
		}
		p.Weights.Each(n, func(t int32, w int16) { sum[t] += int64(w) })
	}
}

// advance runs population p in tick t.
func (r *Interpreter) advance(p, t, ticks int, host []int32, out *Activity) {
	pop := &r.net.Populations[p]
	sum := r.pending[p][t]
	delete(r.pending[p], t)
	slot := t - pop.Depth
	if slot < 0 || slot >= ticks {
		return
	}
	if sum == nil {
		sum = make([]int64, pop.Size)
	}
	for _, g := range r.groups[p] {
		for n := int(g.First); n < int(g.First+g.Count); n++ {
			add := int64(0)
			if host != nil {
				add = int64(host[n])
			}
			if r.step(pop, &g, p, n, sum[n], add) {
				out.Spikes[p].Set(slot, n)
				r.emit(p, n, t+1)
			}
			out.Potentials[p][slot*pop.Size+n] = int32(r.state[p].v[n])
		}
	}
}

// step advances one neuron and reports whether it fires.
func (r *Interpreter) step(pop *Population, g *core.Group, p, n int, sum, host int64) bool {
	s, w := &r.state[p], &r.net.Widths
	input := scale(sum, int(g.WeightExp)) << w.Align
	bias := int64(pop.Bias[n])
	if g.HasCurrent {
		next := decay(s.u[n], g.DecayU) + input
		if g.BiasToCurrent {
			next, bias = next+bias, 0
		}
		s.u[n] = limit(next, w.Current, w.WrapCurrent)
		input = s.u[n]
	}
	v := decay(s.v[n], g.DecayV)
	if s.refractory[n] == 0 {
		v += input + bias + host
	} else {
		s.refractory[n]--
	}
	s.v[n] = limit(v, w.Potential, w.WrapPotential)
	if g.Integrator || s.v[n] <= int64(pop.Threshold[n]) {
		return false
	}
	s.refractory[n] = int64(g.Refractory)
	if g.ResetMode == core.ResetSubtract {
		s.v[n] = limit(s.v[n]-int64(pop.Reset[n]), w.Potential, w.WrapPotential)
	} else {
		s.v[n] = int64(pop.Reset[n])
	}
	return true
}

func decay(x int64, f uint16) int64 { return x * int64(f) / 4096 }

func scale(x int64, e int) int64 {
	if e < 0 {
		return x >> -e
	}
	return x << e
}

func limit(x int64, bits uint8, wrap bool) int64 {
	if wrap {
		return x << (64 - bits) >> (64 - bits)
	}
	top := int64(1)<<(bits-1) - 1
	return min(max(x, -top), top)
}

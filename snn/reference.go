package snn

import (
	"fmt"
	"slices"
)

// ReferenceOptions override settings of the network.
type ReferenceOptions struct {
	// DT is the length of a tick in seconds, 0 for the network's own.
	DT float64
	// Reset replaces the reset mode of every neuron, unless nil.
	Reset *ResetMode
}

// Reference runs a network tick by tick in float64. It defines the meaning of a network; every
// other engine is compared with it. Within a tick a signal crosses the whole graph, except over
// Delayed edges, which carry the previous tick's signal (0 in the first tick). Neurons advance by
// forward Euler: the synaptic current, then the potential with the new current, then the threshold
// (v > threshold, or >= with AtLeast), and the reset in the same tick.
//
// An instance holds the state of one sample and serves one goroutine;
// Clone makes more of them.
type Reference struct {
	plan        *plan
	populations []*population
	signals     *signals
	membranes   []*membrane
	lines       []*delayLine
	spikes      []int64
	fed         []float64
}

// NewReference prepares a network. A network whose neurons have time
// constants needs a tick length, its own or that of the options.
func NewReference(n *Network, opts ReferenceOptions) (*Reference, error) {
	p, err := newPlan(n)
	if err != nil {
		return nil, err
	}
	dt := n.DT
	if opts.DT != 0 {
		dt = opts.DT
	}
	populations := make([]*population, len(n.Nodes))
	for i := range n.Nodes {
		node := &n.Nodes[i]
		switch op := node.Op.(type) {
		case *Neuron:
			if op.timed() && !(dt > 0) {
				return nil, fmt.Errorf("network %s: node %q (%s) integrates over time, but the "+
					"tick's length is %g s: give one", n.Name, node.Name, op.Model, dt)
			}
			reset := op.Reset
			if opts.Reset != nil {
				reset = *opts.Reset
			}
			if err := op.checkReset(dt, reset); err != nil {
				return nil, fmt.Errorf("network %s: node %q (%s): %w", n.Name, node.Name, op.Model,
					err)
			}
			populations[i] = newPopulation(op, node.In.Size(), dt, reset)
		case *Delay:
			if err := op.checkLine(node.In.Size()); err != nil {
				return nil, fmt.Errorf("network %s: node %q: %w", n.Name, node.Name, err)
			}
		}
	}
	return newReference(p, populations), nil
}

func newReference(p *plan, populations []*population) *Reference {
	n := len(p.net.Nodes)
	r := &Reference{
		plan: p, populations: populations, signals: p.newSignals(),
		membranes: make([]*membrane, n), lines: make([]*delayLine, n),
		spikes: make([]int64, n),
		fed:    make([]float64, p.size(p.inputs)),
	}
	for i := range n {
		if populations[i] != nil {
			r.membranes[i] = populations[i].newMembrane()
		}
		if op, ok := p.net.Nodes[i].Op.(*Delay); ok {
			r.lines[i] = newDelayLine(op, p.net.Nodes[i].In.Size())
		}
	}
	return r
}

// Clone returns an engine for the same network with its own state, as before the first tick. The
// prepared weights are shared.
func (r *Reference) Clone() *Reference { return newReference(r.plan, r.populations) }

// Reset returns to the state before the first tick and clears the counts.
func (r *Reference) Reset() {
	for i, p := range r.populations {
		if p != nil {
			p.restart(r.membranes[i])
		}
		if r.lines[i] != nil {
			r.lines[i].restart()
		}
		clear(r.signals.out[i])
		clear(r.signals.before[i])
	}
	clear(r.spikes)
}

// Step advances by one tick. inputs has one signal for each Input node in the order of
// Network.Inputs; nil means no spikes.
func (r *Reference) Step(inputs [][]float64) error {
	if len(inputs) != len(r.plan.inputs) {
		return fmt.Errorf("network %s: %d input signals given, there are %d Input nodes",
			r.plan.net.Name, len(inputs), len(r.plan.inputs))
	}
	for k, i := range r.plan.inputs {
		if want := len(r.signals.out[i]); inputs[k] != nil && len(inputs[k]) != want {
			return fmt.Errorf("network %s: input %q takes %d elements, %d given", r.plan.net.Name,
				r.plan.net.Nodes[i].Name, want, len(inputs[k]))
		}
	}
	for k, i := range r.plan.inputs {
		clear(r.signals.out[i])
		copy(r.signals.out[i], inputs[k])
	}
	r.advance()
	return nil
}

// advance evaluates every node with what the Input nodes hold.
func (r *Reference) advance() {
	s := r.signals
	for i, before := range s.before {
		if before != nil {
			copy(before, s.out[i])
		}
	}
	for _, i := range r.plan.order {
		switch {
		case r.membranes[i] != nil:
			r.spikes[i] += r.populations[i].step(r.membranes[i], r.plan.arriving(s, i), s.out[i])
		case r.lines[i] != nil:
			r.lines[i].step(r.plan.arriving(s, i), s.out[i])
		default:
			r.plan.stateless(s, i)
		}
	}
}

// Signal returns the output of node i in the last tick: 0 or 1 for a spiking neuron (with
// ResetSubtractMulti a count), the potential for one without a threshold. It is valid until the
// next tick and must not be written to.
func (r *Reference) Signal(i int) []float64 { return r.signals.out[i] }

// Potential is the membrane potential of neuron node i after the last
// tick's reset (the input itself for Threshold), nil for other nodes. It
// is valid until the next tick and must not be written to.
func (r *Reference) Potential(i int) []float64 {
	if r.membranes[i] == nil {
		return nil
	}
	return r.membranes[i].v
}

// Spikes is the number of spikes of node i since the last Reset.
func (r *Reference) Spikes(i int) int64 { return r.spikes[i] }

// delayLine is the state of a Delay node: a ring of the last signals.
type delayLine struct {
	op   *Delay
	ring [][]float64
	at   int // where the next signal is written
}

// checkLine refuses a delay whose ring would be out of proportion.
func (d *Delay) checkLine(size int) error {
	if longest := slices.Max(d.Ticks); longest >= maxElements/size {
		return fmt.Errorf("a delay of %d ticks for %d elements needs more than %d stored values",
			longest, size, maxElements)
	}
	return nil
}

func newDelayLine(op *Delay, size int) *delayLine {
	l := &delayLine{op: op, ring: make([][]float64, slices.Max(op.Ticks)+1)}
	for i := range l.ring {
		l.ring[i] = make([]float64, size)
	}
	return l
}

func (l *delayLine) restart() {
	l.at = 0
	for _, signal := range l.ring {
		clear(signal)
	}
}

func (l *delayLine) step(x, y []float64) {
	copy(l.ring[l.at], x)
	for i := range y {
		ticks := l.op.Ticks[0]
		if len(l.op.Ticks) > 1 {
			ticks = l.op.Ticks[i]
		}
		from := l.at - ticks
		if from < 0 {
			from += len(l.ring)
		}
		y[i] = l.ring[from][i]
	}
	if l.at++; l.at == len(l.ring) {
		l.at = 0
	}
}

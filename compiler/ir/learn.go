package ir

import "adder/core"

// learner is the plastic part of a projection: its weights, its traces, and what
// a sample has to remember. One without a rule has weights alone.
type learner struct {
	*Projection
	stored [][]int64 // [sources][neurons of the run], nil if not plastic
	pre    []trace   // per source
	post   []trace   // per neuron of the run
	// arrived are the sources with a spike in this tick, won the neurons that
	// won in this sample.
	arrived, won []bool
	// pool is the number of wins that no target has yet, and samples the number since all neurons
	// were normalised.
	pool, samples int64
}

func newLearner(p *Projection) learner {
	l := learner{Projection: p}
	if p.Weights.Plastic == nil {
		return l
	}
	l.stored = make([][]int64, p.Weights.Sources)
	for i := range l.stored {
		for _, w := range p.Weights.Plastic[i*p.Weights.Count:][:p.Weights.Count] {
			l.stored[i] = append(l.stored[i], int64(w))
		}
	}
	l.begin()
	return l
}

func (l *learner) begin() {
	if l.stored == nil {
		return
	}
	w := &l.Weights
	l.pre, l.post = make([]trace, w.Sources), make([]trace, w.Count)
	l.arrived, l.won = make([]bool, w.Sources), make([]bool, w.Count)
}

// deliver adds the upper 8 of the 16 bits of a row.
func (l *learner) deliver(source int, sum []int64) {
	l.arrived[source] = true
	for j, w := range l.stored[source] {
		sum[l.Weights.First+j] += w / 256
	}
}

// trace is a trace of section 4; left are the ticks that a box still has.
type trace struct {
	x    int64
	left int
}

// next takes a trace to the next tick, in which its owner spiked or did not.
func (tr *trace) next(k core.Trace, spiked bool) {
	switch {
	case spiked:
		*tr = trace{x: 255, left: int(k.Length)}
		return
	case k.Kind == core.TraceExponential && tr.x > 0:
		tr.x -= max(tr.x>>k.Length, 1)
		return
	}
	if tr.left--; k.Kind == core.TraceBox && tr.left <= 0 {
		tr.x = 0
	}
}

// learn is 3.6: what the spikes of tick t do to the weights.
func (r *Interpreter) learn(t int) {
	for k := range r.learners {
		if l := &r.learners[k]; l.Learning != nil {
			r.note(l)
			r.change(l, t)
		}
		clear(r.learners[k].arrived)
	}
}

// note updates the traces of a learner to this tick.
func (r *Interpreter) note(l *learner) {
	for i := range l.pre {
		l.pre[i].next(l.Learning.Pre, l.arrived[i])
	}
	fired := r.populations[l.Target].fired[l.Weights.First:][:l.Weights.Count]
	for j := range l.post {
		l.post[j].next(l.Learning.Post, fired[j])
		l.won[j] = l.won[j] || fired[j]
	}
}

// change applies the table of section 5 to every synapse of a learner.
func (r *Interpreter) change(l *learner, t int) {
	rule := l.Learning
	fired := r.populations[l.Target].fired[l.Weights.First:][:l.Weights.Count]
	for j := range l.post {
		for i := range l.pre {
			y, x := l.post[j].x, l.pre[i].x-int64(rule.Offset)
			before := l.arrived[i] && y > 0 && rule.LTD != core.RateOff
			after := fired[j] && x != 0 && rule.LTP != core.RateOff
			if !before && !after {
				continue
			}
			w := l.stored[i][j]
			now := w
			if before {
				now += preChange(rule, w, y, r.synapse(l, j, i, t, forPre))
			}
			if after {
				now += postChange(rule, w, x, r.synapse(l, j, i, t, forPost))
			}
			l.stored[i][j] = clip(rule, now)
		}
	}
}

func clip(rule *core.Plasticity, w int64) int64 {
	return min(max(w, int64(rule.Min)), int64(rule.Max))
}

// synapse makes the draw of synapse i of neuron j of a run: a quarter of one.
func (r *Interpreter) synapse(l *learner, j, i, t int, of purpose) uint64 {
	neuron := uint64(r.first[l.Target] + l.Weights.First + j)
	d := draw(r.opts.Seed, r.sample, neuron<<24+uint64(i>>2), uint64(t), of)
	return d >> (16 * (i % 4)) % (1 << 16)
}

// preChange is the change of a weight w by a spike on a row, with trace y.
func preChange(rule *core.Plasticity, w, y int64, d uint64) int64 {
	k := uint(rule.LTD)
	switch rule.Rule {
	case core.RuleHebbian:
		return stoch(y<<8, k, d)
	case core.RuleWeightDependent:
		return -stoch(gate(y, w-int64(rule.Min), rule.Post), k, d)
	}
	return -stoch(y<<8, k, d)
}

// postChange is the change of a weight w by a win, with trace x, less the offset.
func postChange(rule *core.Plasticity, w, x int64, d uint64) int64 {
	k := uint(rule.LTP)
	switch {
	case rule.Rule != core.RuleWeightDependent:
		return stoch(x<<8, k, d)
	case x < 0:
		return -stoch(gate(-x, w-int64(rule.Min), core.Trace{}), k, d)
	}
	return stoch(gate(x, int64(rule.Max)-w, rule.Pre), k, d)
}

// gate is a trace times the distance of the weight from its bound, in 256ths; for a full box trace
// it is the distance.
func gate(x, room int64, of core.Trace) int64 {
	if of.Kind == core.TraceBox && x == 255 {
		return room
	}
	return x * room >> 8
}

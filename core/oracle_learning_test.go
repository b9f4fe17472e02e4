package core

import (
	"math/big"
	"slices"

	"adder/fixedpoint"
)

// oracleLearning is what the oracle knows beyond plain neurons: thresholds that
// move, escape noise, arbitration, and learning with traces that are updated
// in every tick, sums that are taken anew and products wherever they are
// plainer.
type oracleLearning struct {
	on      bool
	source  fixedpoint.Source
	sample  uint64
	weights []int64 // as Config.Plastic
	target  []int64
	barred  []int
	bar     int
	blocks  []oracleBlock // by plasticity
}

type oracleBlock struct {
	x, y          []int64
	xLeft, yLeft  []int // ticks left of a box
	won           []bool
	pool, samples int
}

func (o *oracle) loadLearning() {
	l := &o.learns
	l.source = fixedpoint.NewSource(0)
	for _, w := range o.cfg.Plastic {
		l.weights = append(l.weights, int64(w))
	}
	o.theta = make([]int64, o.cfg.Neurons())
	l.target, l.barred = make([]int64, o.cfg.Neurons()), make([]int, o.cfg.Neurons())
	for n := range o.cfg.Neurons() {
		if len(o.cfg.Target) > 0 {
			l.target[n] = int64(o.cfg.Target[n])
		}
		o.theta[n] = o.startTheta(n)
	}
	l.blocks = make([]oracleBlock, len(o.cfg.Plasticity))
	o.clearTraces()
}

func (o *oracle) startTheta(n int) int64 {
	for _, g := range o.cfg.Groups {
		if g.Theta.Adaptive && len(o.cfg.Theta) > 0 && n >= int(g.First) &&
			n < int(g.First+g.Count) {
			return int64(o.cfg.Theta[n])
		}
	}
	return 0
}

func (o *oracle) clearTraces() {
	for i := range o.cfg.Plasticity {
		p, b := &o.cfg.Plasticity[i], &o.learns.blocks[i]
		neurons := o.cfg.Groups[p.Group].Count
		b.x, b.xLeft = make([]int64, p.Rows), make([]int, p.Rows)
		b.y, b.yLeft, b.won = make([]int64, neurons), make([]int, neurons), make([]bool, neurons)
	}
}

func (o *oracle) beginLearning() {
	for _, g := range o.cfg.Groups {
		for n := g.First; g.Theta.Always && n < g.First+g.Count; n++ {
			o.theta[n] = o.startTheta(int(n))
		}
	}
	if !o.learns.on {
		return
	}
	o.clearTraces()
	for i := range o.cfg.Plasticity {
		p := &o.cfg.Plasticity[i]
		o.of(o.cfg.Groups[p.Group].First).ResetWrites += int64(p.Rows) +
			int64(o.cfg.Groups[p.Group].Count)
	}
}

// level is threshold + theta of a neuron.
func (o *oracle) level(g *Group, n int32) int64 {
	level := int64(o.cfg.Threshold[n])
	if g.Theta.Adaptive {
		level += o.theta[n]
	}
	return level
}

func (o *oracle) draw(n, t int32, purpose fixedpoint.Purpose) uint64 {
	return o.learns.source.Draw(o.learns.sample, uint64(o.cfg.ID[n]), uint64(t), purpose)
}

func (o *oracle) fires(g *Group, n, t int32) bool {
	if g.Integrator {
		return false
	}
	o.of(n).Comparisons++
	if g.Theta.Adaptive {
		o.of(n).MembraneAdds++
	}
	over := o.v[n].Int64() - o.level(g, n)
	fires := over > 0 || g.Graded > 0 && -o.v[n].Int64() > int64(o.cfg.Threshold[n])
	if g.Escape > 0 {
		table := &o.cfg.Escape[g.Escape-1]
		i := big.NewInt(over)
		i.Div(i, new(big.Int).Lsh(big.NewInt(1), uint(table.Shift))) // Euclidean: floor
		at := min(max(i.Int64(), 0), int64(len(table.Probability)-1))
		fires = false
		if p := table.Probability[at]; p > 0 {
			o.of(n).Draws++
			fires = o.draw(n, t, fixedpoint.PurposeEscape)%(1<<32) < uint64(p)
		}
	}
	return fires && (!o.learns.on || o.learns.barred[n] == 0)
}

func (o *oracle) winner(g *Group, t int32, candidates []int32) int32 {
	o.of(g.First).Comparisons += int64(len(candidates)) - 1
	if g.Winner.Arbiter == ArbiterFair && len(candidates) > 1 {
		o.of(g.First).Draws += int64(len(candidates))
	}
	return slices.MinFunc(candidates, func(a, b int32) int {
		if g.Winner.Arbiter == ArbiterFair {
			if c := new(big.Int).SetUint64(o.draw(a, t, fixedpoint.PurposeArbiter)).Cmp(
				new(big.Int).SetUint64(o.draw(b, t, fixedpoint.PurposeArbiter))); c != 0 {
				return c
			}
		} else if x, y := o.v[a].Int64()-o.level(g, a), o.v[b].Int64()-o.level(g, b); x != y {
			return int(min(max(y-x, -1), 1))
		}
		return int(int64(o.cfg.ID[a]) - int64(o.cfg.ID[b]))
	})
}

func (o *oracle) setTheta(n int32, theta int64) {
	limit := int64(1)<<(o.cfg.Widths.Potential-1) - 1
	kept := min(max(theta, -limit), limit)
	if kept != theta {
		o.of(n).Saturations++
	}
	o.theta[n] = kept
}

func (o *oracle) adapt(g *Group, t int32, fired []int32) {
	if !g.Theta.Adaptive || !o.learns.on && !g.Theta.Always {
		return
	}
	for _, n := range fired {
		o.of(n).MembraneAdds++
		o.setTheta(n, o.theta[n]+int64(g.Theta.Plus))
	}
	for n := g.First; g.Theta.Decay > 0 && n < g.First+g.Count; n++ {
		o.of(n).DecayAdds++
		if o.theta[n] != 0 {
			o.of(n).Draws++
			o.setTheta(n, o.theta[n]-stochastic(o.theta[n], g.Theta.Decay,
				o.draw(n, t, fixedpoint.PurposeTheta)))
		}
	}
}

// stochastic is stoch of section 1.
func stochastic(x int64, k uint8, draw uint64) int64 {
	abs, one := x, int64(1)
	if x < 0 {
		abs, one = -x, -1
	}
	unit := int64(1) << k
	result := abs / unit
	if uint64(abs%unit) > draw%uint64(unit) {
		result++
	}
	return one * result
}

// rounder rounds the changes of synapses and counts the draws that are used.
type rounder struct {
	o       *oracle
	tick    int32
	purpose fixedpoint.Purpose
	used    map[uint64]bool
}

func (o *oracle) rounder(tick int32, purpose fixedpoint.Purpose) *rounder {
	return &rounder{o, tick, purpose, map[uint64]bool{}}
}

func (r *rounder) round(x int64, k uint8, neuron int32, source int) int64 {
	if x%(1<<k) == 0 {
		return x / (1 << k)
	}
	key := uint64(r.o.cfg.ID[neuron])*(1<<24) + uint64(source/4)
	if !r.used[key] {
		r.used[key] = true
		r.o.of(neuron).Draws++
	}
	draw := r.o.learns.source.Draw(r.o.learns.sample, key, uint64(r.tick), r.purpose)
	return stochastic(x, k, draw>>(16*(source%4)))
}

// fade takes a trace to the next tick.
func fade(tr Trace, x *int64, left *int) {
	if tr.Kind == TraceBox {
		if *left--; *left <= 0 {
			*x = 0
		}
		return
	}
	if *x > 0 {
		*x -= max(*x>>tr.Length, 1)
	}
}

func (o *oracle) learn(t int32, left []int32) {
	for i := range o.cfg.Plasticity {
		p, b := &o.cfg.Plasticity[i], &o.learns.blocks[i]
		g := &o.cfg.Groups[p.Group]
		arrived, won := make([]bool, p.Rows), make([]bool, g.Count)
		for axon := range o.arrived {
			if k := o.cfg.Axons[axon].Row - p.FirstRow; k >= 0 && k < p.Rows {
				arrived[k] = true
			}
		}
		for _, n := range left {
			if n >= g.First && n < g.First+g.Count {
				won[n-g.First], b.won[n-g.First] = true, true
			}
		}
		for k := range b.x {
			if fade(p.Pre, &b.x[k], &b.xLeft[k]); arrived[k] {
				b.x[k], b.xLeft[k] = 255, int(p.Pre.Length)
			}
		}
		for j := range b.y {
			if fade(p.Post, &b.y[j], &b.yLeft[j]); won[j] {
				b.y[j], b.yLeft[j] = 255, int(p.Post.Length)
			}
		}
		o.change(p, b, t, arrived, won)
	}
}

// change applies the rule of section 5 to every pair of neuron and source.
func (o *oracle) change(p *Plasticity, b *oracleBlock, t int32, arrived, won []bool) {
	ltp, ltd := o.rounder(t, fixedpoint.PurposeRoundLTP), o.rounder(t, fixedpoint.PurposeRoundLTD)
	g := &o.cfg.Groups[p.Group]
	for j := range b.y {
		for i := range b.x {
			w := &o.learns.weights[o.cfg.Rows[p.FirstRow+int32(i)].Offset+int64(j)]
			n := g.First + int32(j)
			old, now := *w, *w
			touched := false
			if arrived[i] && b.y[j] > 0 && p.LTD != RateOff {
				now += preEvent(p, ltd, old, b.y[j], n, i)
				o.of(n).LearningUpdates++
				touched = true
			}
			if x := b.x[i] - int64(p.Offset); won[j] && x != 0 && p.LTP != RateOff {
				now += postEvent(p, ltp, old, x, n, i)
				o.of(n).LearningUpdates++
				touched = true
			}
			if touched {
				*w = min(max(now, int64(p.Min)), int64(p.Max))
			}
		}
	}
}

func preEvent(p *Plasticity, r *rounder, old, y int64, n int32, i int) int64 {
	amount := y * 256
	if p.Rule == RuleWeightDependent {
		if amount = floor256((old - int64(p.Min)) * y); p.Post.Kind == TraceBox {
			amount = old - int64(p.Min)
		}
	}
	change := r.round(amount, p.LTD, n, i)
	if p.Rule == RuleHebbian {
		return change
	}
	return -change
}

func postEvent(p *Plasticity, r *rounder, old, x int64, n int32, i int) int64 {
	switch {
	case p.Rule != RuleWeightDependent:
		return r.round(x*256, p.LTP, n, i)
	case x < 0:
		return -r.round(floor256((old-int64(p.Min))*-x), p.LTP, n, i)
	case p.Pre.Kind == TraceBox && x == 255:
		return r.round(int64(p.Max)-old, p.LTP, n, i)
	}
	return r.round(floor256((int64(p.Max)-old)*x), p.LTP, n, i)
}

func floor256(x int64) int64 { return x >> 8 }

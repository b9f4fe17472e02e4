package snn

import "math"

// population is a Neuron prepared for one tick length: the parameters of
// every neuron, with the time constants turned into Euler steps. It is
// immutable.
type population struct {
	model     Model
	resetMode ResetMode
	atLeast   bool
	leak      []float64 // dt / tau
	leakSyn   []float64 // dt / tau_syn
	gain      []float64 // r; for I and IF k r
	gainSyn   []float64 // w_in
	rest      []float64 // v_leak
	threshold []float64
	reset     []float64
	amount    []float64 // what a spike takes where the reset subtracts
	start     []float64 // v before the first tick
}

func newPopulation(op *Neuron, size int, dt float64, reset ResetMode) *population {
	all := func(p []float64, def float64, f func(float64) float64) []float64 {
		out := make([]float64, size)
		for i := range out {
			out[i] = f(At(p, i, def))
		}
		return out
	}
	same := func(v float64) float64 { return v }
	perTick := func(tau float64) float64 { return dt / tau }
	p := &population{
		model: op.Model, resetMode: reset, atLeast: op.AtLeast,
		gain:  all(op.R, 1, same),
		start: all(op.V0, 0, same),
	}
	switch op.Model {
	case ModelI, ModelIF:
		if !op.UnitStep {
			p.gain = all(op.R, 1, func(r float64) float64 { return dt * r })
		}
	case ModelCubaLI, ModelCubaLIF:
		p.leakSyn = all(op.TauSyn, 1, perTick)
		p.gainSyn = all(op.WIn, 1, same)
		fallthrough
	case ModelLI, ModelLIF:
		p.leak = all(op.Tau, 1, perTick)
		p.rest = all(op.VLeak, 0, same)
	}
	if op.Model.Spikes() {
		p.threshold = all(op.VThreshold, 0, same)
		p.reset = all(op.VReset, 0, same)
		p.amount = make([]float64, size)
		for i := range p.amount {
			p.amount[i] = op.resetAmount(i, dt, reset)
		}
	}
	return p
}

// timed reports whether the neuron's step depends on the tick's length.
func (n *Neuron) timed() bool {
	switch n.Model {
	case ModelI, ModelIF:
		return !n.UnitStep
	case ModelThreshold:
		return false
	}
	return true
}

// membrane is the state of a population.
type membrane struct {
	v []float64
	u []float64 // synaptic current; nil without one
}

func (p *population) newMembrane() *membrane {
	m := &membrane{v: make([]float64, len(p.start))}
	if p.leakSyn != nil {
		m.u = make([]float64, len(p.start))
	}
	p.restart(m)
	return m
}

func (p *population) restart(m *membrane) {
	copy(m.v, p.start)
	clear(m.u)
}

// step advances the state by a tick with input x, writes the spikes or
// potentials to y and returns the number of spikes. Forward Euler: the
// synapse first, the membrane with the new current, then the threshold,
// and the reset in the same tick.
func (p *population) step(m *membrane, x, y []float64) int64 {
	p.integrate(m, x)
	if !p.model.Spikes() {
		copy(y, m.v)
		return 0
	}
	return p.fire(m.v, y)
}

func (p *population) integrate(m *membrane, x []float64) {
	switch p.model {
	case ModelThreshold:
		copy(m.v, x)
	case ModelI, ModelIF:
		for i, g := range p.gain {
			m.v[i] += float64(g * x[i])
		}
	case ModelLI, ModelLIF:
		p.relax(m.v, x)
	case ModelCubaLI, ModelCubaLIF:
		for i, d := range p.leakSyn {
			m.u[i] += float64(d * (float64(p.gainSyn[i]*x[i]) - m.u[i]))
		}
		p.relax(m.v, m.u)
	}
}

// relax is v += dt/tau ((v_leak - v) + r x).
func (p *population) relax(v, x []float64) {
	for i, d := range p.leak {
		v[i] += float64(d * ((p.rest[i] - v[i]) + float64(p.gain[i]*x[i])))
	}
}

func (p *population) fire(v, y []float64) int64 {
	if p.resetMode == ResetSubtractMulti && p.model != ModelThreshold {
		return p.fireSeveral(v, y)
	}
	var spikes int64
	for i, threshold := range p.threshold {
		if v[i] < threshold || (v[i] == threshold && !p.atLeast) {
			y[i] = 0
			continue
		}
		y[i] = 1
		spikes++
		if p.model == ModelThreshold {
			continue
		}
		if p.resetMode.Subtracts() {
			v[i] -= p.amount[i]
		} else {
			v[i] = p.reset[i]
		}
	}
	return spikes
}

// fireSeveral is fire for neurons that send as many spikes as v holds thresholds.
func (p *population) fireSeveral(v, y []float64) int64 {
	var spikes int64
	for i, threshold := range p.threshold {
		count := math.Floor(v[i] / threshold)
		if !(count >= 1) {
			y[i] = 0
			continue
		}
		y[i] = count
		spikes += int64(min(count, 1<<53))
		v[i] -= float64(count * threshold)
	}
	return spikes
}

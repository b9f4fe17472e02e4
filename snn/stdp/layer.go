package stdp

import (
	"fmt"
	"slices"
)

// Layer is a population of neurons of one model, once per sample of a batch. The
// samples share the adaptive thresholds and nothing else.
type Layer struct {
	config     NeuronConfig
	n          int
	chance     Chance
	decay      float32
	thetaDecay float32
	silentAt   float32 // an SRM0 neuron at or below it has probability 0

	theta []float32 // [n]
	level []float32 // [n], threshold + theta of this tick

	samples    []uint64
	tick       int
	v          []float32 // [batch, n]
	refractory []float32 // [batch, n]
	crossed    []int32   // [n], samples of the batch that crossed in this tick
	activity   Activity
}

// NewLayer returns n neurons, for a batch of none until Reset. Chance decides their
// escapes and ties.
func NewLayer(config NeuronConfig, n int, chance Chance) (*Layer, error) {
	if err := config.Check(); err != nil {
		return nil, fmt.Errorf("layer of %s neurons: %w", config.Model, err)
	}
	if n < 1 {
		return nil, fmt.Errorf("layer of %d neurons: must be at least 1", n)
	}
	l := &Layer{
		config: config, n: n, chance: chance, decay: decayOf(config.Leak),
		thetaDecay: decayOf(config.ThetaLeak),
		theta:      make([]float32, n), level: make([]float32, n), crossed: make([]int32, n),
	}
	l.activity.Traces = NewTraces(config.Traces, n)
	l.silentAt = silentAt(config)
	return l, nil
}

// silentAt is a potential from which down the probability of an escape rounds to 0:
// exp(-rho) is 1 in float32 below rho = 2^-25.
func silentAt(c NeuronConfig) float32 {
	v := c.Threshold
	for range 200 {
		if c.escape(v) == 0 {
			return v
		}
		v -= c.EscapeWidth
	}
	return v
}

// Activity returns the last tick's spikes, and the traces; both change with the
// next call of Step.
func (l *Layer) Activity() *Activity { return &l.activity }

// Theta returns the adaptive part of the thresholds, shape [n], shared with the
// layer. It is 0 for models without one.
func (l *Layer) Theta() []float32 { return l.theta }

// Potentials returns the potentials after the last tick's reset, shape [batch, n],
// shared with the layer.
func (l *Layer) Potentials() []float32 { return l.v }

// RefractoryCounts returns the refractory counters, shape [batch, n], shared with the
// layer. They fall in every tick and gate the input where they are above 0.
func (l *Layer) RefractoryCounts() []float32 { return l.refractory }

// Reset clears all state except theta and prepares the layer for a batch of samples, whose numbers
// key their random draws.
func (l *Layer) Reset(samples []uint64) {
	l.samples = append(l.samples[:0], samples...)
	l.tick = 0
	l.v = resized(l.v, len(samples)*l.n)
	for i := range l.v {
		l.v[i] = l.config.start()
	}
	l.refractory = resized(l.refractory, len(samples)*l.n)
	l.activity.Spikes = emptied(l.activity.Spikes, len(samples))
	l.activity.Traces.Reset(len(samples))
}

// Step advances the layer by a tick with a current per sample and neuron, shape
// [batch, n]. In learning mode the adaptive thresholds decay before the test and rise
// after it. Traces do not follow: see [Traces.Step].
func (l *Layer) Step(current []float32, learning bool) {
	adaptive := l.config.Model == DiehlCook
	for j := range l.level {
		if adaptive && learning {
			l.theta[j] *= l.thetaDecay
		}
		l.level[j] = l.config.Threshold + l.theta[j]
	}
	clear(l.crossed)
	for b := range l.samples {
		fired := l.advance(b, current[b*l.n:][:l.n], l.activity.Spikes[b][:0])
		if adaptive {
			for _, j := range fired {
				l.crossed[j]++
			}
			fired = l.arbitrate(b, fired)
		}
		l.activity.Spikes[b] = fired
	}
	if adaptive && learning {
		for j, count := range l.crossed {
			l.theta[j] += float32(l.config.ThetaPlus * float32(count))
		}
	}
	l.tick++
}

// advance moves the neurons of a sample by a tick and appends those that cross.
func (l *Layer) advance(b int, current []float32, fired []int32) []int32 {
	v, refractory := l.v[b*l.n:][:l.n], l.refractory[b*l.n:][:l.n]
	switch l.config.Model {
	case IF:
		integrate(v, refractory, current)
		return l.test(v, refractory, fired)
	case SRM0:
		gain := l.config.Gain
		for j := range current {
			current[j] *= gain
		}
		leak(v, refractory, current, l.decay, l.config.Rest)
		return l.escapes(b, v, refractory, fired)
	}
	leak(v, refractory, current, l.decay, l.config.Rest)
	return l.test(v, refractory, fired)
}

// integrate adds the currents of neurons that are not refractory.
func integrate(v, refractory, current []float32) {
	refractory, current = refractory[:len(v)], current[:len(v)]
	for j, x := range v {
		if refractory[j] <= 0 {
			v[j] = x + current[j]
		}
		refractory[j]--
	}
}

// leak is integrate after a step of the potential toward rest.
func leak(v, refractory, current []float32, decay, rest float32) {
	refractory, current = refractory[:len(v)], current[:len(v)]
	for j, x := range v {
		x = float32(decay*float32(x-rest)) + rest
		if refractory[j] <= 0 {
			x += current[j]
		}
		v[j] = x
		refractory[j]--
	}
}

// test resets the neurons at or above their threshold and appends them.
func (l *Layer) test(v, refractory []float32, fired []int32) []int32 {
	level := l.level[:len(v)]
	for j, x := range v {
		if x >= level[j] {
			v[j], refractory[j] = l.config.Reset, l.config.Refractory
			fired = append(fired, int32(j))
		}
	}
	return fired
}

// escapes resets the neurons that escape and appends them.
func (l *Layer) escapes(b int, v, refractory []float32, fired []int32) []int32 {
	for j, x := range v {
		if x <= l.silentAt {
			continue
		}
		if l.chance.Escape(l.samples[b], l.tick, j) < l.config.escape(x) {
			v[j], refractory[j] = l.config.Reset, l.config.Refractory
			fired = append(fired, int32(j))
		}
	}
	return fired
}

// arbitrate leaves one of the neurons of a sample that crossed.
func (l *Layer) arbitrate(b int, fired []int32) []int32 {
	if !l.config.OneSpike || len(fired) < 2 {
		return fired
	}
	winner := l.chance.Pick(l.samples[b], l.tick, fired)
	return slices.Replace(fired, 0, len(fired), fired[winner])
}

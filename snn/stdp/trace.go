package stdp

import "fmt"

// TraceConfig describes spike traces: what a rule remembers of past spikes.
type TraceConfig struct {
	// TimeConstant of the decay, in ticks.
	TimeConstant float64
	// Additive adds 1 at a spike instead of setting the trace to 1.
	Additive bool
}

// DefaultTraces returns traces set to 1 that decay with 20 ticks.
func DefaultTraces() TraceConfig { return TraceConfig{TimeConstant: 20} }

// Check returns an error when the time constant cannot be used.
func (c TraceConfig) Check() error {
	if !(c.TimeConstant > 0) {
		return fmt.Errorf("trace time constant %v: must be above 0", c.TimeConstant)
	}
	return nil
}

// Traces holds a trace per sample of a batch and neuron. Those that are set and not
// added to are kept as the tick of the last spike: a trace of age k is the k-th power of
// the decay, by repeated rounded products as if it had been decayed each tick.
type Traces struct {
	n        int
	additive bool
	decay    float32
	now      int32
	power    []float32 // by age
	last     []int32   // [batch, n], tick of the last spike, 0 for none
	value    []float32 // [batch, n], additive traces only
	active   [][]int32 // by sample: neurons with a trace, in order of first spike
}

// NewTraces returns the traces of n neurons, for a batch of none.
func NewTraces(c TraceConfig, n int) *Traces {
	return &Traces{n: n, additive: c.Additive, decay: decayOf(c.TimeConstant), power: []float32{1}}
}

// Reset clears all spikes and allocates for a batch.
func (t *Traces) Reset(batch int) {
	t.now = 0
	t.last = resized(t.last, batch*t.n)
	if t.additive {
		t.value = resized(t.value, batch*t.n)
	}
	t.active = emptied(t.active, batch)
}

// Step advances the traces by a tick in which the neurons spikes[b] of sample b spike.
func (t *Traces) Step(spikes [][]int32) {
	t.now++
	if int(t.now) > len(t.power) {
		t.power = append(t.power, t.power[len(t.power)-1]*t.decay)
	}
	for i := range t.value {
		t.value[i] *= t.decay
	}
	for b, fired := range spikes {
		last := t.last[b*t.n:][:t.n]
		for _, i := range fired {
			if last[i] == 0 {
				t.active[b] = append(t.active[b], i)
			}
			last[i] = t.now
			if t.additive {
				t.value[b*t.n+int(i)]++
			}
		}
	}
}

// Active returns the neurons of sample b whose trace is not 0.
func (t *Traces) Active(b int) []int32 { return t.active[b] }

// At returns the trace of neuron i in sample b.
func (t *Traces) At(b int, i int32) float32 {
	at := b*t.n + int(i)
	switch {
	case t.additive:
		return t.value[at]
	case t.last[at] == 0:
		return 0
	}
	return t.power[t.now-t.last[at]]
}

// Activity is the input of a learning rule from a population in a tick.
type Activity struct {
	// Spikes lists, by sample of the batch, the neurons that spike, ascending.
	Spikes [][]int32
	// Traces contain the tick's spikes already.
	Traces *Traces
}

// resized returns n zeros in s's storage, or in new storage.
func resized[T int32 | float32](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// emptied returns n empty lists that keep s's storage.
func emptied(s [][]int32, n int) [][]int32 {
	for len(s) < n {
		s = append(s, nil)
	}
	s = s[:n]
	for i := range s {
		s[i] = s[i][:0]
	}
	return s
}

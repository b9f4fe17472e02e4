package stdp

import (
	"fmt"
	"math"

	"adder/fixedpoint"

	"gonum.org/v1/gonum/blas/blas32"
)

// denseFrom is the share of a layer, 1/denseFrom, from which on a sample's events
// are summed by whole rows instead of pair by pair.
const denseFrom = 8

// Synapses connect every presynaptic neuron with every postsynaptic one. All samples
// of a batch share the weights.
type Synapses struct {
	config    RuleConfig
	pre, post int
	weights   []float32 // [pre, post]

	// Events of a tick, zero between ticks; pairs lists the touched ones, rows those
	// of which any may be.
	a, c    []float32 // [pre, post]
	pairs   []int32
	rows    []int32
	whole   []bool    // [pre], in rows
	traces  []float32 // [post], a sample's postsynaptic traces
	unclean bool      // weights may be outside the bounds
}

// NewSynapses returns synapses with weights of 0.
func NewSynapses(config RuleConfig, pre, post int) (*Synapses, error) {
	if err := config.Check(); err != nil {
		return nil, fmt.Errorf("synapses: %w", err)
	}
	if pre < 1 || post < 1 {
		return nil, fmt.Errorf("synapses from %d to %d neurons: must be at least 1", pre, post)
	}
	n := pre * post
	return &Synapses{
		config: config, pre: pre, post: post, weights: make([]float32, n), unclean: true,
		a: make([]float32, n), c: make([]float32, n), whole: make([]bool, pre),
		traces: make([]float32, post),
	}, nil
}

// Randomize draws the weights uniformly from [0, scale), keyed by seed and synapse,
// and clips them. They are not scaled to the norm.
func (s *Synapses) Randomize(seed uint64, scale float32) {
	stream := fixedpoint.NewSource(seed).Stream(0, 0, fixedpoint.PurposeInit)
	for i := range s.weights {
		s.weights[i] = clip(float32(scale*unit(stream.Draw(uint64(i)))), s.config.WMin,
			s.config.WMax)
	}
	s.unclean = false
}

// Weights returns the weights, shape [pre, post], row-major, as a view. Whoever
// writes to it calls SetWeights instead.
func (s *Synapses) Weights() []float32 { return s.weights }

// SetWeights replaces the weights, shape [pre, post]. They may be outside the bounds until the next
// tick of learning.
func (s *Synapses) SetWeights(weights []float32) error {
	if len(weights) != len(s.weights) {
		return fmt.Errorf("%d weights for %d x %d synapses", len(weights), s.pre, s.post)
	}
	copy(s.weights, weights)
	s.unclean = true
	return nil
}

// row returns the synapses of a presynaptic neuron in an array of shape [pre, post].
func (s *Synapses) row(of []float32, i int32) []float32 {
	return of[int(i)*s.post:][:s.post:s.post]
}

// Gather adds to current, shape [post], the weights of the presynaptic spikes, in
// their order.
func (s *Synapses) Gather(spikes []int32, current []float32) {
	for _, i := range spikes {
		addRow(current, s.row(s.weights, i))
	}
}

// Learn changes the weights by a tick's spikes and traces, summed over the batch,
// shrinks them by the weight decay, and clips them.
func (s *Synapses) Learn(pre, post *Activity) {
	for b := range pre.Spikes {
		s.preEvents(b, pre, post)
		s.postEvents(b, pre, post)
	}
	if !s.unclean && s.config.WeightDecay == 0 {
		s.apply(s.config.WMin, s.config.WMax)
		return
	}
	s.apply(float32(math.Inf(-1)), float32(math.Inf(1)))
	s.shrinkAll()
	s.unclean = false
}

// preEvents sums s(pre)*x(post) of a sample.
func (s *Synapses) preEvents(b int, pre, post *Activity) {
	targets := post.Traces.Active(b)
	if len(targets) == 0 || len(pre.Spikes[b]) == 0 {
		return
	}
	if s.dense(targets) {
		clear(s.traces)
		for _, j := range targets {
			s.traces[j] = post.Traces.At(b, j)
		}
		for _, i := range pre.Spikes[b] {
			s.mark(i)
			addRow(s.row(s.a, i), s.traces)
		}
		return
	}
	values := s.traces[:len(targets)]
	for k, j := range targets {
		values[k] = post.Traces.At(b, j)
	}
	for _, i := range pre.Spikes[b] {
		base := i * int32(s.post)
		for k, j := range targets {
			at := base + j
			s.touch(at)
			s.a[at] += values[k]
		}
	}
}

// postEvents sums x(pre)*s(post) of a sample.
func (s *Synapses) postEvents(b int, pre, post *Activity) {
	targets := post.Spikes[b]
	if len(targets) == 0 {
		return
	}
	dense := s.dense(targets)
	for _, i := range pre.Traces.Active(b) {
		x := pre.Traces.At(b, i)
		if dense {
			s.mark(i)
			addAt(s.row(s.c, i), targets, x)
			continue
		}
		base := i * int32(s.post)
		for _, j := range targets {
			s.touch(base + j)
			s.c[base+j] += x
		}
	}
}

// addAt adds x to the row at the targets, which are ascending.
func addAt(row []float32, targets []int32, x float32) {
	if len(targets) == len(row) {
		for j := range row {
			row[j] += x
		}
		return
	}
	for _, j := range targets {
		row[j] += x
	}
}

// dense says whether to sum a sample's events by whole rows.
func (s *Synapses) dense(targets []int32) bool { return len(targets)*denseFrom >= s.post }

// touch lists a pair that has no events yet. Traces are above 0, so that a pair with
// events is not 0.
func (s *Synapses) touch(at int32) {
	if s.a[at] == 0 && s.c[at] == 0 {
		s.pairs = append(s.pairs, at)
	}
}

// mark lists a row once.
func (s *Synapses) mark(i int32) {
	if !s.whole[i] {
		s.whole[i] = true
		s.rows = append(s.rows, i)
	}
}

// apply changes the weights that have events, clips them to lo..hi and clears the events. What a
// row has applied is 0 when its pairs come, and changes nothing.
func (s *Synapses) apply(lo, hi float32) {
	for _, i := range s.rows {
		s.whole[i] = false
		w, a, c := s.row(s.weights, i), s.row(s.a, i), s.row(s.c, i)
		s.config.changeRow(w, a, c, lo, hi)
		clear(a)
		clear(c)
	}
	for _, at := range s.pairs {
		s.weights[at] = clip(s.config.change(s.weights[at], s.a[at], s.c[at]), lo, hi)
		s.a[at], s.c[at] = 0, 0
	}
	s.rows, s.pairs = s.rows[:0], s.pairs[:0]
}

// shrinkAll applies the weight decay to all weights and clips them.
func (s *Synapses) shrinkAll() {
	keep := 1 - s.config.WeightDecay
	for i, w := range s.weights {
		s.weights[i] = clip(w*keep, s.config.WMin, s.config.WMax)
	}
}

// Normalize scales each postsynaptic neuron's weights to the norm; weights may pass the
// bounds until the next tick of learning. Without a norm it does nothing.
func (s *Synapses) Normalize() {
	if s.config.Norm == 0 {
		return
	}
	factor := s.traces
	clear(factor)
	for i := range int32(s.pre) {
		for j, w := range s.row(s.weights, i) {
			factor[j] += max(w, -w)
		}
	}
	for j, sum := range factor {
		if sum == 0 {
			sum = 1
		}
		factor[j] = s.config.Norm / sum
	}
	lo, hi := s.config.WMin, s.config.WMax
	for i := range int32(s.pre) {
		row := s.row(s.weights, i)
		for j, f := range factor {
			w := row[j] * f
			row[j] = w
			if w < lo || w > hi {
				s.unclean = true
			}
		}
	}
}

// addRow adds src to dst. The product by 1 is exact, so that no fused operation can
// change a bit.
func addRow(dst, src []float32) {
	blas32.Axpy(1, blas32.Vector{N: len(src), Inc: 1, Data: src},
		blas32.Vector{N: len(dst), Inc: 1, Data: dst})
}

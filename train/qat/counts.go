package qat

import (
	"context"
	"math/bits"

	"golang.org/x/sync/errgroup"

	"adder/sample"
	"adder/train/layer"
)

// Counts are the operations of a network on samples, summed.
type Counts struct {
	Samples int64
	// Right is the number of samples that were classed right.
	Right int64
	// InputSpikes and HiddenSpikes are set bits of inputs and of activations: the spikes of a radix
	// code. Synops are these times the nonzero weights from them.
	InputSpikes, HiddenSpikes, Synops int64
	// MACs are the products of an ANN of the same integers that skips inputs and weights of 0.
	MACs int64
}

// Accuracy is the share of samples that were classed right.
func (c Counts) Accuracy() float64 { return float64(c.Right) / float64(max(c.Samples, 1)) }

// Mean is a count per sample.
func (c Counts) Mean(total int64) float64 { return float64(total) / float64(max(c.Samples, 1)) }

// Evaluate runs the network on samples with labels.
func (n *Network) Evaluate(ctx context.Context, s sample.Samples, workers int) (Counts, error) {
	fans := n.fans()
	parts := make([]Counts, workers)
	group, ctx := errgroup.WithContext(ctx)
	for w := range workers {
		group.Go(func() (err error) {
			l, x, real := n.learner(), make([]float32, n.input.Size()), []float64(nil)
			for i := w; i < s.Len(); i += workers {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				if real, err = s.Analog(i, real); err != nil {
					return err
				}
				layer.FromPlanes(n.input, real, x)
				parts[w].Right += int64(l.Score(x, s.Label(i), 0).Right)
				l.count(fans, &parts[w])
			}
			return nil
		})
	}
	err := group.Wait()
	var total Counts
	for _, p := range parts {
		total.Samples += p.Samples
		total.Right += p.Right
		total.InputSpikes += p.InputSpikes
		total.HiddenSpikes += p.HiddenSpikes
		total.Synops += p.Synops
		total.MACs += p.MACs
	}
	return total, err
}

// fans are, per stage, the nonzero weights from each element of its input, average pools before it
// included; of a max pool, its output is the element.
func (n *Network) fans() [][]int64 {
	out := make([][]int64, len(n.stages))
	for i := range n.stages {
		s := &n.stages[i]
		w, wt := make([]float32, len(s.w)), make([]float32, len(s.w))
		for k, v := range s.w {
			if v != 0 {
				w[k] = 1
			}
		}
		s.Linear.Transpose(w, wt)
		fan := make([]float32, s.Linear.In().Size())
		s.Linear.Backward(wt, ones(s.Linear.Out().Size()), fan)
		for k := len(s.Pools) - 1; k >= s.counted(); k-- {
			p := s.Pools[k]
			below := make([]float32, p.Of.Size())
			p.Backward(nil, nil, fan, below)
			for j := range below {
				below[j] *= float32(p.Kernel * p.Kernel) // each element is a source
			}
			fan = below
		}
		out[i] = make([]int64, len(fan))
		for k, f := range fan {
			out[i][k] = int64(f + 0.5)
		}
	}
	return out
}

// counted is which of the signals before and between a stage's pools spikes are counted of: that
// after the last pool of maxima.
func (s *stage) counted() int {
	at := 0
	for k, p := range s.Pools {
		if p.Max {
			at = k + 1
		}
	}
	return at
}

// count adds what the sample that was run last costs.
func (l *learner) count(fans [][]int64, c *Counts) {
	c.Samples++
	for i := range l.layers {
		var spikes int64
		for k, a := range l.layers[i].signals[l.net.stages[i].counted()] {
			if a == 0 {
				continue
			}
			set := int64(bits.OnesCount(uint(a)))
			spikes += set
			c.Synops += set * fans[i][k]
			c.MACs += fans[i][k]
		}
		if i == 0 {
			c.InputSpikes += spikes
		} else {
			c.HiddenSpikes += spikes
		}
	}
}

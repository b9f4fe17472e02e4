package quantised

import "fmt"

// maxSum is the magnitude that no sum reaches.
const maxSum = int64(1) << 62

// Bounds returns bounds of the sum of each neuron of population p, [Neurons] each, for independent
// activations from 0 to the top of their source. The network must be valid.
func (n *Network) Bounds(p int) (low, high []int64) {
	low = append([]int64(nil), n.Populations[p].Bias...)
	high = append([]int64(nil), low...)
	for i := range n.Projections {
		if r := &n.Projections[i]; r.Target == p {
			zero := int64(n.Zero(r.Source))
			r.spread(-zero, int64(n.Top(r.Source))-zero, low, high)
		}
	}
	return low, high
}

// spread widens bounds by the contribution of a projection from sources with values from least, at
// most 0, to most, at least 0. Bounds stop at maxSum.
func (p *Projection) spread(least, most int64, low, high []int64) {
	for s := range p.Weights.Sources {
		p.Weights.Each(s, func(t, w int32) {
			down, up := int64(w)*least<<p.Exponent, int64(w)*most<<p.Exponent
			if w < 0 {
				down, up = up, down
			}
			low[t] = max(low[t]+down, -maxSum)
			high[t] = min(high[t]+up, maxSum)
		})
	}
}

// validateSums checks that no sum can leave the integers of a host.
func (n *Network) validateSums() error {
	for p := range n.Populations {
		for i, b := range n.Populations[p].Bias {
			if err := between(fmt.Sprintf("bias of neuron %d", i), b, 1-maxSum,
				maxSum-1); err != nil {
				return fmt.Errorf("quantised network %s: layer %s: %w", n.Name,
					n.Populations[p].Name, err)
			}
		}
		low, high := n.Bounds(p)
		for i := range low {
			if low[i] <= -maxSum || high[i] >= maxSum {
				return fmt.Errorf("quantised network %s: layer %s: neuron %d can reach sums from "+
					"%d to %d, beyond 62 bits: use fewer bits",
					n.Name, n.Populations[p].Name, i, low[i], high[i])
			}
		}
	}
	return nil
}

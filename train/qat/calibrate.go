package qat

import (
	"errors"
	"math"

	"adder/sample"
	"adder/train/layer"
)

// calibrationSamples is the number of samples that activations' scales begin with.
const calibrationSamples = 256

// Calibrate chooses the initial scales, layer by layer: of a few candidates, the one with the least
// squared error on the first samples.
func (n *Network) Calibrate(s sample.Samples) error {
	if s.Len() == 0 {
		return errors.New("there are no samples to calibrate on")
	}
	n.Ready(0)
	for i := range n.stages[:len(n.stages)-1] {
		values, err := n.sums(i, s)
		if err != nil {
			return err
		}
		scale := bestScale(values, float64(top(n.cfg.ActivationBits)))
		n.stages[i].exponent[0] = float32(math.Log2(scale))
		n.Ready(0)
	}
	return nil
}

// sums are the positive sums of a layer on the first samples, in real numbers.
func (n *Network) sums(i int, s sample.Samples) (out []float64, err error) {
	l, x, real := n.learner(), make([]float32, n.input.Size()), []float64(nil)
	for k := range min(calibrationSamples, s.Len()) {
		if real, err = s.Analog(k, real); err != nil {
			return nil, err
		}
		layer.FromPlanes(n.input, real, x)
		l.forward(x)
		for _, v := range l.layers[i].sum {
			if v > 0 {
				out = append(out, float64(v)*n.stages[i].unit())
			}
		}
	}
	return out, nil
}

// bestScale is that of the least squared error, 1 where there is nothing to scale.
func bestScale(values []float64, most float64) float64 {
	largest := 0.0
	for _, v := range values {
		largest = max(largest, v)
	}
	if largest == 0 {
		return 1
	}
	best, least := largest/most, math.Inf(1)
	for part := 1.0; part > 0.05; part *= 0.9 {
		scale, sum := largest*part/most, 0.0
		for _, v := range values {
			d := v - scale*min(math.RoundToEven(v/scale), most)
			sum += float64(d * d)
		}
		if sum < least {
			best, least = scale, sum
		}
	}
	return best
}

package onnx

import (
	"errors"
	"fmt"
	"math"

	"adder/snn"
)

// batchNormalization is, in inference, a scale and a shift per channel.
func batchNormalization(c *call) error {
	v, err := c.loose(0)
	if err != nil {
		return err
	}
	if err := c.checkInference(); err != nil {
		return err
	}
	seen := c.seen(v.dims)
	if len(seen) < 2 {
		return fmt.Errorf("its input %v has no channel axis; export the model again", seen)
	}
	epsilon, err := c.floatAttribute("epsilon", 1e-5)
	if err != nil {
		return err
	}
	var parameters [4]*tensor // scale, bias, mean, variance
	for i := range parameters {
		if parameters[i], err = c.weights(i + 1); err != nil {
			return err
		}
		if n := parameters[i].size(); n != seen[1] {
			return fmt.Errorf("input %d has %d elements for %d channels; export the model again",
				i+1, n, seen[1])
		}
	}
	factor, shift, err := normalisation(parameters, epsilon)
	if err != nil {
		return err
	}
	return c.scalePerChannel(v, factor, shift)
}

func (c *call) checkInference() error {
	training, err := c.intAttribute("training_mode", 0)
	if err != nil {
		return err
	}
	spatial, err := c.intAttribute("spatial", 1)
	if err != nil {
		return err
	}
	test, err := c.intAttribute("is_test", 0)
	if err != nil {
		return err
	}
	if training != 0 || c.opset() < 7 && test == 0 {
		return errors.New("it is in training mode; export the model in evaluation mode " +
			"(model.eval())")
	}
	if spatial == 0 {
		return errors.New("it has statistics per element (spatial = 0); export the model with " +
			"operator set 9 or later")
	}
	return nil
}

// normalisation gives scale/sqrt(variance+epsilon) and what is left as the
// shift.
func normalisation(p [4]*tensor, epsilon float64) (factor, shift []float64, err error) {
	n := p[0].size()
	factor, shift = make([]float64, n), make([]float64, n)
	for i := range n {
		variance := p[3].at(i) + epsilon
		if !(variance > 0) || math.IsInf(variance, 0) {
			return nil, nil, fmt.Errorf("the variance of channel %d is %g; export the model again",
				i, p[3].at(i))
		}
		factor[i] = p[0].at(i) / math.Sqrt(variance)
		shift[i] = p[1].at(i) - float64(p[2].at(i)*factor[i])
	}
	return factor, shift, nil
}

// scalePerChannel scales along axis 1. If an axis other than the batch comes before it, the
// parameters are spread over the elements.
func (c *call) scalePerChannel(v *value, factor, shift []float64) error {
	dims := make([]int, len(v.dims)-1) // the channels and what follows them
	for i := range dims {
		dims[i] = 1
	}
	dims[0] = len(factor)
	spread := func(values []float64) ([]float64, error) {
		t, err := c.turned(&tensor{kind: kindFloat64, dims: dims, f64: values}, v.dims)
		if err != nil {
			return nil, err
		}
		return c.spread(t, v)
	}
	f, err := spread(factor)
	if err != nil {
		return err
	}
	s, err := spread(shift)
	if err != nil {
		return err
	}
	return c.emit(&snn.Scale{Factor: f, Shift: s}, v)
}

package levels

import (
	"context"
	"fmt"
	"math"
	"slices"

	"adder/snn"
)

// maxKept bounds the activations kept per layer; a layer with more keeps every k-th.
const maxKept = 1 << 18

// percentile of the positive activations around which a range is looked for.
const percentile = 99.9

// activations are the measured activations of a node's signal.
type activations struct {
	// positive are kept ones above 0, in ascending order once all were seen.
	positive []float32
	stride   int
	seen     int
	low      float64
	high     float64
}

func (a *activations) add(x []float64) {
	for _, v := range x {
		a.low, a.high = min(a.low, v), max(a.high, v)
		if v <= 0 {
			continue
		}
		if a.seen%a.stride == 0 {
			a.positive = append(a.positive, float32(v))
		}
		a.seen++
	}
}

// measure runs the calibration samples and keeps what the input and each activation put
// out.
func measure(ctx context.Context, net *snn.Network, o Options) (map[int]*activations, error) {
	analog, err := snn.NewAnalog(net)
	if err != nil {
		return nil, err
	}
	out := map[int]*activations{}
	for i := range net.Nodes {
		switch net.Nodes[i].Op.(type) {
		case *snn.Input, *snn.Relu:
			total := len(o.Calibration) * net.Nodes[i].Out.Size()
			out[i] = &activations{stride: (total + maxKept - 1) / maxKept, low: math.Inf(1),
				high: math.Inf(-1)}
		}
	}
	for s, x := range o.Calibration {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("quantise %s: calibration sample %d: %w", net.Name, s, err)
		}
		if _, err := analog.Run(x); err != nil {
			return nil, fmt.Errorf("quantise %s: calibration sample %d: %w", net.Name, s, err)
		}
		for i, a := range out {
			a.add(analog.Activation(i))
		}
		if o.Progress != nil {
			o.Progress(s+1, len(o.Calibration))
		}
	}
	for i, a := range out {
		slices.Sort(a.positive)
		if !(math.Abs(a.low) <= maxRange && math.Abs(a.high) <= maxRange) {
			return nil, fmt.Errorf("quantise %s: layer %s: its activations reach from %g to %g, "+
				"which no scale can hold: the model is damaged, or its samples are of another "+
				"scale than those it was trained on",
				net.Name, net.Nodes[i].Name, a.low, a.high)
		}
	}
	return out, nil
}

// maxRange is the largest activation that has a scale.
const maxRange = 0x1p100

// reach is the range of so many levels above 0 with the least squared error, looked for
// around a percentile. A ceiling bounds it, 0 for none. Without a positive activation it
// is the ceiling, or 1.
func (a *activations) reach(levels int, ceil float64) float64 {
	if len(a.positive) == 0 {
		if ceil > 0 {
			return ceil
		}
		return 1
	}
	last := len(a.positive) - 1
	top := float64(a.positive[last])
	start := float64(a.positive[int(percentile/100*float64(last))])
	if ceil > 0 {
		top = min(top, ceil)
	}
	best, least := top, a.error(top, levels)
	const steps, span = 48, 1.4
	for k := 1; k <= steps; k++ {
		r := start * span * float64(k) / steps
		if r >= top {
			break
		}
		if e := a.error(r, levels); e < least {
			best, least = r, e
		}
	}
	return best
}

// error is the squared error of activations on a grid of so many levels up to a range.
// Those above a ceiling of the model were cut when they were seen.
func (a *activations) error(reach float64, levels int) float64 {
	step := reach / float64(levels)
	sum := 0.0
	for _, v := range a.positive {
		q := min(math.Floor(float64(v)/step+0.5), float64(levels))
		d := float64(v) - float64(q*step)
		sum += float64(d * d)
	}
	return sum
}

// clipped is the share of positive activations above a range.
func (a *activations) clipped(reach float64) float64 {
	if len(a.positive) == 0 {
		return 0
	}
	notAbove, _ := slices.BinarySearchFunc(a.positive, reach, func(v float32, r float64) int {
		if float64(v) <= r {
			return -1
		}
		return 1
	})
	return float64(len(a.positive)-notAbove) / float64(len(a.positive))
}

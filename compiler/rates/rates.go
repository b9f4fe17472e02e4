// Package rates owns the spike rates of a network's sources, measured or estimated on calibration
// samples. Placement weights sources by them.
package rates

import (
	"context"
	"fmt"
	"math"

	"adder/compiler/convert"
	"adder/compiler/ir"
	"adder/snn"
)

// A rate in spikes per tick is counted in units of 2^-rateBits.
const (
	rateBits = 16
	// Full is a spike in every tick.
	Full = 1 << rateBits
)

// Rates are the mean numbers of spikes per tick of the sources of a
// network, measured or estimated, by which a placement weighs them.
type Rates struct {
	// Input has one rate per element of the input; nil counts each as one.
	Input []float64
	// Layers has one rate per neuron of the layers it names; those of other
	// layers count as one.
	Layers map[string][]float64
}

// Sources returns the rates of all sources as numbered by ir.FirstSources, in units of 2^-rateBits.
// None is 0, so that silent sources still break ties.
func (r *Rates) Sources(net *ir.Network) ([]int64, error) {
	out, err := appendRates(nil, r.Input, net.Input.Size)
	if err != nil {
		return nil, fmt.Errorf("rates of input %s: %w", net.Input.Name, err)
	}
	for p := range net.Populations {
		pop := &net.Populations[p]
		rates := r.Layers[pop.Name]
		if 2*len(rates) == pop.Size && pop.Groups[0].Pairs {
			rates = ofSomas(rates)
		}
		if out, err = appendRates(out, rates, pop.Size); err != nil {
			return nil, fmt.Errorf("rates of layer %s: %w", pop.Name, err)
		}
	}
	return out, nil
}

// ofSomas are the rates of neurons as those of their two compartments.
func ofSomas(rates []float64) []float64 {
	out := make([]float64, 2*len(rates))
	for i, rate := range rates {
		out[2*i+1] = rate
	}
	return out
}

func appendRates(to []int64, rates []float64, size int) ([]int64, error) {
	if rates != nil && len(rates) != size {
		return nil, fmt.Errorf("%d rates for %d sources", len(rates), size)
	}
	for i := range size {
		rate := snn.At(rates, i, 1)
		if !(rate >= 0 && rate <= 1<<16) {
			return nil, fmt.Errorf("source %d has %g spikes per tick", i, rate)
		}
		to = append(to, max(int64(math.RoundToEven(rate*Full)), 1))
	}
	return to, nil
}

// maxRated is the number of calibration samples that rates are estimated
// from: a placement needs no more.
const maxRated = 64

// Estimate estimates the rates of the sources of a converted network on its calibration samples: an
// activation of lambda is one spike per tick, and no neuron has more.
func Estimate(ctx context.Context, net *snn.Network, scales []convert.LayerScale,
	c convert.Options) (*Rates, error) {
	eval, err := snn.NewAnalog(net)
	if err != nil {
		return nil, err
	}
	byName := map[string]*convert.LayerScale{}
	for i := range scales {
		byName[scales[i].Layer] = &scales[i]
	}
	off := map[string]*rateError{}
	samples := c.Calibration[:min(len(c.Calibration), maxRated)]
	rates := &Rates{Layers: map[string][]float64{}}
	peak := c.InputPeak
	if peak == 0 {
		peak = 1
	}
	for _, x := range samples {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if _, err := eval.Run(x); err != nil {
			return nil, err
		}
		rates.Input = accumulate(rates.Input, x, peak/float64(len(samples)))
		for i := range net.Nodes {
			name := net.Nodes[i].Name
			scale := byName[name]
			if scale == nil {
				continue
			}
			if off[name] == nil {
				off[name] = new(rateError)
			}
			share := 1 / float64(len(samples))
			rates.Layers[name] = addRates(scale, rates.Layers[name], eval.Activation(i), share,
				c.Ticks, off[name])
		}
	}
	for name, e := range off {
		byName[name].RateError = e.relative()
	}
	return rates, nil
}

// accumulate adds inputs from 0 to 1, scaled, to sums.
func accumulate(sums, x []float64, scale float64) []float64 {
	if sums == nil {
		sums = make([]float64, len(x))
	}
	for i, v := range x {
		sums[i] += float64(min(max(v, 0), 1) * scale)
	}
	return sums
}

// addRates adds the rates of a sample's activations, times a share, to sums, and records their
// quantisation error in a number of ticks.
func addRates(s *convert.LayerScale, sums, activations []float64, share float64, ticks int,
	e *rateError) []float64 {
	if sums == nil {
		sums = make([]float64, len(activations))
	}
	lambdas := s.Lambdas()
	per := len(activations) / len(lambdas)
	for i, a := range activations {
		lambda := lambdas[i/per]
		rate := min(max(a/lambda, 0), 1)
		sums[i] += float64(rate * share)
		if ticks > 0 {
			e.add(a, float64(math.Round(rate*float64(ticks))/float64(ticks)*lambda))
		}
	}
	return sums
}

// rateError sums activations and how far rates are off.
type rateError struct{ off, all float64 }

func (e *rateError) add(activation, said float64) {
	e.off += math.Abs(activation - said)
	e.all += math.Abs(activation)
}

func (e *rateError) relative() float64 {
	if e.all == 0 {
		return 0
	}
	return e.off / e.all
}

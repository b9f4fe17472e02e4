package compiler

import (
	"context"

	"adder/compiler/code"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/levels"
	"adder/compiler/rates"
	"adder/compiler/split"
	"adder/layout"
	"adder/quantised"
	"adder/spike/encode"
)

// maxExponent bounds the powers of two of branches that radix carries: each costs a tick.
// Level has none, since it adds every spike alike.
const maxExponent = 4

func runLevels(ctx context.Context, s *state) (err error) {
	o := s.opts.Levels
	o.WeightBits, o.Calibration = s.opts.WeightBits, s.opts.Conversion.Calibration
	o.Pool, o.FanIn = s.opts.Conversion.Pool, fit.FanIn(s.opts.Chip, s.opts.WeightBits)
	if s.opts.Encoder.Kind == encode.KindRadix {
		o.MaxExponent = maxExponent
	}
	o.Progress = func(done, total int) { s.progress("levels", float64(done)/float64(total)) }
	measured, err := levels.Measure(ctx, s.spiking, o)
	if err != nil {
		return err
	}
	if s.opts.Choose {
		choice, err := measured.Choose(ctx, o, s.opts.Labels, s.opts.Loss)
		if err != nil {
			return err
		}
		o, s.report.Choice = choice.Options, choice
	}
	if s.quantised, s.report.Levels, err = measured.Network(ctx, o); err != nil {
		return err
	}
	s.prepared, s.report.Converted = measured.Prepared, true
	s.report.Warnings = append(s.report.Warnings, s.report.Levels.Warnings...)
	in := &s.quantised.Input
	s.opts.Encoder = layout.Encoder{
		Kind: s.opts.Encoder.Kind, Ticks: int32(encode.CodeTicks(s.opts.Encoder.Kind, in.Bits)),
		Bits:  uint8(in.Bits),
		Scale: layout.NewReal(in.Scale), Zero: in.Zero,
	}
	return nil
}

// maxCodedRates is the number of calibration samples that rates are measured on.
const maxCodedRates = 64

// codedRates counts how often sources spike on calibration samples, nil without any. Of the
// neurons of a window of a maximum the last one spikes for it.
func codedRates(q *quantised.Network, net *ir.Network, samples [][]float64,
	kind string) (*rates.Rates, error) {
	if len(samples) == 0 {
		return nil, nil
	}
	e, err := quantised.NewEvaluator(q)
	if err != nil {
		return nil, err
	}
	samples = samples[:min(len(samples), maxCodedRates)]
	out := &rates.Rates{Input: make([]float64, q.Input.Size), Layers: map[string][]float64{}}
	for p := range net.Populations {
		out.Layers[net.Populations[p].Name] = make([]float64, net.Populations[p].Size)
	}
	for _, x := range samples {
		if _, err := e.Run(x); err != nil {
			return nil, err
		}
		count(out.Input, e.Levels(quantised.FromInput), kind, len(samples), q.Input.Bits)
		for p := range q.Populations {
			if pop := &q.Populations[p]; p != q.Output {
				count(out.Layers[pop.Name], e.Levels(p), kind, len(samples), pop.Bits)
			}
		}
	}
	return out, nil
}

// count adds the spikes per tick of a sample's levels to means over so many samples.
func count(rates []float64, levels []int32, kind string, samples, bits int) {
	run := len(rates) / len(levels)
	for i, level := range levels {
		rates[i*run+run-1] += float64(encode.CodeSpikes(kind, level)) / float64(
			samples*encode.CodeTicks(kind, bits))
	}
}

// runSplit does not change a network of the level code: a sum would take as many spikes as its
// value.
func runSplit(_ context.Context, s *state) (err error) {
	s.carried = s.quantised
	if s.opts.Encoder.Kind != encode.KindRadix {
		return nil
	}
	s.carried, s.report.Splits, err = split.Network(s.quantised, s.opts.Chip)
	return err
}

func runCode(_ context.Context, s *state) (err error) {
	if s.net, err = code.Network(s.carried, s.opts.Encoder.Kind, s.opts.Chip); err != nil ||
		s.opts.Rates != nil {
		return err
	}
	s.opts.Rates, err = codedRates(s.carried, s.net, s.opts.Conversion.Calibration,
		s.opts.Encoder.Kind)
	return err
}

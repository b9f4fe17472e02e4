package diagnose

import (
	"context"
	"slices"

	"adder/chip"
	"adder/compiler/ir"
	"adder/quantised"
	"adder/snn"
	"adder/spike"
	"adder/spike/encode"
)

// The names of the rungs.
const (
	rungFloat      = "float"
	rungNormalised = "normalised"
	rungQuantised  = "quantised"
	rungSpiking    = "spiking"
	rungIntegers   = "integers"
	rungChip       = "chip"
)

// step is the result of a form for a sample, by the names of layers.
type step struct {
	class int
	// values are activations in the model's units.
	values map[string][]float64
	// levels are those of a code, trains are spikes; nil where a form has none.
	levels map[string][]int32
	trains map[string]*spike.Train
	// margin is how far neuron n of a layer was from its threshold in a tick, in
	// thresholds; nil where that is not known.
	margin func(layer string, tick, n int) float64
}

// form runs samples.
type form interface {
	run(ctx context.Context, i int) (*step, error)
}

// namedForm is a form with its rung.
type namedForm struct {
	name string
	form
}

// newForms lists those that a compilation has, in order.
func newForms(c *Case) ([]namedForm, error) {
	r := c.Compiled
	real, err := newReal(c, r.Prepared)
	if err != nil {
		return nil, err
	}
	cut, err := newReal(c, cutAtRanges(c))
	if err != nil {
		return nil, err
	}
	forms := []namedForm{{rungFloat, real}, {rungNormalised, cut}}
	scales := scalesOf(c)
	if r.Quantised != nil {
		e, err := quantised.NewEvaluator(r.Quantised)
		if err != nil {
			return nil, err
		}
		forms = append(forms, namedForm{rungQuantised, &integersForm{c, e, scales}})
	} else {
		reference, err := snn.NewReference(r.Spiking, snn.ReferenceOptions{})
		if err != nil {
			return nil, err
		}
		forms = append(forms,
			namedForm{rungSpiking, &spikingForm{c: c, reference: reference, scales: scales}})
	}
	interpreter, err := ir.NewInterpreter(r.Network, ir.Options{})
	if err != nil {
		return nil, err
	}
	loaded, err := chip.Load(r.Image)
	if err != nil {
		return nil, err
	}
	return append(forms, namedForm{rungIntegers, &interpreterForm{c, interpreter, scales}},
		namedForm{rungChip, newChipForm(c, loaded, scales)}), nil
}

// codeName is how activations travel.
func codeName(kind string) string {
	if encode.IsCode(kind) {
		return kind
	}
	return "rate"
}

// layerScale returns the value of a spike of a layer.
type layerScale struct {
	// unit is the value of a level (for rates: of one spike per tick), by neuron.
	unit []float64
	zero int32
	// bits and outputs are those of a code.
	bits, outputs int
}

// scalesOf lists the layers whose spikes represent activations.
func scalesOf(c *Case) map[string]layerScale {
	out := map[string]layerScale{}
	if q := c.Compiled.Quantised; q != nil {
		for p := range q.Populations {
			pop := &q.Populations[p]
			if p != q.Output {
				out[pop.Name] = layerScale{unit: outputUnits(pop), zero: pop.Zero, bits: pop.Bits,
					outputs: pop.Size()}
			}
		}
		return out
	}
	for i := range c.Compiled.Report.Conversion {
		s := &c.Compiled.Report.Conversion[i]
		out[s.Layer] = layerScale{unit: s.Lambdas()}
	}
	return out
}

// outputUnits is the value of a level of each output.
func outputUnits(pop *quantised.Population) []float64 {
	if pop.Windows == nil || len(pop.Scale) == 1 {
		return pop.Scale
	}
	out := make([]float64, pop.Size())
	for o := range out {
		out[o] = pop.Scale[pop.Windows.Member[pop.Windows.Start[o]]]
	}
	return out
}

// of is the unit of a neuron of so many.
func (s *layerScale) of(n, neurons int) float64 { return s.unit[n/(neurons/len(s.unit))] }

// somas leaves the dendrites of a layer out, which has two compartments for each of its
// neurons.
func (c *Case) somas(layer string, train *spike.Train) *spike.Train {
	net := c.Compiled.Network
	if net == nil || !slices.ContainsFunc(net.Populations, func(p ir.Population) bool {
		return p.Name == layer && p.Groups[0].Pairs
	}) {
		return train
	}
	out := spike.NewTrain(train.Sources()/2, train.Ticks())
	for t := range train.Ticks() {
		train.Each(t, func(n int) { out.Set(t, n/2) })
	}
	return out
}

// classOf is the largest output, or with one output whether it is above 0.
func classOf(y []float64) int {
	if len(y) == 1 && y[0] > 0 {
		return 1
	}
	return slices.Index(y, slices.Max(y))
}

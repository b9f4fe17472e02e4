package nir

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"adder/snn"
)

// modelOf finds the neuron model that a primitive is; their names agree.
func modelOf(kind string) (snn.Model, bool) {
	for m := snn.ModelI; m <= snn.ModelThreshold; m++ {
		if m.String() == kind {
			return m, true
		}
	}
	return 0, false
}

// neuron is for every primitive with a membrane, and for Threshold.
func (b *builder) neuron(model snn.Model) (snn.Op, error) {
	op := &snn.Neuron{Model: model, Reset: b.opts.Reset}
	for _, p := range parametersOf(op) {
		read := b.parameter
		if p.optional {
			read = b.optional
		}
		values, err := read(p.dataset)
		if err != nil {
			return nil, err
		}
		if err := checkParameter(p, values); err != nil {
			return nil, err
		}
		*p.to = values
	}
	if model == snn.ModelI || model == snn.ModelIF {
		op.UnitStep = b.unitStep(op.R)
	}
	if err := op.CheckReset(b.opts.DT); err != nil {
		return nil, err
	}
	b.remark(op)
	return op, nil
}

// parameter says which dataset a parameter comes from.
type parameter struct {
	dataset  string
	to       *[]float64
	optional bool
	time     bool // a time constant
}

// parametersOf lists the datasets of a model. Older files lack v_reset
// (meaning 0) and w_in (meaning 1).
func parametersOf(op *snn.Neuron) []parameter {
	tau := parameter{dataset: "tau", to: &op.Tau, time: true}
	tauMem := parameter{dataset: "tau_mem", to: &op.Tau, time: true}
	tauSyn := parameter{dataset: "tau_syn", to: &op.TauSyn, time: true}
	r := parameter{dataset: "r", to: &op.R}
	leak := parameter{dataset: "v_leak", to: &op.VLeak}
	gain := parameter{dataset: "w_in", to: &op.WIn, optional: true}
	threshold := parameter{dataset: "v_threshold", to: &op.VThreshold}
	reset := parameter{dataset: "v_reset", to: &op.VReset, optional: true}
	switch op.Model {
	case snn.ModelI:
		return []parameter{r}
	case snn.ModelLI:
		return []parameter{tau, r, leak}
	case snn.ModelIF:
		return []parameter{r, threshold, reset}
	case snn.ModelLIF:
		return []parameter{tau, r, leak, threshold, reset}
	case snn.ModelCubaLI:
		return []parameter{tauSyn, tauMem, r, leak, gain}
	case snn.ModelCubaLIF:
		return []parameter{tauSyn, tauMem, r, leak, gain, threshold, reset}
	default:
		return []parameter{{dataset: "threshold", to: &op.VThreshold}}
	}
}

func checkParameter(p parameter, values []float64) error {
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%s[%d] is %g", p.dataset, i, v)
		}
		if p.time && v <= 0 {
			return fmt.Errorf("%s[%d] is %g s, a time constant must be above 0", p.dataset, i, v)
		}
	}
	return nil
}

// unitStep decides how I and IF read r. Tools write either r = 1 and add
// the input once per tick, or r = 1/dt and integrate dt r x; both then add
// x. So dt counts only where every r is 0.5/dt or more.
func (b *builder) unitStep(r []float64) bool {
	timed := 0
	for _, v := range r {
		if v >= 0.5/b.opts.DT {
			timed++
		}
	}
	if timed > 0 && timed < len(r) {
		b.graph.warn("node %q (%s): r is 1/dt for %d of %d neurons; all are read as adding r x "+
			"per tick", b.name, b.kind, timed, len(r))
	}
	return timed < len(r)
}

// secondsOfSteps is a time constant that is longer than networks for
// sensory data use, but common where files count time in ticks.
const secondsOfSteps = 0.5

// remark warns of parameters that can be run but are rarely meant.
func (b *builder) remark(op *snn.Neuron) {
	dt := b.opts.DT
	for _, p := range parametersOf(op) {
		if !p.time {
			continue
		}
		if least := slices.Min(*p.to); least < dt {
			b.warn("%s is %.4g s at the least, shorter than a tick of %g s: the Euler step "+
				"overshoots", p.dataset, least, dt)
		}
		if most := slices.Max(*p.to); most >= secondsOfSteps && most >= 1000*dt {
			b.warn("%s is up to %.4g s, %.4g ticks of %g s; if the file counts time in ticks, "+
				"set the tick to 1 s", p.dataset, most, most/dt, dt)
		}
	}
	if slices.ContainsFunc(op.VLeak, func(v float64) bool { return v != 0 }) {
		b.warn("v_leak is not 0 everywhere; potentials start at 0 all the same, as in the " +
			"training tools")
	}
	b.remarkReset(op)
}

func (b *builder) remarkReset(op *snn.Neuron) {
	if !op.Model.Spikes() || op.Model == snn.ModelThreshold {
		return
	}
	moved := slices.ContainsFunc(op.VReset, func(v float64) bool { return v != 0 })
	if op.Reset.Subtracts() {
		if moved {
			b.warn("v_reset is not 0 everywhere, and is ignored because the reset is %s", op.Reset)
		}
		return
	}
	for i := range max(len(op.VReset), len(op.VThreshold)) {
		if reset, threshold := snn.At(op.VReset, i, 0), snn.At(op.VThreshold, i,
			0); reset > threshold {
			b.warn("v_reset[%d] is %g, above the threshold of %g", i, reset, threshold)
			return
		}
	}
}

func (b *builder) warn(format string, args ...any) {
	b.graph.warn("node %q (%s): %s", b.name, b.kind, fmt.Sprintf(format, args...))
}

// delay turns seconds into ticks.
func (b *builder) delay() (snn.Op, error) {
	seconds, err := b.parameter("delay")
	if err != nil {
		return nil, err
	}
	op := &snn.Delay{Ticks: make([]int, len(seconds))}
	rounded := false
	for i, s := range seconds {
		ticks := math.Round(s / b.opts.DT)
		if math.IsNaN(ticks) || ticks < 0 || ticks > math.MaxInt32 {
			return nil, fmt.Errorf("delay[%d] is %g s, %g ticks of %g s", i, s, ticks, b.opts.DT)
		}
		rounded = rounded || math.Abs(ticks*b.opts.DT-s) > 1e-3*b.opts.DT
		op.Ticks[i] = int(ticks)
	}
	if len(seconds) == 0 {
		return nil, errors.New("delay is empty")
	}
	if rounded {
		b.warn("delays are rounded to ticks of %g s", b.opts.DT)
	}
	return op, nil
}

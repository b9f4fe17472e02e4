package quantise

import (
	"fmt"
	"math"
	"slices"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/flat"
	"adder/compiler/ir"
	"adder/core"
	"adder/fixedpoint"
	"adder/snn"
)

// layer quantises one population and the projections into it.
type layer struct {
	flat       *flat.Network
	q          Options
	chip       *profile.Profile
	index      int
	pop        *flat.Population
	size       int
	incoming   []*flat.Projection
	constants  []flat.Constants
	largest    []float64 // per neuron: largest weight, gain included
	sum        []float64 // per neuron: sum of magnitudes, gain and bias included
	scale      []float64 // per neuron: weight units per model unit
	grid       []float64 // per neuron: the step of its weights, 0 where they have none
	exponent   int
	decides    bool // integers make every decision of the model
	maxWeight  float64
	shift      *shiftLayer // nil except for neurons of model shift
	report     Report
	errW, sumW float64
}

func newLayer(f *flat.Network, index int, q Options, chip *profile.Profile) *layer {
	pop := &f.Populations[index]
	l := &layer{
		flat: f, q: q, chip: chip, index: index, pop: pop, size: pop.Shape.Size(),
		maxWeight: float64(int(1)<<(q.WeightBits-1) - 1),
		report:    Report{Layer: pop.Name, Bits: q.WeightBits, MaxBits: chip.Weights.MaxBits},
	}
	for i := range f.Projections {
		if f.Projections[i].Target == index {
			l.incoming = append(l.incoming, &f.Projections[i])
		}
	}
	l.constants = make([]flat.Constants, l.size)
	for i := range l.constants {
		l.constants[i] = flat.Fold(pop.Neuron, i, f.DT)
	}
	if l.onShift() {
		slices.SortStableFunc(l.incoming, bySource)
		l.foldShift()
	}
	return l
}

func (l *layer) population() (ir.Population, error) {
	if err := l.checkModel(); err != nil {
		return ir.Population{}, err
	}
	l.measure()
	l.chooseScale()
	if err := l.wholeResets(); err != nil {
		return ir.Population{}, err
	}
	out := ir.Population{
		Name: l.pop.Name, Shape: l.pop.Shape, Size: l.size, Depth: l.pop.Depth,
		Shared:    l.pop.Shared,
		Threshold: make([]int32, l.size), Bias: make([]int32, l.size), Reset: make([]int32, l.size),
		V0:   make([]int32, l.size),
		Unit: make([]float64, l.size), Rest: make([]float64, l.size),
	}
	for i := range l.size {
		if err := l.neuron(&out, i); err != nil {
			return out, fmt.Errorf("neuron %d: %w", i, err)
		}
	}
	groups, err := l.groups()
	out.Groups = groups
	return out, err
}

// checkModel refuses what the chip's neurons cannot do.
func (l *layer) checkModel() error {
	n := l.pop.Neuron
	if timed := n.Model != snn.ModelThreshold && !n.UnitStep; timed && !(l.flat.DT > 0) {
		return fmt.Errorf("its neurons (%s) integrate over time, but the length of a tick is %g "+
			"s: give one with --dt", n.Model, l.flat.DT)
	}
	if l.shift != nil {
		return l.checkShift()
	}
	for _, model := range core.ModelsTrained(n.Model.String()) {
		if !l.chip.HasModel(model) {
			return l.misfit(fmt.Sprintf("%s neurons", model),
				fmt.Sprintf("it has %v", l.chip.Models))
		}
	}
	if !n.Model.Spikes() {
		return nil
	}
	if n.Reset == snn.ResetSubtractMulti && n.Model != snn.ModelThreshold {
		return l.misfit("neurons of several spikes in a tick",
			"no chip here sends more than one: --reset subtract keeps what is left for the next "+
				"tick, and --engine reference runs the model as it is")
	}
	if n.Reset.Subtracts() && !l.chip.HasReset(profile.ResetSubtract) && !l.pairs() {
		return l.misfit("neurons that reset by subtraction",
			"a converted ANN needs them, so choose another chip; a model that says nothing of "+
				"its reset can take --reset zero")
	}
	if n.Reset == snn.ResetToValue && !l.chip.HasReset(profile.ResetValue) {
		return l.misfit("neurons that reset to a value", "choose another chip, or --reset "+
			"subtract where the model says nothing of its reset")
	}
	return nil
}

// misfit says that the chip has no neurons of the kind that the layer needs.
func (l *layer) misfit(kind, help string) error {
	return &fit.Error{Network: l.flat.Name, Chip: l.chip.Name,
		Limits: []fit.Excess{{Layer: l.pop.Name, Limit: kind, Need: int64(l.size), Help: help}}}
}

// leastUnit is the smallest step of a potential that is written, and the
// inverse of the largest: far from where float64 loses digits.
const leastUnit = 0x1p-900

// neuron writes the integers of neuron i.
func (l *layer) neuron(out *ir.Population, i int) error {
	c, unit := &l.constants[i], l.unit(i)
	out.Unit[i], out.Rest[i] = unit, c.Rest
	if !(unit >= leastUnit && unit <= 1/leastUnit) {
		return fmt.Errorf("its weights reach %g, which no scale can hold: the model is damaged, "+
			"or its parts are of very different scale", l.largest[i])
	}
	if l.shift != nil {
		return l.shiftNeuron(out, i)
	}
	var err error
	if out.Threshold[i], err = l.threshold(c.Threshold * unit); err != nil {
		return err
	}
	if out.Reset[i], err = l.register("reset", c.Reset*unit); err != nil {
		return err
	}
	if out.V0[i], err = l.register("initial potential", c.V0*unit); err != nil {
		return err
	}
	if out.Bias[i], err = l.bias(snn.At(l.pop.Bias, i, 0) * c.Gain * unit); err != nil {
		return err
	}
	if c.Threshold != 0 && l.pop.Neuron.Model.Spikes() && !l.decides {
		exact := c.Threshold * unit
		got := float64(out.Threshold[i])
		if l.pop.Neuron.AtLeast {
			got++
		}
		l.report.ThresholdError = max(l.report.ThresholdError, math.Abs(got-exact)/math.Abs(exact))
	}
	return nil
}

func (l *layer) register(what string, x float64) (int32, error) {
	x = math.RoundToEven(x)
	if math.Abs(x) > l.room() {
		return 0, fmt.Errorf("%s %.0f does not fit %d bits", what, x, l.chip.Widths.PotentialBits)
	}
	return int32(x), nil
}

// threshold writes "at least" as "greater than one less" and keeps to the
// multiples that the chip stores.
func (l *layer) threshold(x float64) (int32, error) {
	if !l.pop.Neuron.Model.Spikes() {
		return 0, nil
	}
	step := math.Ldexp(1, l.chip.Widths.ThresholdShift)
	t := math.RoundToEven(x/step) * step
	if l.pop.Neuron.AtLeast {
		t = math.Floor((math.RoundToEven(x)-1)/step) * step
	}
	if t < 0 && l.chip.Widths.ThresholdUnsigned {
		return 0, fmt.Errorf(
			"threshold %.4g lies below rest; chip %s stores thresholds without a sign", x,
			l.chip.Name)
	}
	return l.register("threshold", t)
}

// bias keeps to mantissa << exponent.
func (l *layer) bias(x float64) (int32, error) {
	w := l.chip.Widths
	limit := math.Ldexp(1, w.BiasBits-1) - 1
	for e := 0; e <= w.BiasExponentMax; e++ {
		if m := math.RoundToEven(math.Ldexp(x, -e)); math.Abs(m) <= limit {
			return int32(math.Ldexp(m, e)), nil
		}
	}
	return 0, fmt.Errorf("bias %.0f does not fit %d bits with exponents to %d", x, w.BiasBits,
		w.BiasExponentMax)
}

// groups are the runs of neurons with equal decay factors.
func (l *layer) groups() ([]core.Group, error) {
	var out []core.Group
	for i := range l.size {
		g, err := l.group(i)
		if err != nil {
			return nil, fmt.Errorf("neuron %d: %w", i, err)
		}
		if n := len(out); n > 0 && out[n-1].DecayU == g.DecayU && out[n-1].DecayV == g.DecayV &&
			out[n-1].Shift == g.Shift {
			out[n-1].Count++
			continue
		}
		out = append(out, g)
	}
	return out, nil
}

func (l *layer) group(i int) (core.Group, error) {
	n, c := l.pop.Neuron, &l.constants[i]
	if l.shift != nil {
		return l.shiftGroup(i), nil
	}
	g := core.Group{
		First: int32(i), Count: 1, Population: int32(l.index), Depth: int32(l.pop.Depth),
		HasCurrent: hasCurrent(n.Model), WeightExp: int8(l.exponent), Integrator: !n.Model.Spikes(),
	}
	if n.Reset.Subtracts() {
		g.ResetMode = core.ResetSubtract
	}
	var err error
	if g.DecayV, err = l.decay(c.KeepV); err != nil || !g.HasCurrent {
		return g, err
	}
	g.BiasToCurrent = l.pop.Bias != nil
	g.DecayU, err = l.decay(c.KeepU)
	return g, err
}

// decay is the factor that the chip applies for a kept fraction.
func (l *layer) decay(keep float64) (uint16, error) {
	f, err := decayFactor(keep)
	if err != nil {
		return 0, err
	}
	d, err := fixedpoint.NewDecay(f, l.chip.Widths.DecayDigits)
	if err != nil {
		return 0, err
	}
	l.noteDecay(keep, d.Factor())
	return d.Factor(), nil
}

func (l *layer) noteDecay(keep float64, f uint16) {
	if keep == 1 {
		return
	}
	l.report.DecayError = max(l.report.DecayError,
		math.Abs((4096-float64(f))/4096-(1-keep))/(1-keep))
	if f == fixedpoint.DecayOne {
		l.report.Leakless++
	}
}

// addProjection appends the integer weights of p, or gives them to the
// host.
func (l *layer) addProjection(net *ir.Network, p *flat.Projection) {
	w := l.weights(&p.Weights)
	if p.Source == flat.FromInput && l.q.Host {
		net.Host = hostLayer(l.index, w, l.exponent+l.chip.Widths.Align)
		return
	}
	source := p.Source
	name := l.flat.InputName
	if source != flat.FromInput {
		name = l.flat.Populations[source].Name
	}
	net.Projections = append(net.Projections, ir.Projection{
		Name: name + " -> " + l.pop.Name, Source: source, Target: l.index,
		Delay: p.Delay, WeightBits: l.q.WeightBits, Weights: w, Exponent: l.ownExponent(),
	})
}

// ownExponent is the exponent of a projection where neurons have none.
func (l *layer) ownExponent() int {
	if l.shift == nil {
		return 0
	}
	return l.exponent
}

func hasCurrent(m snn.Model) bool { return m == snn.ModelCubaLI || m == snn.ModelCubaLIF }

// decayFactor is a kept fraction in 4096ths.
func decayFactor(keep float64) (uint16, error) {
	if keep < 0 || keep > 1 {
		return 0, fmt.Errorf("a tick keeps %.4g of the state, outside 0..1: the tick is longer "+
			"than the time constant; choose a smaller --dt", keep)
	}
	return uint16(math.RoundToEven(keep * 4096)), nil
}

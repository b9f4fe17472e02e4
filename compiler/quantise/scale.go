package quantise

import (
	"math"
	"slices"

	"adder/chip/profile"
	"adder/compiler/flat"
	"adder/fixedpoint"
	"adder/snn"
)

// measure finds what each neuron's weights span.
func (l *layer) measure() {
	l.largest, l.sum = make([]float64, l.size), make([]float64, l.size)
	spansOf(l.size).each(func(_, first, last int) {
		for _, p := range l.incoming {
			p.Weights.EachTo(first, last, func(_, t int, v float64) {
				a := math.Abs(float64(v * l.constants[t].Gain))
				l.largest[t] = max(l.largest[t], a)
				l.sum[t] += a
			})
		}
	})
	for i := range l.sum {
		l.sum[i] += math.Abs(float64(snn.At(l.pop.Bias, i, 0) * l.constants[i].Gain))
	}
	for i, a := range l.largest {
		first := l.scaledWith(i)
		l.largest[first] = max(l.largest[first], a)
	}
	for i := range l.largest {
		l.largest[i] = l.largest[l.scaledWith(i)]
	}
}

// chooseScale picks the weight exponent of the population and the scale of
// each neuron: all of the weight range that keeps weights on their grid,
// unless the potential would not fit.
func (l *layer) chooseScale() {
	l.scale = make([]float64, l.size)
	steps := l.steps()
	for i, a := range l.largest {
		l.scale[i] = 1
		if a > 0 {
			l.scale[i] = steps[i] / a
		}
	}
	low, high := l.chip.Weights.ExponentMin, l.chip.MaxExponent(l.q.WeightBits)
	l.exponent = max(low, 0)
	if l.shift != nil { // registers of few bits: weights keep theirs
		for l.exponent < high && l.smallestThreshold() < leastThreshold && l.roomForMore() {
			l.exponent++
		}
	} else if l.pop.Neuron.Model.Spikes() {
		l.decides = l.exact()
		for l.exponent < high && !l.decides && (l.smallestThreshold() < leastThreshold ||
			l.roundsOff() && l.roomForMore()) {
			l.exponent++
		}
	} else {
		l.exponent = high
		for l.exponent > low && l.highest() > l.room() {
			l.exponent--
		}
	}
	l.report.Exponent = l.exponent
	l.report.Saturates = !l.pop.Neuron.Model.Spikes() && l.highest() > l.room()
	l.report.Rests = l.pop.Shared && slices.ContainsFunc(l.constants, func(c flat.Constants) bool {
		return c.Rest != l.constants[0].Rest
	})
	if l.pop.Neuron.Model.Spikes() {
		l.fitPotentials()
	}
}

// unit is one model unit of neuron i's potential in least significant bits.
func (l *layer) unit(i int) float64 {
	return math.Ldexp(l.scale[i], l.exponent+l.chip.Widths.Align)
}

// smallestThreshold ignores neurons without weights and thresholds at or
// below rest, which no scale makes larger.
func (l *layer) smallestThreshold() float64 {
	least := math.Inf(1)
	for i := range l.size {
		if t := l.constants[i].Threshold; t > 0 && l.largest[i] > 0 {
			least = min(least, t*l.unit(i))
		}
	}
	return least
}

// roundsOff reports whether the rounding of decays is worth another bit. A decay rounds toward
// zero, which takes up to a bit a tick more than the model's leak, and after a slow leak that piles
// up: the threshold should be leastThreshold times the pile.
func (l *layer) roundsOff() bool {
	for i := range l.size {
		t := l.constants[i].Threshold * l.unit(i)
		if t > 0 && l.largest[i] > 0 && t < leastThreshold*pile(&l.constants[i]) {
			return true
		}
	}
	return false
}

// pile is how many bits the potential lags behind when each decay rounds
// off one per tick.
func pile(c *flat.Constants) float64 {
	bits := 1.0
	for _, keep := range []float64{c.KeepV, c.KeepU} {
		if f := math.RoundToEven(keep * fixedpoint.DecayOne); f > 0 && f < fixedpoint.DecayOne {
			bits /= 1 - f/fixedpoint.DecayOne
		}
	}
	return bits
}

// swing is how far a potential is taken to go, in ticks of all input at
// once: inputs differ in sign and spike in part of the ticks.
const swing = 16

// roomForMore reports whether no register would have to shrink a scale
// with the exponent one higher.
func (l *layer) roomForMore() bool {
	bias := math.Ldexp(registerLimit(l.chip.Widths.BiasBits), l.chip.Widths.BiasExponentMax)
	for i := range l.size {
		c, unit := &l.constants[i], 2*l.unit(i)
		span := math.Abs(c.Threshold) + float64(min(swing, l.horizon(c.KeepV))*l.drive(i)) +
			math.Abs(c.V0) + math.Abs(c.Reset)
		if span*unit > l.room() || math.Abs(c.Threshold)*unit > l.highestThreshold() ||
			math.Abs(snn.At(l.pop.Bias, i, 0)*c.Gain)*unit > bias {
			return false
		}
		if hasCurrent(l.pop.Neuron.Model) &&
			l.drive(i)*unit > registerLimit(l.chip.Widths.CurrentBits) {
			return false
		}
	}
	return true
}

// room is the largest potential.
func (l *layer) room() float64 { return registerLimit(l.chip.Widths.PotentialBits) }

func registerLimit(bits int) float64 { return math.Ldexp(1, bits-1) - 1 }

// horizon is the number of ticks over which an input adds up, at most, in
// a register that keeps a fraction of itself per tick.
func (l *layer) horizon(keep float64) float64 {
	ticks := float64(max(l.q.Ticks, 1))
	if keep < 1 {
		ticks = min(ticks, 1/(1-keep))
	}
	return ticks
}

// drive bounds what enters neuron i's potential in a tick: the sum of its weights and bias or,
// after a synaptic current, what that adds up to.
func (l *layer) drive(i int) float64 {
	if !hasCurrent(l.pop.Neuron.Model) {
		return l.sum[i]
	}
	return l.sum[i] * l.horizon(l.constants[i].KeepU)
}

// highest bounds an integrator's potential over a sample, and its current.
func (l *layer) highest() float64 {
	top := 0.0
	for i := range l.size {
		c := &l.constants[i]
		bound := float64(l.drive(i)*l.horizon(c.KeepV)) + math.Abs(c.V0)
		top = max(top, bound*l.unit(i))
		if hasCurrent(l.pop.Neuron.Model) {
			top = max(top, l.drive(i)*l.unit(i)*l.room()/registerLimit(l.chip.Widths.CurrentBits))
		}
	}
	return top
}

// fitPotentials takes bits from the weights of neurons whose registers
// would overflow: those with thresholds far above their weights.
func (l *layer) fitPotentials() {
	for i := range l.size {
		c := &l.constants[i]
		drive := l.drive(i)
		if l.chip.Widths.PotentialOverflow == profile.Wrap {
			// Below threshold nothing resets a potential that sinks.
			drive *= l.horizon(c.KeepV)
		}
		span := math.Abs(c.Threshold) + float64(drive) + math.Abs(c.V0) + math.Abs(c.Reset)
		if l.largest[i] == 0 && span > 0 {
			// No weight limits the scale: half the register, so that the
			// bias keeps its bits.
			l.scale[i] *= l.room() / 2 / (span * l.horizon(c.KeepV) * l.unit(i))
		}
		bias := math.Abs(snn.At(l.pop.Bias, i, 0) * c.Gain)
		l.shrink(i, span, l.room())
		l.shrink(i, math.Abs(c.Threshold), l.highestThreshold())
		l.shrink(i, bias, math.Ldexp(registerLimit(l.chip.Widths.BiasBits),
			l.chip.Widths.BiasExponentMax))
		if hasCurrent(l.pop.Neuron.Model) {
			l.shrink(i, l.drive(i), registerLimit(l.chip.Widths.CurrentBits))
		}
	}
}

// shrink lowers neuron i's scale until x, in model units, is at most limit.
func (l *layer) shrink(i int, x, limit float64) {
	if top := x * l.unit(i); top > limit {
		l.scale[i] *= limit / top
	}
}

func (l *layer) highestThreshold() float64 {
	w := l.chip.Widths
	bits := w.ThresholdBits
	if !w.ThresholdUnsigned {
		bits--
	}
	return math.Ldexp(1, bits+w.ThresholdShift) - math.Ldexp(1, w.ThresholdShift)
}

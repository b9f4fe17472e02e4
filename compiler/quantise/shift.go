package quantise

import (
	"fmt"
	"math"

	"adder/compiler/flat"
	"adder/compiler/ir"
	"adder/core"
	"adder/snn"
)

// shiftLayer is the constants of a layer on neurons of model shift (docs/neurocore.md, section 12),
// which leak by a 2^-k-th part after their input.
type shiftLayer struct {
	leaks []core.Shift // per neuron
	// settled is the steady-state increment of the potential per tick by a bias before the current,
	// in model units.
	settled []float64
}

// onShift reports whether a layer runs on neurons of model shift: where they are the ones of
// the chip that have a current.
func (l *layer) onShift() bool {
	return l.pop.Neuron.Model == snn.ModelCubaLIF && l.chip.HasModel(core.ModelShift) &&
		!l.chip.HasModel(core.ModelCUBA)
}

// longestLeak and the number of spikes a tick are limits of such neurons.
const longestLeak = 15

// foldShift rounds the leaks of the layer to shifts. Since the current leaks after its
// input, weights grow by what the first leak takes, and then mean the same.
func (l *layer) foldShift() {
	most := uint8(31)
	if s := l.chip.Single; s != nil {
		most = uint8(s.HiddenSpikes)
		if l.index == l.flat.Output {
			most = uint8(s.OutputSpikes)
		}
	}
	l.shift, l.report.Shifts = &shiftLayer{}, true
	for i := range l.constants {
		c := &l.constants[i]
		bias := snn.At(l.pop.Bias, i, 0) * c.Gain
		if bias != 0 {
			l.report.Settled = true
			bias /= 1 - c.KeepU
		}
		l.shift.settled = append(l.shift.settled, bias)
		u, v := max(shiftOf(c.KeepU), 1), shiftOf(c.KeepV)
		l.noteShift(c.KeepU, u)
		l.noteShift(c.KeepV, v)
		c.KeepU, c.KeepV = 1-math.Ldexp(1, -int(u)), 1-math.Ldexp(1, -int(v))
		c.Gain /= c.KeepU
		l.shift.leaks = append(l.shift.leaks, core.Shift{Most: most, U: u, V: v})
	}
}

// shiftOf is the k for which 2^-k is nearest to what a tick loses, by ratio.
func shiftOf(keep float64) uint8 {
	if keep >= 1 {
		return longestLeak
	}
	return uint8(min(max(math.Round(-math.Log2(1-keep)), 0), longestLeak))
}

func (l *layer) noteShift(keep float64, k uint8) {
	if lost := math.Ldexp(1, -int(k)); keep < 1 {
		l.report.DecayError = max(l.report.DecayError, math.Abs(lost-(1-keep))/(1-keep))
	}
}

// checkShift refuses what such neurons do not do.
func (l *layer) checkShift() error {
	for i := range l.size {
		c := &l.constants[i]
		switch {
		case c.V0 != 0:
			return l.misfit("neurons that start away from rest", "its potentials start at 0")
		case !l.pop.Neuron.Reset.Subtracts():
			return l.misfit("neurons that reset to a value",
				"a spike takes the threshold there: choose "+
					"another chip, or --reset subtract where the model says nothing of its reset")
		case math.Abs(c.Reset-c.Threshold) > math.Abs(c.Threshold)/1024:
			return l.misfit("neurons from which a spike takes another amount than their threshold",
				"choose another chip")
		}
	}
	return nil
}

// shiftNeuron writes the integers of neuron i.
func (l *layer) shiftNeuron(out *ir.Population, i int) (err error) {
	x := math.RoundToEven(l.constants[i].Threshold * l.unit(i))
	if x < 1 {
		return fmt.Errorf("threshold %.4g is less than a bit", x)
	}
	if out.Threshold[i], err = l.register("threshold", x); err != nil {
		return err
	}
	out.Bias[i], err = l.bias(l.shift.settled[i] * l.unit(i))
	return err
}

// shiftGroup is the group of neuron i.
func (l *layer) shiftGroup(i int) core.Group {
	return core.Group{
		First: int32(i), Count: 1, Population: int32(l.index), Depth: int32(l.pop.Depth),
		ResetMode: core.ResetSubtract, Shift: l.shift.leaks[i],
	}
}

// bySource compares projections by source, the host first: the order in which their spikes
// arrive.
func bySource(a, b *flat.Projection) int { return a.Source - b.Source }

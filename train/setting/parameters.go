package setting

import (
	"fmt"

	"adder/compiler/quantise"
)

// Parameters are the constants of a winner-take-all network that learns, in real numbers:
// potentials, thresholds and inhibition in weights of 1 (the largest that a synapse has), times in
// ticks, learning rates as the weight change by a full trace. Quantise converts them to integers.
type Parameters struct {
	// Threshold is the fixed part of the threshold; a trained network uses
	// threshold and theta less their 2^-TestCut-th part, 0 for none.
	Threshold float64
	TestCut   uint8
	// ThetaPlus is added to theta by a win, ThetaFall subtracted from all thetas after an image,
	// ThetaTicks the time constant of a decay in every tick; 0 for none.
	ThetaPlus, ThetaFall, ThetaTicks float64
	// Start is the potential before an image, Reset that after a win.
	Start, Reset float64
	// Refractory is the number of ticks without input after a win, LeakTicks
	// the time constant of the potential, 0 for none.
	Refractory uint16
	LeakTicks  float64
	// Noise is the width of escape noise, 0 for a plain threshold.
	Noise float64
	// Arbiter selects which neurons fire of those that cross in a tick; empty is ArbiterMargin.
	Arbiter Arbiter
	// Inhibition is subtracted from all others by a win, in training and in use; with a floor no
	// potential falls below 0.
	Inhibition, TestInhibition float64
	Floor, TestFloor           bool
	// InputDelay is the number of ticks from an input's spike to its arrival.
	InputDelay uint8
	// LTP lists the rates of post events, each for an equal part of the training;
	// LTD is the rate of pre events.
	LTP []float64
	LTD float64
	// TraceTicks is the time constant of traces, or with Box their length.
	TraceTicks float64
	Box        bool
	// Offset is the part of a full trace that post events subtract from presynaptic ones, so that
	// silent inputs lose weight.
	Offset float64
	// Norm is the normalisation, NormTo its target, a sum or a length, and NormShift the part of a
	// weight that a pass changes, as a shift.
	Norm      NormKind
	NormTo    float64
	NormShift uint8
	// ScaleStep is the part of its length that a neuron loses when it wins an image, ScaleEvery the
	// number of images between sweeps; 0 is no synaptic scaling.
	ScaleStep  float64
	ScaleEvery uint16
}

// Quantise converts the parameters to the integers of a chip, and reports the error of each.
func (p *Parameters) Quantise() (Setting, []quantise.Constant) {
	c := quantise.NewConstants(Unit, StoredUnit)
	s := Setting{
		TestCut: p.TestCut, Refractory: p.Refractory, Arbiter: p.Arbiter, Floor: p.Floor,
		TestFloor:  p.TestFloor,
		InputDelay: p.InputDelay, Box: p.Box, Norm: p.Norm, NormShift: p.NormShift,
		ScaleEvery: p.ScaleEvery,
	}
	if s.Arbiter == "" {
		s.Arbiter = ArbiterMargin
	}
	s.Threshold = c.Level("threshold", p.Threshold)
	s.Start, s.Reset = level(c, "start", p.Start), level(c, "reset", p.Reset)
	s.Decay = c.Leak("membrane", p.LeakTicks)
	s.Escape = level(c, "escape noise", p.Noise)
	p.fixTheta(c, &s)
	p.fixInhibition(c, &s)
	p.fixLearning(c, &s)
	return s, c.List()
}

// level is a level that may be absent.
func level(c *quantise.Constants, name string, x float64) int32 {
	if x == 0 {
		return 0
	}
	return c.Level(name, x)
}

// fixInhibition fixes what a win takes from the others, named once where use keeps it.
func (p *Parameters) fixInhibition(c *quantise.Constants, s *Setting) {
	if p.Inhibition != 0 {
		s.Inhibition = c.Inhibition("inhibition", p.Inhibition)
	}
	switch p.TestInhibition {
	case 0:
	case p.Inhibition:
		s.TestInhibition = s.Inhibition
	default:
		s.TestInhibition = c.Inhibition("inhibition in use", p.TestInhibition)
	}
}

// fixTheta fixes what moves the adaptive threshold. It may fall to an eighth of the
// fixed part.
func (p *Parameters) fixTheta(c *quantise.Constants, s *Setting) {
	s.ThetaMin = -s.Threshold + s.Threshold>>3
	s.ThetaPlus = level(c, "theta per win", p.ThetaPlus)
	if p.ThetaFall != 0 {
		s.ThetaFall = c.LevelFraction("theta fall per image", p.ThetaFall)
	}
	s.ThetaDecay = c.Shift("theta", p.ThetaTicks)
}

// fixLearning fixes rates, traces and normalisation.
func (p *Parameters) fixLearning(c *quantise.Constants, s *Setting) {
	for i, rate := range p.LTP {
		name := "potentiation"
		if len(p.LTP) > 1 {
			name = fmt.Sprintf("potentiation, part %d", i+1)
		}
		s.LTP = append(s.LTP, uint16(c.Rate(name, rate)))
	}
	s.LTD = c.Rate("depression", p.LTD)
	if p.Box {
		s.Trace = c.Length("traces", p.TraceTicks)
	} else {
		s.Trace = uint16(c.Shift("traces", p.TraceTicks))
	}
	if p.Offset != 0 {
		s.Offset = c.Offset("offset of traces", p.Offset)
	}
	switch p.Norm {
	case BySum, ByHost:
		s.Target = c.SumTarget("sum of weights", p.NormTo)
	case ByLength:
		s.Target = c.LengthTarget("length of weights", p.NormTo)
		if p.ScaleEvery > 0 {
			s.ScaleStep = c.SquareStep("scaling per image won", 2*p.NormTo*p.ScaleStep)
		}
	}
}

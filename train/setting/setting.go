// Package setting owns the configuration of STDP learning on a chip. Parameters are real constants,
// a Setting is the same in a chip's integers, a Preset is a Setting with its encoder, and a Config
// is a training under a Preset. It includes preset tuned.
//
//	config.go      Config: all that a training is given
//	setting.go     Setting: neurons, competition and learning in real numbers
//	parameters.go  the same as a chip's integers
//	tuned.go       preset tuned
package setting

import (
	"fmt"
	"math"
	"slices"

	"adder/core"
	"adder/snn/stdp"
)

// Unit is a weight of 1 in least significant bits of the adder, the unit of potentials, thresholds
// and inhibition too.
const Unit = 255

// StoredUnit is a weight of 1 as stored, with 8 bits below the adder's.
const StoredUnit = Unit << 8

// Setting is the configuration of a learning winner-take-all network, in a chip's integers. A
// potential's least significant bit is 1/255 of the largest weight.
type Setting struct {
	// Arbiter selects which of the neurons above their threshold fire.
	Arbiter Arbiter `json:"arbiter"`
	// Threshold is the fixed part of the threshold. In a trained network
	// threshold and theta together lose their 2^-TestCut-th part; 0 keeps them.
	Threshold int32 `json:"threshold"`
	TestCut   uint8 `json:"test_cut"`
	// ThetaPlus is added to a neuron's theta by a win, ThetaFall subtracted from all thetas after
	// an image, in 65536ths, and ThetaDecay the shift of its decay in every tick; all 0 is a fixed
	// threshold.
	ThetaPlus  int32  `json:"theta_plus"`
	ThetaFall  uint32 `json:"theta_fall"`
	ThetaDecay uint8  `json:"theta_decay"`
	ThetaMin   int32  `json:"theta_min"`
	// Start is the potential before an image, Reset that after a win, Refractory
	// the ticks without input.
	Start      int32  `json:"start"`
	Reset      int32  `json:"reset"`
	Refractory uint16 `json:"refractory"`
	// Decay is the fraction of the potential that remains after a tick, in 4096ths.
	Decay uint16 `json:"decay"`
	// Escape is the width of escape noise, 0 for a plain threshold.
	Escape int32 `json:"escape"`
	// Inhibition is subtracted from all others by a win, in training and in use; with a floor no
	// potential falls below 0.
	Inhibition     int32 `json:"inhibition"`
	TestInhibition int32 `json:"test_inhibition"`
	// Relay makes a second population inhibit, a tick later.
	Relay     bool `json:"relay"`
	Floor     bool `json:"floor"`
	TestFloor bool `json:"test_floor"`
	// InputDelay is the number of ticks from an input's spike to its arrival.
	InputDelay uint8 `json:"input_delay"`
	// LTP lists the rates of post events, as shifts, each for an equal part of
	// the training; LTD is that of pre events.
	LTP []uint16 `json:"ltp"`
	LTD uint8    `json:"ltd"`
	// Trace is the shift of both traces, or with Box their length in ticks;
	// Offset is taken from the presynaptic one.
	Trace  uint16 `json:"trace"`
	Box    bool   `json:"box"`
	Offset uint8  `json:"offset"`
	// Norm is the normalisation, and Target its target: the sum in stored units, or the square of
	// the length in the adder's.
	Norm      NormKind `json:"norm"`
	NormShift uint8    `json:"norm_shift"`
	Target    int32    `json:"target"`
	// ScaleStep is subtracted from a neuron's target when it wins an image, and ScaleEvery is the
	// number of images between sweeps; 0 is no synaptic scaling.
	ScaleStep  int32  `json:"scale_step"`
	ScaleEvery uint16 `json:"scale_every"`
	// Bar is the number of images for which a neuron that won is barred at the
	// start of training; it falls to 0 at the end, evenly.
	Bar uint16 `json:"bar"`
}

// Arbiter selects which of the neurons above their threshold fire in a tick.
type Arbiter string

const (
	// ArbiterMargin lets the one that is farthest above fire, alone, and sets
	// the potentials of all others to 0.
	ArbiterMargin Arbiter = "margin"
	// ArbiterFair draws one; the others are reset and adapt, but emit nothing.
	ArbiterFair Arbiter = "fair"
	// ArbiterNone lets all of them fire.
	ArbiterNone Arbiter = "none"
)

// winner is the arbiter as a core is loaded with it.
func (a Arbiter) winner() core.Winner {
	switch a {
	case ArbiterFair:
		return core.Winner{Arbiter: core.ArbiterFair}
	case ArbiterNone:
		return core.Winner{}
	}
	return core.Winner{Arbiter: core.ArbiterMargin, LateralReset: true, Alone: true}
}

// NormKind is a normalisation: one of a core's, or ByHost.
type NormKind uint8

const (
	BySum    = NormKind(core.NormL1)
	ByLength = NormKind(core.NormL2)
	// ByHost scales a sum by an exact division, which a lock-step run has (train/lockstep) and no
	// chip.
	ByHost = ByLength + 1
)

// Group is the group of neurons while learning (or not).
func (s *Setting) Group(learn bool) core.Group {
	g := core.Group{DecayV: s.Decay, Refractory: s.Refractory, Winner: s.Arbiter.winner()}
	g.HasFloor = s.Floor && learn || s.TestFloor && !learn
	if learn && s.Adaptive() {
		g.Theta = core.Theta{Adaptive: true, Plus: s.ThetaPlus, Decay: s.ThetaDecay,
			Fall: s.ThetaFall, Min: s.ThetaMin}
	}
	return g
}

// Adaptive reports whether thresholds learn.
func (s *Setting) Adaptive() bool { return s.ThetaPlus != 0 || s.ThetaFall != 0 }

// Cut is the amount by which a threshold is lowered after training.
func (s *Setting) Cut(threshold int32) int32 {
	if s.TestCut == 0 {
		return threshold
	}
	return threshold - threshold>>s.TestCut
}

// Plasticity is the learning rule in phase p of len(LTP).
func (s *Setting) Plasticity(rule stdp.Rule, phase int) *core.Plasticity {
	trace := core.Trace{Length: s.Trace}
	if s.Box {
		trace.Kind = core.TraceBox
	}
	p := &core.Plasticity{
		LTP: uint8(s.LTP[phase]), LTD: s.LTD, Pre: trace, Post: trace, Offset: s.Offset,
		Max: StoredUnit + 255,
		Norm: core.Norm{Kind: core.NormKind(s.Norm), Shift: s.NormShift, Step: s.ScaleStep,
			Every: s.ScaleEvery},
	}
	switch rule {
	case stdp.Hebbian:
		p.Rule = core.RuleHebbian
	case stdp.WeightDependentPostPre:
		p.Rule = core.RuleWeightDependent
	}
	return p
}

// EscapeBelow and escapeAbove are the range of the table of escape noise below and above the
// threshold, in widths of the noise; escapeSteps is its steps per width.
const (
	EscapeBelow, escapeAbove = 16, 4
	escapeSteps              = 8
)

// EscapeTable is the table of escape noise, and how far below the threshold it starts: p = 1 -
// exp(-exp((v - threshold) / width)), at the middle of each step. The lowest step includes all that
// is below and never fires.
func (s *Setting) EscapeTable() (table *core.EscapeTable, below int32) {
	if s.Escape == 0 {
		return nil, 0
	}
	shift := 0
	for escapeSteps<<(shift+1) <= s.Escape {
		shift++
	}
	step := int32(1) << shift
	below = EscapeBelow * s.Escape / step * step
	table = &core.EscapeTable{Shift: uint8(shift), Probability: []uint32{0}}
	for v := -below + step; v < escapeAbove*s.Escape; v += step {
		x := (float64(v) + float64(step)/2) / float64(s.Escape)
		p := math.Round(-math.Expm1(-math.Exp(x)) * (1 << 32))
		table.Probability = append(table.Probability, uint32(min(p, 1<<32-1)))
	}
	return table, below
}

// MaxLevel is the largest potential of 24 bits, which chip adder has.
const MaxLevel = 1<<23 - 1

// Check returns an error that names an invalid field.
func (s *Setting) Check() error {
	switch {
	case len(s.LTP) == 0:
		return fmt.Errorf("no rate of potentiation")
	case slices.Max(s.LTP) > core.RateOff:
		return fmt.Errorf("a rate of 2^-%d", slices.Max(s.LTP))
	case s.Decay > 4096:
		return fmt.Errorf("a decay factor of %d: it has 12 bits, 4096 keeps all", s.Decay)
	case s.Norm > ByHost:
		return fmt.Errorf("normalisation %d: 0 for none, 1 for the sum, 2 for the length, 3 for "+
			"the sum by the host", s.Norm)
	case !slices.Contains([]Arbiter{ArbiterMargin, ArbiterFair, ArbiterNone}, s.Arbiter):
		return fmt.Errorf("arbiter %q: it is %s, %s or %s", s.Arbiter, ArbiterMargin, ArbiterFair,
			ArbiterNone)
	case s.Threshold <= 0 || s.TestCut > 30:
		return fmt.Errorf("threshold %d less its 2^-%d-th part: both must be positive, and the "+
			"shift at most 30", s.Threshold, s.TestCut)
	case s.Inhibition < 0 || s.TestInhibition < 0 || s.Escape < 0:
		return fmt.Errorf("inhibition %d and %d, escape noise %d: none can be negative",
			s.Inhibition, s.TestInhibition, s.Escape)
	case s.Threshold > MaxLevel || s.Inhibition > MaxLevel || s.TestInhibition > MaxLevel:
		return fmt.Errorf("threshold %d, inhibition %d and %d: each is at most %d", s.Threshold,
			s.Inhibition, s.TestInhibition, MaxLevel)
	case s.Escape > MaxLevel/EscapeBelow:
		return fmt.Errorf("escape noise %d: it is at most %d", s.Escape, MaxLevel/EscapeBelow)
	}
	return nil
}

package train

import (
	"fmt"
	"math"
	"slices"

	"adder/core"
	"adder/snn/stdp"
	"adder/spike/encode"
)

// unit is a weight of 1 in least significant bits of the adder: potentials,
// thresholds and inhibition are in these bits too.
const unit = 255

// storedUnit is the same weight as it is stored, with 8 bits below the adder's.
const storedUnit = unit << 8

// STDPSetting is a winner-take-all network that learns, in the integers that a
// chip is loaded with. A potential's least significant bit is 1/255 of the
// largest weight.
type STDPSetting struct {
	// Threshold is the fixed part of the threshold. In a trained network
	// threshold and theta together lose their 2^-TestCut-th part; 0 keeps them.
	Threshold int32 `json:"threshold"`
	TestCut   uint8 `json:"test_cut"`
	// ThetaPlus is what a win adds to a neuron's theta, ThetaFall what an image
	// takes from that of all, in 65536ths; both 0 is a threshold that is fixed.
	ThetaPlus int32  `json:"theta_plus"`
	ThetaFall uint32 `json:"theta_fall"`
	ThetaMin  int32  `json:"theta_min"`
	// Reset is the potential after a win, Refractory the ticks without input.
	Reset      int32  `json:"reset"`
	Refractory uint16 `json:"refractory"`
	// Leak is the shift of the leak, 0 for none: v loses its 2^-Leak-th part in
	// every tick.
	Leak uint8 `json:"leak"`
	// Escape is the width of escape noise, 0 for a plain threshold.
	Escape int32 `json:"escape"`
	// Inhibition is what a win takes from all others, in training and in use;
	// with a floor no potential falls below 0.
	Inhibition     int32 `json:"inhibition"`
	TestInhibition int32 `json:"test_inhibition"`
	// Relay lets a second population inhibit, a tick later.
	Relay     bool `json:"relay"`
	Floor     bool `json:"floor"`
	TestFloor bool `json:"test_floor"`
	// LTP lists the rates of post events, as shifts, each for an equal part of
	// the training; LTD is that of pre events.
	LTP []uint16 `json:"ltp"`
	LTD uint8    `json:"ltd"`
	// Trace is the shift of both traces, or with Box their length in ticks;
	// Offset is taken from the presynaptic one.
	Trace  uint16 `json:"trace"`
	Box    bool   `json:"box"`
	Offset uint8  `json:"offset"`
	// Norm is the normalisation: 1 or 2 for the sum or the length, and Target
	// what it keeps: the sum in stored units, or the square of the length in
	// the adder's.
	Norm      uint8 `json:"norm"`
	NormShift uint8 `json:"norm_shift"`
	Target    int32 `json:"target"`
	// ScaleStep is what winning an image takes from a neuron's target, and
	// ScaleEvery the images between sweeps; 0 is no synaptic scaling.
	ScaleStep  int32  `json:"scale_step"`
	ScaleEvery uint16 `json:"scale_every"`
	// Bar is the number of images for which a neuron that won is barred at the
	// start of training; it falls to 0 at the end, evenly.
	Bar uint16 `json:"bar"`
}

// inUnits turns a number of weights into least significant bits.
func inUnits(x float64) int32 { return int32(math.Round(x * unit)) }

// sumTarget and lengthTarget are targets of the two normalisations.
func sumTarget(x float64) int32    { return int32(math.Round(x * storedUnit)) }
func lengthTarget(x float64) int32 { return int32(math.Round(x * x * unit * unit)) }

// fall is a theta fall in 65536ths of a bit.
func fall(x float64) uint32 { return uint32(math.Round(x * unit * 65536)) }

// scaleStep is the change of a square target near length 5 that changes the
// length by x.
func scaleStep(x float64) int32 { return int32(math.Round(2 * 5 * x * unit * unit)) }

// group is the group of neurons while learning (or not).
func (s *STDPSetting) group(learn bool) core.Group {
	g := core.Group{
		DecayV: 4096, Refractory: s.Refractory,
		Winner: core.Winner{Arbiter: core.ArbiterMargin, LateralReset: true, Alone: true},
	}
	if s.Leak > 0 {
		g.DecayV -= 4096 >> s.Leak
	}
	g.HasFloor = s.Floor && learn || s.TestFloor && !learn
	if learn && s.adaptive() {
		g.Theta = core.Theta{Adaptive: true, Plus: s.ThetaPlus, Fall: s.ThetaFall, Min: s.ThetaMin}
	}
	return g
}

// adaptive says whether thresholds learn.
func (s *STDPSetting) adaptive() bool { return s.ThetaPlus != 0 || s.ThetaFall != 0 }

// cut is what use takes off a threshold.
func (s *STDPSetting) cut(threshold int32) int32 {
	if s.TestCut == 0 {
		return threshold
	}
	return threshold - threshold>>s.TestCut
}

// plasticity is the learning rule in phase p of len(LTP).
func (s *STDPSetting) plasticity(rule stdp.Rule, phase int) *core.Plasticity {
	trace := core.Trace{Length: s.Trace}
	if s.Box {
		trace.Kind = core.TraceBox
	}
	p := &core.Plasticity{
		LTP: uint8(s.LTP[phase]), LTD: s.LTD, Pre: trace, Post: trace, Offset: s.Offset, Max: storedUnit + 255,
		Norm: core.Norm{Kind: core.NormKind(s.Norm), Shift: s.NormShift, Step: s.ScaleStep, Every: s.ScaleEvery},
	}
	switch rule {
	case stdp.Hebbian:
		p.Rule = core.RuleHebbian
	case stdp.WeightDependentPostPre:
		p.Rule = core.RuleWeightDependent
	}
	return p
}

// escapeSpan is how far the table of escape noise reaches below the threshold
// and above it, in widths of the noise, and escapeSteps its resolution.
const (
	escapeBelow, escapeAbove = 16, 4
	escapeSteps              = 8
)

// escape is the table of escape noise, and how far below the threshold it
// starts: p = 1 - exp(-exp((v - threshold) / width)), at the middle of each
// step. The lowest step stands for all that is below and never fires.
func (s *STDPSetting) escape() (table *core.EscapeTable, below int32) {
	if s.Escape == 0 {
		return nil, 0
	}
	shift := 0
	for escapeSteps<<(shift+1) <= s.Escape {
		shift++
	}
	step := int32(1) << shift
	below = escapeBelow * s.Escape / step * step
	table = &core.EscapeTable{Shift: uint8(shift), Probability: []uint32{0}}
	for v := -below + step; v < escapeAbove*s.Escape; v += step {
		x := (float64(v) + float64(step)/2) / float64(s.Escape)
		p := math.Round(-math.Expm1(-math.Exp(x)) * (1 << 32))
		table.Probability = append(table.Probability, uint32(min(p, 1<<32-1)))
	}
	return table, below
}

// check returns an error that names what cannot be used.
func (s *STDPSetting) check() error {
	switch {
	case len(s.LTP) == 0:
		return fmt.Errorf("no rate of potentiation")
	case slices.Max(s.LTP) > core.RateOff:
		return fmt.Errorf("a rate of 2^-%d", slices.Max(s.LTP))
	case s.Leak > 12:
		return fmt.Errorf("a leak of 2^-%d: a decay factor has 12 bits", s.Leak)
	case s.Norm > 2:
		return fmt.Errorf("normalisation %d: 0 for none, 1 for the sum, 2 for the length", s.Norm)
	case s.Threshold <= 0 || s.TestCut > 30:
		return fmt.Errorf("threshold %d less its 2^-%d-th part: both must be positive, and the shift at most 30", s.Threshold, s.TestCut)
	case s.Inhibition < 0 || s.TestInhibition < 0 || s.Escape < 0:
		return fmt.Errorf("inhibition %d and %d, escape noise %d: none can be negative", s.Inhibition, s.TestInhibition, s.Escape)
	}
	return nil
}

// TunedSetting returns the setting of preset `tuned` and the encoder it was
// chosen with, for a neuron model, an encoder of the article's tables (poisson,
// bernoulli, rankorder) and a number of neurons. Settings were chosen on a split
// of the training images.
func TunedSetting(neuron stdp.Model, rule stdp.Rule, encoder string, neurons int) (STDPSetting, encode.Config, error) {
	var s STDPSetting
	var err error
	if neuron == stdp.DiehlCook {
		s, err = adaptiveSetting(encoder)
	} else {
		s, err = scaledSetting(neuron, encoder)
	}
	if err != nil {
		return s, encode.Config{}, err
	}
	config := encode.Defaults(encoder)
	if encoder == encode.KindBernoulli {
		config.Ticks = 20
	}
	s.ThetaMin = -s.Threshold + s.Threshold>>3
	switch {
	case neurons >= 1000:
		s.enlarge1600(neuron, &config)
	case neurons >= 300:
		s.enlarge400(neuron, encoder)
	}
	if rule == stdp.WeightDependentPostPre {
		s.box()
	}
	return s, config, nil
}

// box replaces exponential traces by boxes of about the same area, so that a
// change in proportion to the room left takes no product.
func (s *STDPSetting) box() { s.Box, s.Trace = true, 1<<s.Trace }

// adaptiveSetting is Diehl & Cook: homeostasis by adaptive thresholds.
func adaptiveSetting(encoder string) (STDPSetting, error) {
	s := STDPSetting{NormShift: 5, Refractory: 5}
	switch encoder {
	case encode.KindPoisson:
		s.Threshold, s.TestCut = inUnits(11), 3
		s.ThetaPlus, s.ThetaFall = inUnits(0.66), fall(0.0099)
		s.Reset, s.Leak = inUnits(5), 10
		s.Inhibition, s.TestInhibition = inUnits(80), inUnits(20)
		s.LTP, s.LTD, s.Trace = []uint16{6}, 10, 4
		s.Norm, s.Target = 1, sumTarget(78.4)
	case encode.KindBernoulli:
		s.Threshold = inUnits(26)
		s.ThetaPlus, s.ThetaFall = inUnits(0.11), fall(0.0011)
		s.Leak = 7
		s.Inhibition, s.TestInhibition, s.Floor = inUnits(1000), inUnits(20), true
		s.TestFloor = true
		s.LTP, s.LTD, s.Trace = []uint16{7}, 13, 5
		s.Norm, s.Target, s.NormShift = 2, lengthTarget(5), 6
	case encode.KindRankOrder:
		s.Threshold, s.TestCut = inUnits(32), 3
		s.ThetaPlus, s.ThetaFall = inUnits(0.07), fall(0.0007)
		s.Leak = 10
		s.Inhibition, s.TestInhibition = inUnits(1000), inUnits(80)
		s.LTP, s.LTD, s.Trace = []uint16{4}, 10, 3
		s.Norm, s.Target, s.NormShift = 2, lengthTarget(5), 6
	default:
		return s, noTunedSetting(encoder)
	}
	return s, nil
}

// scaledSetting is a neuron with a fixed threshold: homeostasis by synaptic
// scaling.
func scaledSetting(neuron stdp.Model, encoder string) (STDPSetting, error) {
	s := STDPSetting{
		Norm: 2, NormShift: 6, Target: lengthTarget(5), ScaleStep: scaleStep(0.025), ScaleEvery: 100,
		LTP: []uint16{9}, LTD: 15, Trace: 5, Refractory: 2,
		Inhibition: inUnits(1000), Floor: true, TestFloor: true,
	}
	noise := 0.5
	switch encoder {
	case encode.KindPoisson:
		s.Threshold, s.TestInhibition, s.Leak = inUnits(40), inUnits(1000), 7
		noise = 0.25
	case encode.KindBernoulli:
		s.Threshold, s.TestCut, s.Leak, s.Refractory = inUnits(26), 2, 8, 0
	case encode.KindRankOrder:
		s.Threshold, s.TestCut, s.Leak, s.Refractory = inUnits(31), 3, 10, 5
		s.TestInhibition, s.Floor, s.TestFloor = inUnits(80), false, false
		s.LTP, s.LTD, s.Trace = []uint16{4}, 9, 3
		s.ScaleStep = scaleStep(0.05)
	default:
		return s, noTunedSetting(encoder)
	}
	if neuron == stdp.IF {
		s.Leak = 0
	}
	if neuron == stdp.SRM0 {
		s.Escape = inUnits(noise)
	}
	return s, nil
}

func noTunedSetting(encoder string) error {
	return fmt.Errorf("preset tuned has no setting for encoder %q: it has %s, %s and %s",
		encoder, encode.KindPoisson, encode.KindBernoulli, encode.KindRankOrder)
}

// enlarge400 adapts a setting to some four hundred neurons.
func (s *STDPSetting) enlarge400(neuron stdp.Model, encoder string) {
	if neuron != stdp.DiehlCook {
		s.ScaleStep, s.ScaleEvery = 2*s.ScaleStep, 400
		if encoder != encode.KindRankOrder {
			s.LTP, s.LTD = []uint16{7}, 13
		}
		return
	}
	switch encoder {
	case encode.KindPoisson:
		s.LTP, s.NormShift = []uint16{4, 5, 6}, 6
		s.ThetaPlus, s.ThetaFall = inUnits(0.33), fall(0.00124)
	case encode.KindBernoulli:
		s.LTP = []uint16{6}
		s.ThetaPlus, s.ThetaFall = inUnits(0.2), fall(0.0005)
	}
}

// enlarge1600 adapts a setting to some sixteen hundred neurons, which see twice
// as many spikes.
func (s *STDPSetting) enlarge1600(neuron stdp.Model, config *encode.Config) {
	config.Intensity = 255
	if neuron == stdp.DiehlCook {
		s.LTP, s.NormShift = []uint16{4, 5, 6}, 6
		s.ThetaPlus, s.ThetaFall = inUnits(1.32), fall(0.00124)
		return
	}
	s.Threshold = inUnits(60)
	s.LTP, s.LTD = []uint16{6}, 12
	s.ScaleStep, s.ScaleEvery = 4*s.ScaleStep, 1600
}

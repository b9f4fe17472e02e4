package setting

import (
	"fmt"

	"adder/compiler/quantise"
	"adder/snn/stdp"
	"adder/spike/encode"
)

// Preset is a network to train: its integers, the encoder that they were chosen with, and the real
// constants that they represent.
type Preset struct {
	Setting   Setting
	Encoder   encode.Config
	Constants []quantise.Constant
	// LabelImages is the number of training images, those seen last, that label the
	// neurons afterwards.
	LabelImages int
}

// labelImages are enough to label some hundred neurons, and manyLabelImages, all of
// MNIST's, thousands.
const (
	labelImages     = 10000
	manyLabelImages = 60000
)

// Tuned returns preset `tuned` for a neuron model, a learning rule, an encoder of
// the article's tables (poisson, bernoulli, rankorder) or population, and a number of
// neurons. Parameters were chosen on a split of the training images, those of
// population for a hundred neurons alone.
func Tuned(neuron stdp.Model, rule stdp.Rule, encoder string, neurons int) (Preset, error) {
	var p Parameters
	var err error
	if neuron == stdp.DiehlCook {
		p, err = adaptiveParameters(encoder)
	} else {
		p, err = scaledParameters(neuron, encoder)
	}
	if err != nil {
		return Preset{}, err
	}
	config := encode.Defaults(encoder)
	switch encoder {
	case encode.KindBernoulli:
		config.Ticks = 20
	case encode.KindPopulation:
		config.Ticks, config.Fields = 10, 4
	}
	labels := labelImages
	switch {
	case encoder == encode.KindPopulation: // a core of chip adder holds 167 neurons
	case neurons >= 1000:
		p.enlarge1600(neuron, encoder)
		config.Intensity, labels = 255, manyLabelImages
	case neurons >= 300:
		p.enlarge400(neuron, encoder)
	}
	p.Box = rule == stdp.WeightDependentPostPre
	setting, constants := p.Quantise()
	return Preset{Setting: setting, Encoder: config, Constants: constants, LabelImages: labels}, nil
}

// adaptiveParameters is Diehl & Cook: homeostasis by adaptive thresholds.
func adaptiveParameters(encoder string) (Parameters, error) {
	p := Parameters{Refractory: 5}
	switch encoder {
	case encode.KindPoisson:
		p.Threshold, p.TestCut = 11, 3
		p.ThetaPlus, p.ThetaFall = 0.66, 0.0099
		p.Reset, p.LeakTicks = 5, 1024
		p.Inhibition, p.TestInhibition = 80, 20
		p.LTP, p.LTD, p.TraceTicks = []float64{0x1p-6}, 0x1p-10, 16
		p.Norm, p.NormTo, p.NormShift = BySum, 78.4, 5
	case encode.KindBernoulli:
		p.Threshold = 26
		p.ThetaPlus, p.ThetaFall = 0.11, 0.0011
		p.LeakTicks = 128
		p.Inhibition, p.TestInhibition, p.Floor, p.TestFloor = 1000, 20, true, true
		p.LTP, p.LTD, p.TraceTicks = []float64{0x1p-7}, 0x1p-13, 32
		p.Norm, p.NormTo, p.NormShift = ByLength, 5, 6
	case encode.KindRankOrder:
		p.Threshold, p.TestCut = 32, 3
		p.ThetaPlus, p.ThetaFall = 0.07, 0.0007
		p.LeakTicks = 1024
		p.Inhibition, p.TestInhibition = 1000, 80
		p.LTP, p.LTD, p.TraceTicks = []float64{0x1p-4}, 0x1p-13, 8
		p.Offset = 0.05
		p.Norm, p.NormTo, p.NormShift = ByLength, 5, 6
	case encode.KindPopulation:
		p.Threshold = 200
		p.ThetaPlus, p.ThetaFall = 1, 0.01
		p.Inhibition, p.TestInhibition = 1000, 80
		p.LTP, p.LTD, p.TraceTicks = []float64{0x1p-4, 0x1p-5, 0x1p-6, 0x1p-7}, 0x1p-10, 32
		p.Norm, p.NormTo, p.NormShift = ByLength, 10, 7
	default:
		return p, noTunedPreset(encoder)
	}
	return p, nil
}

// scaledParameters is a neuron with a fixed threshold: homeostasis by synaptic
// scaling.
func scaledParameters(neuron stdp.Model, encoder string) (Parameters, error) {
	p := Parameters{
		Norm: ByLength, NormTo: 5, NormShift: 6, ScaleStep: 0.025, ScaleEvery: 100,
		LTP: []float64{0x1p-9}, LTD: 0x1p-15, TraceTicks: 32, Refractory: 2,
		Inhibition: 1000, Floor: true, TestFloor: true,
	}
	noise := 0.5
	switch encoder {
	case encode.KindPoisson:
		p.Threshold, p.TestInhibition, p.LeakTicks = 40, 1000, 128
		p.LTP, p.LTD = []float64{0x1p-7, 0x1p-8, 0x1p-9}, 0x1p-14
		noise = 0.25
	case encode.KindBernoulli:
		p.Threshold, p.TestCut, p.LeakTicks, p.Refractory = 26, 2, 256, 0
	case encode.KindRankOrder:
		p.Threshold, p.TestCut, p.LeakTicks, p.Refractory = 31, 3, 1024, 5
		p.TestInhibition, p.Floor, p.TestFloor = 80, false, false
		p.LTP, p.LTD, p.TraceTicks = []float64{0x1p-3, 0x1p-4, 0x1p-5}, 0x1p-13, 8
		p.ScaleStep, p.ScaleEvery = 0.035, 200
	case encode.KindPopulation:
		p.Threshold, p.LeakTicks, p.Refractory = 100, 1024, 5
		p.TestInhibition, p.Floor, p.TestFloor = 80, false, false
		p.LTP, p.LTD = []float64{0x1p-4, 0x1p-5, 0x1p-6, 0x1p-7}, 0x1p-10
		p.NormTo, p.NormShift = 10, 7
	default:
		return p, noTunedPreset(encoder)
	}
	if neuron == stdp.IF {
		p.LeakTicks = 0
	}
	if neuron == stdp.SRM0 {
		p.Noise = noise
	}
	return p, nil
}

func noTunedPreset(encoder string) error {
	return fmt.Errorf("preset tuned has no setting for encoder %q: it has %s, %s, %s and %s",
		encoder, encode.KindPoisson, encode.KindBernoulli, encode.KindRankOrder,
		encode.KindPopulation)
}

// enlarge400 adapts parameters to some four hundred neurons.
func (p *Parameters) enlarge400(neuron stdp.Model, encoder string) {
	if neuron == stdp.DiehlCook {
		p.enlargeAdaptive400(encoder)
		return
	}
	p.ScaleEvery = 400
	if encoder == encode.KindRankOrder {
		p.ScaleStep = 0.1
		return
	}
	p.ScaleStep = 0.05
	p.LTP, p.LTD = []float64{0x1p-7}, 0x1p-13
}

func (p *Parameters) enlargeAdaptive400(encoder string) {
	switch encoder {
	case encode.KindPoisson:
		p.LTP, p.NormShift = []float64{0x1p-4, 0x1p-5, 0x1p-6}, 6
		p.LTD = 0x1p-9
		p.ThetaPlus, p.ThetaFall = 0.33, 0.00124
		// Several neurons that know a digit outvote one that errs.
		p.TestCut, p.TestInhibition = 2, 10
	case encode.KindBernoulli:
		p.LTP = []float64{0x1p-6}
		p.ThetaPlus, p.ThetaFall = 0.2, 0.0005
	}
}

// enlarge1600 adapts parameters to some sixteen hundred neurons, which see twice
// as many spikes of Poisson input. Each wins few images, so that scaling has to take
// larger steps.
func (p *Parameters) enlarge1600(neuron stdp.Model, encoder string) {
	if neuron == stdp.DiehlCook {
		p.LTP, p.NormShift = []float64{0x1p-4, 0x1p-5, 0x1p-6}, 6
		p.ThetaPlus, p.ThetaFall = 0.66, 0.00124
		return
	}
	switch encoder {
	case encode.KindPoisson:
		p.Threshold = 60
		p.LTP, p.LTD = []float64{0x1p-6}, 0x1p-12
		p.ScaleStep, p.ScaleEvery = 0.1, 1600
	case encode.KindBernoulli:
		p.LTP, p.LTD = []float64{0x1p-6}, 0x1p-12
		p.ScaleStep, p.ScaleEvery = 0.3, 400
	case encode.KindRankOrder:
		p.ScaleStep, p.ScaleEvery = 0.4, 1600
	}
}
